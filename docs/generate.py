"""Write the pages and pictures that show the library's own objects; with --check, say which differ."""

import inspect
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pictures

import leadqual
from leadqual import (
    STANDARD,
    SYSTEMS,
    TRANSITIONS,
    AuditCode,
    Evidence,
    Fact,
    Qualification,
    Source,
    Stage,
    Standing,
    System,
    ValueMapping,
    ValueMeaning,
    classify,
    express,
    frames,
    strategies,
    verify,
)
from leadqual.contacts.headings import listed
from leadqual.intake import LAYOUTS, Code
from leadqual.intake.problems import LIMITS
from leadqual.policy.rules import EVENT_KINDS, MATRIX
from leadqual.systems.destination import Destination, DestinationColumn
from leadqual.systems.mapping import Sureness
from leadqual.taxonomy.articles import ARTICLES
from leadqual.taxonomy.stages import POSITIONS, position_name
from leadqual.taxonomy.transitions import Move
from leadqual.taxonomy.vocabulary import Word
from leadqual.verification import LAWS
from leadqual.verification.study import closed_sets

HERE: Final = Path(__file__).resolve().parent
NOTE: Final = "<!-- Written by docs/generate.py from the objects; do not edit. -->\n\n"


def table(headers: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    names = list(headers)
    lines = [names, ["---"] * len(names)]
    lines += [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def code(words: Iterable[object]) -> str:
    """Return words as code, one after the other."""
    return ", ".join(f"`{word}`" for word in words) or "–"


def words(vocabulary: type[Word]) -> str:
    """Return the table of a vocabulary."""
    return table(
        ("word", "meaning", "what it rests on"),
        ((f"`{word}`", word.definition, word.basis) for word in vocabulary),
    )


def stages() -> str:
    """Return the page about the stages."""
    order = table(
        ("stage", "rests on"),
        ((f"`{stage}`", code(lower for lower in Stage if lower in stage.below)) for stage in Stage),
    )
    cells = table(
        ("position", "generic", "qualified"),
        (
            (
                f"`{position_name(position)}`",
                *(
                    "cannot occur"
                    if any(
                        cell.position == position and cell.qualification is qualification
                        for cell in STANDARD.expects.impossible
                    )
                    else "occurs"
                    for qualification in Qualification
                ),
            )
            for position in POSITIONS
        ),
    )
    return (
        f"# Stages, qualifications, standings, sources\n\n## Stage\n\n{words(Stage)}\n"
        "Whoever reached a stage has reached every stage that it rests on.\n\n"
        f"{order}\n## Qualification\n\n{words(Qualification)}\n"
        f"## Position by qualification\n\n{len(MATRIX) - len(STANDARD.expects.impossible)} of {len(MATRIX)} cells occur "
        f"under the standard policy; `verify` holds it to them.\n\n{cells}\n"
        f"## Standing\n\nThe first that applies, in this order.\n\n{words(Standing)}\n"
        f"## Source\n\nWhere a contact comes from; shown and counted, never a rule.\n\n{words(Source)}"
    )


def facts() -> str:
    """Return the page about the facts."""
    rows = (
        (
            f"`{fact}`",
            fact.nature,
            fact.definition,
            code(other for other in Fact if other in fact.implies),
            code(other for other in Fact if other in fact.excludes),
            fact.basis,
        )
        for fact in Fact
    )
    headers = ("fact", "kind", "meaning", "implies", "excludes", "what it rests on")
    yes, no = (code(sorted(listed("headings", "answer", each))) for each in ("yes", "no"))
    return (
        "# Facts\n\nThe closed vocabulary: what columns are mapped to, rules ask for, events report and "
        "explanations name. Each fact is established, denied or unknown; unknown is never read as no.\n\n"
        + table(headers, rows)
        + "\n## Words for yes and no\n\nA cell of a fact is read strictly, in any case, with blanks around: "
        f"{yes} mean yes, {no} mean no, and an empty cell is unknown. Anything else "
        "is a fault; of an opt-out it means do not contact.\n"
    )


def gap() -> str:
    """Return where the scores of either class lie, by classifying every closed set of facts."""
    scores: dict[Qualification, set[int]] = {qualification: set() for qualification in Qualification}
    for known in closed_sets():
        answer = classify(Evidence.from_bits(known))
        scores[answer.qualification].add(answer.score)
    generic, qualified = (scores[each] for each in (Qualification.GENERIC, Qualification.QUALIFIED))
    return (
        f"Generic contacts score {min(generic)} to {max(generic)}, qualified ones {min(qualified)} to "
        f"{max(qualified)}; nobody scores between."
    )


def rules() -> str:
    """Return the page about the rules of the standard policy."""
    conditions = [
        (f"`{stage}`", f"`{rule.condition}`", rule.sentence)
        for stage, stage_rules in STANDARD.stages
        for rule in stage_rules
    ]
    conditions += [
        (f"`{Qualification.QUALIFIED}` ({rule.name})", f"`{rule.condition}`", rule.sentence)
        for rule in STANDARD.routes
    ]
    conditions += [
        (f"`{standing}`", f"`{' or '.join(map(str, held))}`", standing.basis)
        for standing, held in STANDARD.standings
    ]
    score = [
        ("base", STANDARD.score.base),
        (f"`{Qualification.QUALIFIED}`", f"{STANDARD.score.qualified:+d}"),
    ]
    score += [(f"`{fact}`", f"{points:+d}") for fact, points in STANDARD.score.points if points]
    clears = [(f"`{fact}`", code(cleared)) for fact, cleared in STANDARD.replay.clears]
    then = [(f"`{rule.first}`", f"`{rule.then}`", f"`{rule.adds}`") for rule in STANDARD.replay.then]
    rank = [(place, f"`{kind}`") for place, kind in enumerate(STANDARD.replay.rank, 1)]
    return (
        f"# Rules of the policy “{STANDARD.name}” {STANDARD.version}\n\n"
        f"{table(('conclusion', 'asks for', 'because'), conditions)}\n"
        "## Score\n\nA line for each, whole numbers, and the lines always add up to the score. The points are a "
        f"convention: the articles give only the order. {gap()}\n\n{table(('line', 'points'), score)}\n"
        "## Replay\n\nAn event acts for its fact and all that the fact implies. Beside what facts exclude, an "
        f"event makes these unknown again:\n\n{table(('an event that brings', 'clears'), clears)}\n"
        f"And the order of two milestones may establish a third:\n\n{table(('first', 'then', 'establishes'), then)}\n"
        "At one instant, events are taken in this order (a minus sign marks a reversal):\n\n"
        + table(("place", "kind of event"), rank)
    )


def transitions() -> str:
    """Return the page about the transitions, with the grid, the refusals and the diagram."""
    signs = {Move.STAY: "stay", Move.STEP: "**step**", Move.SKIP: "skip", Move.REFUSED: "refused"}
    grid = table(
        ("from \\ to", *(f"`{stage}`" for stage in Stage)),
        ((f"`{before}`", *(signs[TRANSITIONS[before, after].move] for after in Stage)) for before in Stage),
    )
    skips = table(
        ("skip", "implies"),
        (
            (f"`{row.before}` → `{row.after}`", code(row.implied))
            for row in TRANSITIONS.values()
            if row.move is Move.SKIP
        ),
    )
    refused = table(
        ("refused", "why", "what would be right"),
        (
            (f"`{row.before}` → `{row.after}`", row.reason, row.instead)
            for row in TRANSITIONS.values()
            if not row.legal
        ),
    )
    return (
        "# Transitions\n\n![The stages and the steps between them](../_static/transitions.svg)\n\n"
        f"Between headline stages, all {len(TRANSITIONS)} pairs:\n\n{grid}\n"
        "A skip is legal; the stages that it passes are reached too, by implication.\n\n"
        f"{skips}\nEvery refusal says why, and what would be right instead:\n\n{refused}"
    )


def problems() -> str:
    """Return the page about what can be wrong with a lead file."""
    rows = ((f"`{code}`", code.severity, code.meaning, code.remedy) for code in Code)
    limits = [
        ("physical lines of a record", f"{LIMITS.lines:,}"),
        ("bytes of a record", f"{LIMITS.record_bytes:,}"),
        ("characters of a cell", f"{LIMITS.cell_characters:,}"),
        ("columns", f"{LIMITS.columns:,}"),
        ("rows, bytes of the file", "no limit"),
    ]
    return (
        "# Problem codes\n\nA *refusal* is about the whole file, an *error* rejects one record, a *warning* "
        f"rejects nothing.\n\n{table(('code', 'severity', 'meaning', 'remedy'), rows)}\n"
        f"## Limits\n\n{table(('of', 'limit'), limits)}"
    )


def findings() -> str:
    """Return the page about the laws that a policy is held to."""
    rows = ((f"`{law.code}`", law.severity, law.statement, code(law.follows)) for law in LAWS)
    pairs = [
        (f"`{pair.first}`", f"`{pair.second}`", pair.reason) for pair in verify(STANDARD).order_sensitive
    ]
    return (
        "# Laws and finding codes\n\n`verify` holds a policy to these laws, over all sets of facts and all "
        "histories of any length. A finding carries the code of the law that fails; a failure that follows from "
        "another one is folded under it.\n\n"
        f"{table(('code', 'severity', 'statement', 'may follow from'), rows)}\n"
        "## Pairs of events whose order decides\n\nUnder the standard policy, these and no others; found by "
        f"trying every pair in every situation.\n\n{table(('event', 'event', 'why the order decides'), pairs)}"
    )


def discrepancies() -> str:
    """Return the page about what the audit of a contact finds."""
    rows = ((f"`{each}`", each.severity, each.meaning, each.remedy) for each in AuditCode)
    return "# Audit codes\n\n`audit` holds what a record claims against what it shows.\n\n" + table(
        ("code", "severity", "meaning", "remedy"), rows
    )


def layouts() -> str:
    """Return the page about the built-in layouts."""
    rows = (
        (
            f"`{layout.name}`",
            " and ".join(f"one of {code(group)}" for group in layout.signature) or "see below",
        )
        for layout in LAYOUTS.values()
    )
    return (
        "# Built-in layouts\n\nA layout is chosen whole, by the header.\n\n"
        + table(("layout", "recognised by"), rows)
        + "\nThe layout `plain` needs a column for e-mail addresses, for telephone numbers (not those of a firm) or named "
        + "like a fact, in any of ten languages.\n"
    )


DESCRIBED: Final = {name: each for name, each in SYSTEMS.items() if each.mappings or each.destination}
WRITTEN: Final = (
    Fact.RESPONDED,
    Fact.ASKED_FOR_MORE,
    Fact.PURCHASED,
    Fact.SIGNED_UP,
    Fact.BECAME_LEADER,
    Fact.DECLINED,
    Fact.LAPSED,
    Fact.OPTED_OUT,
)


def systems() -> str:
    """Return the page that lists the systems whose values have a meaning here."""
    rows = [
        (
            f"[{each.title}](systems/{name}.md)",
            each.record,
            code(mapping.name for mapping in each.mappings),
            "yes" if each.destination else "",
        )
        for name, each in DESCRIBED.items()
    ]
    return (
        "# Other systems\n\nWhat this library knows of other systems: what their values mean here (the value "
        "mapping, or crosswalk), and what they demand of an import. `leadqual crosswalk SYSTEM` prints a mapping, "
        "`interpret` reads a record by it, `express` writes in its fields.\n\n"
        f"{table(('system', 'records', 'fields with a meaning', 'demands known'), rows)}\n"
        f"How well something is known: {'; '.join(f'*{each}*, {each.definition}' for each in Sureness)}.\n\n"
        "```{toctree}\n:hidden:\n:glob:\n\nsystems/*\n```\n"
    )


def system(name: str) -> str:
    """Return the page about one system."""
    each = SYSTEMS[name]
    return "\n".join((f"# {each.title}\n\nRecords: {each.record}. Layout: `{name}`.\n", *_parts(each)))


def _parts(each: System) -> Iterator[str]:
    if each.questions:
        yield "## Questions\n\nA company answers them once; without an answer, the weaker meaning holds.\n"
        yield table(("name", "question"), ((f"`{name}`", text) for name, text in each.questions))
    for mapping in each.mappings:
        yield from _mapping(mapping)
    if each.mappings:
        yield (
            "## What is written\n\nIn the system's own fields, where they are asked for. Custom fields take the "
            "words of this library instead.\n"
        )
        yield table(("who", "is written as", "lost stages", "lost facts"), _written(each))
    if each.destination:
        yield from _demands(each.destination)


def _mapping(mapping: ValueMapping) -> Iterator[str]:
    yield f"## `{mapping.name}`\n\nColumns: {code(mapping.columns)}. The list: {', '.join(mapping.remarks)}.\n"
    if not mapping.values:
        yield "A company lists its own values.\n"
        return
    headers = (
        "value",
        "definition there",
        "meaning here",
        "loss",
        "false friend",
        "sureness",
        "may be written",
    )
    yield table(
        headers,
        (
            (
                "<br>".join((f"`{value.value}`", *value.labels)),
                value.definition,
                "<br>".join((str(value), *_answered(value))),
                value.loss,
                value.false_friend,
                value.sureness,
                "yes" if value.written else "",
            )
            for value in mapping.values
        ),
    )


def _answered(value: ValueMeaning) -> Iterator[str]:
    for answer in value.when:
        yield f"with `{answer.question}`: {value.answered({answer.question: True})}"


def _written(each: System) -> Iterator[tuple[object, ...]]:
    for fact in WRITTEN:
        verdict = classify({fact})
        found = express(verdict, each, standard_fields=True)
        values = code(f"{name} = {value}" for name, value in found.values)
        yield f"`{fact}`", values, code(found.lost_stages), code(found.lost_facts)


def _demands(destination: Destination) -> Iterator[str]:
    needs = " and ".join(f"one of {code(group)}" for group in destination.needs)
    yield (
        f"## What an import demands\n\nEach row needs {needs or 'nothing'}. A person who is there already is "
        f"found by {code(destination.keys) if destination.keys else 'nothing'}.\n"
    )
    limits = (
        (
            each.kind.definition,
            f"{each.at_most:,}" if each.at_most else ", ".join(map(ascii, each.characters)),
            each.sureness,
            f"`{each.error}` ({each.error_sureness})" if each.error else "",
            each.effect or "the row is refused",
        )
        for each in destination.demands
    )
    yield table(("demand", "limit", "sureness", "its name for a fault", "otherwise"), limits)
    yield _columns(destination.columns)
    opt_out = destination.opt_out
    note = f" {opt_out.note[:1].upper()}{opt_out.note[1:]}." if opt_out.note else ""
    keys = f" The person is named by {code(opt_out.keys)}." if opt_out.keys else ""
    yield f"### Opt-outs\n\nRecorded {opt_out.way.definition}.{keys}{note}\n"
    if opt_out.columns:
        yield _columns(opt_out.columns)


def _columns(columns: Iterable[DestinationColumn]) -> str:
    rows = (
        (
            f"`{each.name}`",
            f"“{each.value}”" if each.value else code(filter(None, (each.field, each.mapping))),
            f"{each.length:,}" if each.length else "",
            each.sureness,
        )
        for each in columns
    )
    return table(("column", "holds", "characters", "sureness"), rows)


def glossary() -> str:
    """Return the glossary: every word, in the order of the alphabet."""
    entries = sorted(
        (str(word).replace("_", " "), vocabulary.__name__.lower(), word.definition, str(word.basis))
        for vocabulary in (Stage, Qualification, Standing, Fact, Source)
        for word in vocabulary
    )
    cited = "".join(
        f"- Article {each.number}: {each.author}, *{each.title}*{f', {each.date}' if each.date else ''}.\n"
        for each in ARTICLES
    )
    return (
        "# Glossary\n\n"
        + "".join(
            f"{name} ({kind})\n: {meaning}. {sentence}\n\n" for name, kind, meaning, sentence in entries
        )
        + f"## The articles\n\n{cited}"
    )


def api() -> str:
    """Return the page that lets the docstrings of all public names speak."""
    modules = {
        leadqual: "Everything here can be imported from `leadqual`.",
        frames: "Import the module: `from leadqual import frames`. It needs the extra `frames`.",
        strategies: "Import the module: `from leadqual import strategies`. It needs the extra `hypothesis`.",
    }
    parts = ["# API\n"]
    for module, note in modules.items():
        parts.append(f"## {module.__name__}\n\n{note}\n")
        parts += [_entry(module.__name__, name, getattr(module, name)) for name in module.__all__]
    return "\n".join(parts)


def _entry(module: str, name: str, value: object) -> str:
    if isinstance(value, type):
        directive, options = "autoclass", "   :members:\n"
    elif inspect.isroutine(value):
        directive, options = "autofunction", ""
    else:
        return f"`{module}.{name}`\n: A value: [{_SHOWN[name]}]({_SHOWN[name]}.md).\n"
    return f"```{{eval-rst}}\n.. {directive}:: {module}.{name}\n{options}```\n"


_SHOWN: Final = {
    "LAYOUTS": "layouts",
    "STANDARD": "rules",
    "SYSTEMS": "systems",
    "TRANSITIONS": "transitions",
}


def with_figures(path: Path, figures: str) -> str:
    """Return the text of a page that is written by hand, with its figures in their place."""
    before, start, rest = path.read_text("utf-8").partition("<!-- figures: written by docs/generate.py -->\n")
    _, end, after = rest.partition("<!-- end of figures -->")
    return f"{before}{start}{figures}{end}{after}"


def readme() -> str:
    """Return the README with the figures of a proof made just now."""
    proof = verify(STANDARD)
    sets = 1 << len(Fact)
    tried = sum(each.tried for each in proof.properties)
    stands_for = sum(each.stands_for for each in proof.properties)
    figures = (
        f"- The standard policy keeps all {len(proof.properties)} laws, over all {sets:,} sets of facts and over "
        f"histories of any length: {tried:,} cases tried, which stand for {stands_for:,}.\n"
        f"- {len(POSITIONS)} positions and {len(MATRIX) - len(STANDARD.expects.impossible)} of {len(MATRIX)} cells "
        "occur, and those only.\n"
        f"- The order of two events decides for {len(proof.order_sensitive)} of "
        f"{len(EVENT_KINDS) * (len(EVENT_KINDS) - 1) // 2} pairs of kinds of events, each for a reason that the rules give; "
        "for no other pair.\n"
    )
    return with_figures(HERE.parent / "README.md", figures)


def mutation() -> str:
    """Return the page about mutation, with the changes of the code that no test notices, and why."""
    data = tomllib.loads((HERE.parent / "mutation" / "survivors.toml").read_text("utf-8"))
    groups = data["group"]
    alive = Counter(module for group in groups for module, *_ in group["changes"])
    rows = [
        (f"`{module}`", killed + timeouts + alive[module], killed, timeouts, alive[module])
        for module, killed, timeouts in data["figures"]
    ]
    totals = [sum(column) for column in list(zip(*rows, strict=True))[1:]]
    headers = ("module", "changes", "noticed by a test", "noticed by the time limit", "not noticed")
    parts = [table(headers, [*rows, ("together", *totals)])]
    for group in groups:
        changes = group["changes"]
        parts.append(f"### {group['title']} ({len(changes)})\n\n{group['why']}\n")
        lines = (
            (f"`{module}`", *(f"`` {each} ``" if each else "nothing" for each in change))
            for module, *change in changes
        )
        parts.append(table(("module", "function", "was", "became"), lines))
    return with_figures(HERE / "explanation" / "mutation.md", "\n".join(parts))


PAGES: Final[dict[str, Callable[[], str]]] = {
    "../README.md": readme,
    "explanation/mutation.md": mutation,
    "reference/stages.md": stages,
    "reference/facts.md": facts,
    "reference/rules.md": rules,
    "reference/transitions.md": transitions,
    "reference/problems.md": problems,
    "reference/findings.md": findings,
    "reference/audit.md": discrepancies,
    "reference/layouts.md": layouts,
    "reference/systems.md": systems,
    **{f"reference/systems/{name}.md": partial(system, name) for name in DESCRIBED},
    "reference/glossary.md": glossary,
    "reference/api.md": api,
    "_static/transitions.svg": pictures.steps,
    "_static/funnel.svg": pictures.funnel,
    "_static/check.svg": pictures.check,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which differ."""
    stale = []
    for name, make in PAGES.items():
        path = HERE / name
        text = (NOTE if name.startswith("reference/") else "") + make()
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, "utf-8")
    for name in stale:
        sys.stdout.write(f"{name} {'differs' if '--check' in arguments else 'written'}\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
