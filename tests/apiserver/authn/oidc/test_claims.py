"""Who a token stands for, by what it claims."""

import pytest

from onggi.apiserver.authn.accounts import Refused
from onggi.apiserver.authn.oidc.claims import user_of
from onggi.apiserver.authn.oidc.config import read
from tests.apiserver.authn.oidc.test_config import OWN, document, jwt, mappings

CLAIMS = {
    "sub": "123",
    "email": "ann@example.com",
    "email_verified": True,
    "groups": ["dev", "ops"],
    "tenant": "a",
    "admin": False,
}


def user(claims=CLAIMS, **entry):
    (issuer,) = read(document(jwt(**entry)), OWN).issuers
    return user_of(issuer, claims)


def test_claims_get_their_prefixes():
    groups = {"claim": "groups", "prefix": "oidc:"}
    found = user(claimMappings=mappings(username={"claim": "sub", "prefix": "u:"}, groups=groups))
    assert found.name == "u:123"
    assert found.groups == ("oidc:dev", "oidc:ops", "system:authenticated")


def test_expressions_make_names_groups_uids_and_extras():
    found = user(
        claimMappings={
            "username": {"expression": "claims.email + ':' + claims.tenant"},
            "groups": {"expression": "claims.groups.filter(g, g != 'ops')"},
            "uid": {"claim": "sub"},
            "extra": [
                {"key": "example.com/tenant", "valueExpression": "claims.tenant"},
                {"key": "example.com/none", "valueExpression": "''"},
            ],
        }
    )
    assert found.name == "ann@example.com:a"
    assert found.groups == ("dev", "system:authenticated")
    assert (found.uid, found.extra) == ("123", {"example.com/tenant": ("a",)})


def test_a_single_group_may_be_a_string():
    mapped = mappings(groups={"claim": "groups", "prefix": ""})
    assert user({**CLAIMS, "groups": "dev"}, claimMappings=mapped).groups[0] == "dev"
    assert user({"sub": "1"}, claimMappings=mapped).groups == ("system:authenticated",)


REFUSED = [
    ({"claimMappings": mappings(username={"claim": "nick", "prefix": ""})}, "claim not present"),
    ({"claimMappings": mappings(username={"expression": "''"})}, "non-empty string"),
    ({"claimMappings": mappings(username={"expression": "claims.nick"})}, "no such key: nick"),
    ({"claimMappings": mappings(groups={"claim": "admin", "prefix": ""})}, None),
    ({"claimMappings": mappings(uid={"claim": "groups"})}, "uid must be a string"),
    ({"claimValidationRules": [{"claim": "hd", "requiredValue": "b"}]}, "hd not present"),
    ({"claimValidationRules": [{"claim": "tenant", "requiredValue": "b"}]}, "Got = a, want = b"),
    (
        {"claimValidationRules": [{"expression": "claims.admin", "message": "admins only"}]},
        "oidc: admins only",
    ),
    (
        {"userValidationRules": [{"expression": "!user.username.startsWith('oidc:')"}]},
        "validation failed",
    ),
]


@pytest.mark.parametrize(("entry", "why"), REFUSED)
def test_what_does_not_fit_is_refused_with_the_reason(entry, why):
    if why is None:
        assert user(**entry).groups == ("system:authenticated",)
        return
    with pytest.raises(Refused, match=why):
        user(**entry)


def test_an_address_that_nobody_verified_is_no_name():
    by_mail = mappings(username={"claim": "email", "prefix": ""})
    assert user(claimMappings=by_mail).name == "ann@example.com"
    with pytest.raises(Refused, match="email not verified"):
        user({**CLAIMS, "email_verified": False}, claimMappings=by_mail)
