"""What the second server remembers: the account, its predictions, every request, and the trap for a killed client."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.outside.orders import Orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it came: `where` is api or cdn, headers have lower-case names, `at` is monotonic seconds."""

    where: str
    method: str
    path: str
    headers: dict[str, str]
    body: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One booked image: what was asked, when, and when it will be done (monotonic seconds)."""

    id: str
    request: dict[str, Any]
    body: str
    created_at: str
    done_at: float


@dataclass(slots=True, kw_only=True)
class Upload:
    """One uploaded file: its address, what its ticket said, and once it came how often and its sha256."""

    url: str
    size: int
    headers: dict[str, str]
    count: int = 0
    sha256: str = ""


@dataclass(slots=True, kw_only=True)
class Trap:
    """A process group to kill at the `count`th `event`: arrived, booked, poll, file or upload."""

    pid: int
    event: str
    count: int


@dataclass(slots=True, kw_only=True)
class Account:
    """Everything that the server remembers; `lock` guards it."""

    key: str
    latency: float
    jitter: float
    answer_delay: float
    price_factor: float = 1.0
    balance: float = 100.0
    cdn_url: str = ""
    serves_tickets: bool = True
    uploads: dict[str, Upload] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    booked: list[Prediction] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    trap: Trap | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def due(self, kind: str, subject: str, orders: Orders) -> str | None:
        """Return the fault ordered for this kind of step, counting it, or None when it is used up."""
        order = orders.get(kind)
        if order is None:
            return None
        with self.lock:
            self.times[f"{kind} {subject}"] += 1
            return order.name if order.limit is None or self.times[f"{kind} {subject}"] <= order.limit else None

    def book(self, request: dict[str, Any], body: str) -> Prediction:
        """Charge for one image; from here on the money is spent, whatever the client hears."""
        with self.lock:
            number = len(self.booked)
            seconds = max(0.0, self.latency + random.uniform(-self.jitter, self.jitter))
            prediction = Prediction(
                id=hashlib.md5(f"{os.getpid()} {number}".encode()).hexdigest(),
                request=request,
                body=body,
                created_at=datetime.now(UTC).isoformat().replace("+00:00", "123Z"),
                done_at=time.monotonic() + seconds,
            )
            self.booked.append(prediction)
        self.spring("booked")
        return prediction

    def find(self, prediction_id: str) -> Prediction | None:
        """Return the prediction with this id, if there is one."""
        with self.lock:
            return next((one for one in self.booked if one.id == prediction_id), None)

    def spring(self, event: str) -> None:
        """Kill the trapped process group when its event has come often enough."""
        with self.lock:
            trap = self.trap
            if trap is None or trap.event != event:
                return
            trap.count -= 1
            if trap.count > 0:
                return
            self.trap = None
        try:
            os.killpg(trap.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
