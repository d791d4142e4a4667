"""Claims about outcomes, checked for words that the taxonomy does not define."""

import re
import tomllib
from importlib.resources import files
from typing import Final, final

from attrs import frozen

from leadqual.errors import require
from leadqual.taxonomy import articles
from leadqual.taxonomy.articles import Sentence
from leadqual.taxonomy.facts import Fact
from leadqual.taxonomy.stages import Stage

_WORDS: Final = tomllib.loads((files("leadqual.funnel") / "claims.toml").read_text("utf-8"))
SPOKEN: Final = {Fact(word): tuple(others) for word, others in _WORDS["facts"].items()}  # other words
_AMOUNT, _PEOPLE, _BETWEEN = ("|".join(_WORDS[key]) for key in ("amounts", "people", "between"))
_SAID: Final = "|".join(
    re.escape(words) for fact in Fact for words in (str(fact).replace("_", " "), *SPOKEN.get(fact, ()))
)
_NEAR: Final = 50
_BEFORE: Final = re.compile(rf"\b(?:{_SAID})(?: (?:to|with))?\s{{1,9}}$", re.IGNORECASE)
_AFTER: Final = re.compile(
    rf"\s{{1,9}}(?:(?:who|that|have|has|had|were|was|are|is|also)\s{{1,9}}){{0,4}}(?:{_SAID})\b",
    re.IGNORECASE,
)
_VAGUE: Final = re.compile(
    rf"\b(?:{_AMOUNT})\s{{1,9}}(?:(?:{_BETWEEN})\s{{1,9}}){{0,3}}"
    rf"(?:(?P<people>{_PEOPLE})\b(?:\s{{1,9}}(?:(?:who|that|were|was|are|is)\s{{1,9}}){{0,2}}"
    r"(?:interested|(?:showed|shown|expressed|with)(?: an)? interest))?|interested\b)"
    r"(?:(?:(?<=interest)|(?<=interested))\s{1,9}in(?: \w{1,30}){1,2})?",
    re.IGNORECASE,
)


@final
@frozen
class VagueClaim:
    """Words of a text, from *start* to *end*, that count people by an undefined outcome."""

    start: int
    end: int
    words: str
    sentence: Sentence = articles.INTERESTED_IN_THE_BUSINESS
    instead: tuple[Stage, ...] = tuple(Stage)

    def __str__(self) -> str:
        *most, last = (f"{stage}s" for stage in self.instead)
        instead = f"say how many are {', '.join(most)} or {last}"
        return f"“{self.words}” does not say what the outcome was; {instead}. {self.sentence}"


def lint_claim(text: str) -> tuple[VagueClaim, ...]:
    """Return the claims in *text* that count people in words that define no outcome.

    “23 people interested in the business” is one; “23 leads” says what the outcome was, and so does
    “23 people responded”. Only English is read, and only claims that count people.

    Source: article 1, “23 people interested in the business … does not really define what the outcome was”.

    Raises:
        WrongType: If *text* is not a text.
    """
    require("text", text, str, "a text")
    return tuple(
        VagueClaim(found.start(), found.end(), found[0])
        for found in _VAGUE.finditer(text)
        if not _AFTER.match(text, found.end("people"))
        and not _BEFORE.search(text[max(0, found.start() - _NEAR) : found.start()])
    )
