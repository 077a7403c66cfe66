"""kubectl on running pods: logs, exec, attach, port-forward, cp, run, debug."""

import os
import pty
import select
import subprocess
import urllib.request
from pathlib import Path

from tests.e2e.manifests import container, pod, server
from tests.e2e.platform import KUBECTL, Space


def test_logs_follow_until_the_end(space: Space) -> None:
    space.apply(
        pod(
            "talk",
            container("for i in 1 2 3; do echo line $i; sleep 0.3; done"),
            restartPolicy="Never",
        )
    )
    space.wait("pod/talk", "jsonpath={.status.phase}=Running")
    assert space.kubectl("logs", "-f", "talk") == "line 1\nline 2\nline 3\n"


def test_logs_by_tail_since_bytes_and_with_times(space: Space) -> None:
    [everything] = space.ends(pod("talk", container("seq 1 100"), restartPolicy="Never"))
    assert everything == "".join(f"{n}\n" for n in range(1, 101))
    assert space.kubectl("logs", "talk", "--tail=2") == "99\n100\n"
    assert space.kubectl("logs", "talk", "--limit-bytes=4") == "1\n2\n"
    assert len(space.kubectl("logs", "talk", "--since=1h").splitlines()) == 100
    assert space.kubectl("logs", "talk", "--since-time=2099-01-01T00:00:00Z") == ""
    stamped = space.kubectl("logs", "talk", "--timestamps", "--tail=1")
    assert stamped[10] == "T"
    assert stamped.endswith("Z 100\n")


def test_logs_of_a_former_container_and_of_all_containers(space: Space) -> None:
    script = "[ -e /s/again ] && exec sleep 1000; touch /s/again; echo first life; exit 3"
    one = container(script, volumeMounts=[{"name": "s", "mountPath": "/s"}])
    other = container("echo beside; exec sleep 1000", name="beside")
    space.apply(pod("two", one, other, volumes=[{"name": "s", "emptyDir": {}}]))
    space.wait("pod/two", "jsonpath={.status.containerStatuses[?(@.name=='main')].restartCount}=1")
    space.wait("pod/two", "condition=Ready")
    assert space.kubectl("logs", "two", "-c", "main", "--previous") == "first life\n"
    assert space.kubectl("logs", "two", "--all-containers") == "beside\n"
    assert "[pod/two/beside] beside" in space.kubectl(
        "logs", "-l", "app=two", "--prefix", "--all-containers"
    )
    refused = space.try_kubectl("logs", "two", "-c", "none")
    assert "container none is not valid for pod two" in refused.stderr


def test_exec_carries_input_output_and_the_exit_code(space: Space) -> None:
    space.run(pod("box"))
    assert space.kubectl("exec", "-i", "box", "--", "cat", stdin="over there\n") == "over there\n"
    done = space.try_kubectl("exec", "box", "--", "sh", "-c", "echo out; echo err >&2; exit 42")
    assert (done.returncode, done.stdout) == (42, "out\n")
    assert done.stderr.startswith("err\n")
    assert "exit code 42" in done.stderr
    missing = space.try_kubectl("exec", "box", "--", "no-such-program")
    assert missing.returncode != 0
    assert "no-such-program" in missing.stderr
    large = "x" * 3_000_000
    assert space.kubectl("exec", "-i", "box", "--", "wc", "-c", stdin=large).strip() == "3000000"
    assert len(space.kubectl("exec", "box", "--", "sh", "-c", "yes | head -c 3000000")) == 3_000_000


def test_exec_with_a_terminal(space: Space) -> None:
    space.run(pod("box"))
    command = [KUBECTL, "-n", space.name, "exec", "-it", "box", "--", "sh"]
    with Terminal(command, space.platform.environment) as terminal:
        terminal.write("test -t 0 && echo it-is-a-$((40 + 2))-tty\n")
        terminal.until("it-is-a-42-tty")
        terminal.write("exit 7\n")
        assert terminal.process.wait(30) == 7


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.seen = ""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)

    def write(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def until(self, text: str, within: float = 30) -> None:
        while text not in self.seen:
            ready, _, _ = select.select([self.ours], [], [], within)
            assert ready, f"no {text!r} in {self.seen!r}"
            self.seen += os.read(self.ours, 4096).decode(errors="replace")


def test_attach_reads_and_writes_the_main_process(space: Space) -> None:
    echo = container(
        "while read line; do echo got $line; [ $line = end ] && exit 0; done",
        stdin=True,
        stdinOnce=True,  # without it, the end of the input ends the output too
    )
    space.run(pod("echo", echo, restartPolicy="Never"))
    done = space.try_kubectl("attach", "-i", "echo", stdin="one\nend\n")
    assert "got one\ngot end\n" in done.stdout
    space.wait("pod/echo", "jsonpath={.status.phase}=Succeeded")


def test_port_forward_to_a_pod_and_to_a_service(space: Space) -> None:
    from tests.e2e.manifests import service

    space.run(pod("web", server("forwarded ")), service("web"))
    for target, port in (("pod/web", 8080), ("svc/web", 80)):
        with space.running("port-forward", target, f":{port}") as forward:
            assert forward.stdout
            said = forward.stdout.readline()
            local = said.split(" -> ")[0].rsplit(":", 1)[1]
            for n in range(5):
                answer = urllib.request.urlopen(f"http://127.0.0.1:{local}/{n}", timeout=10)
                with answer:
                    assert answer.read() == f"forwarded web /{n}\n".encode()


def test_cp_in_both_directions(space: Space, tmp_path: Path) -> None:
    space.run(pod("box"))
    (tmp_path / "there").mkdir()
    content = os.urandom(300_000)
    (tmp_path / "there" / "file").write_bytes(content)
    space.kubectl("cp", str(tmp_path / "there"), "box:/tmp/here")
    space.kubectl("cp", "box:/tmp/here", str(tmp_path / "back"))
    assert (tmp_path / "back" / "file").read_bytes() == content


def test_run_once_with_input_and_removal(space: Space) -> None:
    said = space.kubectl(
        *("run", "once", "--rm", "-i", "--restart=Never", "--image=localhost/tools:1", "-q"),
        *("--", "sh", "-c", "read name; echo hello $name"),
        stdin="Onggi\n",
    )
    assert "hello Onggi" in said
    assert space.kubectl("get", "pod", "-o", "name") == ""


def test_debug_adds_a_container_that_sees_the_other(space: Space) -> None:
    space.run(pod("web", server()))
    space.kubectl(
        *("debug", "web", "--image=localhost/tools:1", "--target=main", "-c", "probe"),
        *(
            "--image-pull-policy=Never",
            "--",
            "sh",
            "-c",
            "ps | grep -c http.server; exec sleep 1000",
        ),
    )
    space.wait("pod/web", "jsonpath={.status.ephemeralContainerStatuses[0].state.running}")
    assert space.kubectl("logs", "web", "-c", "probe").strip() >= "1"
    assert "web /" in space.kubectl(
        "exec", "web", "-c", "probe", "--", "curl", "-s", "localhost:8080"
    )
    copied = ("debug", "web", "--copy-to=web-copy", "--image=localhost/tools:1", "-c", "second")
    space.kubectl(*copied, "--", "sleep", "1000")
    space.wait("pod/web-copy", "condition=Ready")


def test_top_says_that_there_are_no_metrics_or_shows_them(space: Space) -> None:
    done = space.try_kubectl("top", "node")
    assert done.returncode == 0 or "Metrics API not available" in done.stderr
