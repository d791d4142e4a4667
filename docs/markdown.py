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
