"""Every example in the README and the docs is executed, in a folder that holds a copy of `examples/`."""

import ast
import contextlib
import doctest
import io
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.myst import CodeBlockParser, SkipParser

import leadqual
from leadqual import LeadqualError
from leadqual.cli import UNUSABLE, main

ROOT = Path(__file__).parent
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


# What the tests of a file need beside the core; where it is not installed, they are skipped with the reason.
NEEDS = {
    "README.md": ("cyclopts", "email_validator"),
    "docs": ("cyclopts", "email_validator", "narwhals", "hypothesis"),
    "test_api.py": ("narwhals", "cyclopts"),
    "test_cells.py": ("email_validator", "phonenumbers"),
    "test_cli": ("cyclopts", "email_validator"),
    "test_contacts.py": ("email_validator", "phonenumbers"),
    "test_docs.py": ("cyclopts", "email_validator", "narwhals", "hypothesis"),
    "test_intake": ("email_validator", "phonenumbers"),
    "test_newcomers.py": ("cyclopts", "polars"),
    "test_phones.py": ("phonenumbers",),
    "test_policy_commands.py": ("cyclopts",),
    "test_scorecard_commands.py": ("cyclopts",),
    "test_schema.py": ("jsonschema",),
    "test_strategies.py": ("email_validator",),
    "test_warehouse.py": ("ibis", "duckdb"),
    "web": ("fastapi", "httpx2", "django", "sqlalchemy", "phonenumbers", "email_validator"),
    "systems": ("email_validator", "phonenumbers"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a package that is not installed."""
    for item in items:
        parts = item.path.relative_to(ROOT).parts
        for place, packages in NEEDS.items():
            missing = [package for package in packages if find_spec(package) is None]
            if missing and any(part.startswith(place) for part in parts):
                item.add_marker(pytest.mark.skip(reason=f"needs {', '.join(missing)}"))


def promises(comment: str) -> Iterator[Any]:
    """Yield the Python expressions that a comment begins with; prose yields nothing."""
    for part in comment.split(", and "):
        try:
            yield compile(part.strip(), "comment", "eval")
        except SyntaxError:
            return


def run_python(example: Example) -> None:
    """Run a block; where a comment beside an expression is one too, the two must be equal.

    A comment that begins with ``raises`` names the error that the line must raise.
    """
    source, names = example.parsed, example.namespace
    lines = source.splitlines()
    for statement in ast.parse(source).body:
        code = ast.get_source_segment(source, statement)
        comment = lines[statement.end_lineno - 1].partition("  # ")[2].strip()
        if not isinstance(statement, ast.Expr):
            # As a tree: the source of a function leaves out its decorators.
            exec(compile(ast.Module([statement], []), "example", "exec"), names)  # noqa: S102 (the documents are ours)
        elif comment.startswith("raises "):
            wanted = comment.split()[1].rstrip(",.")
            with pytest.raises(LeadqualError) as caught:
                eval(code, names)  # noqa: S307 (see above)
            assert type(caught.value).__name__ == wanted, code
        else:
            value = eval(code, names)  # noqa: S307 (see above)
            known = {name: getattr(leadqual, name) for name in leadqual.__all__} | names
            expected = [eval(promise, known) for promise in promises(comment)]  # noqa: S307 (see above)
            assert expected[:1] in ([], [value]), f"{code} is {value!r}, not {comment}"
            assert all(expected[1:]), comment


def run_console(example: Example) -> None:
    """Run the lines that call `leadqual`, and compare the output where the block shows one."""
    for block in ("\n" + example.parsed).split("\n$ ")[1:]:
        command, _, expected = block.partition("\n")
        words = shlex.split(command)
        if words[0] != "leadqual":
            continue
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            status = main(words[1:])
        said = output.getvalue() + errors.getvalue()
        assert status != UNUSABLE, said
        if expected.strip():
            same = doctest.OutputChecker().check_output(
                expected.rstrip() + "\n", said.rstrip() + "\n", OPTIONS
            )
            assert same, f"$ {command}\nexpected:\n{expected}\ngot:\n{said}"


class PythonParser:
    """Find the Python blocks: sessions with prompts, and code with comments."""

    def __init__(self) -> None:
        self.blocks = CodeBlockParser("python", run_python)
        self.sessions = DocTestStringParser(DocTestEvaluator(OPTIONS))

    def __call__(self, document: Document) -> Iterable[Region]:
        for region in self.blocks(document):
            if region.parsed.startswith(">>>"):
                for session in self.sessions(region.parsed, document.path):
                    session.adjust(region, region.parsed)
                    yield session
            else:
                yield region


def setup(namespace: dict[str, Any]) -> None:
    """Enter a folder of its own."""
    namespace["without_spark"] = "LEADQUAL_SPARK" not in os.environ
    namespace["_folder"] = tempfile.mkdtemp()
    shutil.copytree(ROOT / "examples", Path(namespace["_folder"], "examples"))
    namespace["_before"] = Path.cwd()
    os.chdir(namespace["_folder"])


def teardown(namespace: dict[str, Any]) -> None:
    """Leave it, and take it away."""
    os.chdir(namespace["_before"])
    shutil.rmtree(namespace["_folder"])


pytest_collect_file = Sybil(
    parsers=[SkipParser(), PythonParser(), CodeBlockParser("console", run_console)],
    patterns=["*.md"],
    setup=setup,
    teardown=teardown,
).pytest()
