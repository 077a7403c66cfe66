"""Package sources: only the release's own, and never unsigned ones."""

from onggi.images.apt import Package, complaint, stub_text
from onggi.images.sources import chosen, default
from onggi.images.trim import of_changes, of_packages

LIST = """
# a comment
deb http://mirror/debian bookworm main contrib  # and another
deb [signed-by=/k.gpg arch=amd64,arm64 trusted=yes] http://mirror/debian bookworm-updates main
deb-src http://mirror/debian bookworm main
deb https://packages.example/apt vendor-bookworm main
"""
DEB822 = """
Types: deb deb-src
URIs: http://security/debian-security
Suites: bookworm-security bookworm-backports
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://off
Suites: bookworm
Components: main
Enabled: no
"""


def test_third_parties_and_sources_stay_out() -> None:
    found = chosen([("a.list", LIST), ("b.sources", DEB822)], "bookworm")
    blocks = [
        dict(line.split(": ", 1) for line in b.splitlines() if ": " in line)
        for b in found.split("\n\n")
    ]
    assert [b["Suites"] for b in blocks] == ["bookworm", "bookworm-updates", "bookworm-security"]
    assert blocks[0]["Components"] == "main contrib"
    assert blocks[1]["Signed-By"] == "/k.gpg"
    assert blocks[1]["Architectures"] == "amd64 arm64"
    assert "BEGIN PGP" in found
    assert "rusted" not in found
    assert "http://off" not in found


def test_without_sources_debian_is_asked() -> None:
    assert chosen([], "bookworm") == ""
    assert "debian-archive-keyring" in default("bookworm")


def test_copyright_stays_and_manuals_go() -> None:
    skip = of_packages(["/usr/lib/systemd", "*.pyc"])
    gone = (
        "/usr/share/man",
        "/usr/share/doc/nginx/README",
        "/var/cache/apt",
        "/usr/lib/systemd",
        "/a/b.pyc",
        "/var/log/x",
        "/dev/null",
        "/var/lib/dpkg/status",
    )
    kept = (
        "/usr/share/doc/nginx/copyright",
        "/usr/share/doc/nginx",
        "/var/log",
        "/dev",
        "/usr/bin/x",
        "/var/lib/dpkg/status.d/nginx",
        "/usr/lib/systemd-x",
    )
    assert all(skip(path) for path in gone)
    assert not any(skip(path) for path in kept)
    assert not of_changes([])("/var/log/app.log")


def test_stubs_are_held_so_that_apt_leaves_them() -> None:
    assert "Status: hold ok installed" in stub_text([Package("perl", "5", "amd64")])


def test_the_complaint_is_what_apt_calls_an_error() -> None:
    said = "Reading package lists...\nE: Unable to locate package nonesuch\n"
    assert complaint("apt-get", said) == "apt-get: Unable to locate package nonesuch"
