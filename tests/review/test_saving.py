"""Picks are saved as they are made; what others have written into the file meanwhile is never lost."""

from __future__ import annotations

import hashlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.picks_check import faults
from gen4flow.review import app
from tests.review.conftest import Review, Serve, opinion

Saved = Callable[[], dict[str, dict[str, Any]]]
TABLE, SHELF = "main[place=a table]", "main[place=a shelf]"
ELSEWHERE = {"fingerprint": "e" * 64, "keys": ["other[x=1]"], **opinion("reject", 2, "not of this page")}


def change(review: Review, place: str, was: dict[str, Any] | None, now: dict[str, Any] | None) -> dict[str, Any]:
    return {"fingerprint": review.fingerprint(place), "was": was, "now": now}


def write(review: Review, *picks: dict[str, Any], recipe: str = "mugs") -> None:
    """Write the picks file as somebody else would."""
    told = {"format": "gen4flow-picks/1", "recipe": recipe, "manifest_sha256": "0" * 64, "picks": picks}
    review.picks.parent.mkdir(exist_ok=True)
    review.picks.write_text(json.dumps(told), encoding="utf-8")


def test_a_pick_is_in_the_file_at_once_as_a_picks_file_is_written(review: Review, saved: Saved, out: Path) -> None:
    answer = review.save(change(review, "a table", None, opinion("pick", 5, "good shadow")))
    assert (answer.status_code, answer.json()["refused"]) == (200, [])
    assert saved() == {
        TABLE: {"fingerprint": review.fingerprint("a table"), "keys": [TABLE], **opinion("pick", 5, "good shadow")}
    }
    told = json.loads(review.picks.read_bytes())
    assert told["recipe"] == "mugs"
    assert told["manifest_sha256"] == hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest()
    assert list(faults(told)) == []
    assert review.picks.read_text(encoding="utf-8") == json.dumps(told, sort_keys=True, indent=1) + "\n"


def test_a_verdict_is_changed_and_taken_back(review: Review, saved: Saved) -> None:
    review.save(change(review, "a table", None, opinion("pick")), change(review, "a shelf", None, opinion("pick")))
    review.save(change(review, "a table", opinion("pick"), opinion("reject")))
    review.save(change(review, "a shelf", opinion("pick"), None))
    assert {key: pick["verdict"] for key, pick in saved().items()} == {TABLE: "reject"}


def test_picks_of_images_that_the_page_does_not_show_stay(review: Review, saved: Saved) -> None:
    write(review, ELSEWHERE)
    review.save(change(review, "a table", None, opinion("pick")))
    assert saved()["other[x=1]"] == ELSEWHERE
    assert saved()[TABLE]["verdict"] == "pick"


def test_what_somebody_else_has_said_meanwhile_stays_and_the_rest_is_saved(review: Review, saved: Saved) -> None:
    review.save(change(review, "a table", None, opinion("pick")))
    theirs = {"fingerprint": review.fingerprint("a table"), "keys": [TABLE], **opinion("reject", None, "theirs")}
    write(review, theirs, ELSEWHERE)
    answer = review.save(
        change(review, "a table", opinion("pick"), opinion("pick", 5)), change(review, "a shelf", None, opinion("pick"))
    )
    assert answer.status_code == 409
    assert answer.json()["refused"] == [review.fingerprint("a table")]
    assert saved()[TABLE] == theirs
    assert saved()[SHELF]["verdict"] == "pick"
    assert answer.json()["picks"] == json.loads(review.picks.read_bytes())


def test_a_change_of_the_file_is_news(review: Review) -> None:
    first = review.news()
    assert first["picks"]["picks"] == []
    assert "picks" not in review.news(picks=first["revision"])
    write(review, ELSEWHERE)
    second = review.news(picks=first["revision"])
    assert second["picks"]["picks"] == [ELSEWHERE]
    review.picks.write_text(json.dumps(json.loads(review.picks.read_bytes()), indent=4), encoding="utf-8")
    assert "picks" not in review.news(picks=second["revision"])  # written otherwise, and says the same


def test_a_row_goes_with_the_image_that_it_shows_now(review: Review, saved: Saved) -> None:
    write(review, {"fingerprint": "d" * 64, "keys": [TABLE], **opinion("reject")})
    answer = review.save(change(review, "a table", None, opinion("pick")))
    assert answer.json()["displaced"] == [TABLE]
    assert saved() == {TABLE: {"fingerprint": review.fingerprint("a table"), "keys": [TABLE], **opinion("pick")}}


def test_a_file_that_is_broken_now_is_not_written_over(review: Review, capfd: pytest.CaptureFixture[str]) -> None:
    review.picks.parent.mkdir()
    review.picks.write_text("{ half of it", encoding="utf-8")
    for _ in range(2):
        answer = review.save(change(review, "a table", None, opinion("pick")))
        assert answer.status_code == 423
        assert "mugs.json" in answer.json()["message"]
        assert "mugs.json" in review.news()["fault"]
    assert review.picks.read_text(encoding="utf-8") == "{ half of it"
    assert capfd.readouterr().err.count("nothing is saved before that is mended") == 1  # said once, not at every look
    review.picks.unlink()
    assert review.save(change(review, "a table", None, opinion("pick"))).status_code == 200


def test_a_file_of_another_recipe_is_not_written_over(review: Review) -> None:
    write(review, ELSEWHERE, recipe="vases")
    assert review.save(change(review, "a table", None, opinion("pick"))).status_code == 423
    assert json.loads(review.picks.read_bytes())["recipe"] == "vases"


def test_a_file_that_cannot_be_written_is_told_in_the_page_and_on_the_terminal(
    serve: Serve, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serve(picks=project / "mugs.yaml/picks.json") as review:  # where a file has the folder's name
        answer = review.save(change(review, "a table", None, opinion("pick")))
    assert answer.status_code == 507
    assert "can't be written" in answer.json()["message"]
    assert "can't be written" in capfd.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_told_and_the_page_goes_on(project: Path) -> None:
    (project / "picks").mkdir(mode=0o755)
    os.chown(project / "picks", 65534, 65534)
    script = """
import sys
from pathlib import Path
from gen4flow.commands.review_desk import ReviewDesk
from gen4flow.commands.review_images import ReviewImages
from gen4flow.commands.review_picks import ReviewPicks
images = ReviewImages(Path("out/mugs.proof"), [], None)
images.look()
desk = ReviewDesk(images, ReviewPicks(Path("picks/mugs.json").resolve(), "mugs"))
now = {"verdict": "pick", "stars": None, "note": ""}
reply = desk.save({"changes": [{"fingerprint": images.shown()["entries"][0]["fingerprint"], "was": None, "now": now}]})
print(reply.status, reply.told["message"], len(desk.page()) > 1000)
"""
    done = subprocess.run(
        ["setpriv", "--bounding-set=-dac_override", sys.executable, "-c", script],  # root, held to who owns what
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "507 picks/mugs.json can't be written: Permission denied True\n", done.stderr
    assert "the page keeps what is not saved" in done.stderr


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "text",
        7,
        {},
        {"changes": {}},
        {"changes": [None]},
        {"changes": [{}]},
        {"changes": [{"fingerprint": "f" * 64, "was": None, "now": opinion("pick")}]},  # no image of this page
        {"changes": [{"fingerprint": ["x"], "was": None, "now": None}]},
    ],
)
def test_what_is_no_change_is_refused_whole(told: object, review: Review) -> None:
    headers = {"Origin": review.base_url, "Content-Type": "application/json"}
    assert review.api.post(".review/picks", content=json.dumps(told), headers=headers).status_code == 422
    assert not review.picks.exists()


@pytest.mark.parametrize(
    "now",
    [
        {},
        opinion("maybe"),
        opinion("pick", 6),
        opinion("pick", 0),
        {**opinion("pick"), "stars": True},
        "pick",
        [1],
        {**opinion("pick"), "note": 7},
        {**opinion("pick"), "more": 1},
        {**opinion("pick"), "note": "\ud800"},
    ],
)
def test_an_opinion_that_no_picks_file_could_hold_is_refused(now: Any, review: Review) -> None:
    good = change(review, "a shelf", None, opinion("pick"))
    body = json.dumps({"changes": [good, {"fingerprint": review.fingerprint("a table"), "was": None, "now": now}]})
    headers = {"Origin": review.base_url, "Content-Type": "application/json"}
    assert review.api.post(".review/picks", content=body, headers=headers).status_code == 422
    assert not review.picks.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"changes": []}', "text/plain", 415),
        (b"{}", "", 415),
        (b"changes=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json-seq", 415),
        (b'{"changes": []}', "application/json; charset=utf-8", 200),
    ],
)
def test_a_body_has_to_be_json_and_to_say_so(body: bytes, kind: str, status: int, review: Review) -> None:
    headers = {"Origin": review.base_url, "Content-Type": kind}
    assert review.api.post(".review/picks", content=body, headers=headers).status_code == status


@pytest.mark.parametrize("length", ["Content-Length: 99999999", "Content-Length: 99999999999999999999", ""])
def test_a_body_that_is_too_large_is_refused_before_it_is_read_whole(length: str, review: Review) -> None:
    head = [f"POST /{review.keys.token}/.review/picks HTTP/1.1", f"Host: 127.0.0.1:{review.port}"]
    head += [f"Origin: {review.base_url}", "Content-Type: application/json", length or "Transfer-Encoding: chunked"]
    chunk = (b"" if length else b"10000\r\n") + b" " * 65_536 + (b"" if length else b"\r\n")
    sent = 0
    with socket.create_connection(("127.0.0.1", review.port), timeout=20) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        try:
            while not select.select([connection], [], [], 10 if length else 0)[0]:
                assert not length  # a length that is told is judged before a byte of the body comes
                connection.sendall(chunk)
                sent += len(chunk)
            assert connection.recv(1000).split(b" ", 2)[1] == b"413"
        except ConnectionError:
            assert not length  # it was sent so quickly that the end of the connection overtook the answer
    assert sent < app.MAX_BODY + 16 * 1024 * 1024  # what is on its way is in the buffers of two sockets


def test_a_body_that_takes_too_long_is_given_up(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "BODY_SECONDS", 0.2)

    def never() -> Any:
        yield b"{"
        time.sleep(0.9)
        yield b"}"

    headers = {"Origin": review.base_url, "Content-Type": "application/json"}
    assert review.api.post(".review/picks", content=never(), headers=headers).status_code == 408
