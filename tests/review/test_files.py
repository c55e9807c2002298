"""Which files are served: those that the manifest names and that lie below the folder, as what their bytes are."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.review.conftest import Review, Serve

TABLE = "mug on a table.png"


def named(out: Path, path: str) -> None:
    """Let the manifest name one more file, in place of its first one."""
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["entries"][0]["files"][0]["path"] = path
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def raw(review: Review, path: str) -> bytes:
    """Return the answer for a path that no client tidies up."""
    head = f"GET /{review.keys.token}/{path} HTTP/1.1\r\nHost: 127.0.0.1:{review.port}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", review.port), timeout=20) as connection:
        connection.sendall(head.encode("latin-1"))
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer


def test_images_and_thumbnails_are_served_and_nothing_runs_in_them(review: Review, out: Path) -> None:
    image = review.api.get("mug%20on%20a%20table.png")
    assert image.content == (out / TABLE).read_bytes()
    small = review.api.get(f".gallery/{next((out / '.gallery').iterdir()).name}")
    for answer, kind in ((image, "image/png"), (small, "image/webp")):
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert image.headers["cache-control"] == "no-store"
    assert small.headers["cache-control"] == "private, max-age=3600"


@pytest.mark.parametrize(
    "path",
    [
        "manifest.json",
        "metadata.jsonl",
        "gallery.html",
        ".gallery/",
        ".gallery",
        "nothing.png",
        "mug on a table.PNG",
        "../mugs.proof/mug%20on%20a%20table.png",
        "%2e%2e/mugs.proof/mug%20on%20a%20table.png",
        "..%2f..%2f..%2fmugs.yaml",
        "../../mugs.yaml",
        "..%5c..%5cmugs.yaml",
        "%252e%252e/%252e%252e/mugs.yaml",
        ".gallery/../manifest.json",
        ".gallery/..%2fmanifest.json",
        "//etc/passwd",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "mug%20on%20a%20table.png%00.html",
        "....//....//mugs.yaml",
        "\xc0\xae\xc0\xae/mugs.yaml",
        "file:///etc/passwd",
        ".review/../manifest.json",
    ],
)
def test_nothing_else_is_served(path: str, review: Review) -> None:
    answer = raw(review, path.replace(" ", "%20"))
    assert answer.split(b" ", 2)[1] in {b"400", b"403", b"404"}
    assert b"gen4flow" not in answer.replace(b"gen4flow review:", b"")


@pytest.mark.parametrize(
    "path", ["../../mugs.yaml", "/etc/passwd", "manifest.json", "picks", ".", "sub/../../../mugs.yaml"]
)
def test_a_manifest_may_name_what_it_likes(path: str, serve: Serve, out: Path) -> None:
    named(out, path)
    with serve() as review:
        assert raw(review, path).split(b" ", 2)[1] in {b"403", b"404"}


def test_a_link_that_leads_out_of_the_folder_is_not_followed(serve: Serve, out: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (9, 9)).save(secret)
    (out / "link.png").symlink_to(secret)
    (out / "sub").symlink_to(tmp_path)
    for path in ("link.png", "sub/secret.png"):
        named(out, path)
        with serve() as review:
            assert review.api.get(path).status_code == 404


def test_a_link_within_the_folder_is_followed(serve: Serve, out: Path) -> None:
    (out / "link.png").symlink_to(TABLE)
    named(out, "link.png")
    with serve() as review:
        assert review.api.get("link.png").content == (out / TABLE).read_bytes()


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b""]
)
def test_what_is_no_image_is_not_served_whatever_it_is_called(content: bytes, review: Review, out: Path) -> None:
    (out / TABLE).write_bytes(content)
    assert review.api.get(TABLE).status_code == 404


def test_an_image_is_served_as_what_it_is_and_not_as_what_it_is_called(review: Review, out: Path) -> None:
    Image.new("RGB", (9, 9)).save(out / TABLE, "JPEG")
    assert review.api.get(TABLE).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("kind", ["pipe", "folder", "socket"])
def test_what_is_no_file_holds_nobody_up(kind: str, review: Review, out: Path) -> None:
    (out / TABLE).unlink()
    if kind == "pipe":
        subprocess.run(["mkfifo", out / TABLE], check=True)
    elif kind == "folder":
        (out / TABLE).mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            os.chdir(out)
            bound.bind(TABLE)
    assert review.api.get(TABLE, timeout=5).status_code == 404


def test_a_name_with_every_sign_is_found(serve: Serve, out: Path) -> None:
    name = "größe/#1 & 50%? 'z' \"q\" 日本.png"
    (out / "größe").mkdir()
    (out / TABLE).rename(out / name)
    named(out, name)
    with serve() as review:
        page: Any = review.api.get("").text
        address = page.partition('class="card" href="')[2].partition('"')[0]
        assert review.api.get(address).status_code == 200
