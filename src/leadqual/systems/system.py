"""One system that contact data comes from or goes to."""

from collections.abc import Mapping
from functools import cached_property
from itertools import chain
from typing import final

from attrs import evolve, frozen

from leadqual.errors import WrongValue, require
from leadqual.systems.destination import Destination
from leadqual.systems.layout import Layout
from leadqual.systems.mapping import ValueMapping
from leadqual.taxonomy.vocabulary import UnknownWord


@final
@frozen(cache_hash=True)
class System:
    """What is known about another system: how its export is read, what its values mean, what it demands.

    Attributes:
        name: The name of the system here, such as ``"hubspot"``.
        title: Its own name, such as ``"HubSpot"``.
        record: What its files hold, such as contacts or leads.
        questions: What a company answers once with yes or no, by name.
        mappings: The fields whose values have a meaning, before any question is answered.
        answers: The questions that the company answers with yes.
        destination: What an import demands; None if nothing is known of it.
    """

    name: str
    title: str
    record: str
    read: Layout
    questions: tuple[tuple[str, str], ...] = ()
    mappings: tuple[ValueMapping, ...] = ()
    answers: frozenset[str] = frozenset()
    destination: Destination | None = None

    @cached_property
    def values(self) -> tuple[ValueMapping, ...]:
        """Return the mappings with the answers of the company."""
        given = dict.fromkeys(self.answers, True)
        return tuple(
            evolve(each, values=tuple(meaning.answered(given) for meaning in each.values))
            for each in self.mappings
        )

    @cached_property
    def layout(self) -> Layout:
        """Return how its export is read, with the meanings of its values."""
        silent = (each.columns for each in self.values if not each.says)
        unread = chain.from_iterable((*(columns for _, columns in self.read.carried), *silent))
        spoken = tuple(each for each in self.values if each.says)
        return evolve(self.read, values=spoken, ignored=(*self.read.ignored, *unread))

    def answering(self, answers: Mapping[str, bool]) -> "System":
        """Return the system of a company that answers the questions so.

        Raises:
            UnknownWord: If the system does not ask a question of that name.
            WrongValue: If an answer is neither True nor False.
        """
        require("answers", answers, Mapping, "a mapping of questions to True or False")
        names = tuple(name for name, _ in self.questions)
        for question, answer in answers.items():
            if question not in names:
                raise UnknownWord("question", str(question), names)
            if type(answer) is not bool:
                raise WrongValue(f"the answer to {question}", "is not an answer", "give True or False")
        denied = {question for question, answer in answers.items() if not answer}
        return evolve(self, answers=self.answers.union(answers) - denied)
