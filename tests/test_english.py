"""Wordings that must not come back, each with its reason.

To extend the list, add a line to `PAGES`, which is checked in the pages that are written by hand. When the
command line has none of a wording any more, move its line to `COMMAND_LINE`; when no module has, to `EVERYWHERE`.
"""

import re

import pytest

# What to avoid, as a regular expression; an example; the reason, and what to write instead.
EVERYWHERE = [
    (r"\bhouses?\b", "how the house is built", "a metaphor: name the package, module or project"),
    (r"\bhonest(ly)?\b", "the honest columns", "a column has no character: write valid, or shows"),
    (r"\bbuy it off\b", "enough points would buy it off", "a metaphor: write outweigh"),
]
COMMAND_LINE = [
    (r"\brooms?\b", "a room of its own", "a metaphor: name the package, module, cell or space"),
    (r"\bdoors?\b", "read once, at the door", "a metaphor: say where the value is read"),
    (r"\bof which it\b", "records of which it is known", "an inversion: write 'records with known …'"),
    (r"\bmend(s|ed)?\b", "mend that line", "write correct or fix"),
    (r"\bundouble", "undouble the inner quotes", "not a word: write remove the duplicate"),
    (r"\bis no (TOML|JSON|CSV|file|name)\b", "is no TOML", "an inversion: write 'is not valid …'"),
    (r"\bno encoding is called\b", "no encoding is called so", "write unknown encoding"),
    (r"\b(goes|go|gone) astray\b", "the class goes astray", "a metaphor: say what is wrong"),
    (r"\bbears? out\b|\bbear (it|them) out\b", "facts do not bear it out", "an idiom: write support"),
    (r"\bswallows?\b", "another system swallows it", "a metaphor: write lose, reject or import"),
    (r"\bchokes?\b", "no program chokes on it", "a metaphor: write fail"),
    (r"\bflatter", "random folds flatter", "personification: write 'is too optimistic'"),
    (r"\bmakes? (a stage|it|them) up\b", "makes a stage up", "an idiom: write invent"),
    (r"\bat (one's|his|her|their|its) word\b", "take stages at their word", "an idiom: write accept"),
    (r"\bgrades?\b", "the grade of a person", "the number has one name: score"),
    (r"\bwhat is no\b", "what is no stage", "an inversion: write 'a word that is not a stage'"),
    (
        r'"""Be the (base|root)\b',
        '"""Be the base of the errors.',
        "a class is a noun phrase: 'Base class of …'",
    ),
    (r"\bthe class (moves|is)\b", "the class moves", "write qualification"),
]
PAGES = [
    (r"\bof whom\b", "people of whom this is known", "an inversion: write 'people with known …'"),
    (r"\bsureness\b", "the sureness of a rate", "the term of the field is confidence"),
    (r'"""(Hold|Say) ', '"""Hold one person.', "a class is a noun phrase, a function returns or does"),
]
ALL = EVERYWHERE + COMMAND_LINE + PAGES

QUOTED = re.compile("“[^”]*”")


def findings(path, wordings):
    """Return the lines of a file that have one of the wordings outside a quotation of the articles."""
    lines = QUOTED.sub("“…”", path.read_text("utf-8")).splitlines()
    return [
        f"{path.name}:{number}: {pattern}: {reason}"
        for number, line in enumerate(lines, 1)
        for pattern, _, reason in wordings
        if re.search(pattern, line, re.IGNORECASE)
    ]


@pytest.mark.parametrize(("pattern", "example", "reason"), ALL)
def test_each_pattern_finds_its_example(tmp_path, pattern, example, reason):
    path = tmp_path / "page.md"
    path.write_text(f"First line.\n{example}\n“{example}”\n", "utf-8")

    assert findings(path, [(pattern, example, reason)]) == [f"page.md:2: {pattern}: {reason}"]


def test_pages_are_in_plain_english(root):
    written_by_machine = root / "docs" / "reference"
    pages = [root / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    pages += [path for path in (root / "docs").rglob("*.md") if written_by_machine not in path.parents]

    assert [found for path in pages for found in findings(path, ALL)] == []


def test_the_command_line_is_in_plain_english(root):
    modules = (path for kind in ("*.py", "*.toml") for path in (root / "src" / "leadqual" / "cli").glob(kind))

    assert [found for path in modules for found in findings(path, EVERYWHERE + COMMAND_LINE)] == []


def test_modules_have_none_of_the_wordings_that_are_gone(root):
    modules = (root / "src").rglob("*.py")

    assert [found for path in modules for found in findings(path, EVERYWHERE)] == []
