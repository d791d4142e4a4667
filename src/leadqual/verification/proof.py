"""A proof as a value: the properties tried, and for each that fails the smallest counter-example."""

from typing import final

from attrs import frozen

from leadqual.policy.rules import EventKind, MatrixCell
from leadqual.taxonomy.facts import Fact, bits_of, each_of, least
from leadqual.taxonomy.severity import Severity


@final
@frozen
class Witness:
    facts: tuple[Fact, ...]
    denied: tuple[Fact, ...]
    history: tuple[EventKind, ...]
    says: str

    def __str__(self) -> str:
        # Facts that another one implies are left out.
        facts = [*map(str, each_of(least(bits_of(self.facts)))), *(f"not {fact}" for fact in self.denied)]
        history = f"   (replay: {', '.join(map(str, self.history))})" if self.history else ""
        return f"{{{', '.join(facts)}}} → {self.says}{history}"


@final
@frozen
class Finding:
    """A property that does not hold, with its smallest counter-example.

    Attributes:
        code: The stable name of the property.
        severity: Whether it is an error or a warning.
        message: What is wrong.
        witnesses: The smallest counter-example, by the number of facts, then in declaration order.
        rule: The part of the policy at fault, where it is plain; otherwise empty.
        count: How many cases fail.
        consequences: The codes of other properties that fail too, most likely because of this one.
    """

    code: str
    severity: Severity
    message: str
    witnesses: tuple[Witness, ...] = ()
    rule: str = ""
    count: int = 1
    consequences: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.severity} {self.code}: {self.message}", *map(str, self.witnesses)]
        if self.count > 1:
            lines.append(f"the smallest of {self.count:,} cases")
        if self.rule:
            lines.append(f"likely cause: {self.rule}")
        if self.consequences:
            lines.append(f"likely consequences: {', '.join(self.consequences)}")
        return "\n  ".join(lines)


@final
@frozen
class Property:
    code: str
    statement: str
    tried: int
    stands_for: int
    failed: int

    @property
    def holds(self) -> bool:
        return not self.failed

    def __str__(self) -> str:
        verdict, fail = ("holds", "") if self.holds else ("FAILS", f", {self.failed:,} fail")
        numbers = f"{self.tried:,} tried for {self.stands_for:,}{fail}"
        return f"  {verdict}  {self.code}: {self.statement} ({numbers})"


@final
@frozen
class Occurrence:
    cell: MatrixCell
    witness: Witness | None  # None if the cell cannot occur


@final
@frozen
class OrderSensitive:
    first: EventKind
    second: EventKind
    reason: str


@final
@frozen
class Proof:
    """The result of `verify`: every case was tried, none was sampled.

    Attributes:
        policy: The name of the policy.
        policy_version: Its version.
        properties: Every property with its numbers.
        findings: The properties that do not hold, without those that follow from another one.
        cells: The matrix of positions by qualifications.
        order_sensitive: The pairs of events whose order decides.
    """

    policy: str
    policy_version: str
    properties: tuple[Property, ...]
    findings: tuple[Finding, ...]
    cells: tuple[Occurrence, ...]
    order_sensitive: tuple[OrderSensitive, ...]

    @property
    def ok(self) -> bool:
        """Return whether every property holds."""
        return not self.findings

    def __str__(self) -> str:
        tried = sum(each.tried for each in self.properties)
        stands_for = sum(each.stands_for for each in self.properties)
        verdict = "proved" if self.ok else f"{len(self.findings)} found"
        lines = [str(finding) for finding in self.findings]
        lines.append(f"policy {self.policy} {self.policy_version}: {verdict}")
        lines += map(str, sorted(self.properties, key=lambda each: each.holds))
        lines.append(f"{tried:,} cases tried, which stand for {stands_for:,}")
        return "\n".join(lines)
