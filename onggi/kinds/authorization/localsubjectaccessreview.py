"""LocalSubjectAccessReview (authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

LOCALSUBJECTACCESSREVIEW = Kind(
    group="authorization.k8s.io",
    version="v1",
    name="LocalSubjectAccessReview",
    plural="localsubjectaccessreviews",
    schema="io.k8s.api.authorization.v1.LocalSubjectAccessReview",
    verbs=("create",),
    virtual=True,
    status=False,
)
