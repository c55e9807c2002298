"""What it costs to begin: CPU time, which others on the machine disturb less than the clock."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial

from tests.benchmarks.figures import Figure, Scale, interleaved, median
from tests.benchmarks.processes import GEN4FLOW, taken_by

TEN_JOBS = """\
version: 1
name: ten
prompt: a {{ thing }} on {{ scene }}
matrix:
  thing: [mug, vase, bowl, plate, jug]
  scene: [marble, oak]
  seed: {auto: 1}
"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure --help against bare Python, and the first commands that anybody types."""
    recipe = scale.folder / "recipe.yaml"
    recipe.write_text(TEN_JOBS, encoding="utf-8")
    commands = {
        "python": (sys.executable, "-c", "pass"),
        "help": (*GEN4FLOW, "--help"),
        "validate": (*GEN4FLOW, "validate", recipe),
        "plan": (*GEN4FLOW, "plan", recipe),
    }
    found = interleaved(
        {name: partial(taken_by, command, scale.folder) for name, command in commands.items()}, scale.rounds
    )
    cpu = {name: median([one.cpu for one in rounds]) for name, rounds in found.items()}
    yield Figure(
        what="`--help`, against bare Python's CPU",
        value=cpu["help"] / cpu["python"],
        unit="times",
        target=2.5,
        note=f"{cpu['help'] * 1000:.0f} ms against {cpu['python'] * 1000:.0f} ms",
    )
    for name in ("validate", "plan"):
        what = f"`{name}` of a ten-job recipe, CPU"
        note = f"bare Python: {cpu['python'] * 1000:.0f} ms"  # says how fast the machine is just now
        yield Figure(what=what, value=cpu[name] * 1000, unit="ms", target=250, note=note)
