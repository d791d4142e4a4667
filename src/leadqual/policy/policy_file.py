"""A policy as a TOML document, complete, every value visible."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from leadqual.documents import DocumentRefused, Table, quoted, quoted_list, read_text
from leadqual.errors import Fault, require
from leadqual.policy.policy import Policy, PolicyRefused
from leadqual.policy.rules import MATRIX, EventKind, Expectation, Goal, Replay, Rule, Score, SequenceRule
from leadqual.taxonomy.articles import Sentence
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Qualification, Stage, Standing
from leadqual.taxonomy.vocabulary import look_up

FORMAT: Final = 1  # another one is refused


def to_toml(policy: Policy) -> str:
    require("policy", policy, Policy, "a Policy")
    return "\n".join(_lines(policy)) + "\n"


def _lines(policy: Policy) -> Iterator[str]:
    yield f"format = {FORMAT}\nname = {quoted(policy.name)}\nversion = {quoted(policy.version)}"
    for stage, rules in policy.stages:
        for rule in rules:
            yield from _rule_lines(f"stages.{stage}", rule)
    yield "\n# The first that applies; otherwise active.\n[standing]"
    yield from (f"{standing} = {quoted_list(facts)}" for standing, facts in policy.standings)
    for rule in policy.routes:
        yield from _rule_lines("routes", rule)
    yield "\n# Whole numbers that add up: the base, being qualified, a line for each established fact.\n[score]"
    yield f"base = {policy.score.base}\nqualified = {policy.score.qualified}\n\n[score.points]"
    yield from (f"{fact} = {points}" for fact, points in policy.score.points)
    yield "\n# At one instant events are taken in this order; a minus sign marks a reversal.\n[replay]"
    yield f"rank = {quoted_list(policy.replay.rank)}"
    yield "\n# What an event makes unknown again, besides what its facts exclude.\n[replay.clears]"
    yield from (f"{fact} = {quoted_list(cleared)}" for fact, cleared in policy.replay.clears)
    for order in policy.replay.then:
        yield f'\n[[replay.then]]\nfirst = "{order.first}"\nthen = "{order.then}"\nadds = "{order.adds}"'
    yield "\n# What verify expects of this policy, besides the laws that apply to every policy.\n[expects]"
    yield f"impossible = {quoted_list(policy.expects.impossible)}"
    yield f"reachable = {quoted_list(policy.expects.reachable)}"


def _rule_lines(header: str, rule: Rule) -> Iterator[str]:
    yield f"\n[[{header}]]\nname = {quoted(rule.name)}\nall = {quoted_list(rule.all)}"
    if header == "routes":
        yield f"unless = {quoted_list(rule.unless)}"
    sentence = rule.sentence
    if isinstance(sentence, Sentence):
        yield f"article = {sentence.article}"
        sentence = sentence.text
    yield f"sentence = {quoted(sentence)}"


def read_policy(path: Path | str) -> Policy:
    return from_toml(read_text(path), str(path))


def from_toml(text: str, name: str = "policy") -> Policy:
    """Return the policy that a TOML document holds; *name* stands in every fault."""
    document = Table.parse(text, name)
    if document.value("format", int) not in (FORMAT, None):
        document.fault("format", f"is not known; this version reads format {FORMAT}")
    names = ("stages", "standing", "score", "replay", "expects")
    stages, standing, score, replay, expects = map(document.table, names)
    points, clears = score.table("points"), replay.table("clears")
    parts: dict[str, Any] = {
        **document.attributes(Policy, "stages", "standings", "routes", "score", "replay", "expects"),
        "stages": [(stage, [*map(_rule, stages.tables(str(stage)))]) for stage in stages.key_words(Stage)],
        "standings": [(word, standing.words(str(word), Fact)) for word in standing.key_words(Standing)],
        "routes": [*map(_rule, document.tables("routes"))],
        "score": Score(
            **score.attributes(Score, "points"),
            points={fact: points.value(str(fact), int) or 0 for fact in Fact},
        ),
        "replay": Replay(
            replay.words("rank", _event_kind),
            [(fact, clears.words(str(fact), Fact)) for fact in clears.key_words(Fact)],
            [rule for then in replay.tables("then", required=False) for rule in then.made(SequenceRule)],
        ),
        "expects": Expectation(
            expects.words("impossible", partial(look_up, "cell", _CELLS)),
            expects.words("reachable", partial(look_up, "goal", _GOALS)),
        ),
    }
    document.finish()
    try:
        return Policy(**parts)
    except PolicyRefused as error:
        faults = tuple(Fault(f"{name}: {fault.where}", fault.reason) for fault in error.faults)
    raise DocumentRefused(faults)


def _rule(table: Table) -> Rule:
    sentence = table.value("sentence", str, required=False) or ""
    article = table.value("article", int, required=False)
    sourced = sentence if article is None else Sentence(article, sentence)
    return Rule(**table.attributes(Rule, "sentence"), sentence=sourced)


def _event_kind(text: str) -> EventKind:
    return EventKind(Fact(text.removeprefix("-")), reverses=text.startswith("-"))


_CELLS: Final = {str(cell): cell for cell in MATRIX}
_GOALS: Final[dict[str, Goal]] = {str(goal): goal for goal in (*Stage, *Qualification, *Standing)}
