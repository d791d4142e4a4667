"""Every public callable, given one wrong argument after another, answers or says which one is wrong."""

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any

import attrs
import pytest

import leadqual
from leadqual import (
    LAYOUTS,
    STANDARD,
    SYSTEMS,
    Contact,
    Conversion,
    Event,
    Evidence,
    Fact,
    Fault,
    Finding,
    Funnel,
    History,
    LeadqualError,
    Rule,
    Scorecard,
    Signal,
    Source,
    Stage,
    audit,
    check,
    check_stage_log,
    classify,
    compare,
    evaluate,
    express,
    journey,
    learn,
    transition,
    verify,
)
from leadqual.intake import Limits
from leadqual.taxonomy.severity import Severity
from leadqual.verification import LAWS, Interpreter

DAY = datetime(2026, 1, 1, tzinfo=UTC)
SCALARS = ("numpy", "pandas")
FRAMES = ("polars", "narwhals")


def wrong() -> Iterator[tuple[str, Any]]:
    """Yield what nobody means, each with what the report of a failure calls it."""
    yield from {
        "None": None,
        "an object": object(),
        "a class": History,
        "an empty text": "",
        "a text": "nonsense",
        "bytes": b"x",
        "an empty tuple": (),
        "an empty list": [],
        "an empty mapping": {},
        "a list of one": [7],
        "a mapping of one": {"nonsense": 7},
        "a list of None": [None],
        "True": True,
        "a negative number": -1,
        "a large number": 10**400,
        "a fraction": 0.5,
        "no number": float("nan"),
        "infinity": float("inf"),
        "a decimal that is none": Decimal("NaN"),
        "a day": date(2026, 1, 1),
        "a naive datetime": datetime(2026, 1, 1),  # noqa: DTZ001 (the point of the test)
        "an aware datetime": DAY,
        "the last datetime": datetime.max.replace(tzinfo=UTC),
    }.items()
    yield "a generator", (each for each in (1, 2))
    if not all(map(find_spec, SCALARS)):
        return
    numpy, pandas = map(import_module, SCALARS)
    yield from {
        "a number of numpy": numpy.int64(3),
        "no number of numpy": numpy.float64("nan"),
        "a bool of numpy": numpy.bool_(True),
        "an array of numpy": numpy.array([1, 2]),
        "an instant of numpy": numpy.datetime64("2026-01-01"),
        "NaT": pandas.NaT,
        "NA": pandas.NA,
        "a naive instant of pandas": pandas.Timestamp("2026-01-01"),
        "an instant of pandas": pandas.Timestamp("2026-01-01", tz="UTC"),
        "a frame of pandas": pandas.DataFrame({"nonsense": [7]}),
        "a series of pandas": pandas.Series([7]),
    }.items()


EVENTS = (Event(Fact.RESPONDED, DAY, id="crm:1"), Event(Fact.PURCHASED, DAY))
HISTORY = History.of(*EVENTS, corrections=["crm:2"])
CONTACT = Contact(name="Ana", claimed_stage=Stage.REP, history=HISTORY, extra={"shoe": 41})
SIGNAL = Signal.number("visits", {3: 5})
CARD = Scorecard("card", signals=[SIGNAL])
FUNNEL = Funnel.of([CONTACT, Evidence()])
RULE = Rule("rule", [Fact.RESPONDED])
OTHER = STANDARD.replace(name="other", version="1", routes=[RULE])
FILE = b"name,email\nAna,ana@example.com\nBen,\n"
ROWS = [
    {"visits": place % 7, "bought": "yes" if place % 2 else "no", "on": DAY.date()} for place in range(100)
]


@cache
def answers() -> dict[str, Any]:
    """Return one of each class that the library makes and a caller only reads."""
    return {
        "Classification": classify(CONTACT),
        "Comparison": compare(STANDARD, OTHER),
        "Discrepancy": audit(CONTACT, now=DAY)[0],
        "Evaluation": evaluate(CARD, ROWS, outcome="bought"),
        "Fault": Fault("name", "is missing"),
        "Finding": Finding("code", Severity.NOTE, "message"),
        "Journey": journey(HISTORY),
        "Expressed": express(classify(CONTACT), SYSTEMS["hubspot"]),
        "Layout": LAYOUTS["hubspot"],
        "Learned": learn(ROWS, outcome="bought"),
        "LoggedMove": check_stage_log([("lead", DAY)])[0],
        "NextStep": classify(()).next_steps[0],
        "Policy": STANDARD,
        "Priority": CARD.priority({"visits": 4}),
        "Problem": check(b"name,responded\nAna,perhaps\n").problems[0],
        "Proof": verify(laws=LAWS[:1]),
        "Reason": classify(CONTACT).reasons[0],
        "Report": check(FILE),
        "StageChange": journey(HISTORY).changes[0],
        "System": SYSTEMS["hubspot"],
        "Transition": transition(Stage.NAME, Stage.LEAD),
        "ValueMapping": SYSTEMS["hubspot"].values[0],
        "ValueMeaning": SYSTEMS["hubspot"].mappings[0].values[0],
    }


CHECKED: dict[str, Any] = {
    "source": FILE,
    "layout": "plain",
    "region": "DE",
    "encoding": "utf-8",
    "duplicates": "report",
    "trust_stage": False,
    "policy": STANDARD,
    "limits": Limits(),
}
CALLS: dict[str, dict[str, Any]] = {
    "check": CHECKED,
    "iter_check": CHECKED,
    "Classification.step_to": {"target": Stage.LEADER},
    "Contact": {},
    "Contact.from_record": {"record": {"name": "Ana", "opted_out": "no"}, "region": "DE"},
    "Contact.known": {"policy": STANDARD, "as_of": DAY},
    "Contact.recorded_at": {"at": DAY},
    "Conversion": {"count": 1, "total": 2, "base": Stage.NAME, "target": Stage.LEAD},
    "Conversion.interval": {"confidence": 0.9},
    "Conversion.per_success": {"amount": 3, "confidence": 0.9},
    "Event": {"fact": Fact.DECLINED, "at": DAY, "id": "crm:1", "campaign": "fair", "reverses": True},
    "Evidence": {"bits": 0},
    "Evidence.from_bits": {"established": 1, "denied": 2},
    "Evidence.from_mapping": {"facts": {"responded": True}},
    "Evidence.of": {"*facts": Fact.RESPONDED, "denied": [Fact.PURCHASED]},
    "Evidence.value": {"fact": Fact.RESPONDED},
    "Funnel": {"patterns": FUNNEL.patterns, "numbers": FUNNEL.numbers},
    "Funnel.by": {"people": [CONTACT], "key": "campaign", "policy": STANDARD, "as_of": DAY},
    "Funnel.compare": {
        "other": FUNNEL,
        "base": Stage.NAME,
        "target": Stage.LEAD,
        "confidence": 0.9,
        "witnessed": True,
    },
    "Funnel.count": {"where": Stage.LEAD},
    "Funnel.from_counts": {"counts": {"name": 2}},
    "Funnel.names_needed": {"leaders": 2, "confidence": 0.9},
    "Funnel.of": {"people": [CONTACT], "policy": STANDARD, "as_of": DAY},
    "Funnel.rate": {"base": Stage.NAME, "target": Stage.LEAD, "witnessed": True},
    "History": {"events": EVENTS, "corrections": ["crm:2"]},
    "History.evidence": {"policy": STANDARD, "as_of": DAY},
    "History.in_order": {"policy": STANDARD, "as_of": DAY},
    "History.known": {"policy": STANDARD, "as_of": DAY},
    "History.of": {"*events": EVENTS[0], "corrections": ["crm:2"]},
    "Journey.reached_at": {"stage": Stage.LEAD},
    "Policy.replace": {"name": "other", "version": "2", "routes": [RULE], "score": STANDARD.score},
    "Policy.route": {"name": "offer"},
    "Policy.rules_for": {"stage": Stage.LEAD},
    "Report.to_html": {"title": "leads.csv", "show_values": True},
    "Report.write_accepted": {"target": "accepted.csv"},
    "Report.write_import": {"target": "ready.csv", "do_not_contact": "out.csv"},
    "Report.write_rejects": {"target": "rejects.csv"},
    "Rule": {"name": "rule", "all": [Fact.RESPONDED], "unless": [Fact.LAPSED], "sentence": RULE.sentence},
    "Rule.holds": {"established": 1},
    "Scorecard": {
        "name": "card",
        "version": "1",
        "signals": [SIGNAL],
        "base": 0,
        "groups": {},
        "points_to_double_odds": None,
    },
    "Scorecard.day": {"as_of": DAY},
    "Scorecard.priority": {"subject": {"visits": 4}, "as_of": DAY.date(), "policy": STANDARD},
    "Scorecard.replace": {"name": "other", "signals": [SIGNAL], "base": 3},
    "Scorecard.tallies": {"read": lambda *_, **__: 4, "as_of": DAY.date()},
    "Scorecard.total": {"subject": {"visits": 4}, "as_of": DAY.date(), "policy": STANDARD},
    "Signal": {"name": "visits", "scale": SIGNAL.scale, "column": "visits", "group": ""},
    "Signal.dated": {"name": "call", "each": 5, "cap": 9, "half_life": 30, "group": "", "column": "call"},
    "Signal.filled": {"name": "phone", "points": 5, "blank": 1, "group": "", "column": "phone"},
    "Signal.number": {
        "name": "visits",
        "at_least": {3: 5},
        "below": 1,
        "order": "rising",
        "group": "",
        "column": "visits",
    },
    "Signal.words": {"name": "role", "words": {"owner": 5}, "other": 1, "group": "", "column": "role"},
    "Signal.yes": {"name": "member", "points": 5, "no": 1, "group": "", "column": "member"},
    "Stage.precedes": {"other": Stage.LEAD},
    "System.answering": {"answers": {"sql_saw": True}},
    "ValueMapping.meaning": {"text": "lead"},
    "ValueMapping.read": {"text": "lead"},
    "ValueMeaning.answered": {"answers": {"newsletter_is_promotion": True}},
    "appraise": {"sample": FUNNEL, "price": 9, "contacts": 3, "against": None, "confidence": 0.9},
    "audit": {"contact": CONTACT, "now": DAY, "policy": STANDARD},
    "check_stage_log": {"entries": [("won", DAY)], "labels": {"Won": Stage.CUSTOMER}},
    "classify": {"subject": CONTACT, "policy": STANDARD, "as_of": DAY},
    "compare": {"first": STANDARD, "second": OTHER, "contacts": [CONTACT], "as_of": DAY},
    "evaluate": {
        "card": CARD,
        "rows": ROWS,
        "outcome": "bought",
        "at": "on",
        "split": DAY.date(),
        "as_of": DAY.date(),
        "positive": "yes",
        "policy": STANDARD,
    },
    "express": {
        "verdict": classify(CONTACT),
        "system": SYSTEMS["hubspot"],
        "source": Source.SEARCH,
        "standard_fields": True,
    },
    "from_data": {"data": {"name": "Ana"}, "as_type": Contact},
    "from_json": {"text": "{}", "as_type": Contact},
    "interpret": {
        "record": {"lifecyclestage": "lead"},
        "system": SYSTEMS["hubspot"],
        "region": "DE",
        "consent_in": ["newsletter"],
        "no_consent_in": ["news"],
    },
    "journey": {"history": HISTORY, "policy": STANDARD, "as_of": DAY},
    "learn": {
        "rows": ROWS,
        "outcome": "bought",
        "at": "on",
        "signals": ["visits"],
        "filled": [],
        "rising": ["visits"],
        "falling": [],
        "known_before": [],
        "positive": "yes",
        "as_of": DAY.date(),
        "days_to_convert": 1,
        "drop_recent": False,
        "name": "card",
        "version": "1",
        "policy": STANDARD,
    },
    "json_schema": {"of": leadqual.Contact, "brief": False},
    "lint_claim": {"text": "23 people"},
    "time_to_reach": {"pairs": [(DAY, None)], "as_of": DAY},
    "record_schema": {},
    "to_data": {"value": classify({Fact.RESPONDED}), "brief": True},
    "to_json": {"value": CONTACT, "indent": 1},
    "transition": {"before": Stage.NAME, "after": Stage.LEAD},
    "verify": {"policy": OTHER, "interpreter": Interpreter(), "laws": LAWS[:1]},
}
"""The arguments that each takes, every one right; a class that only answers takes those of its answer."""


if all(map(find_spec, FRAMES)):
    polars, frames = map(import_module, (FRAMES[0], "leadqual.frames"))
    PEOPLE = polars.DataFrame({"responded": [True], "stage_said": ["lead"], "visits": [4]})
    HAPPENED = polars.DataFrame(
        {"who": ["a"], "what": ["responded"], "on": [DAY], "off": [False], "id": ["1"]}
    )
    DATED = Scorecard("dated", signals=[Signal.dated("responded", 5, cap=9)])
    CALLS |= {
        "frames.YesNoWords": {"column": "agreed", "otherwise": None},
        "frames.audit": {
            "frame": PEOPLE,
            "policy": STANDARD,
            "claimed": "stage_said",
            "facts": {},
            "prefix": "x",
        },
        "frames.classify": {
            "frame": PEOPLE,
            "policy": STANDARD,
            "facts": {},
            "prefix": "x",
            "reasons": True,
        },
        "frames.count": {"frame": PEOPLE, "by": ["stage_said"], "policy": STANDARD, "facts": {}},
        "frames.occurrences": {
            "events": HAPPENED,
            "card": DATED,
            "person": "who",
            "signal": "what",
            "at": "on",
            "id": "id",
            "as_of": DAY,
        },
        "frames.prioritize": {
            "frame": PEOPLE,
            "card": CARD,
            "columns": {},
            "as_of": DAY,
            "policy": STANDARD,
            "prefix": "x",
            "groups": True,
            "reasons": True,
        },
        "frames.replay": {
            "events": HAPPENED,
            "person": "who",
            "fact": "what",
            "at": "on",
            "reverses": "off",
            "as_of": DAY,
            "policy": STANDARD,
        },
    }

INSTANCES = {
    "Contact": CONTACT,
    "Conversion": Conversion(1, 2, Stage.NAME, Stage.LEAD),
    "Evidence": Evidence(),
    "Funnel": FUNNEL,
    "History": HISTORY,
    "Policy": STANDARD,
    "Rule": RULE,
    "Scorecard": CARD,
    "Stage": Stage.NAME,
}


# Called for every case of a proof and for every row of a table, with what the library itself made.
TRUSTED = {"Rule.holds": {"established"}, "Scorecard.tallies": {"read"}}


def public() -> Iterator[str]:
    """Yield the name of every public callable that takes an argument, with those of the public classes."""
    if all(map(find_spec, FRAMES)):
        yield from (f"frames.{name}" for name in frames.__all__ if name != "FrameRefused")
    for name in leadqual.__all__:
        value = getattr(leadqual, name)
        if not isinstance(value, type):
            if callable(value):
                yield name
            continue
        if issubclass(value, Exception):
            continue
        if not issubclass(value, Enum):
            yield name
        for member in dir(value):
            held = getattr(value, member)
            if not member.startswith("_") and inspect.isroutine(held) and takes(held):
                yield f"{name}.{member}"


def takes(function: Callable[..., Any]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


def found(name: str) -> Callable[..., Any]:
    """Return what is called so; of a method, that of an instance."""
    owner, _, method = name.partition(".")
    if owner == "frames":
        return getattr(frames, method)
    held = getattr(leadqual, owner)
    if not method:
        return held
    bound = inspect.getattr_static(held, method)
    if isinstance(bound, classmethod | staticmethod):
        return getattr(held, method)
    return getattr(INSTANCES.get(owner) or answers()[owner], method)


def right(name: str) -> dict[str, Any]:
    """Return the right arguments of a callable."""
    if name.endswith(".parse"):
        return {"text": "nonsense"}
    if CALLS.get(name) is not None:
        return CALLS[name]
    instance = INSTANCES.get(name) or answers()[name]
    return {each.alias: getattr(instance, each.name) for each in attrs.fields(type(instance)) if each.init}


def call(function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Call it, and read what it answers; what only a library makes need not be readable when a caller makes it."""
    given = {name: value for name, value in arguments.items() if name[0] != "*"}
    result = function(*(value for name, value in arguments.items() if name[0] == "*"), **given)
    if isinstance(result, Iterator):
        for _ in islice(result, 9):
            pass
    if getattr(function, "__name__", "") not in answers():
        str(result)


@pytest.mark.parametrize("name", list(public()))
def test_a_wrong_argument_is_used_or_told(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    function, arguments = found(name), right(name)
    untold = {}
    for argument in arguments:
        for what, value in wrong():
            try:
                call(function, {**arguments, argument: value})
            except LeadqualError:
                pass
            except TypeError as error:
                if not re.search(rf"\b{argument.strip('*')}\b", str(error)):
                    untold.setdefault(argument, []).append(f"{what}: {error!r:.100}")
            except Exception as error:  # noqa: BLE001 (any of them is what must not be)
                untold.setdefault(argument, []).append(f"{what}: {error!r:.100}")
    assert untold.keys() <= TRUSTED.get(name, set()), untold
