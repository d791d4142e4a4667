"""The application, the options that its commands share, and what it says of a wrong call."""

import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from inspect import signature
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin

import cyclopts
from attrs import asdict, frozen
from cyclopts import App, CycloptsError, Parameter

from leadqual import STANDARD, LeadqualError, Policy
from leadqual.cli import DONE
from leadqual.cli.terminal import console
from leadqual.funnel.proportions import CONFIDENCE
from leadqual.policy.policy_file import read_policy

STREAM: Final = Path("-")  # standard input, or standard output
INTERVALS: Final = f"In parentheses: the confidence interval of {100 * CONFIDENCE:.0f} %."

_TEXTS: Final = tomllib.loads((files("leadqual.cli") / "commands.toml").read_text("utf-8"))
_COMMANDS: Final[Mapping[str, Mapping[str, Any]]] = _TEXTS["commands"]
_KINDS: Final[dict[object, str]] = {date: "a day such as 2026-04-03", int: "a whole number"}

T = TypeVar("T", bound=Callable[..., Any])  # a command, or a class of options

app: Final = App(
    name="leadqual",
    help=_TEXTS["help"],
    version_flags=["--version"],
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
    # A default is shown if it says something: not False, and not an empty list.
    default_parameter=Parameter(negative="", show_default=lambda value: value or None),
)
app.register_install_completion_command(help="Install the completion of commands and options in your shell.")  # pyright: ignore[reportUnknownMemberType] (untyped there)


def command(function: T) -> T:
    """Add a command, named by the first word of the function and explained in `commands.toml`."""
    name = function.__name__.partition("_")[0]
    texts = _COMMANDS[name]
    examples = "\n".join(f"  {line}" for line in texts["examples"])
    status = f"Exit status: 0 if nothing is wrong, {texts['status']}."
    arguments = _explained(signature(function).parameters, texts.get("options", {}))
    function.__doc__ = f"{texts['help']}\n\nFor example:\n\n{examples}\n\n{status}\n\n{arguments}"
    return app.command(function, name=name)


def options(kind: T) -> T:
    kind.__doc__ = f"Options.\n\n{_explained(signature(kind).parameters, {})}"
    return kind


def _explained(names: Iterable[str], own: Mapping[str, str]) -> str:
    texts = _TEXTS["options"] | own
    return "Args:\n" + "\n".join(f"    {name}: {texts[name]}" for name in names if name in texts)


Flat: Final = Parameter(name="*")  # of an argument whose attributes are options


@options
@frozen(kw_only=True)
class Reading:
    layout: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    region: str | None = None
    columns: str = ""
    trust_stage: bool = False
    consent_in: tuple[str, ...] = ()
    no_consent_in: tuple[str, ...] = ()
    policy: Path | None = None

    def arguments(self) -> dict[str, Any]:
        columns = self.columns.split(",") if self.columns else ()
        return asdict(self, recurse=False) | {"columns": columns, "policy": load_policy(self.policy)}


READING: Final = Reading()
ReadingOptions = Annotated[Reading, Flat]
Output = Annotated[Path | None, Parameter(alias="-o")]


def load_policy(path: Path | None) -> Policy:
    return STANDARD if path is None else read_policy(path)


def run(arguments: Sequence[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    # A hyphen alone would be taken for an option.
    tokens = [f"./{token}" if token == str(STREAM) else token for token in given]
    out = console()
    out.soft_wrap = False  # help is a text of paragraphs
    try:
        result = app(
            tokens, console=out, exit_on_error=False, print_error=False, result_action="return_value"
        )
    except CycloptsError as error:
        raise LeadqualError(_told(error, tokens)) from None
    return result if isinstance(result, int) else DONE


def _told(error: CycloptsError, tokens: Sequence[str]) -> str:
    helped = f"see {' '.join(['leadqual', *(error.command_chain or ())])} --help"
    match error:
        case cyclopts.UnknownOptionError():
            option = error.token.keyword or error.token.value
            names = chain.from_iterable(each.names for each in error.argument_collection if each.parse)
            return f"unknown option {option}; {_meant(option, names) or helped}"
        case cyclopts.UnknownCommandError():
            word = (error.unused_tokens or tokens)[0]
            return f"unknown command {word}; {_meant(word, _COMMANDS) or helped}"
        case cyclopts.UnusedCliTokensError():
            return f"too many arguments: {' '.join(error.unused_tokens or ())}; {helped}"
        case cyclopts.RepeatArgumentError():
            return f"{error.token.keyword} is given twice; leave one out"
        case cyclopts.MissingArgumentError(argument=cyclopts.Argument() as argument):
            name = argument.name if argument.field_info.is_keyword_only else argument.name.lstrip("-").upper()
            return f"{name} needs a value; {helped}"
        case cyclopts.CoercionError(token=cyclopts.Token() as token, target_type=kind):
            choices = get_args(kind) if get_origin(kind) is Literal else ()
            right = f"one of {', '.join(choices)}" if choices else _KINDS.get(kind)
            told = f": {token.value!r} is not {right}" if right else " takes no value"
            return f"{token.keyword}{told}"
        case _:
            return f"{error}; {helped}"


def _meant(word: str, choices: Iterable[str]) -> str:
    return "".join(f"did you mean {each}?" for each in get_close_matches(word, list(choices), n=1))
