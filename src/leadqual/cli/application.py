"""The application, and the options that its commands share."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError

from leadqual.cli import DONE
from leadqual.cli.terminal import console
from leadqual.errors import LeadqualError
from leadqual.policy.policy import Policy
from leadqual.policy.policy_file import read_policy
from leadqual.policy.standard import STANDARD

app: Final = App(
    name="leadqual",
    help="Classify network marketing contacts, and check their data.",
    version_flags=["--version"],
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
    default_parameter=Parameter(negative=""),
)
STREAM: Final = Path("-")  # standard input, or standard output

Json = Annotated[bool, Parameter(name="--json", help="Print JSON instead of text.")]
Encoding = Annotated[str | None, Parameter(help="The encoding, if it is not UTF-8 or UTF-16.")]
LayoutName = Annotated[
    str | None,
    Parameter(help="A built-in layout, suggested, or a TOML file; by default recognized by the header."),
]
Region = Annotated[str | None, Parameter(help="The country of telephone numbers without +.")]
ConsentIn = Annotated[
    tuple[str, ...], Parameter(help="A column in which a no means do not contact; may be repeated.")
]
NoConsentIn = Annotated[
    tuple[str, ...], Parameter(help="A column in which nothing is about consent; may be repeated.")
]
Destination = Annotated[
    str | None, Parameter(name="--for", help="The system to import into: a built-in one, or a TOML file.")
]
Fill = Annotated[
    tuple[str, ...], Parameter(help="A text for blank cells, such as Company=None; may be repeated.")
]
StandardFields = Annotated[
    bool, Parameter(help="With --for, write fields such as its status, too; this replaces what they say.")
]
DoNotContact = Annotated[
    Path | None, Parameter(help="With --for, the file of opt-outs; by default beside --output.")
]
PolicyFile = Annotated[
    Path | None, Parameter(name="--policy", help="A policy as a TOML file; without it, the standard one.")
]


def load_policy(path: Path | None) -> Policy:
    return STANDARD if path is None else read_policy(path)


def run(arguments: Sequence[str] | None) -> int:
    """Run the command that *arguments* name, and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    # A hyphen alone would be taken for an option.
    tokens = [f"./{token}" if token == str(STREAM) else token for token in given]
    try:
        result = app(
            tokens, console=console(), exit_on_error=False, print_error=False, result_action="return_value"
        )
    except UnusedCliTokensError as error:
        unused = " ".join(error.unused_tokens or ())
        raise LeadqualError(f"too many arguments: {unused}; see --help") from None
    except CycloptsError as error:
        raise LeadqualError(str(error)) from None
    return result if isinstance(result, int) else DONE
