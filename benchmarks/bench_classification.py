"""The rows of the core: classification, a record to its classification, and the import."""

import random
import subprocess
import sys
import time
from typing import Literal

from interleaved import ratios, show
from pydantic import BaseModel, ConfigDict, EmailStr

from leadqual import Contact, Evidence, Fact, classify
from leadqual.taxonomy.facts import ALL_BITS

PEOPLE = 5_000
random.seed(20260801)
RECORDS = [{str(fact): random.random() < 0.2 for fact in Fact} for _ in range(PEOPLE)]


class Person:
    """Hold the eighteen facts as attributes, as a program without the library would."""

    __slots__ = tuple(str(fact) for fact in Fact)


def person(record: dict[str, bool]) -> Person:
    """Return the closed facts of a record as attributes."""
    evidence = Evidence.from_mapping(record)
    result = Person()
    for fact in Fact:
        setattr(result, str(fact), fact in evidence)
    return result


def by_hand(p: Person) -> tuple[str, bool, int]:  # noqa: C901, PLR0912 (that is what it looks like by hand)
    """Return stage, qualification and score by if and elif."""
    if p.became_leader:
        stage = "leader"
    elif p.signed_up:
        stage = "rep"
    elif p.purchased:
        stage = "customer"
    elif p.asked_for_more:
        stage = "prospect"
    elif p.responded:
        stage = "lead"
    else:
        stage = "name"
    qualified = (
        p.interested_in_offer
        or (p.knows_industry and p.wants_in)
        or (p.attended_seminar and p.interested_in_industry)
        or p.purchased
        or p.signed_up
    )
    score = 65 if qualified else 15
    if p.responded:
        score += 4
    if p.interested_in_offer:
        score += 3
    if p.sought_you_out:
        score += 6
    if p.saw_business:
        score += 3
    if p.asked_for_more:
        score += 8
    if p.attended_seminar:
        score += 1
    if p.interested_in_industry:
        score += 1
    if p.knows_industry:
        score += 2
    if p.likes_industry:
        score += 3
    if p.wants_in:
        score += 4
    if p.never_joining:
        score -= 9
    if p.declined:
        score -= 4
    if p.lapsed:
        score -= 2
    return stage, qualified, score


def classification() -> None:
    """Compare classification of evidence seen before with code written by hand."""
    evidences = [Evidence.from_mapping(record) for record in RECORDS]
    people = [person(record) for record in RECORDS]
    for evidence, hand in zip(evidences, map(by_hand, people), strict=True):
        verdict = classify(evidence)
        assert (str(verdict.stage), str(verdict.qualification) == "qualified", verdict.score) == (
            hand[0],
            bool(hand[1]),
            hand[2],
        )

    def ours() -> None:
        for evidence in evidences:
            verdict = classify(evidence)
            verdict.stage  # noqa: B018 (reading is what is timed)
            verdict.qualification  # noqa: B018
            verdict.score  # noqa: B018

    def theirs() -> None:
        for each in people:
            _stage, _qualified, _score = by_hand(each)

    result = ratios("by hand", **{"by hand": theirs, "classify, three values read": ours})
    show("classification of evidence seen before (target 0.5 x)", result, PEOPLE)


class StrictContact(BaseModel):
    """Hold the same fields as a contact, as strictly."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str | None = None
    name: str | None = None
    email: str | None = None
    campaign: str | None = None
    source: Literal["search", "other"] | None = None
    contacted: bool | None = None
    responded: bool | None = None
    interested_in_offer: bool | None = None
    sought_you_out: bool | None = None
    saw_business: bool | None = None
    asked_for_more: bool | None = None
    purchased: bool | None = None
    signed_up: bool | None = None
    became_leader: bool | None = None
    attended_seminar: bool | None = None
    interested_in_industry: bool | None = None
    knows_industry: bool | None = None
    likes_industry: bool | None = None
    wants_in: bool | None = None
    never_joining: bool | None = None
    declined: bool | None = None
    lapsed: bool | None = None
    opted_out: bool | None = None


class StrictContactWithEmail(StrictContact):
    """Hold the same fields, the e-mail address checked as we check it."""

    email: EmailStr | None = None


def from_record() -> None:
    """Compare a dict, through the contact, to its classification with a pydantic model."""
    rows = [
        {
            "id": f"crm:{number}",
            "name": "Ana",
            "email": f"ana{number}@example.com",
            "campaign": "spring",
            "source": "search",
            **record,
        }
        for number, record in enumerate(RECORDS)
    ]
    without = [{**row, "email": None} for row in rows]

    def ours(given: list[dict[str, object]]) -> None:
        for row in given:
            classify(Contact.from_record(row))

    def theirs(model: type[BaseModel], given: list[dict[str, object]]) -> None:
        validate = model.model_validate
        for row in given:
            by_hand(validate(row))  # type: ignore[arg-type]

    show(
        "dict → contact → classification, no e-mail address (target 1.0 x)",
        ratios(
            "pydantic",
            pydantic=lambda: theirs(StrictContact, without),
            leadqual=lambda: ours(without),
        ),
        PEOPLE,
    )
    show(
        "the same, with an e-mail address checked on both sides",
        ratios(
            "pydantic",
            pydantic=lambda: theirs(StrictContactWithEmail, rows),
            leadqual=lambda: ours(rows),
        ),
        PEOPLE,
    )


def every_set() -> None:
    """Show the time of answers to evidence never seen before."""
    from leadqual import STANDARD  # noqa: PLC0415 (beside its use)

    start = time.perf_counter()
    STANDARD.cache.clear()
    for bits in range(ALL_BITS + 1):
        classify(Evidence.from_bits(bits))
    print(f"\nall {ALL_BITS + 1:,} fact sets: {time.perf_counter() - start:.2f} s")


def importing() -> None:
    """Compare the import with that of attrs."""

    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 (our own interpreter)

    result = ratios(
        "import attrs",
        **{
            "nothing": lambda: run("pass"),
            "import attrs": lambda: run("import attrs"),
            "import leadqual": lambda: run("import leadqual"),
        },
    )
    show("import, whole process (target 2 x, after taking off the bare interpreter)", result)
    bare = result["nothing"][0]
    print(
        "  without the bare interpreter: "
        f"{(result['import leadqual'][0] - bare) / (result['import attrs'][0] - bare):.2f} x"
    )


if __name__ == "__main__":
    classification()
    from_record()
    every_set()
    importing()
