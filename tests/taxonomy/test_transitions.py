"""The moves between stages."""

import pickle
from collections import Counter
from itertools import product

import pytest

from leadqual import TRANSITIONS, Stage, TransitionNotAllowed, transition
from leadqual.errors import WrongType, WrongValue
from leadqual.taxonomy.stages import POSITIONS, down_set
from leadqual.taxonomy.transitions import Move

N, L, P, C, R, LR = Stage
STEPS = {(N, L), (L, P), (P, C), (P, R), (C, R), (R, LR)}
SKIPS = {
    (N, P): (L,),
    (N, C): (L, P),
    (N, R): (L, P),
    (N, LR): (L, P, R),
    (L, C): (P,),
    (L, R): (P,),
    (L, LR): (P, R),
    (P, LR): (R,),
    (C, LR): (R,),
}


class TestHeadlines:
    """A row for each of the 36 pairs: 6 stays, 6 steps, 9 skips, 15 refused."""

    @pytest.mark.parametrize(("before", "after"), list(product(Stage, repeat=2)), ids=str)
    def test_every_row(self, before, after):
        row = TRANSITIONS[before, after]

        if before is after:
            assert row.move is Move.STAY
            assert row.gained == ()
        elif (before, after) in STEPS:
            assert row.move is Move.STEP
            assert (row.gained, row.implied) == ((after,), ())
        elif (before, after) in SKIPS:
            assert row.move is Move.SKIP
            assert row.implied == SKIPS[before, after]
            assert row.gained == (*row.implied, after)
        else:
            assert row.move is Move.REFUSED
            assert row.reason
            assert row.instead
        assert row.legal is (row.move is not Move.REFUSED)
        assert (row.before, row.after) == (before, after)

    def test_the_counts(self):
        counts = Counter(row.move for row in TRANSITIONS.values())

        assert counts == {Move.STAY: 6, Move.STEP: 6, Move.SKIP: 9, Move.REFUSED: 15}

    def test_the_example_of_a_skip(self):
        assert transition(Stage.NAME, Stage.CUSTOMER).implied == (Stage.LEAD, Stage.PROSPECT)

    def test_to_stay_does_not_raise(self):
        assert transition(Stage.REP, Stage.REP).move is Move.STAY

    def test_going_back_is_refused_with_what_would_be_right(self):
        with pytest.raises(TransitionNotAllowed) as caught:
            transition(Stage.REP, Stage.LEAD)

        message = str(caught.value)
        assert message.startswith("a rep does not become a lead: what a person has done stays done")
        assert "a standing" in message
        assert "correct the record" in message
        assert caught.value.transition == TRANSITIONS[Stage.REP, Stage.LEAD]

    def test_a_rep_who_buys_stays_a_rep_and_has_reached_customer_too(self):
        with pytest.raises(TransitionNotAllowed, match="stays a rep; customer is reached too"):
            transition(Stage.REP, Stage.CUSTOMER)

    def test_the_refusal_is_a_value(self):
        error = TransitionNotAllowed(TRANSITIONS[Stage.REP, Stage.LEAD])

        assert pickle.loads(pickle.dumps(error)) == error

    def test_rows_say_what_they_are(self):
        assert str(TRANSITIONS[N, L]) == "name → lead: step"
        assert str(TRANSITIONS[N, P]) == "name → prospect: skip, implying lead"
        assert str(TRANSITIONS[L, N]).startswith("lead → name: refused; what a person has done")


class TestPositions:
    """A move between positions is legal exactly when the earlier is contained in the later."""

    @pytest.mark.parametrize(("before", "after"), list(product(POSITIONS, repeat=2)))
    def test_legal_exactly_when_contained(self, before, after):
        if before <= after:
            row = transition(before, after)
            assert set(row.gained) == after - before
            assert set(row.implied) <= set(row.gained)
        else:
            with pytest.raises(TransitionNotAllowed):
                transition(before, after)

    def test_25_moves_exist_18_by_one_event_and_7_by_two(self):
        moves = [transition(a, b) for a, b in product(POSITIONS, repeat=2) if a < b]
        arrived = Counter(len(row.gained) - len(row.implied) for row in moves)

        assert arrived == {1: 18, 2: 7}

    def test_a_rep_who_buys_makes_a_step_that_the_headline_does_not_show(self):
        row = transition(down_set([R]), down_set([R, C]))

        assert (row.before, row.after, row.move, row.gained) == (R, R, Move.STEP, (C,))

    @pytest.mark.parametrize(
        ("before", "after", "message"),
        [
            (
                [R, C],
                [R],
                (
                    "the position customer+rep does not become the position rep: what a person has done stays "
                    "done, and customer was reached; the person stays a customer and a rep; record that they "
                    "declined, lapsed or opted out (a standing), or correct the record if customer was wrong"
                ),
            ),
            (
                [C],
                [R],
                (
                    "the position customer does not become the position rep: what a person has done stays done, "
                    "and customer was reached; the person stays a customer; rep is reached too, so record the "
                    "position customer+rep"
                ),
            ),
            (
                [C, LR],
                [P],
                (
                    "the position customer+leader does not become the position prospect: what a person has done "
                    "stays done, and customer and leader were reached; the person stays a customer and a leader; "
                    "record that they declined, lapsed or opted out (a standing), or correct the record if "
                    "customer and leader were wrong"
                ),
            ),
        ],
    )
    def test_a_refused_move_names_the_positions(self, before, after, message):
        with pytest.raises(TransitionNotAllowed) as caught:
            transition(down_set(before), down_set(after))

        assert str(caught.value) == message

    def test_a_legal_move_names_the_positions(self):
        assert str(transition(down_set([R]), down_set([R, C]))) == "rep → customer+rep: step"


class TestBadInput:
    """A wrong type says what was expected."""

    def test_a_word_is_no_stage(self):
        with pytest.raises(
            WrongType, match=r"before must be a Stage or a set of stages, not str; use Stage.parse\('name'\)"
        ):
            transition("name", {Stage.NAME})

    def test_a_number_is_no_position(self):
        with pytest.raises(WrongType, match="after must be a Stage or a set of stages, not int"):
            transition({Stage.NAME}, 3)

    def test_words_are_no_position(self):
        with pytest.raises(
            WrongType, match="each stage of before must be a Stage, not str; did you mean Stage.NAME"
        ):
            transition(["name"], {Stage.NAME})

    @pytest.mark.parametrize("pair", [(N, POSITIONS[1]), (POSITIONS[1], N)])
    def test_a_stage_and_a_position_cannot_be_compared(self, pair):
        with pytest.raises(WrongType, match="give two headline stages or two positions"):
            transition(*pair)

    @pytest.mark.parametrize("value", ["lead", None, 3, b"", {"name": 1}])
    def test_what_is_neither_is_told_so_beside_a_stage(self, value):
        with pytest.raises(WrongType, match="after must be a Stage or a set|each stage of after must be"):
            transition(N, value)

    def test_a_generator_of_stages_is_a_set_of_them(self):
        assert transition((stage for stage in [N]), (stage for stage in [N, L])).gained == (L,)

    def test_a_set_with_a_gap_is_no_position(self):
        with pytest.raises(WrongValue, match="before: is not a position: it lacks name, prospect"):
            transition({Stage.LEAD, Stage.CUSTOMER}, POSITIONS[-1])
