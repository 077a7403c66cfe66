"""Descriptions: what they may say, and that mistakes are told with file, line and key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.images.errors import ImageError
from onggi.images.names import NAME, full_name
from onggi.images.spec import Account, Directory, File, SpecError, load, parse

EXAMPLES = Path(__file__).parents[2] / "examples"
WHERE = Path("/nowhere/image.yaml")
WHOLE = """
name: app
base: localhost/base:1
packages: [nginx, tomcat10=10.1.60-1~deb12u1]
users: [{name: app, uid: 1000}]
directories: [/srv, {path: /var/data, mode: "0700", owner: app}]
files:
  - {path: /etc/app//conf, text: "a: 1\\n", mode: 0640, owner: "app:app"}
run:
  - echo hello
  - [/bin/app, --init]
env: {A: b}
ports: [8080, 53/udp]
"""


def test_everything_is_read() -> None:
    spec = parse(WHOLE, WHERE)
    assert spec.name == "docker.io/library/app:latest"
    assert spec.base == "localhost/base:1"
    assert spec.users == (Account("app", 1000, 1000),)
    assert spec.directories == (Directory("/srv"), Directory("/var/data", 0o700, "app"))
    assert spec.files == (File("/etc/app/conf", "a: 1\n", None, 0o640, "app:app"),)
    assert spec.run == (("/bin/sh", "-ec", "echo hello"), ("/bin/app", "--init"))
    assert spec.ports == ("8080/tcp", "53/udp")
    assert spec.at("run[1]") == f"{WHERE}:11: run[1]"


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*/image.yaml")), ids=str)
def test_the_examples_are_good(example: Path) -> None:
    assert load(example).name.startswith("localhost/")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("nam: a", ":1: nam: is not a key here; there are: name, base"),
        ("name: [a]", ":1: name: must be a text"),
        ("name: A", ':1: name: "A" is not an image name'),
        ("name: a\nname: b", ":2: name: is there twice"),
        ("cmd: [x]", "name: is missing"),
        ("name: a\npackages: nginx", ":2: packages: must be a list"),
        ("name: a\npackages:\n- nginx\n- 'Big Name'", ':4: packages[1]: "Big Name" is not a Deb'),
        ("name: a\nfiles: [{path: b, text: c}]", ':2: files[0].path: "b" is not an absolute path'),
        ("name: a\nfiles: [{path: /a/../b, text: c}]", "is not an absolute path"),
        ("name: a\nfiles: [{path: /b}]", ":2: files[0]: needs a path and either text or from"),
        ("name: a\nfiles: [{path: /b, text: a, from: image.yaml}]", "either text or from"),
        ("name: a\nfiles: [{path: /b, from: ../../etc/passwd}]", "is outside the folder"),
        ("name: a\nfiles: [{path: /b, from: /etc/passwd}]", "is outside the folder"),
        ("name: a\nfiles: [{path: /b, from: gone}]", 'there is no "gone" beside this file'),
        ("name: a\nfiles: [{path: /b, text: c, mode: 999}]", "is not a mode such as 0644"),
        ("name: a\nfiles: [{path: /b, text: c, mode: '77777'}]", "is not a mode such as 0644"),
        ("name: a\nusers: [{name: b}]", "needs a name and a uid"),
        ("name: a\nports: [0]", "is not between 1 and 65535"),
        ("name: a\nports: [http]", "is not a port such as 8080"),
        ("name: a\nrun: [ls]", "run: needs packages or a base"),
        ("name: a\npackages: [bb]\nrun: [[]]", ":3: run[0]: names no program"),
        ("name: a\nenv: {1A: b}", "is not a name of a variable"),
        ("name: a\nenv: {A: }", "env.A: must be a text"),
        ("name: a\n\tb: c", ":2: is not YAML"),
        ("- a", "must be a mapping"),
        ("name: a\nstop-signal: TERM", "is not a signal"),
    ],
)
def test_mistakes_are_told_with_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "image.yaml"
    file.write_text(text)
    with pytest.raises(SpecError) as caught:
        load(file)
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="No such file"):
        load(tmp_path / "gone")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ImageError, match="UTF-8"):
        load(tmp_path / "binary")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    said = str(WHERE)
    try:
        parse(text, WHERE)
    except SpecError as error:
        said = str(error)
    assert said.startswith(str(WHERE))


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1", "docker.io/library/nginx:1"),
        ("me/app", "docker.io/me/app:latest"),
        ("localhost/app:1", "localhost/app:1"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        ("registry.example/a/b:c", "registry.example/a/b:c"),
    ],
)
def test_names_are_completed(name: str, full: str) -> None:
    assert NAME.fullmatch(name)
    assert full_name(name) == full
    assert full_name(full) == full
