"""Pieces of Markdown that the generated pages are made of."""

from collections.abc import Iterable


def table(headers: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table."""
    names = list(headers)
    lines = [names, ["---"] * len(names)]
    lines += [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def code(words: Iterable[object]) -> str:
    """Return words as code, one after the other."""
    return ", ".join(f"`{word}`" for word in words) or "–"


# Errors that stand in the articles themselves, as they are marked where a sentence is quoted.
ERRORS = {
    "is some who has": "is some [sic] who has",
    "more qualified then the other": "more qualified then [sic] the other",
    "a person who never been": "a person who never [sic] been",
    "“I you talk 100 people": "“I [sic] you talk 100 people",
    "see you conversion rate form Name": "see you [sic] conversion rate form [sic] Name",
    "that what makes them a Lead": "that what [sic] makes them a Lead",
    "your primary business and requesting more details": "your primary business and requesting [sic] more details",
    "that person respond requesting": "that person respond [sic] requesting",
    "does not it?": "does not it [sic]?",
    "leads sights unseen": "leads sights [sic] unseen",
    "Leaders that you really want": "Leaders that [sic] you really want",
}


def marked(text: str) -> str:
    """Return a text in which the errors of quoted sentences are marked as theirs."""
    for error, shown in ERRORS.items():
        text = text.replace(error, shown)
    return text
