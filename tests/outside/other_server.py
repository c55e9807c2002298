"""A second implementation of the provider's API, which owes nothing to gen4flow, for tests that only look from outside.

It is plain standard library and threads, and runs as a process of its own, so that what it has seen survives a killed
client. It listens on three ports of one address: the API, a "CDN" that must never see the key, and a control port that
tells a test what was asked and accepted. Faults are ordered in the prompt itself: `a cup [submit:500] [poll:404*3]`;
`*n` bounds a fault to the first n times for that request. What each fault does is said in `faults_of_submit.py`,
`faults_of_poll.py` and `faults_of_files.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.outside.account import Account, Seen, Trap
from tests.outside.answers import Answer, success, trouble
from tests.outside.faults_of_files import serve_file
from tests.outside.faults_of_poll import answer_of_poll
from tests.outside.faults_of_submit import answer_before_booking, answer_of_booked
from tests.outside.orders import Orders
from tests.outside.request_rules import complaint_about
from tests.outside.uploads import complaint_about_references, form, put, ticket
from tests.outside.uploads import told as told_of_uploads

PREFIX = "/api/v3"
MODEL = "runwayml/gen4-image"
FILE = 100_000  # characters: what is longer is a file, and is not remembered word by word
PRICES = {"720p": 0.05, "1080p": 0.08}  # dollars an image


class Server(ThreadingHTTPServer):
    """An HTTP server with a thread for each connection, which knows the account."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[Handler], account: Account) -> None:
        super().__init__(address, handler)
        self.account = account

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: many are killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """What all three ports share: one `answer` for each request, sent as it is."""

    protocol_version = "HTTP/1.1"
    server: Server
    content: bytes  # of the request, as it came

    def answer(self, body: str) -> Answer:
        """Return what to send; the ports differ in this."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Read the whole request and send the answer, raw when the answer is one that http.server would not send."""
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.answer(self.content.decode("utf-8", "replace"))
        time.sleep(answer.delay)
        if answer.raw is not None:
            self.close_connection = True
            self.wfile.write(answer.raw)
            return
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.content)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)

    def do_POST(self) -> None:
        """Do as for GET: the answer looks at the method itself."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Do as for GET."""
        self.do_GET()

    def note(self, where: str, body: str) -> None:
        """Remember the request; of a file, that it was one."""
        account = self.server.account
        headers = {name.lower(): value for name, value in self.headers.items()}
        text = body if len(body) < FILE else f"a file of {len(self.content)} bytes"
        one = Seen(where=where, method=self.command, path=self.path, headers=headers, body=text, at=time.monotonic())
        with account.lock:
            account.seen.append(one)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (http.server names it so)
        """Keep quiet: the control port tells what was asked."""


class Api(Handler):
    """The API's own port."""

    def answer(self, body: str) -> Answer:
        """Check the key, then answer by path."""
        self.note("api", body)
        account = self.server.account
        if self.headers.get("Authorization") != f"Bearer {account.key}":
            return trouble(401, "unauthorized")
        route, _, _ = self.path.removeprefix(PREFIX).partition("?")
        if self.command == "POST" and route == f"/{MODEL}":
            return self.submit(body)
        parts = route.strip("/").split("/")
        if self.command == "GET" and parts[0] == "predictions" and len(parts) in {2, 3}:
            return self.poll(parts[1])
        if self.command == "POST" and parts[0] == "media":
            return self.upload(route, body)
        return self.of_account(route, body)

    def upload(self, route: str, body: str) -> Answer:
        """Answer either way to upload a file."""
        account = self.server.account
        account.spring("upload")
        if route == "/media/uploads":
            return ticket(account, body)
        if route == "/media/upload/binary":
            return form(account, self.headers.get("Content-Type", ""), self.content)
        return trouble(404, f"no such path: {route}")

    def submit(self, body: str) -> Answer:
        """Check strictly, book, answer; or do what the prompt orders."""
        account = self.server.account
        account.spring("arrived")
        complaint = complaint_about(body) or complaint_about_references(account, json.loads(body))
        if complaint is not None:
            with account.lock:
                account.complaints.append(complaint)
            return trouble(400, complaint)
        request = json.loads(body)
        orders = Orders.of(request["prompt"])
        fault = account.due("submit", body, orders)
        early = answer_before_booking(fault)
        if early is not None:
            return early
        prediction = account.book(request, body)
        first = account.booked[0].id
        created = {
            "id": prediction.id, "model": MODEL, "outputs": [], "has_nsfw_contents": [], "status": "created",
            "urls": {"get": f"http://{self.headers['Host']}{PREFIX}/predictions/{prediction.id}/result"},
            "created_at": prediction.created_at, "error": "", "timings": {"inference": 0},
        }  # fmt: skip
        return answer_of_booked(fault, created, first=first, delay=account.answer_delay)

    def poll(self, prediction_id: str) -> Answer:
        """Answer for one prediction."""
        account = self.server.account
        account.spring("poll")
        prediction = account.find(prediction_id)
        if prediction is None:
            return trouble(404, "prediction not found")
        orders = Orders.of(prediction.request["prompt"])
        with account.lock:
            account.times[f"polls {prediction.id}"] += 1
            asked = account.times[f"polls {prediction.id}"]
        fault = account.due("poll", prediction.id, orders)
        done = time.monotonic() >= prediction.done_at
        return answer_of_poll(prediction.id, prediction.request, orders, fault, asked, account.cdn_url, done=done)

    def of_account(self, route: str, body: str) -> Answer:
        """Answer what is asked about the account: balance, price, history, billing."""
        account = self.server.account
        if route == "/balance":
            return success({"balance": account.balance})
        asked = json.loads(body or "{}")
        if route == "/model/price":
            price = PRICES[asked["inputs"].get("resolution", "1080p")] * account.price_factor
            return success({"price": price, "discounted_price": price})
        with account.lock:
            newest = list(reversed(account.booked))
        size = int(asked.get("page_size", 20))
        start = (int(asked.get("page", 1)) - 1) * size
        page = newest[start : start + size]
        if route == "/predictions":
            items = [{"id": p.id, "model": MODEL, "status": "completed", "created_at": p.created_at} for p in page]
            return success({"page": asked.get("page", 1), "items": items})
        if route == "/billings/search":
            bills = [
                {"uuid": p.id[::-1], "billing_type": "deduct", "price": PRICES[p.request["resolution"]],
                 "created_at": p.created_at, "prediction": {"uuid": p.id, "model_uuid": MODEL, "status": "completed"}}
                for p in page
            ]  # fmt: skip
            return success({"page": asked.get("page", 1), "has_more": start + size < len(newest), "items": bills})
        return trouble(404, f"no such path: {route}")


class Cdn(Handler):
    """The port that serves images and must never see the key."""

    def answer(self, body: str) -> Answer:
        """Serve the file that the path names, or what its prompt orders."""
        self.note("cdn", body)
        account = self.server.account
        if self.command == "PUT":
            headers = {name.lower(): value for name, value in self.headers.items()}
            return put(account, self.path, headers, self.content)
        account.spring("file")
        parts = self.path.partition("?")[0].strip("/").split("/")
        prediction = account.find(parts[1]) if len(parts) == 3 else None
        if prediction is None:
            return trouble(404, "no such file")
        orders = Orders.of(prediction.request["prompt"])
        fault = account.due("file", prediction.id, orders)
        return serve_file(self.path, prediction.request, orders, fault, account.cdn_url)


class Control(Handler):
    """The port that a test asks: it is no part of the API."""

    def answer(self, body: str) -> Answer:
        """`GET /` tells everything; `POST /` changes attributes of the account, or sets a trap."""
        account = self.server.account
        with account.lock:
            for name, value in json.loads(body or "{}").items():
                setattr(account, name, Trap(**value) if name == "trap" and value else value)
            told = {
                "seen": [asdict(one) for one in account.seen],
                "booked": [asdict(one) for one in account.booked],
                "complaints": account.complaints,
                "uploads": told_of_uploads(account),
            }
        return Answer(content=json.dumps(told).encode())


def start(account: Account, host: str) -> dict[str, str]:
    """Serve all three ports from threads, and return their addresses."""
    addresses = {}
    for name, handler in (("api", Api), ("cdn", Cdn), ("control", Control)):
        server = Server((host, 0), handler, account)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        addresses[name] = f"http://{host}:{server.server_address[1]}"
    account.cdn_url = addresses["cdn"]
    return addresses


def main() -> None:
    """Serve until standard input ends; the first line of output holds the addresses as JSON."""
    parser = argparse.ArgumentParser(description="The provider's API once more, for tests from tests.outside.")
    parser.add_argument("--key", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds until an image is done")
    parser.add_argument("--jitter", type=float, default=0.0, help="seconds more or less")
    parser.add_argument("--answer-delay", type=float, default=0.0, help="seconds from booking to the answer")
    options = parser.parse_args()
    account = Account(
        key=options.key, latency=options.latency, jitter=options.jitter, answer_delay=options.answer_delay
    )
    print(json.dumps(start(account, options.host)), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
