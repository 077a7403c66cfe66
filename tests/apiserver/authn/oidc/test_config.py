"""What an AuthenticationConfiguration may say."""

import pytest

from onggi.apiserver.authn.oidc.config import BadConfig, read

OWN = "https://kubernetes.default.svc.cluster.local"


def jwt(**changes):
    return {
        "issuer": {"url": "https://login.example.com", "audiences": ["onggi"]},
        "claimMappings": {"username": {"claim": "sub", "prefix": "oidc:"}},
        **changes,
    }


def document(*entries, **more):
    head = {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration"}
    return {**head, "jwt": list(entries), **more}


def issuer(**changes):
    return {"url": "https://login.example.com", "audiences": ["onggi"], **changes}


def mappings(**changes):
    return {"username": {"claim": "sub", "prefix": ""}, **changes}


def test_an_issuer_says_where_its_keys_are_found():
    (found,) = read(document(jwt()), OWN).issuers
    assert found.discovery == "https://login.example.com/.well-known/openid-configuration"
    elsewhere = jwt(issuer=issuer(discoveryURL="https://internal.example.com/keys"))
    assert read(document(elsewhere), OWN).issuers[0].discovery.startswith("https://internal")


def test_anonymous_is_as_ever_or_off_or_for_some_paths():
    assert read(document(), OWN).anonymous is None
    assert read(document(anonymous={"enabled": False}), OWN).anonymous is False
    assert read(document(anonymous={"enabled": True}), OWN).anonymous is True
    some = {"enabled": True, "conditions": [{"path": "/livez"}]}
    assert read(document(anonymous=some), OWN).anonymous == ("/livez",)


WRONG = [
    ([], "holds no object"),
    ({"kind": "Pod"}, "must begin with"),
    (document(jwt(), more=1), "unknown field 'more'"),
    (document(jwt(), jwt()), r"jwt\[1\].issuer.url: Duplicate value"),
    (document(jwt(issuer=issuer(url=OWN))), "Duplicate value"),
    (document(jwt(issuer=issuer(url="http://a.example.com"))), "scheme must be https"),
    (document(jwt(issuer=issuer(url="https://u@a.example.com"))), "must not contain a username"),
    (document(jwt(issuer=issuer(audiences=[]))), "at least one audience"),
    (document(jwt(issuer=issuer(audiences=["a", "b"]))), "must be MatchAny"),
    (document(jwt(claimMappings={})), r"jwt\[0\].claimMappings.username: claim or expression"),
    (document(jwt(claimMappings=mappings(username={"claim": "sub"}))), "prefix is required"),
    (
        document(jwt(claimMappings=mappings(username={"expression": "claims.a", "prefix": ""}))),
        "prefix can't be set",
    ),
    (
        document(jwt(claimMappings=mappings(groups={"claim": "a", "expression": "claims.a"}))),
        "exactly one of",
    ),
    (
        document(jwt(claimMappings=mappings(username={"expression": "claim.sub"}))),
        "undeclared reference to 'claim'",
    ),
    (
        document(jwt(claimMappings=mappings(extra=[{"key": "K8S", "valueExpression": "'a'"}]))),
        "unique, lower-case",
    ),
    (
        document(
            jwt(claimMappings=mappings(extra=[{"key": "a.k8s.io/b", "valueExpression": "'a'"}]))
        ),
        "are reserved",
    ),
    (document(jwt(claimValidationRules=[{"expression": "1"}])), "must evaluate to bool"),
    (document(jwt(userValidationRules=[{"expression": "user.nme == ''"}])), "undefined field"),
    (
        document(anonymous={"enabled": False, "conditions": [{"path": "/"}]}),
        "enabled should be set",
    ),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
def test_a_wrong_file_is_refused_with_its_place(wrong, why):
    with pytest.raises(BadConfig, match=why):
        read(wrong, OWN)
