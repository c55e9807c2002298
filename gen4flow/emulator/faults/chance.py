"""Decides which request meets which fault: the same sequence for the same seed."""

from __future__ import annotations

import functools
import random
from collections import Counter
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.core.errors import UsageError
from gen4flow.emulator.faults.fault import Fault
from gen4flow.emulator.faults.register import FAULTS
from gen4flow.emulator.requests import Handler, emulator_of
from gen4flow.emulator.settings import FaultRule


class Chance:
    """Draws for every request; each point has a sequence of its own, so that polls don't shift submits."""

    def __init__(self, rules: Sequence[FaultRule], *, seed: int) -> None:
        for rule in rules:
            if (rule.point, rule.name) not in FAULTS:
                raise UsageError(f"there is no fault {rule.point}:{rule.name}; --list-faults names them all")
        self.rules = tuple(rules)
        self.met: Counter[FaultRule] = Counter()
        points = {rule.point for rule in rules}
        self._draws = {point: random.Random(f"{seed} {point}") for point in points}  # noqa: S311

    def next(self, point: str) -> Fault | None:
        """Return the fault that the next request at a point meets: the first rule that hits."""
        # Every rule draws for every request, so that one that has used up its times does not shift the
        # others.
        hits = [rule for rule in self.rules if rule.point == point and self._draws[point].random() < rule.probability]
        for rule in hits:
            if rule.times is None or self.met[rule] < rule.times:
                self.met[rule] += 1
                return FAULTS[rule.point, rule.name]
        return None


def faulty(point: str, handler: Handler) -> Handler:
    """Let the faults of a point happen to an endpoint."""

    async def exposed(request: Request) -> Response:
        emulator_of(request).requests[point] += 1
        chance: Chance = request.app.state.chance
        fault = chance.next(point)
        if fault is None:
            return await handler(request)
        return await fault.act(request, functools.partial(handler, request))

    return exposed
