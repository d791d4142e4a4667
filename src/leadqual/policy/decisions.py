"""The questions that a policy answers with a word, as tables in which the first line that applies counts."""

from collections.abc import Mapping
from typing import final

from attrs import frozen

from leadqual.policy.policy import Policy
from leadqual.policy.rules import Goal, Rule
from leadqual.taxonomy.stages import HEADLINE, Qualification, Standing


@final
@frozen
class Decision:
    """Hold the answers to one question, in the order in which they are tried.

    Attributes:
        lines: Each answer with its rules; the first answer of which any rule holds.
        otherwise: The answer where no line applies.
    """

    lines: tuple[tuple[Goal, tuple[Rule, ...]], ...]
    otherwise: Goal


def decisions(policy: Policy) -> Mapping[str, Decision]:
    """Return what *policy* decides, by the names that a `Classification` gives to it."""
    furthest_first = tuple((stage, policy.rules_for(stage)) for stage in HEADLINE[:-1])
    return {
        "stage": Decision(furthest_first, HEADLINE[-1]),
        "qualification": Decision(((Qualification.QUALIFIED, policy.routes),), Qualification.GENERIC),
        "standing": Decision(
            tuple(
                (standing, tuple(Rule(str(fact), (fact,)) for fact in facts))
                for standing, facts in policy.standings
            ),
            Standing.ACTIVE,
        ),
    }
