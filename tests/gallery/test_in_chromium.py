"""The page in a real browser, from file://: images load, hostile text stays text, no request leaves the folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gen4flow.gallery import gallery_page

Make = Callable[..., dict[str, Any]]
ParsePage = Callable[[bytes], Any]
HOSTILE = "</script><img src=x onerror=\"document.title='HACKED'\"><script>document.title='HACKED'</script>"
PATHS = ["one.png", "a b/#1 & 50%?.png", "größe/日本.png", "x:y 'z' \"q\".png"]

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium here")


def load(page: Path, profile: Path) -> tuple[str, str]:
    """Return the document after its scripts ran and its images loaded, and what the browser logged."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    logged = ["--enable-logging=stderr", "--virtual-time-budget=3000", f"--user-data-dir={profile}"]
    done = subprocess.run(
        ["chromium", *options, *logged, "--dump-dom", page.as_uri()],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an output folder with images whose names are hard to link to; its own name is too."""
    folder = tmp_path / "out #1 100%"
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (32, 18), "teal").save(folder / path)
    return folder


def test_it_shows_every_image_and_runs_nothing_but_its_own_script(
    folder: Path, tmp_path: Path, make_manifest: Make, make_entry: Make, make_file: Make, parse_page: ParsePage
) -> None:
    entries = [
        make_entry(prompt=HOSTILE, axes={HOSTILE: HOSTILE}, key=HOSTILE, files=[make_file(path, width=32, height=18)])
        for path in PATHS
    ]
    failed = make_entry(status="failed", files=[], error={"class": HOSTILE, "message": HOSTILE})
    page = folder / "gallery.html"
    page.write_bytes(gallery_page(make_manifest(*entries, failed)))
    document, log = load(page, tmp_path / "profile")
    shown = parse_page(document.encode())
    assert shown.all("html")[0]["data-loaded"] == str(len(PATHS))
    assert [image["alt"] for image in shown.all("img")] == [HOSTILE] * len(PATHS)
    assert len(shown.all("script")) == 1
    assert "<title>spring</title>" in document
    assert "Content Security Policy" not in log


@pytest.mark.parametrize(
    ("text", "status", "keys"),
    [
        ("MUG  marble", "", ["b"]),
        ("timeout", "unknown", ["c"]),
        ("marble", "unknown", []),
    ],
)
def test_the_filter_keeps_the_cards_that_hold_every_word_and_the_status(
    text: str,
    status: str,
    keys: list[str],
    tmp_path: Path,
    make_manifest: Make,
    make_entry: Make,
    parse_page: ParsePage,
) -> None:
    entries = [
        make_entry(key="a", prompt="A mug in a forest", files=[]),
        make_entry(key="b", prompt="A mug on a marble table", files=[]),
        make_entry(key="c", status="unknown", files=[], error={"class": "unknown", "message": "Timeout"}),
    ]
    typing = f"""<script>
        document.getElementById("filter-text").value = "{text}";
        document.getElementById("filter-status").value = "{status}";
        document.getElementById("filter").dispatchEvent(new Event("input"));
        </script>"""
    html = gallery_page(make_manifest(*entries)).decode()
    page = tmp_path / "gallery.html"
    # The page's own policy would not let the test type.
    page.write_text(html.replace("Content-Security-Policy", "none").replace("</body>", f"{typing}</body>"), "utf-8")
    document, _ = load(page, tmp_path / "profile")
    cards = parse_page(document.encode()).all("figure")
    assert [card["data-key"] for card in cards if "hidden" not in card] == keys
    assert f"{len(keys)} of 3 shown</output>" in document
