"""What the columns of a table claim, held against what they show."""

from collections.abc import Iterator, Mapping

import narwhals.stable.v2 as nw

from leadqual.contacts.auditing import AuditCode
from leadqual.errors import Fault
from leadqual.frames.columns import Facts, known_from
from leadqual.frames.expressions import (
    NO,
    YES,
    Condition,
    all_of,
    any_of,
    certainly,
    first_that_applies,
    unless,
)
from leadqual.frames.policies import Known
from leadqual.frames.table import FrameT, InputFrame, clashes, refuse_if, require_policy, require_texts
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage


def audit(
    frame: FrameT,
    policy: Policy = STANDARD,
    *,
    claimed: str | None = None,
    facts: Facts | None = None,
    prefix: str = "",
) -> FrameT:
    """Add what does not fit to a frame, one row for each person.

    The answers are those of `leadqual.audit` on the same facts and claim, as far as they need no
    events. Columns are read as `classify` reads them; their dates take part in no order, which is what
    `replay` is for.

    Args:
        frame: A frame as `classify` takes it.
        policy: The rules.
        claimed: The column with the stage that another system says, as text; null claims nothing.
        facts: Facts, or their words, with the column that says them, or with a ``narwhals`` expression.
        prefix: What the names of the added columns begin with.

    Returns:
        A frame of the same kind, lazy if it was lazy: the columns of *frame*, unchanged, then the
        booleans ``contradiction`` and ``order_unknown``, and with *claimed* also ``claim_unproved`` and
        ``claim_outgrown``, which are null where the claim is no word of `Stage`.

    Raises:
        FrameRefused: As `classify`; also if *claimed* is no column of text.
        UnknownWord: If a word in *facts* is no fact.
        WrongType: If an argument has another type.
    """
    require_policy(policy)
    require_texts(prefix=prefix, **({} if claimed is None else {"claimed": claimed}))
    table, known = known_from(InputFrame.of(frame), facts, policy)
    answers = {
        AuditCode.CONTRADICTION: certainly(_contradicts(known)),
        AuditCode.ORDER_UNKNOWN: certainly(_leaves_order_open(policy, known)),
    }
    if claimed is not None:
        refuse_if(_no_claim(table, claimed))
        table = table.reading([claimed])
        reached = {stage: known.reaches(stage, policy) for stage in Stage}
        said = table.word_of(claimed)
        answers[AuditCode.CLAIM_UNPROVED] = _of_claim(said, _unproved(reached))
        answers[AuditCode.CLAIM_OUTGROWN] = _of_claim(said, _outgrown(reached))
    added = {f"{prefix}{str(code).replace('-', '_')}": answer for code, answer in answers.items()}
    refuse_if(clashes(table.schema, added, "rename it, or give a prefix: prefix='leadqual_'"))
    answer = table.frame.lazy().with_columns(**added)
    return table.leaving(answer, frame, *table.originals, objects=added)


def _contradicts(known: Known) -> Condition:
    return any_of(all_of([known.established[fact], known.denied[fact]]) for fact in Fact)


def _leaves_order_open(policy: Policy, known: Known) -> Condition:
    return any_of(
        unless(
            any_of([known.established[rule.adds], known.denied[rule.adds]]),
            all_of([known.established[rule.first], known.established[rule.then]]),
        )
        for rule in policy.replay.then
    )


Conditions = Mapping[Stage, Condition]


def _unproved(reached: Conditions) -> Conditions:
    return {stage: unless(condition, YES) for stage, condition in reached.items()}


def _outgrown(reached: Conditions) -> Conditions:
    return {stage: any_of(reached[other] for other in Stage if stage.precedes(other)) for stage in Stage}


def _of_claim(said: nw.Expr, wrong: Conditions) -> nw.Expr:
    """Return whether the stage that is said is wrong; null where no stage is said, but something else."""
    lines = [(said == nw.lit(str(stage)), certainly(condition)) for stage, condition in wrong.items()]
    says_a_stage = said.is_in([str(stage) for stage in wrong])
    # A null among booleans must come from a missing `otherwise`: as a literal, pandas reads it as False.
    return nw.when(said.is_null() | says_a_stage).then(first_that_applies(lines, NO))


def _no_claim(table: InputFrame, column: str) -> Iterator[Fault]:
    yield from table.missing("claimed", column)
    if column in table.schema:
        yield from table.not_words("claimed", column, "stages")
