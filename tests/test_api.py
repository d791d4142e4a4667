"""The public names, and which package may import which."""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import public_api
import pytest

import leadqual
from leadqual import LeadqualError

SOURCE = Path(leadqual.__file__).parent

# Each room with its place; a room may enter those of a lower place, and its own package.
ORDER = [
    "errors",
    "taxonomy",
    "documents",
    "policy",
    "classification",
    "history",
    "contacts",
    "verification",
    "funnel",
    "scoring",
    "learning",
    "serialization",
    "systems",
    "intake",
    "frames",
    "strategies",
    "cli",
]
OUTSIDE_THE_CORE = {
    "attrs": set(ORDER),
    "cattrs": {"serialization"},
    "email_validator": {"contacts"},
    "phonenumbers": {"contacts"},
    "cyclopts": {"cli"},
    "rich": {"cli"},
    "narwhals": {"frames"},
    "hypothesis": {"strategies"},
    "polars": {"cli"},
}


def rooms():
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).parts[0].removesuffix(".py"), path


def imports(path):
    """Return the modules that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            if node.module == "leadqual":
                yield from (f"leadqual.{alias.name}" for alias in node.names)
            else:
                yield node.module


def import_public(room):
    """Return a module of public names; skip the test if it needs a package that is not installed."""
    needs = {"leadqual.frames": "narwhals", "leadqual.strategies": "hypothesis"}
    pytest.importorskip(needs.get(room, "leadqual"), reason=f"needs {needs.get(room)}")
    return import_module(room)


class TestImportOrder:
    """Imports go one way."""

    def test_every_module_has_its_place(self):
        assert {room for room, _ in rooms()} - {"__init__"} == set(ORDER)

    @pytest.mark.parametrize(("room", "path"), [pair for pair in rooms() if pair[0] != "__init__"], ids=str)
    def test_a_package_imports_only_those_listed_before_it(self, room, path):
        for module in imports(path):
            package, _, inner = module.partition(".")
            if package == "leadqual":
                entered = inner.partition(".")[0]
                if entered == room or (room == "cli" and entered in leadqual.__all__):
                    continue
                assert ORDER.index(entered) < ORDER.index(room), f"{room} imports {entered}"
            elif package not in sys.stdlib_module_names:
                assert room in OUTSIDE_THE_CORE[package], f"{room} uses {package}"

    @pytest.mark.parametrize(("room", "path"), list(rooms()), ids=str)
    def test_what_begins_with_an_underscore_stays_in_its_module(self, room, path):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                private = [alias.name for alias in node.names if alias.name.startswith("_")]
                assert not private, f"{room} imports {private} from {node.module}"

    @pytest.mark.parametrize(("room", "path"), list(rooms()), ids=str)
    def test_no_module_is_too_long_and_each_says_in_one_sentence_what_it_is(self, room, path):
        text = path.read_text("utf-8")
        first = ast.get_docstring(ast.parse(text)).splitlines()[0]

        assert first.endswith(".")
        assert len(text.splitlines()) <= 350


class TestFirstImport:
    """`import leadqual` loads no cattrs and no extra; names that need them are loaded on first use."""

    def test_importing_loads_neither_cattrs_nor_an_extra(self):
        code = "import leadqual, sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
        loaded = set(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout.split()
        )

        outside = loaded - set(sys.stdlib_module_names)
        unwanted = {
            "cattrs",
            "narwhals",
            "hypothesis",
            "email_validator",
            "phonenumbers",
            "cyclopts",
            "rich",
            "polars",
        }
        assert "leadqual" in loaded
        assert not outside & unwanted

    def test_every_public_name_can_be_had_and_is_listed(self):
        for name in leadqual.__all__:
            assert getattr(leadqual, name) is not None
        assert set(leadqual.__all__) <= set(dir(leadqual))
        assert leadqual.__all__ == sorted(
            leadqual.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
        )

    def test_a_name_that_is_not_there_says_so(self):
        with pytest.raises(AttributeError, match="module 'leadqual' has no attribute 'Lead'"):
            leadqual.Lead  # noqa: B018

    @pytest.mark.parametrize("name", leadqual.__all__)
    def test_a_public_name_has_its_typing_test(self, name, root):
        texts = [path.read_text("utf-8") for path in (root / "typing_tests").glob("*.py")]

        assert any(name in text for text in texts)


class TestDocstrings:
    """The classes and functions that a user can import have a docstring, and so have their methods."""

    @pytest.mark.parametrize("room", [*public_api.ROOMS, "leadqual.intake"])
    def test_what_a_user_can_call_has_a_docstring(self, room):
        docstrings = {}
        module = import_public(room)
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value):
                docstrings[name] = value.__doc__
            for base in getattr(value, "__mro__", ()):
                if base.__module__.partition(".")[0] == "leadqual":
                    members = {each: getattr(value, each) for each in vars(base) if not each.startswith("_")}
                    docstrings |= {
                        f"{name}.{each}": inspect.getdoc(held)
                        for each, held in members.items()
                        if callable(held)
                    }

        assert docstrings
        assert [name for name, text in docstrings.items() if not (text or "").strip()[:1].isupper()] == []


class TestListing:
    """Who uses a name can rely on it: what is taken away or renamed fails here first."""

    @pytest.mark.parametrize("room", public_api.ROOMS)
    def test_the_public_names_are_those_that_are_listed(self, room):
        import_public(room)
        listed = public_api.LISTING.read_text("utf-8").splitlines()
        inner = tuple(f"{other}." for other in public_api.ROOMS if other.startswith(f"{room}."))

        of_room = [line for line in listed if line.startswith(f"{room}.") and not line.startswith(inner)]

        # What is new is written into the listing by running tests/public_api.py.
        assert of_room == public_api.listing(room)


class TestErrors:
    """Whoever meets an error of a public function can import it."""

    def test_every_error_is_a_public_name(self):
        for _, path in rooms():
            import_module(".".join(("leadqual", *path.relative_to(SOURCE).with_suffix("").parts)))
        ours, more = set(), [LeadqualError]
        while more:
            ours.add(found := more.pop())
            more += found.__subclasses__()

        # The readers of cells raise the one, for those that call them; the other belongs to the frames.
        elsewhere = {"CellUnreadable", "FrameRefused"}
        assert {each.__name__ for each in ours} - elsewhere == {
            name
            for name in leadqual.__all__
            if isinstance(getattr(leadqual, name), type(LeadqualError))
            and issubclass(getattr(leadqual, name), LeadqualError)
        }


class TestThreads:
    """The names are loaded on first use, from any number of threads."""

    def test_threads_that_use_every_name_at_once_wait_for_each_other_but_not_for_ever(self):
        code = """
import threading, leadqual
names, start, failures = leadqual.__all__, threading.Barrier(16), []
def use(place):
    start.wait()
    for name in (*names[place:], *names[:place]):
        try:
            getattr(leadqual, name)
        except BaseException as error:
            failures.append(repr(error))
threads = [threading.Thread(target=use, args=(4 * place,), daemon=True) for place in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(60)
print(failures, sum(thread.is_alive() for thread in threads))
"""
        runs = [
            subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
            for _ in range(4)
        ]

        assert [run.communicate()[0] for run in runs] == ["[] 0\n"] * len(runs)
