import os
import select
import signal
import subprocess

from tests.cli.conftest import ONGGI, surroundings


def test_a_log_shows_its_last_lines(running):
    (running.data / "log" / "envoy.log").write_text("".join(f"line {i}\n" for i in range(200)))
    assert running("logs", "envoy", "-n", "2").out == "line 198\nline 199\n"
    assert len(running("logs", "envoy").out.splitlines()) == 100


def test_a_component_without_a_log_names_those_that_have_one(running):
    told = running("logs", "redis")
    assert told.status == 1
    assert "no log of 'redis'; there are: " in told.err
    assert "onggi" in told.err


def test_a_name_is_no_path(running):
    assert running("logs", "../config").status == 1


def test_an_instance_that_never_ran_has_none(program):
    told = program("logs")
    assert told.status == 1
    assert "holds none yet" in told.err


def test_following_goes_on_as_the_log_grows(running):
    log = running.data / "log" / "grows.log"
    log.write_text("first\n")
    command = [ONGGI, "logs", "grows", "-f", "--data", str(running.data)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=surroundings({}), process_group=0
    ) as following:
        assert following.stdout.readline() == "first\n"
        with log.open("a") as file:
            file.write("second\n")
        assert select.select([following.stdout], [], [], 10)[0]
        assert following.stdout.readline() == "second\n"
        os.killpg(following.pid, signal.SIGINT)
