"""The commands that prove: a policy on its own, and two side by side."""

from pathlib import Path

from leadqual import Relation, compare, verify
from leadqual.cli import DONE, FOUND
from leadqual.cli.terminal import AsJson, print_json, say
from leadqual.cli.words import load_policy


def verify_policy(policy: Path | None = None, *, json: AsJson = False) -> int:
    """Prove that a policy is consistent, or show the smallest counter-example of each law it breaks.

    POLICY is a TOML file; without it, the standard policy is proved. The exit status is 1 where
    anything was found.
    """
    proof = verify(load_policy(policy))
    if json:
        print_json(proof)
    else:
        say(proof)
    return DONE if proof.ok else FOUND


def compare_policies(first: Path, second: Path, *, json: AsJson = False) -> int:
    """Compare two policies, given as TOML files; show the smallest person of whom they differ.

    The exit status is 1 where they are not equivalent.
    """
    comparison = compare(load_policy(first), load_policy(second))
    if json:
        print_json(comparison)
    else:
        say(comparison)
    return DONE if comparison.relation is Relation.EQUIVALENT else FOUND
