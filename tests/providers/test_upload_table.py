"""What is said to hand a reference image over, both ways, and what each answer means: tables of calls and answers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from gen4flow.core.calls import Answer, Call, Form, NoReply, Put, Reply, UploadCall
from gen4flow.core.job import Request
from gen4flow.core.purchase import Denied, Failure, Refused
from gen4flow.core.references import RemoteImage
from gen4flow.core.uploads import NotNow, ReferenceFile, UploadAnswer, Uploaded
from gen4flow.providers.wavespeed import submit, upload
from tests.providers.test_answers import ANSWERS

SHA256 = "ab" * 32
PNG = b"\x89PNG\r\n\x1a\n and more"
FILE = ReferenceFile(sha256=SHA256, content=PNG)
PLACE = "https://storage.example/bucket/1?signature=x"
URL = "https://cdn.example/media/1.png"
HEADERS = {"Content-Type": "image/png", "x-amz-acl": "private"}
ORDER = {"method": "PUT", "url": PLACE, "headers": HEADERS}
DONE = Reply(status=200)
FORM = Form(
    path="/api/v3/media/upload/binary", field="file", filename=f"{SHA256}.png", media_type="image/png", content=PNG
)
REFUSALS, DENIALS = (400, 413, 415, 422), (401, 402, 403)


def said(status: int, data: object = None, *, message: str = "", code: object = None) -> Reply:
    """Return the API's envelope."""
    told = {"code": status if code is None else code, "message": message, "data": data}
    return Reply(status=status, body=json.dumps(told).encode())


def ticket(**changed: object) -> Reply:
    """Return a good ticket, but for what is changed in its order."""
    return said(200, {"download_url": URL, "upload": {**ORDER, **changed}})


def talked(*answers: Answer, file: ReferenceFile = FILE) -> tuple[list[UploadCall], UploadAnswer]:
    """Return the calls that come for these answers, and how the conversation ends with the last one of them."""
    conversation = upload(file)
    calls = [next(conversation)]
    for answer in answers[:-1]:
        calls.append(conversation.send(answer))
    with pytest.raises(StopIteration) as end:
        conversation.send(answers[-1])
    result: UploadAnswer = end.value.value
    return calls, result


def test_a_ticket_is_asked_for_and_its_put_carries_what_it_says() -> None:
    calls, answer = talked(ticket(), DONE)
    asked = {"filename": f"{SHA256}.png", "size": len(PNG), "content_type": "image/png"}
    assert calls == [
        Call(method="POST", path="/api/v3/media/uploads", json=asked),
        Put(url=PLACE, headers=HEADERS, content=PNG),
    ]
    assert answer == Uploaded(url=URL)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_where_there_are_no_tickets_the_file_goes_as_a_form(status: int) -> None:
    calls, answer = talked(said(status), said(200, {"download_url": URL, "type": "image"}))
    assert (calls[1], answer) == (FORM, Uploaded(url=URL))


@pytest.mark.parametrize(
    ("content", "filename", "media_type"),
    [
        (PNG, f"{SHA256}.png", "image/png"),
        (b"\xff\xd8\xff\xe0", f"{SHA256}.jpg", "image/jpeg"),
        (b"RIFF....WEBPVP8 ", f"{SHA256}.webp", "image/webp"),
        (b"RIFF....WAVE", f"{SHA256}.bin", "application/octet-stream"),
        (b"", f"{SHA256}.bin", "application/octet-stream"),
    ],
)
def test_a_file_is_named_for_its_content(content: bytes, filename: str, media_type: str) -> None:
    calls, _ = talked(said(500), file=ReferenceFile(sha256=SHA256, content=content))
    assert isinstance(calls[0], Call)
    assert calls[0].json == {"filename": filename, "size": len(content), "content_type": media_type}


def _meaning(status: int) -> type[UploadAnswer]:
    """Return what an unsuccessful status of the API means."""
    return Refused if status in REFUSALS else Denied if status in DENIALS else NotNow


def test_every_status_of_the_api_has_its_meaning_in_either_way() -> None:
    for status in (*range(100, 200), *range(205, 600)):
        reply = said(status, message="no")
        if status not in {404, 405, 501}:
            assert type(talked(reply)[1]) is _meaning(status), status
        assert type(talked(said(404), reply)[1]) is _meaning(status), status


def test_every_status_of_the_storage_has_its_meaning_and_none_says_anything_of_the_key() -> None:
    for status in range(100, 600):
        answer = talked(ticket(), Reply(status=status, body=b"<Error>words</Error>"))[1]
        if status in {200, 201, 202, 204}:
            assert answer == Uploaded(url=URL)
        else:
            assert type(answer) is (Refused if status in REFUSALS else NotNow), status
            assert "<Error>words</Error>" in getattr(answer, "message", "")


def test_a_refusal_is_of_the_reference_and_has_the_providers_words_in_one_line() -> None:
    answer = talked(said(415, message="only\npictures\x1b[31m"))[1]
    words = "the reference image is refused: HTTP 415: only pictures [31m"
    assert answer == Refused(failure=Failure.REFERENCE, message=words)
    assert isinstance(talked(ticket(), Reply(status=400, body=b"\xff\x1b\n<x>"))[1], Refused)


@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_an_empty_balance_is_a_denial_in_any_status(status: int) -> None:
    empty = said(status, message="Insufficient credits")
    answers = (empty, empty) if status == 404 else (empty,)
    assert isinstance(talked(*answers)[1], Denied)


@pytest.mark.parametrize("code", [0, 400, 401, 500, "200", True])
def test_a_success_whose_envelope_says_otherwise_is_none(code: object) -> None:
    data = {"download_url": URL, "upload": ORDER}
    assert isinstance(talked(said(200, data, code=code))[1], NotNow)
    assert isinstance(talked(said(404), said(200, data, code=code))[1], NotNow)


@pytest.mark.parametrize("left", [True, False])
def test_without_an_answer_it_may_be_tried_again(left: bool) -> None:
    lost = NoReply(left=left, message="reset")
    for answers in ((lost,), (ticket(), lost), (said(404), lost)):
        answer = talked(*answers)[1]
        assert isinstance(answer, NotNow)
        assert "reset" in answer.message


@pytest.mark.parametrize("before", [(), (ticket(),), (said(404),)])
def test_a_throttle_waits_as_asked(before: tuple[Reply, ...]) -> None:
    answer = talked(*before, Reply(status=429, headers={"retry-after": "7"}))[1]
    assert isinstance(answer, NotNow)
    assert answer.retry_after == 7.0
    nonsense = talked(*before, Reply(status=429, headers={"retry-after": "nan"}))[1]
    assert isinstance(nonsense, NotNow)
    assert nonsense.retry_after is None


NO_ADDRESSES: list[object] = [
    *("", " ", "ftp://x/1", "file:///etc/passwd", "//x/1", "x", "https://", "https:///1", "javascript:alert(1)"),
    *("https://x/a b", "https://x/\n", "https://x/\x1b[31m", "https://x/\u202e", "https://x/\ud800", "https://x/\x00"),
    *("https://x/" + "a" * 5_000, None, 7, True, [], {}, [URL]),
]


@pytest.mark.parametrize("address", NO_ADDRESSES, ids=lambda value: repr(value)[:30])
def test_what_is_no_web_address_is_no_upload(address: object) -> None:
    assert isinstance(talked(ticket(url=address))[1], NotNow)
    assert isinstance(talked(said(200, {"download_url": address, "upload": ORDER}))[1], NotNow)
    assert isinstance(talked(said(404), said(200, {"download_url": address}))[1], NotNow)


@pytest.mark.parametrize(
    "address", [URL, "http://127.0.0.1:8787/uploads/1.png", "HTTPS://x/é?a=b#c", "https://[::1]/1"]
)
def test_a_web_address_is_passed_on_as_it_is(address: str) -> None:
    assert talked(said(200, {"download_url": address, "upload": ORDER}), DONE)[1] == Uploaded(url=address)


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "POST"},
        {"method": None},
        {"method": "put"},
        {"headers": None},
        {"headers": ["a"]},
        {"headers": {"a": 1}},
        {"headers": {"a": ["b"]}},
        {"headers": {"a b": "c"}},
        {"headers": {"a:": "c"}},
        {"headers": {"": "c"}},
        {"headers": {"a": "b\r\nx: y"}},
        {"headers": {"a\r\nx": "y"}},
        {"headers": {"a": "é"}},
        {"headers": {"Authorization": "Bearer theirs"}},
        {"headers": {"transfer-encoding": "chunked"}},
        {"headers": {"Cookie": "a=b"}},
        {"headers": {str(number): "x" for number in range(33)}},
    ],
    ids=repr,
)
def test_a_ticket_that_can_not_be_kept_is_none(changed: dict[str, object]) -> None:
    assert isinstance(talked(ticket(**changed))[1], NotNow)


@pytest.mark.parametrize("data", [None, [], "x", {}, {"download_url": URL}, {"download_url": URL, "upload": []}])
def test_an_answer_without_a_ticket_is_none(data: object) -> None:
    assert isinstance(talked(said(200, data))[1], NotNow)


def test_what_the_connection_says_by_itself_is_not_said_twice() -> None:
    headers = {**HEADERS, "Host": "storage.example", "content-length": "9"}
    assert talked(ticket(headers=headers), DONE)[0][1] == Put(url=PLACE, headers=HEADERS, content=PNG)
    bare = said(200, {"download_url": URL, "upload": {"method": "PUT", "url": PLACE}})
    assert talked(bare, DONE)[0][1] == Put(url=PLACE, headers={}, content=PNG)


@settings(max_examples=300, deadline=None)
@given(first=ANSWERS, second=ANSWERS)
def test_no_answer_makes_a_conversation_raise(first: Answer, second: Answer) -> None:
    conversation = upload(FILE)
    next(conversation)
    with pytest.raises(StopIteration) as end:
        _ = [conversation.send(answer) for answer in (first, second)]
    assert isinstance(end.value.value, Uploaded | Refused | Denied | NotNow)


def test_a_submit_carries_the_addresses_in_their_order_and_nothing_where_there_are_none() -> None:
    request = Request(
        provider="wavespeed",
        model="runwayml/gen4-image",
        prompt="a fox",
        parameters={"resolution": "720p"},
        references=(RemoteImage(url="https://a"), RemoteImage(url="https://b")),
    )
    images = ["https://b", "https://a"]
    assert submit(request, images).json == {"prompt": "a fox", "resolution": "720p", "reference_images": images}
    assert submit(request).json == {"prompt": "a fox", "resolution": "720p"}
