"""What type checkers must see of the errors; never run, only checked."""

from typing import assert_type

from leadqual import (
    Contact,
    DataUnreadable,
    DocumentRefused,
    ExtraMissing,
    Fault,
    LeadqualError,
    PolicyRefused,
    RecordUnreadable,
    Refused,
    ScorecardRefused,
    TooFewOutcomes,
    UnknownWord,
    WrongType,
    WrongValue,
)

try:
    Contact.from_record({})
except (RecordUnreadable, DataUnreadable, DocumentRefused, PolicyRefused, ScorecardRefused) as error:
    assert_type(error.faults, tuple[Fault, ...])
    faulty: Refused = error
except UnknownWord as error:
    assert_type(error.nearest, tuple[str, ...])
except (WrongType, WrongValue) as error:
    assert_type(error.argument, str)
except (ExtraMissing, TooFewOutcomes) as error:
    assert_type(error.faults, tuple[Fault, ...])
except LeadqualError as error:
    assert_type([fault.where for fault in error.faults], list[str])
