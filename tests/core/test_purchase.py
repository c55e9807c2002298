"""The purchase protocol: every state with every event, and long histories of attempts at one fingerprint."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gen4flow.core.purchase import (
    Accepted,
    Attempt,
    Decision,
    Delayed,
    Denied,
    Effect,
    Event,
    Failed,
    Failure,
    Fetched,
    Intended,
    Lost,
    Money,
    NeverLeft,
    ProtocolError,
    Refused,
    Status,
    SubmitAnswer,
    Throttled,
    decide,
)

EVENTS: dict[str, Event] = {
    "intended": Intended(),
    "accepted": Accepted(prediction_id="p1"),
    "never left": NeverLeft(message="m"),
    "throttled": Throttled(retry_after=None, message="m"),
    "refused": Refused(message="m"),
    "denied": Denied(message="m"),
    "lost": Lost(message="m"),
    **{f"failed: {failure.value}": Failed(failure=failure, message="m") for failure in Failure},
    "delayed": Delayed(message="m"),
    "fetched": Fetched(),
}
STATES: dict[Status, Attempt] = {
    Status.PLANNED: Attempt(),
    Status.HELD: Attempt(status=Status.HELD),
    Status.SKIPPED: Attempt(status=Status.SKIPPED),
    Status.SUBMITTING: Attempt(status=Status.SUBMITTING, money=Money.RESERVED, holds=True),
    Status.SUBMITTED: Attempt(status=Status.SUBMITTED, money=Money.RESERVED, holds=True, prediction_id="p1"),
    Status.SUCCEEDED: Attempt(status=Status.SUCCEEDED, money=Money.SPENT, holds=True, prediction_id="p1"),
    Status.FAILED: Attempt(status=Status.FAILED, money=Money.RELEASED, failure=Failure.TASK, message="m"),
    Status.UNKNOWN: Attempt(status=Status.UNKNOWN, money=Money.UNKNOWN, holds=True, message="m"),
}
BILLED = {Failure.MODERATION, Failure.NO_IMAGE, Failure.FORBIDDEN_OUTPUT, Failure.EXPIRED, Failure.GIVEN_UP}

Next = tuple[Status, Money, bool, tuple[Effect, ...]]
START: Next = (Status.SUBMITTING, Money.RESERVED, True, (Effect.POST,))
OVER: Next = (Status.PLANNED, Money.RELEASED, False, ())
# (state, event) -> status, money, whether it holds, effects. What is not here can't happen.
TABLE: dict[tuple[Status, str], Next] = {
    (Status.PLANNED, "intended"): START,
    (Status.FAILED, "intended"): START,
    (Status.SUBMITTING, "accepted"): (Status.SUBMITTED, Money.RESERVED, True, (Effect.COLLECT,)),
    (Status.SUBMITTING, "never left"): (*OVER[:3], (Effect.REPEAT,)),
    (Status.SUBMITTING, "throttled"): (*OVER[:3], (Effect.SLOW_DOWN, Effect.REPEAT)),
    (Status.SUBMITTING, "denied"): (*OVER[:3], (Effect.STOP,)),
    (Status.SUBMITTING, "refused"): (Status.FAILED, Money.RELEASED, False, ()),
    (Status.SUBMITTING, "lost"): (Status.UNKNOWN, Money.UNKNOWN, True, (Effect.COUNT_LOST,)),
    (Status.SUBMITTED, "delayed"): (Status.SUBMITTED, Money.RESERVED, True, ()),
    (Status.SUBMITTED, "fetched"): (Status.SUCCEEDED, Money.SPENT, True, ()),
    (Status.SUCCEEDED, "fetched"): (Status.SUCCEEDED, Money.SPENT, True, ()),
    **{
        (Status.SUBMITTED, f"failed: {failure.value}"): (
            Status.FAILED,
            Money.SPENT if failure in BILLED else Money.RELEASED,
            False,
            (),
        )
        for failure in Failure
        if failure is not Failure.GIVEN_UP
    },
}
# The contract has what was given up never bought again: who settles it decides whether the attempt holds.
UNSETTLED = {(Status.SUBMITTED, f"failed: {Failure.GIVEN_UP.value}")}
PAIRS = [(state, event) for state in Status for event in EVENTS if (state, event) not in UNSETTLED]


@pytest.mark.parametrize(("status", "event"), PAIRS, ids=lambda part: str(getattr(part, "value", part)))
def test_every_state_knows_what_follows_from_every_event(status: Status, event: str) -> None:
    before = STATES[status]
    expected = TABLE.get((status, event))
    if expected is None:
        with pytest.raises(ProtocolError):
            decide(before, EVENTS[event])
        return
    decision = decide(before, EVENTS[event])
    after = decision.attempt
    assert (after.status, after.money, after.holds, decision.effects) == expected


def test_every_class_of_failure_is_billed_or_not_as_the_contract_says() -> None:
    assert {failure for failure in Failure if failure.billed} == BILLED


def test_the_id_of_an_accepted_prediction_stays_to_the_end() -> None:
    submitted = decide(STATES[Status.SUBMITTING], Accepted(prediction_id="p9")).attempt
    assert submitted.prediction_id == "p9"
    for event in (Delayed(message="m"), Fetched(), Failed(failure=Failure.TASK, message="m")):
        assert decide(submitted, event).attempt.prediction_id == "p9"


def test_an_attempt_that_is_over_says_why_and_a_fetched_one_has_nothing_to_say() -> None:
    for event in ("never left", "throttled", "denied", "refused", "lost"):
        assert decide(STATES[Status.SUBMITTING], EVENTS[event]).attempt.message == "m"
    delayed = decide(STATES[Status.SUBMITTED], Delayed(message="later")).attempt
    assert delayed.message == "later"
    assert decide(delayed, Fetched()).attempt.message == ""


def test_a_failure_keeps_its_class_and_its_message() -> None:
    failed = decide(STATES[Status.SUBMITTED], Failed(failure=Failure.MODERATION, message="flagged")).attempt
    assert (failed.failure, failed.message) == (Failure.MODERATION, "flagged")
    assert decide(STATES[Status.SUBMITTING], Refused(message="bad")).attempt.failure is Failure.REFUSED


def test_a_new_intent_starts_clean() -> None:
    again = decide(STATES[Status.FAILED], Intended()).attempt
    assert again == STATES[Status.SUBMITTING]


def test_what_is_unknown_takes_no_event_by_itself() -> None:
    for event in EVENTS.values():
        with pytest.raises(ProtocolError):
            decide(STATES[Status.UNKNOWN], event)


def test_an_attempt_is_never_changed_in_place() -> None:
    before = STATES[Status.SUBMITTING]
    kept = replace(before)
    decide(before, Lost(message="m"))
    assert before == kept


# -- long histories

ANSWERS: st.SearchStrategy[SubmitAnswer] = st.sampled_from(
    [
        Accepted(prediction_id="p"),
        NeverLeft(message="m"),
        Throttled(retry_after=1.0, message="m"),
        Refused(message="m"),
        Denied(message="m"),
        Lost(message="m"),
    ]
)
FAILURES = st.sampled_from([failure for failure in Failure if failure is not Failure.GIVEN_UP])
CERTAIN_NOTHING = (NeverLeft, Throttled, Denied, Refused)
PRICE = 50_000  # micro-dollars


class Shop(RuleBasedStateMachine):
    """One fingerprint, bought as often as the protocol allows, by a provider that charges for what it accepts.

    The model ledger keeps every attempt, and like the real one refuses a second attempt that holds. What a lost
    submit came to is drawn by the provider and never told.
    """

    def __init__(self) -> None:
        super().__init__()
        self.attempts: list[Attempt] = []
        self.answers: list[SubmitAnswer | None] = []
        self.accepted: list[bool] = []  # by the provider, told or not
        self.stopped = False

    @initialize()
    def first(self) -> None:
        """Start with an intent."""
        self.intend()

    def held(self) -> list[int]:
        """Return the attempts that forbid another."""
        return [number for number, attempt in enumerate(self.attempts) if attempt.holds]

    def apply(self, number: int, event: Event) -> Decision:
        """Let something happen to an attempt."""
        decision = decide(self.attempts[number], event)
        self.attempts[number] = decision.attempt
        return decision

    @precondition(lambda self: not self.held())
    @rule()
    def intend(self) -> None:
        """Try again, as a run, a retry or another run would: the ledger allows it where nothing holds."""
        before = self.attempts[-1] if self.attempts else Attempt()
        decision = decide(before if before.status is Status.FAILED else Attempt(), Intended())
        assert Effect.POST in decision.effects
        self.attempts.append(decision.attempt)
        self.answers.append(None)
        self.accepted.append(False)

    @precondition(lambda self: self.held() and self.attempts[-1].status is Status.SUBMITTING)
    @rule(answer=ANSWERS, arrived=st.booleans())
    def answer(self, answer: SubmitAnswer, arrived: bool) -> None:
        """Let the provider answer the POST; a lost one may have been accepted."""
        number = len(self.attempts) - 1
        self.answers[number] = answer
        self.accepted[number] = isinstance(answer, Accepted) or (isinstance(answer, Lost) and arrived)
        decision = self.apply(number, answer)
        repeats = Effect.REPEAT in decision.effects
        assert repeats == isinstance(answer, NeverLeft | Throttled)
        assert not (repeats and decision.attempt.holds)
        assert (Effect.STOP in decision.effects) == isinstance(answer, Denied)

    @precondition(lambda self: self.attempts[-1].status is Status.SUBMITTED)
    @rule(
        event=st.just(Fetched())
        | st.just(Delayed(message="m"))
        | FAILURES.map(lambda f: Failed(failure=f, message="m"))
    )
    def collect(self, event: Event) -> None:
        """Let the prediction end, or its download fail."""
        self.apply(len(self.attempts) - 1, event)

    @rule(event=st.sampled_from(list(EVENTS.values())), data=st.data())
    def impossible(self, event: Event, data: st.DataObject) -> None:
        """Let an event come that can't: the attempt stays what it was."""
        number = data.draw(st.integers(0, len(self.attempts) - 1))
        attempt = self.attempts[number]
        if attempt.status in {Status.UNKNOWN, Status.SUCCEEDED} and not isinstance(event, Fetched):
            with pytest.raises(ProtocolError):
                decide(attempt, event)

    @invariant()
    def at_most_one_holds(self) -> None:
        """Two attempts never hold at once."""
        assert len(self.held()) <= 1

    @invariant()
    def nothing_is_bought_twice(self) -> None:
        """Before a later attempt, every earlier one came to nothing for certain, or failed."""
        for attempt, answer in zip(self.attempts[:-1], self.answers[:-1], strict=True):
            assert attempt.status is Status.FAILED or isinstance(answer, CERTAIN_NOTHING)
            assert not attempt.holds

    @invariant()
    def what_is_unknown_ends_the_history(self) -> None:
        """Nothing follows a submit without an answer."""
        for attempt in self.attempts[:-1]:
            assert attempt.status is not Status.UNKNOWN
        assert not any(isinstance(answer, Lost) for answer in self.answers[:-1])

    @invariant()
    def at_most_one_image_may_be_charged_and_not_failed(self) -> None:
        """Of all that the provider accepted, told or not, one at most is alive."""
        alive = [
            accepted and attempt.status is not Status.FAILED
            for accepted, attempt in zip(self.accepted, self.attempts, strict=True)
        ]
        assert sum(alive) <= 1

    @invariant()
    def money_counts_by_what_is_known(self) -> None:
        """What was never accepted never counts; what is alive or unknown always does."""
        for attempt, accepted in zip(self.attempts, self.accepted, strict=True):
            counts = PRICE if attempt.money is not Money.RELEASED else 0
            if attempt.status is Status.PLANNED:
                assert not counts
            if attempt.holds:
                assert counts == PRICE
            if attempt.status is Status.FAILED:
                assert attempt.failure is not None
                assert bool(counts) == (attempt.failure in BILLED)
            if counts and attempt.status not in {Status.SUBMITTING, Status.UNKNOWN}:
                assert accepted


TestShop = Shop.TestCase
TestShop.settings = settings(max_examples=2_000, stateful_step_count=12, deadline=None)
