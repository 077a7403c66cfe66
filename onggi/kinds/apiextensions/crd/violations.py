"""What is not structural about the schemas of a definition that was stored all the same.

Source: ``k8s.io/apiextensions-apiserver/pkg/controller/nonstructuralschema``.
"""

from onggi.api.field_error import invalid
from onggi.api.objects import View


def violations(crd: View) -> str:
    """The condition's message; empty where all is well."""
    errors = []
    if crd["spec"].get("preserveUnknownFields"):
        errors.append(invalid("spec.preserveUnknownFields", True, "must be false"))
    texts = list(dict.fromkeys(str(error) for error in errors))
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" if texts else ""
