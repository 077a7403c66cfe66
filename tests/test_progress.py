import io
import json
import os

import pytest

from onggi.progress import Progress, to_screen, to_stream


class Terminal(io.StringIO):
    def isatty(self):
        return True


def steps():
    """A start that succeeds, as messages."""
    sent = []
    progress = Progress(sent.append)
    with progress("state"):
        pass
    progress.ready()
    return sent


def test_a_step_tells_its_beginning_its_end_and_its_time():
    begin, end, ready = steps()
    assert begin == {"begin": "state"}
    assert end["end"] == "state"
    assert 0 <= end["seconds"] <= ready["seconds"] < 10


def test_a_step_that_fails_has_no_end():
    sent = []
    progress = Progress(sent.append)
    with pytest.raises(OSError, match="full"), progress("state"):
        raise OSError("full")
    progress.failed("the disk is full")
    assert sent == [{"begin": "state"}, {"failed": "the disk is full"}]


def test_messages_travel_as_one_line_of_json_each():
    stream = io.StringIO()
    send = to_stream(stream)
    for message in steps():
        send(message)
    assert [list(json.loads(line)) for line in stream.getvalue().splitlines()] == [
        ["begin"],
        ["end", "seconds"],
        ["ready", "seconds"],
    ]


def test_a_reader_that_has_gone_is_no_trouble():
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    to_stream(stream)({"begin": "state"})
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_a_file_shows_each_step_once_when_it_is_done():
    out = io.StringIO()
    show = to_screen(out)
    for message in steps():
        show(message)
    assert out.getvalue().count("state") == 1
    assert "✓ state" in out.getvalue()


def test_a_terminal_shows_the_step_that_is_under_way():
    out = Terminal()
    show = to_screen(out)
    show({"begin": "state"})
    assert out.getvalue() == "  … state"
    show({"end": "state", "seconds": 0.5})
    assert out.getvalue().endswith(f"\r  ✓ {'state':<32}   0.50 s\n")
