"""Every benchmark by its name; what each measures stands in its own module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.benchmarks import deliveries, engine, finished, galleries, ledgers, plans, start_up
from tests.benchmarks.figures import Figure, Scale

BENCHMARKS: dict[str, Callable[[Scale], Iterator[Figure]]] = {
    "start-up": start_up.measure,
    "plan": plans.measure,
    "finished": finished.measure,
    "ledger": ledgers.measure,
    "gallery": galleries.measure,
    "delivery": deliveries.measure,
    "engine": engine.measure,
}
