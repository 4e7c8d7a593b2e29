"""The command line: argv to stages to exit codes. The only reader of the environment and the only printer.

A command is a module of this folder, imported when it is called, so that `--help` starts fast.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from storyboard.cli.ends import ending
from storyboard.collecting import lasting
from storyboard.version import VERSION

COMMANDS = {
    "init": "A small production that renders at once.",
    "import": "A storyboard from a shot list, a screenplay or a timeline.",
    "check": "Every mistake in a storyboard, all at once.",
    "explain": "The reference page of a diagnostic.",
    "plan": "What a render would do, why, and at what price.",
    "render": "Render what the plan says, then cut the film.",
    "status": "What happened: every take, clip, job and charge.",
    "circle": "Choose a take, and write it into the storyboard.",
    "lock": "Let a shot's clip stay, whatever changes.",
    "unlock": "Let a shot's clip follow the storyboard again.",
    "adopt": "Bind a job to a take of unknown fate, or bring in a clip.",
    "cancel": "Call jobs off where their provider does.",
    "inbox": "Keep what gateways tell while no render runs.",
    "board": "The film as a live page: watch, compare, decide.",
    "stop": "Ask a running render to finish what runs, and stop.",
    "verify": "Check the clips on disk against the state.",
    "repair": "Mend the state and the clips; orders nothing.",
    "gc": "Drop what can be made again.",
    "cut": "Join the clips again, without rendering.",
    "export": "The film for editors, producers and browsers.",
    "providers": "What the installed providers take.",
    "emulate": "The gateways on this machine: nothing is paid.",
    "schema": "The JSON Schema of the language.",
}
"""Every command with its line in `--help`, in the order of a production."""

_MODULES = {"import": "importing"}
"""Modules of commands that are called like a word of Python's."""


class Commands(click.Group):
    """The commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of a production."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command's module."""
        if name not in COMMANDS:
            return None
        with lasting():
            module = importlib.import_module(f"storyboard.cli.{_MODULES.get(name, name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="storyboard")
def group() -> None:
    """Declarative multi-shot video: write the shots, render the film, pay for nothing twice.

    Begin with `storyboard init`, then `storyboard render`.
    """


def main(argv: list[str] | None = None) -> Any:
    """Run a command and end the process with its exit code."""
    ending(group, argv)
