"""What a plan comes to: its jobs by action, and its price."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from gen4flow.core.manifest import plain_axes
from gen4flow.core.plan import Action, PlannedJob, Slot
from gen4flow.core.price import CURRENCY, from_micros, list_price, show_money
from gen4flow.core.references import RemoteImage


@dataclass(slots=True, kw_only=True)
class Summary:
    """Adds planned jobs up as they come; money in micro-dollars, `real` in dollars is what proofs would cost.

    `held` is what waits for approval, by step. `requests` counts the jobs of each request, to tell shared images.
    """

    actions: Counter[Action] = field(default_factory=Counter)
    price: int = 0
    real: Decimal = Decimal(0)
    unpriced: int = 0
    held: Counter[str] = field(default_factory=Counter)
    real_held: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    hosts: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)

    def add(self, planned: PlannedJob) -> None:
        """Take a job into account."""
        self.actions[planned.action] += 1
        request = planned.job.request
        self.requests[planned.job.fingerprint] += 1
        self.hosts.update({one.host for one in planned.job.request.references if isinstance(one, RemoteImage)})
        if planned.action is Action.HELD:
            self.held[planned.job.step] += planned.price or 0
            self.real_held[planned.job.step] += list_price(request.model, request.resolution) or Decimal(0)
        if planned.buys:
            self.price += planned.price or 0
            self.unpriced += planned.price is None
            self.real += list_price(planned.job.request.model, planned.job.request.resolution) or 0

    @property
    def jobs(self) -> int:
        """Return how many jobs the plan has; what was removed is none."""
        return sum(count for action, count in self.actions.items() if action is not Action.REMOVE)

    @property
    def sharing(self) -> tuple[int, int]:
        """Return how many jobs share their image with another one, and how many images that are."""
        shared = [count for count in self.requests.values() if count > 1]
        return sum(shared), len(shared)

    @property
    def buys(self) -> int:
        """Return how many images would be bought."""
        return sum(self.actions[action] for action in (Action.ADD, Action.CHANGE, Action.RETRY))

    def as_json(self) -> dict[str, object]:
        """Return the plan's totals as JSON values."""
        return {
            "jobs": self.jobs,
            "buys": self.buys,
            "price": show_money(from_micros(self.price)),
            "held_price": show_money(from_micros(sum(self.held.values()))),
            "list_price": show_money(self.real),
            "currency": CURRENCY,
            "by_action": {action.value: self.actions[action] for action in Action if self.actions[action]},
        }


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
