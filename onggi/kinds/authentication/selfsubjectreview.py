"""SelfSubjectReview (authentication.k8s.io/v1)."""

from onggi.api.kind import Kind

SELFSUBJECTREVIEW = Kind(
    group="authentication.k8s.io",
    version="v1",
    name="SelfSubjectReview",
    plural="selfsubjectreviews",
    schema="io.k8s.api.authentication.v1.SelfSubjectReview",
    namespaced=False,
    verbs=("create",),
    virtual=True,
    status=False,
)
