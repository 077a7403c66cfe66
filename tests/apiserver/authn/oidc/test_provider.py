"""Tokens of an issuer that serves its keys over HTTPS."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import jwt as tokens
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from onggi.api.errors import Unauthorized
from onggi.api.http import Request
from onggi.apiserver.access import access
from onggi.apiserver.app import App
from onggi.apiserver.authn.accounts import Keys, Refused
from onggi.apiserver.authn.oidc.config import BadConfig
from onggi.apiserver.authn.oidc.fetch import keys
from onggi.apiserver.authn.oidc.provider import Provider, load
from onggi.apiserver.authn.pki import Pki, Wanted
from onggi.apiserver.authn.wanted import KeysWanted
from onggi.store.memory import MemoryStore
from tests.apiserver.authn.oidc.test_config import document, issuer, jwt

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


class Login:
    """A small OpenID Connect provider."""

    def __init__(self):
        self.signing = {"one": rsa.generate_private_key(65537, 2048)}
        self.asked, self.url, self.name = 0, "", None

    def key_set(self):
        found = []
        for name, key in self.signing.items():
            kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
            found.append({**kind.to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"})
        return {"keys": found}

    def token(self, kid="one", **claims):
        key = self.signing[kid]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        whole = {"iss": self.url, "aud": "onggi", "sub": "ann",
                 "exp": int((NOW + timedelta(hours=1)).timestamp()), **claims}  # fmt: skip
        return tokens.encode(whole, key, algorithm, headers={"kid": kid})

    async def fetch(self, about):
        self.asked += 1
        await asyncio.sleep(0)
        return self.key_set()


@pytest.fixture
def login():
    made = Login()
    made.url = "https://login.example.com"
    return made


def provider(login, clock, **entry):
    from onggi.apiserver.authn.oidc.config import read

    entry.setdefault("issuer", issuer(url=login.url))
    (found,) = read(document(jwt(**entry)), "https://own").issuers
    return Provider(found, login.fetch, clock)


async def user(made, token):
    """As a server asks: once more after the keys were fetched."""
    try:
        return made.user_of(token)
    except KeysWanted as wanted:
        await wanted.fetch()
        return made.user_of(token)


async def test_a_token_is_good_once_the_keys_are_known(login, clock):
    made = provider(login, clock)
    assert (await user(made, login.token())).name == "oidc:ann"
    assert (await user(made, login.token(sub="bob"))).name == "oidc:bob"
    assert login.asked == 1


async def test_elliptic_keys_are_as_good(login, clock):
    login.signing["two"] = ec.generate_private_key(ec.SECP256R1())
    assert (await user(provider(login, clock), login.token("two"))).name == "oidc:ann"


async def test_a_new_key_is_asked_for_but_not_too_often(login, clock):
    made = provider(login, clock)
    await user(made, login.token())
    login.signing["two"] = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(Refused, match="no matching key"):
        await user(made, login.token("two"))
    clock.now += timedelta(seconds=11)
    assert (await user(made, login.token("two"))).name == "oidc:ann"
    assert login.asked == 2


async def test_a_key_that_was_withdrawn_is_good_no_longer(login, clock):
    made = provider(login, clock)
    old = login.token()
    await user(made, old)
    login.signing = {"two": ec.generate_private_key(ec.SECP256R1())}
    clock.now += timedelta(minutes=30)
    await user(made, login.token("two"))
    with pytest.raises(Refused, match="no matching key"):
        await user(made, old)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "other"}, "Audience"),
        ({"exp": 1}, "token is expired"),
        ({"nbf": int((NOW + timedelta(hours=1)).timestamp())}, "not valid yet"),
        ({"exp": None}, "exp"),
    ],
)
async def test_a_token_for_others_or_another_time_is_refused(login, clock, claims, why):
    with pytest.raises(Refused, match=why):
        await user(provider(login, clock), login.token(**claims))


async def test_a_token_that_lapses_is_refused_although_it_was_good(login, clock):
    made, token = provider(login, clock), login.token()
    await user(made, token)
    clock.now += timedelta(hours=2)
    with pytest.raises(Refused, match="expired"):
        await user(made, token)


async def test_a_forged_token_is_refused(login, clock):
    other = Login()
    other.url = login.url
    with pytest.raises(Refused, match="Signature verification failed"):
        await user(provider(login, clock), other.token())
    unsigned = tokens.encode({"iss": login.url, "sub": "a"}, "", "none", headers={"kid": "one"})
    with pytest.raises(Refused, match="verify token"):
        await user(provider(login, clock), unsigned)


async def test_a_silent_issuer_refuses_nobody_who_was_known(login, clock, caplog):
    made, token = provider(login, clock), login.token()
    await user(made, token)

    async def silent(about):
        raise OSError("connection refused")

    made._fetch = silent
    clock.now += timedelta(minutes=59)
    assert (await user(made, token)).name == "oidc:ann"
    await made.refresh()
    assert (await user(made, token)).name == "oidc:ann"
    assert "cannot be had" in caplog.text


@pytest.fixture
async def served(tmp_path, login):
    """The provider on a port of loopback, with a certificate of its own authority."""
    pki = Pki(tmp_path / "pki", [Wanted("login", "login", hosts=("localhost",), client=False)])
    pki.renew(datetime.now(UTC))  # noqa: TID251
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.path("login"))

    async def discovery(request):
        return web.json_response({"issuer": login.name or login.url, "jwks_uri": login.url + "/k"})

    async def key_set(request):
        login.asked += 1
        return web.json_response(login.key_set())

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", discovery)
    app.router.add_get("/k", key_set)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    login.url = f"https://localhost:{runner.addresses[0][1]}"
    yield pki.trust.read_text()
    await runner.cleanup()


async def test_keys_come_over_https_from_an_issuer_that_is_trusted(served, login, clock):
    trusting = provider(login, clock, issuer=issuer(url=login.url, certificateAuthority=served))
    assert (await keys(trusting.issuer))["keys"][0]["kid"] == "one"
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        await keys(provider(login, clock).issuer)
    login.name = "https://somebody.else"
    with pytest.raises(ValueError, match=r"issuer is 'https://somebody\.else'"):
        await keys(trusting.issuer)


async def test_a_request_with_such_a_token_is_answered(served, login, clock, tmp_path):
    path = tmp_path / "authentication.yaml"
    entry = jwt(issuer=issuer(url=login.url, certificateAuthority=served))
    import json

    path.write_text(json.dumps(document(entry, anonymous={"enabled": False})))
    gate = access(MemoryStore(), Keys(tmp_path / "sa.pem"), clock, **load(path, clock))
    app = App(None, gate.authenticator, {})
    asked = Request(method="GET", path="/", headers={"authorization": f"Bearer {login.token()}"})
    assert (await app._who(asked)).name == "oidc:ann"
    with pytest.raises(Unauthorized):
        await app._who(Request(method="GET", path="/"))


def test_a_file_that_cannot_be_used_is_named(tmp_path):
    with pytest.raises(BadConfig, match=r"none.yaml: No such file"):
        load(tmp_path / "none.yaml", Clock())
    path = tmp_path / "bad.yaml"
    path.write_text("jwt: [")
    with pytest.raises(BadConfig, match="is no YAML"):
        load(path, Clock())
    path.write_text("kind: Pod")
    with pytest.raises(BadConfig, match=r"bad.yaml: it must begin with"):
        load(path, Clock())
