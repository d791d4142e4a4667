"""The stable codes of problems in a lead file, each with its meaning and remedy."""

from typing import final

from leadqual.taxonomy.severity import StableCode, error, note, refusal, warning


@final
class Code(StableCode):
    """The stable name of a problem, with its severity, meaning and remedy."""

    FILE_UNREADABLE = refusal(
        "file-unreadable", "the file cannot be opened or read", "check the path and the permissions"
    )
    FILE_EMPTY = refusal("file-empty", "the file holds nothing to read", "export it again")
    FILE_NOT_TEXT = refusal(
        "file-not-text", "the file is not a CSV or JSON Lines file", "export it as CSV in UTF-8"
    )
    ENCODING_UNKNOWN = refusal(
        "encoding-unknown",
        "the encoding cannot be recognized or read",
        'name the encoding (--encoding cp1252, encoding="cp1252"), or export the file in UTF-8',
    )
    HEADER_BROKEN = refusal(
        "header-broken", "the line of column names cannot be split into cells", "fix its quotes"
    )
    HEADER_AMBIGUOUS = refusal(
        "header-ambiguous", "two columns have the name that a field is read from", "rename or remove one"
    )
    HEADER_MISSING = refusal(
        "header-missing", "the first line looks like data, not column names", "add a line of column names"
    )
    LAYOUT_UNKNOWN = refusal(
        "layout-unknown",
        "the columns belong to no known layout",
        'read it as its names and cells suggest (leadqual check FILE --layout suggested, layout="suggested"), '
        "or begin a layout of your own (leadqual layout FILE --draft)",
    )
    LAYOUT_INVALID = refusal(
        "layout-invalid", "the layout cannot be used", "fix the places named in the layout file"
    )
    SHEET_UNKNOWN = refusal(
        "sheet-unknown", "the sheet of the workbook to read is not told", "name it (--sheet NAME, sheet=NAME)"
    )
    LIMIT_EXCEEDED = refusal(
        "limit-exceeded", "the file exceeds a limit", "split the file, or raise the limit"
    )

    FACTS_UNREAD = error(
        "facts-unread",
        "columns that seem to say what people did were not read",
        'read it with --layout suggested (layout="suggested"), write a layout (leadqual layout FILE --draft), '
        "or say --names-only (names_only=True) if these are names",
    )
    QUOTE_UNCLOSED = error(
        "quote-unclosed", "a quoted cell is not closed", "close the quote, or double it inside the text"
    )
    QUOTE_STRAY = error(
        "quote-stray",
        "a quote stands inside a cell that is not quoted as a whole",
        'put the whole cell in quotes and double the quote inside it (""), or remove it',
    )
    ROW_IN_QUOTES = error(
        "row-in-quotes",
        "the whole row is wrapped in quotes and so is one cell",
        "remove the outer quotes and write each doubled inner quote once",
    )
    ROWS_SWALLOWED = error(
        "rows-swallowed",
        "a cell over several lines holds rows of this file, as between two broken quotes",
        "fix the quote before the first of these rows and the one after the last",
    )
    CELLS_MISSING = error(
        "cells-missing",
        "the row has fewer cells than the header",
        "add the missing cells; in a layout file, short_rows = 'pad' accepts such rows",
    )
    CELLS_EXTRA = error(
        "cells-extra",
        "the row has more cells than the header",
        "put the cell that holds the delimiter in quotes, or remove the surplus delimiter",
    )
    NOT_TEXT = error(
        "not-text",
        "the row holds bytes that are not text in the encoding of the file",
        'name the right encoding (--encoding cp1252, encoding="cp1252"), or fix the characters',
    )
    CONTROL_CHARACTER = error(
        "control-character", "the row holds a control character", "remove the invisible character"
    )
    RECORD_TOO_LONG = error(
        "record-too-long", "the row is longer than the limit", "shorten the row, or raise the limit"
    )
    CELL_TOO_LONG = error(
        "cell-too-long", "a cell is longer than the limit", "shorten the cell, or raise the limit"
    )
    HEADER_REPEATED = error(
        "header-repeated", "the row repeats the column names, as when files are joined", "remove the row"
    )
    JSON_INVALID = error(
        "json-invalid", "the line is not one JSON object", "write one object with distinct keys on each line"
    )
    CARD_BROKEN = error(
        "card-broken",
        "the card has no beginning or no end, or a line of it cannot be read",
        "complete the card, or correct what stands in the column UNREAD",
    )
    CELL_UNCOMPUTED = error(
        "cell-uncomputed",
        "the cell holds an error, a formula without a result, or a number with more than 15 digits",
        "put the value itself into the cell, long numbers as text; Excel stores results when it saves",
    )
    IDENTITY_MISSING = error(
        "identity-missing", "the row has no id, no name, no e-mail address and no phone", "add one of them"
    )
    EMAIL_INVALID = error("email-invalid", "the e-mail address is not valid", "correct the address")
    WORD_UNREADABLE = error(
        "word-unreadable", "the word is not allowed in this column", "use one of the words"
    )
    DATE_UNREADABLE = error(
        "date-unreadable",
        "the date is not in the format of the layout",
        "write it as 2026-04-03, or name the format in a layout file",
    )
    NUMBER_UNREADABLE = error("number-unreadable", "the number cannot be read", "write digits only")
    CONSENT_UNREAD = error(
        "consent-unread",
        "the cell may say that this person does not want to be contacted, and nothing says how to read it",
        "say yes or no in a column opted_out; or name the column: --consent-in COLUMN (consent_in=) where a no "
        "means do not contact, or --no-consent-in COLUMN (no_consent_in=) where nothing is about consent",
    )

    PHONE_UNREADABLE = warning(
        "phone-unreadable", "the phone number is invalid and not used; its text is kept", "correct the number"
    )
    REGION_MISSING = warning(
        "region-missing",
        "the phone number has no country code and no region was named; its text is kept",
        "name the region, such as US, or write the number with + and country code",
    )
    CONSENT_UNREADABLE = warning(
        "consent-unreadable", "the consent cannot be read and was taken as do not contact", "write yes or no"
    )
    ROWS_IN_QUOTES = warning(
        "rows-in-quotes",
        "a cell over several lines holds a line that looks like a row of its own",
        "look whether a quote is missing before it",
    )
    READ_AFTER_DAMAGE = warning(
        "read-after-damage",
        "the row was read from what may belong to a damaged record before it",
        "fix that record, and check the file again",
    )
    TEXT_DAMAGED = warning(
        "text-damaged",
        "the text looks damaged by a wrong encoding, or holds invisible characters",
        "export the file again in UTF-8",
    )
    SEVERAL_VALUES = warning(
        "several-values", "the cell has several values; the first is used", "keep one value in the cell"
    )
    ROLE_ADDRESS = warning(
        "role-address", "the e-mail address belongs to a role, not to a person", "find a personal address"
    )
    DUPLICATE = warning(
        "duplicate", "the row repeats an earlier one", "remove one of the two, or let duplicates be merged"
    )
    CLAIM_UNPROVED = warning(
        "claim-unproved",
        "the row claims a stage that its facts do not prove",
        "map the columns that prove the stage, or trust the stage",
    )
    CLAIM_UNKNOWN = warning(
        "claim-unknown", "the layout does not know the word for the stage", "add the word to the layout"
    )
    WORD_UNLISTED = warning(
        "word-unlisted", "the layout does not list the word; its text is kept", "add the word to the layout"
    )
    HEADER_DUPLICATED = warning(
        "header-duplicated", "two columns have the same name; both are kept", "rename one of the two"
    )
    ADDRESS_DEAD = warning(
        "address-dead", "the address is reported as dead", "find another address before you write"
    )
    EVIDENCE_UNREAD = warning(
        "evidence-unread",
        "the column may say what people did, and is not read",
        "map it to a fact in a layout, or leave it if it says something else",
    )
    ANSWERS_UNREAD = warning(
        "answers-unread",
        "the column holds nothing but yes and no, and is not read",
        "look whether it is about consent or a fact, and map it in a layout",
    )
    FACTS_ABSENT = note(
        "facts-absent",
        "nothing in the file says what anybody did",
        "nothing needs to be done if these are names",
    )
    COLUMN_LATE = warning(
        "column-late",
        "the column first appears late in the file; CSV that is written row by row does not contain it",
        "write JSON Lines, or name every column in the first line",
    )
    OPTED_OUT_ELSEWHERE = warning(
        "opted-out-elsewhere",
        "another row with the same id or e-mail address asked not to be contacted",
        "do not contact this person; merge the rows, or correct the one that is wrong",
    )

    DESTINATION_UNMET = error(
        "destination-unmet",
        "no column gives what the destination needs",
        'add the column, or write one text in every row (--fill Company=None, fill={"Company": "None"})',
    )
    DESTINATION_MISSING = error(
        "destination-missing",
        "a column that the destination needs is blank",
        'fill the cell, or every blank one (--fill Company=None, fill={"Company": "None"})',
    )
    DESTINATION_TOO_LONG = error(
        "destination-too-long", "the text is longer than the destination holds", "shorten the text"
    )
    DESTINATION_FORBIDDEN = error(
        "destination-forbidden",
        "the cell has a line break or a character that the destination does not take",
        "remove it",
    )
    DESTINATION_UNLISTED = error(
        "destination-unlisted",
        "the value is not in the list of the destination",
        "use a value of the list in your account, or describe that list in a system file of your own",
    )
    DESTINATION_REPEATED = error(
        "destination-repeated",
        "an earlier row has the key by which the destination finds people",
        'let the rows be merged (--duplicates merge, duplicates="merge"), or remove one',
    )
    DESTINATION_LIMIT = error(
        "destination-limit", "the import file is larger than the destination takes", "split the file"
    )
    OPT_OUT_STRANDED = error(
        "opt-out-stranded",
        "this person opted out, and the destination cannot be told, as the row has no key for it",
        "add the key, or mark the person in the destination by hand",
    )
    FORMULA_ESCAPED = warning(
        "formula-escaped",
        "the cell could run as a formula; an apostrophe was put before it, which is imported with it",
        "remove the sign at the beginning of the cell",
    )
