"""What --help says of each command, and the completion of the shells."""

import shlex

import pytest

from leadqual.cli import DONE, main

pytest.importorskip("cyclopts", reason="needs cyclopts")

from leadqual.cli.application import _COMMANDS, app


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments):
        assert main(arguments) == DONE
        return capsys.readouterr().out

    return run


def test_the_commands_and_the_exit_statuses_are_listed(run):
    out = run("--help")

    assert "Exit status: 0 if nothing is wrong, 1 if something is, such as a rejected row, 2 if" in out
    assert all(f"│ {name} " in out for name in _COMMANDS)


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_a_command_has_examples_that_can_be_called_and_its_exit_statuses(run, name):
    out = run(name, "--help")

    assert f"For example:\n\n  leadqual {name}" in out
    assert "\nExit status: 0 if nothing is wrong, " in out
    for example in _COMMANDS[name]["examples"]:
        words = shlex.split(example.partition(" > ")[0])
        app.parse_args(words[1:], exit_on_error=False, print_error=False)


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_option_is_explained(name):
    arguments = app[name].assemble_argument_collection(parse_docstring=True)

    assert [each.name for each in arguments if each.show and not each.parameter.help] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_installed(run, shell, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    run("--install-completion", "--shell", shell)

    written = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert any("no-consent-in" in text and "prioritize" in text for text in written)
