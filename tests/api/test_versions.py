"""Versions in order of their maturity."""

from onggi.api.versions import maturity


def test_versions_rank_as_upstreams_do() -> None:
    given = ["foo10", "v1alpha1", "v10", "v2", "v1beta2", "foo1", "v11beta1", "v1", "v01"]
    assert sorted(given, key=maturity, reverse=True) == [
        "v10", "v2", "v1", "v11beta1", "v1beta2", "v1alpha1", "foo1", "foo10", "v01",
    ]  # fmt: skip
