"""How soon the page of 10,000 images is there, and how large it is, when their thumbnails are."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.figures import Figure, Scale, median
from tests.benchmarks.finished import finish
from tests.benchmarks.plans import MEGABYTE, write_recipe
from tests.benchmarks.processes import GEN4FLOW, taken_by


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure `gallery` on a finished recipe."""
    counts = {"product": scale.of(10_000) // 10, "scene": 5, "light": 2}
    recipe = write_recipe(
        scale.folder / "recipe.yaml", {name: [f"{name} {n}" for n in range(many)] for name, many in counts.items()}
    )
    (scale.folder / "gen4flow.toml").touch()
    finish(recipe)
    taken_by((*GEN4FLOW, "run", recipe, "--yes"), scale.folder)  # writes the manifest
    rounds = [taken_by((*GEN4FLOW, "gallery", recipe), scale.folder) for _ in range(scale.rounds)]
    yield Figure(
        what=f"`gallery` of {scale.of(10_000):,} images",
        value=median([one.wall for one in rounds]),
        unit="s",
        target=5,
        note=f"{median([one.cpu for one in rounds]):.2f} s of CPU",
    )
    size = (scale.folder / "out/large/gallery.html").stat().st_size / MEGABYTE
    yield Figure(what="its page", value=size, unit="MB", target=12)
