"""What the values of a field of another system mean in the words of this library."""

from collections.abc import Mapping
from functools import cached_property
from typing import final

from attrs import evolve, frozen

from leadqual.errors import require
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import BIT, Fact, bits_of, close
from leadqual.taxonomy.stages import Source, Stage, headline
from leadqual.taxonomy.vocabulary import Word, normalize


@final
class Sureness(Word):
    """How well a fact about another system is known."""

    KNOWN = "known"
    THIRD_PARTY = "third_party"
    UNCERTAIN = "uncertain"


@final
@frozen
class Answer:
    """What a value means more if a company answers a question about itself with yes."""

    question: str
    stage: Stage | None = None
    facts: tuple[Fact, ...] = ()
    written: bool = False


@final
@frozen
class ValueMeaning:
    """The meaning of one value of a field: a claimed stage, facts, a source, or nothing.

    Attributes:
        value: The name of the value in the system itself.
        labels: Other names for it, such as what a screen shows.
        stage: The stage that the value claims; None if it claims none.
        facts: The facts that the value establishes.
        source: Where the contact comes from; None if the value does not say.
        definition: What the system says that the value means.
        loss: What the value leaves open.
        false_friend: What the value is easily taken for and does not mean.
        written: Whether the value may be written for everybody of whom `stage` and `facts` hold.
        act: Whether the value records an act of the person, and not an opinion of the staff.
        sureness: How well the meaning is known.
        when: What the value means more by the answers of a company.
    """

    value: str
    labels: tuple[str, ...] = ()
    stage: Stage | None = None
    facts: tuple[Fact, ...] = ()
    source: Source | None = None
    definition: str = ""
    loss: str = ""
    false_friend: str = ""
    written: bool = False
    act: bool = False
    sureness: Sureness = Sureness.KNOWN
    when: tuple[Answer, ...] = ()

    @cached_property
    def bits(self) -> int:
        """Return the facts with all that they imply, as bits."""
        return close(bits_of(self.facts))

    def __str__(self) -> str:
        says = (self.stage and f"claims {self.stage}", *self.facts, self.source and f"source {self.source}")
        return ", ".join(map(str, filter(None, says))) or "nothing"

    def answered(self, answers: Mapping[str, bool]) -> "ValueMeaning":
        """Return the meaning in a company that answers questions so; a missing answer is a no."""
        require("answers", answers, Mapping, "a mapping of questions to True or False")
        told: list[ValueMeaning | Answer] = [self]
        told += (each for each in self.when if answers.get(each.question) is True)
        stages = [each.stage for each in told if each.stage]
        facts = tuple(fact for each in told for fact in each.facts)
        written = any(each.written for each in told)
        return evolve(self, stage=headline(stages) if stages else None, facts=facts, written=written, when=())


def _weight(meaning: ValueMeaning) -> tuple[object, ...]:
    against = (meaning.bits & BIT[fact] for _, facts in STANDARD.standings for fact in facts)
    place = 0 if meaning.stage is None else list(Stage).index(meaning.stage)
    return (*against, place, meaning.bits.bit_count(), meaning.source is not None)


@final
@frozen
class ValueMapping:
    """The meanings of the values of one field of a system.

    Attributes:
        name: The name of the field in the system itself.
        columns: The names of the field in exported files.
        values: The meaning of each known value.
        sureness: How well the list of values is known.
        customised: Whether companies change the list.
        read_only: Whether an import cannot set the field.
        on_update: What an import can do to a value that is there, where it is limited.
        split: What separates several values in one cell; empty if a cell holds one.
        partial: Whether a value that is not listed means nothing; otherwise it is a fault of the row.
    """

    name: str
    columns: tuple[str, ...] = ()
    values: tuple[ValueMeaning, ...] = ()
    sureness: Sureness = Sureness.KNOWN
    customised: bool = False
    read_only: bool = False
    on_update: str = ""
    split: str = ""
    partial: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return how well the list is known, and what limits it."""
        limits = ("companies change the list" * self.customised, "an import cannot set it" * self.read_only)
        return tuple(filter(None, (str(self.sureness), *limits, self.on_update)))

    def meaning(self, text: str) -> ValueMeaning | None:
        """Return the meaning of a value by its name or a label, in any case; None if it is not listed."""
        require("text", text, str, "the text of a value")
        return self._by_name.get(normalize(text))

    def read(self, text: str) -> tuple[tuple[ValueMeaning, ...], tuple[str, ...]]:
        """Return the meanings of the values of a cell, and the values that are not listed.

        Where all values are about consent, one that is not listed means do not contact, unless the list is
        partial.
        """
        require("text", text, str, "the text of a cell")
        values = filter(None, map(str.strip, text.split(self.split) if self.split else (text,)))
        meanings = {value: self.meaning(value) for value in values}
        unlisted = tuple(value for value, meaning in meanings.items() if meaning is None)
        known = [meaning for meaning in meanings.values() if meaning]
        if unlisted and self.is_consent and not self.partial:
            known.append(ValueMeaning(unlisted[0], facts=(Fact.OPTED_OUT,)))
        return tuple(known), unlisted

    @cached_property
    def _by_name(self) -> Mapping[str, ValueMeaning]:
        return {normalize(name): each for each in self.values for name in (each.value, *each.labels)}

    @cached_property
    def writable(self) -> tuple[ValueMeaning, ...]:
        """Return the values that may be written, those that say most first."""
        written = (each for each in self.values if each.written and not self.read_only)
        return tuple(sorted(written, key=_weight, reverse=True))

    @cached_property
    def says(self) -> tuple[str, ...]:
        """Return the words of the fields and facts that the values speak of."""
        fields = {"claimed_stage" for each in self.values if each.stage}
        fields |= {"source" for each in self.values if each.source}
        facts = {fact for each in self.values for fact in each.facts}
        return (*sorted(fields), *(str(fact) for fact in Fact if fact in facts))

    @property
    def is_consent(self) -> bool:
        """Return whether the values speak of nothing but the wish not to be contacted."""
        return self.says == (str(Fact.OPTED_OUT),)
