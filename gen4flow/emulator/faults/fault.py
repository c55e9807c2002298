"""The shape of a fault: a function in place of an endpoint, and a line that says what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

Proceed: TypeAlias = Callable[[], Awaitable[Response]]  # runs the endpoint and returns its answer
Act: TypeAlias = Callable[[Request, Proceed], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: the function that acts in place of the endpoint, and one line for people."""

    act: Act
    line: str
