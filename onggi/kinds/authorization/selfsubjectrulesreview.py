"""SelfSubjectRulesReview (authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

SELFSUBJECTRULESREVIEW = Kind(
    group="authorization.k8s.io",
    version="v1",
    name="SelfSubjectRulesReview",
    plural="selfsubjectrulesreviews",
    schema="io.k8s.api.authorization.v1.SelfSubjectRulesReview",
    namespaced=False,
    verbs=("create",),
    virtual=True,
    status=False,
)
