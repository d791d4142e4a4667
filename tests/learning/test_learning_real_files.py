"""Learning on real files with known outcomes; minutes, so only where they are asked for."""

import csv
import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from history_of_a_company import history

from leadqual import STANDARD, evaluate, learn
from leadqual.learning.evaluation import area
from leadqual.learning.learned import Readiness
from leadqual.learning.records import read_records, read_sample
from leadqual.learning.regression import RIDGE, SMOOTH, Model, fit

X_EDUCATION_LEAKS = [  # the how-to gives the reason for each
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
    "Last Activity",
    "Last Notable Activity",
]


def read(path, blanks=(), without=(), delimiter=","):
    if not path.exists():
        pytest.skip(f"needs {path.name}, which is no part of the project")
    with path.open(newline="", encoding="utf-8") as file:
        return [
            {
                column: None if cell.strip() in {"", *blanks} else cell.strip()
                for column, cell in row.items()
                if column not in without
            }
            for row in csv.DictReader(file, delimiter=delimiter)
        ]


def x_education(shared, without=X_EDUCATION_LEAKS):
    rows = read(shared / "data/x-education/Leads.csv", ["Select"], without)
    for row in rows:
        row["responded"] = "yes"
        row["saw_business"] = "yes" if float(row["TotalVisits"] or 0) else None
        long_visit = float(row["Total Time Spent on Website"]) >= 600
        row["interested_in_offer"] = "yes" if long_visit or row["Lead Origin"] == "Lead Add Form" else None
        row["opted_out"] = "yes" if row["Do Not Email"] == "Yes" else None
    return rows, {"outcome": "Converted"}


def bank(shared, without=("duration",)):
    """The rows are in the order of time, from May 2008 to November 2010; their days are made up by it."""
    rows = read(shared / "data/bank-marketing/bank-full.csv", ["unknown", "-1"], without, ";")
    for place, row in enumerate(rows):
        row["contacted"] = "yes"
        row["responded"] = "yes" if row["poutcome"] in {"success", "failure"} else None
        row["interested_in_offer"] = "yes" if row["poutcome"] == "success" else None
        row["declined"] = "yes" if row["poutcome"] == "failure" else None
        row["on"] = date(2008, 5, 1) + timedelta(days=place * 943 // len(rows))
    return rows, {"outcome": "y", "at": "on"}


def olist(shared, *, deals=False):
    folder = shared / "data/olist-funnel"
    closed = {row["mql_id"]: row for row in read(folder / "olist_closed_deals_dataset.csv")}
    columns = next(iter(closed.values()))
    rows = read(folder / "olist_marketing_qualified_leads_dataset.csv", ["unknown"])
    for row in rows:
        deal = closed.get(row["mql_id"], {})
        row["won"] = deal["won_date"][:10] if deal else None
        row["responded"] = "yes"
        row["sought_you_out"] = "yes" if row["origin"] in {"organic_search", "direct_traffic"} else None
        if deals:
            row.update(
                {column: deal.get(column) for column in columns if column not in {"mql_id", "won_date"}}
            )
    return rows, {"outcome": "won", "at": "first_contact_date"}


DATA = {"X Education": x_education, "bank": bank, "Olist": olist}

FACTS = (
    "contacted",
    "responded",
    "saw_business",
    "sought_you_out",
    "interested_in_offer",
    "declined",
    "opted_out",
)


def columns_of(rows, options):
    return sorted({*rows[0]} - {*FACTS, *options.values(), "Prospect ID", "Lead Number", "mql_id"})


def least_loss(codes, converted, sizes, numbers):
    """Return the least penalised loss that SciPy finds, and what gives the loss of weights."""
    numpy = pytest.importorskip("numpy", reason="compares with SciPy")
    linalg = pytest.importorskip("scipy.linalg", reason="compares with SciPy")
    optimize = pytest.importorskip("scipy.optimize", reason="compares with SciPy")
    outcomes = numpy.array(converted, float)
    columns, means, penalty, place = [numpy.ones(len(outcomes))], [], numpy.zeros((1 + sum(sizes),) * 2), 1
    for column, size, bends in zip(map(numpy.array, codes), sizes, numbers, strict=True):
        columns += [(column == band).astype(float) for band in range(size)]
        penalty[range(place, place + size), range(place, place + size)] += RIDGE
        means.append(numpy.zeros(len(penalty)))
        means[-1][place : place + size] = [each.sum() for each in columns[place:]]
        for start in range(place, place + size - 2 if bends else 0):
            bend = numpy.zeros(len(penalty))
            bend[start : start + 3] = 1, -2, 1
            penalty += SMOOTH * numpy.outer(bend, bend)
        place += size
    design, free = numpy.array(columns).T, linalg.null_space(numpy.array(means))

    def loss(weights):
        logits = design @ weights
        return numpy.logaddexp(0, logits).sum() - outcomes @ logits + weights @ penalty @ weights / 2

    def with_slope(point):
        weights = free @ point
        chances = 1 / (1 + numpy.exp(-design @ weights))
        return loss(weights), free.T @ (design.T @ (chances - outcomes) + penalty @ weights)

    options = {"maxiter": 9_999, "maxfun": 99_999, "ftol": 1e-15, "gtol": 1e-9}
    found = optimize.minimize(
        with_slope, numpy.zeros(free.shape[1]), jac=True, method="L-BFGS-B", options=options
    )

    def of(weights):
        known = numpy.concatenate([mine[:-1] for mine in weights])
        return optimize.minimize_scalar(
            lambda first: loss(numpy.concatenate([[first], known])), bracket=(-3, 3), tol=1e-14
        ).fun

    return found.fun, of


@pytest.mark.long
@pytest.mark.parametrize("data", DATA)
def test_the_fit_costs_no_more_than_the_least_that_scipy_finds(shared, data):
    """Within 1e-6, absolute, of a loss of thousands."""
    rows, options = DATA[data](shared)
    at = options.get("at")
    found = read_records(rows, outcome=options["outcome"], at=at, positive=None, as_of=None, policy=STANDARD)
    sample = read_sample(
        found,
        signals=columns_of(rows, options),
        filled=(),
        rising=(),
        falling=(),
    )
    model = Model.of(sample, range(len(sample.cases)))
    converted = list(sample.converted)
    codes = [part.codes for part in model.parts]
    sizes = [part.size for part in model.parts]
    numbers = [part.column.kind == "number" for part in model.parts]

    least, loss = least_loss(codes, converted, sizes, numbers)

    assert loss(fit(model.parts, converted, range(len(converted)))) == pytest.approx(least, abs=1e-6)


def by_scikit_learn(rows, train, test, columns, outcome):
    """Return the area of a logistic regression on the raw columns: words one by one, numbers scaled."""
    pytest.importorskip("sklearn", reason="compares with scikit-learn")
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    def cell(value):
        try:
            return float(value)
        except ValueError:
            return value

    features = [{name: cell(row[name]) for name in columns if row[name] is not None} for row in rows]
    won = [row[outcome] not in {None, "no", "0"} for row in rows]
    fitted = make_pipeline(DictVectorizer(), MaxAbsScaler(), LogisticRegression(max_iter=5_000))
    fitted.fit([features[row] for row in train], [won[row] for row in train])
    chances = fitted.decision_function([features[row] for row in test])
    pairs = list(zip(chances, [won[row] for row in test], strict=True))
    return 0.5 + area([each for each, yes in pairs if yes], [each for each, yes in pairs if not yes]).value


@pytest.mark.long
@pytest.mark.parametrize("data", ["bank", "Olist"])
def test_later_people_are_ranked_nearly_as_well_as_by_logistic_regression(shared, data, capsys):
    """A card made from the first 70 % of the rows in time, on the last 30 %: within 0.04."""
    rows, options = DATA[data](shared)
    columns = columns_of(rows, options)
    rows.sort(key=lambda row: str(row[options["at"]]))
    cut = len(rows) * 7 // 10
    learned = learn(rows[:cut], signals=columns, **options)

    mine = evaluate(learned.card, rows[cut:], outcome=options["outcome"]).auc.value
    other = by_scikit_learn(rows, range(cut), range(cut, len(rows)), columns, options["outcome"])

    with capsys.disabled():
        print(f"\n{data}: later {mine:.3f}, scikit-learn {other:.3f}; {learned}")  # noqa: T201 (the figures are what one runs it for)
    assert mine > other - 0.04


@pytest.mark.long
@pytest.mark.parametrize("data", ["bank", "Olist"])
def test_no_card_that_is_ready_fails_on_the_next_people(shared, data, capsys):
    """Learned at the end of each of the sixths of the time, and tried on the next."""
    rows, options = DATA[data](shared)
    columns = columns_of(rows, options)
    rows.sort(key=lambda row: str(row[options["at"]]))
    ends = [len(rows) * sixth // 6 for sixth in range(7)]
    for cut, end in pairwise(ends[2:]):
        learned = learn(rows[:cut], signals=columns, **options)
        truth = evaluate(learned.card, rows[cut:end], outcome=options["outcome"]).auc
        with capsys.disabled():
            print(f"\n{data} {cut:,}: {learned.verdict}, next {truth}, {learned.needs}")  # noqa: T201 (as above)
        assert truth.low >= 0.55 or learned.verdict is not Readiness.READY


@pytest.mark.long
def test_permuted_outcomes_are_not_ready_in_at_least_95_of_100_runs():
    rows = history(400)
    outcomes = [row["won"] for row in rows]
    random_ = random.Random(20260801)
    verdicts = []
    for _ in range(100):
        random_.shuffle(outcomes)
        permuted = [{**row, "won": outcome} for row, outcome in zip(rows, outcomes, strict=True)]
        verdicts.append(learn(permuted, outcome="won").verdict)

    assert verdicts.count(Readiness.NOT_READY) >= 95


@pytest.mark.long
def test_the_columns_that_were_filled_afterwards_are_warned_of(shared):
    """Tags, Lead Quality and every column filled for one outcome only."""
    rows, options = x_education(shared, without=())
    learned = learn(rows, **options)
    assert {"Tags", "Lead Quality"} <= {warning.column for warning in learned.warnings}
    assert learned.verdict is Readiness.NOT_READY
    assert "Tags" in str(learned)

    rows, options = olist(shared, deals=True)
    filled = [column for column in rows[0] if column not in {*FACTS, *options.values(), "mql_id"}]
    filled = [column for column in filled if column not in {"landing_page_id", "origin"}]
    learned = learn(rows, filled=filled, **options)
    assert {f"{column} filled" for column in filled} <= {warning.column for warning in learned.warnings}
    assert "no figure shows whether a column was known" in learned.limits[-1]

    rows, options = bank(shared, without=())
    learned = learn(rows, signals=["duration", "month"], **options)
    assert learned.ask == ("duration (0.79)",)


def test_an_outcome_that_was_thrown_by_dice_is_not_ready(shared):
    """The generated leads' interval covers 0.5."""
    rows = read(shared / "data/zoho-crm-sample/Leads.csv", ["None"])

    learned = learn(
        rows, outcome="CONVERTED", signals=["Lead Source", "Industry", "Lead Status", "Lead Owner"]
    )

    assert learned.evaluation.auc.low < 0.5 < learned.evaluation.auc.high
    assert learned.verdict is Readiness.NOT_READY


def test_random_folds_flatter_where_time_has_passed(shared):
    rows, options = olist(shared)

    learned = learn(rows, signals=["origin", "landing_page_id"], **options)

    assert learned.out_of_time.auc.value < learned.evaluation.auc.value
