"""The classification of the people of a frame, their number by stage, and the audit of their claims."""

from collections.abc import Iterable

import narwhals.stable.v2 as nw

from leadqual.contacts.auditing import AuditCode
from leadqual.errors import require_items
from leadqual.frames.columns import Facts, known_from
from leadqual.frames.logic import NO, YES, all_of, answers, any_of, definite, first_match, reasons_of, unless
from leadqual.frames.table import WORDS, FrameT, clashes, refuse_if, require_arguments
from leadqual.funnel.levels import COLUMNS, CONTACTED, CONTACTS, EARNED, QUALIFIED
from leadqual.policy.policy import Policy
from leadqual.policy.standard import STANDARD
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage
from leadqual.taxonomy.vocabulary import tuple_of


def classify(
    frame: FrameT,
    policy: Policy = STANDARD,
    *,
    facts: Facts | None = None,
    prefix: str = "",
    reasons: bool = False,
    consent_in: Iterable[str] = (),
    no_consent_in: Iterable[str] = (),
) -> FrameT:
    """Add the classification of each person to a frame, one row for each person.

    The answers are those of `leadqual.classify` on the same facts. A column is a fact if its name is
    the fact's word, in any case, with spaces, hyphens or underscores. It holds booleans, null for
    unknown; or dates or instants, which establish the fact where they are not null. Facts without a
    column are unknown. A column whose name says that a yes is an opt-out, such as ``do_not_contact``, is
    read beside ``opted_out``; both may also hold words or numbers, and what is neither yes nor no
    forbids contact.

    Args:
        frame: A frame of Polars, pandas, PyArrow, DuckDB or PySpark, eager or lazy, or of ``narwhals``.
        policy: The rules.
        facts: Facts, or their words, with the column that says them, or with a ``narwhals`` expression.
        prefix: What the names of the added columns begin with.
        reasons: Whether to add the `Reason.brief` of every reason that rests on a fact. Costs about
            twenty times the other answers.
        consent_in: Columns in which a no, or what is not a yes, means do not contact.
        no_consent_in: Columns in which nothing is about consent.

    Returns:
        A frame of the same kind, lazy if it was lazy: the columns of *frame*, unchanged, then
        ``stage``, ``qualification`` and ``standing`` (of a type for closed sets of words where the
        engine has one, else text), ``score`` (the narrowest whole number that the policy cannot
        overflow), and ``reasons`` if asked for.

    Raises:
        FrameRefused: If a column cannot be a fact, no column is one, a name is taken, or one may be of
            consent and does not say which way, such as ``gdpr``; every fault at once, from the types of
            the columns, before anything is computed.
        UnknownWord: If a word in *facts* is not a fact.
    """
    require_arguments(policy=policy, prefix=prefix, reasons=reasons)
    table, known = known_from(frame, facts, policy, consent_in, no_consent_in)
    has_enums = table.frame.implementation.name in {"POLARS", "PANDAS", "DUCKDB"}
    added = list(answers(policy, known, enums=has_enums))
    if reasons:
        added.append(("reasons", reasons_of(policy, known)))
    return table.adding(added, prefix, frame)


def count(
    frame: FrameT,
    *,
    by: str | Iterable[str] = (),
    policy: Policy = STANDARD,
    facts: Facts | None = None,
    consent_in: Iterable[str] = (),
    no_consent_in: Iterable[str] = (),
) -> FrameT:
    """Count the people of a frame, one row for each group and pattern of stages.

    `Funnel.from_counts` makes a funnel of the rows of a group, given as mappings. Under STANDARD there
    are at most 42 for each group.

    Args:
        frame: A frame as `classify` takes it, one row for each person.
        by: The column or columns that make the groups, such as the campaign; null is a group too.
        policy: The rules.
        facts: Facts, or their words, with the column that says them, or with a ``narwhals`` expression.
        consent_in: As `classify`.
        no_consent_in: As `classify`.

    Returns:
        A frame of the same kind, lazy if it was lazy: the columns of *by*; a boolean for each stage,
        such as ``earned_lead``, whether a rule of its own holds; the booleans ``contacted`` and
        ``qualified``; and ``contacts``, the number of people. The order of rows is the engine's.

    Raises:
        FrameRefused: As `classify`; also if a column of *by* is missing or has the name of an added one.
        UnknownWord: If a word in *facts* is not a fact.
    """
    require_arguments(policy=policy)
    columns = [by] if isinstance(by, str) else by
    require_items("by", columns, "columns", "leave it out for a single group")
    groups = list(dict.fromkeys(tuple_of("by", columns, str, "a column")))
    table, known = known_from(frame, facts, policy, consent_in, no_consent_in)
    refuse_if(table.missing(("by", group) for group in groups))
    refuse_if(clashes(groups, COLUMNS, "rename it first"))
    flags = {column: definite(known.any_holds(policy.rules_for(stage))) for stage, column in EARNED.items()}
    flags[CONTACTED] = definite(known.established[Fact(CONTACTED)])
    flags[QUALIFIED] = definite(known.any_holds(policy.routes))
    # Flags may all be constant, and a selection of constants alone has a single row.
    some_column = nw.col(next(iter(table.schema))).alias(CONTACTS)
    people = table.frame.lazy().select(*groups, some_column, **flags)
    counted = people.group_by(*groups, *flags).agg(nw.len().alias(CONTACTS))
    return table.returned(counted.with_columns(nw.col(CONTACTS).cast(nw.Int64)), frame)


def audit(
    frame: FrameT,
    policy: Policy = STANDARD,
    *,
    claimed: str | None = None,
    facts: Facts | None = None,
    prefix: str = "",
    consent_in: Iterable[str] = (),
    no_consent_in: Iterable[str] = (),
) -> FrameT:
    """Add the inconsistencies of each person to a frame, one row for each person.

    The answers are those of `leadqual.audit` on the same facts and claim, as far as they need no
    events. Columns are read as `classify` reads them; only `replay` reads the order of dates.

    Args:
        frame: A frame as `classify` takes it.
        policy: The rules.
        claimed: The column with the stage that another system says, as text; null claims nothing.
        facts: Facts, or their words, with the column that says them, or with a ``narwhals`` expression.
        prefix: What the names of the added columns begin with.
        consent_in: As `classify`.
        no_consent_in: As `classify`.

    Returns:
        A frame of the same kind, lazy if it was lazy: the columns of *frame*, unchanged, then the
        booleans ``contradiction`` and ``order_unknown``, and with *claimed* also ``claim_unproved`` and
        ``claim_outgrown``, which are null where the claim is not a word of `Stage`.

    Raises:
        FrameRefused: As `classify`; also if *claimed* is not a column of text.
        UnknownWord: If a word in *facts* is not a fact.
    """
    require_arguments(policy=policy, prefix=prefix, **({} if claimed is None else {"claimed": claimed}))
    table, known = known_from(frame, facts, policy, consent_in, no_consent_in)
    both = any_of(all_of([known.established[fact], known.denied[fact]]) for fact in Fact)
    unordered = any_of(
        unless(
            any_of([known.established[rule.adds], known.denied[rule.adds]]),
            all_of([known.established[rule.first], known.established[rule.then]]),
        )
        for rule in policy.replay.then
    )
    findings = {AuditCode.CONTRADICTION: definite(both), AuditCode.ORDER_UNKNOWN: definite(unordered)}
    if claimed is not None:
        refuse_if(table.missing([("claimed", claimed)]))
        wanted = "text; give the column with the words of the stages"
        refuse_if(table.wrong_type("claimed", claimed, WORDS, wanted))
        table = table.reading([claimed])
        word = table.word_of(claimed)
        is_stage = word.is_null() | word.is_in(list(map(str, Stage)))
        reached = {stage: known.reaches(stage, policy) for stage in Stage}
        unproved = {stage: unless(reached[stage], YES) for stage in Stage}
        outgrown = {low: any_of(reached[high] for high in Stage if low.precedes(high)) for low in Stage}
        for code, wrong in ((AuditCode.CLAIM_UNPROVED, unproved), (AuditCode.CLAIM_OUTGROWN, outgrown)):
            cases = [(word == nw.lit(str(stage)), definite(wrong[stage])) for stage in Stage]
            # A null among booleans must come from a missing `otherwise`: as a literal, pandas reads it as False.
            findings[code] = nw.when(is_stage).then(first_match(cases, NO))
    added = {str(code).replace("-", "_"): finding for code, finding in findings.items()}
    return table.adding(added.items(), prefix, frame, objects=added)
