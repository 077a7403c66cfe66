"""TokenReview and SelfSubjectReview: who a token, or the asker, is; and the issuer's documents.

Source: ``pkg/registry/authentication/{tokenreview,selfsubjectreview}``,
``pkg/serviceaccount/openidmetadata.go``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from onggi.api.errors import BadRequest
from onggi.api.http import User
from onggi.api.objects import Object, View
from onggi.api.times import stamp
from onggi.apiserver.authn.accounts import ALGORITHM, Keys, Refused
from onggi.apiserver.authn.authenticator import Authenticator
from onggi.apiserver.authn.wanted import KeysWanted

Review = Callable[[User, str, View], Object]  # (who asks, namespace of the path, body) → answer
CONFIGURATION, KEYS = "/.well-known/openid-configuration", "/openid/v1/jwks"


def handlers(authenticator: Authenticator) -> Mapping[str, Review]:
    """By kind: what answers a create. Each returns the whole object; refusals are raised."""

    def token_review(user: User, namespace: str, body: View) -> Object:
        return {**body, "metadata": body.get("metadata") or {}, "status": status(body)}

    def status(body: View) -> Object:
        spec = body.get("spec") or {}
        if not spec.get("token"):
            raise BadRequest("token is required for TokenReview in authentication")
        audiences = spec.get("audiences") or authenticator.audiences
        try:
            found, meant = authenticator.user_of(spec["token"], audiences)
        except (Refused, KeysWanted) as refused:
            return {"user": {}, "error": str(refused)}
        return {"authenticated": True, "user": found.info, "audiences": list(meant)}

    def self_review(user: User, namespace: str, body: View) -> Object:
        meta = {"creationTimestamp": stamp(authenticator.clock())}
        return {**body, "metadata": meta, "status": {"userInfo": user.info}}

    return {"TokenReview": token_review, "SelfSubjectReview": self_review}


def configuration(keys: Keys) -> Object:
    """The OpenID Connect discovery document, at ``CONFIGURATION``."""
    return {
        "issuer": keys.issuer,
        "jwks_uri": keys.issuer + KEYS,
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }


def key_set(keys: Keys) -> Object:
    """The public keys, at ``KEYS``; of the type ``application/jwk-set+json``."""
    from jwt.algorithms import ECAlgorithm

    def key(name: str, public: Any) -> Object:
        numbers = ECAlgorithm.to_jwk(public, as_dict=True)
        return {"use": "sig", **numbers, "kid": name, "alg": ALGORITHM}

    return {"keys": [key(name, public) for name, public in keys.public.items()]}
