"""Which plugins are asked about a write."""

import pytest

from onggi.apiserver.admission import Admission, Review
from onggi.apiserver.call import Call
from onggi.apiserver.path import parse
from onggi.apiserver.plugins import ABOUT, MUTATING, VALIDATING
from onggi.kinds import BUILTIN
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.pod import POD
from tests.apiserver.world import ADMIN


def review(kind):
    call = Call(None, parse("POST", "/api/v1/namespaces/a/x"), ADMIN, kind, "a")
    return Review("CREATE", call, {"metadata": {}}, None, None)


async def test_a_plugin_is_asked_about_its_own_resources_only():
    asked = []

    def of_pods(review, lookup):
        asked.append("pods")

    def of_all(review, lookup):
        asked.append("all")

    admission = Admission(None, [of_pods], [of_all], about={of_pods: ("pods",)})
    for kind in (CONFIGMAP, POD, CONFIGMAP):
        await admission.admit(review(kind))
        await admission.validate(review(kind))
    assert asked == ["all", "pods", "all", "all"]


@pytest.mark.parametrize("plugin", ABOUT, ids=lambda plugin: plugin.__name__)
def test_what_a_plugin_is_about_is_there(plugin):
    assert plugin in (*MUTATING, *VALIDATING)
    assert {*ABOUT[plugin]} <= {"bindings", *(kind.resource for kind in BUILTIN)}


class NoLookup:
    """A plugin that has nothing to say does not look for anything."""


@pytest.mark.parametrize("plugin", ABOUT, ids=lambda plugin: plugin.__name__)
def test_to_others_it_has_nothing_to_say(plugin):
    for kind in BUILTIN:
        if kind.resource not in ABOUT[plugin]:
            asked = review(kind)
            plugin(asked, NoLookup())
            assert asked.obj == {"metadata": {}}
