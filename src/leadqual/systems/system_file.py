"""A system as a TOML file: a company's own, or one that comes with the library."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar, final

from leadqual.contacts.record import READERS
from leadqual.documents import Table, read_text
from leadqual.systems.destination import CARRIED, read_destination
from leadqual.systems.layout import TEXT_RULES, CellTest, FieldRule, Layout, TestKind
from leadqual.systems.mapping import Answer, Sureness, ValueMapping, ValueMeaning
from leadqual.systems.system import System
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Source, Stage
from leadqual.taxonomy.vocabulary import look_up, normalize

T = TypeVar("T")

_FOLDER: Final = files("leadqual.systems")
_FILES: Final = (path.name for path in _FOLDER.iterdir() if path.name.endswith(".toml"))
_NAMES: Final = tuple(sorted((name[:-5] for name in _FILES), key=lambda name: (name != "plain", name)))
_MEANINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    **{str(stage): {"stage": stage} for stage in Stage if stage is not Stage.NAME},
    **{str(source): {"source": source} for source in Source},
    **{str(fact): {"facts": (fact,)} for fact in Fact},
    "nothing": {},
}


def from_toml(text: str, name: str = "system") -> System:
    """Return the system that a TOML file describes; *name* stands in every fault.

    Raises:
        DocumentRefused: If the file does not describe a system; it lists every fault with its place.
    """
    document = Table.parse(text, name)
    built_in = partial(look_up, "system", {each: each for each in _NAMES})
    bases = document.table("system", required=False).word("extends", built_in, required=False)
    base = Table.parse(_text(bases[0]), bases[0]) if bases else Table({}, name, "", [])
    return _system(document.over(base), name.removesuffix(".toml"))


def from_file(path: Path) -> System:
    return from_toml(read_text(path), path.name)


def _system(document: Table, name: str) -> System:
    about, questions, answers, imported = (
        document.table(key, required=False) for key in ("system", "questions", "answers", "import")
    )
    about.text("extends")
    asked = tuple((key, questions.value(key, str) or "") for key in questions.names())
    layout = _layout(document, name)
    fields = document.table("mapping", required=False)
    mappings = tuple(_mapping(each, fields.table(each), dict(asked)) for each in fields.names())
    tested = {normalize(test.column) for _, tests in layout["facts"] for test in tests}
    for mapping in mappings:
        for column in mapping.columns:
            if normalize(column) in tested:
                document.fault(
                    f"mapping.{mapping.name}", f"reads {column!r}, as [facts] does; keep one of them"
                )
    known = [key for key in answers.names() if answers.is_known(key, "question", key, dict(asked))]
    system: dict[str, Any] = {
        "title": about.text("title") or name,
        "record": about.text("record") or "contacts",
        "answers": frozenset(key for key in known if answers.value(key, bool)),
    }
    if document.given("import") is not None:
        system["destination"] = read_destination(imported, [each.name for each in mappings])
    document.finish()
    return System(name, read=Layout(**layout), questions=asked, mappings=mappings, **system)


def _layout(document: Table, name: str) -> dict[str, Any]:
    head = document.table("layout")
    fields, tests, constants, ignored, carried = (
        document.table(key, required=False) for key in ("fields", "facts", "constants", "ignore", "carry")
    )
    parts = ("fields", "facts", "values", "constants", "ignored", "pads", "carried")
    given = {key: value for key, value in head.attributes(Layout, *parts, name=name).items() if value}
    if (short_rows := head.text("short_rows")) not in ("", "pad", "reject"):
        head.fault("short_rows", "must be 'pad' or 'reject'")
    for key, (holds, reason) in TEXT_RULES.items():
        if key in given and not holds(given[key]):
            head.fault(key, reason)
    always = [("source", str(word)) for word in constants.word("source", Source, required=False)]
    layout = {
        "name": name,
        "pads": short_rows == "pad",
        "fields": tuple((name, _field(fields, name)) for name in READERS if fields.given(name) is not None),
        "facts": tuple((fact, _tests(tests, str(fact))) for fact in tests.key_words(Fact)),
        "constants": (*always, *(("campaign", text) for text in [constants.text("campaign")] if text)),
        "ignored": ignored.texts("columns", required=False),
        "carried": tuple((key, carried.texts(key)) for key in CARRIED if carried.given(key) is not None),
    }
    if not (layout["fields"] or layout["facts"] or document.given("mapping")):
        document.fault("fields", "is missing; say which column holds what, such as email = 'E-mail'")
    return layout | given


def _field(fields: Table, name: str) -> FieldRule:
    given = fields.given(name)
    if isinstance(given, str):
        return FieldRule((given,))
    if isinstance(given, list):
        rule = FieldRule(fields.texts(name))
    else:
        table = fields.table(name)
        own: dict[str, Any] = {"columns": (column,)} if (column := table.text("column")) else {}
        own["joined"] = table.texts("join", required=False)
        rule = FieldRule(**own, **table.attributes(FieldRule, *own))
    if not rule.columns + rule.joined:
        fields.fault(name, "names no column")
    return rule


def _tests(facts: Table, fact: str) -> tuple[CellTest, ...]:
    given = facts.given(fact)
    if isinstance(given, str):
        return (CellTest(given, TestKind.YES_NO),)
    return tuple(map(_test, facts.tables(fact) if isinstance(given, list) else (facts.table(fact),)))


def _test(table: Table) -> CellTest:
    asked = [kind for kind in TestKind if table.given(kind.value) is not None]
    test = table.attributes(CellTest, "kind", "at_least")
    if test.get("yes") and TestKind.YES_NO not in asked:
        asked.append(TestKind.YES_NO)
    given: Any = table.given(asked[0].value) if asked else None
    at_least = 0.0
    if len(asked) != 1:
        kinds = ", ".join(kind.value for kind in TestKind)
        table.fault("column", f"needs exactly one test: {kinds}, or yes")
    elif asked[0] is not TestKind.AT_LEAST:
        if given not in (True, None):
            table.fault(asked[0].value, "must be true")
    elif type(given) in (int, float):
        at_least = given
    else:
        table.fault("at_least", "must be a number")
    return CellTest(**test, kind=next(iter(asked), TestKind.FILLED), at_least=at_least)


def _mapping(name: str, table: Table, questions: Collection[str]) -> ValueMapping:
    means, own = table.table("means", required=False), table.table("values", required=False)
    given = table.attributes(ValueMapping, "name", "values", columns=(), sureness=Sureness.KNOWN)
    said: dict[str, dict[str, Any]] = {}
    for key in means.names():
        for text in means.texts(key) if means.is_known(key, "meaning", key, _MEANINGS) else ():
            before = said.get(text, {})
            if before.keys() & _MEANINGS[key].keys() - {"facts"}:
                means.fault(key, f"gives {text!r} another {next(iter(_MEANINGS[key]))}; keep one of them")
            facts = (*before.get("facts", ()), *_MEANINGS[key].get("facts", ()))
            said[text] = {**before, **_MEANINGS[key], "facts": facts}
    values = [ValueMeaning(text, sureness=given["sureness"], **meaning) for text, meaning in said.items()]
    values += own.each(ValueMeaning, sureness=given["sureness"])
    first: dict[str, str] = {}
    for each in values:
        for text in (each.value, *each.labels):
            other = first.setdefault(normalize(text), each.value)
            if other != each.value:
                own.fault(
                    each.value, f"is compared as {other!r} is, by {text!r}; describe it under {other!r}"
                )
        parts: dict[str, ValueMeaning | Answer] = {each.value: each}
        parts |= {f"{each.value}.when.{answer.question}": answer for answer in each.when}
        for place, meaning in parts.items():
            if isinstance(meaning, Answer):
                own.is_known(place, "question", meaning.question, questions)
            if meaning.stage is Stage.NAME:
                own.fault(f"{place}.stage", "claims nothing, as everybody is a name; leave it out")
    return ValueMapping(name, given.pop("columns") or (name,), tuple(values), **given)


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.toml").read_text("utf-8")


@cache
def _built_in(name: str) -> System:
    return from_toml(_text(name), name)


@cache
def _heads() -> Mapping[str, str]:
    """Return the part of each file that holds the signature of its layout."""
    return {name: _text(name).partition("\n[fields]")[0] for name in _NAMES}


@cache
def _signature(name: str) -> tuple[tuple[str, ...], ...]:
    return Table.parse(_heads()[name], name).table("layout").groups("signature")


def signed(columns: Collection[str]) -> tuple[str, ...]:
    """Return the built-in systems of whose signature *columns* has one column of each group."""
    quoted = [f'"{column}"' for column in columns]
    near = [name for name, head in _heads().items() if any(column in head for column in quoted)]
    signatures = {name: _signature(name) for name in near}
    return tuple(
        name
        for name, groups in signatures.items()
        if groups and not any(map(set(columns).isdisjoint, groups))
    )


@final
class _BuiltIn(Mapping[str, T]):
    """The built-in systems, or a part of each, read when they are first asked for."""

    def __init__(self, part: Callable[[System], T]) -> None:
        self._part = part

    def __getitem__(self, name: str) -> T:
        if name not in _NAMES:
            raise KeyError(name)
        return self._part(_built_in(name))

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


SYSTEMS: Final[Mapping[str, System]] = _BuiltIn(lambda system: system)
"""The systems that come with the library, by name; each is read when it is first asked for."""

LAYOUTS: Final[Mapping[str, Layout]] = _BuiltIn(lambda system: system.layout)
"""The layouts of these systems, by name; the first has the library's own words."""
