"""The documentation says what the objects say."""

import importlib.util
import sys
import tomllib

import pytest

from leadqual import AuditCode
from leadqual.intake import Code
from leadqual.verification import LAWS


@pytest.fixture(scope="module")
def generate(root):
    sys.path.insert(0, str(root / "docs"))
    try:
        spec = importlib.util.spec_from_file_location("generate", root / "docs" / "generate.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(root / "docs"))


def test_every_generated_page_is_what_the_objects_say(generate, capsys):
    status = generate.main(["--check"])

    assert (status, capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(
    ("page", "codes"),
    [
        ("problems", [str(code) for code in Code]),
        ("audit", [str(code) for code in AuditCode]),
        ("findings", [law.code for law in LAWS]),
    ],
)
def test_every_code_that_a_user_can_meet_has_its_entry(root, page, codes):
    text = (root / "docs" / "reference" / f"{page}.md").read_text("utf-8")
    entries = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]

    assert entries[: len(codes)] == codes


def test_every_page_is_in_the_table_of_contents(root):
    index = (root / "docs" / "index.md").read_text("utf-8")
    pages = [path.relative_to(root / "docs").with_suffix("") for path in (root / "docs").rglob("*.md")]

    for page in pages:
        if page.parts[0] in ("how-to", "explanation"):
            assert f"{page.parts[0]}/*" in index
        elif page.parent.name == "systems":
            assert "systems/*" in (root / "docs" / "reference" / "systems.md").read_text("utf-8")
        elif page.name != "index":
            assert str(page) in index.split()


def test_the_changelog_begins_with_the_version_that_is_built(root):
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    headings = [line for line in (root / "CHANGELOG.md").read_text("utf-8").splitlines() if line[:3] == "## "]

    assert headings[0].startswith(f"## [{version}]")
