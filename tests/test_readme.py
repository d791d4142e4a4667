"""The README's commands, and the example that the design gives; the examples are run by conftest.py."""

import re
import shutil
import subprocess

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python_blocks(text):
    return [match.group(1) for match in BLOCK.finditer(text)]


def test_the_example_of_the_design_stands_in_the_readme_to_the_letter(root, shared):
    readme = python_blocks((root / "README.md").read_text("utf-8"))
    design = python_blocks((shared / "DESIGN.md").read_text("utf-8"))

    assert any(block in readme for block in design)


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
