import click
import pytest

from storyboard.cli.ends import Ended, ending
from storyboard.diagnostics import Diagnostic, Refused


def end(action: object, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and stderr of a command that does `action`."""

    @click.command("try")
    @click.option("--debug", is_flag=True, expose_value=False)
    def command() -> None:
        if isinstance(action, BaseException):
            raise action

    with pytest.raises(SystemExit) as left:
        ending(command, list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code, capsys.readouterr().err


def mistake(code: str, exit_code: int = 10) -> Refused:
    return Refused([Diagnostic(code, f"this is {code}")], exit_code)


def test_a_command_that_ends_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert end(None, capsys) == (0, "")


def test_a_command_may_end_with_a_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert end(Ended(3), capsys) == (3, "")


def test_what_was_refused_is_drawn_and_brings_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert end(mistake("state-newer", 13), capsys) == (13, "error[state-newer]: this is state-newer\n")


def test_what_several_tasks_refuse_is_told_together_and_the_highest_code_wins(
    capsys: pytest.CaptureFixture[str],
) -> None:
    group = ExceptionGroup("tasks", [mistake("a", 13), ExceptionGroup("inner", [mistake("b", 14), mistake("b", 14)])])
    code, err = end(group, capsys)
    assert code == 14
    assert err.count("error[b]") == 1
    assert "error[a]" in err


def test_a_bug_is_a_sentence_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = end(KeyError("secret value"), capsys)
    assert code == 1
    assert "error[bug]: KeyError" in err
    assert "Traceback" not in err
    assert "secret value" not in err


def test_a_bug_beside_a_refusal_is_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = end(ExceptionGroup("tasks", [mistake("a"), ValueError("x")]), capsys)
    assert (code, "error[bug]" in err) == (1, True)


def test_debug_shows_where_a_bug_is() -> None:
    @click.command("try")
    @click.option("--debug", is_flag=True, expose_value=False)
    def command() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        ending(command, ["--debug"])


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = end(None, capsys, "--nope")
    assert code == 2
    assert "--nope" in err
