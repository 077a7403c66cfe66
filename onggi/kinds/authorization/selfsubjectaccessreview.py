"""SelfSubjectAccessReview (authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

SELFSUBJECTACCESSREVIEW = Kind(
    group="authorization.k8s.io",
    version="v1",
    name="SelfSubjectAccessReview",
    plural="selfsubjectaccessreviews",
    schema="io.k8s.api.authorization.v1.SelfSubjectAccessReview",
    namespaced=False,
    verbs=("create",),
    virtual=True,
    status=False,
)
