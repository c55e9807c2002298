"""Where things are on a proof: the live area for the picture above, the slug with the words below."""

from __future__ import annotations

from dataclasses import dataclass

from gen4flow.core.sizes import SIZES

# The slug's share of the height, by ratio. At 9:16 it is what an app's controls cover anyway.
SLUG_SHARES = {"9:16": 0.20, "3:4": 0.22}
SLUG_SHARE = 0.27
MARGIN_SHARE = 0.05  # of the shorter side; also where television wants titles to begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture's size in pixels and the ratio that its size is for."""

    width: int
    height: int
    ratio: str

    @classmethod
    def of(cls, size: tuple[int, int]) -> Frame:
        """Return the frame of a picture; a size that no request has counts as the ratio that it is nearest to."""
        width, height = size
        shapes = {ratio: abs(w / h - width / height) for (ratio, _), (w, h) in SIZES.items()}
        return cls(width=width, height=height, ratio=min(shapes, key=lambda ratio: shapes[ratio]))

    @property
    def unit(self) -> int:
        """The shorter side, by which type, margins and lines are sized."""
        return min(self.width, self.height)

    @property
    def margin(self) -> int:
        """The distance of words from the edge."""
        return round(MARGIN_SHARE * self.unit)

    @property
    def live_height(self) -> int:
        """The height of the picture above the slug."""
        return self.height - round(SLUG_SHARES.get(self.ratio, SLUG_SHARE) * self.height)
