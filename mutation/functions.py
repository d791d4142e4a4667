"""Change one thing in a function after another, and name the changes that no test notices.

The changes are those of mutmut. Three things are done otherwise than by its own command. Functions with a
decorator are changed too: every law of the verifier has one. A changed module is imported afresh, in a
process of its own, so that nothing read or cached before the change can hide it. And the tests of a
module are all run, the quickest first: what a fixture or a cache calls once for many tests would
otherwise count for the first of them only.
"""

import contextlib
import gc
import io
import os
import resource
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from importlib.machinery import SourceFileLoader
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, NamedTuple, NoReturn
from unittest import mock

# Hypothesis would import the library, which is to be imported with its change only.
os.environ |= {
    "HYPOTHESIS_NO_PLUGINS": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "LEADQUAL_PROFILE": "mutation",
}

import hypothesis  # noqa: F401 (imported here, it need not be imported once for each change)
import libcst
import pytest
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import get_ignored_lines

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = ROOT / "src" / "leadqual"
SURVIVORS: Final = Path(__file__).resolve().parent / "survivors.toml"
MEMORY: Final = 4 << 30

_RULES = ("policy", "policy_file", "articles", "facts", "history", "classification")
_PROOF = ("verification",)
TESTS: Final[dict[str, tuple[str, ...]]] = {
    "policy/policy": _RULES,
    "policy/rules": _RULES,
    "classification/classification": ("classification", "articles", "history"),
    "history/history": ("history", "journeys", "stage_log"),
    "verification/__init__": _PROOF,
    "verification/answers": _PROOF,
    "verification/moves": _PROOF,
    "verification/proof": _PROOF,
    "verification/steps": _PROOF,
    "verification/study": _PROOF,
}
"""The modules that are changed, each with the test files that should notice."""


class Change(NamedTuple):
    """Name a change: the module, the function, and the lines before and after."""

    module: str
    function: str
    was: str
    becomes: str

    def __str__(self) -> str:
        """Return the change as a line of `survivors.toml`."""
        return "  [" + ", ".join(f"'''{each}'''" for each in self) + "],"


class _Visitor(MutationVisitor):
    """Change functions with a decorator as well; decorators themselves are left alone."""

    def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
        return not isinstance(node, libcst.FunctionDef) and super()._skip_node_and_children(node)


def changes(module: str) -> Iterator[tuple[Change, str]]:
    """Yield each change inside a function of *module*, with the whole text of the module after it."""
    path = PACKAGE / f"{module}.py"
    text = path.read_text("utf-8")
    wrapper = MetadataWrapper(libcst.parse_module(text))
    ignored = get_ignored_lines(str(path), text, wrapper, None)
    visitor = _Visitor(mutation_operators, ignored, None)
    wrapper.visit(visitor)
    names = _names(wrapper.module)
    for mutation in visitor.mutations:
        function = mutation.contained_by_top_level_function
        if isinstance(function, libcst.FunctionDef):
            changed = deep_replace(wrapper.module, mutation.original_node, mutation.mutated_node).code
            lines = list(unified_diff(text.splitlines(), changed.splitlines(), n=0, lineterm=""))[2:]
            was, becomes = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
            yield Change(module, names[function], was, becomes), changed


def _names(module: libcst.Module) -> dict[libcst.FunctionDef, str]:
    names: dict[libcst.FunctionDef, str] = {}
    for statement in module.body:
        if isinstance(statement, libcst.FunctionDef):
            names[statement] = statement.name.value
        elif isinstance(statement, libcst.ClassDef):
            for each in statement.body.body:
                if isinstance(each, libcst.FunctionDef):
                    names[each] = f"{statement.name.value}.{each.name.value}"
    return names


class Run(NamedTuple):
    """Say how the tests ended: whether all passed, what each took, and which was the first to fail."""

    passed: bool
    seconds: dict[str, float]
    failed: str = ""


class _Tests:
    """Put the tests in order, record how long each takes, and stop at the first that fails."""

    def __init__(self, order: Sequence[str], sender: Connection) -> None:
        self.places = {test: place for place, test in enumerate(order)}
        self.seconds = Counter[str]()
        self.sender = sender

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the tests."""
        items.sort(key=lambda item: self.places.get(item.nodeid, -1))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record what a test took."""
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.end(Run(passed=False, seconds={}, failed=report.nodeid))

    def end(self, run: Run) -> NoReturn:
        """Tell how the tests ended, and end the process without tidying up."""
        self.sender.send(run)
        os._exit(0)


def run(tests: Iterable[str], order: Sequence[str], path: Path, text: str | None, limit: int) -> Run | None:
    """Run *tests* where the module at *path* reads *text*; return None if *limit* seconds do not suffice."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(_Tests(order, sender), list(tests), path, text, limit))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        return None
    finally:
        process.join()


OPTIONS: Final = (
    *("-q", "-x", "--tb=no", "--confcutdir=tests", "--rootdir=."),
    *("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # Hypothesis is imported already
)


def _child(plugin: _Tests, tests: list[str], path: Path, text: str | None, limit: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    sys.dont_write_bytecode = text is not None  # a change must not outlive its process
    everything = [str(path) for test in tests for path in sorted(ROOT.glob(f"tests/*/test_{test}.py"))]
    if text is None:
        status = pytest.main([*OPTIONS, *everything], plugins=[plugin])
    else:
        with mock.patch.object(SourceFileLoader, "get_data", _reading(path, text.encode())):
            # What noticed the changes before is tried by itself; if it fails, the process ends there.
            pytest.main([*OPTIONS, *list(plugin.places)[:2]], plugins=[plugin])
            status = pytest.main([*OPTIONS, *everything], plugins=[plugin])
    plugin.end(Run(status == 0, plugin.seconds, "" if status == 0 else "the tests cannot be collected"))


def _reading(path: Path, text: bytes) -> object:
    read = SourceFileLoader.get_data

    def get_data(self: SourceFileLoader, asked: str) -> bytes:
        if asked == str(path):
            return text
        if Path(asked).parent.parent == path.parent and Path(asked).name.startswith(f"{path.stem}."):
            raise OSError  # its bytecode is that of the text before the change
        return read(self, asked)

    return get_data


def put_to_the_test(module: str) -> tuple[Counter[str], list[Change]]:
    """Return how many changes of *module* ended in which way, and those that no test noticed."""
    path = PACKAGE / f"{module}.py"
    order: list[str] = []
    for text in (None, path.read_text("utf-8")):
        clean = run(TESTS[module], order, path, text, 600)
        if clean is None or not clean.passed:
            raise SystemExit(f"the tests of {module} fail without a change: {clean}")
        order = sorted(clean.seconds, key=clean.seconds.__getitem__)
    limit = int(20 + 5 * sum(clean.seconds.values()))
    ends, alive = Counter[str](), list[Change]()
    for change, text in changes(module):
        end = run(TESTS[module], order, path, text, limit)
        if end is None:
            ends["timeout"] += 1
        elif not end.passed:
            ends["killed"] += 1
            if end.failed in order:  # what noticed this change is likely to notice the next one
                order.remove(end.failed)
                order.insert(0, end.failed)
        else:
            ends["survived"] += 1
            alive.append(change)
    return ends, alive


def explained() -> Counter[Change]:
    """Return the changes that `survivors.toml` gives a reason for."""
    groups = tomllib.loads(SURVIVORS.read_text("utf-8"))["group"]
    return Counter(Change(*change) for group in groups for change in group["changes"])


def main(modules: Sequence[str]) -> int:
    """Print the figures of each module; return 1 if a change lives, or does not live, against the list."""
    os.chdir(ROOT)
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*OPTIONS, "mutation"])  # there is no test there; it loads what every process needs
    gc.freeze()
    wrong = False
    reasons = explained()
    for module in modules or TESTS:
        ends, alive = put_to_the_test(module)
        wanted = Counter({change: times for change, times in reasons.items() if change.module == module})
        new, gone = Counter(alive) - wanted, wanted - Counter(alive)
        wrong = wrong or bool(new or gone)
        figures = ", ".join(f"{ends[end]} {end}" for end in ("killed", "timeout", "survived"))
        sys.stdout.write(f"{module}: {ends.total()} changes, {figures}\n")
        for title, found in (("not explained", new), ("explained, but noticed", gone)):
            sys.stdout.writelines(f"{title}:\n{change}\n" for change in found.elements())
        sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
