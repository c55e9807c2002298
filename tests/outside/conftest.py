"""What is promised outside is promised with and without the extra `fast`: tests that ask for both are done in both."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["0", "1"], ids=["plain", "fast"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run with httpx alone, then with the extra."""
    monkeypatch.setenv("GEN4FLOW_FAST", request.param)
