"""Hypothesis strategies for the values of this library, for its own tests and for yours.

Without arguments a strategy covers all that its type allows, contradictions and ties included; its
arguments narrow it by meaning: ``contacts(stage=Stage.LEAD)``.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, product
from typing import Any, Final, TypeVar

from leadqual.classification.classification import classify
from leadqual.contacts.contact import EXTRA, Contact
from leadqual.contacts.headings import listed
from leadqual.errors import ExtraMissing
from leadqual.history.history import Event, History
from leadqual.policy import rules
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import BIT, BRINGS, Evidence, Fact, Nature, bits_of, close, each_of
from leadqual.taxonomy.stages import Qualification, Source, Stage, Standing
from leadqual.verification.study import closed_sets, consistent_sets

try:
    from hypothesis import strategies as st
except ModuleNotFoundError:
    raise ExtraMissing("leadqual.strategies", "hypothesis") from None

__all__ = ["contacts", "events", "evidence", "facts", "histories", "policies", "records"]

T = TypeVar("T")
Classes = tuple[Stage | None, Qualification | None, Standing | None]  # None allows any word
_ANY: Final[Classes] = (None, None, None)

# Few instants, so that events often share one; and all others.
_DAYS: Final = tuple(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(4))
_NAMES: Final = ("Ana", "Ben", "Chloé", "Dirk van Dam", "李雷")
_EMAILS: Final = ("ana@example.com", "ben@example.com", "chloe@example.org")
_PHONES: Final = ("+12025550123", "+442079460018")
_WORDS: Final = ("spring", "autumn", "fair")
_JUNK: Final = ("maybe", "n/a", "?", "ana(at)example.com", "0123", "=1+1", "yes, no")

_INSTANTS: Final = st.sampled_from(_DAYS) | st.datetimes(timezones=st.just(UTC))
_FACT_SETS: Final = st.frozensets(st.sampled_from(Fact))


def facts(*, nature: Nature | None = None) -> st.SearchStrategy[Fact]:
    """Return a strategy for facts, all or those of one nature."""
    return st.sampled_from([fact for fact in Fact if nature in (None, fact.nature)])


@st.composite
def evidence(
    draw: st.DrawFn,
    *,
    stage: Stage | None = None,
    qualification: Qualification | None = None,
    standing: Standing | None = None,
    consistent: bool = False,
    policy: Policy = STANDARD,
) -> Evidence:
    """Return a strategy for evidence, all or that which *policy* classifies like this."""
    established = draw(_sets(policy, (stage, qualification, standing), consistent=consistent))
    denied = bits_of(draw(_FACT_SETS))
    return Evidence.from_bits(established, denied & ~established if consistent else denied)


@lru_cache(maxsize=64)
def _sets(policy: Policy, wanted: Classes, *, consistent: bool = True) -> st.SearchStrategy[int]:
    """Return a strategy for closed sets of facts, as bits, with the wanted classification."""

    def is_wanted(bits: int) -> bool:
        answer = classify(Evidence.from_bits(bits), policy)
        pairs = zip(wanted, (answer.stage, answer.qualification, answer.standing), strict=True)
        return all(word in (None, found) for word, found in pairs)

    sets = consistent_sets() if consistent else closed_sets()
    if wanted != _ANY:
        sets = tuple(filter(is_wanted, sets))
    return st.sampled_from(sets) if sets else st.nothing()


def events(*, fact: Fact | None = None, reverses: bool | None = None) -> st.SearchStrategy[Event]:
    """Return a strategy for events, all or those of one fact, or only reversals, or none.

    One id never stands for two different events, so that drawn histories can be merged.
    """
    kinds = [
        kind for kind in rules.EVENT_KINDS if fact in (None, kind.fact) and reverses in (None, kind.reverses)
    ]
    systems, campaigns = st.sampled_from(("", "crm", "shop")), st.none() | st.sampled_from(_WORDS)
    return st.builds(_event, st.sampled_from(kinds), _INSTANTS, systems, campaigns)


def _event(kind: rules.EventKind, at: datetime, system: str = "", campaign: str | None = None) -> Event:
    event_id = f"{system}:{kind}/{campaign}@{at.isoformat()}" if system else None
    return Event(kind.fact, at, id=event_id, campaign=campaign, reverses=kind.reverses)


_EVENT_LISTS: Final = st.lists(events(), max_size=10, unique_by=lambda event: event.id or event)


@st.composite
def histories(
    draw: st.DrawFn,
    *,
    stage: Stage | None = None,
    qualification: Qualification | None = None,
    standing: Standing | None = None,
    corrected: bool = True,
    policy: Policy = STANDARD,
) -> History:
    """Return a strategy for histories, all or those that *policy* classifies like this.

    If all are allowed, some have corrections, unless *corrected* is false.
    """
    wanted = (stage, qualification, standing)
    if wanted != _ANY:
        return draw(_histories_of(policy, draw(_sets(policy, wanted))))
    happened = draw(_EVENT_LISTS)
    ids = [event.id for event in happened if event.id] or ["crm:0"]
    wrong = draw(st.frozensets(st.sampled_from(ids), max_size=2)) if corrected else ()
    return History.of(*happened, corrections=wrong)


@st.composite
def _histories_of(draw: st.DrawFn, policy: Policy, established: int) -> History:
    """Return a strategy for histories that establish exactly these facts, given as bits."""
    useful = [kind for kind in rules.EVENT_KINDS if BIT[kind.fact] & established and not kind.reverses]
    kinds = draw(st.permutations(useful))
    tried: set[int] = set()

    def path_from(known: int) -> list[rules.EventKind] | None:
        """Return kinds of events that lead from the known facts to the established ones, and never beyond."""
        if known == established:
            return []
        tried.add(known)
        for kind in kinds:
            after = policy.replay.effect_of(kind).on(known)
            if not after & ~established and after not in tried and (path := path_from(after)) is not None:
                return [kind, *path]
        return None

    # There is no history if the facts clear one another.
    if (path := path_from(0)) is None:
        return draw(st.nothing())
    first = draw(st.sampled_from(_DAYS))
    seconds = accumulate(draw(st.integers(1, 10**6)) for _ in path)
    return History(
        _event(kind, first + timedelta(seconds=each)) for kind, each in zip(path, seconds, strict=True)
    )


# A few that are equal in Python, so that a merge must choose between them; and all others.
_EXTRA_CELLS: Final = st.sampled_from((None, 1, True, 1.0, "1")) | st.text() | st.integers() | st.booleans()
# Some have the name of a field, and one the name that `Contact.recorded` gives to another column.
_COLUMNS: Final = ("spring", "campaign", "name", "recorded", EXTRA + "name")
_FIELDS: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {
        "id": st.none() | st.integers(0, 99).map("crm:{}".format),
        "name": st.none() | st.sampled_from(_NAMES),
        "email": st.none() | st.sampled_from(_EMAILS),
        "phone": st.none() | st.sampled_from(_PHONES),
        "source": st.none() | st.sampled_from(Source),
        "campaign": st.none() | st.sampled_from(_WORDS),
        "claimed_stage": st.none() | st.sampled_from(Stage),
        "extra": st.dictionaries(st.sampled_from(_COLUMNS), _EXTRA_CELLS),
    }
)


@st.composite
def contacts(
    draw: st.DrawFn,
    *,
    stage: Stage | None = None,
    qualification: Qualification | None = None,
    standing: Standing | None = None,
    corrected: bool = True,
    policy: Policy = STANDARD,
) -> Contact:
    """Return a strategy for contacts, all or those that *policy* classifies like this.

    *corrected* is that of `histories`.
    """
    wanted = (stage, qualification, standing)
    if wanted == _ANY:
        known, history = draw(evidence()), draw(histories(corrected=corrected))
    else:
        established = draw(_sets(policy, wanted))
        known, history = Evidence.from_bits(established), History()
        if draw(st.booleans()):
            known = Evidence.from_bits(close(established & bits_of(draw(_FACT_SETS))))
            history = draw(_histories_of(policy, established))
    fields = draw(_FIELDS)
    columns = [name for name in fields if name != "extra"] + [EXTRA + name for name in fields["extra"]]
    recorded = draw(st.dictionaries(st.sampled_from(columns), _INSTANTS))
    return Contact(**fields, evidence=known, history=history, recorded=recorded)


@st.composite
def policies(draw: st.DrawFn, *, reads: Iterable[Fact] = Fact) -> Policy:
    """Return a strategy for policies, sound and unsound, whose rules name only the facts that they *read*."""
    named = list(each_of(bits_of(reads)))
    milestones = [fact for fact in named if fact.nature is Nature.MILESTONE]
    revocable = [fact for fact in named if fact.nature is not Nature.MILESTONE and fact is not Fact.OPTED_OUT]

    def some(pool: Sequence[T], least: int = 1, most: int = 2) -> list[T]:
        if not pool:
            return []
        return draw(st.lists(st.sampled_from(pool), min_size=least, max_size=most, unique=True))

    def some_rules(pool: list[Fact], most: int, *, may_forbid: bool = False) -> list[rules.Rule]:
        drawn: list[rules.Rule] = []
        for number in range(draw(st.integers(1, most))):
            wanted = some(pool)
            free = [fact for fact in named if not close(bits_of(wanted)) & BIT[fact]]
            drawn.append(rules.Rule(f"rule {number}", wanted, some(free, 0, 1) if may_forbid else ()))
        return drawn

    def cleared_by(fact: Fact) -> list[Fact]:
        return some([each for each in revocable if not BRINGS[fact] & BIT[each]], 0)

    kinds = draw(st.permutations(rules.EVENT_KINDS))
    # Of two events at one instant, opting out wins.
    opt_outs = [kind for kind in kinds if kind.fact is Fact.OPTED_OUT]
    in_turn = iter(sorted(opt_outs, key=lambda kind: not kind.reverses))
    rank = [next(in_turn) if kind in opt_outs else kind for kind in kinds]
    firsts = some(milestones)
    last = [fact for fact in milestones if not BRINGS[fact] & bits_of(firsts)]
    orders = [rules.SequenceRule(*each) for each in product(firsts, milestones, last)]
    points = {fact: draw(st.integers(-9, 9)) for fact in named}
    return Policy(
        name="random",
        version="1",
        stages=[(stage, some_rules(milestones, 2)) for stage in Stage if stage is not Stage.NAME],
        standings=[(standing, some(named)) for standing in Standing if standing is not Standing.ACTIVE],
        routes=some_rules(named, 3, may_forbid=True),
        score=rules.Score(draw(st.integers(0, 30)), draw(st.integers(0, 60)), points),
        replay=rules.Replay(rank, [(fact, cleared_by(fact)) for fact in some(named, 0)], some(orders, 0)),
        expects=rules.Expectation(some(rules.MATRIX, 0, 4), some((*Stage, *Qualification, *Standing), 0, 4)),
    )


@st.composite
def records(draw: st.DrawFn, *, fact: Fact | None = None, readable: bool = False) -> dict[str, str]:
    """Return a strategy for records of files: words in odd cases, blanks, unknown columns, damage.

    With a *fact*, all have a column that says yes to it. *Readable* ones make a contact; most others
    do not.
    """
    yes, no = (sorted(listed("headings", "answer", each)) for each in ("yes", "no"))
    cells: dict[str, Iterable[str]] = {str(fact): sorted(yes + no) for fact in Fact}
    cells |= {"id": ("7",), "name": _NAMES, "email": _EMAILS, "phone": _PHONES, "campaign": _WORDS}
    cells |= {"source": map(str, Source), "claimed_stage": map(str, Stage), "Nickname?": ("Anni", "")}
    chosen = draw(st.lists(st.sampled_from(sorted(cells)), unique=True))
    styles = st.sampled_from(("{}", "{} ", " {}"))
    spelling = st.sampled_from((str.lower, str.upper, str.title))
    # A person writes spaces or hyphens where a program writes underscores.
    between = st.sampled_from("_ -")
    junk = st.nothing() if readable else st.sampled_from(_JUNK) | st.text(max_size=5)
    record: dict[str, str] = {}
    certain = [] if fact is None else [str(fact)]
    for column in dict.fromkeys([*chosen, *certain]):
        words = st.just("") | st.sampled_from(sorted(cells[column])) | junk
        cell = draw(st.sampled_from(yes) if column in certain else words)
        if column not in ("name", "email", "Nickname?"):
            cell = draw(spelling)(cell)
        record[draw(spelling)(column).replace("_", draw(between))] = draw(styles).format(cell)
    return record


# For `hypothesis.strategies.from_type`. Hypothesis loads this module by its entry point, perhaps while
# this module is loading Hypothesis: a function to be called could not be found then.
st.register_type_strategy(Evidence, evidence())
st.register_type_strategy(Event, events())
st.register_type_strategy(History, histories())
st.register_type_strategy(Contact, contacts())
st.register_type_strategy(Policy, policies())
