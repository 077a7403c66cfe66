"""The pod security standards: what a pod may not do at the levels baseline and restricted.

    evaluate("restricted", LATEST, pod["metadata"], pod["spec"])  → what is wrong, in order

table.py       every check, since which version, and what it takes the place of
host.py        what reaches out to the node
identity.py    as whom a pod runs
profiles.py    AppArmor, seccomp, SELinux
words.py       how upstream says it

Source: ``k8s.io/pod-security-admission/policy``.
"""

from onggi.kinds.core.pod.standards.table import LATEST as LATEST
from onggi.kinds.core.pod.standards.table import evaluate as evaluate
from onggi.kinds.core.pod.standards.words import Verdict as Verdict
