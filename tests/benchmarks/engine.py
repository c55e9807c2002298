"""How fast the engine buys from a server that is never slow, against loops that only fetch, and how well it polls."""

from __future__ import annotations

import heapq
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from tests.benchmarks import promptfoo
from tests.benchmarks.deliveries import photograph
from tests.benchmarks.engine_contestants import WITH_EXTRA, Spent
from tests.benchmarks.figures import Figure, Scale, interleaved, median

MEGABYTE = 1_000_000
IN_FLIGHT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What buying has taken, and what the server saw of it."""

    jobs: int
    spent: Spent
    seen: dict[str, Any]

    @property
    def rate(self) -> float:
        """Return the jobs in a second, from the start of the loop to its end."""
        return self.jobs / self.spent.wall


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure small files, then pictures, then many in flight, then predictions that take their time."""
    yield from _small_files(scale)
    yield from _against_slow_ones(scale, "httpx", jobs=1_000, target=15)
    yield from _against_slow_ones(scale, "sdk", jobs=500, target=None)
    yield from _pictures(scale)
    yield from _many_in_flight(scale)
    yield from _polling(scale)
    if scale.peers:
        yield _against_promptfoo(scale)


def _small_files(scale: Scale) -> Iterator[Figure]:
    """Measure what a job costs beside decoding, with and without the extra, and the ledger's share of it."""
    jobs = scale.of(4_000)
    found = _in_turns(scale, ["bare loop", "engine", WITH_EXTRA], jobs=jobs, in_flight=IN_FLIGHT)
    what = f"small files, {IN_FLIGHT} in flight, against a bare aiohttp loop"
    yield _ratio(what, found, 0.35)
    yield _ratio(f"{what}: with the extra", found, 0.65, WITH_EXTRA)
    yield _ledger_share("small files", found["engine"])


def _ledger_share(what: str, found: Sequence[Bought]) -> Figure:
    """Return how much of what the engine takes is the ledger's."""
    share = median([100 * one.spent.ledger / one.spent.cpu for one in found])
    note = f"{median([1000 * one.spent.ledger / one.jobs for one in found]):.2f} ms a job"
    return Figure(what=f"{what}: the ledger's share of a job's CPU", value=share, unit="%", target=3, note=note)


def _against_slow_ones(scale: Scale, peer: str, *, jobs: int, target: float | None) -> Iterator[Figure]:
    """Measure a peer that is too slow for many jobs."""
    found = _in_turns(scale, [peer, "engine", WITH_EXTRA], jobs=scale.of(jobs), in_flight=IN_FLIGHT)
    told = {"httpx": "httpx with raised limits", "sdk": "the provider's SDK, a thread for each"}[peer]
    what = f"small files, {IN_FLIGHT} in flight, against {told}"
    yield _ratio(what, found, target)
    yield _ratio(f"{what}: with the extra", found, target, WITH_EXTRA)


def _against_promptfoo(scale: Scale) -> Figure:
    """Measure promptfoo, from the first submit to the last file: its start alone takes many seconds."""
    what = f"small files, {IN_FLIGHT} in flight, against promptfoo with a provider that does the same"
    jobs, folder = scale.of(500), scale.folder / "promptfoo"
    once = partial(bought, scale.folder, "engine", jobs=jobs, in_flight=IN_FLIGHT)
    try:
        program = promptfoo.installed(folder)
        peer = partial(promptfoo.buy, program, folder, jobs=jobs, in_flight=IN_FLIGHT)
        measures: dict[str, Callable[[], dict[str, Any]]] = {"promptfoo": peer, "engine": lambda: once().seen}
        found = interleaved(measures, scale.rounds)
    except promptfoo.NotThereError as error:
        return Figure(what=what, value=0, unit="times", note=f"not there: {error}")
    took = {name: [seen["took"] for seen in rounds] for name, rounds in found.items()}
    ratios = [peer / own for peer, own in zip(took["promptfoo"], took["engine"], strict=True)]
    rates = {name: jobs / median(rounds) for name, rounds in took.items()}
    return Figure(
        what=what,
        value=median(ratios),
        unit="times",
        note=f"{rates['engine']:,.0f} jobs/s against {rates['promptfoo']:,.0f}",
    )


def _pictures(scale: Scale) -> Iterator[Figure]:
    """Measure pictures that are checked and get thumbnails, and the ledger's share of that."""
    file = scale.folder / "picture.png"
    if not file.exists():
        Image.open(io.BytesIO(photograph())).resize((720, 720)).save(file)
    names = ["bare loop", "engine"]
    found = _in_turns(scale, names, jobs=scale.of(400), in_flight=50, decode=True, server=("--file", str(file)))
    yield _ratio("pictures with thumbnails, against a bare loop that makes them", found, 0.8)
    yield _ledger_share("pictures with thumbnails", found["engine"])


def _many_in_flight(scale: Scale) -> Iterator[Figure]:
    """Measure four times as many in flight."""
    jobs = scale.of(4_000)
    usual, many = (
        partial(bought, scale.folder, "engine", jobs=jobs, in_flight=in_flight) for in_flight in (500, 2_000)
    )
    found = interleaved({"500": usual, "2,000": many}, scale.rounds)
    yield _ratio("2,000 in flight, against 500", found, 0.9)
    memory = [one.spent.memory / other.spent.memory for other, one in zip(found["500"], found["2,000"], strict=True)]
    yield Figure(what="2,000 in flight, against 500: memory", value=median(memory), unit="times", target=1.5)


def _polling(scale: Scale) -> Iterator[Figure]:
    """Measure predictions of four seconds, or of a fifth of one in small, against what the best schedule takes."""
    jobs, server = scale.of(400), ("--latency", "0.2" if scale.small else "4", "--cv", "0.25")
    once = partial(bought, scale.folder, "engine", jobs=jobs, in_flight=50, server=server)
    found = interleaved({"engine": once}, scale.rounds)["engine"]
    longer = [one.seen["took"] / greedy(one.seen["latencies"], 50) for one in found]
    what = f"{jobs} jobs of {server[1]} s, 50 in flight"
    yield Figure(what=f"{what}, against a greedy schedule", value=median(longer), unit="times", target=1.07)
    polls = median([one.seen["polls"] / one.jobs for one in found])
    yield Figure(what=f"{what}: polls", value=polls, unit="a job", target=5)


def _in_turns(scale: Scale, names: Sequence[str], **wish: Any) -> dict[str, list[Bought]]:
    """Let contestants buy the same in turns."""
    return interleaved({name: partial(bought, scale.folder, name, **wish) for name in names}, scale.rounds)


def _ratio(what: str, found: dict[str, list[Bought]], target: float | None, second: str | None = None) -> Figure:
    """Return how many jobs one contestant does in the time of one of the first's: the median of the rounds' ratios.

    It is the second one, where no other is named.
    """
    first, *others = found
    second = second or others[0]
    ratios = [one.rate / other.rate for other, one in zip(found[first], found[second], strict=True)]
    rates = {name: median([one.rate for one in rounds]) for name, rounds in found.items()}
    note = f"{rates[second]:,.0f} jobs/s against {rates[first]:,.0f}"
    return Figure(what=what, value=median(ratios), unit="times", target=target, at_least=True, note=note)


def bought(folder: Path, name: str, *, jobs: int, server: Sequence[str] = (), **wish: Any) -> Bought:
    """Let a contestant buy from a new server, each in a process of its own; raises RuntimeError where it fails."""
    place = folder / "bought"
    command = [sys.executable, "-m", "tests.benchmarks.engine_server", *server]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdin is not None
        assert serving.stdout is not None
        base = serving.stdout.readline().strip()
        told = json.dumps({"base": base, "jobs": jobs, "folder": str(place), **wish})
        contestant = [sys.executable, "-m", "tests.benchmarks.engine_contestants", name, told]
        done = subprocess.run(contestant, capture_output=True, text=True, check=False)
        serving.stdin.close()  # it tells what it saw, and ends
        seen = json.loads(serving.stdout.read())
    shutil.rmtree(place, ignore_errors=True)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr[-2000:]}")
    return Bought(jobs=jobs, spent=Spent(**json.loads(done.stdout)), seen=seen)


def greedy(latencies: Sequence[float], places: int) -> float:
    """Return how long it takes when each place is free in the moment that its prediction is done."""
    free = [0.0] * places
    for took in latencies:
        heapq.heapreplace(free, free[0] + took)
    return max(free)
