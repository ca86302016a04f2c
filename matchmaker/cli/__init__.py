"""The `matchmaker` command. Each command's module is imported only when it is called: starting up must be quick."""

import importlib
import sys
from typing import Any

import click

from matchmaker import __version__
from matchmaker.config import ConfigurationError
from matchmaker.domain.errors import DomainError
from matchmaker.search.encoder import ModelUnavailable

# command -> module of matchmaker.cli in which a click command of that name (with _ for -) stands
COMMANDS = {
    "run": "serving",
    "serve": "serving",
    "worker": "serving",
    "prepare-model": "setup",
    "migrate": "setup",
    "demo": "setup",
    "create-admin": "setup",
    "status": "operating",
    "backup": "operating",
    "restore": "operating",
    "import": "data",
    "train": "training",
    "evaluate": "training",
    "ranker": "rankers",
    "grading": "grading",
    "refit": "refits",
    "evaluate-languages": "languages",
    "timetable": "timetable",
    "ledger": "ledger",
    "journal": "journal",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and loads one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which an operator meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module, or answer None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"matchmaker.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="matchmaker")
def group() -> None:
    """Technology-transfer matchmaking: needs, achievements, matches with reasons."""


def main(arguments: list[str] | None = None) -> Any:
    """Run one command; an error that a person can mend is one sentence on standard error and exit status 2."""
    try:
        return group.main(args=arguments, prog_name="matchmaker", standalone_mode=True)
    except (ConfigurationError, DomainError, ModelUnavailable) as error:
        click.echo(f"matchmaker: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
