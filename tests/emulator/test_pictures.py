"""The pictures: their sizes, their formats, that they can be read and drawn again."""

from __future__ import annotations

import io
import itertools
import json
import time
from typing import Any

import httpx
import pytest
from PIL import Image

from gen4flow.core.sizes import SIZES
from gen4flow.emulator.picture import Picture, draw

GEN4 = "/api/v3/runwayml/gen4-image"
MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "webp": b"RIFF"}
AWKWARD_PROMPTS = [
    "x",
    "\x00\x1b[31m\u202e",
    "日本語 🎨 Ωμέγα",
    "w" * 5000,
    "word " * 20_000,
    "\ud800 half a pair",
    "a\nb\tc",
    "ﷺ" * 800,
]


def picture_of(api: httpx.Client, model: str = "runwayml/gen4-image", **inputs: Any) -> httpx.Response:
    prediction = api.post(f"/api/v3/{model}", json={"prompt": "A fox in the snow", **inputs}).json()["data"]["id"]
    return httpx.get(api.get(f"/api/v3/predictions/{prediction}/result").json()["data"]["outputs"][0])


def drawn(prompt: str = "A fox in the snow", seed: int = 1, size: tuple[int, int] = (960, 720)) -> bytes:
    return draw(
        Picture(
            prompt=prompt,
            model="runwayml/gen4-image",
            size=size,
            ratio="4:3",
            resolution="720p",
            references=(),
            seed=seed,
            seed_was_asked_for=True,
            image_format="png",
        )
    )


@pytest.mark.parametrize("image_format", ["png", "jpeg", "webp"])
def test_every_ratio_and_resolution_has_its_exact_size_and_its_bytes_again(serve: Any, image_format: str) -> None:
    runs = []
    for _ in range(2):
        api, _app = serve(image_format=image_format)
        runs.append({key: picture_of(api, aspect_ratio=key[0], resolution=key[1], seed=7) for key in SIZES})
    for key, answer in runs[0].items():
        assert answer.headers["content-type"] == f"image/{image_format}"
        assert answer.content.startswith(MAGIC[image_format])
        with Image.open(io.BytesIO(answer.content)) as image:
            image.load()
            assert (image.format, image.mode, image.size) == (image_format.upper(), "RGB", SIZES[key])
    assert [each.content for each in runs[0].values()] == [each.content for each in runs[1].values()]


def test_the_default_is_four_to_three_at_1080p_and_z_image_is_square(api: httpx.Client) -> None:
    sizes = []
    for model in ("runwayml/gen4-image", "wavespeed-ai/z-image/turbo"):
        with Image.open(io.BytesIO(picture_of(api, model).content)) as image:
            sizes.append(image.size)
    assert sizes == [(1440, 1080), (1024, 1024)]


def test_prompt_and_seed_both_change_the_picture() -> None:
    variants = [drawn(prompt, seed) for prompt, seed in itertools.product(("A fox", "A hen"), (1, 2))]
    assert len(set(variants)) == 4


def test_without_a_seed_every_prediction_has_its_own_picture_and_keeps_it(api: httpx.Client) -> None:
    first, second = (api.post(GEN4, json={"prompt": "x"}).json()["data"]["id"] for _ in range(2))
    pictures = [httpx.get(f"{api.base_url}/predictions/{each}/1.png").content for each in (first, second, first)]
    assert pictures[0] == pictures[2] != pictures[1]


@pytest.mark.parametrize("prompt", AWKWARD_PROMPTS, ids=lambda prompt: ascii(prompt[:12]))
def test_any_prompt_can_be_drawn(prompt: str) -> None:
    with Image.open(io.BytesIO(drawn(prompt))) as image:
        image.load()
        assert image.size == (960, 720)


@pytest.mark.parametrize("prompt", AWKWARD_PROMPTS, ids=lambda prompt: ascii(prompt[:12]))
def test_any_prompt_can_be_submitted_and_comes_back_as_a_picture(api: httpx.Client, prompt: str) -> None:
    # Written by the standard library, which keeps half a surrogate pair as an escape.
    prediction = api.post(GEN4, content=json.dumps({"prompt": prompt})).json()["data"]["id"]
    assert httpx.get(f"{api.base_url}/predictions/{prediction}/1.png").status_code == 200


def test_a_full_size_picture_takes_little_time() -> None:
    drawn(size=(1920, 1080))  # loads the typeface
    started = time.process_time()
    for seed in range(4):
        drawn("A prompt of the usual length, with some detail " * 4, seed, size=(1920, 1080))
    assert (time.process_time() - started) / 4 < 0.4  # about 0.13 on an idle machine


@pytest.mark.parametrize("path", ["2.png", "1.jpeg", "1.png/x", "..%2f1.png"])
def test_there_is_one_picture_under_one_name(api: httpx.Client, path: str) -> None:
    prediction = api.post(GEN4, json={"prompt": "x"}).json()["data"]["id"]
    assert httpx.get(f"{api.base_url}/predictions/{prediction}/{path}").status_code == 404


def test_a_download_refuses_the_key(api: httpx.Client) -> None:
    prediction = api.post(GEN4, json={"prompt": "x"}).json()["data"]["id"]
    assert api.get(f"/predictions/{prediction}/1.png").status_code == 400
