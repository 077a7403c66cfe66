import pytest

COMMANDS = ["up", "down", "status", "doctor", "kubectl", "logs", "uninstall", "image", "version"]


def test_help_names_every_command(invoke):
    told = invoke("--help")
    assert told.status == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in told.out] == []


def test_no_command_shows_the_help(invoke):
    told = invoke()
    assert told.status == 2
    assert "Usage: onggi" in told.err


@pytest.mark.parametrize("arguments", ["nonsense", "up --bogus", "status extra", "image nonsense"])
def test_unknown_words_are_named_and_lead_to_help(invoke, arguments):
    told = invoke(*arguments.split())
    assert told.status == 2
    assert arguments.split()[-1] in told.err
    assert "--help" in told.err


@pytest.mark.parametrize("command", ["up", "image build"])
def test_a_value_of_the_wrong_type_is_named(invoke, command):
    arguments = {"up": ["--port", "many"], "image build": []}[command]
    told = invoke(*command.split(), *arguments)
    assert told.status == 2
    assert "--port" in told.err or "FILE" in told.err.upper()
