"""Every fault of the register does what its line says."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import math
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from gen4flow.core.image import ImageInvalid
from gen4flow.emulator import FaultRule
from gen4flow.emulator.faults.chance import Chance
from gen4flow.emulator.faults.register import FAULTS
from gen4flow.images import check

GEN4 = "/api/v3/runwayml/gen4-image"
INPUTS = {"prompt": "A fox", "resolution": "720p", "aspect_ratio": "1:1", "seed": 1}
MEBIBYTE = 1024 * 1024
MOST = 210 * MEBIBYTE
PATIENCE = 30.0  # seconds
DRIP_PATIENCE = 1.0
STALLED = 0.35  # the stage stalls for 0.4 s


@dataclass(slots=True, kw_only=True)
class Seen:
    """What a client saw: the answer as far as it came, what went wrong, how many submits were booked."""

    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""
    error: str = ""
    seconds: float = 0.0
    booked: int = 0
    picture: bytes = b""  # what a download should have brought

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.json["data"]
        return data

    @property
    def image(self) -> Image.Image:
        image = Image.open(io.BytesIO(self.body))
        image.load()
        return image

    def decodes(self) -> bool:
        with contextlib.suppress(OSError, SyntaxError, ValueError):
            return bool(self.image)
        return False


Check: TypeAlias = Callable[[Seen], bool]
DROPPED = ("RemoteProtocolError", "ReadError")  # whether the end or the reset is seen first is chance


def refused(status: int, code: int | None = None) -> Check:
    return lambda seen: seen.status == status and seen.json["code"] == (code or status) and seen.booked == 0


def page(status: int, booked: int = 0) -> Check:
    return lambda seen: seen.status == status and b"<html>" in seen.body and seen.booked == booked


def failed(errors: tuple[str, ...], booked: int = 0) -> Check:
    return lambda seen: seen.status == 0 and seen.error in errors and seen.booked == booked


def waited(booked: int = 0) -> Check:
    return lambda seen: seen.seconds >= STALLED and bool(seen.error) and seen.booked == booked


def output(wanted: Any) -> Check:
    return lambda seen: seen.data["status"] == "completed" and seen.data["outputs"] == wanted


def with_data(check: Callable[[dict[str, Any]], bool], booked: int = 0) -> Check:
    return lambda seen: seen.status == 200 and check(seen.data) and seen.booked == booked


def wait_is(check: Callable[[str | None], bool]) -> Check:
    return lambda seen: seen.status == 429 and check(seen.headers.get("retry-after")) and seen.booked == 0


def half(booked: int = 0) -> Check:
    return lambda seen: seen.status == 200 and len(seen.body) > 0 and seen.error in DROPPED and seen.booked == booked


def huge(booked: int = 0) -> Check:
    return lambda seen: len(seen.body) > 200 * MEBIBYTE and seen.booked == booked


def deep(booked: int = 0) -> Check:
    return lambda seen: seen.body.count(b"[") == 100_000 and seen.booked == booked


def broken_json(seen: Seen) -> bool:
    with pytest.raises(ValueError, match="Unterminated"):
        assert seen.json
    return seen.status == 200


def no_number(seen: Seen) -> bool:
    return math.isnan(seen.data["balance"])


def same_url(seen: Seen) -> bool:
    return seen.status in (302, 307) and "location" in seen.headers


def a_wait(value: str | None) -> bool:
    return value == "1"


def no_wait(value: str | None) -> bool:
    return value is None


def nonsense(value: str | None) -> bool:
    return value is not None and not (value.isdigit() and int(value) < 3600)


def unpacked(body: bytes) -> int:
    return len(zlib.decompress(body, wbits=31))


def only_url(url: str) -> Check:
    return output([url])


COMMON: dict[str, Check] = {
    "429": wait_is(a_wait),
    "429_bare": wait_is(no_wait),
    "retry_after_nonsense": wait_is(nonsense),
    "500": refused(500),
    "502_html": page(502),
    "401": refused(401),
    "403": refused(403),
    "413": refused(413),
    "drop": failed(DROPPED),
    "stall": waited(),
    "bad_json": broken_json,
}

EXPECTED: dict[tuple[str, str], Check] = {
    ("submit", "refuse_429"): wait_is(a_wait),
    ("submit", "refuse_429_bare"): wait_is(no_wait),
    ("submit", "http_500"): refused(500),
    ("submit", "http_502_html"): page(502),
    ("submit", "http_408"): refused(408),
    ("submit", "http_409"): refused(409),
    ("submit", "http_413"): refused(413),
    ("submit", "http_425"): refused(425),
    ("submit", "validation_400"): refused(400),
    ("submit", "unauthorized_401"): refused(401),
    ("submit", "forbidden_403"): refused(403),
    ("submit", "insufficient_credits"): lambda seen: refused(400)(seen) and b"Insufficient credits" in seen.body,
    ("submit", "insufficient_402"): lambda seen: refused(402)(seen) and b"Insufficient credits" in seen.body,
    ("submit", "insufficient_1407"): refused(200, 1407),
    ("submit", "drop_before"): failed(DROPPED),
    ("submit", "accept_then_drop"): failed(DROPPED, booked=1),
    ("submit", "accept_then_reset"): failed(("ReadError",), booked=1),
    ("submit", "accept_then_500"): lambda seen: seen.status == 500 and seen.booked == 1,
    ("submit", "accept_then_html"): page(200, booked=1),
    ("submit", "accept_then_stall"): waited(booked=1),
    ("submit", "accept_then_trickle"): lambda seen: waited(booked=1)(seen) and half(booked=1)(seen),
    ("submit", "cut_answer"): half(booked=1),
    ("submit", "redirect"): lambda seen: seen.headers["location"].endswith(GEN4) and seen.booked == 1,
    ("submit", "empty_200"): lambda seen: (seen.status, seen.body, seen.booked) == (200, b"", 1),
    ("submit", "null_200"): lambda seen: (seen.status, seen.body, seen.booked) == (200, b"null", 1),
    ("submit", "no_id"): with_data(lambda data: "id" not in data and data["status"] == "created", booked=1),
    ("submit", "code_not_200"): lambda seen: seen.status == 200 and seen.json["code"] == 500 and seen.booked == 1,
    ("submit", "huge_json"): huge(booked=1),
    ("submit", "deep_json"): deep(booked=1),
    ("submit", "same_id_twice"): with_data(lambda data: data["id"] == "the first", booked=1),
    ("submit", "strange_id"): with_data(lambda data: not (isinstance(data["id"], str) and len(data["id"]) == 32), 1),
    ("submit", "urls_elsewhere"): with_data(lambda data: "169.254.169.254" in data["urls"]["get"], booked=1),
    ("poll", "cut"): half(),
    ("poll", "deep_json"): deep(),
    ("poll", "huge_json"): huge(),
    ("poll", "null"): lambda seen: seen.body == b"null",
    ("poll", "redirect"): same_url,
    ("poll", "not_found"): refused(404),
    ("poll", "unknown_status"): with_data(lambda data: data["status"] == "reticulating"),
    ("poll", "backwards"): with_data(lambda data: data["status"] == "created" and data["outputs"] == []),
    ("poll", "timeout"): with_data(lambda data: data["status"] == "timeout" and data["code"] == 5004),
    ("poll", "failed"): with_data(lambda data: data["status"] == "failed" and data["code"] == 1405),
    ("poll", "other_id"): with_data(lambda data: data["id"] == "0" * 32),
    ("poll", "no_nsfw_flags"): with_data(lambda data: "has_nsfw_contents" not in data),
    ("poll", "no_outputs"): output([]),
    ("poll", "outputs_missing"): with_data(lambda data: "outputs" not in data),
    ("poll", "outputs_null"): output(None),
    ("poll", "outputs_string"): with_data(lambda data: data["outputs"].endswith("/1.png")),
    ("poll", "five_outputs"): with_data(lambda data: len(data["outputs"]) == 5),
    ("poll", "base64"): lambda seen: base64.b64decode(seen.data["outputs"][0], validate=True) == seen.picture,
    ("poll", "data_uri"): lambda seen: (
        seen.data["outputs"][0] == "data:image/png;base64," + base64.b64encode(seen.picture).decode()
    ),
    ("poll", "object_output"): with_data(lambda data: data["outputs"][0]["url"].endswith("/1.png")),
    ("poll", "output_loopback_other"): only_url("http://127.0.0.2:9/1.png"),
    ("poll", "output_private"): only_url("http://10.0.0.1/1.png"),
    ("poll", "output_link_local"): only_url("http://169.254.169.254/1.png"),
    ("poll", "output_decimal"): only_url("http://2852039166/1.png"),
    ("poll", "output_hex"): only_url("http://0xa9fea9fe/1.png"),
    ("poll", "output_ipv6_mapped"): only_url("http://[::ffff:169.254.169.254]/1.png"),
    ("poll", "output_nat64"): only_url("http://[64:ff9b::a9fe:a9fe]/1.png"),
    ("poll", "output_6to4"): only_url("http://[2002:a9fe:a9fe::]/1.png"),
    ("poll", "output_file"): only_url("file:///etc/passwd"),
    ("poll", "output_ftp"): only_url("ftp://127.0.0.1/1.png"),
    ("download", "404"): refused(404),
    ("download", "410"): refused(410),
    ("download", "cut"): lambda seen: half()(seen) and seen.picture.startswith(seen.body),
    ("download", "short"): lambda seen: (
        seen.body == seen.picture[: len(seen.picture) // 2] and not seen.error and not seen.decodes()
    ),
    ("download", "empty"): lambda seen: (seen.status, seen.body, seen.error) == (200, b"", ""),
    ("download", "html"): page(200),
    ("download", "bit_flip"): lambda seen: (
        sum(bin(a ^ b).count("1") for a, b in zip(seen.body, seen.picture, strict=True)) == 1
    ),
    ("download", "no_length"): lambda seen: "content-length" not in seen.headers and seen.body == seen.picture,
    ("download", "drip"): lambda seen: seen.seconds >= DRIP_PATIENCE and 0 < len(seen.body) < 100,
    ("download", "endless"): lambda seen: seen.body.startswith(seen.picture) and len(seen.body) > 10 * MEBIBYTE,
    ("download", "gzip_bomb"): lambda seen: (
        seen.headers["content-encoding"] == "gzip"
        and len(seen.body) < MEBIBYTE
        and unpacked(seen.body) == 256 * MEBIBYTE
    ),
    ("download", "huge_header"): lambda seen: (
        seen.body[16:24] == (20_000).to_bytes(4) * 2 and len(seen.body) < 1000 and seen.body.endswith(b"IEND\xaeB`\x82")
    ),
    ("download", "redirect_inward"): lambda seen: seen.headers["location"].startswith("http://169.254.169.254/"),
    ("download", "redirect_loop"): lambda seen: seen.headers["location"].endswith("/1.png"),
    ("download", "redirect_once"): lambda seen: seen.headers["location"].endswith("/1.png?moved=1"),
    ("download", "wrong_type"): lambda seen: seen.headers["content-type"] == "image/png" and seen.image.format == "GIF",
    ("download", "wrong_size"): lambda seen: seen.image.size == (360, 360) and seen.image.format == "PNG",
    ("upload", "no_url"): with_data(lambda data: data["upload"] == {}),
    ("upload", "url_elsewhere"): with_data(lambda data: "169.254.169.254" in data["upload"]["url"]),
    ("upload", "put_403"): refused(403),
    ("upload", "put_drop"): failed(DROPPED),
    ("balance", "html"): page(200),
    ("balance", "missing"): with_data(lambda data: data == {}),
    ("balance", "negative"): with_data(lambda data: data == {"balance": -3.5}),
    ("balance", "text"): with_data(lambda data: data == {"balance": "12.50"}),
    ("balance", "nan"): no_number,
}


def expected(point: str, name: str) -> Check:
    return EXPECTED.get((point, name)) or COMMON[name]


def look(
    api: httpx.Client, method: str, url: str, *, most: int = MOST, patience: float = PATIENCE, **sent: Any
) -> Seen:
    """Send a request and take what comes, up to a size and a time."""
    seen, started = Seen(), time.monotonic()
    body = bytearray()
    try:
        with api.stream(method, url, **sent) as answer:
            seen.status, seen.headers = answer.status_code, answer.headers
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > most or time.monotonic() - started > patience:
                    break
    except httpx.TransportError as error:
        seen.error = type(error).__name__
    seen.body, seen.seconds = bytes(body), time.monotonic() - started
    return seen


class Stage:
    """One emulator, whose faults are exchanged for each test."""

    def __init__(self, api: httpx.Client, app: Starlette) -> None:
        self.api, self.app = api, app

    def meet(self, *rules: FaultRule) -> None:
        self.app.state.chance = Chance(rules, seed=0)

    def accept(self) -> str:
        return str(self.api.post(GEN4, json=INPUTS).json()["data"]["id"])

    def look_at(self, point: str, rule: FaultRule) -> Seen:
        """Meet a fault at its point: what has to happen before happens without it."""
        seen: Seen = getattr(self, f"_{point}")(rule)
        return seen

    def _submit(self, rule: FaultRule) -> Seen:
        first = self.accept()
        emulator = self.app.state.emulator
        emulator.submits[:] = [each for each in emulator.submits if each.id == first]
        self.meet(rule)
        seen = look(self.api, "POST", GEN4, json=INPUTS)
        seen.body = seen.body.replace(first.encode(), b"the first", 1)
        seen.booked = len(emulator.submits) - 1
        return seen

    def _poll(self, rule: FaultRule) -> Seen:
        prediction = self.accept()
        picture = httpx.get(f"{self.api.base_url}/predictions/{prediction}/1.png").content
        self.meet(rule)
        seen = look(self.api, "GET", f"/api/v3/predictions/{prediction}/result")
        seen.picture = picture
        return seen

    def _download(self, rule: FaultRule) -> Seen:
        url = f"{self.api.base_url}/predictions/{self.accept()}/1.png"
        with httpx.Client() as cdn:
            picture = cdn.get(url).content
            self.meet(rule)
            patience = DRIP_PATIENCE if rule.name == "drip" else PATIENCE
            seen = look(cdn, "GET", url, most=16 * MEBIBYTE, patience=patience)
        seen.picture = picture
        return seen

    def _upload(self, rule: FaultRule) -> Seen:
        asked = {"filename": "a.png", "size": 3}
        if not rule.name.startswith("put_"):
            self.meet(rule)
            return look(self.api, "POST", "/api/v3/media/uploads", json=asked)
        self.meet(rule)
        upload = self.api.post("/api/v3/media/uploads", json=asked).json()["data"]["upload"]
        with httpx.Client() as storage:
            return look(storage, "PUT", upload["url"], headers=upload["headers"], content=b"abc")

    def _balance(self, rule: FaultRule) -> Seen:
        self.meet(rule)
        return look(self.api, "GET", "/api/v3/balance")


@pytest.fixture
def scene(stage: tuple[httpx.Client, Starlette]) -> Iterator[Stage]:
    api, app = stage
    scene = Stage(api, app)
    scene.meet()
    yield scene
    scene.meet()


def test_every_fault_is_expected_and_every_expectation_has_its_fault() -> None:
    covered = {key for key in FAULTS if key in EXPECTED or key[1] in COMMON}
    assert covered == set(FAULTS) >= set(EXPECTED)


@pytest.mark.parametrize(("point", "name"), FAULTS, ids=lambda part: str(part))
def test_a_fault_does_what_its_line_says(scene: Stage, point: str, name: str) -> None:
    seen = scene.look_at(point, FaultRule(point=point, name=name))
    assert expected(point, name)(seen), (FAULTS[point, name].line, seen.status, seen.error, seen.body[:300])


@pytest.mark.parametrize("point", sorted({point for point, _ in FAULTS}))
def test_after_a_fault_everything_is_well(scene: Stage, point: str) -> None:
    name = next(name for each, name in FAULTS if each == point and ("drop" in name or "cut" in name))
    scene.look_at(point, FaultRule(point=point, name=name, times=1))
    scene.meet()
    prediction = scene.accept()
    assert httpx.get(f"{scene.api.base_url}/predictions/{prediction}/1.png").status_code == 200


def test_a_prediction_that_was_made_to_fail_stays_failed_and_is_refunded(scene: Stage) -> None:
    before = scene.api.get("/api/v3/balance").json()
    prediction = scene.accept()
    scene.meet(FaultRule(point="poll", name="failed"))
    for _ in range(2):
        data = scene.api.get(f"/api/v3/predictions/{prediction}/result").json()["data"]
        scene.meet()
        assert (data["status"], data["outputs"]) == ("failed", [])
    assert scene.api.get("/api/v3/balance").json() == before


def test_a_fault_after_acceptance_leaves_a_refusal_as_it_is(scene: Stage) -> None:
    for name in ("accept_then_drop", "no_id", "strange_id", "same_id_twice", "huge_json"):
        scene.meet(FaultRule(point="submit", name=name))
        assert scene.api.post(GEN4, json={}).status_code == 400


def test_strange_ids_and_nonsense_waits_change_each_time(scene: Stage) -> None:
    scene.meet(FaultRule(point="submit", name="strange_id"))
    ids = [scene.api.post(GEN4, json=INPUTS).json()["data"]["id"] for _ in range(9)]
    assert len({str(each) for each in ids}) == 9
    scene.meet(FaultRule(point="poll", name="retry_after_nonsense"))
    waits = {scene.api.get("/api/v3/predictions/x").headers["retry-after"] for _ in range(6)}
    assert len(waits) == 6


def test_a_flipped_bit_is_found_by_checking_the_whole_picture(scene: Stage, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(scene.look_at("download", FaultRule(point="download", name="bit_flip")).body)
    with pytest.raises(ImageInvalid):
        check(path)


def test_a_single_redirect_leads_to_the_picture(scene: Stage) -> None:
    prediction = scene.accept()
    scene.meet(FaultRule(point="download", name="redirect_once"))
    answer = httpx.get(f"{scene.api.base_url}/predictions/{prediction}/1.png", follow_redirects=True)
    assert (answer.status_code, len(answer.history)) == (200, 1)
