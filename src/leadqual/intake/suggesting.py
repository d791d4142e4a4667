"""A layout suggested for a file by the names of its columns and the cells of its first records."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC
from importlib.resources import files
from itertools import filterfalse, islice, takewhile, tee
from typing import Final

from leadqual.contacts.cells import CellUnreadable, read_instant
from leadqual.contacts.consent import OPT_OUTS, ConsentKind, ConsentReading, column_kind, read_cell
from leadqual.contacts.headings import answer_of, fact_of, field_of, is_evidence, never_a_fact
from leadqual.contacts.record import WORDS
from leadqual.documents import quoted, quoted_list
from leadqual.intake.codes import Code
from leadqual.intake.decoding import FileSource, SheetChoice, read_chunks
from leadqual.intake.headers import Header
from leadqual.intake.opening import open_file
from leadqual.intake.problems import LIMITS, FileRefused, Limits, refuse
from leadqual.intake.recognition import SUGGESTED, Recognition, distinct, fields_named, is_listed, recognise
from leadqual.systems.layout import CellTest, FieldRule, Layout, TestKind
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import normalize

_RECORDS: Final = 1_000
_BYTES: Final = 4_194_304
# One of so many cells may be unreadable, save in a column about consent; the check tells it.
_READABLE: Final = 50
# The formats that dates are surely in; nothing tells d/m/Y from m/d/Y.
_DATES: Final = (
    *("iso", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"),
    *("%Y.%m.%d", "%Y.%m.%d.", "%Y. %m. %d.", "%Y.%m.%d %H:%M", "%Y/%m/%d", "%Y/%m/%d %H:%M"),
)

_TEXT: Final = r"\A(?=[^@]*\Z)[\W\d_]*[^\W\d_]"
_LOOKS: Final = {"email": "@", "phone": r"\A(?:\D*\d){5}", "id": "", "campaign": ""}
_SILENT: Final = (ConsentKind.NONE, ConsentKind.STATUS)  # such names are not about consent themselves


def suggest(
    chunks: Iterator[bytes],
    encoding: str | None,
    limits: Limits,
    *,
    sheet: SheetChoice = None,
    columns: Sequence[str] = (),
) -> tuple[Layout, list[str], Iterator[bytes]]:
    """Return the layout suggested for a file, notes on what a person has to decide, and the whole file again."""
    first, chunks = tee(chunks)
    reader, _ = open_file(first, encoding, limits, _by_names, sheet=sheet, columns=columns)
    records = takewhile(lambda _: reader.bytes_read < _BYTES, islice(reader, _RECORDS))
    rows = [list(map(str.strip, record.cells)) for record in records if record.usable]
    names = reader.header.names
    cells = {name: [row[i] for row in rows if i < len(row) and row[i]] for i, name in enumerate(names)}
    layout, notes = _suggested(reader.header, cells)
    with suppress(FileRefused):
        if (known := recognise(reader.header).layout).name != "plain":
            notes.insert(0, f"the built-in layout {known.name} reads this file, and may read more of it")
    return layout, notes, chunks


def draft(source: FileSource, *, encoding: str | None = None, sheet: SheetChoice = None) -> str:
    """Return the layout suggested for a file as TOML; refuse a file in which no person can be identified."""
    with closing(read_chunks(source)) as chunks:
        layout, notes, _ = suggest(chunks, encoding, LIMITS, sheet=sheet)
    return (files("leadqual.intake") / "draft.txt").read_text("utf-8") + to_toml(layout, notes)


def to_toml_as_read(recognition: Recognition, consent_unread: Iterable[str]) -> str:
    own = {column for column, _ in recognition.layout.uses}
    beside = (*(name for name, _ in recognition.mapped if name not in own), *consent_unread)
    notes = (f"{quoted(name)} is about consent: its cells are read word by word" for name in beside)
    return to_toml(recognition.layout, notes)


def to_toml(layout: Layout, notes: Iterable[str] = ()) -> str:
    rules = ((field, quoted_list(rule.columns), quoted_list(rule.joined)) for field, rule in layout.fields)
    fields = "\n".join(f"{field} = {{ columns = {one}, join = {parts} }}" for field, one, parts in rules)
    facts = [f"{fact} = [{', '.join(map(_as_toml, tests))}]" for fact, tests in layout.facts]
    facts += [f"# {note}" for note in notes]
    head = f'name = "own"\ndates = {quoted(layout.dates)}\npreamble = {str(layout.preamble).lower()}'
    head += f"\nblank = {quoted_list(layout.blank)}\n\n[fields]\n{fields}\n\n[facts]\n"
    return f"[layout]\n{head}" + "\n".join(facts) + f"\n\n[ignore]\ncolumns = {quoted_list(layout.ignored)}\n"


def _by_names(header: Header) -> Recognition:
    names = distinct(header)
    fields = _identifying(names)
    # A later row with one such word is hardly the line of names.
    if header.records > 1 and sum(bool(field_of(name) or _fact(name)) for name in names) == 1:
        raise refuse(Code.LAYOUT_UNKNOWN)
    return recognise(header, Layout(SUGGESTED, fields=fields, preamble=True))


def _identifying(names: Iterable[str]) -> tuple[tuple[str, FieldRule], ...]:
    fields = fields_named(names)
    if fields.keys().isdisjoint(("id", "name", "email", "phone")):
        reason = "no layout can be suggested, as no column has a name and cells that identify a person"
        advice = "write names such as E-mail, Phone or Name over the columns, or write a layout file"
        raise refuse(Code.LAYOUT_UNKNOWN, f"{reason}; {advice}")
    return tuple(fields.items())


def _suggested(header: Header, cells: Mapping[str, Sequence[str]]) -> tuple[Layout, list[str]]:
    told = {name: list(filterfalse(_is_unknown, texts)) for name, texts in cells.items()}
    names = distinct(header)
    said = {name: fact for name in names if (fact := _fact(name))}
    style = max(
        _DATES,
        key=lambda each: sum(_are_dates(told[name], each, len(told[name]) // _READABLE) for name in said),
    )
    tests = {name: test for name in said if (test := _test(name, told[name], style))}
    fields = [name for name in names if (field := field_of(name)) and _bears_out(field, told[name])]
    notes = {name: _note(name, told[name]) for name in names if name not in tests and name not in fields}
    layout = Layout(
        SUGGESTED,
        fields=_identifying(fields),
        facts=tuple(
            (fact, tuple(test for name, test in tests.items() if said[name] is fact))
            for fact in dict.fromkeys(map(said.__getitem__, tests))
        ),
        ignored=tuple(name for name, note in notes.items() if not note or never_a_fact(name)),
        blank=tuple(sorted({text for name in tests for text in filter(_is_unknown, cells[name])})),
        dates=style,
        preamble=header.records > 1,
    )
    return layout, list(filter(None, notes.values()))


def _fact(name: str) -> Fact | None:
    kind = column_kind(name)
    return Fact.OPTED_OUT if kind in OPT_OUTS else fact_of(name, loose=True) if kind in _SILENT else None


def _test(name: str, texts: Sequence[str], style: str) -> CellTest | None:
    opt_out = column_kind(name) in OPT_OUTS
    spare = 0 if opt_out else len(texts) // _READABLE
    if _are_dates(texts, style, spare):
        return CellTest(name, TestKind.DATE)
    folded = dict.fromkeys(map(str.casefold, texts))
    words = {text: _opts_out(text) if opt_out else answer_of(text, letters=True) for text in folded}
    yes, no = (tuple(text for text, said in words.items() if said is wanted) for wanted in (True, False))
    denies = not opt_out and any(not is_listed(text, "headings", "answer", "box", "no") for text in no)
    if not (yes and no):
        # The library's words are taken for the other answer, and so must be those of the file.
        yes = no = ()
        words = {text: answer_of(text) for text in words}
        if not words or _unread(words, texts) > spare:
            return None
    if _unread(words, texts) <= spare:
        return CellTest(name, TestKind.YES_NO, yes, no, denies=denies)
    # A name that is a fact's own is read as in the plain layout, which tells each cell that cannot be read.
    return CellTest(name, TestKind.YES_NO, denies=True) if fact_of(name) else None


def _note(name: str, texts: Sequence[str]) -> str:
    kind, column, fact, field = column_kind(name), quoted(name), fact_of(name, loose=True), field_of(name)
    words = dict.fromkeys(texts) if kind is ConsentKind.IN else ()
    no = [text for text in words if _opts_out(text, ConsentKind.TOLD_IN)]
    digits = bool(texts) and not any(map(str.isalpha, "".join(texts)))
    if no:
        return f"under [layout]: consent_in = [{column}] # if a no there means do not contact"
    if kind not in _SILENT:
        return f"{column} may be about consent: its cells are read word by word"
    if word := never_a_fact(name):
        return f"{column} is about {word}, which is neither a fact nor a stage"
    if field:
        return f"{column} has a name for the {field}, and its cells do not look like it"
    if fact and digits:
        return f'{fact} = {{ column = {column}, date = true }} # with dates = "%d/%m/%Y" or "%m/%d/%Y"'
    if fact or is_evidence(name) or kind is ConsentKind.STATUS:
        return f"{column} may say what somebody did, but its cells do not tell how"
    answers = texts and None not in map(answer_of, texts)
    return f"{column} holds yes and no, but its name does not say of what" if answers else ""


def _is_unknown(text: str) -> bool:
    return is_listed(text, "consent", "value", "unknown")


def _opts_out(text: str, kind: ConsentKind = ConsentKind.OUT) -> bool | None:
    return {ConsentReading.OPTED_OUT: True, ConsentReading.NOTHING: False}.get(read_cell(kind, text))


def _unread(words: Mapping[str, bool | None], texts: Sequence[str]) -> int:
    return sum(words[text.casefold()] is None for text in texts)


def _are_dates(texts: Sequence[str], style: str, spare: int = 0) -> bool:
    for text in texts:
        try:
            read_instant(text, style, UTC)
        except CellUnreadable:
            spare -= 1
            if spare < 0:
                return False
    return bool(texts)


def _bears_out(field: str, texts: Sequence[str]) -> bool:
    fit = [text for text in texts if re.search(_LOOKS.get(field, _TEXT), text)]
    if field in WORDS:
        fit = [text for text in texts if normalize(text) in map(str, WORDS[field])]
    return 2 * len(set(fit) if field == "id" else fit) >= len(texts)


def _as_toml(test: CellTest) -> str:
    asked = (
        f"yes = {quoted_list(test.yes)}, no = {quoted_list(test.no)}"
        if test.yes
        else f"{test.kind.value} = true"
    )
    return f"{{ column = {quoted(test.column)}, {asked}{', denies = true' if test.denies else ''} }}"
