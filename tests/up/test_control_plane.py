import asyncio
import ssl
from datetime import timedelta
from types import SimpleNamespace

import aiohttp
import pytest
from cryptography.x509 import load_der_x509_certificate

from onggi.client import kubeconfig
from onggi.client.http import Http
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.namespace import NAMESPACE
from onggi.up import clock, control_plane
from onggi.up.control_plane import addresses, certificates, keep_certificates, write_kubeconfig
from tests.up.conftest import ADMIN


async def presented(plane):
    """The certificate that a new connection is shown."""
    context = plane.pki.client_context()
    _, writer = await asyncio.open_connection("127.0.0.1", plane.http.ports[0], ssl=context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return load_der_x509_certificate(der)


async def test_a_cluster_begins_with_its_namespaces(plane):
    async with plane() as running:
        found = (await running.cluster(ADMIN).list(NAMESPACE)).items
    assert {"default", "kube-system"} <= {n["metadata"]["name"] for n in found}


async def test_extension_servers_can_read_whom_to_trust(plane):
    async with plane() as running:
        cluster = running.cluster(ADMIN)
        found = await cluster.get(CONFIGMAP, "kube-system", "extension-apiserver-authentication")
    data = found["data"]
    assert data["client-ca-file"] == running.pki.trust.read_text()
    assert data["requestheader-allowed-names"] == '["front-proxy-client"]'
    assert data["requestheader-client-ca-file"].startswith("-----BEGIN CERTIFICATE-----")


async def test_two_groups_of_kubectl_as_group_both_arrive(plane):
    groups = [("Impersonate-Group", "dev"), ("Impersonate-Group", "ops")]
    async with plane() as running:
        url = f"{running.url}/apis/authentication.k8s.io/v1/selfsubjectreviews"
        headers = [("Impersonate-User", "joe"), *groups]
        tls = running.pki.client_context("admin")
        async with (
            aiohttp.ClientSession() as client,
            client.post(url, json={}, ssl=tls, headers=headers) as answer,
        ):
            seen = (await answer.json())["status"]["userInfo"]
    assert seen == {"username": "joe", "groups": ["dev", "ops", "system:authenticated"]}


async def test_the_kubeconfig_is_that_of_an_administrator(plane, config):
    async with plane() as running:
        write_kubeconfig(running)
        async with Http(kubeconfig.load(config.kubeconfig)) as cluster:
            made = await cluster.create(NAMESPACE, {"metadata": {"name": "shop"}})
    assert made["metadata"]["uid"]
    assert config.kubeconfig.stat().st_mode & 0o077 == 0


async def test_nobody_is_trusted_without_a_certificate_of_ours(plane):
    async with plane() as running:
        context = running.pki.client_context()
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{running.url}/api/v1/secrets", ssl=context) as answer,
        ):
            assert answer.status in (401, 403)


async def test_a_server_that_is_not_ours_is_not_trusted(plane):
    async with plane() as running:
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", running.http.ports[0], ssl=True)


async def test_certificates_are_renewed_and_served_without_a_restart(plane, monkeypatch):
    months_ago = clock.now() - timedelta(days=300)
    monkeypatch.setattr(control_plane, "now", lambda: months_ago)
    once = asyncio.Event()

    async def sleep(seconds):
        if once.is_set():
            await asyncio.Event().wait()
        once.set()

    async with plane() as running:
        before = await presented(running)
        monkeypatch.setattr(control_plane, "now", clock.now)
        monkeypatch.setattr(control_plane, "asyncio", SimpleNamespace(sleep=sleep))
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(keep_certificates(running))
            await once.wait()
            await asyncio.sleep(0)
            after = await presented(running)
            work.cancel()
        written = kubeconfig.load(running.config.kubeconfig)
    assert after.serial_number != before.serial_number
    assert after.not_valid_after_utc > before.not_valid_after_utc + timedelta(days=200)
    assert written.certificate == running.pki.texts("admin")[0]


async def test_after_its_end_nobody_answers(plane):
    async with plane() as running:
        port = running.http.ports[0]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


def test_pods_reach_the_server_over_the_bridge(config):
    from dataclasses import replace

    node = replace(config, node=True)
    assert addresses(config) == ("127.0.0.1",)
    assert addresses(node) == ("127.0.0.1", node.gateway)
    server = next(wanted for wanted in certificates(node) if wanted.file == "apiserver")
    assert {node.gateway, node.api_service, "127.0.0.1"} <= set(server.hosts)
