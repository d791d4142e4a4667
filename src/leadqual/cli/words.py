"""The commands about rules: explain a set of facts, print the rules and words, verify and compare policies."""

from pathlib import Path

from leadqual import Evidence, Fact, Qualification, Source, Stage, Standing, classify, compare, verify
from leadqual.cli import DONE, FOUND
from leadqual.cli.application import command, load_policy
from leadqual.cli.terminal import print_json, print_list, say, show, table
from leadqual.policy.policy_file import to_toml
from leadqual.verification.comparison import Relation


@command
def explain(*facts: str, denied: tuple[str, ...] = (), policy: Path | None = None, json: bool = False) -> int:
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


@command
def rules(*, policy: Path | None = None, toml: bool = False, json: bool = False) -> int:
    chosen = load_policy(policy)
    if json:
        print_json(chosen)
    elif toml:
        say(to_toml(chosen), end="")
    else:
        say(bold=f"Policy {show(chosen.name)} {show(chosen.version)}")
        rules_of = (*chosen.stages, (Qualification.QUALIFIED, chosen.routes))
        rows: list[tuple[object, ...]] = [
            (each, rule.condition, rule.sentence) for each, found in rules_of for rule in found
        ]
        rows += [(each, " or ".join(map(str, facts)), each.basis) for each, facts in chosen.standings]
        say(table("Conditions", ("conclusion", "by", "because"), rows))
        score = [("base", f"{chosen.score.base}"), (Qualification.QUALIFIED, f"{chosen.score.qualified:+d}")]
        score += [(fact, f"{points:+d}") for fact, points in chosen.score.points if points]
        say(table("Score: whole numbers that add up", ("line", "points"), score, numbers_from=1))
    return DONE


@command
def glossary(*, json: bool = False) -> int:
    vocabularies = {
        each.__name__: {word: {"definition": word.definition, "sentence": word.basis} for word in each}
        for each in (Stage, Qualification, Standing, Fact, Source)
    }
    if json:
        print_json({name.lower(): words for name, words in vocabularies.items()})
    else:
        for name, words in vocabularies.items():
            rows = ((word, *meaning.values()) for word, meaning in words.items())
            say(table(name, ("word", "meaning", "sentence"), rows))
    return DONE


@command
def verify_policy(policy: Path | None = None, *, json: bool = False) -> int:
    proof = verify(load_policy(policy))
    (print_json if json else say)(proof)
    return DONE if proof.ok else FOUND


@command
def compare_policies(first: Path, second: Path, *, json: bool = False) -> int:
    comparison = compare(load_policy(first), load_policy(second))
    (print_json if json else say)(comparison)
    return DONE if comparison.relation is Relation.EQUIVALENT else FOUND
