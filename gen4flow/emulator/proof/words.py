"""What a prompt's words say about a picture: what is shown, where, in which colour, from which side it is lit.

A reading by single words: enough for a stand-in. Prompts in other languages, or about other things, are staged by
their hash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gen4flow.emulator.proof.colours import Colour

SUBJECTS: Mapping[str, str] = {
    "figure": "person people woman women man men girl boy child lady gentleman portrait model chef dancer worker face "
    "couple family she he character runner cyclist farmer baker barista athlete bride",
    "bottle": "bottle flask carafe decanter perfume serum shampoo wine beer dropper thermos",
    "cup": "mug cup teacup espresso latte bowl tumbler teapot kettle",
    "vase": "vase planter pot urn pitcher jug amphora jar flowerpot",
    "bag": "bag backpack rucksack tote duffel handbag purse satchel pouch wallet suitcase luggage sleeve folder "
    "holdall pencil-roll roll",
    "lamp": "lamp lantern candle chandelier lampshade",
    "seat": "chair stool armchair sofa bench-seat couch throne",
    "animal": "fox dog cat rabbit hare bear wolf deer horse bird owl animal puppy kitten hen squirrel mouse",
    "house": "house cottage cabin lighthouse barn hut villa castle temple church chapel windmill tower",
    "tree": "tree oak olive-tree bonsai plant fern cactus palm flower tulip roses",
    "box": "box package parcel book phone smartphone laptop speaker camera radio console watch perfume-box soap carton",
    "ball": "ball apple oranges pear lemon peaches tomato fruit loaf bread cake pumpkin egg planet moon globe",
}

PLACES: Mapping[str, str] = {
    "studio": "studio seamless backdrop background packshot cyclorama infinity",
    "water": "sea ocean beach lake river water pool harbour harbor ferry coast seaside shore boat ship island lagoon",
    "foliage": "forest wood woods pine birch garden park jungle meadow orchard vineyard trees ivy leaves terrace",
    "hills": "mountain hill desert snow field landscape valley dune canyon prairie sky sunset sunrise",
    "street": "street city town courtyard market platform station urban skyline alley square bridge rooftop sidewalk",
    "interior": "kitchen room window interior café cafe bakery counter office shelf desk bedroom bathroom bar "
    "restaurant library oven workshop loft sofa curtains",
}

# Light from 0 to 1 that words add or take away
MOODS: Mapping[str, float] = {
    **dict.fromkeys(("night", "dark", "moody", "dusk", "midnight", "candlelit", "noir", "low-key"), -0.20),
    **dict.fromkeys(("bright", "snow", "white", "high-key", "noon", "airy", "overcast", "fog", "mist"), 0.07),
}

COLOURS: Mapping[str, Colour] = {
    "red": Colour(0.99, 0.56, 0.43),
    "brick": Colour(0.03, 0.45, 0.43),
    "rust": Colour(0.04, 0.52, 0.40),
    "terracotta": Colour(0.05, 0.48, 0.52),
    "coral": Colour(0.02, 0.62, 0.62),
    "orange": Colour(0.07, 0.68, 0.52),
    "amber": Colour(0.10, 0.62, 0.50),
    "mustard": Colour(0.12, 0.60, 0.48),
    "ochre": Colour(0.11, 0.55, 0.46),
    "yellow": Colour(0.14, 0.68, 0.58),
    "gold": Colour(0.12, 0.46, 0.54),
    "brass": Colour(0.12, 0.42, 0.52),
    "olive": Colour(0.19, 0.30, 0.34),
    "moss": Colour(0.23, 0.30, 0.34),
    "sage": Colour(0.30, 0.15, 0.56),
    "green": Colour(0.36, 0.36, 0.36),
    "mint": Colour(0.42, 0.34, 0.70),
    "teal": Colour(0.49, 0.42, 0.34),
    "turquoise": Colour(0.48, 0.42, 0.50),
    "blue": Colour(0.59, 0.46, 0.46),
    "navy": Colour(0.61, 0.42, 0.24),
    "indigo": Colour(0.67, 0.38, 0.36),
    "violet": Colour(0.74, 0.34, 0.48),
    "purple": Colour(0.78, 0.34, 0.40),
    "plum": Colour(0.86, 0.30, 0.32),
    "pink": Colour(0.95, 0.46, 0.72),
    "blush": Colour(0.99, 0.38, 0.78),
    "burgundy": Colour(0.97, 0.46, 0.26),
    "brown": Colour(0.06, 0.34, 0.32),
    "tan": Colour(0.09, 0.36, 0.58),
    "beige": Colour(0.10, 0.28, 0.74),
    "sand": Colour(0.10, 0.30, 0.70),
    "cream": Colour(0.12, 0.40, 0.86),
    "ivory": Colour(0.13, 0.36, 0.88),
    "white": Colour(0.11, 0.10, 0.91),
    "silver": Colour(0.60, 0.05, 0.74),
    "grey": Colour(0.60, 0.04, 0.54),
    "gray": Colour(0.60, 0.04, 0.54),
    "charcoal": Colour(0.60, 0.06, 0.24),
    "black": Colour(0.62, 0.08, 0.14),
}
# What these words mean of fur and feathers
COATS: Mapping[str, Colour] = {"red": Colour(0.05, 0.58, 0.44), "blue": COLOURS["grey"], "gold": COLOURS["tan"]}
PEOPLE = ("figure", "figure-long", "standing")
COLOUR_REACH = 48  # characters before a thing in which a colour is taken for its own

HAIR_COLOURS: Mapping[str, Colour] = {
    **dict.fromkeys(("black", "dark"), Colour(0.07, 0.24, 0.13)),
    **dict.fromkeys(("brown", "brunette", "chestnut"), Colour(0.07, 0.36, 0.26)),
    **dict.fromkeys(("blond", "blonde", "fair", "golden"), Colour(0.11, 0.42, 0.56)),
    **dict.fromkeys(("red", "ginger", "auburn"), Colour(0.04, 0.54, 0.38)),
    **dict.fromkeys(("grey", "gray", "silver", "white"), Colour(0.60, 0.05, 0.68)),
}

_NOT_WANTED = re.compile(r"\b(?:no|without|nobody)\s+\w+")
_SIDE = re.compile(
    r"\b(?:in|to|on|at|the \w+) (?:in |to |on )?the (?:far )?(left|right|centre|center|middle)\b|\b(centred|centered)\b"
)
_LIGHT = re.compile(r"\bfrom the (?:upper |lower |far )?(left|right)\b")
_HAIR = re.compile(rf"\b({'|'.join(HAIR_COLOURS)})\b[\w-]*(?: \w+)? (?:hair|curls|braids?|beard|bun|ponytail|locks)\b")
_LONG_HAIR = re.compile(r"\b(?:long (?:\w+ )?(?:hair|curls)|braids?|ponytail|locks)\b")
_WEARS = re.compile(r"\b(?:wearing|dressed in|in an?)\b")
_WHOLE = re.compile(r"\b(?:wide shot|full[- ]body|full[- ]length|standing|walking|running|from afar|dancer|waiting)\b")


def wanted(prompt: str) -> str:
    """Return the prompt in small letters without what it rules out: "no people" shows nobody."""
    return _NOT_WANTED.sub(" ", prompt.lower())


def first_of(kinds: Mapping[str, str], text: str) -> tuple[str, int] | None:
    """Return the kind whose word comes first in a text, and where that word is."""
    found = [(match.start(), kind) for kind, words in kinds.items() if (match := _pattern(words).search(text))]
    return (min(found)[1], min(found)[0]) if found else None


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words.split()))})s?\b")


def colour_of(text: str, at: int, subject: str) -> Colour | None:
    """Return the colour that stands before the thing at a place in the text; of a person, that of what they wear."""
    near = text[max(0, at - COLOUR_REACH) : at]
    if subject in PEOPLE:
        wears = _WEARS.search(text, at)
        near = text[wears.end() : wears.end() + COLOUR_REACH] if wears else ""
    found = _pattern(" ".join(COLOURS)).search(near)
    if not found or found.group() not in COLOURS:
        return None
    return COATS.get(found.group(), COLOURS[found.group()]) if subject == "animal" else COLOURS[found.group()]


def side_of(text: str) -> float | None:
    """Return where a prompt wants its subject: the share of the width, on a third or in the middle."""
    found = _SIDE.search(text)
    if not found:
        return None
    return {"left": 1 / 3, "right": 2 / 3}.get(found.group(1) or "", 0.5)


def place_of(text: str, at: int) -> str | None:
    """Return where a prompt's subject is: what is named after it goes first, as in "a garden chair in a kitchen"."""
    found = first_of(PLACES, text[at:]) or first_of(PLACES, text)
    return found[0] if found else None


def identity_of(text: str) -> str:
    """Return the part of a prompt that makes a person the same one, whatever they wear."""
    return _WEARS.split(text, maxsplit=1)[0].strip(" ,.")


def hair_of(text: str) -> Colour | None:
    """Return the colour of somebody's hair."""
    found = _HAIR.search(text)
    return HAIR_COLOURS[found.group(1)] if found else None


def has_long_hair(text: str) -> bool:
    """Tell whether somebody's hair is long."""
    return _LONG_HAIR.search(text) is not None


def light_of(text: str) -> int | None:
    """Return from which side a prompt wants the light: -1 is the left, 1 the right."""
    found = _LIGHT.search(text)
    return None if found is None else {"left": -1, "right": 1}[found.group(1)]


def mood_of(text: str) -> float:
    """Return how much lighter or darker than usual a prompt wants its picture."""
    lights = [light for word, light in MOODS.items() if re.search(rf"\b{word}\b", text)]
    return min(lights, key=lambda light: (-abs(light), light), default=0.0)


def is_whole_figure(text: str) -> bool:
    """Tell whether a person is to be seen from head to foot."""
    return _WHOLE.search(text) is not None
