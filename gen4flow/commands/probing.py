"""Asks a provider's free endpoints, one after the other, and says how each answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from gen4flow.commands.account import Access, access_to
from gen4flow.commands.checks import Check, Verdict
from gen4flow.core.calls import Answer, Call, NoReply
from gen4flow.core.errors import AccessRefused
from gen4flow.core.job import Request
from gen4flow.core.price import PRICES, list_price
from gen4flow.project import Project
from gen4flow.providers import PROVIDERS

SKEW = timedelta(seconds=60)  # between the machine's clock and the provider's
Reading: TypeAlias = Callable[[Answer], str | None]  # what an answer says; None: it can't be read


def probe(project: Project) -> list[Check]:
    """Return a check for each endpoint of each provider that has a key; nothing of it buys anything."""
    checks = []
    for name in sorted(PROVIDERS.keys() - {"local"}):
        try:
            access = access_to(name, project)
        except AccessRefused as error:
            checks.append(Check(name=f"{name}: probe", verdict=Verdict.WARNS, told=str(error).partition("\n")[0]))
            continue
        checks += asyncio.run(_probe(name, access))
    return checks


async def _probe(name: str, access: Access) -> list[Check]:
    checks, answer = [], None
    async with access.client() as client:
        for place, call, read in _calls(access):
            start = time.monotonic()
            answer = await client.ask(call)
            checks.append(_judged(f"{name}: {place}", access, answer, read, time.monotonic() - start))
    return [*checks, *skew(name, answer)]


def _calls(access: Access) -> Iterator[tuple[str, Call, Reading]]:
    """Yield what is asked, and how its answer is read."""
    dialect, now = access.dialect, datetime.now(UTC)
    yield "balance", dialect.balance(), lambda answer: _money(dialect.read_balance(answer))
    for model, resolution in PRICES:
        request = Request(
            provider=dialect.NAME,
            model=model,
            prompt="a cup",
            parameters={"aspect_ratio": "1:1", "resolution": resolution},
        )
        planned = list_price(model, resolution)
        yield (
            f"price of {model} at {resolution}",
            dialect.price(request),
            lambda answer, planned=planned: _price(dialect.read_price(answer), planned),  # type: ignore[misc]
        )
    yield "history", dialect.history(page=1, since=now - timedelta(days=1)), _counted(dialect.read_history)
    yield (
        "billing",
        dialect.billing(page=1, since=now - timedelta(days=1), until=now),
        _counted(dialect.read_billing),
    )


def _money(amount: object) -> str | None:
    return None if amount is None else f"${amount}"


def _price(amount: object, planned: object) -> str | None:
    """Return a price, and the one that plans count with where that is another."""
    if amount is None:
        return None
    return f"${amount}" if amount == planned else f"${amount}, and plans count ${planned}"


def _counted(read: Callable[[Answer], object]) -> Reading:
    """Return how the page of a list is read."""

    def reading(answer: Answer) -> str | None:
        page = read(answer)
        return f"{len(page[0])} of the last day" if isinstance(page, tuple) else None

    return reading


def _judged(name: str, access: Access, answer: Answer, read: Reading, seconds: float) -> Check:
    """Return how an endpoint answered."""
    if isinstance(answer, NoReply):
        remedy = "check the network, the base URL and proxies"
        return Check(name=name, verdict=Verdict.FAILS, told=answer.message, help=remedy)
    if (denial := access.dialect.read_denial(answer)) is not None:
        return Check(name=name, verdict=Verdict.FAILS, told=denial, help="check the key and the account")
    told = read(answer)
    if told is None:
        verdict = Verdict.FAILS if name.endswith("balance") else Verdict.WARNS
        return Check(name=name, verdict=verdict, told=f"HTTP {answer.status}, and no answer that can be read")
    emulator = ", an emulator" if access.dialect.is_emulator(answer) else ""
    return Check(name=name, told=f"{told} ({seconds * 1000:.0f} ms{emulator})")


def skew(name: str, answer: Answer | None) -> Iterator[Check]:
    """Yield how far the machine's clock is from the provider's, where the provider tells its own."""
    if answer is None or isinstance(answer, NoReply) or answer.received is None:
        return
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return
    skew = abs(answer.received - theirs)
    verdict = Verdict.FAILS if skew > SKEW else Verdict.FINE
    told = f"{skew.total_seconds():.0f} s from the provider's"
    yield Check(name=f"{name}: clock", verdict=verdict, told=told, help="set the clock" if skew > SKEW else "")
