"""What a plan comes to: its jobs by action, and its price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from gen4flow.core.manifest import plain_axes
from gen4flow.core.plan import BUYS, Action, PlannedJob, Slot
from gen4flow.core.price import CURRENCY, from_micros, list_price, show_money
from gen4flow.core.references import RemoteImage

_Kind: TypeAlias = tuple[Action, str, str, str | int, int | None]


@dataclass(slots=True, kw_only=True)
class Summary:
    """Adds planned jobs up as they come: it counts their kinds, and reckons with these alone.

    A kind is action, step, model, resolution, and price in micro-dollars (None where nobody knows).
    `requests` counts the jobs of each image that several of them share. `asking` are the steps that wait for an
    approval of their own; others wait for what they need.
    """

    kinds: Counter[_Kind] = field(default_factory=Counter)
    removed: int = 0
    hosts: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    asking: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, jobs: Sequence[PlannedJob]) -> Summary:
        """Return what some of a plan's jobs come to, the first one of a request perhaps not among them."""
        summary = cls()
        summary.add(jobs)
        shared = Counter(planned.job.fingerprint for planned in jobs)
        summary.requests = Counter({fingerprint: count for fingerprint, count in shared.items() if count > 1})
        return summary

    def add(self, jobs: Iterable[PlannedJob]) -> None:
        """Take jobs into account; those that they share their images with came before them."""
        kinds: list[_Kind] = []
        for planned in jobs:
            job, action = planned.job, planned.action
            request = job.request
            kinds.append((action, job.step, request.model, request.parameters["resolution"], planned.price))
            if action is Action.HELD and job.held:
                self.asking.add(job.step)
            if request.references:
                self.hosts.update({one.host for one in request.references if isinstance(one, RemoteImage)})
            if job.first is not None:
                self.requests[job.fingerprint] += 1 if job.fingerprint in self.requests else 2
        self.kinds.update(kinds)

    @property
    def actions(self) -> Counter[Action]:
        """Return the jobs by action, and how many are none any more."""
        counted: Counter[Action] = Counter({Action.REMOVE: self.removed})
        for (action, *_), count in self.kinds.items():
            counted[action] += count
        return counted

    @property
    def jobs(self) -> int:
        """Return how many jobs the plan has; what was removed is none."""
        return self.kinds.total()

    @property
    def sharing(self) -> tuple[int, int]:
        """Return how many jobs share their image with another one, and how many images that are."""
        return self.requests.total(), len(self.requests)

    @property
    def buys(self) -> int:
        """Return how many images would be bought."""
        return sum(count for (action, *_), count in self.kinds.items() if action in BUYS)

    @property
    def price(self) -> int:
        """Return what they cost in micro-dollars, as far as that is known."""
        return sum(count * (price or 0) for (action, *_, price), count in self.kinds.items() if action in BUYS)

    @property
    def real(self) -> Decimal:
        """Return what they would cost for real, in dollars: proofs are free."""
        return sum((count * _real(kind) for kind, count in self.kinds.items() if kind[0] in BUYS), Decimal(0))

    @property
    def held(self) -> dict[str, int]:
        """Return what waits for approval in micro-dollars, by step."""
        found: Counter[str] = Counter()
        for (action, step, *_, price), count in self.kinds.items():
            if action is Action.HELD:
                found[step] += count * (price or 0)
        return dict(found)

    def real_held(self, step: str) -> Decimal:
        """Return what waits for approval in a step, as it would cost for real, in dollars."""
        held = (one for one in self.kinds.items() if one[0][:2] == (Action.HELD, step))
        return sum((count * _real(kind) for kind, count in held), Decimal(0))

    def as_json(self) -> dict[str, object]:
        """Return the plan's totals as JSON values."""
        actions = self.actions
        return {
            "jobs": self.jobs,
            "buys": self.buys,
            "price": show_money(from_micros(self.price)),
            "held_price": show_money(from_micros(sum(self.held.values()))),
            "list_price": show_money(self.real),
            "currency": CURRENCY,
            "by_action": {action.value: actions[action] for action in Action if actions[action]},
        }


def _real(kind: _Kind) -> Decimal:
    _, _, model, resolution, _ = kind
    return list_price(model, str(resolution)) or Decimal(0)


def job_json(planned: PlannedJob) -> dict[str, object]:
    """Return a planned job as JSON values."""
    job = planned.job
    return {
        "key": job.key,
        "fingerprint": job.fingerprint,
        "action": planned.action.value,
        "reason": planned.reason,
        "changed": list(planned.changed),
        "axes": plain_axes(job.axes),
        "extras": dict(job.extras),
        "tags": dict(job.tags),
        "prompt": job.request.prompt,
        "parameters": dict(job.request.parameters),
        "references": [reference.as_json() for reference in job.request.references],
        "price": None if planned.price is None else show_money(from_micros(planned.price)),
        "files": list(planned.files),
    }


def removed_json(slot: Slot) -> Mapping[str, object]:
    """Return a slot that is no job any more as JSON values."""
    return {
        "key": slot.key,
        "fingerprint": slot.fingerprint,
        "action": Action.REMOVE.value,
        "reason": "no longer in the recipe; nothing is deleted",
        "changed": [],
        "axes": {},
        "extras": {},
        "tags": {},
        "prompt": str(slot.request.get("prompt") or ""),
        "parameters": {},
        "references": [],
        "price": "0.00",
        "files": [],
    }
