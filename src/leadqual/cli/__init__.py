"""The command line of the library."""

import sys
from collections.abc import Sequence
from typing import Final

from leadqual.errors import ExtraMissing, LeadqualError

DONE: Final = 0
"""The exit status of a command that did what was asked and found nothing wrong."""

FOUND: Final = 1
"""The exit status of a command that found something wrong, such as rejected rows."""

UNUSABLE: Final = 2
"""The exit status where the file or the call cannot be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that *arguments* name, those of the process if None; return the exit status.

    Whatever cannot be used is said in one line on standard error, never as a traceback.
    """
    try:
        from leadqual.cli.commands import run  # noqa: PLC0415 (the packages of the extra may be missing)
    except ModuleNotFoundError:
        print(ExtraMissing("the command line", "cli"), file=sys.stderr)  # noqa: T201 (rich may be missing)
        return UNUSABLE
    try:
        return run(arguments)
    except LeadqualError as error:
        print(f"leadqual: {error}", file=sys.stderr)  # noqa: T201 (see above)
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left must not be flushed at exit.
        sys.stdout = None
        return DONE
    return UNUSABLE
