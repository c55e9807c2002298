"""What each answer to the paid submit means for money: one table, written from the contract (4.3) and the faults."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from gen4flow.core.calls import NoReply, Reply
from gen4flow.core.job import Request
from gen4flow.core.purchase import Accepted, Denied, Lost, NeverLeft, Refused, Throttled
from gen4flow.providers import PROVIDERS
from gen4flow.providers.wavespeed import read_submit, submit

ID = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
STRANGE_IDS = [" ", "a b", "../x", "a/b", "a\nb", "\x1b[31m", "é", "x" * 129, "?q=1", 7, True, [], {}, ["abc"], 1.5]
Meaning = type[Accepted] | type[Denied] | type[Lost] | type[Refused] | type[Throttled]


def said(status: int, body: bytes | object, **headers: str) -> Reply:
    """Return a reply: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=told, body=raw, received=NOW)


# What comes without an id, and in a form that says nothing about credits: the status alone decides.
MUTE: dict[str, bytes] = {
    "an envelope without data": b'{"code": %d, "message": "no"}',
    "an envelope with null for data": b'{"code": %d, "message": "no", "data": null}',
    "an envelope with empty data": b'{"code": %d, "data": {}}',
    "an id that is null": b'{"code": %d, "data": {"id": null}}',
    "data that is a list": b'{"code": %d, "data": []}',
    "data that is text": b'{"code": %d, "data": "abc"}',
    "HTML": b"<html><body>Bad gateway</body></html>",
    "nothing": b"",
    "blanks": b"  \r\n ",
    "null": b"null",
    "a list": b'[{"code": 200, "data": {"id": "abc"}}]',
    "a number": b"200",
    "text": b'"success"',
    "depth 100,000": b"[" * 100_000,
    "objects to depth 100,000": b'{"data":' * 100_000,
    "half of an answer": b'{"code": 200, "message": "success", "data": {"id": "0123456789abcdef0123456789abc',
    "no UTF-8": b'{"code": 200, "data": {"id": "\xff\xfe"}}',
    "two answers": b'{"code": 200, "data": {"id": "a"}}{"code": 200}',
    "a number of 5,000 digits": b'{"code": ' + b"9" * 5_000 + b"}",
}


def _without_id(status: int) -> Meaning:
    """Return what a status means when no id came: the contract's 4.3, spelled out."""
    match status:
        case 429:
            return Throttled
        case 401 | 402 | 403:
            return Denied
        case 400 | 404 | 405 | 413 | 415 | 422:
            return Refused
        case _:
            return Lost


@pytest.mark.parametrize("kind", MUTE)
def test_without_an_id_the_status_alone_says_what_an_answer_means(kind: str) -> None:
    for status in range(100, 600):
        body = MUTE[kind]
        reply = said(status, body % status if b"%d" in body else body)
        assert type(read_submit(reply)) is _without_id(status), status


WITH_ID = {"code": 200, "message": "success", "data": {"id": ID, "status": "created"}}


@pytest.mark.parametrize("code", [200, None])
def test_an_id_with_any_status_but_success_is_in_doubt(code: int | None) -> None:
    """A reply that holds an id is never taken for a refusal, a denial or a throttle."""
    for status in range(100, 600):
        expected = Accepted if status in {200, 201, 202} and code == 200 else Lost
        reply = said(status, {**WITH_ID, "code": status if code is None else code})
        assert type(read_submit(reply)) is (Accepted if status == 200 else expected), status


@pytest.mark.parametrize("code", [0, 1, 201, 400, 401, 429, 500, 5000, -200, "200", "500", True, [200], {}, 200.5])
def test_an_id_beside_a_code_that_is_not_200_is_in_doubt(code: object) -> None:
    assert isinstance(read_submit(said(200, {**WITH_ID, "code": code})), Lost)


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
@pytest.mark.parametrize("strange", STRANGE_IDS, ids=repr)
def test_an_id_that_is_no_plain_token_is_in_doubt_and_never_shown(strange: object, status: int) -> None:
    answer = read_submit(said(status, {"code": 200, "data": {"id": strange}}))
    assert isinstance(answer, Lost)
    assert "\x1b" not in answer.message
    assert "\n" not in answer.message


def test_an_empty_id_is_no_id() -> None:
    assert isinstance(read_submit(said(400, {"code": 400, "message": "bad", "data": {"id": ""}})), Refused)
    assert isinstance(read_submit(said(200, {"code": 200, "data": {"id": ""}})), Lost)


@pytest.mark.parametrize("token", [ID, "a", "A-b_9", "x" * 128, "550e8400-e29b-41d4-a716-446655440000"])
def test_a_plain_id_is_accepted_as_it_is(token: str) -> None:
    assert read_submit(said(200, {"code": 200, "data": {"id": token}})) == Accepted(prediction_id=token)


@pytest.mark.parametrize(
    "body",
    [
        {"code": 400, "message": "Insufficient credits. Please top up."},
        {"code": 400, "message": "INSUFFICIENT CREDIT"},
        {"code": 1407, "message": "no"},
        {"code": 200, "message": "", "data": {"code": 1407}},
    ],
    ids=["text", "capitals", "code", "application code"],
)
def test_an_empty_balance_is_a_denial_in_any_status(body: object) -> None:
    for status in range(100, 600):
        assert isinstance(read_submit(said(status, body)), Denied), status


@pytest.mark.parametrize("status", [200, 400, 402, 500])
def test_an_id_beside_an_empty_balance_is_in_doubt(status: int) -> None:
    body = {"code": 1407, "message": "Insufficient credits", "data": {"id": ID}}
    assert isinstance(read_submit(said(status, body)), Lost)


def test_what_never_left_is_free_and_what_left_is_lost() -> None:
    assert read_submit(NoReply(left=False, message="no such host")) == NeverLeft(message="no such host")
    assert read_submit(NoReply(left=True, message="reset")) == Lost(message="reset")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("3600", 3600),
        ("3601", 3600),
        ("7200", 3600),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW + timedelta(hours=3), usegmt=True), 3600),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Sun, 01 Nov 2026 12:00:30 -9999999999", None),
        ("-1", None),
        ("-0.5", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("Infinity", None),
        ("1e3", None),
        ("1e400", None),
        ("1_000", None),
        (str(10**18), None),
        ("9" * 90, None),
        ("9" * 100_000, None),
        ("0x10", None),
        ("soon", None),
        ("", None),
        (" ", None),
        ("7, 8", None),
        ("\x00", None),
        ("²", None),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_throttle_waits_as_asked_at_most_an_hour_and_ignores_nonsense(header: str, seconds: float | None) -> None:
    answer = read_submit(said(429, {"code": 429, "message": "slow down"}, retry_after=header))
    assert isinstance(answer, Throttled)
    assert answer.retry_after == seconds


def test_a_throttle_without_a_header_names_no_time() -> None:
    answer = read_submit(said(429, b""))
    assert isinstance(answer, Throttled)
    assert answer.retry_after is None


def test_a_message_is_one_printable_line() -> None:
    answer = read_submit(said(400, {"code": 400, "message": "bad\x1b[31m\r\nprompt\u202e\u061c\ud800 " + "x" * 10_000}))
    assert isinstance(answer, Refused)
    assert "bad [31m prompt" in answer.message
    assert answer.message.isprintable()
    assert len(answer.message) < 400


def test_the_paid_call_says_everything_that_counts_and_nothing_else() -> None:
    request = Request(
        provider="wavespeed",
        model="runwayml/gen4-image",
        prompt="a fox",
        parameters={"aspect_ratio": "4:3", "resolution": "720p", "seed": 7},
    )
    call = submit(request)
    assert (call.method, call.path) == ("POST", "/api/v3/runwayml/gen4-image")
    assert call.json == {"prompt": "a fox", "aspect_ratio": "4:3", "resolution": "720p", "seed": 7}


def test_proofs_are_asked_for_in_the_words_of_the_real_thing() -> None:
    assert PROVIDERS["local"] is PROVIDERS["wavespeed"]
