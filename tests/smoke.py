"""Try the installed package as a user would; run as a script, with the name of the extra that is installed.

Whatever an extra brings must work, and whatever it does not must say which extra would bring it.
"""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import leadqual
from leadqual.cli import DONE, UNUSABLE
from leadqual.errors import ExtraMissing

BRINGS = {
    "": set(),
    "intake": {"intake"},
    "frames": {"frames"},
    "hypothesis": {"hypothesis"},
    "cli": {"intake", "cli"},
    "tables": {"intake", "frames", "cli"},
    "all": {"intake", "frames", "hypothesis", "cli"},
}


def core():
    verdict = leadqual.classify(leadqual.Evidence.of(leadqual.Fact.RESPONDED))
    assert leadqual.from_json(leadqual.to_json(verdict), leadqual.Classification) == verdict
    assert leadqual.verify(leadqual.STANDARD).ok
    assert leadqual.check(b"name,responded\nAna,yes\n").counts.accepted == 1


def intake():
    report = leadqual.check(b"email,phone\nana@example.com,+4930901820\n")
    assert report.contacts[0].phone == "+4930901820"


def frames():
    from leadqual import frames

    assert "classify" in frames.__all__


def hypothesis():
    from leadqual import strategies

    assert strategies.facts()


def cli():
    command = [str(Path(sys.executable).with_name("leadqual")), "explain", "responded"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == UNUSABLE:
        assert done.stderr == f"{ExtraMissing('the command line', 'cli')}\n"
        raise ExtraMissing("the command line", "cli")
    assert done.returncode == DONE
    assert "lead" in done.stdout


def missing_for(room) -> str | None:
    """Return the extra that a room asks for, or None if it works."""
    try:
        room()
    except ExtraMissing as error:
        return error.extra
    return None


def main(extra: str) -> None:
    core()
    for room in (intake, frames, hypothesis, cli):
        expected = None if room.__name__ in BRINGS[extra] else room.__name__
        assert missing_for(room) == expected, room.__name__
    sys.stdout.write(f"leadqual {version('leadqual')} with [{extra}]: all that it brings works\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
