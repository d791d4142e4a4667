"""The README's promises, executed."""

import ast
import re
import shutil
import subprocess

import pytest

from leadqual import LeadqualError

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python_blocks(text):
    return [match.group(1) for match in BLOCK.finditer(text)]


def comment_on(line):
    return line.partition("#")[2].strip()


def promises(comment):
    """Yield the Python expressions that a comment begins with; prose yields nothing."""
    for part in comment.split(", and "):
        try:
            yield compile(part, "README", "eval")
        except SyntaxError:
            return


def test_the_example_of_the_design_stands_in_the_readme_to_the_letter(root, shared):
    readme = python_blocks((root / "README.md").read_text("utf-8"))
    design = python_blocks((shared / "DESIGN.md").read_text("utf-8"))

    assert any(block in readme for block in design)


def test_every_line_of_the_first_example_does_what_its_comment_says(root):
    source = python_blocks((root / "README.md").read_text("utf-8"))[0]
    lines = source.splitlines()
    names = {"Qualification": None, "Standing": None}
    exec("from leadqual import Qualification, Standing", names)  # noqa: S102 (the README is ours)
    kept = []
    for statement in ast.parse(source).body:
        comment = comment_on(lines[statement.end_lineno - 1])
        code = ast.get_source_segment(source, statement)
        if not isinstance(statement, ast.Expr):
            exec(code, names)  # noqa: S102 (see above)
        elif comment.startswith("raises "):
            with pytest.raises(LeadqualError) as caught:
                eval(code, names)
            assert type(caught.value).__name__ == comment.split()[1].rstrip(",")
            kept.append(code)
        else:
            value = eval(code, names)
            expected = [eval(promise, names) for promise in promises(comment)]
            assert expected[:1] in ([], [value])
            assert all(expected[1:])
            kept += [code] * len(expected)

    assert len(kept) == 8


def test_the_two_commands_do_their_own_set_up(root):
    commands = re.findall(r"^\$ (.+)$", (root / "README.md").read_text("utf-8"), re.MULTILINE)[:2]

    assert all(command.startswith("python3 -m venv .venv && .venv/bin/pip install") for command in commands)
    assert "leadqual check examples/contacts.csv" in commands[0]
    assert "pytest" in commands[1]


def test_continuous_integration_runs_the_second_command_word_for_word(root):
    text = (root / "README.md").read_text("utf-8")
    script = (root / ".ci" / "run").read_text("utf-8")
    (extract,) = re.findall(r"command=\$\((sed .+)\)$", script, re.MULTILINE)

    extracted = subprocess.run(
        [shutil.which("bash"), "-c", extract], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert extracted == re.findall(r"^\$ (.+)$", text, re.MULTILINE)[1]
