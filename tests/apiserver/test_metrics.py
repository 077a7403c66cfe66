"""Metrics."""

import re

from onggi.api.http import Request
from tests.apiserver.world import ask

SAMPLE = re.compile(r"^[a-z_]+(\{([a-z_]+=\"[^\"]*\",?)*\})? [-+.\de]+$")


async def test_requests_are_counted_by_what_they_were(running):
    request = Request(method="GET", path="/api/v1/namespaces/default/pods/web")
    for _ in range(3):
        running.metrics.observe(request, 200, 0.01)
    _, text = await ask(running, "GET", "/metrics")
    labels = (
        'component="apiserver",verb="GET",dry_run="",group="",version="v1",resource="pods",subresource="",'
        'scope="resource"'
    )
    assert f'apiserver_request_total{{{labels},code="200"}} 3' in text
    assert f'apiserver_request_duration_seconds_bucket{{{labels},le="0.005"}} 0' in text
    assert f'apiserver_request_duration_seconds_bucket{{{labels},le="0.025"}} 3' in text
    assert f'apiserver_request_duration_seconds_bucket{{{labels},le="+Inf"}} 3' in text
    assert f"apiserver_request_duration_seconds_count{{{labels}}} 3" in text


async def test_every_line_is_in_the_text_format(running):
    request = Request(method="GET", path="/api/v1/pods", query={"watch": ["1"]})
    running.metrics.observe(request, 200, 99)
    _, text = await ask(running, "GET", "/metrics")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not SAMPLE.match(line)] == []
    assert 'verb="WATCH"' in text
    assert "process_resident_memory_bytes" in text


async def test_what_strangers_ask_for_makes_no_new_series(running):
    for number in range(100):
        for path in (f"/x{number}", f"/apis/x{number}/v1/things", f"/api/v1/x{number}s"):
            running.metrics.observe(Request(method="GET", path=path), 404, 0.1)
    _, text = await ask(running, "GET", "/metrics")
    assert text.count("apiserver_request_total{") == 1
    for below in ("log", *(f"x{number}" for number in range(100))):
        path = f"/api/v1/namespaces/default/pods/web/{below}"
        running.metrics.observe(Request(method="GET", path=path), 404, 0.1)
    _, text = await ask(running, "GET", "/metrics")
    assert text.count("apiserver_request_total{") == 3


async def test_watches_are_counted_while_they_last(running, cluster):
    from contextlib import aclosing

    from onggi.kinds.core.namespace import NAMESPACE

    labels = 'component="apiserver",verb="WATCH",group="",resource="namespaces"'
    shown = f"apiserver_longrunning_requests{{{labels}}}"
    async with aclosing(cluster.watch(NAMESPACE)) as stream:
        await anext(stream)
        _, text = await ask(running, "GET", "/metrics")
        assert f"{shown} 1" in text
    _, text = await ask(running, "GET", "/metrics")
    assert f"{shown} 0" in text
