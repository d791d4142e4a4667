"""No change of meaning goes unnoticed: the whole function has one digest, on every Python."""

import os
import subprocess
import sys
import tomllib

import golden
import pytest
from attrs import evolve

from leadqual import STANDARD


@pytest.fixture(scope="module")
def stored(root):
    return tomllib.loads((root / "tests" / "golden.toml").read_text("utf-8"))


def test_every_answer_is_the_stored_one(stored):
    """All 262,144 sets of facts; `python tests/proofs/golden.py` prints the digests anew."""
    assert golden.answers() == stored["answers"]


def test_every_step_of_replay_is_the_stored_one(stored):
    """All 19,008 states by 26 kinds of events."""
    assert golden.steps() == stored["steps"]


def test_a_changed_digest_needs_a_line_under_changed_results(root, stored):
    """The line under "Changed results" in the changelog ends with the first eight digits of both digests."""
    text = (root / "CHANGELOG.md").read_text("utf-8")
    sections = text.split("### Changed results")[1:]
    lines = "\n".join(section.partition("\n#")[0] for section in sections)

    assert f"{stored['answers'][:8]} {stored['steps'][:8]}" in lines


def test_one_point_more_or_one_clearing_less_changes_a_digest(stored):
    other = STANDARD.replace(
        name="standard",
        version="1",
        score=evolve(STANDARD.score, base=14),
        replay=evolve(STANDARD.replay, clears=STANDARD.replay.clears[1:]),
    )

    assert golden.answers(other) != stored["answers"]
    assert golden.steps(other) != stored["steps"]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))
def test_the_digests_are_equal_under_eight_hash_seeds(root, stored, seed):
    done = subprocess.run(
        [sys.executable, root / "tests" / "proofs" / "golden.py"],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert tomllib.loads(done.stdout) == stored
