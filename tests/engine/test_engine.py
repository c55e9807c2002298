"""The engine against the emulator on loopback, with a real ledger: what is bought, repeated, stopped, collected."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gen4flow.core.history import Cap, Reach
from gen4flow.core.image import Image
from gen4flow.core.outcome import Ending
from tests.engine.running import PRICE, Make, task


def test_every_image_is_bought_once_and_is_on_disk(run_with: Make) -> None:
    run = run_with()
    run.buy(12)
    assert run.statuses(12) == ["succeeded"] * 12
    assert run.accepted == 12
    purchase = run.ledger.purchase(task(3).order.fingerprint)
    assert purchase is not None
    assert run.objects.has(purchase.images[0].sha256, bytes=purchase.images[0].bytes)


def test_a_second_run_is_refused_by_the_ledger_and_buys_nothing(run_with: Make) -> None:
    run = run_with()
    run.buy(3)
    run.buy(3)
    assert run.accepted == 3
    assert len([note for note in run.heard.of("note") if "not bought again" in note]) == 3


@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [
        ("submit:http_500:1:1", "unknown", 0),
        ("submit:accept_then_drop:1:1", "unknown", 1),
        ("submit:accept_then_500:1:1", "unknown", 1),
        ("submit:accept_then_html:1:1", "unknown", 1),
        ("submit:cut_answer:1:1", "unknown", 1),
        ("submit:redirect:1:1", "unknown", 1),
        ("submit:deep_json:1:1", "unknown", 1),
        ("submit:strange_id:1:1", "unknown", 1),
        ("submit:drop_before:1:1", "unknown", 0),
        ("submit:validation_400:1:1", "failed", 0),
        ("submit:refuse_429:1:1", "succeeded", 1),
    ],
)
def test_what_each_answer_to_a_submit_comes_to(run_with: Make, fault: str, status: str, accepted: int) -> None:
    run = run_with(fault)
    run.buy(1)
    assert run.statuses(1) == [status]
    assert run.accepted == accepted


def test_three_lost_submits_in_a_row_stop_submitting(run_with: Make) -> None:
    run = run_with("submit:accept_then_drop:1")
    run.buy(20, concurrency=1)
    assert run.accepted == 3
    assert [ending for ending, _ in run.endings] == [Ending.LOST]


def test_a_refused_key_stops_before_the_next_submit_and_leaves_the_job_planned(run_with: Make) -> None:
    run = run_with("submit:unauthorized_401:1")
    run.buy(5, concurrency=1)
    assert [ending for ending, _ in run.endings] == [Ending.DENIED]
    assert run.statuses(2) == ["planned", "none"]
    assert run.ledger.sums().used == 0


def test_one_id_for_two_submits_is_an_alarm_and_the_second_is_unknown(run_with: Make) -> None:
    run = run_with("submit:same_id_twice:1")
    run.buy(2, concurrency=1)
    assert sorted(run.statuses(2)) == ["succeeded", "unknown"]
    assert any("ALARM" in note for note in run.heard.of("note"))


def test_a_cap_stops_the_run_before_it_is_passed(run_with: Make) -> None:
    run = run_with()
    run.buy(10, caps=(Cap(reach=Reach.RUN, limit=3 * PRICE, told="--max-cost"),))
    assert run.accepted == 3
    assert [ending for ending, _ in run.endings] == [Ending.CAPPED]
    assert run.statuses(10).count("succeeded") == 3


@pytest.mark.parametrize(
    "fault",
    [
        "poll:500:1:3",
        "poll:429:1:2",
        "poll:drop:1:2",
        "poll:bad_json:1:3",
        "poll:not_found:1:3",
        "poll:unknown_status:1:2",
        "poll:backwards:1:2",
        "poll:base64:1",
        "poll:data_uri:1",
        "poll:outputs_string:1",
        "download:404:1:1",
        "download:cut:1:1",
        "download:empty:1:1",
        "download:html:1:1",
        "download:bit_flip:1:1",
        "download:no_length:1:1",
        "download:redirect_once:1",
    ],
)
def test_a_passing_fault_after_the_purchase_costs_nothing_but_time(run_with: Make, fault: str) -> None:
    run = run_with(fault)
    run.buy(2)
    assert run.statuses(2) == ["succeeded"] * 2
    assert run.accepted == 2


@pytest.mark.parametrize(
    "fault", ["poll:output_link_local:1", "poll:output_private:1", "poll:output_file:1", "poll:output_nat64:1"]
)
def test_an_output_inward_is_never_fetched_and_counts_as_spent(run_with: Make, fault: str) -> None:
    run = run_with(fault)
    run.buy(1)
    assert run.statuses(1) == ["failed"]
    assert run.ledger.sums().spent == PRICE


def test_a_download_that_never_succeeds_is_kept_for_a_later_run(run_with: Make) -> None:
    run = run_with("download:html:1:4")
    run.buy(1)
    assert run.statuses(1) == ["submitted"]
    run.buy(1)
    assert run.statuses(1) == ["succeeded"]
    assert run.accepted == 1


def test_leaving_at_once_loses_nothing(run_with: Make) -> None:
    run = run_with(latency=1.0)
    run.buy(6, stop_after=0.4, concurrency=6)
    assert "succeeded" not in run.statuses(6)
    left = run.accepted
    run.buy(6)
    assert run.statuses(6) == ["succeeded"] * 6
    assert run.accepted == 6
    assert left > 0


def test_a_broken_observer_stops_the_run_and_is_raised_after_the_rest(run_with: Make) -> None:
    run = run_with()

    def full(key: str, fingerprint: str, images: Sequence[Image]) -> None:
        raise OSError(28, "No space left on device")

    run.heard.fetched = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="No space"):
        run.buy(8, concurrency=2)
    assert run.accepted < 8
    assert set(run.statuses(run.accepted)) == {"succeeded"}
