"""The sessions: what continuous integration runs, and what takes too long for it."""

import re
import shutil
import tarfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["tests", "core", "lint", "types"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
EXTRAS = PROJECT["project"]["optional-dependencies"]


def _install(session: nox.Session, extras: str, *groups: str) -> None:
    session.install("--upgrade", "pip")
    session.install("-e", f".[{extras}]" if extras else ".")
    for group in groups:
        session.install("--group", group)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests with every extra, and ask for full coverage."""
    _install(session, "all", "tests")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", "-n", "2", "--dist", "loadfile", *session.posargs)
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def core(session: nox.Session) -> None:
    """Run the tests where only the core is installed; the others are skipped with their reason."""
    _install(session, "")
    session.install("pytest>=9", "hypothesis>=6.100", "sybil>=9")
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions of all packages that are allowed."""
    allowed = [*PROJECT["project"]["dependencies"], *(each for extra in EXTRAS.values() for each in extra)]
    allowed += PROJECT["dependency-groups"]["engines"]
    lowest = [re.sub(r">=([\d.]+).*", r"==\1", each) for each in allowed if not each.startswith("leadqual")]
    session.install("--upgrade", "pip")
    session.install("-e", ".[all]", "--group", "tests", *lowest)
    session.run("pytest", *session.posargs)


@nox.session
@nox.parametrize("extra", ["", *EXTRAS])
def wheel(session: nox.Session, extra: str) -> None:
    """Install the built wheel, without an extra or with one, and try what it brings."""
    session.install("build", "twine")
    built = Path(session.create_tmp())
    session.run("python", "-m", "build", "--outdir", str(built))
    session.run("twine", "check", "--strict", *map(str, built.iterdir()))
    (path,) = built.glob("*.whl")
    session.run("python", "-m", "venv", "--clear", str(built / "clean"))
    python = str(built / "clean" / "bin" / "python")
    session.run(python, "-m", "pip", "install", f"{path}[{extra}]" if extra else str(path), external=True)
    session.run(python, "tests/smoke.py", extra, external=True)


@nox.session
def long(session: nox.Session) -> None:
    """Run the tests that take minutes."""
    _install(session, "all", "tests")
    session.run("pytest", "-m", "long and not spark and not postgres", *session.posargs)


@nox.session
def spark(session: nox.Session) -> None:
    """Run the tests of frames on PySpark; they need Java."""
    _install(session, "all", "tests", "spark")
    session.run("pytest", "-m", "spark", *session.posargs)
    how_to = "docs/how-to/classify-on-spark.md"
    session.run("pytest", "-W", "default", how_to, env={"LEADQUAL_SPARK": "1"})


@nox.session
def postgres(session: nox.Session) -> None:
    """Run the query of a policy on PostgreSQL, which must be installed."""
    _install(session, "all", "tests", "postgres")
    session.run("pytest", "-m", "postgres", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Try a million hostile files, and a million addresses and telephone numbers against the libraries."""
    _install(session, "all", "tests")
    numbers = {"LEADQUAL_HOSTILE_FILES": "1000000", "LEADQUAL_EXAMPLES": "1000000"}
    tests = [
        "tests/intake/test_intake_conservation.py",
        "tests/contacts/test_phones.py",
        "tests/contacts/test_cells.py",
    ]
    session.run("pytest", *tests, env=numbers)


@nox.session
def deep(session: nox.Session) -> None:
    """Try the properties on twenty thousand drawn values each, others every time."""
    _install(session, "all", "tests")
    session.run(
        "pytest", *(session.posargs or ["tests/proofs/test_properties.py"]), env={"LEADQUAL_PROFILE": "deep"}
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install("--group", "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with both checkers, and that no public symbol is left to be guessed."""
    session.install(".[all]", "--group", "types")
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "leadqual", "--ignoreexternal")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build/html, and test what it holds; a warning is an error."""
    session.install("--upgrade", "pip")
    session.install("-e", ".[all]", "--group", "docs", "--group", "tests")
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")
    session.run("pytest", "tests/test_docs.py", "tests/test_api_page.py")


@nox.session
def browser(session: nox.Session) -> None:
    """Build the page that checks a file in the browser, and try it in a real one.

    It needs npm, and Chromium with its driver, for which Debian's packages are chromium and chromium-driver.
    """
    session.install("--upgrade", "pip")
    session.install("-e", ".[all]", "--group", "browser", "--group", "docs")
    session.run("sphinx-build", "-q", "-b", "html", "docs", "docs/_build/html")
    page = ROOT / "docs" / "_build" / "check-in-your-browser"
    shutil.rmtree(page, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "browser", page)
    session.run("pip", "wheel", "--quiet", "--wheel-dir", str(page / "wheels"), ".[intake]", "tzdata")
    packed = Path(session.create_tmp())
    for package in ("pyodide", "axe-core"):
        session.run("npm", "pack", "--silent", "--pack-destination", str(packed), package, external=True)
    for archive in packed.glob("*.tgz"):
        with tarfile.open(archive) as files:
            files.extractall(packed / archive.name.rpartition("-")[0], filter="data")
    session.run("python", "docs/browser/build.py", str(page), str(packed / "pyodide" / "package"))
    axe = str(packed / "axe-core" / "package" / "axe.min.js")
    places = {
        "LEADQUAL_PAGE": str(page),
        "LEADQUAL_AXE": axe,
        "LEADQUAL_DOCS": str(ROOT / "docs/_build/html"),
    }
    session.run("pytest", "-m", "browser", "tests/browser", *session.posargs, env=places)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Print the ratios that the project promises, one table for each subject."""
    _install(session, "all", "benchmarks")
    for script in session.posargs or ("classification", "history", "intake", "frames", "learning"):
        session.run("python", f"benchmarks/bench_{script}.py")


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the rules one by one, and print what notices."""
    _install(session, "", "tests")
    session.run("python", "mutation/rules.py")


@nox.session
def code_mutation(session: nox.Session) -> None:
    """Change the code that reads the rules, one thing after another, and name what no test notices; takes an hour."""
    _install(session, "", "mutation")
    session.run("python", "mutation/functions.py", *session.posargs)
