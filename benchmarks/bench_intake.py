"""The row of intake: a file to its report, e-mail and telephone checked, and memory that stays flat.

The verdicts are the same on this file. They are not in general: the other reader accepts
``Ana <ana@example.com>`` and letters in a telephone number, which we refuse.
"""

import csv
import io
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import phonenumbers
from interleaved import ratios, show
from pydantic import BaseModel, EmailStr, ValidationError
from pydantic_extra_types.phone_numbers import PhoneNumber

from leadqual.intake import Accepted, iter_check

ROWS = 5_000
COLUMNS = "id,name,email,phone,responded,saw business,purchased,opted out,wants in,city,notes"
random.seed(20260801)


def phone() -> str:
    """Return a number: two thirds E.164, one third formatted, one sixth wrong."""
    national = f"{random.choice(('415', '212', '650', '303'))}{random.randint(2000000, 9999999)}"
    if random.random() < 1 / 6:
        return f"+1{national[:7]}"
    if random.random() < 2 / 3:
        return f"+1{national}"
    return f"+1 ({national[:3]}) {national[3:6]}-{national[6:]}"


def rows(count: int) -> str:
    """Return a file in the plain layout."""
    answers = ("yes", "no", "")
    lines = (
        f"c-{n},Ana {n},ana.{n}@example.com,{phone()},{','.join(random.choices(answers, k=5))},Town {n % 97},met {n}"
        for n in range(count)
    )
    return "\n".join((COLUMNS, *lines, ""))


TEXT = rows(ROWS)
DATA = TEXT.encode()
BARE = "\n".join(",".join(line.split(",")[:2] + line.split(",")[4:]) for line in TEXT.splitlines()).encode()


class Row(BaseModel):
    """Hold the fields that both sides check."""

    id: str
    name: str
    email: EmailStr
    phone: PhoneNumber
    responded: str
    purchased: str


def by_pydantic() -> int:
    """Return how many rows have a valid address and a valid number."""
    good = 0
    for row in csv.DictReader(io.StringIO(TEXT)):
        try:
            Row.model_validate(row)
        except ValidationError:
            continue
        good += 1
    return good


def by_leadqual() -> int:
    """Return how many rows have a valid address and a valid number."""
    return sum(
        type(row) is Accepted and row.contact.phone is not None for row in iter_check(DATA, layout="plain")
    )


def bare() -> int:
    """Return how many rows of a file without addresses and numbers are accepted."""
    return sum(type(row) is Accepted for row in iter_check(BARE, layout="plain"))


MEMORY = """
import resource, sys
from leadqual.intake import iter_check
with iter_check(sys.argv[1], layout="plain") as run:
    for row in run: pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, run.counts.rows)
"""


def peak(path: Path) -> str:
    """Return the peak of memory and the rows of a process that reads a file."""
    done = subprocess.run(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True
    )
    megabytes, count = done.stdout.split()
    return f"{int(count):>9,} rows: {megabytes} MiB at most"


def memory() -> None:
    """Print the peak of memory for files of growing length, and for one line of two gigabytes."""
    header, *lines = TEXT.splitlines(keepends=True)
    body = "".join(lines).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        for times in (2, 20, 200):
            with path.open("wb") as file:
                file.write(header.encode())
                for _ in range(times):
                    file.write(body)
            print(peak(path))
        if "--long" in sys.argv:
            with path.open("wb") as file:
                file.write(header.encode())
                for _ in range(2_000):
                    file.write(b"x" * 1_000_000)
            start = time.perf_counter()
            print(peak(path), f"(one line of 2 GB, {time.perf_counter() - start:.1f} s)")


if __name__ == "__main__":
    assert by_leadqual() == by_pydantic(), "the verdicts differ"
    assert phonenumbers.__version__.startswith("9.")
    measured = ratios(
        "csv.DictReader + pydantic",
        rounds=7,
        **{
            "csv.DictReader + pydantic": by_pydantic,
            "leadqual": by_leadqual,
            "leadqual, no e-mail and no telephone": bare,
        },
    )
    show("a file to its report (target 0.2 x: five times as fast)", measured, ROWS)
    for name, (seconds, _) in measured.items():
        print(f"  {name:<44} {ROWS / seconds:>12,.0f} rows a second")
    memory()
