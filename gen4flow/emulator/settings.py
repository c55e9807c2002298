"""How an emulator behaves: values that a test, a command or `--provider local` fills in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from gen4flow.core.errors import UsageError

IMAGE_FORMATS = ("png", "jpeg", "webp")
DEFAULT_BALANCE = Decimal("1000000.00")
DEFAULT_LATENCY = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """At `point`, the fault `name` happens with `probability`, at most `times` times (None: no limit)."""

    point: str
    name: str
    probability: float = 1.0
    times: int | None = None

    @classmethod
    def parse(cls, text: str) -> FaultRule:
        """Read POINT:NAME:PROBABILITY or POINT:NAME:PROBABILITY:TIMES; raises UsageError."""
        parts = text.split(":")
        try:
            point, name, probability = parts[0], parts[1], float(parts[2])
            times = int(parts[3]) if len(parts) == 4 else None
        except (IndexError, ValueError) as error:
            raise UsageError(f"--fault {text}: write POINT:NAME:PROBABILITY, as in poll:500:0.1") from error
        if len(parts) > 4 or not 0 <= probability <= 1 or (times is not None and times < 1):
            raise UsageError(f"--fault {text}: the probability is from 0 to 1, the number of times at least 1")
        return cls(point=point, name=name, probability=probability, times=times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set about an emulator.

    `latency` is the mean time from acceptance to the finished picture, in seconds; single ones take half to
    one and a half of it. `balance` is what the account held before its first prediction, in US dollars. `key`
    None accepts any key that is not empty. `folder` None forgets everything at the end. `fault_seed` fixes
    which requests the `faults` hit, `id_seed` the ids (None: from the operating system, never the same
    twice). `stall` is how long a stalling fault holds a connection that its client does not give up, in
    seconds.
    """

    latency: float = DEFAULT_LATENCY
    balance: Decimal = DEFAULT_BALANCE
    key: str | None = None
    image_format: str = "png"
    folder: Path | None = None
    faults: tuple[FaultRule, ...] = ()
    fault_seed: int = 0
    id_seed: int | None = None
    stall: float = 90.0
