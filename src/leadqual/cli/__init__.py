"""The command line of the library."""

import io
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from types import FrameType
from typing import Final, final

from leadqual.errors import ExtraMissing, LeadqualError, Refused

# The exit statuses.
DONE: Final = 0  # the command did what was asked and found nothing wrong
FOUND: Final = 1  # something is wrong, such as rejected rows
UNUSABLE: Final = 2  # the file or the call cannot be used


@final
class Stopped(BaseException):
    """Raised by a signal, with its number, to end the command with all files closed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that *arguments* name, those of the process if None; return the exit status.

    Errors are printed as one line each on standard error, without a traceback. The exit status after
    SIGINT is 130, after SIGTERM 143.
    """
    try:
        with _stoppable():
            return copy_context().run(_main, arguments)
    except (KeyboardInterrupt, Stopped) as stop:
        number = signal.Signals(stop.args[0] if isinstance(stop, Stopped) else signal.SIGINT)
        print(f"leadqual: stopped by {number.name}; no unfinished file is left", file=sys.stderr)  # noqa: T201 (see below)
        return 128 + number


def _main(arguments: Sequence[str] | None) -> int:
    try:
        # The packages of the extra may be missing; to import a module registers its commands.
        from leadqual.cli import checking, crosswalks, frames, funnels, scorecards, words  # noqa: F401, PLC0415  # pyright: ignore[reportUnusedImport]
        from leadqual.cli.application import run  # noqa: PLC0415
    except ModuleNotFoundError:
        print(ExtraMissing("the command line", "cli"), file=sys.stderr)  # noqa: T201 (rich may be missing)
        return UNUSABLE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the terminal's encoding lacks is escaped.
            stream.reconfigure(errors="backslashreplace")
    try:
        return run(arguments)
    except LeadqualError as error:
        return tell(error)
    except BrokenPipeError:
        # The reader has closed the pipe; what is left must not be flushed at exit.
        sys.stdout = None
        return DONE
    except OSError as error:
        sys.stdout = None
        return tell(LeadqualError(f"standard output: cannot be written: {error.strerror}"))


def tell(error: LeadqualError) -> int:
    """Print every fault of an error as one line on standard error; return the exit status."""
    from leadqual.cli.terminal import show  # noqa: PLC0415 (rich may be missing)

    faults = error.faults if isinstance(error, Refused) else [error]
    notes = getattr(error, "__notes__", ())
    lines = (": ".join(map(show, [*notes, fault])) for fault in faults)
    print("leadqual:", "\n".join(lines), file=sys.stderr)  # noqa: T201 (errors go to standard error)
    return UNUSABLE


@contextmanager
def _stoppable() -> Generator[None]:
    """Raise `Stopped` at the first SIGINT or SIGTERM, unless it is handled or ignored already."""
    stopped = False

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            raise Stopped(number)

    in_main = threading.current_thread() is threading.main_thread()
    unhandled = (signal.SIG_DFL, signal.default_int_handler)
    replaced = {
        number: signal.signal(number, stop)
        for number in (signal.SIGINT, signal.SIGTERM)
        if in_main and signal.getsignal(number) in unhandled
    }
    try:
        yield
    finally:
        for number, handler in replaced.items():
            signal.signal(number, handler)
