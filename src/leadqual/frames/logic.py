"""Logic over columns: conditions of facts, and the answers of a policy by them.

A condition is an expression, or None where it can never hold. A null condition is not met; nothing
fills nulls, which would cost a third of the speed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, reduce
from typing import Any, Final, final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import narwhals.stable.v2 as nw
from attrs import frozen

from leadqual.classification.explanation import BETWEEN_STATEMENTS, BETWEEN_WORDS, stating
from leadqual.policy.policy import Policy
from leadqual.policy.rules import Rule
from leadqual.taxonomy.facts import DIRECTLY_IMPLIES, EXCLUDES, Fact, each_of, least
from leadqual.taxonomy.stages import Stage

Condition = nw.Expr | None

YES: Final = nw.lit(value=True)
NO: Final = nw.lit(value=False)
NO_TEXT: Final = nw.lit(None, dtype=nw.String)


def any_of(conditions: Iterable[Condition]) -> Condition:
    possible = [condition for condition in conditions if condition is not None]
    return reduce(nw.Expr.__or__, possible) if possible else None


def all_of(conditions: Iterable[Condition]) -> Condition:
    needed = list(conditions)
    possible = [condition for condition in needed if condition is not None]
    return reduce(nw.Expr.__and__, possible) if len(possible) == len(needed) else None


def choose(condition: Condition, value: nw.Expr, otherwise: nw.Expr) -> nw.Expr:
    return otherwise if condition is None else nw.when(condition).then(value).otherwise(otherwise)


def unless(exception: Condition, condition: Condition) -> Condition:
    return None if condition is None else choose(exception, NO, condition)


def definite(condition: Condition) -> nw.Expr:
    """Return the condition with False in place of null."""
    return choose(condition, YES, NO)


def first_match(cases: Iterable[tuple[Condition, nw.Expr]], otherwise: nw.Expr) -> nw.Expr:
    """Return the value of the first case whose condition holds."""
    answer = otherwise
    for condition, value in reversed(list(cases)):
        answer = choose(condition, value, answer)
    return answer


def joined(texts: Iterable[nw.Expr], separator: str) -> nw.Expr:
    return nw.concat_str(list(texts), separator=separator, ignore_nulls=True)


def comparable(dtype: Any, value: nw.Expr, moment: datetime) -> tuple[nw.Expr, nw.Expr]:  # noqa: ANN401 (a type of narwhals)
    """Return instants and a moment in one time zone, which some engines need to compare them."""
    try:
        return value, nw.lit(moment.astimezone(ZoneInfo(dtype.time_zone)))
    except ZoneInfoNotFoundError:  # a fixed offset, which pandas and PyArrow have
        return value.dt.convert_time_zone(str(UTC)), nw.lit(moment)


@final
@frozen(eq=False)
class Known:
    """The conditions that each fact is established or denied, closed as `Evidence` is."""

    established: Mapping[Fact, Condition]
    denied: Mapping[Fact, Condition]

    def holds(self, rule: Rule) -> Condition:
        wanted = all_of(self.established[fact] for fact in each_of(least(rule.wanted)))
        return unless(any_of(self.established[fact] for fact in rule.unless), wanted)

    def any_holds(self, rules: Iterable[Rule]) -> Condition:
        return any_of(map(self.holds, rules))

    def reaches(self, stage: Stage, policy: Policy) -> Condition:
        """Return whether a stage is reached: by a rule of its own or of a stage above it."""
        rules = policy.rules_for(stage)
        above = [rule for other, given in policy.stages if stage.precedes(other) for rule in given]
        return self.any_holds((*rules, *above)) if rules else YES


def closed(yes: Mapping[Fact, Condition]) -> dict[Fact, Condition]:
    """Return the conditions that facts are established: by a yes, or by what implies them."""

    @cache
    def establish(fact: Fact) -> Condition:
        implying = (other for other, implied in DIRECTLY_IMPLIES.items() if fact in implied)
        return any_of([yes.get(fact), *map(establish, implying)])

    return {fact: establish(fact) for fact in Fact}


def denied(no: Mapping[Fact, Condition], established: Mapping[Fact, Condition]) -> dict[Fact, Condition]:
    """Return the conditions that facts are denied: by a no, by what excludes them, by what they imply."""

    @cache
    def deny(fact: Fact) -> Condition:
        excluded = [established[other] for other in each_of(EXCLUDES[fact])]
        return any_of([no.get(fact), *excluded, *map(deny, DIRECTLY_IMPLIES.get(fact, ()))])

    return {fact: deny(fact) for fact in Fact}


def answers(policy: Policy, known: Known, *, enums: bool) -> Iterator[tuple[str, nw.Expr]]:
    """Yield the answers of a policy, by the names of the fields of a `Classification`."""
    for name, decision in policy.decisions.items():
        dtype = nw.Enum([str(word) for word in type(decision.otherwise)]) if enums else nw.String
        cases = [(known.any_holds(rules), nw.lit(str(word), dtype=dtype)) for word, rules in decision.lines]
        yield name, first_match(cases, nw.lit(str(decision.otherwise), dtype=dtype))
    dtype = getattr(nw, f"Int{policy.score.width}")
    score = [(known.any_holds(policy.routes), policy.score.qualified)]
    score += [(known.established[fact], points) for fact, points in policy.score.points if points]
    none = nw.lit(0, dtype=dtype)
    terms = (choose(condition, nw.lit(points, dtype=dtype), none) for condition, points in score)
    yield "score", sum(terms, nw.lit(policy.score.base, dtype=dtype))


def reasons_of(policy: Policy, known: Known) -> nw.Expr:
    statements: list[nw.Expr] = []
    for stage, _ in policy.stages:
        cases = [
            _reason(stating(stage, implied=other is not stage), rules, known)
            for other, rules in policy.stages
            if other is stage or stage.precedes(other)
        ]
        statements.append(first_match(cases, NO_TEXT))
    for word, rules in policy.decisions["qualification"].lines:
        statements.append(choose(*_reason(stating(word), rules, known), NO_TEXT))
    standings: list[tuple[Condition, nw.Expr]] = []
    for word, rules in policy.decisions["standing"].lines:
        condition, facts = _reason("", rules, known, BETWEEN_WORDS)
        standings.append((condition, nw.concat_str(nw.lit(stating(word)), facts)))
    return joined([*statements, first_match(standings, NO_TEXT)], BETWEEN_STATEMENTS)


def _reason(
    begin: str, rules: Iterable[Rule], known: Known, separator: str = BETWEEN_STATEMENTS
) -> tuple[Condition, nw.Expr]:
    """Return whether any of the rules holds, and the facts of those that do."""
    cases = [(known.holds(rule), nw.lit(begin + BETWEEN_WORDS.join(map(str, rule.all)))) for rule in rules]
    one = len(cases) == 1
    facts = cases[0][1] if one else joined([choose(*case, NO_TEXT) for case in cases], separator)
    return any_of(condition for condition, _ in cases), facts
