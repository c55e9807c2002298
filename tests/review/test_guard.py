"""Who is kept out: other sites, other names, other users; over raw sockets, as no client would send it."""

from __future__ import annotations

import socket
import time

import httpx
import pytest

from gen4flow.review.guard import TICKET_SECONDS, Keys
from tests.review.conftest import Review, opinion

KEPT_IN = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
}


def ask(review: Review, *lines: str, path: str = "", method: str = "GET", host: str | None = "", body: str = "") -> str:
    """Send a request as it is written here and return the whole answer; an empty host is the right one."""
    named = [] if host is None else [f"Host: {host or f'127.0.0.1:{review.port}'}"]
    head = [f"{method} {path or f'/{review.keys.token}/'} HTTP/1.1", *named, *lines, "Connection: close", "", body]
    with socket.create_connection(("127.0.0.1", review.port), timeout=20) as connection:
        connection.sendall("\r\n".join(head).encode())
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer.decode()


def status(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


def test_the_page_is_served_to_whoever_has_the_whole_address(review: Review) -> None:
    answer = ask(review)
    assert status(answer) == 200
    assert "cache-control: no-store" in answer
    assert all(f"{name}: {value}" in answer for name, value in KEPT_IN.items())
    assert "access-control-" not in answer.lower()
    assert "connect-src &#39;self&#39;" in answer
    assert status(ask(review, host=f"localhost:{review.port}")) == 200


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost",
        "evil.example",
        "evil.example:PORT",
        "127.0.0.1.evil.example:PORT",
        "localhost.:PORT",
        "127.1:PORT",
        "2130706433:PORT",
        "0x7f000001:PORT",
        "0177.0.0.1:PORT",
        "0.0.0.0:PORT",
        "[::1]:PORT",
        "[::ffff:127.0.0.1]:PORT",
        "127.0.0.1:PORT@evil.example",
        "evil.example:1@127.0.0.1:PORT",
        "127.0.0.1:PORT, evil.example",
        "127.0.0.1:0PORT",
        "127.0.0.1:PORT/",
        "ⅼocalhost:PORT",
    ],
)
def test_every_other_host_is_refused(host: str, review: Review) -> None:
    answer = ask(review, host=host.replace("PORT", str(review.port)))
    assert status(answer) in {400, 403}
    assert "<html" not in answer


def test_no_host_and_two_hosts_are_refused(review: Review) -> None:
    assert status(ask(review, host=None)) == 400
    assert status(ask(review, "Host: evil.example")) == 400
    old = f"GET /{review.keys.token}/ HTTP/1.0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", review.port), timeout=20) as connection:
        connection.sendall(old.encode())
        assert status(connection.recv(65_536).decode()) == 403


def test_an_address_as_a_proxy_gets_it_is_no_way_around_the_host(review: Review) -> None:
    path = f"http://127.0.0.1:{review.port}/{review.keys.token}/"
    assert status(ask(review, path=path, host="evil.example")) == 403


@pytest.mark.parametrize(
    "path", ["/", "/gallery.html", "/manifest.json", "/.review/news", "/favicon.ico", "//", "/%2f"]
)
def test_without_the_token_there_is_nothing(path: str, review: Review) -> None:
    answer = ask(review, path=path)
    assert status(answer) == 403
    assert "needs the whole address" in answer
    assert all(f"{name}: {value}" in answer for name, value in KEPT_IN.items())


def test_a_token_that_is_nearly_right_is_wrong(review: Review) -> None:
    token = review.keys.token
    assert len(token) >= 43  # 256 bits in base64
    for wrong in (token[:-1], token + "A", token.swapcase(), "é", "%00", f"%20{token}", f"x/{token}", ""):
        assert status(ask(review, path=f"/{wrong}/.review/news")) in {400, 403}, wrong


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "none, cross-site"])
@pytest.mark.parametrize("path", ["", ".review/news", "mug%20on%20a%20table.png"])
def test_what_another_site_asks_for_is_refused_for_every_path(site: str, path: str, review: Review) -> None:
    answer = ask(review, f"Sec-Fetch-Site: {site}", path=f"/{review.keys.token}/{path}")
    assert status(answer) == 403
    assert "other sites" in answer


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1:PORT",
        "http://localhost:PORT",
        "http://127.0.0.1:PORT.evil.example",
        "http://127.0.0.1:PORT/",
        "file://",
        "http://127.0.0.1:PORT http://evil.example",
        "HTTP://127.0.0.1:PORT",
    ],
)
def test_a_write_with_another_origin_is_refused(origin: str, review: Review) -> None:
    change = {"fingerprint": review.fingerprint("a table"), "was": None, "now": opinion("pick")}
    answer = review.save(change, headers={"Origin": origin.replace("PORT", str(review.port))})
    assert answer.status_code == 403
    assert not review.picks.exists()


def test_a_write_without_an_origin_or_with_two_is_refused(review: Review) -> None:
    path, body = f"/{review.keys.token}/.review/picks", '{"changes": []}'
    sent = ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    mine = f"Origin: {review.base_url}"
    assert status(ask(review, *sent, path=path, method="POST", body=body)) == 403
    assert status(ask(review, *sent, mine, "Origin: null", path=path, method="POST", body=body)) == 403
    assert status(ask(review, *sent, mine, path=path, method="POST", body=body)) == 200


def test_a_preflight_of_another_site_learns_nothing(review: Review) -> None:
    asked = ["Origin: https://evil.example", "Access-Control-Request-Method: POST"]
    answer = ask(review, *asked, path=f"/{review.keys.token}/.review/picks", method="OPTIONS")
    assert status(answer) == 403
    assert "access-control-" not in answer.lower()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("PUT", ".review/picks"),
        ("DELETE", ".review/picks"),
        ("GET", ".review/picks"),
        ("PATCH", "x.png"),
        ("POST", ".review/news"),
        ("TRACE", ""),
    ],
)
def test_every_other_method_is_refused(method: str, path: str, review: Review) -> None:
    answer = review.api.request(method, path, headers={"Origin": review.base_url})
    assert answer.status_code in {404, 405}


def test_a_ticket_opens_the_page_once(review: Review) -> None:
    ticket = review.keys.ticket()
    with httpx.Client(base_url=review.base_url, trust_env=False) as browser:
        assert browser.get(ticket, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        first = browser.get(ticket)
        assert (first.status_code, first.headers["location"]) == (303, f"/{review.keys.token}/")
        assert first.headers["referrer-policy"] == "no-referrer"
        assert browser.get(ticket).status_code == 403
        assert browser.get("/open/anything").status_code == 403
    assert review.keys.token not in ticket


def test_a_ticket_is_good_for_a_short_time() -> None:
    now = 0.0
    keys = Keys(now=lambda: now)
    early, late = (keys.ticket().rpartition("/")[2] for _ in range(2))
    now = TICKET_SECONDS
    assert keys.redeem(early)
    now += 1
    assert not keys.redeem(late)


def test_it_listens_on_loopback_alone(review: Review) -> None:
    assert review.base_url.startswith("http://127.0.0.1:")
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", review.port), timeout=5):
        pass


def test_a_client_that_never_ends_its_request_holds_nobody_up(review: Review) -> None:
    slow = [socket.create_connection(("127.0.0.1", review.port), timeout=20) for _ in range(20)]
    try:
        for number, connection in enumerate(slow):
            head = f"POST /{review.keys.token}/.review/picks HTTP/1.1\r\nHost: 127.0.0.1:{review.port}\r\n"
            rest = f"Origin: {review.base_url}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{"
            connection.sendall((head + (rest if number % 2 else "")).encode())
        started = time.monotonic()
        assert review.api.get("").status_code == 200
        assert time.monotonic() - started < 5
    finally:
        for connection in slow:
            connection.close()
