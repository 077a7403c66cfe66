"""Every volume type that this node knows, by its key in the pod."""

from onggi.node.volumes import configmap, downwardapi, emptydir, hostpath, projected, secret
from onggi.node.volumes.volume import Plugin

PLUGINS: dict[str, Plugin] = {
    "emptyDir": emptydir.PLUGIN,
    "hostPath": hostpath.PLUGIN,
    "configMap": configmap.PLUGIN,
    "secret": secret.PLUGIN,
    "downwardAPI": downwardapi.PLUGIN,
    "projected": projected.PLUGIN,
}
