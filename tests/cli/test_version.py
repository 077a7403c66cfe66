from onggi import __version__


def test_version_tells_onggi_and_kubernetes(invoke):
    told = invoke("version")
    assert told.status == 0
    assert told.out.startswith(f"onggi {__version__}, Kubernetes API v1.37.")
