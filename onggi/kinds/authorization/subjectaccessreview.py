"""SubjectAccessReview (authorization.k8s.io/v1)."""

from onggi.api.kind import Kind

SUBJECTACCESSREVIEW = Kind(
    group="authorization.k8s.io",
    version="v1",
    name="SubjectAccessReview",
    plural="subjectaccessreviews",
    schema="io.k8s.api.authorization.v1.SubjectAccessReview",
    namespaced=False,
    verbs=("create",),
    virtual=True,
    status=False,
)
