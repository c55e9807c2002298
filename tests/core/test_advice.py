"""What a person is told about a failed job: which input it is about, and what to do."""

from __future__ import annotations

import pytest

from gen4flow.core.advice import ADVICE, LONGEST, input_of
from gen4flow.core.job import Request
from gen4flow.core.purchase import Failure
from gen4flow.core.references import LocalImage, OutputImage, RemoteImage


def request(prompt: str = "a cup", **more: object) -> Request:
    return Request(provider="wavespeed", model="m", prompt=prompt, parameters={}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_advice(failure: Failure) -> None:
    assert ADVICE[failure]


def test_a_failure_of_a_reference_names_the_references_as_people_know_them() -> None:
    shown = request(
        references=(
            LocalImage(sha256="a" * 64, path="refs/cup.png"),
            RemoteImage(url="https://example.com/x.png"),
            OutputImage(job="b" * 64, key="portrait[character=ann]"),
        )
    )
    told = input_of(shown, Failure.REFERENCE)
    assert told == "references: refs/cup.png, https://example.com/x.png, the image of portrait[character=ann]"
    assert input_of(request(), Failure.REFERENCE) == "prompt: a cup"


def test_a_long_prompt_is_cut_and_stands_on_one_line() -> None:
    told = input_of(request("a\n  cup " + "x" * 500), Failure.MODERATION)
    assert "\n" not in told
    assert len(told) <= LONGEST + len("prompt: …")
