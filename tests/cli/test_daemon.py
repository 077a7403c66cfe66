import io
import json
import logging

from onggi.cli.daemon import LOG_GENERATIONS, LOG_SIZE, Outcome, follow, log_file
from onggi.config import Config


def told(*messages):
    return io.StringIO("".join(json.dumps(message) + "\n" for message in messages))


def test_the_start_is_followed_until_it_is_ready(capsys):
    outcome = follow(
        told(
            {"begin": "state"},
            {"end": "state", "seconds": 0.25},
            {"ready": True, "seconds": 0.5},
            {"begin": "nobody reads this"},
        )
    )
    assert outcome == Outcome(seconds=0.5)
    assert "state" in capsys.readouterr().out


def test_a_start_that_fails_tells_why():
    assert follow(told({"failed": "the disk is full"})).failure == "the disk is full"


def test_a_process_that_ends_without_a_word_has_failed():
    assert follow(told({"begin": "state"})).failure


def test_the_log_is_bounded(tmp_path):
    config = Config(data=tmp_path)
    config.log.mkdir()
    handler = log_file(config)
    handler.maxBytes = 1000
    record = logging.LogRecord("onggi", logging.INFO, "", 0, "x" * 100, (), None)
    for _ in range(200):
        handler.emit(record)
    handler.close()
    sizes = [path.stat().st_size for path in config.log.iterdir()]
    assert len(sizes) == LOG_GENERATIONS + 1
    assert max(sizes) <= 1000 < LOG_SIZE
