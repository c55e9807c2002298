"""Jobs: one row of a recipe made into one request, with the key that finds it and the fingerprint that is it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from gen4flow.core.deliverable import Deliverable
from gen4flow.core.recipe import AxisValue, Marking
from gen4flow.core.references import OutputImage, Reference, read_reference
from gen4flow.core.values import Value, canonical_json

REQUEST_VERSION = 1
_VERSION_TAG = f"gen4flow-request/{REQUEST_VERSION}\n"
_NEEDS_QUOTES = frozenset(',"\n\r\t')


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is bought: every word of it is in the fingerprint, and nothing else is.

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
        """Return the one text of this request, in the number form that fingerprints keep for ever."""
        told: dict[str, object] = {
            "model": self.model,
            "parameters": dict(self.parameters),
            "prompt": self.prompt,
            "provider": self.provider,
        }
        if self.references:
            told["references"] = [reference.identity() for reference in self.references]
        if self.take is not None:
            told["take"] = self.take
        return canonical_json(told)

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
class Job:
    """One slot of a recipe: where it stands (`key`), what it would buy, and where its image goes.

    `axes` are what it inherits and its own, `coordinates` those that its key is made of, `lineage` the keys of this
    job and of those that it was made from, by step. `stem` is the delivered
    file's path below the output folder, without extension: the bytes decide that. `marking` says what is written into
    the file. `original`: the image itself is delivered; `deliver` is what else is made of it, each with its stem.
    `held`: it waits for approval.
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
    marking: Marking = field(default_factory=Marking)
    original: bool = True
    deliver: tuple[tuple[str, Deliverable], ...] = ()
    coordinates: Mapping[str, AxisValue] = field(default_factory=dict)
    lineage: Mapping[str, str] = field(default_factory=dict)
    held: bool = False

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
    told = ",".join(f"{name}={_quoted(coordinates[name])}" for name in sorted(coordinates))
    return f"{step}[{told}]"


def _quoted(identity: str) -> str:
    """Return an identity as it stands in a key."""
    return json.dumps(identity, ensure_ascii=False) if _NEEDS_QUOTES & set(identity) else identity
