"""The command that counts a funnel for each campaign."""

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

from leadqual import Contact, Fact, Funnel, Stage
from leadqual.cli import DONE, FOUND
from leadqual.cli.application import INTERVALS, READING, ReadingOptions, command
from leadqual.cli.files import naming, writing
from leadqual.cli.terminal import print_json, say, show, table
from leadqual.errors import WrongValue
from leadqual.funnel.picture import bars
from leadqual.funnel.picture import svg as draw
from leadqual.funnel.steps import comparisons, comparisons_as_data, funnel_as_data
from leadqual.intake import Accepted, iter_check


@command
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
            where["--svg"].write_text(draw({title: each.reached for title, each in drawn.items()}), "utf-8")
    if json:
        funnels = [funnel_as_data(group, counted) for group, counted in groups.items()]
        told: dict[str, Any] = {"by": by, "rejected": rejected, "funnels": funnels}
        print_json(told | comparisons_as_data(groups.values()))
    else:
        _print(drawn, rejected)
    return FOUND if rejected else DONE


def _print(drawn: dict[str, Funnel], rejected: int) -> None:
    for title, counted in drawn.items():
        say(bars({show(title): counted.reached}))
        say(f"name to leader: {counted.rate(Stage.NAME, Stage.LEADER)}\nqualified: {counted.qualified}\n")
    say(INTERVALS if drawn else "There are no contacts to count.")
    rows = list[tuple[str, str, str]]()
    for base, target, compared in comparisons(drawn.values()):
        one, other = compared.still_needed or (0, 0)
        people = base if base is Fact.CONTACTED else f"{base}s"
        needed = f"{one:,} and {other:,} {people} more" if one or other else ""
        rows.append((f"{base} to {target}", str(compared.verdict).replace("_", " "), needed))
    if rows:
        say(table(" against ".join(drawn), ("rate", "verdict", "still needed"), rows))
    if rejected:
        say(f"rejected rows are not counted: {rejected:,}; `leadqual check` says why.")
