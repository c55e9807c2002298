"""A finished project, made once, and reviews of it that run in this process."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from gen4flow import loopback
from gen4flow.cli import main
from gen4flow.commands.live_manifest import LiveManifest
from gen4flow.commands.preparing import Choices
from gen4flow.commands.review_desk import ReviewDesk
from gen4flow.commands.review_images import ReviewImages
from gen4flow.commands.review_picks import ReviewPicks
from gen4flow.review.app import create_app
from gen4flow.review.guard import Keys

RECIPE = """\
version: 1
name: mugs
prompt: A mug on {{ place }}
resolution: 720p
matrix: {place: [a table, a shelf, a beach]}
output: {file: "mug on {{ place }}"}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review that is served; `base_url` is without the token."""

    base_url: str
    keys: Keys
    images: ReviewImages
    desk: ReviewDesk
    picks: Path
    api: httpx.Client

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])

    def news(self, since: int = 0, picks: str = "-") -> dict[str, Any]:
        """Return what is new."""
        told: dict[str, Any] = self.api.get(".review/news", params={"since": since, "picks": picks}).json()
        return told

    def save(self, *changes: dict[str, Any], **options: Any) -> httpx.Response:
        """Send changes as the page does."""
        headers = {"Origin": self.base_url, **options.pop("headers", {})}
        return self.api.post(".review/picks", json={"changes": changes}, headers=headers, **options)

    def fingerprint(self, place: str) -> str:
        """Return the fingerprint of the image with that place."""
        entries = self.images.shown()["entries"]
        return str(next(one["fingerprint"] for one in entries if one["axes"] == {"place": place}))


Serve = Callable[..., AbstractContextManager[Review]]


def opinion(verdict: str, stars: int | None = None, note: str = "") -> dict[str, Any]:
    return {"verdict": verdict, "stars": stars, "note": note}


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project whose recipe has been run; not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "gen4flow.toml").touch()
    (folder / "mugs.yaml").write_text(RECIPE, encoding="utf-8")
    here = Path.cwd()
    os.chdir(folder)
    try:
        assert main(["run", "mugs.yaml"]) == 0
    finally:
        os.chdir(here)
    return folder


@pytest.fixture
def project(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the finished project, as the current folder."""
    folder = tmp_path / "project"
    shutil.copytree(finished, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def out(project: Path) -> Path:
    """Return its output folder."""
    return project / "out/mugs.proof"


@pytest.fixture
def serve(project: Path) -> Serve:
    """Return what serves a review of the project, by its recipe or by its folder."""

    @contextlib.contextmanager
    def serving(*, recipe: bool = False, picks: Path = project / "picks/mugs.json") -> Iterator[Review]:
        live = LiveManifest(project / "mugs.yaml", Choices()) if recipe else None
        images = ReviewImages(project / "out/mugs.proof", [], live)
        images.look()
        desk, keys = ReviewDesk(images, ReviewPicks(picks, "mugs")), Keys()
        with contextlib.ExitStack() as stack:
            base_url = stack.enter_context(loopback.serving(create_app(desk, keys), name="the review"))
            api = stack.enter_context(httpx.Client(base_url=f"{base_url}/{keys.token}/", trust_env=False))
            yield Review(base_url=base_url, keys=keys, images=images, desk=desk, picks=picks, api=api)

    return serving


@pytest.fixture
def review(serve: Serve) -> Iterator[Review]:
    """Return a review of the finished folder."""
    with serve() as served:
        yield served


@pytest.fixture
def saved(project: Path) -> Callable[[], dict[str, dict[str, Any]]]:
    """Return what reads the picks file: each pick by its first row."""

    def read() -> dict[str, dict[str, Any]]:
        told = json.loads((project / "picks/mugs.json").read_bytes())
        return {pick["keys"][0]: pick for pick in told["picks"]}

    return read
