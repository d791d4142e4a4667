"""The pages that are looked things up in: commands, keys of files, column names, and all on one page."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from cyclopts.argument import Argument
from markdown import code, table

from leadqual import STANDARD, Fact, Stage
from leadqual.cli import DONE, FOUND, UNUSABLE, checking, crosswalks, frames, funnels, scorecards, words  # noqa: F401 (registers)
from leadqual.cli.application import app
from leadqual.contacts.headings import word_lists
from leadqual.intake import Code

HERE: Final = Path(__file__).resolve().parent
COMMANDS: Final[Mapping[str, Any]] = tomllib.loads(
    (files("leadqual.cli") / "commands.toml").read_text("utf-8")
)
LANGUAGES: Final = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "hu": "Hungarian",
    "ro": "Romanian",
    "signs": "signs",
    "shared": "any",
}


def _arguments(name: str) -> Iterator[tuple[Argument, str]]:
    """Yield the arguments of a command, with their explanations."""
    texts = COMMANDS["options"] | COMMANDS["commands"][name].get("options", {})
    for each in app[name].assemble_argument_collection():
        if each.names != ("*",):
            key = each.keys[-1] if each.keys else each.field_info.name
            yield each, texts[key]


def _written(argument: Argument) -> str:
    """Return how an argument is written: its name in capitals if its place says what it is."""
    names = argument.names
    if argument.index is not None:
        return f"`{names[0].lstrip('-').upper()}`"
    return code(name for name in names if name == names[0] or not name.startswith("--"))


def commands() -> str:
    """Return the page about the command line."""
    head = (
        "# The command line\n\nInstall it with `pip install '.[cli]'` in the folder of the project. "
        "`leadqual COMMAND --help` says the same as this page.\n\n"
        f"Exit statuses: `{DONE}` if nothing is wrong, `{FOUND}` if something is, such as a rejected row, "
        f"`{UNUSABLE}` if a file or the call cannot be used, `130` or `143` if the command is stopped.\n"
    )
    parts = [head]
    for name, texts in COMMANDS["commands"].items():
        examples = "\n".join(texts["examples"])
        parts.append(f"## leadqual {name}\n\n{' '.join(texts['help'].split())}\n")
        parts.append(f"```sh\n{examples}\n```\n\nExit status: 0 if nothing is wrong, {texts['status']}.\n")
        rows = []
        for argument, meaning in _arguments(name):
            choices = argument.get_choices()
            default = argument.field_info.default if argument.show_default else None
            said = [meaning, f"One of {code(choices)}." if choices else ""]
            said.append(f"Default: `{default}`." if isinstance(default, str) and default else "")
            rows.append((_written(argument), " ".join(filter(None, said))))
        if rows:
            parts.append(table(("argument", "meaning"), rows))
    return "\n".join(parts)


def keys() -> str:
    """Return the page about every key of the files that a user may write."""
    kinds = tomllib.loads((HERE / "reference" / "keys.toml").read_text("utf-8"))
    head = (
        "# Keys of the TOML files\n\nA key that is not listed is refused, with a hint. Every fault of a file is "
        "reported at once, each with its place.\n"
    )
    parts = [head]
    for kind in kinds["file"]:
        rows = ((f"`{key}`", type_, meaning) for key, type_, meaning in kind["keys"])
        parts.append(f"## {kind['title']}\n\n{kind['text']}\n\n{table(('key', 'value', 'meaning'), rows)}")
    return "\n".join(parts)


def _by_language(lists: Mapping[str, list[str]]) -> str:
    return table(
        ("language", "names of the column"),
        ((LANGUAGES[language], ", ".join(names)) for language, names in lists.items()),
    )


def columns() -> str:
    """Return the page about which words are read for which column."""
    lists = word_lists("headings")
    head = (
        "# Which words for which column\n\nThe name of a column is compared as a whole: in any case, without "
        "accents, with any signs or blanks between the words; `E-Mail`, `e_mail` and `EMAIL` are one name. "
        "These are the names that the layout `plain` reads. To read a file that has other names, see "
        "[how to write a layout](../how-to/write-a-layout.md).\n\n"
        "Columns about consent are recognised by the words in their names, not by this list: see "
        "[columns about consent](../how-to/check-an-export.md#columns-about-consent).\n"
    )
    parts = [head, "## Fields of a person\n"]
    parts += [f"### {name}\n\n{_by_language(each)}" for name, each in lists["field"].items()]
    parts.append(
        "## Facts\n\nThe [eighteen facts](facts.md) are read by their own words, such as "
        f"{code(list(Fact)[:3])}, with blanks or hyphens too, and by these names. Those that only suggest the fact "
        "are read with `--layout suggested`, if the cells agree.\n"
    )
    exact, loose = lists["fact"]["exact"], lists["fact"]["loose"]
    for fact in map(str, Fact):
        if fact in exact or fact in loose:
            parts.append(f"### {fact}\n")
            found = {"by `plain`": exact.get(fact, {}), "with `--layout suggested`": loose.get(fact, {})}
            rows = [
                (LANGUAGES[language], how, ", ".join(names))
                for how, each in found.items()
                for language, names in each.items()
            ]
            parts.append(table(("language", "read", "names of the column"), rows))
    parts.append("## Words for yes and no\n")
    for answer in ("yes", "no"):
        parts.append(
            f"### {answer}\n\n"
            + _by_language(lists["answer"][answer]).replace("names of the column", "words")
        )
    parts.append(
        "## Never a stage and never a fact\n\nA column with one of these names is kept, but says nothing about the "
        f"person: {', '.join(sorted(word for each in lists['nothing'].values() for word in each['any']))}.\n"
    )
    return "\n".join(parts)


def cheat_sheet() -> str:
    """Return the page with everything to be looked up, in short."""
    stages = [
        (f"`{stage}`", code(rule.condition for rule in STANDARD.rules_for(stage)), stage.definition)
        for stage in Stage
    ]
    points = dict(STANDARD.score.points)
    facts = [
        (
            f"`{fact}`",
            f"{points.get(fact, 0):+d}" if points.get(fact) else "0",
            code(other for other in Fact if other in fact.implies),
            fact.definition,
        )
        for fact in Fact
    ]
    routes = [(rule.name, f"`{rule.condition}`") for rule in STANDARD.routes]
    standings = [(f"`{standing}`", code(held)) for standing, held in STANDARD.standings]
    remedies: dict[str, list[Code]] = {}
    for each in Code:
        remedies.setdefault(each.remedy, []).append(each)
    called = [
        (f"`leadqual {name}`", " ".join(texts["help"].split()).partition(". ")[0].rstrip("."))
        for name, texts in COMMANDS["commands"].items()
    ]
    statuses = [
        (DONE, "nothing is wrong"),
        (FOUND, "something is wrong, such as a rejected row"),
        (UNUSABLE, "a file or the call cannot be used"),
        ("130, 143", "the command was stopped"),
    ]
    base, qualified = STANDARD.score.base, STANDARD.score.qualified
    return (
        "# Cheat sheet\n\n## Stages\n\nWhoever reached a stage has reached those below it.\n\n"
        f"{table(('stage', 'by', 'meaning'), stages)}\n"
        f"## Qualified, by any of\n\n{table(('route', 'facts'), routes)}\n"
        f"## Standing, the first that applies\n\n{table(('standing', 'by any of'), standings)}\n"
        "## Facts\n\nEstablished, denied or unknown; unknown is never no. "
        f"The score is {base}, the points of each established fact, and {qualified} for being qualified.\n\n"
        f"{table(('fact', 'points', 'implies', 'meaning'), facts)}\n"
        f"## Commands\n\n{table(('command', 'what it does'), called)}\n"
        f"{table(('exit status', 'meaning'), statuses)}\n"
        "## What to do about a problem\n\n"
        + table(("what to do", "codes"), ((remedy, code(each)) for remedy, each in remedies.items()))
    )
