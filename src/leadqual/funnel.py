"""How many people stand where, and how many came how far."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Self, TypeVar, cast, final

from attrs import field, frozen

from leadqual.classification import Classifiable, Classification, classify
from leadqual.conversions import LEVELS, Conversion, Level, level, precedes, refuse_unordered
from leadqual.errors import WrongType, WrongValue
from leadqual.facts import Evidence, Fact
from leadqual.picture import bars, svg
from leadqual.policy import Policy
from leadqual.proportions import CONFIDENCE, PeopleNeeded, Proportion, RateComparison, whole
from leadqual.stages import Qualification, Stage, down_set, headline
from leadqual.standard import STANDARD

Person = Classification | Evidence | Classifiable | Iterable[Fact]
"""Whoever can be counted: anything that `classify` takes, or its answer."""

KeyT = TypeVar("KeyT", bound=Hashable)

EARNED: Final[Mapping[Stage, str]] = {stage: f"earned_{stage}" for stage in Stage if stage.below}
"""The column of a counted row that says whether a stage's own rule holds."""

CONTACTED: Final = str(Fact.CONTACTED)
"""The column of a counted row that says whether the people were contacted."""

QUALIFIED: Final = str(Qualification.QUALIFIED)
"""The column of a counted row that says whether the people are qualified."""

CONTACTS: Final = "contacts"
"""The column of a counted row that says how many people it stands for."""

_PLAIN: Final = "this funnel was made from plain numbers, which do not tell"


@final
@frozen
class Pattern:
    """Describe people who count alike.

    Attributes:
        earned: The stages whose own rule holds: the witnessed ones, without NAME.
        contacted: Whether CONTACTED is established.
        qualified: Whether the people are QUALIFIED.
    """

    earned: frozenset[Stage]
    contacted: bool
    qualified: bool

    def came_to(self, where: Level, *, witnessed: bool = False) -> bool:
        """Return whether these people count at a level; everybody is witnessed to be a name."""
        if isinstance(where, Stage):
            return where in (self.earned | {Stage.NAME} if witnessed else down_set(self.earned))
        return self.contacted or (not witnessed and bool(self.earned))

    @classmethod
    def of(cls, verdict: Classification) -> Self:
        """Return how the person of *verdict* counts."""
        earned = verdict.reached.difference(verdict.implied, {Stage.NAME})
        qualified = verdict.qualification is Qualification.QUALIFIED
        return cls(earned, Fact.CONTACTED in verdict.evidence, qualified)

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Self:
        """Return how the people of a counted row count."""
        earned = frozenset(stage for stage, column in EARNED.items() if _flag(row, column))
        return cls(earned, _flag(row, CONTACTED), _flag(row, QUALIFIED))

    def to_row(self, contacts: int) -> dict[str, bool | int]:
        """Return the counted row of so many people."""
        row: dict[str, bool | int] = {column: stage in self.earned for stage, column in EARNED.items()}
        return row | {CONTACTED: self.contacted, QUALIFIED: self.qualified, CONTACTS: contacts}


def _cell(row: Mapping[str, object], column: str) -> object:
    if not isinstance(row, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        advice = "turn a frame into rows first, as with frame.rows(named=True)"
        raise WrongType("each row", "a mapping of columns", type(row).__name__, advice)
    if column not in row:
        raise WrongValue(f"column {column}", "is missing", f"a row has {', '.join(COLUMNS)}")
    return row[column]


def _flag(row: Mapping[str, object], column: str) -> bool:
    value = _cell(row, column)
    if not isinstance(value, bool):
        raise WrongType(f"column {column}", "True or False", type(value).__name__)
    return value


COLUMNS: Final = (*EARNED.values(), CONTACTED, QUALIFIED, CONTACTS)
"""The columns of a counted row."""

_Patterns = tuple[tuple[Pattern, int], ...]
_Numbers = tuple[tuple[Level, int], ...]


def _sorted(counts: Mapping[Pattern, int]) -> _Patterns:
    counted = ((pattern, n) for pattern, n in counts.items() if n)
    return tuple(sorted(counted, key=lambda item: tuple(item[0].to_row(0).values())))


@final
@frozen
class Funnel:
    """Count people by how far they came; make it with `of`, `by` or `from_counts`, join it with ``+``.

    Everybody counts at every stage reached: a Rep is a Lead too. `now` counts everybody once, at the
    headline stage. `Funnel()` is the empty funnel: its counts are 0 and its rates None.

    Attributes:
        patterns: How many people there are of each pattern; None if only numbers are known.
        numbers: How many people came to each level, as far as known.
    """

    patterns: _Patterns | None = ()
    numbers: _Numbers = field(default=tuple((where, 0) for where in LEVELS))

    @classmethod
    def of(
        cls, people: Iterable[Person], *, policy: Policy = STANDARD, as_of: datetime | None = None
    ) -> Self:
        """Return the funnel of *people*: anything that `classify` takes, or classifications.

        Classifications count as they are; *policy* and *as_of* are for all others, as in `classify`.

        Raises:
            WrongType: If *people* cannot be iterated over, or one of them cannot be classified.
        """
        if isinstance(people, Mapping | str) or not isinstance(people, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            advice = "put a single person into a list"
            raise WrongType("people", "an iterable of people", type(people).__name__, advice)
        # Equal evidence gives one shared answer, so most people are counted by identity alone.
        alike: dict[int, list[Any]] = {}
        for person in people:
            verdict = person if isinstance(person, Classification) else classify(person, policy, as_of=as_of)
            alike.setdefault(id(verdict), [verdict, 0])[1] += 1
        counts: Counter[Pattern] = Counter()
        for verdict, n in alike.values():
            counts[Pattern.of(verdict)] += n
        return cls._from_patterns(counts)

    @classmethod
    def by(
        cls,
        people: Iterable[Person],
        key: str | Callable[[Any], KeyT],
        *,
        policy: Policy = STANDARD,
        as_of: datetime | None = None,
    ) -> dict[KeyT, Self]:
        """Return a funnel for each group of *people*, in the order in which the groups appear.

        *key* is the name of an attribute, such as ``"campaign"`` or ``"source"``, or a callable that
        takes a person and returns the group.

        Raises:
            WrongType: If a person has no such attribute, or cannot be classified.
        """
        groups: defaultdict[KeyT, list[Person]] = defaultdict(list)
        for person in people:
            groups[_attribute(person, key) if isinstance(key, str) else key(person)].append(person)
        return {group: cls.of(members, policy=policy, as_of=as_of) for group, members in groups.items()}

    @classmethod
    def from_counts(
        cls, counts: Mapping[Level, int] | Mapping[str, int] | Iterable[Mapping[str, object]]
    ) -> Self:
        """Return the funnel of numbers that somebody counted already.

        Two shapes are read:

        - A mapping of levels, or their words, to how many people *reached* each of them:
          ``{Stage.NAME: 100, Stage.LEAD: 50}`` or ``{"contacted": 90, "lead": 50}``. Whoever is a Rep
          counts as a Lead too. A level left out is unknown, not 0. Such a funnel cannot tell what was
          witnessed, who is qualified, or where people stand now.
        - An iterable of mappings, one for each pattern of people, as `leadqual.frames.count` makes
          them. Each has the columns of `COLUMNS`: a bool ``earned_lead``, ``earned_prospect``,
          ``earned_customer``, ``earned_rep``, ``earned_leader`` that is True where a rule of that very
          stage holds (stages that are only implied are False); the bools ``contacted`` (the fact is
          established) and ``qualified``; and ``contacts``, the number of people as a whole number.
          Other columns are left alone; rows of one pattern add up.

        Raises:
            WrongValue: If a number is negative or later numbers are above earlier ones.
            WrongType: If a value has another type.
            UnknownWord: If a word names no level.
        """
        if not isinstance(counts, Mapping):
            patterns: Counter[Pattern] = Counter()
            for row in counts:
                patterns[Pattern.from_row(row)] += whole(f"column {CONTACTS}", _cell(row, CONTACTS))
            return cls._from_patterns(patterns)
        given = {level(key): whole(str(key), n) for key, n in counts.items()}
        for base, target in ((a, b) for a in given for b in given if precedes(a, b)):
            if given[target] > given[base]:
                raise WrongValue(
                    "counts",
                    f"{given[target]:,} at {target} are more than {given[base]:,} at {base}, but whoever "
                    f"came to {target} came to {base} too",
                    "give how many ever reached each, not how many stand there now",
                )
        return (
            cls(None, tuple((where, given[where]) for where in LEVELS if where in given)) if given else cls()
        )

    @classmethod
    def _from_patterns(cls, counts: Mapping[Pattern, int]) -> Self:
        patterns = _sorted(counts)
        return cls(patterns, tuple((where, _sum(patterns, where)) for where in LEVELS))

    def to_counts(self) -> dict[str, int] | list[dict[str, bool | int]]:
        """Return what `from_counts` makes this funnel from: plain numbers, or rows of patterns."""
        if self.patterns is None:
            return {str(where): n for where, n in self.numbers}
        return [pattern.to_row(n) for pattern, n in self.patterns]

    @property
    def reached(self) -> dict[Level, int]:
        """Return how many people ever came to each level, CONTACTED among them, as far as known."""
        return dict(self.numbers)

    @property
    def witnessed(self) -> dict[Level, int]:
        """Return how many people were seen to come to each level by that level's own rule."""
        patterns = self._patterns("what was witnessed")
        return {where: _sum(patterns, where, witnessed=True) for where in LEVELS}

    @property
    def now(self) -> dict[Stage, int]:
        """Return how many people stand at each headline stage; everybody is counted once."""
        now = dict.fromkeys(Stage, 0)
        for pattern, n in self._patterns("where people stand now"):
            now[headline(pattern.earned)] += n
        return now

    @property
    def qualified(self) -> Proportion:
        """Return how many of all people are QUALIFIED."""
        patterns = self._patterns("who is qualified")
        return Proportion(sum(n for pattern, n in patterns if pattern.qualified), self.count(Stage.NAME))

    def count(self, where: Level) -> int:
        """Return how many people ever came to a level: a stage, or CONTACTED.

        Raises:
            WrongValue: If that number was not given.
        """
        known = self.reached
        if level(where) not in known:
            raise WrongValue("counts", f"{where} was not given", f"known are {', '.join(map(str, known))}")
        return known[where]

    def rate(self, base: Level, target: Level, *, witnessed: bool = False) -> Conversion:
        """Return how many of those who came to *base* came to *target* too.

        *base* is a stage or CONTACTED, which means contacted or at least a Lead. With *witnessed*,
        both count only where a rule of their own holds.

        Raises:
            WrongValue: If *base* does not come before *target*, if a number was not given, or if plain
                numbers do not tell what was witnessed.
        """
        refuse_unordered(level(base), level(target))
        if not witnessed:
            return Conversion(self.count(target), self.count(base), base, target)
        patterns = self._patterns("what was witnessed")
        both = tuple(item for item in patterns if item[0].came_to(target, witnessed=True))
        total = _sum(patterns, base, witnessed=True)
        return Conversion(_sum(both, base, witnessed=True), total, base, target)

    def compare(
        self,
        other: "Funnel",
        base: Level,
        target: Level,
        *,
        confidence: float = CONFIDENCE,
        witnessed: bool = False,
    ) -> RateComparison:
        """Return whether this funnel's rate from *base* to *target* is higher than *other*'s.

        The answer has both rates, their difference with its interval, a verdict, and how many more
        people at *base* each funnel needs until the verdict is decided.

        Source: article 1, “you will be able to compare your exact results to his or hers”.

        Raises:
            WrongValue: As `rate`, or if *confidence* does not lie between 0 and 1.
        """
        first = self.rate(base, target, witnessed=witnessed)
        return RateComparison(first, other.rate(base, target, witnessed=witnessed), confidence)

    def names_needed(self, leaders: int = 1, *, confidence: float = CONFIDENCE) -> PeopleNeeded:
        """Return how many names it takes for so many *leaders*, at this funnel's rate.

        Raises:
            WrongValue: If *confidence* does not lie between 0 and 1.
        """
        return PeopleNeeded.at(self.rate(Stage.NAME, Stage.LEADER), leaders, confidence)

    def __add__(self, other: "Funnel") -> "Funnel":
        """Return the funnel of the people of both; of plain numbers, what both know."""
        if not isinstance(other, Funnel):  # pyright: ignore[reportUnnecessaryIsInstance] (an operator meets anything)
            return NotImplemented
        if self.patterns is not None and other.patterns is not None:
            return Funnel._from_patterns(Counter(dict(self.patterns)) + Counter(dict(other.patterns)))
        known = other.reached
        return Funnel(None, tuple((where, n + known[where]) for where, n in self.numbers if where in known))

    def __str__(self) -> str:
        """Draw the funnel with bars of text."""
        return bars({"": self.reached})

    def _repr_html_(self) -> str:
        """Draw the funnel in a notebook."""
        return svg({"Funnel": self.reached})

    def _patterns(self, purpose: str) -> _Patterns:
        if self.patterns is None:
            raise WrongValue("funnel", f"{_PLAIN} {purpose}", "make it with Funnel.of, or from counted rows")
        return self.patterns


def _sum(patterns: _Patterns, where: Level, *, witnessed: bool = False) -> int:
    return sum(n for pattern, n in patterns if pattern.came_to(where, witnessed=witnessed))


def _attribute(person: object, key: str) -> Any:  # noqa: ANN401 (whatever the attribute holds)
    if not hasattr(person, key):
        raise WrongType("each person", f"something with a {key}", type(person).__name__, "give a callable")
    return cast("Any", getattr(person, key))
