"""The pictures as files: drawn when they are fetched, in a thread, and kept for a while."""

from __future__ import annotations

import asyncio
import functools
import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.core.sizes import SEED_MAX
from gen4flow.emulator import models
from gen4flow.emulator.envelope import Refusal
from gen4flow.emulator.picture import Picture, draw
from gen4flow.emulator.prediction import Prediction
from gen4flow.emulator.requests import base_url_of, emulator_of

CACHED_PICTURES = 16

_drawn = functools.lru_cache(maxsize=CACHED_PICTURES)(draw)


def output_url(request: Request, prediction: Prediction) -> str:
    """Return the URL of a prediction's picture."""
    suffix = emulator_of(request).settings.image_format
    return f"{base_url_of(request)}/predictions/{prediction.id}/1.{suffix}"


async def download(request: Request) -> Response:
    """Answer a picture, as a CDN does: nobody's key is asked for, and a key that comes along is an error."""
    refuse_key(request)
    if request.path_params["name"] != f"1.{emulator_of(request).settings.image_format}":
        raise Refusal(404, "there is no such file")
    prediction = emulator_of(request).downloadable(request.path_params["id"])
    picture = await picture_bytes(request, prediction)
    return Response(picture, media_type=f"image/{emulator_of(request).settings.image_format}")


def refuse_key(request: Request) -> None:
    """Refuse a request that sends the API key where it has no business."""
    if "authorization" in request.headers:
        raise Refusal(400, "the API key belongs to the API alone: fetch files without Authorization")


async def picture_bytes(request: Request, prediction: Prediction) -> bytes:
    """Return the picture's file, drawn in a thread so that polls are answered meanwhile."""
    image_format = emulator_of(request).settings.image_format
    return await asyncio.to_thread(_drawn, picture_of(prediction, image_format=image_format))


def picture_of(prediction: Prediction, *, image_format: str) -> Picture:
    """Return what is to be drawn: it follows from the request, without a seed from the id as well."""
    inputs: Mapping[str, Any] = models.with_defaults(models.find_model(prediction.model), prediction.inputs)
    seed = inputs.get("seed", -1)
    return Picture(
        prompt=inputs["prompt"],
        model=prediction.model,
        size=models.size_of(inputs),
        ratio=inputs.get("aspect_ratio", "1:1"),
        resolution=inputs.get("resolution", ""),
        references=len(inputs.get("reference_images", ())),
        seed=seed if seed >= 0 else _drawn_seed(prediction.id),
        seed_was_asked_for=seed >= 0,
        image_format=image_format,
    )


def _drawn_seed(prediction_id: str) -> int:
    return 1 + int.from_bytes(hashlib.sha256(prediction_id.encode()).digest()[:8]) % SEED_MAX
