"""What a run remembers of how long predictions take is what the last ones of a kind took."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.job import Request
from gen4flow.core.polling import WINDOW, rhythm
from gen4flow.engine.rhythms import Rhythms
from tests.engine.running import task


@given(latencies=st.lists(st.sampled_from([0.5, 1.0, 4.0]) | st.floats(0.01, 60), min_size=1, max_size=WINDOW + 80))
def test_the_last_ones_of_a_kind_are_remembered(latencies: list[float]) -> None:
    rhythms, request = Rhythms(), task(1).request
    for latency in latencies:
        rhythms.saw(request, latency)
    assert rhythms.of(request) == rhythm(latencies[-WINDOW:])


def test_another_size_is_another_kind() -> None:
    rhythms = Rhythms()
    small: Request = task(1).request
    large = small._replace(parameters={**small.parameters, "resolution": "1080p"})
    for _ in range(20):
        rhythms.saw(small, 1.0)
        rhythms.saw(large, 9.0)
    assert (rhythms.of(small), rhythms.of(large)) == (rhythm([1.0] * 20), rhythm([9.0] * 20))
