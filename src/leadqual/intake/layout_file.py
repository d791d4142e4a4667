"""A layout as a TOML file, the built-in ones included."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

from leadqual.contacts.record import READERS
from leadqual.documents import DocumentRefused, Table, read_text
from leadqual.intake.codes import Code
from leadqual.intake.layouts import TEXT_RULES, WORDS, CellTest, FieldRule, Layout, TestKind
from leadqual.intake.problems import refuse
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Source

_BUILT_IN: Final = (
    *("plain", "hubspot", "salesforce", "zoho", "mautic", "odoo", "suitecrm"),
    *("google", "google-old", "outlook", "mailchimp", "linkedin", "vcard"),
)


def from_toml(text: str, name: str = "layout") -> Layout:
    """Return the layout that a TOML file describes; *name* stands in every fault."""
    try:
        return _layout(Table.parse(text, name))
    except DocumentRefused as error:
        raise refuse(Code.LAYOUT_INVALID, f"the layout cannot be used: {error}") from None


def from_file(path: Path) -> Layout:
    try:
        text = read_text(path)
    except DocumentRefused as error:
        raise refuse(Code.LAYOUT_INVALID, f"the layout file {error.faults[0].reason}") from None
    return from_toml(text, path.name)


def _layout(document: Table) -> Layout:
    head = document.table("layout")
    given: dict[str, Any] = {"name": head.value("name", str) or "", "signature": _signature(head)}
    given |= {key: head.texts(key, required=False) for key in ("blank", "consent_in", "no_consent_in")}
    given["preamble"] = head.value("preamble", bool, required=False) or False
    short_rows = head.value("short_rows", str, required=False)
    if short_rows not in (None, "pad", "reject"):
        head.fault("short_rows", "must be 'pad' or 'reject'")
    given["pads"] = short_rows == "pad"
    texts = {key: text for key in TEXT_RULES if (text := head.value(key, str, required=False))}
    for key, text in texts.items():
        holds, reason = TEXT_RULES[key]
        if not holds(text):
            head.fault(key, reason)
    given |= texts
    given["fields"] = _fields(_section(document, "fields"))
    tables = _section(document, "facts")
    given["facts"] = tuple((fact, _tests(tables, str(fact))) for fact in tables.key_words(Fact))
    given["constants"] = _constants(_section(document, "constants"))
    given["ignored"] = _section(document, "ignore").texts("columns")
    if not (given["fields"] or given["facts"]):
        document.fault("fields", "is missing; say which column holds what, such as email = 'E-mail'")
    document.finish()
    return Layout(**given)


def _section(document: Table, key: str) -> Table:
    return document.table(key) if document.given(key) is not None else Table({}, "", "", [])


def _signature(head: Table) -> tuple[tuple[str, ...], ...]:
    groups = cast("list[object]", head.value("signature", list, required=False) or [])
    names = [cast("list[object]", group) if isinstance(group, list) else [None] for group in groups]
    if not all(isinstance(name, str) for group in names for name in group):
        head.fault("signature", 'must be a list of lists of columns, such as [["Id"], ["Email", "Phone"]]')
        return ()
    return tuple(tuple(cast("list[str]", group)) for group in names)


def _fields(table: Table) -> tuple[tuple[str, FieldRule], ...]:
    rules = tuple((name, _field(table, name)) for name in READERS if table.given(name) is not None)
    for name, rule in rules:
        if not rule.columns + rule.joined:
            table.fault(name, "names no column")
    return rules


def _field(fields: Table, name: str) -> FieldRule:
    given = fields.given(name)
    if isinstance(given, str):
        return FieldRule((given,))
    if isinstance(given, list):
        return FieldRule(fields.texts(name))
    table = fields.table(name)
    column = table.value("column", str, required=False)
    columns = (column,) if column else table.texts("columns", required=False)
    joined = table.texts("join", required=False)
    split = table.value("split", str, required=False) or ""
    if name not in WORDS:
        return FieldRule(columns, joined, split)
    meanings = _section(table, "words")
    words = [
        (text, str(word)) for word in meanings.key_words(WORDS[name]) for text in meanings.texts(str(word))
    ]
    return FieldRule(columns, joined, split, tuple(words), table.texts("none_of", required=False))


def _tests(facts: Table, fact: str) -> tuple[CellTest, ...]:
    given = facts.given(fact)
    if isinstance(given, str):
        return (CellTest(given, TestKind.YES_NO),)
    tables = facts.tables(fact) if isinstance(given, list) else (facts.table(fact),)
    return tuple(map(_test, tables))


def _test(table: Table) -> CellTest:
    asked = [kind for kind in TestKind if table.given(kind.value) is not None]
    yes, no = table.texts("yes", required=False), table.texts("no", required=False)
    if yes and TestKind.YES_NO not in asked:
        asked.append(TestKind.YES_NO)
    if len(asked) != 1:
        kinds = ", ".join(kind.value for kind in TestKind)
        table.fault("column", f"needs exactly one test: {kinds}, or yes")
        asked = [TestKind.FILLED]
    kind = asked[0]
    given = table.given(kind.value)
    at_least = 0.0
    if kind is TestKind.ANY_OF:
        yes, no = table.texts("any_of"), table.texts("denied_by", required=False)
    elif kind is TestKind.AT_LEAST:
        if type(given) in (int, float):
            at_least = cast("float", given)
        else:
            table.fault("at_least", "must be a number")
    elif given not in (True, None):
        table.fault(kind.value, "must be true")
    column = table.value("column", str) or ""
    none_of = table.texts("none_of", required=False)
    denies = kind is TestKind.ANY_OF or table.value("denies", bool, required=False) or False
    split = table.value("split", str, required=False) or ""
    return CellTest(column, kind, yes, no, none_of, at_least, denies, split)


def _constants(table: Table) -> tuple[tuple[str, str], ...]:
    source = table.word("source", Source) if table.given("source") is not None else ()
    campaign = table.value("campaign", str, required=False)
    return (*(("source", str(word)) for word in source), *([("campaign", campaign)] if campaign else []))


LAYOUTS: Final[Mapping[str, Layout]] = {
    name: from_toml((files("leadqual.intake") / "layouts" / f"{name}.toml").read_text("utf-8"), name)
    for name in _BUILT_IN
}
"""The layouts that come with the library, by name; the first has the library's own words."""
