"""The points of each person in a frame of dated occurrences, by aggregation alone."""

from datetime import date, datetime

import narwhals.stable.v2 as nw

from leadqual.errors import Fault
from leadqual.frames.columns import cells
from leadqual.frames.expressions import choose
from leadqual.frames.points import is_day, points_column, points_of, whole
from leadqual.frames.table import FrameT, InputFrame, clashes, duplicates, refuse_if, require_arguments
from leadqual.scoring.scales import Dated
from leadqual.scoring.scorecard import Scorecard

_UNREAD = "unread_occurrences"


def occurrences(
    events: FrameT,
    card: Scorecard,
    *,
    person: str,
    signal: str,
    at: str,
    id: str | None = None,  # noqa: A002 (what an event calls it)
    as_of: date | datetime | None = None,
) -> FrameT:
    """Return one row for each person with the points of their dated occurrences on a card.

    Join it to the people, and `prioritize` takes the columns as they are: the same card, the same
    *as_of*. The answers are those of `Scorecard.priority` on lists of days, or, with *id*, on mappings
    of ids to days: redelivered events change nothing. Leave out reversals and corrected events before.

    Args:
        events: A frame with one row for each occurrence.
        card: The scorecard.
        person: The column with the person.
        signal: The column with the name of what a dated signal reads, such as ``visits`` or the word of
            a fact; text, or of a type for closed sets of words.
        at: The column with the day, or with the instant and its time zone.
        id: The column with the id of the occurrence; null is no id. Without it every row counts.
        as_of: The last day, in UTC, that counts; needed where the card lets points age. People whose
            occurrences are all later have a row, with no points.

    Returns:
        A frame of the same kind, lazy if it was lazy: *person*; for each dated signal its points before
        any cap, such as ``visits_points``; and ``unread_occurrences``, how many rows of the person
        were not used, because no dated signal reads the word, or the person or the day is null. The
        order of rows is the engine's.

    Raises:
        FrameRefused: If a column is missing or of another type, or the card has no dated signal;
            every fault at once, before anything is computed.
        WrongType: If an argument has another type.
        WrongValue: If *as_of* is needed and missing, or has no time zone.
    """
    require_arguments(card=card)
    until = card.day(as_of)
    table = InputFrame.of(events)
    given = {"person": person, "signal": signal, "at": at} | ({} if id is None else {"id": id})
    require_arguments(**given)
    refuse_if(table.missing(given.items()))
    table = table.reading([signal])
    dated = [each for each in card.signals if isinstance(each.scale, Dated)]
    names = [points_column(each) for each in dated]
    ours = [*names, _UNREAD]
    faults = [] if dated else [Fault("card", "has no dated signal, so that nothing occurs on it; give one")]
    faults += table.not_words("signal", signal, "signals")
    if not is_day(table.schema[at]) and not table.is_empty(at):
        wanted = "days or instants with a time zone; convert it first, best to UTC"
        faults.append(Fault("at", f"{at} holds {table.schema[at]}, not {wanted}"))
    faults += clashes([person], ours, "rename it first")
    refuse_if([*faults, *duplicates("card", ours, "rename a signal")])
    days = cells(table, at)
    rows = table.frame.lazy().select(
        person=nw.col(person),
        signal=table.text_of(signal),
        at=nw.lit(None, dtype=nw.Datetime) if days is None else nw.col(at),
        **({} if id is None else {"id": nw.col(id)}),
    )
    times = whole(1)
    if id is not None:
        rows = rows.group_by("person", "signal", "at", "id").agg(nw.len().alias("times"))
        times = choose(nw.col("id").is_null(), nw.col("times").cast(nw.Int64), times)
    known = None if days is None else (days[0], nw.col("at"))
    has_person = ~nw.col("person").is_null()
    masks: dict[str, nw.Expr] = {}
    for name, each in zip(names, dated, strict=True):
        is_counted = has_person & (nw.col("signal") == each.column)
        masks[name] = choose(is_counted, points_of(each, at, known, until) * times, whole(0))
    is_read = has_person & nw.col("signal").is_in([each.column for each in dated]) & ~nw.col("at").is_null()
    masks[_UNREAD] = choose(is_read, whole(0), times)
    # A condition inside of `agg` is ignored by pandas and PyArrow: it gets plain columns only.
    people = rows.select("person", **masks).group_by("person").agg(nw.col(ours).sum())
    answer = people.select(nw.col("person").alias(person), nw.col(ours).cast(nw.Int64))
    return table.returned(answer, events, objects=ours)
