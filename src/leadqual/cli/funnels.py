"""The command that counts a funnel for each campaign."""

from collections.abc import Collection, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Final, Literal

from leadqual import Contact, Fact, Funnel, Stage
from leadqual.cli import DONE, FOUND
from leadqual.cli.application import INTERVALS, READING, ReadingOptions, command
from leadqual.cli.files import naming, writing
from leadqual.cli.terminal import print_json, say, show, table
from leadqual.errors import WrongValue
from leadqual.funnel.levels import Level, base_of
from leadqual.funnel.picture import bars
from leadqual.funnel.picture import svg as draw
from leadqual.funnel.proportions import Proportion, RateComparison
from leadqual.intake import Accepted, iter_check

_STEPS: Final[tuple[tuple[Level, Stage], ...]] = (
    *((base_of(stage), stage) for stage in Stage if stage.below),
    (Fact.CONTACTED, Stage.LEAD),
    (Stage.NAME, Stage.LEADER),
)


@command("funnel")
def funnel(
    *files: Path,
    by: Literal["campaign", "source"] = "campaign",
    svg: Path | None = None,
    reading: ReadingOptions = READING,
    json: bool = False,
) -> int:
    if not files:
        raise WrongValue("FILES", "none is named", "name one, such as: leadqual funnel leads.csv")
    with writing({"--svg": svg}, *files, reading.policy, reading.layout) as where:
        arguments, rejected = reading.arguments(), 0

        def contacts() -> Iterator[Contact]:
            nonlocal rejected
            for file in files:
                with naming(file), iter_check(file, **arguments) as run:
                    yield from (row.contact for row in run if isinstance(row, Accepted))
                    rejected += run.counts.rejected

        groups: dict[object, Funnel] = Funnel.by(contacts(), attrgetter(by), policy=arguments["policy"])
        drawn: dict[str, Funnel] = {}
        for group, counted in groups.items():
            title = f"(no {by})" if group is None else str(group)
            drawn[title] = drawn.get(title, Funnel()) + counted
        if svg is not None:
            picture = draw({title: counted.reached for title, counted in drawn.items()})
            where["--svg"].write_text(picture, "utf-8")
    if json:
        comparison = [
            {"base": base, "target": target, "verdict": each.verdict, "still_needed": each.still_needed}
            for base, target, each in _comparisons(groups.values())
        ]
        funnels = [_data(group, counted) for group, counted in groups.items()]
        data = {"by": by, "rejected": rejected, "funnels": funnels}
        print_json(data | ({"comparison": comparison} if comparison else {}))
    else:
        _print(drawn, rejected)
    return FOUND if rejected else DONE


def _data(group: object, counted: Funnel) -> dict[str, object]:
    rates = [{"base": base, "target": end, **_share(counted.rate(base, end))} for base, end in _STEPS]
    counts = {name: getattr(counted, name) for name in ("reached", "witnessed", "now")}
    return {"group": group, **counts, "qualified": _share(counted.qualified), "rates": rates}


def _share(share: Proportion) -> dict[str, object]:
    return {"count": share.count, "total": share.total, "rate": share.rate, "interval": share.interval()}


def _print(drawn: dict[str, Funnel], rejected: int) -> None:
    for title, counted in drawn.items():
        say(bars({show(title): counted.reached}))
        say(f"name to leader: {counted.rate(Stage.NAME, Stage.LEADER)}\nqualified: {counted.qualified}\n")
    say(INTERVALS if drawn else "There are no contacts to count.")
    rows: list[tuple[str, str, str]] = []
    for base, target, compared in _comparisons(drawn.values()):
        one, other = compared.still_needed or (0, 0)
        people = base if base is Fact.CONTACTED else f"{base}s"
        needed = f"{one:,} and {other:,} {people} more" if one or other else ""
        rows.append((f"{base} to {target}", str(compared.verdict).replace("_", " "), needed))
    if rows:
        say(table(" against ".join(drawn), ("rate", "verdict", "still needed"), rows))
    if rejected:
        say(f"rejected rows are not counted: {rejected:,}; `leadqual check` says why.")


def _comparisons(funnels: Collection[Funnel]) -> list[tuple[Level, Stage, RateComparison]]:
    """Return the comparisons of two funnels, step by step; none unless there are two."""
    if len(funnels) != 2:  # noqa: PLR2004 (a pair)
        return []
    one, other = funnels
    return [(base, target, one.compare(other, base, target)) for base, target in _STEPS]
