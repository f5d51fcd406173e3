"""The exit code of everything that a command may raise."""

import errno

import pytest
import typer

from aquamind_assets.cli.exits import ended_with_code
from aquamind_assets.cli.output import confirmed
from aquamind_assets.errors import Interrupted, TransientError, UserError


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UserError("no such year"), 2, "aquamind: no such year"),
        (TransientError("postgresql://me:secret@host was lost"), 2, "aquamind: postgresql://me:***@host was lost"),
        (KeyboardInterrupt(), 130, "aquamind: interrupted"),
        (Interrupted("between two chunks"), 130, "aquamind: interrupted"),
        (typer.Abort(), 130, "aquamind: interrupted"),
        (typer.Exit(7), 7, ""),
        (RuntimeError("postgresql://me:secret@host"), 1, "RuntimeError: postgresql://me:***@host"),
    ],
)
def test_every_failure_has_its_code_and_its_message(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, ended_with_code():
        raise error
    assert ended.value.exit_code == code
    shown = capsys.readouterr().err
    assert message in shown
    assert "secret" not in shown
    assert ("Traceback" in shown) is (code == 1)


def test_a_usage_error_and_a_closed_pipe_are_left_to_typer() -> None:
    for error in (typer.BadParameter("--years"), BrokenPipeError(errno.EPIPE, "Broken pipe")):
        with pytest.raises(type(error)), ended_with_code():
            raise error


@pytest.mark.parametrize(("answer", "expected"), [("y", True), ("Yes", True), ("n", False), ("", False)])
def test_only_yes_confirms(answer: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda: answer)
    assert confirmed("Remove 2015?") is expected
