"""A system as a TOML file: a company's own, or one that comes with the library."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, TypeVar, cast, final

from leadqual.contacts.record import READERS
from leadqual.documents import Table, read_text
from leadqual.systems.destination import CARRIED, read_destination
from leadqual.systems.layout import TEXT_RULES, CellTest, FieldRule, Layout, TestKind
from leadqual.systems.mapping import Answer, Sureness, ValueMapping, ValueMeaning
from leadqual.systems.system import System
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Source, Stage
from leadqual.taxonomy.vocabulary import UnknownWord, WordT, normalize

T = TypeVar("T")

_FOLDER: Final = files("leadqual.systems")
_NAMES: Final = tuple(
    sorted(
        (path.name.removesuffix(".toml") for path in _FOLDER.iterdir() if path.name.endswith(".toml")),
        key=lambda name: (name != "plain", name),
    )
)
_NOTHING: Final = "nothing"  # the key of values that are known and mean nothing
_MEANINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    **{str(stage): {"stage": stage} for stage in Stage if stage is not Stage.NAME},
    **{str(source): {"source": source} for source in Source},
    **{str(fact): {"facts": (fact,)} for fact in Fact},
    _NOTHING: {},
}


def from_toml(text: str, name: str = "system") -> System:
    """Return the system that a TOML file describes; *name* stands in every fault.

    Raises:
        DocumentRefused: If the file does not describe a system; it lists every fault with its place.
    """
    document = Table.parse(text, name)
    bases = _section(document, "system").word("extends", _built_in_name, required=False)
    base = Table.parse(_text(bases[0]), bases[0]) if bases else Table({}, name, "", [])
    return _system(document.over(base), name.removesuffix(".toml"))


def from_file(path: Path) -> System:
    return from_toml(read_text(path), path.name)


def _system(document: Table, name: str) -> System:
    about, questions = _section(document, "system"), _section(document, "questions")
    about.value("extends", str, required=False)
    asked = {key: questions.value(key, str) or "" for key in questions.names()}
    answers, carried = _section(document, "answers"), _section(document, "carry")
    for key in answers.names():
        _known("question", key, asked, answers)
    layout = _layout(document, name)
    mappings = _mappings(_section(document, "mapping"), asked)
    imported = document.table("import", required=False)
    system: dict[str, Any] = {
        "name": name,
        "title": about.value("title", str, required=False) or name,
        "record": about.value("record", str, required=False) or "contacts",
        "carried": tuple((key, carried.texts(key)) for key in CARRIED if carried.given(key) is not None),
        "questions": tuple(asked.items()),
        "mappings": mappings,
        "answers": frozenset(key for key in answers.names() if answers.value(key, bool)),
        "destination": read_destination(imported, [each.name for each in mappings])
        if document.given("import")
        else None,
    }
    tested = {normalize(test.column) for _, tests in layout["facts"] for test in tests}
    for mapping in mappings:
        for column in mapping.columns:
            if normalize(column) in tested:
                document.fault(
                    f"mapping.{mapping.name}", f"reads {column!r}, as [facts] does; keep one of them"
                )
    document.finish()
    return System(read=Layout(**layout), **system)


def _layout(document: Table, name: str) -> dict[str, Any]:
    head = document.table("layout")
    short_rows = head.value("short_rows", str, required=False)
    if short_rows not in (None, "pad", "reject"):
        head.fault("short_rows", "must be 'pad' or 'reject'")
    texts = {key: text for key in TEXT_RULES if (text := head.value(key, str, required=False))}
    for key, text in texts.items():
        holds, reason = TEXT_RULES[key]
        if not holds(text):
            head.fault(key, reason)
    tests, ignored = _section(document, "facts"), _section(document, "ignore")
    layout = {
        "name": head.value("name", str, required=False) or name,
        "signature": head.groups("signature"),
        "preamble": _is_set(head, "preamble"),
        "pads": short_rows == "pad",
        "fields": _fields(_section(document, "fields")),
        "facts": tuple((fact, _tests(tests, str(fact))) for fact in tests.key_words(Fact)),
        "constants": _constants(_section(document, "constants")),
        "ignored": ignored.texts("columns", required=False),
    }
    if not (layout["fields"] or layout["facts"] or document.given("mapping")):
        document.fault("fields", "is missing; say which column holds what, such as email = 'E-mail'")
    lists = ("blank", "consent_in", "no_consent_in")
    return layout | texts | {key: head.texts(key, required=False) for key in lists}


def _known(kind: str, key: str, choices: Iterable[str], table: Table) -> bool:
    """Return whether a key is one of *choices*; note a fault where it is not."""
    if key in (known := tuple(choices)):
        return True
    table.fault(key, str(UnknownWord(kind, key, known)))
    return False


def _section(document: Table, key: str) -> Table:
    return document.table(key) if document.given(key) is not None else Table({}, "", "", [])


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
    split = table.value("split", str, required=False) or ""
    return FieldRule(columns, table.texts("join", required=False), split)


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
    if kind is TestKind.AT_LEAST:
        if type(given) in (int, float):
            at_least = cast("float", given)
        else:
            table.fault("at_least", "must be a number")
    elif given not in (True, None):
        table.fault(kind.value, "must be true")
    column = table.value("column", str) or ""
    denies = _is_set(table, "denies")
    split = table.value("split", str, required=False) or ""
    return CellTest(column, kind, yes, no, at_least, denies, split)


def _constants(table: Table) -> tuple[tuple[str, str], ...]:
    source = table.word("source", Source) if table.given("source") is not None else ()
    campaign = table.value("campaign", str, required=False)
    return (*(("source", str(word)) for word in source), *([("campaign", campaign)] if campaign else []))


def _mappings(tables: Table, questions: Iterable[str]) -> tuple[ValueMapping, ...]:
    return tuple(_mapping(name, tables.table(name), questions) for name in tables.names())


def _mapping(name: str, table: Table, questions: Iterable[str]) -> ValueMapping:
    sureness = _word(table, "sureness", Sureness, Sureness.KNOWN)
    means, own = _section(table, "means"), _section(table, "values")
    said: dict[str, dict[str, Any]] = {}
    for key in means.names():
        new = _MEANINGS[key] if _known("meaning", key, _MEANINGS, means) else {}
        for text in means.texts(key):
            before = said.get(text, {})
            if before.keys() & new.keys() - {"facts"}:
                means.fault(key, f"gives {text!r} another {next(iter(new))}; keep one of them")
            said[text] = {**before, **new, "facts": (*before.get("facts", ()), *new.get("facts", ()))}
    values = [ValueMeaning(text, sureness=sureness, **meaning) for text, meaning in said.items()]
    values += [_value(key, own.table(key), sureness, questions) for key in own.names()]
    first: dict[str, str] = {}
    for each in values:
        for text in (each.value, *each.labels):
            if first.setdefault(normalize(text), each.value) != each.value:
                own.fault(
                    each.value, f"is compared as {first[normalize(text)]!r} is, by {text!r}; keep one of them"
                )
    return ValueMapping(
        name,
        table.texts("columns", required=False) or (name,),
        tuple(values),
        sureness,
        customised=_is_set(table, "customised"),
        read_only=_is_set(table, "read_only"),
        on_update=table.value("on_update", str, required=False) or "",
        split=table.value("split", str, required=False) or "",
        partial=_is_set(table, "partial"),
    )


def _value(value: str, table: Table, sureness: Sureness, questions: Iterable[str]) -> ValueMeaning:
    when = _section(table, "when")
    answers = ((key, when.table(key)) for key in when.names() if _known("question", key, questions, when))
    definition, loss, false_friend = (
        table.value(key, str, required=False) or "" for key in ("definition", "loss", "false_friend")
    )
    return ValueMeaning(
        value,
        table.texts("labels", required=False),
        _stage(table),
        table.facts("facts", required=False),
        _word(table, "source", Source, None),
        definition,
        loss,
        false_friend,
        written=_is_set(table, "written"),
        act=_is_set(table, "act"),
        sureness=_word(table, "sureness", Sureness, sureness),
        when=tuple(
            Answer(key, _stage(each), each.facts("facts", required=False), _is_set(each, "written"))
            for key, each in answers
        ),
    )


def _is_set(table: Table, key: str) -> bool:
    return table.value(key, bool, required=False) or False


def _stage(table: Table) -> Stage | None:
    stage = _word(table, "stage", Stage, None)
    if stage is Stage.NAME:
        table.fault("stage", "claims nothing, as everybody is a name; leave it out")
    return stage


def _word(table: Table, key: str, vocabulary: type[WordT], otherwise: T) -> WordT | T:
    return next(iter(table.word(key, vocabulary.parse, required=False)), otherwise)


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.toml").read_text("utf-8")


def _built_in_name(name: str) -> str:
    if name not in _NAMES:
        raise UnknownWord("system", name, _NAMES)
    return name


@cache
def _built_in(name: str) -> System:
    return from_toml(_text(name), name)


@cache
def signatures() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the signature of each built-in layout, read from the first lines of its file."""
    heads = {name: Table.parse(_text(name).partition("\n[fields]")[0], name) for name in _NAMES}
    return {name: head.table("layout").groups("signature") for name, head in heads.items()}


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
