"""A template gives its claims labels and annotations, and nothing else of metadata."""

from onggi.kinds.resource.resourceclaimtemplate import RESOURCECLAIMTEMPLATE
from tests.kinds.samples import said


def test_metadata_is_labels_and_annotations():
    assert said(RESOURCECLAIMTEMPLATE, metadata={"name": "x", "labels": {"a": "b"}}) == [
        "spec.metadata.name: Forbidden: cannot be set"
    ]
