"""Counts of people by stage, and their conversion rates."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from itertools import combinations
from typing import Any, Self, TypeVar, cast, final

from attrs import field, frozen
from attrs.converters import optional

from leadqual.classification.classification import Classifiable, Classification, classify
from leadqual.errors import WrongType, WrongValue, pairs_of, require, require_items
from leadqual.funnel.levels import LEVELS, Conversion, Level, Pattern, Patterns, check_order, level, precedes
from leadqual.funnel.picture import bars, svg
from leadqual.funnel.proportions import CONFIDENCE, PeopleNeeded, Proportion, RateComparison, whole
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import Evidence, Fact
from leadqual.taxonomy.stages import Stage, headline

Person = Classification | Evidence | Classifiable | Iterable[Fact]  # what `classify` takes, or its answer
Numbers = tuple[tuple[Level, int], ...]
NumbersByLevel = Mapping[Stage, int] | Mapping[Level, int] | Mapping[str, int]

KeyT = TypeVar("KeyT", bound=Hashable)


def _patterns(given: Patterns) -> Patterns:
    pairs = pairs_of("patterns", given, "a Pattern and a number")
    for pattern, _ in pairs:
        require("each of patterns", pattern, Pattern, "a Pattern", "make the funnel with Funnel.of")
    return tuple((pattern, whole("patterns", n)) for pattern, n in pairs)


def _numbers(given: Mapping[object, object] | Iterable[tuple[Level, int]]) -> Numbers:
    pairs = pairs_of("numbers", given, "a level and a number")
    return tuple((level(where), whole(str(where), n)) for where, n in pairs)


@final
@frozen
class Funnel:
    """Counts of people by stage; made with `of`, `by` or `from_counts`, added with ``+``.

    Everybody counts at every stage reached: a Rep is a Lead too. `now` counts everybody once, at the
    headline stage. In `Funnel()`, the counts are 0 and the rates None.

    Attributes:
        patterns: How many people there are of each pattern; None if only numbers are known.
        numbers: How many people came to each level, as far as known.
    """

    patterns: Patterns | None = field(default=(), converter=optional(_patterns))
    numbers: Numbers = field(default=tuple((where, 0) for where in LEVELS), converter=_numbers)

    @classmethod
    def of(
        cls, people: Iterable[Person], *, policy: Policy = STANDARD, as_of: datetime | None = None
    ) -> Self:
        """Return the funnel of *people*: anything that `classify` takes, or classifications.

        Classifications count as they are; *policy* and *as_of* are for all others, as in `classify`.

        Raises:
            WrongType: If *people* cannot be iterated over, or one of them cannot be classified.
        """
        return cls.by(people, lambda _: None, policy=policy, as_of=as_of).get(None, cls())

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
        require_items("people", people, "people", "put a single person into a list")
        if not isinstance(key, str) and not callable(key):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
            raise WrongType("key", "the name of an attribute, or a callable", type(key).__name__)
        # Equal evidence gives one shared answer, so most people are counted by identity alone.
        groups: dict[KeyT, dict[int, list[Any]]] = {}
        for person in people:
            answer = person if isinstance(person, Classification) else classify(person, policy, as_of=as_of)
            if isinstance(key, str) and not hasattr(person, key):
                expected = f"something with a {key}"
                raise WrongType("each person", expected, type(person).__name__, "give a callable")
            group: Any = getattr(person, key) if isinstance(key, str) else key(person)
            groups.setdefault(group, {}).setdefault(id(answer), [answer, 0])[1] += 1
        return {
            group: cls._from_patterns((Pattern.of(answer), n) for answer, n in alike.values())
            for group, alike in groups.items()
        }

    @classmethod
    def from_counts(cls, counts: NumbersByLevel | Iterable[Mapping[str, object]]) -> Self:
        """Return the funnel of counts: a mapping of levels, or rows.

        - A mapping of levels, or their words, to how many people *reached* each of them:
          ``{Stage.NAME: 100, Stage.LEAD: 50}`` or ``{"contacted": 90, "lead": 50}``. A Rep counts as a
          Lead too. A level left out is unknown, not 0. Such a funnel does not know what was witnessed,
          who is qualified, or at which stage people are now.
        - An iterable of rows, as `leadqual.frames.count` makes them: mappings with the bools
          ``earned_lead``, ``earned_prospect``, ``earned_customer``, ``earned_rep`` and
          ``earned_leader`` (whether a rule of that very stage holds), ``contacted`` (whether the fact
          is established) and ``qualified``, and the number of people as ``contacts``. Other columns
          are ignored; equal rows add up.

        Raises:
            WrongValue: If a number is negative or later numbers are above earlier ones.
            WrongType: If a value has another type.
            UnknownWord: If a word is not a level.
        """
        if not isinstance(counts, Mapping):
            require_items("counts", counts, "counted rows", "or a mapping of levels to numbers")
            return cls._from_patterns(map(Pattern.from_row, counts))
        given = dict(_numbers(cast("Mapping[object, object]", counts)))
        known: tuple[Level, ...] = tuple(where for where in LEVELS if where in given)
        for base, target in combinations(known, 2):
            if precedes(base, target) and given[target] > given[base]:
                more = f"{given[target]:,} at {target} are more than {given[base]:,} at {base}"
                reason = f"{more}, but everybody who came to {target} came to {base} too"
                advice = "give how many ever reached each, not how many are there now"
                raise WrongValue("counts", reason, advice)
        return cls(None, tuple((where, given[where]) for where in known)) if counts else cls()

    @classmethod
    def _from_patterns(cls, counted: Iterable[tuple[Pattern, int]]) -> Self:
        counts = Counter[Pattern]()
        for pattern, n in counted:
            counts[pattern] += n
        patterns = tuple(sorted((+counts).items(), key=lambda item: tuple(item[0].to_row(0).values())))
        return cls(patterns, tuple((where, _came_to(patterns, where)) for where in LEVELS))

    def to_counts(self) -> dict[str, int] | list[dict[str, bool | int]]:
        """Return what `from_counts` reads back: numbers by level, or counted rows."""
        if self.patterns is None:
            return {str(where): n for where, n in self.numbers}
        return [pattern.to_row(n) for pattern, n in self.patterns]

    @property
    def reached(self) -> dict[Level, int]:
        """Return how many people ever reached each level, as far as known."""
        return dict(self.numbers)

    @property
    def witnessed(self) -> dict[Level, int]:
        """Return how many people reached each level by that level's own rule."""
        patterns = self._known_patterns("what was witnessed")
        return {where: _came_to(patterns, where, witnessed=True) for where in LEVELS}

    @property
    def now(self) -> dict[Stage, int]:
        """Return how many people are at each headline stage; everybody is counted once."""
        now = dict.fromkeys(Stage, 0)
        for pattern, n in self._known_patterns("at which stage people are now"):
            now[headline(pattern.earned)] += n
        return now

    @property
    def qualified(self) -> Proportion:
        """Return how many of all people are QUALIFIED."""
        patterns = self._known_patterns("who is qualified")
        return Proportion(sum(n for pattern, n in patterns if pattern.qualified), self.count(Stage.NAME))

    def count(self, where: Level | str) -> int:
        """Return how many people ever reached a level: a stage, CONTACTED, or a word for one.

        Raises:
            WrongValue: If that number was not given.
            WrongType: If *where* is not a level.
            UnknownWord: If a word is not a level.
        """
        known, where = self.reached, level(where)
        if where not in known:
            raise WrongValue("counts", f"{where} was not given", f"known are {', '.join(map(str, known))}")
        return known[where]

    def rate(self, base: Level | str, target: Level | str, *, witnessed: bool = False) -> Conversion:
        """Return how many of the people who came to *base* also came to *target*.

        *base* is a stage or CONTACTED, which means contacted or at least a Lead. With *witnessed*,
        both count only where a rule of their own holds.

        Raises:
            WrongType: If *base* or *target* is not a level.
            UnknownWord: If a word is not a level.
            WrongValue: If *base* does not come before *target*, a number was not given, or the funnel
                was made from plain numbers and *witnessed* is asked for.
        """
        require("witnessed", witnessed, bool, "True or False")
        base, target = level(base), level(target)
        check_order(base, target)
        if not witnessed:
            return Conversion(self.count(target), self.count(base), base, target)
        patterns = self._known_patterns("what was witnessed")
        at_base = tuple(item for item in patterns if item[0].came_to(base, witnessed=True))
        both, total = _came_to(at_base, target, witnessed=True), sum(n for _, n in at_base)
        return Conversion(both, total, base, target)

    def compare(
        self,
        other: "Funnel",
        base: Level | str,
        target: Level | str,
        *,
        confidence: float = CONFIDENCE,
        witnessed: bool = False,
    ) -> RateComparison:
        """Return whether this funnel's rate from *base* to *target* is higher than *other*'s.

        The answer has both rates, their difference with its interval, a verdict, and how many more
        people at *base* each funnel needs until the verdict is decided.

        Source: article 1, “you will be able to compare your exact results to his or hers”.

        Raises:
            WrongType: If *other* is not a funnel, or as `rate`.
            WrongValue: As `rate`, or if *confidence* does not lie between 0 and 1.
        """
        require("other", other, Funnel, "a Funnel", "make one with Funnel.of or Funnel.from_counts")
        rates = [funnel.rate(base, target, witnessed=witnessed) for funnel in (self, other)]
        first, second = (Proportion(rate.count, rate.total) for rate in rates)
        return RateComparison(first, second, confidence)

    def names_needed(self, leaders: int = 1, *, confidence: float = CONFIDENCE) -> PeopleNeeded:
        """Return how many names it takes to develop this many *leaders*, at this funnel's rate.

        Raises:
            WrongValue: If *confidence* does not lie between 0 and 1.
        """
        return PeopleNeeded.at(self.rate(Stage.NAME, Stage.LEADER), leaders, confidence)

    def __add__(self, other: "Funnel") -> "Funnel":
        if not isinstance(other, Funnel):  # pyright: ignore[reportUnnecessaryIsInstance] (an operator meets anything)
            return NotImplemented
        if self.patterns is not None and other.patterns is not None:
            return Funnel._from_patterns((*self.patterns, *other.patterns))
        known = other.reached
        return Funnel(None, tuple((where, n + known[where]) for where, n in self.numbers if where in known))

    def __str__(self) -> str:
        return bars({"": self.reached})

    def _repr_html_(self) -> str:
        return svg({"Funnel": self.reached})

    def _known_patterns(self, purpose: str) -> Patterns:
        if self.patterns is None:
            reason = f"this funnel was made from plain numbers, which do not tell {purpose}"
            raise WrongValue("funnel", reason, "make it with Funnel.of, or from counted rows")
        return self.patterns


def _came_to(patterns: Patterns, where: Level, *, witnessed: bool = False) -> int:
    return sum(n for pattern, n in patterns if pattern.came_to(where, witnessed=witnessed))
