"""What polls and questions about the account mean, whatever is answered."""

from __future__ import annotations

import base64
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen4flow.core.calls import Answer, NoReply, Reply
from gen4flow.core.prediction import Completed, Ended, Inline, Link, PollAnswer, Running, Unauthorised
from gen4flow.core.price import show_money
from gen4flow.core.purchase import Failure
from gen4flow.providers.wavespeed import (
    is_emulator,
    poll,
    read_balance,
    read_denial,
    read_poll,
    read_price,
    read_submit,
)

URL = "https://cdn.example/predictions/abc/1.png"
PNG = b"\x89PNG\r\n\x1a\n0000"
NAKED = base64.b64encode(PNG).decode()
MOST_INTEGER = 2**63 - 1  # what a database column holds


def replied(status: int, body: bytes | object) -> Reply:
    """Return a reply: bytes as they are, anything else as JSON."""
    return Reply(status=status, body=body if isinstance(body, bytes) else json.dumps(body).encode())


def polled(**data: object) -> PollAnswer:
    """Return what a prediction's data mean."""
    return read_poll(replied(200, {"code": 200, "message": "success", "data": data}), "abc")


def test_a_poll_asks_for_the_result() -> None:
    assert (poll("abc").method, poll("abc").path, poll("abc").json) == ("GET", "/api/v3/predictions/abc/result", None)


@pytest.mark.parametrize("status", ["created", "processing", "pending", "queued", "", "COMPLETED", None, 7, [], {}])
def test_a_status_that_is_not_final_or_not_known_keeps_waiting(status: object) -> None:
    assert isinstance(polled(status=status, outputs=[URL]), Running)


@pytest.mark.parametrize(
    ("status", "code", "error", "failure"),
    [
        ("failed", 0, "boom", Failure.TASK),
        ("failed", None, "", Failure.TASK),
        ("failed", 1200, "no", Failure.MODERATION),
        ("failed", 0, "Content flagged as potentially sensitive. Please try different prompts.", Failure.MODERATION),
        ("failed", 1402, "could not fetch", Failure.REFERENCE),
        ("failed", 1400, "missing", Failure.TASK),
        ("failed", 1401, "invalid", Failure.TASK),
        ("failed", 1403, "task", Failure.TASK),
        ("failed", 1405, "task", Failure.TASK),
        ("failed", 1406, "retries", Failure.TASK),
        ("failed", 5000, "internal", Failure.TASK),
        ("failed", 5003, "unavailable", Failure.TASK),
        ("failed", 5004, "timeout", Failure.TASK),
        ("failed", "1200", {"a": 1}, Failure.TASK),
        ("timeout", 0, "", Failure.TASK),
        ("cancelled", 0, "", Failure.CANCELLED),
        ("deleted", 0, "", Failure.EXPIRED),
    ],
)
def test_a_final_status_without_an_image_has_its_class(
    status: str, code: object, error: object, failure: Failure
) -> None:
    answer = polled(status=status, code=code, error=error)
    assert isinstance(answer, Ended)
    assert answer.failure is failure
    assert answer.message


@pytest.mark.parametrize(
    ("outputs", "found"),
    [
        ([URL], (Link(url=URL),)),
        (URL, (Link(url=URL),)),
        ([f" {URL}\n"], (Link(url=URL),)),
        ([URL] * 5, (Link(url=URL),) * 5),
        ([NAKED], (Inline(data=PNG),)),
        (NAKED, (Inline(data=PNG),)),
        (["data:image/png;base64," + NAKED], (Inline(data=PNG),)),
        (["DATA:image/png;base64," + NAKED], (Inline(data=PNG),)),
        ([{"url": URL}], (Link(url=URL),)),
        ({"url": URL}, (Link(url=URL),)),
        ([None, URL, 7, ""], (Link(url=URL),)),
        (["//cdn.example/1.png"], (Link(url="//cdn.example/1.png"),)),
        (["file:///etc/passwd"], (Link(url="file:///etc/passwd"),)),
        (["javascript:alert(1)"], (Link(url="javascript:alert(1)"),)),
    ],
)
def test_outputs_of_every_kind_are_images(outputs: object, found: object) -> None:
    answer = polled(status="completed", outputs=outputs)
    assert isinstance(answer, Completed)
    assert answer.outputs == found


@pytest.mark.parametrize("outputs", [[], None, "", "  ", [""], [None], {}, 7, True, [[]], [{}], ["!!! no base64 !!!"]])
def test_completed_without_an_image_is_paid_without_an_image(outputs: object) -> None:
    answer = polled(status="completed", outputs=outputs)
    assert isinstance(answer, Ended)
    assert answer.failure is Failure.NO_IMAGE
    assert answer.failure.billed


def test_completed_without_the_word_outputs_is_paid_without_an_image() -> None:
    answer = polled(status="completed")
    assert isinstance(answer, Ended)
    assert answer.failure is Failure.NO_IMAGE


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({"inference": 1234}, 1234),
        ({"inference": 0}, 0),
        ({"inference": -1}, None),
        ({"inference": 10**30}, None),
        ({"inference": True}, None),
        ({"inference": "9"}, None),
        ([], None),
        (None, None),
    ],
)
def test_an_inference_time_is_told_where_it_is_one(told: object, known: int | None) -> None:
    answer = polled(status="completed", outputs=[URL], timings=told)
    assert isinstance(answer, Completed)
    assert answer.inference_ms == known


@pytest.mark.parametrize(
    ("flags", "known"), [([True], True), ([False, True], True), ([False], False), ([], None), (None, None), ("x", None)]
)
def test_the_flags_of_the_safety_system_are_optional(flags: object, known: bool | None) -> None:
    answer = polled(status="completed", outputs=[URL], has_nsfw_contents=flags)
    assert isinstance(answer, Completed)
    assert answer.nsfw is known


def test_a_poll_that_fails_is_still_running_or_not_allowed() -> None:
    """A 404 for a while, a storm of 500s, a redirect: none of it ends a prediction that is paid for."""
    for status in (*range(100, 200), *range(201, 600)):
        answer = read_poll(replied(status, {"code": 200, "data": {"status": "failed"}}), "abc")
        assert isinstance(answer, Unauthorised if status in {401, 403} else Running), status
        if isinstance(answer, Running):
            assert answer.throttled is (status == 429)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"null", b"[]", b"5", b"{", b"[" * 100_000, b'{"code":500,"data":{"status":"completed"}}']
)
def test_a_poll_that_can_not_be_read_is_still_running(body: bytes) -> None:
    assert isinstance(read_poll(replied(200, body), "abc"), Running)


def test_a_poll_without_an_answer_is_still_running() -> None:
    assert isinstance(read_poll(NoReply(left=True, message="reset"), "abc"), Running)


@pytest.mark.parametrize("told", ["other", "ABC", 7, ["abc"], {}])
@pytest.mark.parametrize("status", ["failed", "completed"])
def test_an_answer_about_another_prediction_ends_none(told: object, status: str) -> None:
    assert isinstance(polled(id=told, status=status, outputs=[URL]), Running)


def test_an_answer_that_names_no_prediction_is_about_the_one_that_was_asked_for() -> None:
    for told in ({}, {"id": None}, {"id": ""}, {"id": "abc"}):
        assert isinstance(polled(**told, status="completed", outputs=[URL]), Completed)


def test_a_throttled_poll_waits_as_asked() -> None:
    answer = read_poll(Reply(status=429, headers={"retry-after": "12"}), "abc")
    assert answer == Running(message="HTTP 429", retry_after=12.0, throttled=True)


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("12.5", "12.50"),
        ("0", "0.00"),
        ("0.05", "0.05"),
        ("12.34567891", "12.345679"),
        ("-1", None),
        ("true", None),
        ("null", None),
        ('"12.5"', None),
        ("NaN", None),
        ("Infinity", None),
        ("-Infinity", None),
        ("1e400", None),
        ("1" + "0" * 400, None),
        ("9" * 5000, None),
        ("[1]", None),
        ('{"usd": 1}', None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_balance_is_an_amount_of_dollars_or_not_told(told: str, known: str | None) -> None:
    balance = read_balance(replied(200, b'{"code":200,"data":{"balance":%b}}' % told.encode()))
    assert (None if balance is None else show_money(balance)) == known


@pytest.mark.parametrize("status", [201, 204, 301, 400, 401, 500])
def test_a_balance_from_a_failed_question_is_not_told(status: int) -> None:
    assert read_balance(replied(status, {"code": 200, "data": {"balance": 5}})) is None


@pytest.mark.parametrize(
    ("data", "price"),
    [
        ({"price": 0.08}, "0.08"),
        ({"price": 0.08, "discounted_price": 0.05}, "0.05"),
        ({"price": 0.08, "discounted_price": 0}, "0"),
        ({"price": 0.08, "discounted_price": None}, "0.08"),
        ({"price": "0.08"}, None),
        ({}, None),
        ([], None),
    ],
)
def test_the_price_is_the_discounted_one_where_there_is_one(data: object, price: str | None) -> None:
    assert read_price(replied(200, {"code": 200, "data": data})) == (None if price is None else Decimal(price))


@pytest.mark.parametrize(
    ("status", "body", "denied"),
    [
        (200, {"code": 200}, False),
        (401, b"", True),
        (402, {"message": "pay"}, True),
        (403, {"message": "suspended"}, True),
        (400, {"code": 400, "message": "Insufficient credits"}, True),
        (500, {"code": 1407}, True),
        (404, b"<html>", False),
        (500, b"", False),
    ],
)
def test_a_key_an_account_or_a_balance_may_be_refused(status: int, body: object, denied: bool) -> None:
    assert (read_denial(replied(status, body)) is not None) is denied


def test_the_emulator_is_known_by_its_mark_alone() -> None:
    assert is_emulator(Reply(status=200, headers={"gen4flow-emulator": "1"}))
    assert not is_emulator(Reply(status=200, headers={"gen4flow-emulator": "0"}))
    assert not is_emulator(Reply(status=200))
    assert not is_emulator(NoReply(left=False, message=""))


WORDS = st.sampled_from(["code", "message", "data", "id", "status", "outputs", "error", "timings", "url"]) | st.text()
ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.just(10**400)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5), max_leaves=9
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "code": JSON,
        "status": st.sampled_from(["completed", "failed", "deleted"]) | JSON,
        "outputs": JSON,
        "error": JSON,
        "timings": st.fixed_dictionaries({"inference": JSON}) | JSON,
        "has_nsfw_contents": JSON,
        "balance": JSON,
        "price": JSON,
        "discounted_price": JSON,
    },
)
ENVELOPES = st.fixed_dictionaries({}, optional={"code": st.just(200) | JSON, "message": JSON, "data": DATA | JSON})
BODIES = st.binary() | (ENVELOPES | JSON).map(lambda told: json.dumps(told).encode())
HEADERS = st.fixed_dictionaries({}, optional={"retry-after": st.text(), "gen4flow-emulator": st.text()})
ANSWERS: st.SearchStrategy[Answer] = st.builds(
    Reply, status=st.sampled_from([200, 400, 401, 429, 500]) | st.integers(100, 599), headers=HEADERS, body=BODIES
) | st.builds(NoReply, left=st.booleans(), message=st.text())


@settings(max_examples=600, deadline=None)
@given(answer=ANSWERS)
def test_no_reader_ever_raises_whatever_is_answered(answer: Answer) -> None:
    read_submit(answer)
    read_denial(answer)
    is_emulator(answer)
    polled_as = read_poll(answer, "abc")
    if isinstance(polled_as, Completed):
        assert polled_as.outputs
        assert polled_as.inference_ms is None or 0 <= polled_as.inference_ms <= MOST_INTEGER
    for amount in (read_balance(answer), read_price(answer)):
        assert amount is None or show_money(amount)
