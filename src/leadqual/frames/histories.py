"""The facts of each person in a frame of events, by aggregation alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw

from leadqual.errors import Fault, instant
from leadqual.frames.logic import NO, YES, Known, any_of, choose, comparable, definite, denied, unless
from leadqual.frames.table import WORDS, FrameT, InputFrame, clashes, refuse_if, require_arguments
from leadqual.policy.policy import Policy
from leadqual.policy.rules import EVENT_KINDS, EventKind, Replay
from leadqual.policy.standard import STANDARD
from leadqual.scoring.priority import forbidding
from leadqual.taxonomy.facts import BIT, BRINGS, WIDTH, Fact, bits_of, each_of


def replay(
    events: FrameT,
    *,
    person: str,
    fact: str,
    at: str,
    reverses: str | None = None,
    as_of: datetime | None = None,
    policy: Policy = STANDARD,
) -> FrameT:
    """Return one row for each person with the facts after their events.

    The answers are those of `History.evidence` on the events of each person: established facts are
    True, denied ones False, unknown ones null. `classify` and `count` take the result as it is.
    Redelivered events change nothing. Remove corrected events first. A fact that forbids contact
    and has no instant holds whatever else happened, as in undated evidence.

    Args:
        events: A frame with one row for each event.
        person: The column with the person.
        fact: The column with the word of the fact; text, or of a type for closed sets of words.
        at: The column with the instant; with a time zone where *as_of* is given.
        reverses: The column of booleans that says whether the fact no longer holds from then on; null
            means no. Without it, no event is a reversal.
        as_of: The last instant that counts; None means everything on record. People whose events are
            all later have a row, with nothing known.
        policy: The rules; its `Replay` is what counts here.

    Returns:
        A frame of the same kind, lazy if it was lazy: *person*, a column of booleans for each fact,
        and ``unread``, how many events of the person were not used, because the fact is not a word of
        `Fact`, the instant or the person is null, or a milestone is reversed. The order of rows is the
        engine's.

    Raises:
        FrameRefused: If a column is missing or of another type; every fault at once, before
            anything is computed.
        WrongValue: If *as_of* has no time zone.
    """
    require_arguments(policy=policy)
    end = None if as_of is None else instant("as_of", as_of)
    given = {"person": person, "fact": fact, "at": at} | ({} if reverses is None else {"reverses": reverses})
    require_arguments(**given)
    table = InputFrame.of(events)
    refuse_if(table.missing(given.items()))
    table = table.reading([fact, reverses])
    faults = [*table.wrong_type("fact", fact, WORDS, "text; give the column with the words of the facts")]
    if reverses is not None:
        wanted = "booleans; compare it with what means yes first"
        faults += table.wrong_type("reverses", reverses, (nw.Boolean,), wanted)
    faults += table.wrong_type("at", at, (nw.Datetime, nw.Date), "instants; convert it first, best to UTC")
    dtype = table.schema[at]
    is_naive = dtype == nw.Date or (dtype == nw.Datetime and dtype.time_zone is None)
    if end is not None and is_naive and not table.is_empty(at):
        advice = "and as_of is an instant; give the column its time zone first"
        faults.append(Fault("at", f"{at} holds {dtype}, which has no time zone, {advice}"))
    refuse_if([*faults, *clashes([person], (*map(str, Fact), "unread"), "rename it first")])
    kinds = [kind for kind in EVENT_KINDS if reverses is not None or not kind.reverses]
    firsts, _ = policy.replay.written_by(bits_of(rule.first for rule in policy.replay.then))
    latest = [nw.col(str(kind)).max().alias(f"last {kind}") for kind in kinds]
    earliest = [nw.col(str(kind)).min().alias(f"first {kind}") for kind in firsts]
    # A condition inside of `agg` is ignored by pandas and PyArrow: it gets plain columns only.
    forbids = forbidding(policy)
    is_about = {fact: nw.col("fact") == str(fact) for fact in Fact}
    undated = {f"undated {fact}": definite(nw.col("undated") & is_about[fact]) for fact in forbids}
    instants = {True: nw.col("reversed"), False: nw.col("holding")}
    masks = {str(kind): nw.when(is_about[kind.fact]).then(instants[kind.reverses]) for kind in kinds}
    masked = _read(table, given, end, forbids).select("person", "unread", **masks, **undated)
    people = masked.group_by("person").agg(nw.col("unread").sum(), *latest, *earliest, nw.col(*undated).max())
    known = _known(policy.replay, kinds, forbids)
    facts: dict[str, nw.Expr] = {}
    for each, denials in known.denied.items():
        # A null among booleans must come from a missing `otherwise`: as a literal, pandas reads it as False.
        denied_or_null = nw.lit(None) if denials is None else nw.when(denials).then(NO)
        facts[str(each)] = choose(known.established[each], YES, denied_or_null)
    answer = people.select(nw.col("person").alias(person), **facts, unread=nw.col("unread").cast(nw.Int64))
    return table.returned(answer, events, objects=facts)


def _read(
    table: InputFrame, given: Mapping[str, str], end: datetime | None, forbids: Iterable[Fact]
) -> nw.LazyFrame[Any]:
    """Return the person, the fact, the instant at which it holds or is reversed, and what is not read."""
    owner, word = nw.col(given["person"]), table.text_of(given["fact"])
    is_undated = table.is_empty(given["at"])
    at = nw.lit(None, dtype=nw.Datetime) if is_undated else nw.col(given["at"])
    counts = ~owner.is_null()
    if end is not None and not is_undated:
        # Not by a filter, which would drop the people whose events are all later.
        instants, end_of_type = comparable(table.schema[given["at"]], at, end)
        counts &= instants <= end_of_type
    readable = word.is_in([str(kind.fact) for kind in EVENT_KINDS if not kind.reverses])
    columns = {"holding": nw.when(counts).then(at)}
    undated = at.is_null() & word.is_in(list(map(str, forbids)))
    if "reverses" in given:
        reverses = nw.col(given["reverses"])
        columns["holding"] = nw.when(nw.when(reverses).then(NO).otherwise(counts)).then(at)
        columns["reversed"] = nw.when(reverses & counts).then(at)
        reversible = word.is_in([str(kind.fact) for kind in EVENT_KINDS if kind.reverses])
        readable = nw.when(reverses).then(reversible).otherwise(readable)
        undated = nw.when(reverses).then(NO).otherwise(undated)
    is_read = readable & (~at.is_null() | undated) & ~owner.is_null()
    unread = nw.when(is_read).then(nw.lit(0, dtype=nw.Int8)).otherwise(nw.lit(1, dtype=nw.Int8))
    return table.frame.lazy().select(person=owner, fact=word, unread=unread, undated=undated, **columns)


def _known(replay: Replay, kinds: list[EventKind], forbids: Iterable[Fact]) -> Known:
    place = dict(zip(EVENT_KINDS, replay.places, strict=True))

    def follows(later: EventKind, earlier: EventKind, which: str) -> nw.Expr:
        """Return whether the last event of one kind comes after an event of another, by rank if at once."""
        last, other = nw.col(f"last {later}"), nw.col(f"{which} {earlier}")
        return last >= other if place[earlier] <= place[later] else last > other

    def holds(bits: int) -> nw.Expr | None:
        """Return whether an event that sets the bits is not followed by one that clears them."""
        sets, clears = ([kind for kind in given if kind in kinds] for given in replay.written_by(bits))
        cleared = [any_of(follows(clear, kind, "last") for clear in clears) for kind in sets]
        occurred = [~nw.col(f"last {kind}").is_null() for kind in sets]
        return any_of(map(unless, cleared, occurred))

    established = {fact: holds(BIT[fact]) for fact in Fact}
    for rule in replay.then:
        firsts = replay.written_by(BIT[rule.first])[0]
        later = replay.written_by(BIT[rule.then])[0]
        in_order = [follows(after, first, "first") for after in later for first in firsts]
        for fact in each_of(BRINGS[rule.adds]):
            established[fact] = any_of([established[fact], *in_order])
    for forbidding_fact in forbids:
        for fact in each_of(BRINGS[forbidding_fact]):
            established[fact] = any_of([established[fact], nw.col(f"undated {forbidding_fact}")])
    return Known(established, denied({fact: holds(BIT[fact] << WIDTH) for fact in Fact}, established))
