"""`{range: {from, to, step}}`: numbers in even steps, counted in exact decimals."""

from __future__ import annotations

from decimal import Context, Decimal

from gen4flow.axis_sources.reading import Reading, failure
from gen4flow.core.recipe import AxisValue
from gen4flow.core.values import Value, WrittenFloat

MAX_NUMBERS = 1_000_000  # of one range
MAX_DECIMALS = 15
MAX_BOUND = Decimal(10) ** 15

_EXACT = Context(prec=60)  # more digits than bounds and decimals together have


def read_range(reading: Reading) -> tuple[AxisValue, ...]:
    """Return the numbers from the first to the last, which is included when a step lands on it.

    All have as many decimals as the first number and the step need; without any they are whole numbers.
    """
    first, last, step = (_bound(reading, name) for name in ("from", "to", "step"))
    decimals = max(_decimals(first), _decimals(step))
    start, pace = (int(_EXACT.scaleb(number, decimals)) for number in (first, step))
    count = _count(reading, first, last, step)
    return tuple(AxisValue.of(_number(start + index * pace, decimals), reading.axis.mark) for index in range(count))


def _bound(reading: Reading, name: str) -> Decimal:
    """Return a number of the range as it was written; raises RecipeError for one that is out of bounds."""
    settings = reading.axis.settings["range"]
    value = settings.get(name, 1) if isinstance(settings, dict) else 1
    number = Decimal(str(value))
    if abs(number) >= MAX_BOUND or _decimals(number) > MAX_DECIMALS:
        message = f"{name}: {str(value)[:40]} is beyond 15 digits before or after the point"
        raise failure(reading.axis.mark, "range", message, "use a smaller range, or a list")
    return number


def _decimals(number: Decimal) -> int:
    """Return how many digits a number has after the point as it was written."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _count(reading: Reading, first: Decimal, last: Decimal, step: Decimal) -> int:
    """Return how many numbers there are; raises RecipeError for none, or for too many."""
    mark = reading.axis.mark
    if step == 0:
        raise failure(mark, "range", "the step is 0", "write a step that leads to the end")
    if (last - first) * step < 0:
        raise failure(mark, "range", f"the step {step} leads away from {last}", "turn its sign around")
    count = int(_EXACT.divide_int(_EXACT.subtract(last, first), step)) + 1
    if count > MAX_NUMBERS:
        raise failure(mark, "range", f"the range has {count:,} numbers", f"at most {MAX_NUMBERS:,} are possible")
    return count


def _number(scaled: int, decimals: int) -> Value:
    """Return a number of steps of the last decimal as the value that YAML would have read."""
    if not decimals:
        return scaled
    digits = f"{abs(scaled):0{decimals + 1}d}"
    return WrittenFloat(f"{'-' if scaled < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}")
