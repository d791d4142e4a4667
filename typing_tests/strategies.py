"""The types that a user of the strategies meets."""

from typing import assert_type

from hypothesis.strategies import SearchStrategy

from leadqual import Contact, Event, Evidence, Fact, History, Policy, Stage, strategies

assert_type(strategies.facts(), SearchStrategy[Fact])
assert_type(strategies.evidence(), SearchStrategy[Evidence])
assert_type(strategies.events(fact=Fact.RESPONDED), SearchStrategy[Event])
assert_type(strategies.histories(stage=Stage.LEAD), SearchStrategy[History])
assert_type(strategies.contacts(stage=Stage.LEAD), SearchStrategy[Contact])
assert_type(strategies.policies(reads=[Fact.RESPONDED]), SearchStrategy[Policy])
assert_type(strategies.records(), SearchStrategy[dict[str, str]])
