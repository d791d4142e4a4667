"""Telephone numbers written plainly, judged by the numbering plans of the library for them.

`judge` answers only where tests show that the library agrees; it is ten times as fast. It reads
the plans of ``phonenumbers`` and copies nothing from them, so that it changes as they do.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final, NamedTuple

from leadqual.errors import WrongValue, import_extra, require

_PLAIN: Final = re.compile(r"\+?[0-9(][0-9 ().-]{5,22}[0-9]")
_PUNCTUATION: Final = str.maketrans("", "", "+ ().-")
_LENGTHS: Final = range(7, 16)
_LONGEST_CALLING_CODE: Final = 3
_NOT_GEOGRAPHIC: Final = "001"
_TYPES: Final = (
    "fixed_line mobile toll_free premium_rate shared_cost voip personal_number pager uan voicemail"
)
_NEVER: Final = r"(?!)"
Matches = Callable[[str], object]
phone_library: Final = cache(partial(import_extra, "phonenumbers", "reading telephone numbers", "intake"))


class CallingCode(NamedTuple):
    code: str
    prefix: Matches  # of a national number
    abroad: Matches  # the digits for calling abroad


def require_region(region: str) -> None:
    capitals = "give its two capital letters, such as GB or US"
    require("region", region, str, "the code of a country", capitals)
    if region not in phone_library().SUPPORTED_REGIONS:
        raise WrongValue("region", f"no country has the code {region!r}", capitals)


def judge(text: str, region: str | None) -> str | bool | None:
    """Return a plain number in E.164, False if no plan contains it, None if it is not plain."""
    if not _PLAIN.fullmatch(text):
        return None
    digits = text.translate(_PUNCTUATION)
    if text[0] == "+":
        calling = _abroad(digits[:_LONGEST_CALLING_CODE])
        national = digits[len(calling.code) :] if calling else digits
    else:
        calling, national = _at_home(region), digits
    if calling is None or len(digits) not in _LENGTHS or national[:1] == "0" or calling.prefix(national):
        return None
    if national is digits and (national.startswith(calling.code) or calling.abroad(national)):
        return None
    return f"+{calling.code}{national}" if _in_use(calling.code, len(national))(national) else False


@cache
def _abroad(digits: str) -> CallingCode | None:
    code = next(filter(digits.startswith, map(str, phone_library().COUNTRY_CODE_TO_REGION_CODE)), None)
    return _calling_code(code) if code else None


@cache
def _at_home(region: str | None) -> CallingCode | None:
    library = phone_library()
    code = library.country_code_for_region(region)
    main = code and library.COUNTRY_CODE_TO_REGION_CODE[code][0] == region
    return _calling_code(str(code)) if main else None


@cache
def _calling_code(code: str) -> CallingCode | None:
    regions = phone_library().COUNTRY_CODE_TO_REGION_CODE[int(code)]
    if _NOT_GEOGRAPHIC in regions:
        return None
    main = _metadata(code)[0]
    prefix, abroad = main.national_prefix_for_parsing, main.international_prefix
    return CallingCode(code, re.compile(prefix or _NEVER).match, re.compile(abroad or _NEVER).match)


@cache
def _metadata(code: str) -> list[Any]:
    library = phone_library()
    regions = library.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    return [library.PhoneMetadata.metadata_for_region(region, None) for region in regions]


@cache
def _in_use(code: str, length: int) -> Matches:
    """Return what matches the national numbers of a length that may be in use.

    If regions share a calling code, only the first one whose leading digits match is used.
    """
    regions = _metadata(code)
    pattern = _NEVER
    for region in reversed(regions):
        general = region.general_desc
        types = [getattr(region, name) for name in _TYPES.split()]
        patterns = dict.fromkeys(
            each.national_number_pattern
            for each in types
            if each and each.national_number_pattern and length in (each.possible_length or (length,))
        )
        own = f"(?=(?:{general.national_number_pattern})\\Z)(?:{'|'.join(patterns)})"
        if length not in general.possible_length or not patterns:
            own = _NEVER
        leading = region.leading_digits if len(regions) > 1 else None
        pattern = f"(?={leading}){own}|(?!{leading})(?:{pattern})" if leading else f"{own}|{pattern}"
    return re.compile(pattern).fullmatch
