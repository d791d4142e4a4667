"""A first layout for a file that has none, to be edited."""

import re
from importlib.resources import files
from typing import Final

from leadqual.contacts.consent import opts_out
from leadqual.documents import quoted
from leadqual.intake.headers import Header
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.vocabulary import normalize

_HINTS: Final = (
    ("email", re.compile(r"e_?mail")),
    ("phone", re.compile(r"phone|mobile|_tel|^tel")),
    ("name", re.compile(r"^(?:full_|contact_|lead_|customer_)?name$")),
    ("id", re.compile(r"(?:^|_)id$|number$")),
    ("source", re.compile(r"source|origin")),
    ("campaign", re.compile(r"campaign")),
)
"""The fields that names of columns suggest, to be confirmed by a person."""

_FACTS: Final = frozenset(map(str, Fact))


def says_anything(header: Header) -> bool:
    """Return whether the name of any column suggests a field, a fact or an opt-out."""
    return any(map(_meaning, header.names))


def draft(header: Header) -> str:
    """Return a layout as TOML that reads what the names of the columns plainly say."""
    fields: dict[str, list[str]] = {}
    facts: list[str] = []
    opt_outs: list[str] = []
    rest: list[str] = []
    for name in header.names:
        meaning, text = _meaning(name), quoted(name)
        if meaning == normalize(name) and meaning in _FACTS:
            facts.append(f"{meaning} = {{ column = {text}, yes_no = true }}")
        elif meaning in _FACTS:
            opt_outs.append(f"# {meaning} = {{ column = {text}, yes_no = true }}")
        elif meaning:
            fields.setdefault(meaning, []).append(text)
        else:
            rest.append(text)
    columns = {
        field: texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" for field, texts in fields.items()
    }
    template = files("leadqual.intake").joinpath("layouts", "draft.txt").read_text("utf-8")
    return template.format(
        signature=", ".join(f"[{quoted(name)}]" for name in header.names[:2]),
        fields="\n".join(f"{field} = {texts}" for field, texts in columns.items())
        or '# name = { join = ["First", "Last"] }\n# email = "..."',
        facts="\n".join((*facts, *opt_outs)) or "# Nothing in the names of the columns says what people did.",
        rest=", ".join(rest),
    )


def _meaning(name: str) -> str:
    """Return the fact or field that the name of a column suggests; empty if it suggests none."""
    word = normalize(name)
    if word in _FACTS:
        return word
    field = next((field for field, hint in _HINTS if hint.search(word)), "")
    return field or (str(Fact.OPTED_OUT) if opts_out(name) is not False else "")
