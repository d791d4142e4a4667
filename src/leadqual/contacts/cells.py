"""Strict readers of the text of one cell.

Every reader takes the text of a cell that is not blank, returns its value, and raises
`CellUnreadable` for everything else. Nothing is guessed, and no error holds the text.
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache, partial
from math import isinf
from typing import Final, cast, final

from leadqual.contacts.headings import answer_of
from leadqual.contacts.phones import judge, phone_library
from leadqual.errors import LeadqualError, WrongValue, import_extra, require

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_INSTANT: Final = re.compile(
    _ISO_DATE.pattern
    + r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
Scalar = str | int | float | bool | None  # the value of a cell that is kept unread
_LONGEST_ADDRESS: Final = 320
_LETTER: Final = re.compile(r"[^\W\d_]")

# An address that matches is valid and already in its normal form; all others are left to the library.
_PLAIN_EMAIL: Final = re.compile(
    r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63})"
)
_PLAIN_EMAIL_LENGTH: Final = 100


@final
class CellUnreadable(LeadqualError, ValueError):
    """Raised for an unreadable cell; names what was expected and why, never the text."""

    def __init__(self, reading: str, reason: str, remedy: str) -> None:
        super().__init__(reading, reason, remedy)
        self.reading: str = reading
        self.reason: str = reason
        self.remedy: str = remedy

    def __str__(self) -> str:
        return f"not {self.reading}: {self.reason}; {self.remedy}"


def read_yes_no(text: str) -> bool:
    if (answer := answer_of(text.casefold())) is not None:
        return answer
    raise CellUnreadable("yes or no", "the word is neither", "write yes or no, or leave the cell empty")


def is_nothing(cell: object) -> bool:
    if isinstance(cell, (float, datetime)):
        return cell != cell  # noqa: PLR0124 (only what is not a number differs from itself)
    # pandas.NA answers no comparison, not even that with itself.
    return cell is None or type(cell).__name__ == "NAType"


def scalar(cell: object) -> Scalar:
    """Return the value of a cell that is kept unread; None for what is not a number."""
    if type(cell) in (str, int, bool):
        return cast("Scalar", cell)
    if is_nothing(cell):
        return None
    require("each value of extra", cell, (str, int, float), "a text, a number, True, False or None")
    if isinstance(cell, float) and isinf(cell):
        raise WrongValue("extra", "holds an infinite number", "leave it out, or give it as a text")
    return cast("Scalar", cell)


def read_number(text: str) -> Decimal:
    if _NUMBER.fullmatch(text := text.strip()):
        return Decimal(text)
    raise CellUnreadable("a number", "only digits and one decimal point may be used", "write 1200.5")


def read_date(text: str, style: str = "iso") -> date:
    """Return a date written as ``YYYY-MM-DD``, or in the one *style* named as for ``strptime``."""
    return _moment(text.strip(), style, "a date", _ISO_DATE).date()


def read_instant(text: str, style: str = "iso", zone: tzinfo | None = None) -> datetime:
    """Return an instant in UTC; one written without a time zone, or a date alone, is in *zone*."""
    moment = _moment(text.strip(), style, "an instant", _ISO_INSTANT)
    if moment.utcoffset() is None:
        if zone is None:
            raise CellUnreadable(
                "an instant", "it has no time zone", "write one, or name the zone of the file"
            )
        moment = moment.replace(tzinfo=zone)
    with suppress(ValueError, OverflowError):
        return moment.astimezone(UTC)
    raise _no_date("an instant", style)


def _moment(text: str, style: str, reading: str, iso: re.Pattern[str]) -> datetime:
    if style != "iso" or iso.fullmatch(text):
        with suppress(ValueError):
            return datetime.fromisoformat(text) if style == "iso" else datetime.strptime(text, style)  # noqa: DTZ007
    raise _no_date(reading, style)


def _no_date(reading: str, style: str) -> CellUnreadable:
    wanted = "YYYY-MM-DD, as in ISO 8601" if style == "iso" else f"the named format {style}"
    remedy = "write it in this format, or name another one"
    return CellUnreadable(reading, f"it is not written as {wanted}", remedy)


def read_email(text: str) -> str:
    text = text.strip()
    if is_plain_email(text):
        return text
    if len(text) > _LONGEST_ADDRESS:
        raise CellUnreadable("an e-mail address", "it is too long", "write one address")
    try:
        return str(_email_library().validate_email(text, check_deliverability=False).normalized)
    except ValueError as error:
        reason = _QUOTED.sub("", str(error).rstrip(".")).strip().replace("  ", " ")
    raise CellUnreadable("an e-mail address", reason, "write name@example.com")


def is_plain_email(text: str) -> bool:
    """Return whether *text* is an address that the library is known to accept unchanged."""
    plain = _PLAIN_EMAIL.fullmatch(text) if len(text) <= _PLAIN_EMAIL_LENGTH else None
    if not plain or "--" in text.partition("@")[2] or plain[2] in SPECIAL_TOP_LABELS:
        return False
    return plain[1].islower() or plain[1].lower() not in ROLE_MAILBOXES


# Reserved by RFC 6761 and its registry; left to the library.
SPECIAL_TOP_LABELS: Final = frozenset(["alt", "arpa", "invalid", "local", "localhost", "onion", "test"])
# The mailboxes that belong to a role, not a person (RFC 2142).
ROLE_MAILBOXES: Final = frozenset(
    [
        "abuse",
        "ftp",
        "hostmaster",
        "info",
        "marketing",
        "news",
        "noc",
        "postmaster",
        "sales",
        "security",
        "support",
        "usenet",
        "uucp",
        "webmaster",
        "www",
    ]
)
# Matches the parts of an address that the library for addresses quotes in its messages.
_QUOTED: Final = re.compile(r"(?:['\"\u201c\u2018]).*?(?:['\"\u201d\u2019])|: .*")


_PURPOSE: Final = "reading e-mail addresses that are not plain"
_email_library: Final = cache(partial(import_extra, "email_validator", _PURPOSE, "intake"))
# Matches what advertisements and spreadsheets put before a number.
_BEFORE_PLUS: Final = re.compile(r"\A(?:p:|')\s*(?=\+)", re.IGNORECASE)
NO_COUNTRY: Final = "it has no country code"  # the reason of a number that needs a region


def read_phone(text: str, region: str | None = None) -> str:
    """Return a telephone number in E.164; *region* is the country of those written without ``+``."""
    text = text.strip()
    plain = judge(text, region)
    if isinstance(plain, str):
        return plain
    text = _BEFORE_PLUS.sub("", text)
    if _LETTER.search(text):
        raise CellUnreadable("a telephone number", "it holds letters", "write digits only")
    if not text.startswith("+") and region is None:
        raise CellUnreadable("a telephone number", NO_COUNTRY, "write it with +, or name the region")
    library = phone_library()
    with suppress(library.NumberParseException):
        number = None if plain is False else library.parse(text, region)
        if number and not number.extension and library.is_valid_number(number):
            return str(library.format_number(number, library.PhoneNumberFormat.E164))
    reason, remedy = "no numbering plan has such a number", "write it with + and country code"
    raise CellUnreadable("a telephone number", reason, remedy)
