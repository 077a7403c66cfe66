"""The last words of containers."""

import pytest

from onggi.node.configs import Mount
from onggi.node.identity import MESSAGE_PATH, MESSAGE_POLICY
from onggi.node.termination import with_message
from tests.node.test_sync import exited

PATH = "/dev/termination-log"


@pytest.fixture
def ended(tmp_path):
    def make(text=None, log="", policy="File", code=1, message=""):
        said, logged = tmp_path / "said", tmp_path / "0.log"
        if text is not None:
            said.write_bytes(text)
        logged.write_text(log)
        return exited(
            code=code,
            message=message,
            log_path=str(logged),
            annotations={MESSAGE_PATH: PATH, MESSAGE_POLICY: policy},
            mounts=(Mount(container_path=PATH, host_path=str(said)),),
        )

    return lambda *args, **fields: with_message(make(*args, **fields)).message


def test_they_are_in_the_file(ended):
    assert ended(b"farewell") == "farewell"
    assert ended(b"farewell", message="killed") == "killed: farewell"


def test_only_the_end_of_a_long_file_counts(ended):
    assert ended(b"a" * 5000 + b"b" * 4096) == "b" * 4096


def test_a_missing_file_says_nothing(ended):
    assert ended() == ""


LOG = "".join(f"2026-01-01T00:00:00.{n:09d}Z stderr F line {n}\n" for n in range(100))


def test_the_log_stands_in_where_asked_for(ended):
    text = ended(b"", LOG, "FallbackToLogsOnError")
    assert text.startswith("line 20\n")
    assert text.endswith("line 99\n")


def test_but_not_for_a_success_nor_where_there_are_words(ended):
    assert ended(b"", LOG, "FallbackToLogsOnError", code=0) == ""
    assert ended(b"words", LOG, "FallbackToLogsOnError") == "words"
    assert ended(b"", LOG) == ""


def test_long_logs_are_cut(ended):
    long = f"2026-01-01T00:00:00.0Z stdout F {'x' * 9000}\n"
    assert len(ended(b"", long, "FallbackToLogsOnError")) == 2048
