"""Where the tests find what is not part of the project, and how hard they try."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).resolve().parent.parent

# Both state all that the profile of a continuous integration would otherwise change behind our back.
settings.register_profile("quick", deadline=None, max_examples=60, derandomize=False, database=None)
settings.register_profile("deep", deadline=None, max_examples=20_000, derandomize=False, database=None)
# The same few examples each time, and no search for the smallest one: whether a test fails is the question.
settings.register_profile(
    "mutation",
    deadline=None,
    max_examples=20,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=tuple(HealthCheck),
)
settings.load_profile(os.environ.get("LEADQUAL_PROFILE", "quick"))


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real files that are no part of the project, or skip."""
    folder = Path(os.environ.get("LEADQUAL_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("needs the folder of real files, which is no part of the project: set LEADQUAL_SHARED")
    return folder
