"""TokenReview (authentication.k8s.io/v1)."""

from onggi.api.kind import Kind

TOKENREVIEW = Kind(
    group="authentication.k8s.io",
    version="v1",
    name="TokenReview",
    plural="tokenreviews",
    schema="io.k8s.api.authentication.v1.TokenReview",
    namespaced=False,
    verbs=("create",),
    virtual=True,
    status=False,
)
