"""What a run does with a job, and why: every past with its action."""

from __future__ import annotations

import pytest

from gen4flow.core.history import Purchase
from gen4flow.core.plan import BUYS, Action, Past, Retry, Slot, changed_fields, judge, request_facts
from gen4flow.core.purchase import Attempt, Failure, Money, Status
from tests.core.making import jobs_of, list_axis, matrix, recipe

JOB = jobs_of(recipe(made=matrix([list_axis("scene", ["beach"]), list_axis("seed", [7])]))).found[0]


def bought(status: Status, failure: Failure | None = None, key: str = JOB.key) -> Purchase:
    """Return a purchase of the job in a state."""
    holds = status in {Status.SUBMITTING, Status.SUBMITTED, Status.SUCCEEDED, Status.UNKNOWN}
    attempt = Attempt(status=status, money=Money.SPENT, holds=holds, prediction_id="p", failure=failure, message="m")
    return Purchase(
        number=1, fingerprint=JOB.fingerprint, request="{}", provider="w", recipe="r", key=key, attempt=attempt, price=1
    )


SAME = Slot(key=JOB.key, fingerprint=JOB.fingerprint, succeeded=True)
OTHER = Slot(key=JOB.key, fingerprint="0" * 64, succeeded=True, request={**request_facts(JOB.request), "prompt": "old"})
DONE = bought(Status.SUCCEEDED)
ELSE = bought(Status.SUCCEEDED, key="main[other]")


@pytest.mark.parametrize(
    ("past", "action"),
    [
        (Past(), Action.ADD),
        (Past(purchase=bought(Status.PLANNED)), Action.ADD),
        (Past(slot=SAME), Action.ADD),
        (Past(slot=OTHER), Action.CHANGE),
        (Past(slot=SAME, elsewhere=True), Action.ELSEWHERE),
        (Past(twin="main[x]"), Action.REUSE),
        (Past(twin="main[x]", slot=OTHER), Action.REUSE),
        (Past(purchase=DONE, in_place=True, originals=True), Action.KEEP),
        (Past(purchase=ELSE, in_place=True, originals=True), Action.KEEP),
        (Past(purchase=DONE, originals=True), Action.HEAL),
        (Past(purchase=DONE), Action.HEAL),
        (Past(purchase=ELSE, originals=True), Action.REUSE),
        (Past(purchase=ELSE, originals=True, slot=SAME), Action.HEAL),
        (Past(purchase=bought(Status.SUBMITTED)), Action.RESUME),
        (Past(purchase=bought(Status.SUBMITTING)), Action.SKIP),
        (Past(purchase=bought(Status.UNKNOWN)), Action.SKIP),
        (Past(purchase=bought(Status.UNKNOWN), slot=OTHER, elsewhere=True), Action.SKIP),
        *((Past(purchase=bought(Status.FAILED, failure)), Action.SKIP) for failure in Failure),
    ],
)
@pytest.mark.parametrize("retry", Retry)
def test_a_job_with_a_past_has_an_action(past: Past, action: Action, retry: Retry) -> None:
    failed = past.purchase is not None and past.purchase.attempt.status is Status.FAILED
    if failed and retry is not Retry.NONE:
        return
    assert judge(JOB, past, retry=retry)[0] is action
    assert judge(JOB, past, retry=retry)[1]


NOT_BILLED = {Failure.REFUSED, Failure.REFERENCE, Failure.TASK, Failure.CANCELLED}


@pytest.mark.parametrize("failure", Failure)
@pytest.mark.parametrize("retry", Retry)
def test_a_failed_job_is_bought_again_only_as_asked_and_never_what_was_given_up(failure: Failure, retry: Retry) -> None:
    wanted = failure is not Failure.GIVEN_UP and (
        retry is Retry.BILLED or (retry is Retry.FAILED and failure in NOT_BILLED)
    )
    action, reason = judge(JOB, Past(purchase=bought(Status.FAILED, failure)), retry=retry)
    assert action is (Action.RETRY if wanted else Action.SKIP)
    assert failure.value in reason
    if failure is not Failure.GIVEN_UP and not wanted:
        assert f"--retry {'failed' if failure in NOT_BILLED else 'billed'}" in reason


def test_buying_elsewhere_takes_the_users_word() -> None:
    assert judge(JOB, Past(slot=SAME, elsewhere=True), buy_elsewhere=True)[0] is Action.ADD


def test_of_all_actions_three_cost_money() -> None:
    assert {Action.ADD, Action.CHANGE, Action.RETRY} == BUYS


def test_a_change_says_what_has_changed() -> None:
    assert changed_fields(JOB, OTHER) == ("prompt",)
    assert judge(JOB, Past(slot=OTHER))[1] == "changed: prompt"


def test_a_change_of_a_short_part_says_what_was_and_what_is() -> None:
    slot = Slot(
        key=JOB.key,
        fingerprint="0" * 64,
        succeeded=True,
        request={**request_facts(JOB.request), "resolution": "720p", "seed": 9},
    )
    assert judge(JOB, Past(slot=slot))[1] == "changed: resolution 720p -> 1080p, seed 9 -> 7"
