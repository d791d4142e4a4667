"""The command that counts a funnel for each campaign."""

from collections.abc import Collection, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from leadqual import Contact, Fact, Funnel, Stage
from leadqual.cli import DONE, FOUND
from leadqual.cli.application import Encoding, Json, LayoutName, PolicyFile, Region, app, load_policy
from leadqual.cli.files import naming, writing
from leadqual.cli.terminal import print_json, print_table, say, show
from leadqual.errors import WrongValue
from leadqual.funnel.levels import Level, base_of
from leadqual.funnel.picture import bars
from leadqual.funnel.picture import svg as draw
from leadqual.funnel.proportions import Proportion, RateComparison
from leadqual.intake import Accepted, iter_check

By = Annotated[Literal["campaign", "source"], Parameter(help="One funnel for each of these.")]

_STEPS: Final[tuple[tuple[Level, Stage], ...]] = (
    *((base_of(stage), stage) for stage in Stage if stage.below),
    (Fact.CONTACTED, Stage.LEAD),
    (Stage.NAME, Stage.LEADER),
)


@app.command
def funnel(
    *files: Path,
    by: By = "campaign",
    svg: Annotated[Path | None, Parameter(help="Write the funnels as a picture to this file.")] = None,
    layout: LayoutName = None,
    region: Region = None,
    encoding: Encoding = None,
    policy: PolicyFile = None,
    json: Json = False,
) -> int:
    """Count the people who reached each stage, for each campaign, with rates and their intervals.

    FILES are lead files as for `leadqual check`; every row counts as one person. Rejected rows are not
    counted, and the exit status is 1 if there are any.
    """
    if not files:
        raise WrongValue("files", "none is named", "give at least one, such as: leadqual funnel leads.csv")
    with writing({"--svg": svg}, *files, policy, layout) as where:
        rules, rejected = load_policy(policy), 0
        read = partial(iter_check, layout=layout, region=region, encoding=encoding, policy=rules)

        def contacts() -> Iterator[Contact]:
            nonlocal rejected
            for file in files:
                with naming(file), read(file) as run:
                    yield from (row.contact for row in run if isinstance(row, Accepted))
                    rejected += run.counts.rejected

        groups: dict[object, Funnel] = Funnel.by(contacts(), attrgetter(by), policy=rules)
        drawn: dict[str, Funnel] = {}
        for group, counted in groups.items():
            title = f"(no {by})" if group is None else str(group)
            drawn[title] = drawn.get(title, Funnel()) + counted
        if svg is not None:
            picture = draw({title: counted.reached for title, counted in drawn.items()})
            where["--svg"].write_text(picture, "utf-8")
    if json:
        funnels = [_data(group, counted) for group, counted in groups.items()]
        data: dict[str, object] = {"by": by, "rejected": rejected, "funnels": funnels}
        if comparisons := _comparisons(groups.values()):
            data["comparison"] = [
                {"base": base, "target": target, "verdict": each.verdict, "still_needed": each.still_needed}
                for base, target, each in comparisons
            ]
        print_json(data)
    else:
        _print(drawn, rejected)
    return FOUND if rejected else DONE


def _data(group: object, counted: Funnel) -> dict[str, object]:
    return {
        "group": group,
        "reached": counted.reached,
        "witnessed": counted.witnessed,
        "now": counted.now,
        "qualified": _share(counted.qualified),
        "rates": [
            {"base": base, "target": target, **_share(counted.rate(base, target))} for base, target in _STEPS
        ],
    }


def _share(share: Proportion) -> dict[str, object]:
    return {"count": share.count, "total": share.total, "rate": share.rate, "interval": share.interval()}


def _print(drawn: dict[str, Funnel], rejected: int) -> None:
    for title, counted in drawn.items():
        say(bars({show(title): counted.reached}))
        say(f"name to leader: {counted.rate(Stage.NAME, Stage.LEADER)}")
        say(f"qualified: {counted.qualified}\n")
    if not drawn:
        say("There are no contacts to count.")
    rows: list[tuple[str, str, str]] = []
    for base, target, compared in _comparisons(drawn.values()):
        one, other = compared.still_needed or (0, 0)
        people = base if base is Fact.CONTACTED else f"{base}s"
        needed = f"{one:,} and {other:,} {people} more" if one or other else ""
        rows.append((f"{base} to {target}", str(compared.verdict).replace("_", " "), needed))
    if rows:
        print_table(" against ".join(drawn), ("rate", "verdict", "still needed"), rows)
    if rejected:
        say(f"rejected rows are not counted: {rejected:,}; `leadqual check` says why.")


def _comparisons(funnels: Collection[Funnel]) -> list[tuple[Level, Stage, RateComparison]]:
    """Return the comparisons of two funnels, step by step; none unless there are two."""
    if len(funnels) != 2:  # noqa: PLR2004 (a pair)
        return []
    one, other = funnels
    return [(base, target, one.compare(other, base, target)) for base, target in _STEPS]
