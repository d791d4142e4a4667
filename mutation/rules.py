"""Change one thing of STANDARD after another, and count what notices.

Tools that mutate code leave module-level tables alone, and the rules are such a table. Each mutant is
STANDARD with one condition, stage rule, route, standing, clearing, then-rule, place in the rank,
expectation or number dropped, added or changed. Three things may notice: the verifier, the tests of the
articles' sentences, and the digest of the whole function. A mutant that changes neither digest nor
expectation is equivalent: it says the same of everybody.
"""

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from unittest import mock

from attrs import evolve

from leadqual import STANDARD, Fact, Policy, Rule, compare, verify
from leadqual.classification import classification
from leadqual.policy.policy import PolicyRefused
from leadqual.policy.rules import MATRIX
from leadqual.verification import LAWS
from leadqual.verification.comparison import Relation

TESTS = Path(__file__).resolve().parent.parent / "tests"
# What mutated data cannot break is left out.
QUICK = [law for law in LAWS if law.code not in {"total", "local", "score_sum", "step_local"}]


def _sets(facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, ...]]:
    """Yield a set of facts with one dropped, added or swapped."""
    for fact in facts:
        yield tuple(each for each in facts if each is not fact)
        for other in set(Fact) - set(facts):
            yield tuple(other if each is fact else each for each in facts)
    for other in set(Fact) - set(facts):
        yield (*facts, other)


def _rules(rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, ...]]:
    for place, rule in enumerate(rules):
        before, after = rules[:place], rules[place + 1 :]
        yield (*before, *after)
        yield from ((*before, evolve(rule, all=facts), *after) for facts in _sets(rule.all))
        yield from ((*before, evolve(rule, unless=facts), *after) for facts in _sets(rule.unless))


def changes() -> Iterator[dict[str, object]]:
    """Yield what makes a mutant of STANDARD: a field, and its other value."""
    policy = STANDARD
    for stage, rules in policy.stages:
        yield from ({"stages": {**dict(policy.stages), stage: other}} for other in _rules(rules))
    yield from ({"routes": other} for other in _rules(policy.routes))
    for standing, facts in policy.standings:
        yield from ({"standings": {**dict(policy.standings), standing: other}} for other in _sets(facts))
    yield from _score_changes(policy)
    yield from _replay_changes(policy)
    for cell in MATRIX:
        impossible = set(policy.expects.impossible) ^ {cell}
        yield {"expects": evolve(policy.expects, impossible=impossible)}


def _score_changes(policy: Policy) -> Iterator[dict[str, object]]:
    for by in (-1, 1):
        yield {"score": evolve(policy.score, base=policy.score.base + by)}
        yield {"score": evolve(policy.score, qualified=policy.score.qualified + by)}
        for fact, points in policy.score.points:
            yield {"score": evolve(policy.score, points={**dict(policy.score.points), fact: points + by})}


def _replay_changes(policy: Policy) -> Iterator[dict[str, object]]:
    clears = dict(policy.replay.clears)
    for fact in Fact:
        for other in _sets(clears.get(fact, ())):
            yield {"replay": evolve(policy.replay, clears=tuple({**clears, fact: other}.items()))}
    for rule in policy.replay.then:
        yield {"replay": evolve(policy.replay, then=())}
        for side in ("first", "then", "adds"):
            for fact in Fact:
                if fact is not getattr(rule, side):
                    yield {"replay": evolve(policy.replay, then=(evolve(rule, **{side: fact}),))}
    rank = list(policy.replay.rank)
    for one, other in pairwise(range(len(rank))):
        swapped = [*rank]
        swapped[one], swapped[other] = rank[other], rank[one]
        yield {"replay": evolve(policy.replay, rank=tuple(swapped))}


def mutants() -> Iterator[Policy]:
    """Yield every mutant that can be made at all; the others are refused when they are made."""
    for change in changes():
        with contextlib.suppress(PolicyRefused):
            yield STANDARD.replace(name="standard", version="1", **change)


def article_tests_fail(policy: Policy) -> bool:
    """Return whether a test of an article's sentence fails when *policy* is the standard."""
    import test_articles  # noqa: PLC0415 (found beside the tests)

    def classify(subject: object, given: Policy = policy, **options: object) -> object:
        return classification.classify(subject, given, **options)  # type: ignore[arg-type] (handed on)

    with mock.patch.object(test_articles, "classify", classify):
        for group in (test_articles.TestArticle1, test_articles.TestArticle2):
            for name, test in vars(group).items():
                if name.startswith("test_") and not hasattr(test, "pytestmark"):
                    try:
                        test(group())
                    except (AssertionError, StopIteration, ValueError):
                        return True
    return False


def main() -> int:
    """Print how many mutants there are, and what notices how many; return 1 if any lives."""
    sys.path[:0] = [str(TESTS), str(TESTS / "taxonomy"), str(TESTS / "proofs")]
    total, equivalent, noticed, alive = 0, 0, Counter[str](), list[Policy]()
    for mutant in mutants():
        total += 1
        same = compare(STANDARD, mutant).relation is Relation.EQUIVALENT
        if same and mutant.expects == STANDARD.expects:
            equivalent += 1
            continue
        by = {
            "verifier": not verify(mutant, laws=QUICK).ok,
            "articles": article_tests_fail(mutant),
            "digest": not same,
        }
        noticed.update(name for name, caught in by.items() if caught)
        if not any(by.values()):
            alive.append(mutant)
    different = total - equivalent
    refused = sum(1 for _ in changes()) - total
    lines = [
        f"{refused} changes are refused when the policy is made; {total} mutants, {equivalent} equivalent"
    ]
    lines += [f"{name} notices {noticed[name]} of {different}" for name in ("verifier", "articles", "digest")]
    lines.append(f"{different - len(alive)} of {different} noticed by any of the three")
    sys.stdout.write("\n".join([*lines, *map(str, alive)]) + "\n")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
