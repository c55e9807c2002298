"""The pixels that a request should come back with.

Source: Runway's list of ratios for gen4_image (confirmed there, inferred for WaveSpeedAI): so the real size is
read from the file, and a difference is a warning.
"""

from __future__ import annotations

import math
import re

ASPECT_RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4")
RESOLUTIONS = ("1080p", "720p")
DEFAULT_ASPECT_RATIO = "4:3"
DEFAULT_RESOLUTION = "1080p"
SEED_MIN = 1
SEED_MAX = 2_147_483_647

# (aspect ratio, resolution) -> (width, height) in pixels
SIZES: dict[tuple[str, str], tuple[int, int]] = {
    ("1:1", "1080p"): (1080, 1080),
    ("1:1", "720p"): (720, 720),
    ("16:9", "1080p"): (1920, 1080),
    ("16:9", "720p"): (1280, 720),
    ("9:16", "1080p"): (1080, 1920),
    ("9:16", "720p"): (720, 1280),
    ("4:3", "1080p"): (1440, 1080),
    ("4:3", "720p"): (960, 720),
    ("3:4", "1080p"): (1080, 1440),
    ("3:4", "720p"): (720, 960),
}


def other_ratio_help(text: str) -> str:
    """Return how to come by a ratio that no request has: the nearest one that is drawn, cropped; empty for no ratio."""
    sides = re.fullmatch(r"0*([1-9]\d{0,4}):0*([1-9]\d{0,4})", text)
    if sides is None or text in ASPECT_RATIOS:
        return ""
    near = min(ASPECT_RATIOS, key=lambda one: abs(math.log(_wide(one) * int(sides[2]) / int(sides[1]))))
    return f"the nearest is {near}; deliver: [{{name: cut, crop: {text}}}] cuts it to {text};"


def _wide(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return int(width) / int(height)
