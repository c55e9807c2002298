"""Jobs: one row of a recipe made into one request, with the key that finds it and the fingerprint that is it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gen4flow.core.deliverable import Deliverable
from gen4flow.core.recipe import AxisValue, Marking
from gen4flow.core.references import OutputImage, Reference, read_reference
from gen4flow.core.row_texts import key_part
from gen4flow.core.values import EMPTY, Value, canonical_json, json_text, json_word, key_text

REQUEST_VERSION = 1
_VERSION_TAG = f"gen4flow-request/{REQUEST_VERSION}\n"


class Request(NamedTuple):
    """What is bought: every word of it is in the fingerprint, and nothing else is. A tuple, as rows are.

    `parameters` holds the parameters that are sent beside the prompt (aspect_ratio, resolution, seed); `references`
    the images, in their order; `take` tells repeats without a seed apart.
    """

    provider: str
    model: str
    prompt: str
    parameters: Mapping[str, str | int]
    references: tuple[Reference, ...] = ()
    take: int | None = None

    def canonical(self) -> str:
        """Return the one text of this request, in the number form that fingerprints keep for ever.

        It is the canonical JSON of a mapping, put together from its parts: to sort and encode the whole takes longer
        than all else that planning does with a request.
        """
        tail = canonical_tail(self.prompt, self.provider, self.references, self.take)
        return canonical_head(self.model, self.parameters) + tail

    @property
    def resolution(self) -> str:
        """Return the resolution that is asked for."""
        return str(self.parameters["resolution"])

    @property
    def aspect_ratio(self) -> str:
        """Return the aspect ratio that is asked for."""
        return str(self.parameters["aspect_ratio"])

    @property
    def upstream(self) -> tuple[str, ...]:
        """Return the fingerprints of the jobs whose images it needs."""
        return tuple(one.job for one in self.references if isinstance(one, OutputImage))

    @property
    def seed(self) -> int | None:
        """Return the seed, None where the provider draws one."""
        seed = self.parameters.get("seed")
        return None if seed is None else int(seed)


def canonical_head(model: str, parameters: Mapping[str, str | int]) -> str:
    """Return a request's canonical text up to the last of its parameters: one that sorts behind it may follow."""
    told = []
    for name in sorted(parameters):
        value = parameters[name]
        told.append(f"{json_word(name)}:{json_word(value) if type(value) is str else json_text(value)}")
    return f'{{"model":{json_text(model)},"parameters":{{{",".join(told)}'


def canonical_tail(prompt: str, provider: str, references: tuple[Reference, ...], take: int | None) -> str:
    """Return a request's canonical text from the end of its parameters on."""
    told = f'}},"prompt":{json_text(prompt)},"provider":{json_text(provider)}'
    if references:
        told += f',"references":{canonical_json([reference.identity() for reference in references])}'
    if take is not None:
        told += f',"take":{json_text(take)}'
    return told + "}"


def fingerprint_of(canonical: str) -> str:
    """Return the fingerprint of a canonical request: 64 hex digits."""
    return hashlib.sha256((_VERSION_TAG + canonical).encode()).hexdigest()


def read_request(canonical: str) -> Request:
    """Return the request that a canonical text says; raises ValueError when it is none."""
    told = json.loads(canonical)
    try:
        return Request(
            provider=told["provider"],
            model=told["model"],
            prompt=told["prompt"],
            parameters=told["parameters"],
            references=tuple(read_reference(one) for one in told.get("references", ())),
            take=told.get("take"),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no request: {canonical[:80]!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """What is known of the first job of a plan that asks for an image, to the others that ask for the same."""

    key: str
    step: str
    held: bool


class Job(NamedTuple):
    """One slot of a recipe: where it stands (`key`), what it would buy, and where its image goes. A tuple, as rows are.

    `axes` are what it inherits and its own, `coordinates` those that its key is made of, `ancestors` the keys of
    the jobs that it was made from, by step. `stem` is the delivered
    file's path below the output folder, without extension: the bytes decide that. `marking` says what is written into
    the file. `original`: the image itself is delivered; `deliver` is what else is made of it, each with its stem.
    `held`: it waits for approval. `first` is the first job of the plan with the same request, None where this is the
    first. `line` is what its axes are written as in a plan's line, None where nobody has made that yet.
    """

    key: str
    step: str
    axes: Mapping[str, AxisValue]
    extras: Mapping[str, Value]
    tags: Mapping[str, str]
    template: str
    request: Request
    fingerprint: str
    stem: str
    marking: Marking = Marking()
    original: bool = True
    deliver: tuple[tuple[str, Deliverable], ...] = ()
    coordinates: Mapping[str, AxisValue] = EMPTY
    ancestors: Mapping[str, str] = EMPTY
    held: bool = False
    first: First | None = None
    line: str | None = None

    @property
    def lineage(self) -> Mapping[str, str]:
        """Return the keys of this job and of those that it was made from, by step."""
        return {**self.ancestors, self.step: self.key}

    @property
    def stems(self) -> tuple[str, ...]:
        """Return the stem of each file that is delivered of its first image."""
        if not self.deliver:
            return (self.stem,) if self.original else ()
        return (*((self.stem,) if self.original else ()), *(stem for stem, _ in self.deliver))

    @property
    def likeness(self) -> str:
        """Return what its image will show, whoever makes it: the same for a proof and for a final."""
        request = self.request
        told = {
            "model": request.model,
            "parameters": dict(request.parameters),
            "prompt": request.prompt,
            "references": [one.likeness_json() for one in request.references],
            "take": request.take,
        }
        return hashlib.sha256(canonical_json(told).encode()).hexdigest()


def key_of(step: str, coordinates: Mapping[str, str]) -> str:
    """Return `step[axis=id,...]`, axes by name; an id with a comma or a quote is quoted as in JSON."""
    told = [f"{name}={key_text(coordinates[name])}" for name in sorted(coordinates)]
    return f"{step}[{','.join(told)}]"


def key_of_values(step: str, coordinates: Mapping[str, AxisValue]) -> str:
    """Return the key of a step's coordinates."""
    return f"{step}[{key_part(coordinates)}]"
