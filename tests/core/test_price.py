"""What an image costs, and money as exact decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.price import from_micros, list_price, show_money, to_micros


@pytest.mark.parametrize(
    ("model", "resolution", "price"),
    [
        ("runwayml/gen4-image", "720p", "0.05"),
        ("runwayml/gen4-image", "1080p", "0.08"),
        ("runwayml/gen4-image-turbo", "720p", "0.03"),
        ("runwayml/gen4-image-turbo", "1080p", "0.03"),
        ("runwayml/gen4-image", "4k", None),
        ("someone/else", "720p", None),
    ],
)
def test_the_list_price_of_an_image_is_known_or_none(model: str, resolution: str, price: str | None) -> None:
    assert list_price(model, resolution) == (None if price is None else Decimal(price))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0", "0.00"), ("0.05", "0.05"), ("0.5", "0.50"), ("12", "12.00"), ("0.000001", "0.000001"), ("1E+3", "1000.00")],
)
def test_money_is_shown_as_a_plain_decimal(amount: str, shown: str) -> None:
    assert show_money(Decimal(amount)) == shown


@given(st.integers(0, 10**15))
def test_micro_dollars_go_there_and_back(micros: int) -> None:
    assert to_micros(from_micros(micros)) == micros
    assert Decimal(show_money(from_micros(micros))) * 1_000_000 == micros


def test_twenty_images_cost_a_dollar_sharp() -> None:
    assert sum([to_micros(Decimal("0.05"))] * 20) == 1_000_000


@pytest.mark.parametrize("amount", ["0.0000001", "NaN"])
def test_what_micro_dollars_can_not_hold_is_an_error(amount: str) -> None:
    with pytest.raises(ValueError, match="finer"):
        to_micros(Decimal(amount))
