"""Learning on real files with known outcomes; minutes, so only where they are asked for."""

import csv
import random

import pytest
from history_of_a_company import history

from leadqual import STANDARD, learn
from leadqual.learning.cases import read_cases
from leadqual.learning.fitting import Readiness
from leadqual.learning.models import Model
from leadqual.learning.samples import read_sample

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


def bank(shared, name, without=()):
    rows = read(shared / f"data/bank-marketing/{name}", ["unknown", "-1", "999"], ["duration", *without], ";")
    for row in rows:
        row["contacted"] = "yes"
        row["responded"] = "yes" if row["poutcome"] in {"success", "failure"} else None
        row["interested_in_offer"] = "yes" if row["poutcome"] == "success" else None
        row["declined"] = "yes" if row["poutcome"] == "failure" else None
    return rows, {"outcome": "y"}


INDICATORS = ["emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed"]


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


DATA = {
    "X Education": x_education,
    "bank": lambda shared: bank(shared, "bank.csv"),
    "bank-additional": lambda shared: bank(shared, "bank-additional.csv", INDICATORS),
    "Olist": olist,
}

FACTS = (
    "contacted",
    "responded",
    "saw_business",
    "sought_you_out",
    "interested_in_offer",
    "declined",
    "opted_out",
)


def by_scikit_learn(rows, *, outcome, at=None, signals, filled):
    """Return the area over the same folds and bands, unknown neutral by the coding of the bands."""
    linear_model = pytest.importorskip("sklearn.linear_model", reason="compares with scikit-learn")
    metrics = pytest.importorskip("sklearn.metrics", reason="compares with scikit-learn")
    cases = read_cases(
        rows,
        outcome=outcome,
        at=at,
        positive=None,
        as_of=None,
        usual_days=None,
        leave_out_young=False,
        policy=STANDARD,
    )
    sample = read_sample(cases, outcome=outcome, at=at, signals=signals, filled=filled, rising=(), falling=())
    folds = [[] for _ in range(5)]
    dealt = {True: 0, False: 0}
    for row, converted in enumerate(sample.converted):
        folds[dealt[converted] % 5].append(row)
        dealt[converted] += 1
    total = weights = 0
    for test in folds:
        train = sorted(set(range(len(sample.converted))) - set(test))
        model = Model.of(sample, train)
        fitted = linear_model.LogisticRegression(C=1 / 5, max_iter=3000)
        fitted.fit(_design(model, train, train), [sample.converted[row] for row in train])
        outcomes = [sample.converted[row] for row in test]
        weight = sum(outcomes) * (len(outcomes) - sum(outcomes))
        area = metrics.roc_auc_score(outcomes, fitted.decision_function(_design(model, test, train)))
        total += weight * area
        weights += weight
    return total / weights


def _design(model, rows, train):
    features = []
    for column, banding in zip(model.columns, model.bandings, strict=True):
        codes = [banding.codes[cell] for cell in column.cells]
        counts = [sum(codes[row] == band for row in train) for band in range(banding.size)]
        if counts:
            last = counts.index(max(counts))
            features += [
                [(codes[row] == band) - (codes[row] == last) * counts[band] / counts[last] for row in rows]
                for band in range(banding.size)
                if band != last
            ]
    return list(zip(*features, strict=True))


@pytest.mark.long
@pytest.mark.parametrize("with_filled", [False, True], ids=["neutral", "filled"])
@pytest.mark.parametrize("data", DATA)
def test_whole_points_rank_as_well_as_scikit_learn_on_the_same_bands(shared, data, with_filled, capsys):
    """5-fold area within 0.005 of logistic regression on the same bands, beside rules and base rate."""
    rows, options = DATA[data](shared)
    columns = [column for column in rows[0] if column not in {*FACTS, *options.values()}]
    columns = [column for column in columns if column not in {"Prospect ID", "Lead Number", "mql_id"}]
    blank = [column for column in columns if 0 < sum(row[column] is None for row in rows) < len(rows)]
    filled = blank if with_filled else []

    learned = learn(rows, signals=columns, filled=filled, **options)
    other = by_scikit_learn(rows, signals=columns, filled=filled, **options)

    with capsys.disabled():
        print(  # noqa: T201 (the figures are what one runs it for)
            f"\n{data}{' with filled' if with_filled else ''}: learned {learned.auc}, "
            f"scikit-learn {other:.3f}, rule score {learned.rule_auc}, "
            f"base rate {float(learned.base_rate.rate):.3f}, {learned.verdict}, "
            f"later half {learned.out_of_time and learned.out_of_time.auc}"
        )
    assert learned.auc.value == pytest.approx(other, abs=0.005)
    assert learned.auc.value > learned.rule_auc.value


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
    assert learned.verdict is Readiness.USABLE

    rows, options = olist(shared, deals=True)
    filled = [column for column in rows[0] if column not in {*FACTS, *options.values(), "mql_id"}]
    filled = [column for column in filled if column not in {"landing_page_id", "origin"}]
    learned = learn(rows, filled=filled, **options)
    assert {f"{column} filled" for column in filled} <= {warning.column for warning in learned.warnings}
    assert "no figure shows whether a column was known" in learned.limits[-1]


def test_an_outcome_that_was_thrown_by_dice_is_not_ready(shared):
    """The generated leads' interval covers 0.5."""
    rows = read(shared / "data/zoho-crm-sample/Leads.csv", ["None"])

    learned = learn(
        rows, outcome="CONVERTED", signals=["Lead Source", "Industry", "Lead Status", "Lead Owner"]
    )

    assert learned.auc.low < 0.5 < learned.auc.high
    assert learned.verdict is Readiness.NOT_READY


def test_random_folds_flatter_where_time_has_passed(shared):
    rows, options = olist(shared)

    learned = learn(rows, signals=["origin", "landing_page_id"], **options)

    assert learned.out_of_time.auc.value < learned.auc.value
