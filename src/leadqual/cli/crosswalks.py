"""The command crosswalk: the value mapping of a system, or from one system to another."""

from pathlib import Path

from leadqual.classification.classification import classify
from leadqual.cli import DONE
from leadqual.cli.application import command
from leadqual.cli.terminal import print_json, print_list, say, show, table
from leadqual.policy.standard import STANDARD
from leadqual.systems.crosswalk import Expressed, express
from leadqual.systems.mapping import Sureness, ValueMeaning
from leadqual.systems.system import System
from leadqual.systems.system_file import SYSTEMS, from_file
from leadqual.taxonomy.facts import bits_of, each_of, least
from leadqual.taxonomy.stages import topmost
from leadqual.taxonomy.vocabulary import look_up


@command
def crosswalk(
    system: str,
    other: str | None = None,
    *,
    answer: tuple[str, ...] = (),
    trust_stage: bool = False,
    json: bool = False,
) -> int:
    one = _system(system).answering(dict.fromkeys(answer, True))
    target = _system(other) if other else None
    values = [(mapping.name, value) for mapping in one.values for value in mapping.values]
    moves = {(at, each.value): _moved(each, target, trust=trust_stage) for at, each in values if target}
    if json:
        becoming = [{"field": field, "value": value, "becomes": to} for (field, value), to in moves.items()]
        about = {"system": one.name, "questions": dict(one.questions), "mappings": one.values}
        print_json(becoming if target else about)
        return DONE
    more = ("becomes", "lost") if target else ("written", "notes")
    say(bold=" to ".join(f"{show(each.title)} ({show(each.record)})" for each in (one, target) if each))
    for mapping in one.values:
        rows: list[tuple[object, ...]] = [
            (", ".join((each.value, *each.labels)), each, *_more(each, moves.get((mapping.name, each.value))))
            for each in mapping.values
        ] or [("listed by each company", "", "", "")]
        title = f"{mapping.name} ({', '.join(mapping.remarks)})"
        say(table(title, ("value", "meaning here", *more), rows))
    if not one.values:
        say("No value mapping is known.")
    if target and not trust_stage:
        say("A claimed stage is not evidence; --trust-stage accepts it.")
    told = {name: "answered" if name in one.answers else "not answered" for name, _ in one.questions}
    questions = (f"{name} ({told[name]} with yes): {text}" for name, text in one.questions)
    print_list("Questions about your company, for --answer", questions)
    return DONE


def _system(name: str) -> System:
    return from_file(Path(name)) if name.endswith(".toml") else look_up("system", SYSTEMS, name)


def _moved(value: ValueMeaning, target: System, *, trust: bool) -> Expressed:
    earning = STANDARD.rules_for(value.stage)[0].all if trust and value.stage else ()
    return express(classify((*value.facts, *earning)), target, source=value.source, standard_fields=True)


def _more(value: ValueMeaning, to: Expressed | None) -> tuple[str, str]:
    if to is None:
        loss = value.loss and f"Loss: {value.loss}"
        false_friend = value.false_friend and f"False friend: {value.false_friend}"
        unsure = str(value.sureness) if value.sureness is not Sureness.KNOWN else ""
        notes = filter(None, (value.definition, loss, false_friend, unsure))
        return "yes" if value.written else "", ". ".join(notes)
    lost = (*topmost(to.lost_stages), *each_of(least(bits_of(to.lost_facts))), to.lost_source or "")
    becomes = ", ".join(f"{name}: {text}" for name, text in to.values)
    return becomes or "nothing", ", ".join(filter(None, map(str, lost)))
