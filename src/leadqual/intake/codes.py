"""The stable codes of problems in a lead file, each with its meaning and remedy."""

from typing import final

from leadqual.taxonomy.severity import Severity, StableCode


@final
class Code(StableCode):
    """The stable name of a problem, with its severity, meaning and remedy."""

    FILE_UNREADABLE = "file-unreadable", Severity.REFUSAL
    FILE_EMPTY = "file-empty", Severity.REFUSAL
    FILE_NOT_TEXT = "file-not-text", Severity.REFUSAL
    ENCODING_UNKNOWN = "encoding-unknown", Severity.REFUSAL
    HEADER_BROKEN = "header-broken", Severity.REFUSAL
    HEADER_AMBIGUOUS = "header-ambiguous", Severity.REFUSAL
    HEADER_MISSING = "header-missing", Severity.REFUSAL
    LAYOUT_UNKNOWN = "layout-unknown", Severity.REFUSAL
    LAYOUT_INVALID = "layout-invalid", Severity.REFUSAL
    SHEET_UNKNOWN = "sheet-unknown", Severity.REFUSAL
    LIMIT_EXCEEDED = "limit-exceeded", Severity.REFUSAL

    FACTS_UNREAD = "facts-unread", Severity.ERROR
    CONSENT_OUTSIDE = "consent-outside", Severity.ERROR
    QUOTE_UNCLOSED = "quote-unclosed", Severity.ERROR
    QUOTE_STRAY = "quote-stray", Severity.ERROR
    ROW_IN_QUOTES = "row-in-quotes", Severity.ERROR
    ROWS_SWALLOWED = "rows-swallowed", Severity.ERROR
    CELLS_MISSING = "cells-missing", Severity.ERROR
    CELLS_EXTRA = "cells-extra", Severity.ERROR
    NOT_TEXT = "not-text", Severity.ERROR
    CONTROL_CHARACTER = "control-character", Severity.ERROR
    RECORD_TOO_LONG = "record-too-long", Severity.ERROR
    CELL_TOO_LONG = "cell-too-long", Severity.ERROR
    HEADER_REPEATED = "header-repeated", Severity.ERROR
    JSON_INVALID = "json-invalid", Severity.ERROR
    CARD_BROKEN = "card-broken", Severity.ERROR
    CELL_UNCOMPUTED = "cell-uncomputed", Severity.ERROR
    IDENTITY_MISSING = "identity-missing", Severity.ERROR
    EMAIL_INVALID = "email-invalid", Severity.ERROR
    WORD_UNREADABLE = "word-unreadable", Severity.ERROR
    DATE_UNREADABLE = "date-unreadable", Severity.ERROR
    NUMBER_UNREADABLE = "number-unreadable", Severity.ERROR
    CONSENT_UNREAD = "consent-unread", Severity.ERROR

    PHONE_UNREADABLE = "phone-unreadable", Severity.WARNING
    REGION_MISSING = "region-missing", Severity.WARNING
    CONSENT_UNREADABLE = "consent-unreadable", Severity.WARNING
    ROWS_IN_QUOTES = "rows-in-quotes", Severity.WARNING
    READ_AFTER_DAMAGE = "read-after-damage", Severity.WARNING
    TEXT_DAMAGED = "text-damaged", Severity.WARNING
    SEVERAL_VALUES = "several-values", Severity.WARNING
    ROLE_ADDRESS = "role-address", Severity.WARNING
    DUPLICATE = "duplicate", Severity.WARNING
    CLAIM_UNPROVED = "claim-unproved", Severity.WARNING
    CLAIM_UNKNOWN = "claim-unknown", Severity.WARNING
    WORD_UNLISTED = "word-unlisted", Severity.WARNING
    HEADER_DUPLICATED = "header-duplicated", Severity.WARNING
    ADDRESS_DEAD = "address-dead", Severity.WARNING
    EVIDENCE_UNREAD = "evidence-unread", Severity.WARNING
    ANSWERS_UNREAD = "answers-unread", Severity.WARNING

    FACTS_ABSENT = "facts-absent", Severity.NOTE

    COLUMN_LATE = "column-late", Severity.WARNING
    OPTED_OUT_ELSEWHERE = "opted-out-elsewhere", Severity.WARNING
    CONSENT_UNREAD_ELSEWHERE = "consent-unread-elsewhere", Severity.WARNING

    DESTINATION_UNMET = "destination-unmet", Severity.ERROR
    DESTINATION_MISSING = "destination-missing", Severity.ERROR
    DESTINATION_TOO_LONG = "destination-too-long", Severity.ERROR
    DESTINATION_FORBIDDEN = "destination-forbidden", Severity.ERROR
    DESTINATION_UNLISTED = "destination-unlisted", Severity.ERROR
    DESTINATION_REPEATED = "destination-repeated", Severity.ERROR
    DESTINATION_LIMIT = "destination-limit", Severity.ERROR
    OPT_OUT_STRANDED = "opt-out-stranded", Severity.ERROR
    FORMULA_ESCAPED = "formula-escaped", Severity.WARNING
