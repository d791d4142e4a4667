"""The stable names of what can be wrong with a lead file, each with its meaning and its remedy."""

from typing import final

from leadqual.taxonomy.severity import Severity, StableCode, describe


@final
class Code(StableCode):
    """The stable name of a fault; `severity`, `meaning` and `remedy` stand in one table."""

    FILE_UNREADABLE = "file-unreadable"
    FILE_EMPTY = "file-empty"
    FILE_NOT_TEXT = "file-not-text"
    ENCODING_UNKNOWN = "encoding-unknown"
    HEADER_BROKEN = "header-broken"
    HEADER_AMBIGUOUS = "header-ambiguous"
    HEADER_MISSING = "header-missing"
    LAYOUT_UNKNOWN = "layout-unknown"
    LAYOUT_INVALID = "layout-invalid"
    LIMIT_EXCEEDED = "limit-exceeded"

    QUOTE_UNCLOSED = "quote-unclosed"
    QUOTE_STRAY = "quote-stray"
    ROW_IN_QUOTES = "row-in-quotes"
    ROWS_SWALLOWED = "rows-swallowed"
    CELLS_MISSING = "cells-missing"
    CELLS_EXTRA = "cells-extra"
    NOT_TEXT = "not-text"
    CONTROL_CHARACTER = "control-character"
    RECORD_TOO_LONG = "record-too-long"
    CELL_TOO_LONG = "cell-too-long"
    HEADER_REPEATED = "header-repeated"
    JSON_INVALID = "json-invalid"
    IDENTITY_MISSING = "identity-missing"
    EMAIL_INVALID = "email-invalid"
    WORD_UNREADABLE = "word-unreadable"
    DATE_UNREADABLE = "date-unreadable"
    NUMBER_UNREADABLE = "number-unreadable"
    CONSENT_UNREAD = "consent-unread"

    PHONE_UNREADABLE = "phone-unreadable"
    REGION_MISSING = "region-missing"
    CONSENT_UNREADABLE = "consent-unreadable"
    ROWS_IN_QUOTES = "rows-in-quotes"
    READ_AFTER_DAMAGE = "read-after-damage"
    TEXT_DAMAGED = "text-damaged"
    SEVERAL_VALUES = "several-values"
    ROLE_ADDRESS = "role-address"
    DUPLICATE = "duplicate"
    CLAIM_UNPROVED = "claim-unproved"
    CLAIM_UNKNOWN = "claim-unknown"
    WORD_UNLISTED = "word-unlisted"
    HEADER_DUPLICATED = "header-duplicated"
    CONSENT_UNMAPPED = "consent-unmapped"
    COLUMN_LATE = "column-late"
    OPTED_OUT_ELSEWHERE = "opted-out-elsewhere"


describe(
    {
        Code.FILE_UNREADABLE: (
            Severity.REFUSAL,
            "the file cannot be opened or read",
            "check the path and the permissions",
        ),
        Code.FILE_EMPTY: (Severity.REFUSAL, "the file holds nothing to read", "export it again"),
        Code.FILE_NOT_TEXT: (
            Severity.REFUSAL,
            "the file is not text in columns",
            "export it as CSV in UTF-8",
        ),
        Code.ENCODING_UNKNOWN: (
            Severity.REFUSAL,
            "the encoding is not one that can be told or read",
            'name the encoding (--encoding cp1252, encoding="cp1252"), or export the file in UTF-8',
        ),
        Code.HEADER_BROKEN: (
            Severity.REFUSAL,
            "the line of column names cannot be split into cells",
            "mend its quotes",
        ),
        Code.HEADER_AMBIGUOUS: (
            Severity.REFUSAL,
            "two columns have the name that one field is read from",
            "rename or remove one of the two",
        ),
        Code.HEADER_MISSING: (
            Severity.REFUSAL,
            "the first line holds a person where the column names should be",
            "put a line of column names on top",
        ),
        Code.LAYOUT_UNKNOWN: (
            Severity.REFUSAL,
            "the columns belong to no known layout",
            "name a layout, or begin one of your own with leadqual layout FILE --draft",
        ),
        Code.LAYOUT_INVALID: (
            Severity.REFUSAL,
            "the layout cannot be used",
            "mend the places named in the layout file",
        ),
        Code.LIMIT_EXCEEDED: (
            Severity.REFUSAL,
            "the file exceeds a limit",
            "split the file, or raise the limit",
        ),
        Code.QUOTE_UNCLOSED: (
            Severity.ERROR,
            "a quote opens a cell and nothing closes it",
            "close the quote, or double it where it belongs to the text",
        ),
        Code.QUOTE_STRAY: (
            Severity.ERROR,
            "a quote stands inside a cell that is not quoted as a whole",
            'put the whole cell in quotes and double the quote inside it (""), or remove it',
        ),
        Code.ROW_IN_QUOTES: (
            Severity.ERROR,
            "the whole row is wrapped in quotes and so is one cell",
            "remove the outer quotes and undouble the inner ones",
        ),
        Code.ROWS_SWALLOWED: (
            Severity.ERROR,
            "a cell over several lines holds rows of this file, as between two broken quotes",
            "mend the quote before the first of these rows and the one after the last",
        ),
        Code.CELLS_MISSING: (
            Severity.ERROR,
            "the row has fewer cells than the header",
            "add the missing cells; in a layout file, short_rows = 'pad' accepts such rows",
        ),
        Code.CELLS_EXTRA: (
            Severity.ERROR,
            "the row has more cells than the header",
            "put the cell that holds the delimiter in quotes, or remove the delimiter that is one too many",
        ),
        Code.NOT_TEXT: (
            Severity.ERROR,
            "the row holds bytes that are no text in the encoding of the file",
            'name the right encoding (--encoding cp1252, encoding="cp1252"), or mend the characters',
        ),
        Code.CONTROL_CHARACTER: (
            Severity.ERROR,
            "the row holds a control character",
            "remove the invisible character",
        ),
        Code.RECORD_TOO_LONG: (
            Severity.ERROR,
            "the row is longer than the limit",
            "shorten the row, or raise the limit",
        ),
        Code.CELL_TOO_LONG: (
            Severity.ERROR,
            "a cell is longer than the limit",
            "shorten the cell, or raise the limit",
        ),
        Code.HEADER_REPEATED: (
            Severity.ERROR,
            "the row repeats the column names, as when files are joined",
            "remove the row",
        ),
        Code.JSON_INVALID: (
            Severity.ERROR,
            "the line is not one JSON object",
            "write one object with distinct keys on each line",
        ),
        Code.IDENTITY_MISSING: (
            Severity.ERROR,
            "the row has no id, no name, no e-mail address and no phone",
            "add one of them",
        ),
        Code.EMAIL_INVALID: (Severity.ERROR, "the e-mail address is not valid", "correct the address"),
        Code.WORD_UNREADABLE: (
            Severity.ERROR,
            "the word is none of those that the column may hold",
            "use one of the words",
        ),
        Code.DATE_UNREADABLE: (
            Severity.ERROR,
            "the date is not in the format of the layout",
            "write it as 2026-04-03, or name the format in a layout file",
        ),
        Code.NUMBER_UNREADABLE: (Severity.ERROR, "the number cannot be read", "write digits only"),
        Code.CONSENT_UNREAD: (
            Severity.ERROR,
            "the column looks like an opt-out, came after the layout was told, and is not read",
            "map it to opted_out in a layout of your own, or rename it",
        ),
        Code.PHONE_UNREADABLE: (
            Severity.WARNING,
            "the phone number is not valid and was left out; its text is kept",
            "correct the number",
        ),
        Code.REGION_MISSING: (
            Severity.WARNING,
            "the phone number has no country code and no region was named; its text is kept",
            "name the region, such as US, or write the number with + and country code",
        ),
        Code.CONSENT_UNREADABLE: (
            Severity.WARNING,
            "the word about consent cannot be read and was taken as do not contact",
            "write yes or no",
        ),
        Code.ROWS_IN_QUOTES: (
            Severity.WARNING,
            "a cell over several lines holds a line that looks like a row of its own",
            "look whether a quote is missing before it",
        ),
        Code.READ_AFTER_DAMAGE: (
            Severity.WARNING,
            "the row stands on lines that may belong to a record with a broken quote",
            "mend the quote of that record, and check the file again",
        ),
        Code.TEXT_DAMAGED: (
            Severity.WARNING,
            "the text looks damaged by a wrong encoding or holds invisible characters",
            "export the file again in UTF-8",
        ),
        Code.SEVERAL_VALUES: (
            Severity.WARNING,
            "the cell holds several values; the first was used, and the text is kept",
            "keep one value in the cell",
        ),
        Code.ROLE_ADDRESS: (
            Severity.WARNING,
            "the e-mail address belongs to a role, not to a person",
            "find the person's own address",
        ),
        Code.DUPLICATE: (
            Severity.WARNING,
            "the row repeats an earlier one",
            "remove one of the two, or let duplicates be merged",
        ),
        Code.CLAIM_UNPROVED: (
            Severity.WARNING,
            "the row claims a stage that its facts do not bear out",
            "map the columns that prove the stage, or trust the stage",
        ),
        Code.CLAIM_UNKNOWN: (
            Severity.WARNING,
            "the word for the stage is none that the layout knows",
            "add the word to the layout",
        ),
        Code.WORD_UNLISTED: (
            Severity.WARNING,
            "the word is not listed in the layout and says nothing; its text is kept",
            "add the word to the layout",
        ),
        Code.HEADER_DUPLICATED: (
            Severity.WARNING,
            "two columns have the same name; both are kept",
            "rename one of the two",
        ),
        Code.CONSENT_UNMAPPED: (
            Severity.WARNING,
            "the column looks like an opt-out, and the layout does not read it",
            "map it to opted_out in a layout of your own, or rename it",
        ),
        Code.COLUMN_LATE: (
            Severity.WARNING,
            "the column comes late in the file; CSV that is written row by row does not hold it",
            "write JSON Lines, or name every column in the first line",
        ),
        Code.OPTED_OUT_ELSEWHERE: (
            Severity.WARNING,
            "another row with the same id or e-mail address asked not to be contacted",
            "do not contact this person; merge the rows, or correct the one that is wrong",
        ),
    }
)
