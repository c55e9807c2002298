"""What an image costs: a dated table, and money as exact decimals.

Source: the price table of WaveSpeedAI's page for runwayml/gen4-image, read 2026-11-01; turbo from the vendor's
model list. Money is `Decimal` in US dollars here, whole micro-dollars in the ledger, strings in JSON.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

CURRENCY = "USD"
PRICES_AS_OF = "2026-11-01"
FREE = Decimal("0.00")

# (model, resolution) -> list price of one image, in US dollars
PRICES: dict[tuple[str, str], Decimal] = {
    ("runwayml/gen4-image", "720p"): Decimal("0.05"),
    ("runwayml/gen4-image", "1080p"): Decimal("0.08"),
    ("runwayml/gen4-image-turbo", "720p"): Decimal("0.03"),
    ("runwayml/gen4-image-turbo", "1080p"): Decimal("0.03"),
}


def list_price(model: str, resolution: str) -> Decimal | None:
    """Return the list price of one image in US dollars, None where the table knows none."""
    return PRICES.get((model, resolution))


@lru_cache
def list_micros(model: str, resolution: str) -> int | None:
    """Return the list price of one image in micro-dollars, None where the table knows none."""
    price = list_price(model, resolution)
    return None if price is None else to_micros(price)


def to_micros(amount: Decimal) -> int:
    """Return an amount of dollars as whole micro-dollars; raises ValueError where that loses something."""
    micros = amount * 1_000_000
    if micros != micros.to_integral_value():
        raise ValueError(f"{amount} is finer than a millionth of a dollar")
    return int(micros)


def from_micros(micros: int) -> Decimal:
    """Return whole micro-dollars as dollars with at least two decimals."""
    amount = Decimal(micros).scaleb(-6)
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount.normalize()


@lru_cache
def show_micros(micros: int) -> str:
    """Return micro-dollars as the decimal string that JSON and people get."""
    return show_money(from_micros(micros))


def show_money(amount: Decimal) -> str:
    """Return an amount as the decimal string that JSON and people get: at least two decimals, never an exponent."""
    return f"{from_micros(to_micros(amount)):f}"
