"""The pictures as files: drawn when they are fetched, in a thread, and kept for a while."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.core.sizes import SEED_MAX
from gen4flow.emulator import models
from gen4flow.emulator.envelope import Refusal
from gen4flow.emulator.picture import Picture, draw
from gen4flow.emulator.prediction import Prediction
from gen4flow.emulator.proof.insets import Reference
from gen4flow.emulator.requests import base_url_of, emulator_of, refuse_key
from gen4flow.emulator.uploads import find_upload

CACHED_PICTURES = 16
UPLOAD_PATH = re.compile(r"/uploads/[0-9a-f]{32}\.\w+$")

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


async def picture_bytes(request: Request, prediction: Prediction) -> bytes:
    """Return the picture's file, drawn in a thread so that polls are answered meanwhile."""
    image_format = emulator_of(request).settings.image_format
    references = references_of(request, prediction)
    return await asyncio.to_thread(_drawn, picture_of(prediction, references, image_format=image_format))


def references_of(request: Request, prediction: Prediction) -> tuple[Reference, ...]:
    """Return the reference images of a prediction: those that were uploaded here whole, others by name alone."""
    return tuple(_reference(request, url) for url in prediction.inputs.get("reference_images", ()))


def _reference(request: Request, url: str) -> Reference:
    address = urlsplit(url)
    upload = find_upload(request, PurePosixPath(address.path).stem) if UPLOAD_PATH.match(address.path) else None
    if upload is not None and upload.content is not None:
        return Reference(name=upload.filename, content=upload.content)
    # Nothing is fetched from elsewhere: a proof is free, and makes no request in anybody's name.
    return Reference(name=f"{address.hostname} {unquote(PurePosixPath(address.path).name)}")


def picture_of(prediction: Prediction, references: tuple[Reference, ...], *, image_format: str) -> Picture:
    """Return what is to be drawn: it follows from the request, without a seed from the id as well."""
    inputs: Mapping[str, Any] = models.with_defaults(models.find_model(prediction.model), prediction.inputs)
    seed = inputs.get("seed", -1)
    return Picture(
        prompt=inputs["prompt"],
        model=prediction.model,
        size=models.size_of(inputs),
        ratio=inputs.get("aspect_ratio", "1:1"),
        resolution=inputs.get("resolution", ""),
        references=references,
        seed=seed if seed >= 0 else _drawn_seed(prediction.id),
        seed_was_asked_for=seed >= 0,
        image_format=image_format,
    )


def _drawn_seed(prediction_id: str) -> int:
    return 1 + int.from_bytes(hashlib.sha256(prediction_id.encode()).digest()[:8]) % SEED_MAX
