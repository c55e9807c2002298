"""Predictions on disk: one JSON file each, written in one step, and read again by the next emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from gen4flow.core.errors import Gen4flowError
from gen4flow.emulator.prediction import Failure, Prediction


def save(folder: Path, prediction: Prediction) -> None:
    """Write a prediction's file in one step: after a kill, the old one or the new one is there.

    It is not synced to the disk: the emulator's process may be killed, and a proof is not worth more than
    that.
    """
    target = folder / f"{prediction.id}.json"
    draft = folder / f"{prediction.id}.json.part"
    facts = {**asdict(prediction), "price": str(prediction.price)}
    draft.write_text(json.dumps(facts, indent=1), encoding="ascii")
    draft.replace(target)


def load_all(folder: Path) -> list[Prediction]:
    """Return all predictions of a folder in the order of acceptance; makes the folder if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return sorted(_read_all(folder), key=lambda prediction: prediction.created_ns)
    except OSError as error:
        raise Gen4flowError(f"{folder}: the emulator can't keep its predictions here: {error.strerror}") from error


def _read_all(folder: Path) -> Iterator[Prediction]:
    for path in folder.glob("*.json"):
        try:
            yield _prediction(json.loads(path.read_text(encoding="ascii")))
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise Gen4flowError(f"{path}: not a prediction of the emulator; move it away ({error!r})") from error


def _prediction(facts: dict[str, Any]) -> Prediction:
    failure = Failure(**facts["failure"]) if facts["failure"] else None
    return Prediction(**{**facts, "price": Decimal(facts["price"]), "failure": failure})
