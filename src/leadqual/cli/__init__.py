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

DONE: Final = 0
"""The exit status of a command that did what was asked and found nothing wrong."""

FOUND: Final = 1
"""The exit status of a command that found something wrong, such as rejected rows."""

UNUSABLE: Final = 2
"""The exit status where the file or the call cannot be used."""


@final
class Stopped(BaseException):
    """Say which signal ends the command; whatever holds a file open lets go of it on the way."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that *arguments* name, those of the process if None; return the exit status.

    Whatever cannot be used is said in one line on standard error, never as a traceback. A command that
    SIGINT or SIGTERM ends has the status 130 or 143.
    """
    try:
        with _stoppable():
            return copy_context().run(_main, arguments)
    except (KeyboardInterrupt, Stopped) as stop:
        number = stop.number if isinstance(stop, Stopped) else int(signal.SIGINT)
        name = signal.Signals(number).name
        print(f"leadqual: stopped by {name}; no unfinished file is left", file=sys.stderr)  # noqa: T201 (see below)
        return 128 + number


def _main(arguments: Sequence[str] | None) -> int:
    try:
        from leadqual.cli.commands import run  # noqa: PLC0415 (the packages of the extra may be missing)
        from leadqual.cli.terminal import show  # noqa: PLC0415 (see above)
    except ModuleNotFoundError:
        print(ExtraMissing("the command line", "cli"), file=sys.stderr)  # noqa: T201 (rich may be missing)
        return UNUSABLE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the encoding of a terminal cannot hold is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    try:
        return run(arguments)
    except LeadqualError as error:
        told = [*error.faults] if isinstance(error, Refused) else [error]
        said = "\n".join(": ".join(map(show, [*getattr(error, "__notes__", ()), each])) for each in told)
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is left must not be flushed at exit.
        sys.stdout = None
        return DONE
    except OSError as error:
        sys.stdout = None
        said = f"standard output: cannot be written: {error.strerror}"
    print(f"leadqual: {said}", file=sys.stderr)  # noqa: T201 (an error goes beside the output)
    return UNUSABLE


@contextmanager
def _stoppable() -> Generator[None]:
    """Let SIGINT and SIGTERM raise `Stopped`, once, unless somebody else handles or ignores them."""
    stopped = False

    def stop(number: int, _: FrameType | None) -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            raise Stopped(number)

    ours = (signal.SIG_DFL, signal.default_int_handler)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    mine = [number for number, handler in before.items() if handler in ours]
    if threading.current_thread() is not threading.main_thread():
        mine = []
    for number in mine:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number])
