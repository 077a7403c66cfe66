"""The ``/etc/hosts`` that the containers of a pod share. Pure.

Source: ensureHostsFile in ``pkg/kubelet/kubelet_pods.go``. Without it a container would see
a copy of the host's file, without the pod's name (Java's getLocalHost() then waits for DNS).
"""

from collections.abc import Sequence

from onggi.api.objects import View, get

HEADER = "# Kubernetes-managed hosts file.\n"
HEADER_HOST_NETWORK = "# Kubernetes-managed hosts file (host network).\n"
LOCAL = """\
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
"""


def hosts_file(pod: View, ips: Sequence[str], name: str, domain: str) -> str:
    """For a pod with a network of its own. ``domain`` is empty without a subdomain."""
    names = f"{name}.{domain}\t{name}" if domain else name
    own = "".join(f"{ip}\t{names}\n" for ip in ips)
    return HEADER + LOCAL + own + aliases(pod)


def hosts_file_of_node(pod: View, content: str) -> str:
    """For a pod on the host's network: the host's own file with the pod's aliases."""
    return HEADER_HOST_NETWORK + content + aliases(pod)


def aliases(pod: View) -> str:
    entries = get(pod, "spec.hostAliases") or ()
    if not entries:
        return ""
    lines = ["{}\t{}\n".format(e["ip"], "\t".join(e.get("hostnames") or ())) for e in entries]
    return "\n# Entries added by HostAliases.\n" + "".join(lines)
