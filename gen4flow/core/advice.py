"""What a person can do about a job without an image, by why there is none."""

from __future__ import annotations

from gen4flow.core.job import Request
from gen4flow.core.purchase import Failure
from gen4flow.core.references import LocalImage, RemoteImage

LONGEST = 80  # characters of a prompt that are shown

# why there is no image -> what to do beside buying the same request again
ADVICE: dict[Failure, str] = {
    Failure.REFUSED: "mend what the provider names: a changed request is bought by the next run",
    Failure.MODERATION: "reword the prompt, or show another reference: a changed request is bought by the next run",
    Failure.REFERENCE: "look at the reference image: it must be there, whole, and for the web to see",
    Failure.TASK: "mostly the provider's trouble of the moment: try it again",
    Failure.CANCELLED: "somebody cancelled it at the provider: try it again",
    Failure.NO_IMAGE: "ask the provider for a refund: it was completed without an image",
    Failure.FORBIDDEN_OUTPUT: "its image lies where nothing may be fetched from: ask the provider",
    Failure.EXPIRED: "it was paid for and is no longer to be had: run again sooner after an interruption",
    Failure.GIVEN_UP: "it counts as spent, and is not bought again",
}


def input_of(request: Request, failure: Failure) -> str:
    """Return the part of a request that a failure is about, in a person's words."""
    if failure is Failure.REFERENCE and request.references:
        return "references: " + ", ".join(_named(one) for one in request.references)
    prompt = request.prompt if len(request.prompt) <= LONGEST else f"{request.prompt[:LONGEST]}…"
    return f"prompt: {' '.join(prompt.split())}"


def _named(reference: object) -> str:
    match reference:
        case LocalImage(path=path, sha256=sha256):
            return path or sha256[:12]
        case RemoteImage(url=url):
            return url[:LONGEST]
        case _:
            return f"the image of {getattr(reference, 'key', '') or 'an earlier job'}"
