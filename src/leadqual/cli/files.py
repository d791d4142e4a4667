"""Files of the command line: written completely or not at all, and never over an input."""

import errno
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, final

from attrs import define

from leadqual.cli import Stopped
from leadqual.cli.application import STREAM
from leadqual.cli.terminal import TO_STDERR
from leadqual.errors import WrongValue
from leadqual.intake import Code, FileRefused


@contextmanager
def naming(file: Path) -> Generator[None]:
    """Add the name of the file to a refusal, unless it is about a layout file."""
    try:
        yield
    except FileRefused as refusal:
        if refusal.problem.code is not Code.LAYOUT_INVALID:
            refusal.add_note(str(file))
        raise


def opt_out_file(output: Path | None, given: Path | None, destination: str | None) -> Path | None:
    """Return the second of the two files to import, which lies beside the first unless it is named."""
    if not (output and destination):
        if given:
            advice = "give --for and --output, too"
            raise WrongValue("--do-not-contact", "is the second file to import", advice)
        return None
    if given is None and _is_stream(output, 1):
        raise WrongValue("--output", "is one of two files to import", "name the other: --do-not-contact FILE")
    return given or output.with_name(f"{output.stem}.do-not-contact{output.suffix}")


@contextmanager
def writing(targets: Mapping[str, Path | None], *inputs: Path | str | None) -> Generator[Mapping[str, Path]]:
    """Yield the path to write to for each option that names a file; rename the files when all are complete.

    If the block ends early, by an error or a signal, earlier files stay as they are and no new one is
    left. Anything but a regular file, such as a pipe, is written directly.
    """
    files = [_Output(option, path, path) for option, path in targets.items() if path is not None]
    _refuse_shared(files, [Path(path) for path in inputs if path is not None])
    try:
        for file in files:
            with _naming_errors([file]):
                file.create()
        with _naming_errors(files):
            yield {file.option: file.path for file in files}
            for file in files:
                file.copy_to_stdout()
            _run_all([file.rename for file in files])
    finally:
        _run_all([file.discard for file in files])


@final
@define
class _Output:
    option: str
    shown: Path  # as the user names it
    path: Path  # the temporary file, once it has one
    _target: Path | None = None
    _mode: int = 0

    def create(self) -> None:
        there = None
        with suppress(OSError):
            there = self.shown.stat()
        if _is_stream(self.shown, 1):
            TO_STDERR.set(True)
            folder = Path(tempfile.gettempdir())
        elif there is not None and not stat.S_ISREG(there.st_mode):
            return
        else:
            self._target = Path(os.path.realpath(self.shown))
            folder = self._target.parent
            if there is None:
                os.umask(mask := os.umask(0o077))
                self._mode = 0o666 & ~mask
            elif os.access(self._target, os.W_OK):
                self._mode = stat.S_IMODE(there.st_mode)
            else:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        # The name is chosen before the file exists, so that an interruption cannot leave it behind.
        self.path = folder / f".leadqual-{secrets.token_hex(8)}{self.shown.suffix}"
        self.path.touch(0o600, exist_ok=False)

    def copy_to_stdout(self) -> None:
        if self._target is None and self.path != self.shown:
            stream: BinaryIO | None = getattr(sys.stdout, "buffer", None)
            if stream is None:
                raise OSError(errno.EBADF, "it is closed")
            with self.path.open("rb") as file:
                shutil.copyfileobj(file, stream)
            stream.flush()

    def rename(self) -> None:
        if self._target is not None and self.path.exists():
            self.path.chmod(self._mode)
            self.path.replace(self._target)

    def discard(self) -> None:
        if self.path != self.shown:
            self.path.unlink(missing_ok=True)


def _is_stream(path: Path, number: int) -> bool:
    with suppress(OSError):
        return path == STREAM or os.path.samestat(path.stat(), os.fstat(number))
    return False


def _refuse_shared(files: Sequence[_Output], inputs: Sequence[Path]) -> None:
    for place, file in enumerate(files):
        for path in inputs:
            if _same_file(file.shown, path) or (path == STREAM and _is_stream(file.shown, 0)):
                raise WrongValue(file.option, "is a file that this command reads", "name another one")
        for other in files[:place]:
            if _same_file(file.shown, other.shown):
                raise WrongValue(file.option, f"is the file that {other.option} writes", "name another one")


def _same_file(one: Path, other: Path) -> bool:
    """Return whether two paths name one regular file, or one that does not exist yet."""
    with suppress(OSError):
        return one.samefile(other) and one.is_file()
    return os.path.realpath(one) == os.path.realpath(other)


@contextmanager
def _naming_errors(files: Sequence[_Output]) -> Generator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not files:
            raise
        names = " or ".join(str(file.shown) for file in files)
        reason = f"cannot be written: {error.strerror or str(error).partition(' (')[0]}"
        raise WrongValue(names, reason, "name a file in a folder that exists and has space") from None


def _run_all(steps: Sequence[Callable[[], None]]) -> None:
    """Run repeatable steps; if they are interrupted, run all of them again before raising."""
    try:
        for step in steps:
            step()
    except (KeyboardInterrupt, Stopped):
        for step in steps:
            step()
        raise
