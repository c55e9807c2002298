"""A small canvas for what is out of focus: drawn small, blurred, and enlarged to the picture's size."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from gen4flow.emulator.proof.colours import RGB, Colour, lit

SCALE = 6  # a picture is this many times larger
# Light by the level of Pillow's radial gradient, which is 0 in the middle and 181 in the middle of an edge
FALLOFF = [max(0.0, 1 - level / 181) ** 1.5 for level in range(256)]


class Sketch:
    """A canvas whose points are shares of the width and the height, from the upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (max(8, width // SCALE), max(8, height // SCALE)))
        self._pen = ImageDraw.Draw(self.image)

    @property
    def unit(self) -> int:
        """The shorter side in pixels."""
        return min(self.image.size)

    @property
    def across(self) -> float:
        """The shorter side as a share of the width."""
        return self.unit / self.image.width

    def polygon(self, points: Sequence[tuple[float, float]], colour: RGB) -> None:
        """Fill a polygon."""
        width, height = self.image.size
        self._pen.polygon([(x * width, y * height) for x, y in points], fill=colour)

    def box(self, left: float, top: float, right: float, low: float, colour: RGB) -> None:
        """Fill a rectangle."""
        self.polygon(((left, top), (right, top), (right, low), (left, low)), colour)

    def disc(self, x: float, y: float, radius: float, colour: RGB, *, flat: float = 1.0) -> None:
        """Fill a disc, whose radius is a share of the shorter side; `flat` presses it from above."""
        width, height = self.image.size
        across, down = radius * self.unit, radius * self.unit * flat
        self._pen.ellipse((x * width - across, y * height - down, x * width + across, y * height + down), fill=colour)

    def fade(self, top: float, low: float, colour: Colour, light: tuple[float, float]) -> None:
        """Fill the band between two heights with one colour in light that changes from top to foot."""
        width, height = self.image.size
        first, last = round(top * height), round(low * height)
        for row in range(first, last):
            share = (row - first) / max(1, last - first - 1)
            here = light[0] + (light[1] - light[0]) * share
            self._pen.line(((0, row), (width, row)), fill=lit(colour, here))

    def blur(self, radius: float) -> None:
        """Put everything so far out of focus; the radius is a share of the shorter side."""
        self.image = self.image.filter(ImageFilter.GaussianBlur(radius * self.unit))
        self._pen = ImageDraw.Draw(self.image)

    def glow(self, x: float, y: float, radius: float, strength: float) -> None:
        """Add a pool of light around a point, or with a negative strength a shadow; the radius is in longer sides."""
        width, height = self.image.size
        side = max(2, round(2 * radius * max(width, height)))
        disc = Image.radial_gradient("L").point([round(255 * abs(strength) * share) for share in FALLOFF])
        pool = Image.new("L", (width, height))
        corner = (round(x * width) - side // 2, round(y * height) - side // 2)
        pool.paste(disc.resize((side, side), Image.Resampling.BILINEAR), corner)
        joined = ImageChops.screen if strength > 0 else ImageChops.subtract
        self.image = joined(self.image, Image.merge("RGB", (pool, pool, pool)))
        self._pen = ImageDraw.Draw(self.image)

    def darken(self, points: Sequence[tuple[float, float]], strength: float, blur: float) -> None:
        """Lay a soft shadow of a polygon's shape over everything so far."""
        width, height = self.image.size
        shape = Image.new("L", (width, height))
        ImageDraw.Draw(shape).polygon([(x * width, y * height) for x, y in points], fill=round(255 * strength))
        shadow = ImageChops.invert(shape.filter(ImageFilter.GaussianBlur(blur * self.unit)))
        self.image = ImageChops.multiply(self.image, Image.merge("RGB", (shadow, shadow, shadow)))
        self._pen = ImageDraw.Draw(self.image)

    def enlarged(self, width: int, height: int, *, seen: int) -> Image.Image:
        """Return the sketch in the size of the picture, of which only the first rows are to be seen."""
        top = (0.0, 0.0, float(self.image.width), self.image.height * seen / height)
        canvas = Image.new("RGB", (width, height))
        canvas.paste(self.image.resize((width, seen), Image.Resampling.BICUBIC, box=top))
        return canvas
