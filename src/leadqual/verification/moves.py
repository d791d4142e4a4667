"""The laws over moves between positions, for every situation that a history reaches."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import product

from leadqual.classification.classification import Classification
from leadqual.policy.rules import EVENT_KINDS, MATRIX, MatrixCell
from leadqual.taxonomy.stages import POSITIONS, Qualification, Stage, Standing, position_name
from leadqual.taxonomy.transitions import TRANSITIONS
from leadqual.verification.proof import Occurrence
from leadqual.verification.study import Case, Failure, Study, consistent_sets, law, order_key

Position = frozenset[Stage]
_QUESTIONS = {Stage: "reached", Qualification: "qualification", Standing: "standing"}
_Step = tuple[int, int, Classification, Classification]


def _number_of_steps() -> int:
    return len(consistent_sets()) * len(EVENT_KINDS)


def _steps(study: Study) -> Iterator[_Step]:
    """Yield an event in each situation that the stages tell apart, with the answers before and after it."""
    for state, following in study.graph(study.stage_facts).items():
        for number, next_state in enumerate(following):
            yield state, number, study.answer(state), study.answer(next_state)


def _moves(study: Study) -> Iterator[_Step]:
    return (step for step in _steps(study) if step[2].reached != step[3].reached)


def _named(*positions: Position) -> str:
    return " → ".join(map(position_name, positions))


def _case(study: Study, state: int, number: int) -> tuple[Case, Case]:
    after = study.answer(study.step(state, number) & study.stage_facts)
    return study.case(state), Case(state, str(after), (number,))


@law(lambda: len(POSITIONS) ** 2 + len(POSITIONS) ** 3 + len(Stage) ** 3)
def skips_closed(study: Study) -> Iterator[Failure | None]:
    """A move is legal exactly when nothing is lost; so two legal moves after one another make a legal one."""
    legal = {pair: study.legal(*pair) for pair in product(POSITIONS, repeat=2)}
    for (before, after), move in legal.items():
        gained = None if move is None else frozenset(move.gained)
        wanted = after - before if before <= after else None
        yield None if gained == wanted else Failure(f"the move {_named(before, after)} is judged wrongly")
        for last in POSITIONS:
            broken = move and legal[after, last] and not legal[before, last]
            yield Failure(f"{_named(before, after, last)} is legal only in two moves") if broken else None
    for first, second, third in product(Stage, repeat=3):
        two = TRANSITIONS[first, second].legal and TRANSITIONS[second, third].legal
        broken = two and not TRANSITIONS[first, third].legal
        yield Failure(f"{first} → {second} → {third} is legal only in two moves") if broken else None


@law(_number_of_steps, follows=("total", "stage_kept", "milestones"))
def no_regress(study: Study) -> Iterator[Failure | None]:
    """No event loses a stage: reached(s) ⊆ reached(s after e), in every situation."""
    for state, number, before, after in _steps(study):
        kept = before.reached <= after.reached
        yield None if kept else Failure(f"{EVENT_KINDS[number]} loses a stage", _case(study, state, number))


@law(_number_of_steps, follows=("total", "no_regress", "skips_closed"))
def undeclared_move(study: Study) -> Iterator[Failure | None]:
    """Every move that an event makes is legal, and so are its headlines."""
    for state, number, before, after in _moves(study):
        positions = before.reached, after.reached
        legal = study.legal(*positions) is not None and TRANSITIONS[before.stage, after.stage].legal
        message = f"{EVENT_KINDS[number]} makes the refused move {_named(*positions)}"
        yield None if legal else Failure(message, _case(study, state, number))


@law(lambda: len(POSITIONS) ** 2, follows=("total", "no_regress", "skips_closed"))
def untaken_move(study: Study) -> Iterator[Failure | None]:
    """Between positions that occur, every legal move is made by some history."""
    graph = study.graph(study.stage_facts)
    taken: dict[Position, set[Position]] = {study.answer(state).reached: set() for state in graph}
    for position in taken:
        frontier = [state for state in graph if study.answer(state).reached == position]
        seen = set(frontier)
        while frontier:
            new = set(graph[frontier.pop()]) - seen
            frontier += new
            seen |= new
        taken[position] = {study.answer(state).reached for state in seen}
    for before, after in product(taken, repeat=2):
        holds = before == after or study.legal(before, after) is None or after in taken[before]
        message = f"no history leads from {position_name(before)} to {position_name(after)}"
        yield None if holds else Failure(message)


@law(_number_of_steps, follows=("total", "no_regress", "undeclared_move"))
def well_founded(study: Study) -> Iterator[Failure | None]:
    """Moves never run in a circle."""
    sorter: TopologicalSorter[Position] = TopologicalSorter()
    for _, _, before, after in _moves(study):
        sorter.add(after.reached, before.reached)
        yield None
    try:
        sorter.prepare()
    except CycleError as error:
        circle: list[Position] = error.args[1]
        yield Failure(f"a circle: {_named(*circle)}")


def _occurring(study: Study) -> dict[MatrixCell, Case]:
    people: dict[MatrixCell, Case] = {}
    for state in sorted(study.graph(study.stage_facts | study.route_facts), key=order_key):
        cell = MatrixCell(study.answer(state).reached, study.answer(state).qualification)
        people.setdefault(cell, Case(state, str(cell)))
    return people


def matrix(study: Study) -> tuple[Occurrence, ...]:
    people = _occurring(study)
    return tuple(Occurrence(cell, study.witness(people[cell]) if cell in people else None) for cell in MATRIX)


@law(lambda: len(MATRIX), follows=("total", "qualification_sign"))
def cells(study: Study) -> Iterator[Failure | None]:
    """The cells that cannot occur are exactly those that the policy declares impossible."""
    people = _occurring(study)
    for cell in MATRIX:
        if (cell in people) is not (cell in study.policy.expects.impossible):
            yield None
        elif cell in people:
            yield Failure(f"{cell} occurs", (people[cell],), "expects.impossible")
        else:
            yield Failure(f"no history reaches {cell}", rule="expects.impossible")


@law(_number_of_steps, follows=("total", "qualification_sign", "no_regress"))
def dead_end(study: Study) -> Iterator[Failure | None]:
    """From every situation, every goal of the policy can still be reached (AG EF goal)."""
    for goal in study.policy.expects.reachable:
        graph = study.graph(study.read_by[_QUESTIONS[type(goal)]])
        good = {state for state in graph if study.concludes(state, goal)}
        while more := {state for state in graph.keys() - good if not good.isdisjoint(graph[state])}:
            good |= more
        for state in graph:
            message, rule = f"{goal} can no longer be reached", "expects.reachable"
            yield None if state in good else study.failure(message, state, rule=rule)
