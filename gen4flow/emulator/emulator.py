"""What the provider knows and decides: predictions, money, ids.

One event loop owns it: no method awaits, so each is one step for everybody else, and no locks are needed.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gen4flow.core.values import canonical_json
from gen4flow.emulator import models, store
from gen4flow.emulator.envelope import Refusal
from gen4flow.emulator.prediction import NANOSECONDS, Failure, Prediction, Status
from gen4flow.emulator.settings import Settings

KEPT_NS = 7 * 24 * 3600 * NANOSECONDS  # outputs, uploads and history live for seven days
INSUFFICIENT_CREDITS = "Insufficient credits. Please top up."


class Emulator:
    """The account of everybody who asks this emulator.

    `predictions` holds all that it knows by id, in the order of acceptance, `submits` those that it accepted
    itself (not those found in its folder); `requests` counts the requests that reached each point where
    faults happen.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.submits: list[Prediction] = []
        self.requests: Counter[str] = Counter()
        known = store.load_all(settings.folder) if settings.folder else []
        self.predictions: dict[str, Prediction] = {prediction.id: prediction for prediction in known}
        self._spent = sum((prediction.price for prediction in known), Decimal(0))
        self._failing = {prediction.id for prediction in known if prediction.failure}
        self._ids = random.SystemRandom() if settings.id_seed is None else random.Random(settings.id_seed)  # noqa: S311

    def now(self) -> int:
        """Return the wall clock in nanoseconds."""
        return time.time_ns()

    def accept(self, model: str, inputs: Mapping[str, Any], *, key_id: str) -> Prediction:
        """Book a submit: check it, take its price, keep it; raises Refusal, and then nothing was booked."""
        models.check_inputs(models.find_model(model), inputs)
        price = models.price_of(model, inputs)
        if self.balance() < price:
            raise Refusal(400, INSUFFICIENT_CREDITS)
        prediction = Prediction(
            id=self._new_id(),
            model=model,
            inputs=dict(inputs),
            created_ns=self.now(),
            seconds=self._seconds(model, inputs),
            price=price,
            key_id=key_id,
            failure=models.failure_of(inputs),
        )
        self._spent += price
        self._keep(prediction)
        self.submits.append(prediction)
        return prediction

    def find(self, prediction_id: str) -> Prediction:
        """Return a prediction; raises Refusal for an id that was never given out."""
        if prediction_id not in self.predictions:
            raise Refusal(404, f"prediction {prediction_id!r} not found")
        return self.predictions[prediction_id]

    def fail(self, prediction_id: str, failure: Failure) -> Prediction:
        """Let a prediction end in failure, now at the latest."""
        prediction = self.find(prediction_id)
        elapsed = (self.now() - prediction.created_ns) / NANOSECONDS
        failed = replace(prediction, failure=failure, seconds=min(prediction.seconds, max(elapsed, 0.0)))
        self._keep(failed)
        return failed

    def delete(self, prediction_ids: Iterable[str]) -> int:
        """Delete those that exist and return how many they were; what they cost stays spent."""
        known = [self.predictions[each] for each in prediction_ids if each in self.predictions]
        for prediction in known:
            self._keep(replace(prediction, deleted=True))
        return len(known)

    def balance(self) -> Decimal:
        """Return what is left, in US dollars: a price is taken at acceptance and given back on failure."""
        refunds = (self.predictions[each].price for each in self._failing if self.refunded(self.predictions[each]))
        return self.settings.balance - self._spent + sum(refunds, Decimal(0))

    def refunded(self, prediction: Prediction) -> bool:
        """Tell whether the price of a prediction has been given back."""
        return prediction.failure is not None and self.now() >= prediction.finished_ns

    def history(self) -> list[Prediction]:
        """Return the predictions of the last seven days that were not deleted, newest first."""
        oldest = self.now() - KEPT_NS
        kept = [each for each in self.predictions.values() if each.created_ns >= oldest and not each.deleted]
        return sorted(kept, key=lambda prediction: prediction.created_ns, reverse=True)

    def downloadable(self, prediction_id: str) -> Prediction:
        """Return a prediction whose picture may be fetched; raises Refusal."""
        prediction = self.find(prediction_id)
        expired = prediction.created_ns < self.now() - KEPT_NS
        if expired or prediction.status(self.now()) is not Status.COMPLETED:
            raise Refusal(404, "there is no such file")
        return prediction

    def _keep(self, prediction: Prediction) -> None:
        if self.settings.folder:
            store.save(self.settings.folder, prediction)
        self.predictions[prediction.id] = prediction
        if prediction.failure:
            self._failing.add(prediction.id)

    def _new_id(self) -> str:
        while (fresh := f"{self._ids.getrandbits(128):032x}") in self.predictions:
            pass
        return fresh

    def _seconds(self, model: str, inputs: Mapping[str, Any]) -> float:
        # From half the latency to one and a half: drawn from the request and its number, so that pictures are
        # finished in another order than they were asked for, and in the same one when all of it is done
        # again.
        asked = canonical_json([len(self.predictions), model, inputs]).encode("utf-8", "surrogatepass")
        share = int.from_bytes(hashlib.sha256(asked).digest()[:4]) / 2**32
        return self.settings.latency * (0.5 + share)


def key_identity(key: str) -> str:
    """Return what billing calls an API key: an identifier that does not give the key away."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]
