"""The claims of a frame, compared with its facts."""

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from leadqual.contacts.auditing import AuditCode
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
from leadqual.frames.table import FrameT, InputFrame, refuse_if, require_arguments
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
    """Add to a frame what is inconsistent, one row for each person.

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
    require_arguments(policy=policy, prefix=prefix, **({} if claimed is None else {"claimed": claimed}))
    table, known = known_from(InputFrame.of(frame), facts, policy)
    contradiction = any_of(all_of([known.established[fact], known.denied[fact]]) for fact in Fact)
    order_unknown = any_of(
        unless(
            any_of([known.established[rule.adds], known.denied[rule.adds]]),
            all_of([known.established[rule.first], known.established[rule.then]]),
        )
        for rule in policy.replay.then
    )
    answers = {
        AuditCode.CONTRADICTION: certainly(contradiction),
        AuditCode.ORDER_UNKNOWN: certainly(order_unknown),
    }
    if claimed is not None:
        refuse_if(table.missing([("claimed", claimed)]))
        refuse_if(table.not_words("claimed", claimed, "stages"))
        table = table.reading([claimed])
        said = table.word_of(claimed)
        reached = {stage: known.reaches(stage, policy) for stage in Stage}
        unproved = {stage: unless(condition, YES) for stage, condition in reached.items()}
        answers[AuditCode.CLAIM_UNPROVED] = _of_claim(said, unproved)
        outgrown = {
            stage: any_of(reached[other] for other in Stage if stage.precedes(other)) for stage in Stage
        }
        answers[AuditCode.CLAIM_OUTGROWN] = _of_claim(said, outgrown)
    added = {str(code).replace("-", "_"): answer for code, answer in answers.items()}
    return table.adding(added.items(), prefix, frame, objects=added)


def _of_claim(said: nw.Expr, wrong: Mapping[Stage, Condition]) -> nw.Expr:
    """Return whether the claimed stage is wrong; null where what is claimed is no stage."""
    lines = [(said == nw.lit(str(stage)), certainly(condition)) for stage, condition in wrong.items()]
    says_a_stage = said.is_in([str(stage) for stage in wrong])
    # A null among booleans must come from a missing `otherwise`: as a literal, pandas reads it as False.
    return nw.when(said.is_null() | says_a_stage).then(first_that_applies(lines, NO))
