"""The pytest plugin, in a pytest of its own."""

import re
import subprocess
import sys

import pytest

from tests.shape.documents import ROOT, blocks

PAGES = ("README.md", "README.ko.md", "docs/testing.md")
EXAMPLE = ROOT / "examples" / "operator"
SETTINGS = "[pytest]\naddopts = -p no:cacheprovider -q\n"

FRESH = """
import pytest
from onggi.testing import KubectlFailed

def names(onggi):
    return onggi.kubectl("get", "configmaps", "-o", "name").split()

def test_first(onggi):
    onggi.kubectl("create", "configmap", "mine", "--from-literal=a=b")
    assert "configmap/mine" in names(onggi)

def test_second(onggi):
    assert "configmap/mine" not in names(onggi)

def test_kubectl_says_what_it_complained_about(onggi):
    with pytest.raises(KubectlFailed, match="not found"):
        onggi.kubectl("get", "configmap", "none")

def test_kubectl_reads_what_it_is_given(onggi):
    text = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "piped"}}'
    assert "piped" in onggi.kubectl("apply", "-f", "-", stdin=text)
"""

SESSION = """
def test_first(onggi_session):
    onggi_session.kubectl("create", "namespace", "kept")

def test_second(onggi_session):
    assert onggi_session.kubectl("get", "namespace", "kept", "-o", "name")

def test_a_fresh_one_is_another(onggi_session, onggi):
    assert onggi.url != onggi_session.url
    assert "kept" not in onggi.kubectl("get", "namespaces", "-o", "name")
"""

CLIENT = """
import kubernetes
import yaml

def test_the_official_client(onggi):
    core = kubernetes.client.CoreV1Api(onggi.client())
    assert "default" in [n.metadata.name for n in core.list_namespace().items]

def test_the_kubeconfig_is_its_owner_s(onggi):
    config = yaml.safe_load(onggi.kubeconfig.read_text())
    assert config["clusters"][0]["cluster"]["server"] == onggi.url
    assert onggi.kubeconfig.stat().st_mode & 0o077 == 0
    assert onggi.environment["KUBECONFIG"] == str(onggi.kubeconfig)

def test_controllers_are_at_work(onggi):
    onggi.kubectl("create", "deployment", "web", "--image=example/web:1", "--replicas=2")
    onggi.kubectl("wait", "deployment/web", "--for=jsonpath={.status.replicas}=2", "--timeout=20s")
    assert len(onggi.kubectl("get", "pods", "-o", "name").split()) == 2

async def test_in_an_event_loop(onggi):
    assert onggi.kubectl("get", "namespace", "default", "-o", "name")
"""


@pytest.fixture
def tests(tmp_path):
    """Run a test file in a pytest that finds the plugin as a user's does."""

    def run(text, *arguments, settings=SETTINGS):
        (tmp_path / "test_it.py").write_text(text)
        (tmp_path / "pytest.ini").write_text(settings)
        return outcome(tmp_path, *arguments)

    return run


def outcome(folder, *arguments):
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout + done.stderr


def setups(text):
    """Seconds that each fixture's setup took, in order."""
    return [float(seconds) for seconds in re.findall(r"([\d.]+)s setup", text)]


@pytest.mark.slow
def test_each_test_has_a_fresh_api(tests):
    text = tests(FRESH, "--durations=0")
    assert "4 passed" in text
    # The first carries the imports and the keys. The rest: well under a second on a quiet machine.
    assert min(setups(text)) < 5


@pytest.mark.slow
def test_the_session_shares_one(tests):
    assert "3 passed" in tests(SESSION)


@pytest.mark.slow
def test_clients_reach_it_and_controllers_work(tests):
    settings = SETTINGS + "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
    assert "4 passed" in tests(CLIENT, settings=settings)


@pytest.mark.slow
def test_the_example_operator_passes_its_tests():
    assert "passed" in outcome(EXAMPLE, "-q", "-p", "no:cacheprovider")


def test_a_test_run_that_does_not_ask_for_it_does_not_pay_for_it(tests):
    text = tests("import sys\ndef test_it():\n    assert 'onggi.up' not in sys.modules\n")
    assert "1 passed" in text


@pytest.mark.slow
def test_what_the_documents_show_passes(tmp_path):
    """In one run: what it costs is to import the clients, and the first server."""
    for number, page in enumerate(PAGES):
        shown = "\n\n".join(block.text for block in blocks("python", [ROOT / page]))
        (tmp_path / f"test_page_{number}.py").write_text(shown)
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    text = outcome(tmp_path, "-rA")
    for number, page in enumerate(PAGES):
        assert f"PASSED test_page_{number}.py" in text, page
    assert "failed" not in text.splitlines()[-1]
