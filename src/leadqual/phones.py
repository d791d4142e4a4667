"""Telephone numbers written plainly, judged by the numbering plans of the library for them.

`judge` answers only where tests show that the library says the same; it is ten times as fast. It reads
the plans of ``phonenumbers`` and copies nothing from them, so that it changes as they do.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from attrs import frozen

from leadqual.errors import ExtraMissing

_PLAIN: Final = re.compile(r"\+?[0-9(][0-9 ().-]{5,22}[0-9]")
_PUNCTUATION: Final = str.maketrans("", "", "+ ().-")
_LENGTHS: Final = range(7, 16)
_LONGEST_CALLING_CODE: Final = 3
_NOT_GEOGRAPHIC: Final = "001"
_TYPES: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)

Matches = Callable[[str], object]


@frozen
class Plan:
    """Hold how the numbers of one region look.

    Attributes:
        region: The two letters of the region.
        leading: Matches the first digits that tell the region; None if the whole number tells it.
        general: Matches every number of the region.
        types: Match the numbers in use, by kind; each with the lengths it may have.
    """

    region: str
    leading: Matches | None
    general: tuple[frozenset[int], Matches]
    types: tuple[tuple[frozenset[int], Matches], ...]

    def has(self, number: str) -> bool:
        """Return whether a national number may be in use."""
        length = len(number)
        return _fits(number, length, self.general) and any(_fits(number, length, each) for each in self.types)


@frozen
class CallingCode:
    """Hold the plans of the regions that share a calling code, the main one first.

    Attributes:
        plans: The plans; empty where the code belongs to no region.
        prefix: Matches a national prefix, which the library would take off.
        abroad: Matches the digits for calling abroad.
    """

    plans: tuple[Plan, ...]
    prefix: Matches | None
    abroad: Matches | None


def _fits(number: str, length: int, description: tuple[frozenset[int], Matches]) -> bool:
    lengths, matches = description
    return (not lengths or length in lengths) and matches(number) is not None


@cache
def phone_library() -> Any:  # noqa: ANN401 (the library has no types)
    """Return the library for telephone numbers.

    Raises:
        ExtraMissing: If it is not installed.
    """
    try:
        import phonenumbers  # noqa: PLC0415 (an extra)
    except ImportError:
        raise ExtraMissing("reading telephone numbers", "intake") from None
    return phonenumbers


def judge(text: str, region: str | None) -> str | bool | None:
    """Return a plain number as ``+`` and digits, False if no plan has it, None where that is not plain.

    *region* is the country of numbers without ``+``.
    """
    if not _PLAIN.fullmatch(text):
        return None
    digits = text.translate(_PUNCTUATION)
    if text.startswith("+"):
        code = _calling_code(digits)
        national = digits[len(code) :]
    else:
        code, national = _home_code(region), digits
    if not code or len(digits) not in _LENGTHS or national.startswith("0"):
        return None
    plans = _plans(code)
    if not plans.plans or (plans.prefix and plans.prefix(national)):
        return None
    if national is digits and (national.startswith(code) or (plans.abroad and plans.abroad(national))):
        return None
    found = _plan_of(national, plans.plans)
    return f"+{code}{national}" if found is not None and found.has(national) else False


def _plan_of(national: str, plans: tuple[Plan, ...]) -> Plan | None:
    """Return the plan of the region that a number belongs to."""
    if len(plans) == 1:
        return plans[0]
    for plan in plans:
        if plan.leading(national) if plan.leading else plan.has(national):
            return plan
    return None


def _calling_code(digits: str) -> str:
    if digits.startswith("0"):
        return ""
    codes = phone_library().COUNTRY_CODE_TO_REGION_CODE
    for length in range(1, _LONGEST_CALLING_CODE + 1):
        if int(digits[:length]) in codes:
            return digits[:length]
    return ""


@cache
def _home_code(region: str | None) -> str:
    """Return the calling code of a region if it is the main one there."""
    library = phone_library()
    code = library.country_code_for_region(region)
    return str(code) if code and library.COUNTRY_CODE_TO_REGION_CODE[code][0] == region else ""


@cache
def _plans(code: str) -> CallingCode:
    library = phone_library()
    regions: tuple[str, ...] = library.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    if _NOT_GEOGRAPHIC in regions:
        return CallingCode((), None, None)
    all_metadata = [library.PhoneMetadata.metadata_for_region(region, None) for region in regions]
    main = all_metadata[0]
    return CallingCode(
        plans=tuple(_plan(metadata) for metadata in all_metadata),
        prefix=_compiled(main.national_prefix_for_parsing, whole=False),
        abroad=_compiled(main.international_prefix, whole=False),
    )


def _plan(metadata: Any) -> Plan:  # noqa: ANN401 (see phone_library)
    descriptions = [getattr(metadata, name) for name in _TYPES]
    return Plan(
        region=metadata.id,
        leading=_compiled(metadata.leading_digits, whole=False),
        general=_description(metadata.general_desc),
        types=tuple(
            _description(each) for each in descriptions if each is not None and each.national_number_pattern
        ),
    )


def _description(description: Any) -> tuple[frozenset[int], Matches]:  # noqa: ANN401 (see phone_library)
    matches = _compiled(description.national_number_pattern, whole=True)
    return frozenset(description.possible_length), matches or (lambda _: None)


def _compiled(pattern: str | None, *, whole: bool) -> Matches | None:
    if not pattern:
        return None
    compiled = re.compile(pattern)
    return compiled.fullmatch if whole else compiled.match
