"""How a command ends: exit codes, drawn mistakes, and no traceback for anybody who did not ask for one."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import click

from storyboard.diagnostics import COLUMNS, Diagnostic, Refused, draw

DONE, BUG, INCOMPLETE, DECIDE, BUDGET = 0, 1, 3, 4, 5
"""Exit codes of the reference; what was refused brings its own, a signal is passed on."""


class Ended(Exception):
    """A command came to its end with this exit code, everything having been said."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Signalled(Exception):
    """A run drained after a signal; the process ends by the same signal, as its parent expects."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def say(text: str = "") -> None:
    """A line for people, on stderr. A terminal that is gone is no error."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def texts_of(diagnostics: tuple[Diagnostic, ...]) -> Mapping[str, str]:
    """The texts of the files that diagnostics point into, as far as they can be read."""
    texts: dict[str, str] = {}
    for diagnostic in diagnostics:
        if diagnostic.span is not None and diagnostic.span.file not in texts:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                path = Path(diagnostic.span.file)
                if path.is_file():
                    texts[diagnostic.span.file] = path.read_bytes().decode("utf-8-sig")
    return texts


def terminal_columns() -> int:
    """How wide the terminal is that people read on; a file or a pipe has the usual width."""
    if not sys.stderr.isatty():
        return COLUMNS
    with contextlib.suppress(OSError, ValueError):
        return os.get_terminal_size(sys.stderr.fileno()).columns or COLUMNS
    return COLUMNS


def refuse(refused: Refused) -> None:
    """Draw everything that was refused, and count it."""
    say(draw(refused.diagnostics, refused.texts or texts_of(refused.diagnostics), terminal_columns()))
    errors = sum(one.severity == "error" for one in refused.diagnostics)
    if errors > 1:
        say(f"\n{errors} mistakes")


def _alone(command: click.Command, arguments: list[str]) -> None:
    """Run the command; what several tasks raised as a group is raised as the one thing it is, refusals joined."""
    try:
        command.main(arguments, prog_name="storyboard", standalone_mode=False)
    except BaseExceptionGroup as group:
        if group.subgroup(KeyboardInterrupt):
            raise KeyboardInterrupt from None
        refusals, rest = group.split(Refused)
        if rest is not None or refusals is None:
            raise
        found = list(_leaves(refusals))
        together = [one for refused in found for one in refused.diagnostics]
        raise Refused(dict.fromkeys(together), exit_code=max(one.exit_code for one in found)) from None


def _leaves(group: BaseExceptionGroup[Refused]) -> Iterator[Refused]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one


def ending(command: click.Command, argv: list[str] | None) -> NoReturn:
    """Run a click command and end the process as the reference says."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        _alone(command, arguments)
        code = DONE
    except Ended as ended:
        code = ended.code
    except Signalled as signalled:
        _die_by(signalled.number)
        code = 128 + signalled.number
    except Refused as refused:
        refuse(refused)
        code = refused.exit_code
    except click.exceptions.Exit as left:
        code = left.exit_code
    except click.ClickException as wrong:
        wrong.show()
        code = wrong.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("stopped")
        _die_by(signal.SIGINT)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except Exception as bug:
        if "--debug" in arguments:
            raise
        say(
            f"error[bug]: {type(bug).__name__} — this is a mistake of storyboard's, not yours; nothing recorded is lost"
        )
        say("  = run it again with --debug to see where")
        code = BUG
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    sys.exit(code)


def _die_by(number: int) -> None:
    """End by the signal itself, so that a shell or a supervisor sees what happened."""
    if os.name == "posix":
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
