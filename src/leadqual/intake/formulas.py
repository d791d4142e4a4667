"""How a cell is written so that no spreadsheet runs it as a formula.

Output cannot run in a program that splits at the file's own delimiter. Writing and reading are each
other's inverse: what could run, with any number of apostrophes before it, gets one more.
"""

import re
from typing import Final

LIVE: Final = "[=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]"
"""The pattern of a sign that begins a formula, or hides one from whoever trims its cells."""

HARMLESS: Final = r"[+-]?[0-9]+(?:\.[0-9]+)?"
"""The pattern of numbers, telephone numbers with ``+`` among them."""

_LIVE: Final = re.compile(f"'*{LIVE}")
_HARMLESS: Final = re.compile(HARMLESS)


def escape(text: str) -> str:
    """Return *text* as it is written to a file that a spreadsheet may open.

    Plain numbers, telephone numbers with ``+`` among them, are harmless as they are.
    """
    return f"'{text}" if _LIVE.match(text) and not _HARMLESS.fullmatch(text) else text


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    return text[1:] if text.startswith("'") and _LIVE.match(text) else text
