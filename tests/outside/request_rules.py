"""The strictest reading of the submit's schema: no null, no unknown field, no default left out."""

from __future__ import annotations

import json
from typing import Any

RATIOS = {"1:1", "16:9", "9:16", "4:3", "3:4"}
RESOLUTIONS = {"1080p", "720p"}
FIELDS = {"prompt", "aspect_ratio", "resolution", "reference_images", "seed", "enable_base64_output"}


def complaint_about(body: str) -> str | None:
    """Return what is wrong with a submit's body, or None."""
    try:
        request = json.loads(body)
    except ValueError:
        return "the body is no JSON"
    if not isinstance(request, dict):
        return "the body is no object"
    unknown = set(request) - FIELDS
    if unknown:
        return f"unknown fields: {sorted(unknown)}"
    empty = [name for name, value in request.items() if value is None]
    if empty:
        return f"null in: {empty}"
    return _complaint_about_values(request)


def _complaint_about_values(request: dict[str, Any]) -> str | None:
    """Return what is wrong with the values, or None."""
    if not isinstance(request.get("prompt"), str) or not request["prompt"].strip():
        return "prompt: a text is required"
    if request.get("aspect_ratio") not in RATIOS:
        return f"aspect_ratio: {request.get('aspect_ratio')!r}"
    if request.get("resolution") not in RESOLUTIONS:
        return f"resolution: {request.get('resolution')!r}"
    seed = request.get("seed", 1)
    if type(seed) is not int or not 1 <= seed <= 2147483647:
        return f"seed: {seed!r}"
    references = request.get("reference_images", [])
    if not isinstance(references, list) or len(references) > 3 or not all(isinstance(r, str) for r in references):
        return f"reference_images: {references!r}"
    if type(request.get("enable_base64_output", False)) is not bool:
        return "enable_base64_output: not a boolean"
    return None
