"""How fast a large recipe is planned: as a stream of lines, against a bare loop that renders and prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks import bare_loop
from tests.benchmarks.figures import Figure, Scale, interleaved, median
from tests.benchmarks.processes import GEN4FLOW, Taken, taken_by

PROMPT = "A photograph of {{ product }} on {{ scene }}, {{ light }}, 35 mm, with nothing else in the picture"
MEGABYTE = 1_000_000


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure a million jobs with a prompt of their own each, and with a prompt for every ten of them."""
    count = scale.of(1_000_000)
    yield from _streamed(scale, "each prompt once", {"product": count // 100, "scene": 10, "light": 10}, 1.5)
    yield from _streamed(
        scale, "ten jobs a prompt", {"product": count // 1000, "scene": 10, "light": 10, "seed": 10}, 2.5
    )


def _streamed(scale: Scale, told: str, counts: dict[str, int], target: float) -> Iterator[Figure]:
    """Measure a plan's lines against the bare loop over the same axes."""
    axes = {name: [n + 1 if name == "seed" else f"{name} {n}" for n in range(count)] for name, count in counts.items()}
    recipe = write_recipe(scale.folder / "recipe.yaml", axes)
    words = {"template": PROMPT, "axes": axes, "in_prompt": ["product", "scene", "light"]}
    told_of = scale.folder / "axes.json"
    told_of.write_text(json.dumps(words), encoding="utf-8")
    bare = (sys.executable, bare_loop.__file__, told_of)
    found = interleaved(
        {
            "bare": partial(taken_by, bare, scale.folder),
            "plan": partial(taken_by, (*GEN4FLOW, "plan", recipe, "--jsonl"), scale.folder),
        },
        scale.rounds,
    )
    yield against(f"`plan --jsonl`, {told}, against the bare loop", found, target)
    yield Figure(
        what=f"`plan --jsonl`, {told}: first line",
        value=median([one.first_line or 0.0 for one in found["plan"]]),
        unit="s",
        target=0.5,
    )
    memory = median([float(one.memory) for one in found["plan"]]) / MEGABYTE
    yield Figure(what=f"`plan --jsonl`, {told}: memory", value=memory, unit="MB", target=160)


def against(what: str, found: dict[str, list[Taken]], target: float) -> Figure:
    """Return how the CPU that the second takes is to what the first takes, as the median of the rounds' ratios."""
    first, second = found
    ratios = [one.cpu / bare.cpu for bare, one in zip(found[first], found[second], strict=True)]
    seconds = {name: median([one.cpu for one in rounds]) for name, rounds in found.items()}
    note = f"{seconds[second]:.2f} s of CPU against {seconds[first]:.2f} s"
    return Figure(what=what, value=median(ratios), unit="times", target=target, note=note)


def write_recipe(path: Path, axes: dict[str, list[str | int]]) -> Path:
    """Write the recipe of those axes and return its path."""
    whole = {
        "version": 1,
        "name": "large",
        "provider": "wavespeed",
        "prompt": PROMPT,
        "matrix": {**axes, "seed": axes.get("seed", [7])},
        "limits": {"max_jobs": 10_000_000},
    }
    path.write_text(json.dumps(whole), encoding="utf-8")  # which is YAML, too
    return path
