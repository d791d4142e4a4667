"""What type checkers must see of frames: what goes in comes out; never run, only checked."""

from datetime import UTC, date, datetime
from typing import assert_type

import narwhals.stable.v2 as nw
import polars as pl

from leadqual import STANDARD, Fact, Scorecard, Signal
from leadqual.frames import FrameRefused, audit, classify, count, occurrences, prioritize, replay

eager = pl.DataFrame({"responded": [True]})
lazy = eager.lazy()

assert_type(classify(eager), pl.DataFrame)
assert_type(classify(lazy, STANDARD, prefix="our_", reasons=True), pl.LazyFrame)
assert_type(classify(lazy, facts={Fact.PURCHASED: "bought"}), pl.LazyFrame)
assert_type(classify(lazy, facts={"purchased": nw.col("orders") > 0, "lapsed": "gone"}), pl.LazyFrame)
assert_type(audit(lazy, STANDARD, claimed="lifecycle", prefix="our_"), pl.LazyFrame)
assert_type(count(eager, by="campaign"), pl.DataFrame)
assert_type(count(lazy, by=["campaign", "month"], policy=STANDARD, facts={"lapsed": "gone"}), pl.LazyFrame)
assert_type(replay(lazy, person="who", fact="what", at="at"), pl.LazyFrame)
assert_type(
    replay(eager, person="p", fact="f", at="t", reverses="r", as_of=datetime(2026, 1, 1, tzinfo=UTC)),
    pl.DataFrame,
)

card = Scorecard("acme", signals=[Signal.dated("visits", 5, cap=20, half_life=30)])
assert_type(prioritize(eager, card, as_of=date(2026, 1, 1), groups=True, reasons=True), pl.DataFrame)
assert_type(prioritize(lazy, card, columns={Fact.OPTED_OUT: "out", "visits": nw.col("at")}), pl.LazyFrame)
assert_type(occurrences(lazy, card, person="who", signal="what", at="at", id="id"), pl.LazyFrame)

try:
    classify(eager)
except FrameRefused as error:
    assert_type(error.faults[0].where, str)
