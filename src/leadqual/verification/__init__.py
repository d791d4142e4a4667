"""The proof that a policy is consistent, over all sets of facts and all histories of any length."""

from collections.abc import Iterable
from typing import Final

from attrs import evolve

from leadqual.errors import require
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.vocabulary import tuple_of
from leadqual.verification import answers, moves, steps
from leadqual.verification.proof import Finding, Proof, Property
from leadqual.verification.study import Failure, Interpreter, Law, Study

__all__ = ["LAWS", "Finding", "Interpreter", "Law", "Proof", "verify"]

LAWS: Final = tuple(
    value for module in (answers, steps, moves) for value in vars(module).values() if isinstance(value, Law)
)
"""Every law, as the modules define them: a law comes after those that its failure may follow from."""

_AS_PUBLISHED: Final = Interpreter()


def verify(
    policy: Policy = STANDARD, *, interpreter: Interpreter = _AS_PUBLISHED, laws: Iterable[Law] = LAWS
) -> Proof:
    """Prove that a policy is consistent, or find the smallest counter-example of each law that it breaks.

    Every case is tried, reduced to the facts that matter to it; none is sampled. *interpreter* reads the
    policy; *laws* are the laws to prove, in the order of `LAWS`.
    """
    require("policy", policy, Policy, "a Policy", "read a file with read_policy")
    require("interpreter", interpreter, Interpreter, "an Interpreter")
    study = Study(policy, interpreter)
    properties: list[Property] = []
    findings: dict[str, Finding] = {}
    for law in tuple_of("laws", laws, Law, "a Law"):
        tried = list(law.check(study))
        failures = [failure for failure in tried if failure is not None]
        properties.append(Property(law.code, law.statement, len(tried), law.stands_for(), len(failures)))
        if not failures:
            continue
        cause = next((code for code in law.follows if code in findings), None)
        if cause is not None:
            found = findings[cause]
            findings[cause] = evolve(found, consequences=(*found.consequences, law.code))
            continue
        least = min(failures, key=Failure.size)
        people = tuple(map(study.witness, least.cases))
        findings[law.code] = Finding(law.code, law.severity, least.message, people, least.rule, len(failures))
    parts = tuple(properties), tuple(findings.values()), moves.matrix(study), steps.order_sensitive(study)
    return Proof(policy.name, policy.version, *parts)
