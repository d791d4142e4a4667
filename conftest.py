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
            exec(code, names)  # noqa: S102 (the documents are ours)
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
