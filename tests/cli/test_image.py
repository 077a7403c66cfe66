import pytest

from onggi.cli.image import size


@pytest.mark.parametrize("command", ["build x.yaml", "import x.tar", "list", "prune"])
def test_an_instance_without_containers_needs_no_images(running, command):
    told = running(f"image {command}")
    assert told.status == 1
    assert "runs no containers (--no-node)" in told.err


@pytest.mark.parametrize("command", ["build", "import"])
def test_a_missing_argument_is_named(invoke, command):
    told = invoke("image", command)
    assert told.status == 2
    assert "Missing argument" in told.err


def test_sizes_are_in_megabytes():
    assert size(25_446_910) == "25.4 MB"
