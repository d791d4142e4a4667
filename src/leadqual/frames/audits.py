"""The audit of a frame: contradictions, unknown orders, and claims compared with the facts."""

import narwhals.stable.v2 as nw

from leadqual.contacts.auditing import AuditCode
from leadqual.frames.columns import Facts, known_from
from leadqual.frames.expressions import (
    NO,
    YES,
    all_of,
    any_of,
    first_match,
    never_null,
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
    """Add the inconsistencies of each person to a frame, one row for each person.

    The answers are those of `leadqual.audit` on the same facts and claim, as far as they need no
    events. Columns are read as `classify` reads them; the order of their dates is not read, which is
    what `replay` does.

    Args:
        frame: A frame as `classify` takes it.
        policy: The rules.
        claimed: The column with the stage that another system says, as text; null claims nothing.
        facts: Facts, or their words, with the column that says them, or with a ``narwhals`` expression.
        prefix: What the names of the added columns begin with.

    Returns:
        A frame of the same kind, lazy if it was lazy: the columns of *frame*, unchanged, then the
        booleans ``contradiction`` and ``order_unknown``, and with *claimed* also ``claim_unproved`` and
        ``claim_outgrown``, which are null where the claim is not a word of `Stage`.

    Raises:
        FrameRefused: As `classify`; also if *claimed* is not a column of text.
        UnknownWord: If a word in *facts* is not a fact.
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
        AuditCode.CONTRADICTION: never_null(contradiction),
        AuditCode.ORDER_UNKNOWN: never_null(order_unknown),
    }
    if claimed is not None:
        refuse_if(table.missing([("claimed", claimed)]))
        refuse_if(table.not_words("claimed", claimed, "stages"))
        table = table.reading([claimed])
        word = table.word_of(claimed)
        is_stage = word.is_null() | word.is_in(list(map(str, Stage)))
        reached = {stage: known.reaches(stage, policy) for stage in Stage}
        unproved = {stage: unless(reached[stage], YES) for stage in Stage}
        outgrown = {
            stage: any_of(reached[other] for other in Stage if stage.precedes(other)) for stage in Stage
        }
        for code, wrong in ((AuditCode.CLAIM_UNPROVED, unproved), (AuditCode.CLAIM_OUTGROWN, outgrown)):
            cases = [(word == nw.lit(str(stage)), never_null(wrong[stage])) for stage in Stage]
            # A null among booleans must come from a missing `otherwise`: as a literal, pandas reads it as False.
            answers[code] = nw.when(is_stage).then(first_match(cases, NO))
    added = {str(code).replace("-", "_"): answer for code, answer in answers.items()}
    return table.adding(added.items(), prefix, frame, objects=added)
