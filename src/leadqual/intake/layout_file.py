"""A layout as a TOML file, the built-in ones included."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, cast

from leadqual.contacts.record import READERS
from leadqual.documents import DocumentRefused, Table
from leadqual.intake.codes import Code
from leadqual.intake.layouts import TEXT_RULES, WORDS, Asks, CellTest, FieldRule, Layout
from leadqual.intake.problems import refuse
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Source
from leadqual.taxonomy.vocabulary import Word

_BUILT_IN: Final = (
    "plain",
    "hubspot",
    "salesforce",
    "zoho",
    "mautic",
    "odoo",
    "suitecrm",
    "google",
    "google-old",
    "outlook",
    "mailchimp",
    "linkedin",
)


def from_toml(text: str, name: str = "layout") -> Layout:
    """Return the layout that a TOML file describes; *name* stands in every fault.

    Raises:
        FileRefused: With the code ``layout-invalid``, telling every fault of the text at once.
    """
    try:
        return Layout(**_read(Table.parse(text, name)))
    except DocumentRefused as error:
        message = f"the layout cannot be used: {error}"
    raise refuse(Code.LAYOUT_INVALID, message)


def _read(document: Table) -> dict[str, Any]:
    head = document.table("layout")
    values: dict[str, Any] = {
        "name": head.value("name", str),
        "signature": _groups(head),
        "blank": head.texts("blank", required=False),
        "preamble": head.value("preamble", bool, required=False) or False,
        "pads": _short_rows(head),
        **_texts(head),
        "fields": (),
        "facts": (),
        "constants": (),
        "ignored": (),
    }
    if document.given("fields") is not None:
        values["fields"] = _fields(document.table("fields"))
    if document.given("facts") is not None:
        facts = document.table("facts")
        values["facts"] = tuple((fact, _tests(facts, str(fact))) for fact in facts.key_words(Fact))
    if document.given("constants") is not None:
        values["constants"] = _constants(document.table("constants"))
    if document.given("ignore") is not None:
        values["ignored"] = document.table("ignore").texts("columns")
    if not values["fields"] and not values["facts"]:
        document.fault("fields", "is missing; say which column holds what, such as email = 'E-mail'")
    document.finish()
    return values


def _groups(head: Table) -> tuple[tuple[str, ...], ...]:
    groups: list[tuple[str, ...]] = []
    for group in cast("list[object]", head.value("signature", list, required=False) or []):
        names = cast("list[object]", group) if isinstance(group, list) else [None]
        if not all(isinstance(name, str) for name in names):
            head.fault(
                "signature", 'must be a list of lists of columns, such as [["Id"], ["Email", "Phone"]]'
            )
            return ()
        groups.append(tuple(cast("list[str]", names)))
    return tuple(groups)


def _short_rows(head: Table) -> bool:
    word = head.value("short_rows", str, required=False)
    if word not in (None, "pad", "reject"):
        head.fault("short_rows", "must be 'pad' or 'reject'")
    return word == "pad"


def _texts(head: Table) -> dict[str, str]:
    given = {name: head.value(name, str, required=False) for name in TEXT_RULES}
    for name, text in given.items():
        holds, reason = TEXT_RULES[name]
        if text and not holds(text):
            head.fault(name, reason)
    return {name: text for name, text in given.items() if text}


def _fields(table: Table) -> tuple[tuple[str, FieldRule], ...]:
    rules: list[tuple[str, FieldRule]] = []
    for name in READERS:
        given = table.given(name)
        if given is None:
            continue
        if isinstance(given, str):
            rules.append((name, FieldRule((given,))))
        elif isinstance(given, list):
            rules.append((name, FieldRule(table.texts(name))))
        else:
            rules.append((name, _field(table.table(name), WORDS.get(name))))
    for name, rule in rules:
        if not rule.columns + rule.joined:
            table.fault(name, "names no column")
    return tuple(rules)


def _field(table: Table, vocabulary: type[Word] | None) -> FieldRule:
    column = table.value("column", str, required=False)
    columns = (column,) if column else table.texts("columns", required=False)
    joined = table.texts("join", required=False)
    words: list[tuple[str, str]] = []
    none_of: tuple[str, ...] = ()
    if vocabulary is not None:
        none_of = table.texts("none_of", required=False)
        if table.given("words") is not None:
            meanings = table.table("words")
            words = [
                (text, str(word))
                for word in meanings.key_words(vocabulary)
                for text in meanings.texts(str(word))
            ]
    split = table.value("split", str, required=False) or ""
    return FieldRule(columns, joined, split, tuple(words), none_of)


def _tests(facts: Table, fact: str) -> tuple[CellTest, ...]:
    given = facts.given(fact)
    if isinstance(given, str):
        return (CellTest(given, Asks.YES_NO),)
    tables = facts.tables(fact) if isinstance(given, list) else (facts.table(fact),)
    return tuple(_test(table) for table in tables)


def _test(table: Table) -> CellTest:
    asked = [kind for kind in Asks if table.given(kind.value) is not None]
    yes, no = table.texts("yes", required=False), table.texts("no", required=False)
    if yes and Asks.YES_NO not in asked:
        asked.append(Asks.YES_NO)
    if len(asked) != 1:
        table.fault("column", f"needs exactly one test: {', '.join(kind.value for kind in Asks)}, or yes")
        asked = [Asks.FILLED]
    asks = asked[0]
    at_least = 0.0
    if asks is Asks.ANY_OF:
        yes, no = table.texts("any_of"), table.texts("denied_by", required=False)
    elif asks is Asks.AT_LEAST:
        at_least = _number(table)
    elif table.given(asks.value) not in (True, None):
        table.fault(asks.value, "must be true")
    return CellTest(
        column=table.value("column", str) or "",
        asks=asks,
        yes=yes,
        no=no,
        none_of=table.texts("none_of", required=False),
        at_least=at_least,
        denies=asks is Asks.ANY_OF or table.value("denies", bool, required=False) or False,
        split=table.value("split", str, required=False) or "",
    )


def _number(table: Table) -> float:
    given = table.given("at_least")
    if isinstance(given, bool) or not isinstance(given, int | float):
        table.fault("at_least", "must be a number")
        return 0.0
    return float(given)


def _constants(table: Table) -> tuple[tuple[str, str], ...]:
    source = table.word("source", Source) if table.given("source") is not None else ()
    campaign = table.value("campaign", str, required=False)
    return (
        *(("source", str(value)) for value in source),
        *(("campaign", text) for text in (campaign,) if text),
    )


def _built_in(name: str) -> Layout:
    return from_toml((files("leadqual.intake") / "layouts" / f"{name}.toml").read_text("utf-8"), name)


LAYOUTS: Final[Mapping[str, Layout]] = {name: _built_in(name) for name in _BUILT_IN}
"""The layouts that come with the library, by name; the first is made of our own words."""
