"""The priority of the people of a frame, as columns."""

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import narwhals.stable.v2 as nw

from leadqual.classification.explanation import BETWEEN_STATEMENTS
from leadqual.errors import Fault, require
from leadqual.frames.columns import ColumnSource, Unfit, cells, columns_for, conditions_of, name_of, yes_or_no
from leadqual.frames.logic import NO_TEXT, any_of, choose, definite, first_match, joined
from leadqual.frames.points import points_column, points_of, points_of_blank, whole
from leadqual.frames.table import FrameT, InputFrame, refuse_if, require_arguments
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.scoring.priority import DO_NOT_CONTACT, PriorityLine, forbidding, lines
from leadqual.scoring.scorecard import Scorecard
from leadqual.scoring.signals import Dated, Signal, YesNo
from leadqual.taxonomy.vocabulary import did_you_mean, normalize


def prioritize(
    frame: FrameT,
    card: Scorecard,
    *,
    columns: Mapping[Any, Any] | None = None,
    as_of: date | datetime | None = None,
    policy: Policy = STANDARD,
    prefix: str = "",
    groups: bool = False,
    reasons: bool = False,
    consent_in: Iterable[str] = (),
    no_consent_in: Iterable[str] = (),
) -> FrameT:
    """Add the priority of each person to a frame, one row for each person.

    The answers are those of `Scorecard.priority` on a mapping of the same cells. A column is what the
    card reads if it has the name, in any case, with spaces, hyphens or underscores. It holds booleans
    or dates for a signal of yes or no, numbers for one of numbers, text for one of words, anything for
    one that asks whether it is filled; for a dated signal the day, or the instant with its time zone,
    of one occurrence, or the result of `occurrences` for several. What has no column is unknown.
    Columns of opt-outs are read as `classify` reads them.

    Args:
        frame: A frame of Polars, pandas, PyArrow, DuckDB or PySpark, eager or lazy, or of ``narwhals``.
        card: The scorecard.
        columns: Columns that the card reads, or facts that forbid contact, with the column that holds
            them, with a `YesNoWords` of a signal of yes or no, or with a ``narwhals`` expression.
        as_of: The day, in UTC, to whose end dates are read; needed where the card lets points age.
        policy: The rules that say which facts forbid contact.
        prefix: What the names of the added columns begin with.
        groups: Whether to add the points of each group, such as ``priority_fit``.
        reasons: Whether to add ``priority_reasons``: the `Priority.brief` of each person.
        consent_in: As `classify`.
        no_consent_in: As `classify`.

    Returns:
        A frame of the same kind, lazy if it was lazy: the columns of *frame*, unchanged, then
        ``priority``, from 0 to 100, and ``do_not_contact``, a boolean and never points, and what was
        asked for.

    Raises:
        FrameRefused: If a column is not of the type that its signal reads, the card reads none, or a
            name is taken, or may be one of consent and does not say which way; every fault at once, from
            the types of the columns, before anything is computed.
        WrongValue: If *as_of* is needed and missing, or has no time zone.
    """
    require_arguments(card=card, policy=policy, prefix=prefix, groups=groups, reasons=reasons)
    until = card.day(as_of)
    forbids = forbidding(policy)
    given = InputFrame.of(frame, consent_in, no_consent_in)
    table, found = _columns_read(given, card, list(map(str, forbids)), columns)
    faults: list[Fault] = []
    facts = {str(fact): found[str(fact)] for fact in forbids if str(fact) in found}
    table, flags, _ = conditions_of(table, "columns", facts, policy, faults)
    awards: dict[str, nw.Expr] = {}
    mapped = {normalize(str(key)) for key in columns or ()}
    for signal in card.signals:
        try:
            awards[signal.name] = _award(signal, table, found, mapped, until)
        except Unfit as problem:
            faults.append(Fault(f"columns[{signal.column}]", str(problem)))
    refuse_if(dict.fromkeys(faults))
    within: dict[str, nw.Expr] = {}
    subjects: list[tuple[str, nw.Expr]] = []
    for group, members in card.members:
        awarded = {signal.name: awards[signal.name] for signal in members}
        points = sum(awarded.values(), whole(0))
        is_bounded = group.lowest is not None or group.highest is not None
        within[group.name] = points.clip(group.lowest, group.highest) if is_bounded else points
        subjects += [*awarded.items(), (group.name, within[group.name] - points)]
    added = [("priority", sum(within.values(), whole(card.base)).cast(nw.Int8))]
    added.append((DO_NOT_CONTACT, definite(any_of(flags.get(fact) for fact in forbids))))
    if groups:
        added += ((f"priority_{name}", points.cast(nw.Int32)) for name, points in within.items())
    if reasons:
        added.append(("priority_reasons", _brief(next(lines(card.base, [])), subjects)))
    return table.adding(added, prefix, frame)


def _columns_read(
    table: InputFrame, card: Scorecard, forbids: list[str], columns: Mapping[Any, Any] | None
) -> tuple[InputFrame, dict[str, ColumnSource]]:
    """Return the frame ready to be read, and the column of each word that the card reads or that forbids."""
    require("columns", columns, Mapping | None, "a mapping of what the card reads to columns")
    dated = [points_column(signal) for signal in card.signals if isinstance(signal.scale, Dated)]
    reads = dict.fromkeys(map(normalize, [*(signal.column for signal in card.signals), *dated]))
    words = [*reads, *(word for word in forbids if word not in reads)]
    given = [(normalize(str(word)), column) for word, column in (columns or {}).items()]
    found, faults = columns_for(table, "columns", words, given)
    for word, _ in given:
        if word not in words:
            hint = did_you_mean(word, words, f"it reads {', '.join(reads)}")
            faults.append(Fault(f"columns[{word}]", f"the card reads no such column; {hint}"))
    if not faults and not reads.keys() & found.keys():
        advice = "or map them: columns={name: column}"
        faults.append(Fault("columns", f"the card reads none; name them {', '.join(reads)}, {advice}"))
    refuse_if(faults)
    return table.reading(map(name_of, found.values())), found


def _award(
    signal: Signal,
    table: InputFrame,
    found: Mapping[str, ColumnSource],
    mapped: Container[str],
    until: date | None,
) -> nw.Expr:
    scale, reads = signal.scale, normalize(signal.column)
    words = [reads, normalize(points_column(signal))] if isinstance(scale, Dated) else [reads]
    words = [word for word in words if word in found]
    if not words:
        return points_of_blank(scale)
    # Of occurrences in a column and in a table of events, the one that is mapped counts.
    word, *more = [word for word in words if word in mapped] or words
    column = found[word]
    if more:
        one = f"columns={{{word!r}: {column!r}}}"
        raise Unfit(f"both {column!r} and {found[more[0]]!r} are given; keep one, or map it: {one}")
    if isinstance(scale, YesNo):
        yes, no = yes_or_no(table, "columns", word, column, forbids=False)
        return first_match([(yes, whole(scale.yes)), (no, whole(scale.no))], whole(0))
    given = cells(table, column)
    if word == reads or given is None:
        points = points_of(signal, column, given, until)
    else:
        dtype, sums = given
        if not dtype.is_integer():
            raise Unfit.of(column, dtype, "whole numbers", "give it as leadqual.frames.occurrences makes it")
        points = choose(~sums.is_null(), sums.cast(nw.Int64), whole(0))
    cap = scale.cap if isinstance(scale, Dated) else None
    return points if cap is None else points.clip(-cap, cap)


def _brief(base: PriorityLine, subjects: Iterable[tuple[str, nw.Expr]]) -> nw.Expr:
    """Return the base, and the points of each subject that has any, as `Priority.brief` does."""
    parts = [nw.lit(str(base))]
    for subject, points in subjects:
        sign = nw.when(points > 0).then(nw.lit("+")).otherwise(nw.lit(""))
        line = nw.concat_str(nw.lit(f"{subject} "), sign, points.cast(nw.String))
        parts.append(choose(points != 0, line, NO_TEXT))
    return joined(parts, BETWEEN_STATEMENTS)
