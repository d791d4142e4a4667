"""What type checkers must see of signals, scorecards and learning; never run, only checked."""

from datetime import date
from typing import assert_type

from leadqual import Contact, Evaluation, Fact, Learned, Priority, Scorecard, Signal, evaluate, learn
from leadqual.learning.evaluation import Auc, CalibrationBand, Drift, Lift
from leadqual.learning.learned import Readiness
from leadqual.scoring.priority import Missed, PriorityLine, Unused
from leadqual.scoring.scorecard_file import scorecard_from_toml, scorecard_to_toml

signals = (
    Signal.yes(Fact.ASKED_FOR_MORE, 20, no=-5, group="fit"),
    Signal.words("title", {"director": 15}, other=1),
    Signal.number("minutes", {1: 2, 5.5: 6}, order="rising"),
    Signal.dated("visits", 5, cap=25, half_life=30),
    Signal.filled("phone filled", 3, column="phone"),
)
card = Scorecard("acme", version="3", base=20, signals=signals, groups={"fit": 30, "signals": (-5, 50)})
assert_type(card, Scorecard)
priority = card.priority({"title": "director"}, as_of=date(2026, 7, 10))
assert_type(priority, Priority)
assert_type(priority.total, int)
assert_type(priority.groups["fit"], int)
assert_type(priority.lines, tuple[PriorityLine, ...])
assert_type(priority.unused, tuple[Unused, ...])
assert_type(priority.missed, tuple[Missed, ...])
assert_type(priority.do_not_contact, bool)
assert_type(card.total(Contact()), int)
assert_type(scorecard_from_toml(scorecard_to_toml(card)), Scorecard)

learned = learn([{"won": True, "minutes": 5}], outcome="won", rising=["minutes"])
assert_type(learned, Learned)
assert_type(learned.card, Scorecard)
assert_type(learned.verdict, Readiness)
assert_type(learned.evaluation.auc, Auc)
assert_type(learned.out_of_time, Evaluation | None)
evaluation = evaluate(card, [Contact()], outcome="purchased")
assert_type(evaluation, Evaluation)
assert_type(evaluation.calibration, tuple[CalibrationBand, ...])
assert_type(evaluation.lifts, tuple[Lift, ...])
assert_type(evaluation.drift, tuple[Drift, ...])
