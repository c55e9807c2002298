"""Makes the values of which a plan has millions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

Made = TypeVar("Made", bound=tuple[Any, ...])

# Makes a NamedTuple of all its fields in their order. What `typing` writes for each to be called is Python, and takes
# as long again as the tuple does.
tuple_of = cast(Callable[[type[Made], Iterable[object]], Made], tuple.__new__)
