"""Which moves of a CRM's stage log a person can make, and what would be right instead of the others."""

from datetime import UTC, datetime
from itertools import product

import pytest

from leadqual.errors import WrongType, WrongValue
from leadqual.history.journeys import LoggedMove, check_stage_log
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.transitions import TRANSITIONS, Move
from leadqual.taxonomy.vocabulary import UnknownWord

DAYS = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 6)]


def moves(*labels):
    return [entry.transition for entry in check_stage_log(zip(labels, DAYS, strict=False))]


@pytest.mark.parametrize(("before", "after"), list(product(Stage, repeat=2)))
def test_every_move_is_a_row_of_the_table_of_transitions(before, after):
    """One table in one place; the check, the docs' diagram and the messages read it."""
    assert moves(before, after) == [TRANSITIONS[Stage.NAME, before], TRANSITIONS[before, after]]


def test_a_skip_says_which_stages_it_implies():
    (move,) = moves("customer")
    assert move.move is Move.SKIP
    assert move.implied == (Stage.LEAD, Stage.PROSPECT)


def test_a_refused_move_says_why_and_what_instead_and_is_told_once():
    lead, customer, back, again = moves("lead", "customer", "lead", "customer")
    assert (lead.legal, customer.legal, back.legal) == (True, True, False)
    assert "customer was reached" in back.reason
    assert "declined, lapsed or opted out" in back.instead
    assert again.move is Move.STAY


def test_the_other_system_s_own_words_are_read_as_the_caller_says():
    log = check_stage_log(
        [("Closed Won", DAYS[1]), ("Prospect", DAYS[0])], labels={"Closed Won": Stage.CUSTOMER}
    )
    assert [entry.transition.after for entry in log] == [Stage.PROSPECT, Stage.CUSTOMER]


def test_a_label_that_means_no_stage_is_refused_with_the_nearest():
    with pytest.raises(UnknownWord, match="did you mean 'customer'"):
        check_stage_log([("custommer", DAYS[0])])


def test_the_log_is_read_in_the_order_of_time_and_as_given_within_one_instant():
    newest_first = check_stage_log([("rep", DAYS[2]), ("lead", DAYS[1]), ("prospect", DAYS[1])])
    assert [entry.transition.after for entry in newest_first] == [Stage.LEAD, Stage.PROSPECT, Stage.REP]


def test_an_entry_is_told_in_one_line():
    assert str(check_stage_log([(Stage.PROSPECT, DAYS[0])])[0]) == (
        "2026-01-01: name → prospect: skip, implying lead"
    )


def test_an_entry_without_a_time_zone_is_refused():
    with pytest.raises(WrongValue, match="entries: has no time zone"):
        check_stage_log([("lead", datetime(2026, 1, 1))])  # noqa: DTZ001 (the point of the test)


def test_an_empty_log_holds_no_moves():
    assert check_stage_log([]) == ()


def test_moves_are_values():
    assert moves("lead") == moves(Stage.LEAD)
    assert check_stage_log([("lead", DAYS[0])]) == (LoggedMove(DAYS[0], TRANSITIONS[Stage.NAME, Stage.LEAD]),)


def test_labels_are_compared_as_words_are_in_any_case():
    (entry,) = check_stage_log([(" WON deal", DAYS[0])], {"won-Deal": Stage.CUSTOMER})
    assert entry.transition.after is Stage.CUSTOMER


@pytest.mark.parametrize(
    ("entries", "labels", "message"),
    [
        (
            [("won", DAYS[0])],
            {"won": "customer"},
            r"labels\['won'\] must be a Stage, not str; use Stage.parse",
        ),
        ([("won", DAYS[0])], {7: Stage.LEAD}, "each label must be a text, not int"),
        (
            [("won", DAYS[0])],
            None,
            "labels must be an iterable of pairs of a label and a stage, not NoneType",
        ),
        ([7], {}, "each of entries must be a pair of a stage and an instant, not int"),
        ([(7, DAYS[0])], {}, "entries must be a Stage or its label, not int"),
        (("won", DAYS[0]), {}, "each of entries must be a pair of a stage and an instant, not str"),
    ],
)
def test_what_is_no_log_is_told(entries, labels, message):
    with pytest.raises(WrongType, match=message):
        check_stage_log(entries, labels)
