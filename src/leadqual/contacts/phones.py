"""Telephone numbers written plainly, judged by the numbering plans of the library for them.

`judge` answers only where tests show that the library says the same; it is ten times as fast. It reads
the plans of ``phonenumbers`` and copies nothing from them, so that it changes as they do.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from attrs import frozen

from leadqual.errors import ExtraMissing, WrongValue, require

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

_NEVER: Final = r"(?!)"

Matches = Callable[[str], object]
_NONE: Final[tuple[Matches, tuple[Matches, ...]]] = (re.compile(_NEVER).match, ())


@frozen
class Plan:
    """Hold how the numbers of one region look.

    Attributes:
        leading: Matches the first digits that tell the region; None if the whole number tells it.
        by_length: For each length, what matches every number of it, and what matches those in use.
    """

    leading: Matches | None
    by_length: Mapping[int, tuple[Matches, tuple[Matches, ...]]]

    def has(self, number: str) -> bool:
        """Return whether a national number may be in use."""
        general, in_use = self.by_length.get(len(number), _NONE)
        if general(number):
            for matches in in_use:
                if matches(number):
                    return True
        return False


@frozen
class CallingCode:
    """Hold the plans of the regions that share a calling code, the main one first.

    Attributes:
        code: The digits.
        plans: The plans.
        lengths: The lengths that a number may have in any of them.
        prefix: Matches a national prefix, which the library would take off.
        abroad: Matches the digits for calling abroad.
    """

    code: str
    plans: tuple[Plan, ...]
    lengths: frozenset[int]
    prefix: Matches
    abroad: Matches

    def has(self, number: str) -> bool:
        """Return whether the region that a national number belongs to has it."""
        if len(number) not in self.lengths:
            return False
        for plan in self.plans:
            if plan.leading is None or len(self.plans) == 1:
                if plan.has(number):
                    return True
            elif plan.leading(number):
                return plan.has(number)
        return False


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


def require_region(region: str) -> None:
    """Refuse a *region* that is not the two-letter code of a country.

    Raises:
        WrongType: If it is no text.
        WrongValue: If no country has it.
        ExtraMissing: If the extra ``intake`` is not installed.
    """
    capitals = "give its two capital letters, such as GB or US"
    require("region", region, str, "the code of a country", capitals)
    if region not in phone_library().SUPPORTED_REGIONS:
        raise WrongValue("region", f"no country has the code {region!r}", capitals)


def judge(text: str, region: str | None) -> str | bool | None:
    """Return a plain number as ``+`` and digits, False if no plan has it, None where that is not plain.

    *region* is the country of numbers without ``+``.
    """
    if not _PLAIN.fullmatch(text):
        return None
    digits = text.translate(_PUNCTUATION)
    if text[0] == "+":
        plans = _abroad(digits[:_LONGEST_CALLING_CODE])
        national = digits[len(plans.code) :] if plans else digits
    else:
        plans, national = _at_home(region), digits
    if plans is None or len(digits) not in _LENGTHS or national[:1] == "0" or plans.prefix(national):
        return None
    if national is digits and (national.startswith(plans.code) or plans.abroad(national)):
        return None
    return f"+{plans.code}{national}" if plans.has(national) else False


@cache
def _abroad(digits: str) -> CallingCode | None:
    """Return the calling code that a number with ``+`` begins with; None if no region has it."""
    codes = phone_library().COUNTRY_CODE_TO_REGION_CODE
    prefixes = (digits[:length] for length in range(1, _LONGEST_CALLING_CODE + 1))
    code = next((prefix for prefix in prefixes if prefix[0] != "0" and int(prefix) in codes), None)
    return None if code is None else _plans(code)


@cache
def _at_home(region: str | None) -> CallingCode | None:
    """Return the calling code of a region if it is the main one there."""
    library = phone_library()
    code = library.country_code_for_region(region)
    return _plans(str(code)) if code and library.COUNTRY_CODE_TO_REGION_CODE[code][0] == region else None


@cache
def _plans(code: str) -> CallingCode | None:
    library = phone_library()
    regions: tuple[str, ...] = library.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    if _NOT_GEOGRAPHIC in regions:
        return None
    all_metadata = [library.PhoneMetadata.metadata_for_region(region, None) for region in regions]
    main = all_metadata[0]
    plans = tuple(map(_plan, all_metadata))
    return CallingCode(
        code=code,
        plans=plans,
        lengths=frozenset(length for plan in plans for length in plan.by_length),
        prefix=re.compile(main.national_prefix_for_parsing or _NEVER).match,
        abroad=re.compile(main.international_prefix or _NEVER).match,
    )


def _plan(metadata: Any) -> Plan:  # noqa: ANN401 (see phone_library)
    described = [metadata.general_desc, *(getattr(metadata, name) for name in _TYPES)]
    general, *types = [each for each in described if each is not None and each.national_number_pattern]
    return Plan(
        leading=re.compile(metadata.leading_digits).match if metadata.leading_digits else None,
        by_length={
            length: (_matching(general), _of_length(length, types)) for length in general.possible_length
        },
    )


def _of_length(length: int, types: list[Any]) -> tuple[Matches, ...]:
    patterns = {each.national_number_pattern: _matching(each) for each in types if _may_have(each, length)}
    return tuple(patterns.values())


def _may_have(description: Any, length: int) -> bool:  # noqa: ANN401 (see phone_library)
    return not description.possible_length or length in description.possible_length


def _matching(description: Any) -> Matches:  # noqa: ANN401 (see phone_library)
    return re.compile(description.national_number_pattern).fullmatch
