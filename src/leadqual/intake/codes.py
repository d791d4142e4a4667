"""The stable codes of problems in a lead file; each has its severity, meaning and remedy in codes.toml."""

import tomllib
from importlib.resources import files
from typing import Final, final

from leadqual.taxonomy.severity import Severity, StableCode

_TEXTS: Final = tomllib.loads((files("leadqual.intake") / "codes.toml").read_text("utf-8"))


def _code(word: str) -> tuple[str, Severity, str, str]:
    texts = _TEXTS[word]
    return word, Severity(texts["severity"]), texts["meaning"], texts["remedy"]


@final
class Code(StableCode):
    """The stable name of a problem, with its severity, meaning and remedy."""

    FILE_UNREADABLE = _code("file-unreadable")
    FILE_EMPTY = _code("file-empty")
    FILE_NOT_TEXT = _code("file-not-text")
    ENCODING_UNKNOWN = _code("encoding-unknown")
    HEADER_BROKEN = _code("header-broken")
    HEADER_AMBIGUOUS = _code("header-ambiguous")
    HEADER_MISSING = _code("header-missing")
    LAYOUT_UNKNOWN = _code("layout-unknown")
    LAYOUT_INVALID = _code("layout-invalid")
    SHEET_UNKNOWN = _code("sheet-unknown")
    LIMIT_EXCEEDED = _code("limit-exceeded")
    FACTS_UNREAD = _code("facts-unread")
    CONSENT_OUTSIDE = _code("consent-outside")
    QUOTE_UNCLOSED = _code("quote-unclosed")
    QUOTE_STRAY = _code("quote-stray")
    ROW_IN_QUOTES = _code("row-in-quotes")
    ROWS_SWALLOWED = _code("rows-swallowed")
    CELLS_MISSING = _code("cells-missing")
    CELLS_EXTRA = _code("cells-extra")
    NOT_TEXT = _code("not-text")
    CONTROL_CHARACTER = _code("control-character")
    RECORD_TOO_LONG = _code("record-too-long")
    CELL_TOO_LONG = _code("cell-too-long")
    HEADER_REPEATED = _code("header-repeated")
    JSON_INVALID = _code("json-invalid")
    CARD_BROKEN = _code("card-broken")
    CELL_UNCOMPUTED = _code("cell-uncomputed")
    IDENTITY_MISSING = _code("identity-missing")
    EMAIL_INVALID = _code("email-invalid")
    WORD_UNREADABLE = _code("word-unreadable")
    DATE_UNREADABLE = _code("date-unreadable")
    NUMBER_UNREADABLE = _code("number-unreadable")
    CONSENT_UNREAD = _code("consent-unread")
    PHONE_UNREADABLE = _code("phone-unreadable")
    REGION_MISSING = _code("region-missing")
    CONSENT_UNREADABLE = _code("consent-unreadable")
    ROWS_IN_QUOTES = _code("rows-in-quotes")
    READ_AFTER_DAMAGE = _code("read-after-damage")
    TEXT_DAMAGED = _code("text-damaged")
    SEVERAL_VALUES = _code("several-values")
    ROLE_ADDRESS = _code("role-address")
    DUPLICATE = _code("duplicate")
    CLAIM_UNPROVED = _code("claim-unproved")
    CLAIM_UNKNOWN = _code("claim-unknown")
    WORD_UNLISTED = _code("word-unlisted")
    HEADER_DUPLICATED = _code("header-duplicated")
    ADDRESS_DEAD = _code("address-dead")
    EVIDENCE_UNREAD = _code("evidence-unread")
    ANSWERS_UNREAD = _code("answers-unread")
    FACTS_ABSENT = _code("facts-absent")
    COLUMN_LATE = _code("column-late")
    OPTED_OUT_ELSEWHERE = _code("opted-out-elsewhere")
    CONSENT_UNREAD_ELSEWHERE = _code("consent-unread-elsewhere")
