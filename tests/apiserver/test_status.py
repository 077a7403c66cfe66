"""Exceptions as answers."""

from onggi.api.errors import NotFound, TooManyRequests, Unauthorized
from onggi.apiserver.status import failure
from onggi.store.store import Unwritable


def test_a_refusal_is_its_status():
    answer = failure(NotFound("pods", "web"), "GET /x")
    assert (answer.status, answer.body["reason"]) == (404, "NotFound")


def test_an_unknown_error_is_logged_and_not_shown(caplog):
    try:
        raise KeyError("a secret detail")
    except KeyError as error:
        answer = failure(error, "GET /x")
    assert (answer.status, answer.body["reason"]) == (500, "InternalError")
    assert "secret" not in str(answer.body)
    assert "GET /x failed" in caplog.text
    assert "a secret detail" in caplog.text


def test_a_full_disk_says_so():
    answer = failure(Unwritable("the disk is full: free some space"), "POST /x")
    assert "the disk is full: free some space" in answer.body["message"]


def test_who_is_unknown_is_told_how_to_say_who():
    assert failure(Unauthorized(), "GET /x").headers["WWW-Authenticate"].startswith("Bearer")


def test_when_to_come_back_is_a_header_too():
    answer = failure(TooManyRequests("later", {"retryAfterSeconds": 3}), "GET /x")
    assert answer.headers["Retry-After"] == "3"
