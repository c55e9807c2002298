"""What placements cover or cut off, as shares of the picture: published numbers, with where they are from.

They change with every redesign of an app. A proof shows them so that nobody puts a logo where a button will be; what
an advertiser has to keep to stands in the placement's own specification.

- Television: EBU R 95, revision 1 of 2017, and SMPTE ST 2046-1:2009: action within 93 %, titles and graphics within
  90 % of both sides.
- Stories and Reels: Meta's guide for advertisers, as quoted in June 2026 (imagefactory.co.kr, adsuploader.com):
  nothing that matters in the top 14 % and, in Stories, the bottom 20 %, in Reels the bottom 35 %.
- TikTok: depends on the length of the caption; TikTok's help page of October 2024 offers templates only. The usual
  reading at 1080 x 1920 (adfuseai.com, 2025) leaves 150 pixels free at the right for the buttons.
- Instagram: feed posts from 1.91:1 to 3:4, 4:5 the usual one; the profile's grid crops to 3:4 since January 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A rectangle by its edges as shares of width and height; `kind` says how it is drawn.

    "area": its corners. "covered": its edges within the picture. "cut": marks where a cut would begin.
    """

    name: str  # empty where the next guide's name tells of both
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    low: float = 1.0
    kind: str = "area"


def _within(name: str, across: float, down: float, kind: str = "area") -> Guide:
    """Return a guide in the middle of the picture, that wide and that high."""
    return Guide(
        name=name, left=(1 - across) / 2, right=(1 + across) / 2, top=(1 - down) / 2, low=(1 + down) / 2, kind=kind
    )


GUIDES: Mapping[str, tuple[Guide, ...]] = {
    "9:16": (
        Guide(name="Stories, Reels: name and header, 14 %", low=0.14, kind="covered"),
        Guide(name="Reels: caption below, 35 %", top=0.65, kind="covered"),
        Guide(name="TikTok: buttons", left=1 - 150 / 1080, top=0.40, low=0.65, kind="covered"),
        Guide(name="Stories: button below, 20 %", top=0.80, kind="covered"),
    ),
    "16:9": (
        _within("", 0.93, 0.93),
        _within("title safe 90 %, action safe 93 %", 0.90, 0.90),
    ),
    "4:3": (_within("title safe 90 %", 0.90, 0.90), _within("1:1", 3 / 4, 1.0, "cut")),
    "3:4": (_within("4:5 feed", 1.0, 0.75 / 0.8, "cut"), _within("1:1", 1.0, 3 / 4, "cut")),
    "1:1": (_within("3:4 grid, 4:5 feed", 3 / 4, 1.0, "cut"), _within("", 4 / 5, 1.0, "cut")),
}
