"""The commands that explain: a set of facts, the rules, the words."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from leadqual import Evidence, Fact, Policy, Qualification, Source, Stage, Standing, classify, to_data
from leadqual.classification.classification import Classification
from leadqual.cli import DONE
from leadqual.cli.terminal import AsJson, console, print_json, say, show, table
from leadqual.policy.policy_file import read_policy, to_toml
from leadqual.policy.standard import STANDARD

PolicyFile = Annotated[
    Path | None, Parameter(name="--policy", help="A policy as a TOML file; without it, the standard one.")
]


def load_policy(path: Path | None) -> Policy:
    """Return the policy in a file, or the standard one."""
    return STANDARD if path is None else read_policy(path)


def explain(
    *facts: str,
    denied: Annotated[tuple[str, ...], Parameter(help="Facts that are known not to hold.")] = (),
    policy: PolicyFile = None,
    json: AsJson = False,
) -> int:
    """Explain where a person stands of whom these facts are known.

    Facts are words, in any case: responded, saw_business, ... `leadqual glossary` lists them.
    """
    evidence = Evidence.of(*map(Fact.parse, facts), denied=map(Fact.parse, denied))
    verdict = classify(evidence, load_policy(policy))
    if json:
        print_json(verdict)
    else:
        _print_answer(verdict)
    return DONE


def _print_answer(verdict: Classification) -> None:
    say(f"  (policy {show(verdict.policy)} {show(verdict.policy_version)})", bold=str(verdict))
    say(f"reached: {', '.join(str(stage) for stage in Stage if stage in verdict.reached)}")
    for title, items in (
        ("Why", verdict.reasons),
        ("Score", (*verdict.score_lines, f"= {verdict.score}")),
        ("What is missing", verdict.next_steps),
        ("Undated facts whose order decides", verdict.order_questions),
        ("Known, but used by no rule", verdict.unused),
        ("Established and denied", [fact for fact in Fact if fact in verdict.evidence.contradictions]),
    ):
        if items:
            say(bold=f"\n{title}")
        for item in items:
            say(f"  {show(item)}")


def rules(
    *,
    policy: PolicyFile = None,
    toml: Annotated[bool, Parameter(negative="", help="Print a TOML file to start an own one from.")] = False,
    json: AsJson = False,
) -> int:
    """Print the rules: what earns a stage, what qualifies, what counts how much."""
    chosen = load_policy(policy)
    if json:
        print_json(chosen)
    elif toml:
        say(to_toml(chosen), end="")
    else:
        _print_rules(chosen)
    return DONE


def _print_rules(policy: Policy) -> None:
    out = console()
    say(bold=f"Policy {show(policy.name)} {show(policy.version)}")
    conditions = table("What earns what", "conclusion", "by", "because")
    for stage, stage_rules in policy.stages:
        for rule in stage_rules:
            conditions.add_row(str(stage), rule.condition, str(rule.sentence))
    for rule in policy.routes:
        conditions.add_row(str(Qualification.QUALIFIED), rule.condition, str(rule.sentence))
    for standing, facts in policy.standings:
        conditions.add_row(str(standing), " or ".join(map(str, facts)), str(standing.basis))
    out.print(conditions)
    score = table("Score: whole numbers that add up", "line", "points", numbers_from=1)
    score.add_row("base", str(policy.score.base))
    score.add_row(str(Qualification.QUALIFIED), f"{policy.score.qualified:+d}")
    for fact, points in policy.score.points:
        if points:
            score.add_row(str(fact), f"{points:+d}")
    out.print(score)


def glossary(*, json: AsJson = False) -> int:
    """Print the words: stages, qualifications, standings, facts, lead sources."""
    vocabularies = (Stage, Qualification, Standing, Fact, Source)
    if json:
        print_json(
            {
                vocabulary.__name__.lower(): {
                    str(word): {"definition": word.definition, "sentence": to_data(word.basis)}
                    for word in vocabulary
                }
                for vocabulary in vocabularies
            }
        )
        return DONE
    for vocabulary in vocabularies:
        words = table(vocabulary.__name__, "word", "meaning", "sentence")
        for word in vocabulary:
            words.add_row(str(word), word.definition, str(word.basis))
        console().print(words)
    return DONE
