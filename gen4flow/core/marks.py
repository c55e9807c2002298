"""The marks of a picture: what is written beside its pixels for machines to read, and what was found in a file.

Terms and properties are those of the IPTC Photo Metadata Standard 2025.1. A proof was drawn by an algorithm that was
never trained, so it says that, and names no AI system.
"""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from typing import NamedTuple

from gen4flow.core.job import Job
from gen4flow.core.tuples import tuple_of
from gen4flow.core.values import json_text

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED = f"{_TERMS}trainedAlgorithmicMedia"  # made by a model that was trained on sampled media
ALGORITHMIC = f"{_TERMS}algorithmicMedia"  # made by an algorithm alone: a proof
COMPOSITE = f"{_TERMS}compositeSynthetic"  # put together of parts, some of which a model made
TOOL = "gen4flow"  # without a version: an upgrade changes no file
PROOFS = "local"  # the provider whose images are proofs

SYSTEMS = {"runwayml/gen4-image": "Runway Gen-4 Image", "runwayml/gen4-image-turbo": "Runway Gen-4 Image Turbo"}
SELLERS = {"wavespeed": "WaveSpeedAI", "runway": "Runway"}


class Marked(enum.Enum):
    """Where the marks of a delivered copy are."""

    EMBEDDED = "embedded"  # in the file itself
    SIDECAR = "sidecar"  # in NAME.xmp beside it: the file could not take them, or bears content credentials
    NONE = "none"  # nowhere: the recipe says marks: false


class Marks(NamedTuple):
    """What is written into a copy; `system` names the AI system, None for a proof, which none has made.

    A tuple, as jobs are.
    """

    source_type: str
    system: str | None = None
    key: str | None = None
    seed: int | None = None
    fingerprint: str | None = None
    prompt: str | None = None
    proof: bool = False

    def canonical(self) -> str:
        """Return everything that the bytes of a packet depend on, as the canonical JSON of a mapping.

        It is put together from its parts, as a request's is: it is asked for with every job that is planned.
        """
        return (
            f'{{"fingerprint":{json_text(self.fingerprint)},"key":{json_text(self.key)},'
            f'"prompt":{json_text(self.prompt)},"proof":{"true" if self.proof else "false"},'
            f'"seed":{json_text(self.seed)},"source_type":{json_text(self.source_type)},'
            f'"system":{json_text(self.system)}}}'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMarks:
    """What a file or its sidecar says of itself: nothing of it is believed, it is what was read.

    `credentials`: the file bears content credentials.
    """

    where: Marked = Marked.NONE
    source_type: str | None = None
    system: str | None = None
    tool: str | None = None
    key: str | None = None
    seed: str | None = None
    fingerprint: str | None = None
    prompt: str | None = None
    proof: bool = False
    credentials: bool = False


def marks_of(job: Job) -> Marks | None:
    """Return the marks of a job's copies, None where none are wanted."""
    if not job.marking.wanted:
        return None
    request = job.request
    proof = request.provider == PROOFS
    source = ALGORITHMIC if proof else TRAINED
    system = None if proof else system_name(request.model, request.provider)
    prompt = request.prompt if job.marking.prompt else None
    return tuple_of(Marks, (source, system, job.key, request.seed, job.fingerprint, prompt, proof))


@functools.lru_cache(maxsize=64)
def system_name(model: str, provider: str) -> str:
    """Return the name of the AI system that has made an image: model and seller, as far as they are known."""
    name = f"{SYSTEMS[model]} ({model})" if model in SYSTEMS else model
    return f"{name} through {SELLERS.get(provider, provider)}"
