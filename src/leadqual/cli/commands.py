"""The list of the commands, and how one of them is run."""

import sys
from collections.abc import Sequence

from cyclopts import CycloptsError, UnusedCliTokensError

from leadqual.cli import UNUSABLE, checking, frames, funnels, proofs, scorecards, words
from leadqual.cli.files import STREAM
from leadqual.cli.terminal import app, console, show

for _command in (
    checking.check,
    checking.layout,
    frames.classify,
    funnels.funnel,
    words.explain,
    words.rules,
    words.glossary,
):
    app.command(_command)
app.command(scorecards.learn_card, name="learn")
app.command(scorecards.score)
app.command(scorecards.evaluate_card, name="evaluate")
app.command(proofs.verify_policy, name="verify")
app.command(proofs.compare_policies, name="compare")


def run(arguments: Sequence[str] | None) -> int:
    """Run the command that *arguments* name, and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    # A hyphen alone would be taken for an option.
    tokens = [f"./{token}" if token == str(STREAM) else token for token in given]
    try:
        result = app(
            tokens, console=console(), exit_on_error=False, print_error=False, result_action="return_value"
        )
    except CycloptsError as error:
        said = str(error)
        if isinstance(error, UnusedCliTokensError):
            said = f"too many arguments: {' '.join(error.unused_tokens or ())}; see --help"
        print(f"leadqual: {show(said)}", file=sys.stderr)  # noqa: T201 (an error goes beside the output)
        return UNUSABLE
    return result if isinstance(result, int) else 0
