"""Where the people of a table stand, as columns."""

from leadqual.errors import WrongType
from leadqual.frames.columns import Facts, known_from
from leadqual.frames.door import FrameT, Table, clashes, refuse_if
from leadqual.frames.translation import answers, missing_steps, reasons_given
from leadqual.policy import Policy
from leadqual.standard import STANDARD


def classify(
    frame: FrameT,
    policy: Policy = STANDARD,
    *,
    facts: Facts | None = None,
    prefix: str = "",
    reasons: bool = False,
    missing: bool = False,
) -> FrameT:
    """Add where each person stands to a frame, one row for each person.

    The answers are those of `leadqual.classify` on the same facts. A column is a fact if its name is
    the fact's word, in any case, with spaces, hyphens or underscores. It holds booleans, null for
    unknown; or dates or instants, which establish the fact where they are not null. Facts without a
    column are unknown.

    Args:
        frame: A frame of Polars, pandas, PyArrow, DuckDB or PySpark, eager or lazy, or of ``narwhals``.
        policy: The rules.
        facts: Facts, or their words, with the column that says them, or with a ``narwhals`` expression.
        prefix: What the names of the added columns begin with.
        reasons: Whether to add why: the `Reason.brief` of every reason that rests on a fact. Costs
            about ten times the other answers.
        missing: Whether to add what is missing: every `NextStep.brief`. Costs about thirty times the
            other answers.

    Returns:
        A frame of the same kind, lazy if it was lazy: the columns of *frame*, unchanged, then
        ``stage``, ``qualification`` and ``standing`` (of a type for closed sets of words where the
        engine has one, else text), ``score`` (the narrowest whole number that the policy cannot
        overflow), and the texts that were asked for.

    Raises:
        FrameRefused: If a column cannot be a fact, no column is one, or a name is taken; every fault
            at once, from the types of the columns, before anything is computed.
        UnknownWord: If a word in *facts* is no fact.
        WrongType: If an argument has another type.
    """
    if not isinstance(policy, Policy):  # pyright: ignore[reportUnnecessaryIsInstance] (callers may not check types)
        raise WrongType("policy", "a Policy", type(policy).__name__)
    table, known = known_from(Table.of(frame), facts)
    added = dict(answers(policy, known, enums=table.has_enums))
    if reasons:
        added["reasons"] = reasons_given(policy, known)
    if missing:
        added["missing"] = missing_steps(policy, known)
    added = {f"{prefix}{name}": value for name, value in added.items()}
    refuse_if(clashes(table.schema, added, "rename it, or give a prefix: prefix='leadqual_'"))
    return table.leaving(table.frame.lazy().with_columns(**added), frame)
