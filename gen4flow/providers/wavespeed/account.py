"""The account: balance, prices, whether the key is taken, and whether this is the emulator."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from gen4flow.core.calls import Answer, Call, NoReply
from gen4flow.core.job import Request
from gen4flow.providers.wavespeed.envelope import PREFIX, open_envelope, says_no_credits

MOST = 1_000_000_000_000  # US dollars: no balance and no price is more
MICRO = Decimal("0.000001")
EMULATOR_HEADER = "gen4flow-emulator"


def balance() -> Call:
    """Return the call that asks for the balance."""
    return Call(method="GET", path=f"{PREFIX}/balance")


def read_balance(answer: Answer) -> Decimal | None:
    """Return the balance in US dollars, None where the answer does not say."""
    return _amount(answer, "balance")


def price(request: Request) -> Call:
    """Return the call that asks what a request would cost; prompt and parameters are its inputs."""
    inputs = {"prompt": request.prompt, **request.parameters}
    return Call(method="POST", path=f"{PREFIX}/model/price", json={"model_id": request.model, "inputs": inputs})


def read_price(answer: Answer) -> Decimal | None:
    """Return what would be charged, in US dollars: the discounted price where there is one."""
    discounted = _amount(answer, "discounted_price")
    return discounted if discounted is not None else _amount(answer, "price")


def read_denial(answer: Answer) -> str | None:
    """Return why the key, the account or the balance is refused, None where nothing of it is."""
    if isinstance(answer, NoReply):
        return None
    envelope = open_envelope(answer)
    if answer.status in {401, 402, 403} or says_no_credits(envelope):
        return f"HTTP {answer.status}: {envelope.message or 'no message'}"
    return None


def is_emulator(answer: Answer) -> bool:
    """Tell whether the answer bears the emulator's mark."""
    return not isinstance(answer, NoReply) and answer.headers.get(EMULATOR_HEADER) == "1"


def _amount(answer: Answer, field: str) -> Decimal | None:
    """Return an amount of money from an answer's data; floats come as the provider writes them."""
    if isinstance(answer, NoReply) or answer.status != 200:
        return None
    envelope = open_envelope(answer)
    told = envelope.data.get(field) if envelope.data else None
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= MOST:  # NaN fails too
        return None
    return Decimal(str(told)).quantize(MICRO, ROUND_HALF_EVEN)
