"""Decides what a proof's scene looks like: the prompt chooses subject, place and colours, the seed arranges them."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace

from gen4flow.emulator.proof import words
from gen4flow.emulator.proof.colours import HAIRS, SCHEMES, SKINS, Scheme
from gen4flow.emulator.proof.frame import Frame

STILLS = ("still-ball", "still-arch", "still-stack")  # what stands for a subject that no word names
THIRDS = (0.34, 0.66, 0.5)
JITTER = 0.035  # of the width, around the third that a take has chosen or the prompt has asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """One arrangement.

    `axis` is the subject's middle as a share of the width, `foot` and `horizon` are shares of the height, `tall` is
    the subject's height as a share of the live height, `light` is -1 from the left and 1 from the right, `exposure`
    is added to all light; `take` seeds what else varies from seed to seed, `identity` what does not.
    """

    subject: str
    place: str
    scheme: Scheme
    axis: float
    foot: float
    horizon: float
    tall: float
    light: int
    exposure: float
    take: int
    identity: str

    def dice(self, purpose: str) -> random.Random:
        """Return a source of chance for one purpose, so that a change in one leaves the others as they are."""
        return _dice(f"{self.take} {purpose}")

    @property
    def form(self) -> random.Random:
        """Return a source of chance for the subject's shape, the same in every take of a prompt."""
        return _dice(self.identity)


# How tall subjects stand, as shares of the live height: from, to
STILL_HEIGHT = (0.44, 0.62)
HEIGHTS = {
    "figure": (0.80, 1.0),
    "figure-long": (0.80, 1.0),
    "standing": (0.62, 0.80),
    "bottle": (0.62, 0.84),
    "cup": (0.34, 0.50),
    "vase": (0.54, 0.76),
    "bag": (0.48, 0.68),
    "lamp": (0.58, 0.80),
    "seat": (0.48, 0.66),
    "animal": (0.42, 0.60),
    "house": (0.44, 0.66),
    "tree": (0.56, 0.78),
    "box": (0.32, 0.46),
    "ball": (0.26, 0.38),
}


def stage(prompt: str, seed: int, frame: Frame) -> Staging:
    """Return the arrangement for a prompt and a seed: one prompt's pictures are of one family."""
    text = words.wanted(prompt)
    motif, take = _dice(prompt), _dice(f"{seed} {prompt}")
    subject, at = _subject(text, motif)
    identity = words.identity_of(text)
    scheme = _scheme(text, subject, at, identity, motif).bent(take)
    live = frame.live_height / frame.height
    horizon = live * take.uniform(0.44, 0.72)
    low, high = HEIGHTS.get(subject, STILL_HEIGHT)
    return Staging(
        subject=subject,
        place=words.place_of(text, at) or ("studio", "tabletop", "interior")[motif.randrange(3)],
        scheme=scheme,
        axis=_axis(text, take),
        foot=horizon + (live - horizon) * take.uniform(0.45, 0.75),
        horizon=horizon,
        tall=take.uniform(low, high),
        light=words.light_of(text) or take.choice((-1, 1)),
        exposure=words.mood_of(text) + take.uniform(-0.08, 0.06),
        take=take.getrandbits(63),
        identity=identity,
    )


def _subject(text: str, motif: random.Random) -> tuple[str, int]:
    """Return what is shown, and where in the text its word is."""
    found = words.first_of(words.SUBJECTS, text)
    if found is None:
        return STILLS[motif.randrange(len(STILLS))], 0
    if found[0] != "figure":
        return found
    if words.is_whole_figure(text):
        return "standing", found[1]
    return ("figure-long" if words.has_long_hair(text) else "figure"), found[1]


def _scheme(text: str, subject: str, at: int, identity: str, motif: random.Random) -> Scheme:
    """Return the prompt's colours: those of one scheme, but for what its words say of the subject."""
    scheme = SCHEMES[motif.randrange(len(SCHEMES))]
    person = _dice(identity)
    return replace(
        scheme,
        subject=words.colour_of(text, at, subject) or scheme.subject,
        skin=SKINS[person.randrange(len(SKINS))],
        hair=words.hair_of(text) or HAIRS[person.randrange(len(HAIRS))],
    )


def _axis(text: str, take: random.Random) -> float:
    third = take.choice(THIRDS)
    asked = words.side_of(text)
    return (third if asked is None else asked) + take.uniform(-JITTER, JITTER)


def _dice(text: str) -> random.Random:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return random.Random(int.from_bytes(digest))  # noqa: S311  # a picture, not a secret
