"""A first layout for a file that has none, to be edited."""

import re
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

_TEMPLATE: Final = """\
# A first layout. Correct it, and say under [facts] which column proves what about a person; then run
#     leadqual check FILE --layout THIS_FILE.toml

[layout]
name = "own"
signature = [{signature}] # columns that tell that a file has this layout
# blank = ["-", "n/a"]    # words that mean an empty cell
# dates = "%d.%m.%Y"      # where dates are not written as 2026-04-03
# zone = "Europe/Berlin"  # where dates have no time zone
# region = "US"           # the country of telephone numbers without +
# short_rows = "pad"      # where rows may end early

[fields]
{fields}

[facts]
{facts}
# responded = {{ column = "...", any_of = ["Filled in the form"] }}
# saw_business = {{ column = "...", at_least = 1 }}
# purchased = {{ column = "...", date = true }}
# opted_out = {{ column = "...", yes_no = true }}

[ignore]
columns = [{rest}]
"""


def says_anything(header: Header) -> bool:
    """Return whether the name of any column suggests a field, a fact or an opt-out."""
    return any(
        normalize(name) in _FACTS or opts_out(name) is not False or _field(normalize(name))
        for name in header.names
    )


def draft(header: Header) -> str:
    """Return a layout as TOML that reads what the names of the columns plainly say."""
    fields: dict[str, list[str]] = {}
    facts: list[str] = []
    opt_outs: list[str] = []
    rest: list[str] = []
    for name in header.names:
        word, text = normalize(name), quoted(name)
        if word in _FACTS:
            facts.append(f"{word} = {{ column = {text}, yes_no = true }}")
        elif field := _field(word):
            fields.setdefault(field, []).append(text)
        elif opts_out(name) is not False:
            opt_outs.append(f"# opted_out = {{ column = {text}, yes_no = true }}")
        else:
            rest.append(text)
    columns = {
        field: texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" for field, texts in fields.items()
    }
    return _TEMPLATE.format(
        signature=", ".join(f"[{quoted(name)}]" for name in header.names[:2]),
        fields="\n".join(f"{field} = {texts}" for field, texts in columns.items())
        or '# name = { join = ["First", "Last"] }\n# email = "..."',
        facts="\n".join((*facts, *opt_outs)) or "# Nothing in the names of the columns says what people did.",
        rest=", ".join(rest),
    )


def _field(word: str) -> str | None:
    return next((field for field, hint in _HINTS if hint.search(word)), None)
