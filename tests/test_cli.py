"""What goes wrong becomes one message and an exit status."""

import pytest

from onggi.cli import guarded
from onggi.cli.failure import Failure


def raising(error):
    def command():
        raise error

    return command


def test_a_failure_is_one_message_and_status_1(capsys):
    with pytest.raises(SystemExit) as ended:
        guarded(raising(Failure("the disk is full: make room.")))
    assert ended.value.code == 1
    assert capsys.readouterr().err == "onggi: the disk is full: make room.\n"


def test_an_interrupt_says_nothing(capsys):
    with pytest.raises(SystemExit) as ended:
        guarded(raising(KeyboardInterrupt()))
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "")


def test_an_error_of_the_program_itself_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        guarded(raising(ZeroDivisionError()))
