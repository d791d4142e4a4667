"""The documentation says what the objects say."""

import ast
import importlib.util
import re
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


def keys_read(path):
    """Return the keys of a TOML file that a module asks for, by name."""
    asks = {"value", "word", "words", "text", "texts", "table", "tables", "given", "flag", "groups", "one_of"}
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    functions = [each for each in nodes if isinstance(each, ast.FunctionDef)]
    calls = [each for each in nodes if isinstance(each, ast.Call)]
    named = [each for each in calls if isinstance(each.func, ast.Attribute) and each.func.attr in asks]
    sections = [each for each in calls if isinstance(each.func, ast.Name) and each.func.id == "_section"]
    arguments = [each.args[0] for each in named if each.args] + [each.args[1] for each in sections]
    inside = [node for function in functions for node in ast.walk(function)]
    listed = [node.iter for node in inside if isinstance(node, ast.comprehension)]
    listed += [node.value for node in inside if isinstance(node, ast.Assign)]
    texts = [each.elts for each in listed if isinstance(each, ast.Tuple) and all(map(is_text, each.elts))]
    arguments += [each for elements in texts for each in elements]
    return {each.value for each in arguments if is_text(each)}


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_every_key_that_a_file_may_have_is_in_the_reference(root):
    files = tomllib.loads((root / "docs" / "reference" / "keys.toml").read_text("utf-8"))["file"]
    missing = {}
    for each in files:
        listed = {part for key, *_ in each["keys"] for part in key.split(".")}
        read = [keys_read(root / "src" / "leadqual" / module) for module in each["modules"]]
        missing[each["title"]] = set().union(*read) - listed

    # The names that the layout itself has for three of them.
    missing["A system, or a layout"] -= {"carried", "ignored", "pads"}
    assert missing == {title: set() for title in missing}


def test_every_signal_has_its_keys_in_the_reference(root):
    from attrs import fields

    from leadqual.scoring.scorecard_file import _SCALES

    files = tomllib.loads((root / "docs" / "reference" / "keys.toml").read_text("utf-8"))["file"]
    listed = {key.rpartition(".")[2] for key, *_ in files[1]["keys"]}

    assert {field.name for kind in _SCALES.values() for field in fields(kind)} <= listed


def test_every_option_is_in_the_reference(root):
    from leadqual.cli.application import app

    page = (root / "docs" / "reference" / "commands.md").read_text("utf-8")
    sections = {part.split("\n", 1)[0]: part for part in page.split("## leadqual ")[1:]}
    shown = {name for name in app if name[:1] not in ("-", "_")} - {"install-completion"}
    options = {
        (name, argument.names[0])
        for name in sections
        for argument in app[name].assemble_argument_collection()
        if argument.names != ("*",) and argument.index is None
    }

    assert sections.keys() == shown
    assert {(name, option) for name, option in options if f"`{option}`" not in sections[name]} == set()


def pages(root):
    return [root / "README.md", *(root / "docs").rglob("*.md")]


def test_the_errors_of_the_articles_are_marked_as_theirs(root, generate):
    unmarked = [
        path.name
        for path in pages(root)
        if generate.marked(path.read_text("utf-8")) != path.read_text("utf-8")
    ]

    assert unmarked == []


def test_every_error_that_is_marked_stands_in_an_article(generate):
    from leadqual.taxonomy.articles import SENTENCES

    markdown = sys.modules["markdown"]
    texts = " ".join(f"“{each.text}" for each in SENTENCES.values())
    left = [error for error in markdown.ERRORS if error not in texts]

    assert left == [
        "see you conversion rate form Name",
        "that what makes them a Lead",
        "Leaders that you really want",
    ]


def test_every_line_that_installs_works_in_a_checkout(root):
    """Until the package is published, only the project's own folder has it."""
    text = "\n".join(path.read_text("utf-8") for path in [*pages(root), root / "CONTRIBUTING.md"])
    extras = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]

    assert re.findall(r"pip install (?:-\S+ )*[\"']?leadqual.*", text) == []
    assert {
        extra
        for each in re.findall(r"""pip install[^\n`]*["']\.\[([a-z,]+)\]""", text)
        for extra in each.split(",")
    } <= extras.keys()


def test_every_link_between_pages_has_its_target(root):
    link = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
    broken = [
        (path.name, target)
        for path in [*pages(root), root / "CONTRIBUTING.md"]
        for target in link.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]

    assert broken == []
