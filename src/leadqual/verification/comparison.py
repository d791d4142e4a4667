"""Two policies compared: whether they always say the same, and which contacts would change."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, combinations
from typing import Final, final

from attrs import frozen

from leadqual.classification.classification import Classifiable, Classification, classify
from leadqual.errors import instant, require, require_items
from leadqual.policy.policy import Policy
from leadqual.policy.rules import EVENT_KINDS
from leadqual.taxonomy.facts import Evidence, Fact, bits_of
from leadqual.taxonomy.stages import Qualification, Stage, Standing
from leadqual.taxonomy.vocabulary import Word
from leadqual.verification.proof import Witness
from leadqual.verification.study import Case, Interpreter, Study, closed_sets, joined, known_states, order_key

_COMPARING: Final = "the articles do not mention rules that differ between companies"


@final
class Relation(Word):
    """The relation of one policy to another."""

    EQUIVALENT = "equivalent", _COMPARING
    IMPLIES = "implies", _COMPARING
    IMPLIED = "implied", _COMPARING
    DIFFERENT = "different", _COMPARING


@final
@frozen
class Shift:
    """The change of one contact: values before and after, and rules that hold only before (-) or after (+)."""

    number: int
    stages: tuple[Stage, Stage]
    qualifications: tuple[Qualification, Qualification]
    standings: tuple[Standing, Standing]
    scores: tuple[int, int]
    rules: tuple[str, ...]

    def __str__(self) -> str:
        pairs = (self.stages, self.qualifications, self.standings, self.scores)
        changes = ", ".join(f"{before} → {after}" for before, after in pairs if before != after)
        rules = ", ".join(self.rules)
        return f"contact {self.number}: {changes or 'other stages below'} ({rules or 'points'})"


@final
@frozen
class Comparison:
    """The result of `compare`.

    Attributes:
        first: The name and version of the first policy.
        second: The name and version of the second policy.
        relation: The relation of the first policy to the second.
        witnesses: The smallest person on whom they differ, under either of them; empty if equivalent.
        compared: How many contacts were given.
        shifts: The contacts whose answer changes, in the order given.
    """

    first: str
    second: str
    relation: Relation
    witnesses: tuple[Witness, ...]
    compared: int = 0
    shifts: tuple[Shift, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.first} and {self.second}: {self.relation}; {self.relation.definition}"]
        lines += [f"  {each}" for each in self.witnesses]
        if self.compared:
            lines.append(f"{len(self.shifts):,} of {self.compared:,} contacts change")
        lines += [f"  {shift}" for shift in self.shifts]
        return "\n".join(lines)


def compare(
    first: Policy,
    second: Policy,
    contacts: Iterable[Evidence | Classifiable | Iterable[Fact]] = (),
    *,
    as_of: datetime | None = None,
) -> Comparison:
    """Compare two policies over all sets of facts and all histories, and over given contacts.

    Names, sentences and expectations are not compared. *as_of* limits the contacts' histories to what
    had happened by that instant; None means everything on record.
    """
    for argument, policy in (("first", first), ("second", second)):
        require(argument, policy, Policy, "a Policy", "funnels are compared by funnel.compare(other, ...)")
    require_items("contacts", contacts, "contacts", "give one contact in a list")
    if as_of is not None:
        instant("as_of", as_of)
    studies = Study(first, Interpreter()), Study(second, Interpreter())
    relation, witnesses = _relate(*studies)
    compared, shifts = 0, list[Shift]()
    for number, contact in enumerate(contacts):
        compared = number + 1
        # An iterable of facts can be read only once.
        subject = Evidence.from_bits(bits_of(contact)) if isinstance(contact, Iterable) else contact
        before, after = (classify(subject, policy, as_of=as_of) for policy in (first, second))
        if any(getattr(before, question) != getattr(after, question) for question in studies[0].read_by):
            shifts.append(_shift(number, before, after))
    names = [f"{policy.name} {policy.version}" for policy in (first, second)]
    return Comparison(names[0], names[1], relation, witnesses, compared, tuple(shifts))


def _shift(number: int, before: Classification, after: Classification) -> Shift:
    old, new = (
        dict.fromkeys(f"{reason.conclusion} by {reason.rule}" for reason in answer.reasons if reason.rule)
        for answer in (before, after)
    )
    return Shift(
        number,
        (before.stage, after.stage),
        (before.qualification, after.qualification),
        (before.standing, after.standing),
        (before.score, after.score),
        (*(f"-{rule}" for rule in old if rule not in new), *(f"+{rule}" for rule in new if rule not in old)),
    )


def _relate(first: Study, second: Study) -> tuple[Relation, tuple[Witness, ...]]:
    differing, gives_less, gives_more = list[int](), True, True
    for question in first.read_by:
        for facts in closed_sets(first.read_by[question] | second.read_by[question]):
            before, after = first.answer(facts), second.answer(facts)
            if getattr(before, question) != getattr(after, question):
                differing.append(facts)
                gives_less &= _given(before) <= _given(after)
                gives_more &= _given(before) >= _given(after)
    replays = min(_differences(first, second), key=lambda each: (order_key(each[0]), each[1]), default=None)
    if differing:
        least = min(differing, key=order_key)
        cases = [study.case(least) for study in (first, second)]
    elif replays:
        known, orders = replays
        cases = [Case(known, "the two policies differ here", order) for order in orders]
    else:
        return Relation.EQUIVALENT, ()
    witnesses = tuple(map(Study.witness, (first, second), cases))
    if replays or gives_less is gives_more:
        return Relation.DIFFERENT, witnesses
    return Relation.IMPLIES if gives_less else Relation.IMPLIED, witnesses


def _given(answer: Classification) -> frozenset[Stage | Qualification]:
    return answer.reached | {answer.qualification} - {Qualification.GENERIC}


def _differences(first: Study, second: Study) -> Iterator[tuple[int, list[tuple[int, ...]]]]:
    """Yield each state, and the orders of events after which the two differ."""
    # Events of one instant are taken in the order of each policy's rank.
    ranks = [study.policy.replay.places for study in (first, second)]
    numbers = range(len(EVENT_KINDS))
    for events in chain(combinations(numbers, 1), combinations(numbers, 2)):
        orders = [tuple(sorted(events, key=places.__getitem__)) for places in ranks]
        if len(events) == 1 or orders[0] != orders[1]:
            facts = joined(study.footprint(number) for study in (first, second) for number in events)
            for known in known_states(facts):
                if first.step(known, *orders[0]) != second.step(known, *orders[1]):
                    yield known, orders
