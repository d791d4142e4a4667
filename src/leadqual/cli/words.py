"""The commands about rules: explain a set of facts, print the rules and words, verify and compare policies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from leadqual.classification.classification import classify
from leadqual.cli import DONE, FOUND
from leadqual.cli.application import Json, PolicyFile, app, load_policy
from leadqual.cli.terminal import print_json, print_list, print_table, say, show
from leadqual.policy.policy import Policy
from leadqual.policy.policy_file import to_toml
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.stages import Qualification, Source, Stage, Standing
from leadqual.verification import verify
from leadqual.verification.comparison import Relation, compare


@app.command
def explain(
    *facts: str,
    denied: Annotated[tuple[str, ...], Parameter(help="Facts that are known not to hold.")] = (),
    policy: PolicyFile = None,
    json: Json = False,
) -> int:
    """Explain the classification of a person with these facts.

    Facts are words, in any case: responded, saw_business, ... `leadqual glossary` lists them.
    """
    evidence = Evidence.of(*map(Fact.parse, facts), denied=map(Fact.parse, denied))
    verdict = classify(evidence, load_policy(policy))
    if json:
        print_json(verdict)
        return DONE
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
        print_list(title, items)
    return DONE


@app.command
def rules(
    *,
    policy: PolicyFile = None,
    toml: Annotated[bool, Parameter(help="Print the policy as a TOML file, to edit.")] = False,
    json: Json = False,
) -> int:
    """Print the rules: which facts establish a stage or qualify a person, and the points of each fact."""
    chosen = load_policy(policy)
    if json:
        print_json(chosen)
    elif toml:
        say(to_toml(chosen), end="")
    else:
        say(bold=f"Policy {show(chosen.name)} {show(chosen.version)}")
        print_table("Conditions", ("conclusion", "by", "because"), _conditions(chosen))
        score = [("base", f"{chosen.score.base}"), (Qualification.QUALIFIED, f"{chosen.score.qualified:+d}")]
        score += [(fact, f"{points:+d}") for fact, points in chosen.score.points if points]
        print_table("Score: whole numbers that add up", ("line", "points"), score, numbers_from=1)
    return DONE


def _conditions(policy: Policy) -> Iterator[tuple[object, ...]]:
    for stage, stage_rules in policy.stages:
        yield from ((stage, rule.condition, rule.sentence) for rule in stage_rules)
    yield from ((Qualification.QUALIFIED, rule.condition, rule.sentence) for rule in policy.routes)
    for standing, facts in policy.standings:
        yield standing, " or ".join(map(str, facts)), standing.basis


@app.command
def glossary(*, json: Json = False) -> int:
    """Print the words: stages, qualifications, standings, facts, lead sources."""
    vocabularies = {
        each.__name__: {word: {"definition": word.definition, "sentence": word.basis} for word in each}
        for each in (Stage, Qualification, Standing, Fact, Source)
    }
    if json:
        print_json({name.lower(): words for name, words in vocabularies.items()})
    else:
        for name, words in vocabularies.items():
            rows = [(word, *meaning.values()) for word, meaning in words.items()]
            print_table(name, ("word", "meaning", "sentence"), rows)
    return DONE


@app.command(name="verify")
def verify_policy(policy: Path | None = None, *, json: Json = False) -> int:
    """Prove that a policy is consistent, or show the smallest counter-example of each law it breaks.

    POLICY is a TOML file; without it, the standard policy is proved. The exit status is 1 if
    anything was found.
    """
    proof = verify(load_policy(policy))
    (print_json if json else say)(proof)
    return DONE if proof.ok else FOUND


@app.command(name="compare")
def compare_policies(first: Path, second: Path, *, json: Json = False) -> int:
    """Compare two policies, given as TOML files; show the smallest contact on which they differ.

    The exit status is 1 if they are not equivalent.
    """
    comparison = compare(load_policy(first), load_policy(second))
    (print_json if json else say)(comparison)
    return DONE if comparison.relation is Relation.EQUIVALENT else FOUND
