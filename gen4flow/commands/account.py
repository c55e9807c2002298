"""What is asked of a provider before anything is bought: is the key taken, is there money, are the prices right."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from gen4flow.api_client import ApiClient
from gen4flow.core.calls import Answer, Call, NoReply
from gen4flow.core.errors import AccessRefused, UsageError
from gen4flow.core.interfaces import Dialect
from gen4flow.core.job import Request
from gen4flow.core.price import show_money
from gen4flow.project import Project
from gen4flow.providers import PROVIDERS
from gen4flow.terminal import say

TRIES = 3
PAUSE = 0.5  # seconds between tries


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a provider is reached: its dialect, its base URL, and a key; whether it takes real money."""

    dialect: Dialect
    base_url: str
    key: str
    is_paid: bool = True

    def client(self) -> ApiClient:
        """Return a client, to be used and closed in one event loop."""
        return ApiClient(base_url=self.base_url, key=self.key)


def access_to(provider: str, project: Project) -> Access:
    """Return how a real provider is reached; raises UsageError for one that is not there yet.

    Raises AccessRefused without a key, and names the way without one.
    """
    if provider not in PROVIDERS:
        raise UsageError(f"nothing can be bought from {provider} yet: the providers are {', '.join(sorted(PROVIDERS))}")
    dialect = PROVIDERS[provider]
    key = project.key(dialect.KEY_VARIABLE)
    if key is None:
        raise AccessRefused(
            f"no API key: set {dialect.KEY_VARIABLE} in the environment, or in {project.root / '.env'}\n"
            "  help: without a key, `gen4flow run RECIPE --provider local` draws free proofs of the same plan"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise AccessRefused(f"{dialect.KEY_VARIABLE} holds what can be no key: look for a stray character in it")
    base_url = os.environ.get(dialect.BASE_URL_VARIABLE) or dialect.DEFAULT_BASE_URL
    return Access(dialect=dialect, base_url=base_url, key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the provider said: dollars, None where it did not say; prices by model and resolution."""

    balance: Decimal | None
    emulator: bool
    prices: dict[tuple[str, str], Decimal]


def ask_account(access: Access, requests: Iterable[Request]) -> Account:
    """Ask for the balance, and for the price of one request of each model and resolution; raises AccessRefused."""
    samples = {(request.model, request.resolution): request for request in requests}
    return asyncio.run(_ask_account(access, samples))


async def _ask_account(access: Access, samples: dict[tuple[str, str], Request]) -> Account:
    async with access.client() as client:
        answer = await _ask(client, access.dialect.balance())
        if (denial := access.dialect.read_denial(answer)) is not None:
            raise AccessRefused(f"the provider refuses the key or the account: {denial}")
        balance = access.dialect.read_balance(answer)
        if balance is None:
            say(f"warning: the provider does not tell the balance ({_words(answer)})")
        elif balance <= 0:
            raise AccessRefused(f"the balance is ${show_money(balance)}: top it up, then run again")
        prices = {}
        for sample, request in samples.items():
            told = await _ask(client, access.dialect.price(request))
            if (price := access.dialect.read_price(told)) is not None:
                prices[sample] = price
            else:
                say(f"warning: the provider does not tell the price of {' '.join(sample)}")
    return Account(balance=balance, emulator=access.dialect.is_emulator(answer), prices=prices)


async def _ask(client: ApiClient, call: Call) -> Answer:
    """Ask for something that buys nothing, a few times where the network fails."""
    answer = await client.ask(call)
    for _ in range(TRIES - 1):
        if not isinstance(answer, NoReply) and answer.status < 500:
            break
        await asyncio.sleep(PAUSE)
        answer = await client.ask(call)
    return answer


def _words(answer: Answer) -> str:
    return answer.message if isinstance(answer, NoReply) else f"HTTP {answer.status}"
