"""The types of other systems, as a user meets them. Checked, never run."""

from collections.abc import Mapping
from typing import assert_type

from leadqual import (
    SYSTEMS,
    Contact,
    Expressed,
    Fact,
    Source,
    Stage,
    System,
    ValueMapping,
    ValueMeaning,
    classify,
    express,
    interpret,
)

assert_type(SYSTEMS, Mapping[str, System])
hubspot = SYSTEMS["hubspot"].answering({"sql_saw": True})
assert_type(hubspot, System)
assert_type(hubspot.values, tuple[ValueMapping, ...])
assert_type(hubspot.values[0].meaning("customer"), ValueMeaning | None)

contact = interpret({"lifecyclestage": "customer"}, hubspot, region="US", no_consent_in=["newsletter"])
assert_type(contact, Contact)
expressed = express(classify(contact), hubspot, source=contact.source, standard_fields=True)
assert_type(expressed, Expressed)
assert_type(expressed.values, tuple[tuple[str, str], ...])
assert_type(expressed.lost_stages, tuple[Stage, ...])
assert_type(expressed.lost_facts, tuple[Fact, ...])
assert_type(expressed.lost_source, Source | None)
