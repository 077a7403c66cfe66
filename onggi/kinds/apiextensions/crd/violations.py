"""What is not structural about the schemas of a definition that was stored all the same.

Source: ``k8s.io/apiextensions-apiserver/pkg/controller/nonstructuralschema``.
"""

from onggi.api.field_error import invalid
from onggi.api.objects import View
from onggi.kinds.apiextensions.crd import structural_rules


def violations(crd: View) -> str:
    """The condition's message; empty where all is well."""
    errors = []
    if crd["spec"].get("preserveUnknownFields"):
        errors.append(invalid("spec.preserveUnknownFields", True, "must be false"))
    for index, version in enumerate(crd["spec"].get("versions") or ()):
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if schema is not None:
            path = f"spec.versions[{index}].schema.openAPIV3Schema"
            errors += structural_rules.check(schema, path)
    texts = list(dict.fromkeys(str(error) for error in errors))
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" if texts else ""
