"""Short ways to write recipes into a folder and to learn what they plan; random recipes that are valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from gen4flow.commands.preparing import Choices, prepare
from gen4flow.core.job import Job


class Raw(str):
    """A scalar as it stands in YAML, without quotes."""

    __slots__ = ()


def yaml(value: Any) -> str:
    """Return a value as YAML on one line; every text is in quotes, with every sign but letters and digits escaped."""
    if isinstance(value, Raw | int | float):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, str):
        signs = (sign if sign.isascii() and sign.isalnum() else f"\\U{ord(sign):08x}" for sign in value)
        return f'"{"".join(signs)}"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{yaml(key)}: {yaml(inner)}" for key, inner in value.items()) + "}"
    return "[" + ", ".join(yaml(inner) for inner in value) + "]"


def write(folder: Path, recipe: str | Mapping[str, Any], name: str = "recipe.yaml") -> Path:
    """Write a recipe and return its path."""
    path = folder / name
    path.write_text(recipe if isinstance(recipe, str) else yaml(recipe), encoding="utf-8")
    return path


def planned(path: Path, profiles: Sequence[str] = (), settings: Sequence[str] = ()) -> list[Job]:
    """Return the jobs of a recipe; raises RecipeError."""
    return list(prepare(path, Choices(profiles=tuple(profiles), settings=tuple(settings))).jobs())


def prints(jobs: Sequence[Job]) -> dict[str, str]:
    """Return the fingerprint of each job by its key."""
    return {job.key: job.fingerprint for job in jobs}


SIGNS = "ab \t\n\"'\\:#,[]{}&*!|>%@`~?-.\x07\x7f\x85\xa0\u2028\u2029\ufeffé春🦊\U0010ffff"
TEXTS = st.text(alphabet=SIGNS, max_size=6) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=100
)
NUMBERS = ("1", "-1", "1.50", "007", "0x1F", "1e3", ".5", "true", "False")
WORDS = st.sampled_from(["no", "null", "~", "16:9", "yes", "...", "---", "=", "", *NUMBERS])
SCALARS = TEXTS | WORDS | st.sampled_from([Raw(one) for one in NUMBERS])
LISTS = st.lists(SCALARS, min_size=1, max_size=3, unique_by=lambda value: str(value).lower())


@st.composite
def recipes(draw: st.DrawFn) -> dict[str, Any]:
    """Return a recipe of one step or two, with everything that layers can tear apart."""
    step: dict[str, Any] = {
        "prompt": "p {{ a }} {{ b.x }} {{ look }} {{ seed }}",
        "tags": {"t": "<{{ look }}>", "n": 1},
    }
    axes = {
        "a": [f"a{n}" for n in range(draw(st.integers(1, 3)))],
        "b": [{"id": f"b{n}", "x": draw(SCALARS), "y": {"z": [draw(SCALARS)]}} for n in range(2)],
        "seed": draw(st.sampled_from([{"auto": 2}, {"auto": 2, "salt": "s"}, {"auto": 1, "per": ["a"]}, [1, 2]])),
        "exclude": [{"a": "a0", "b": "b1"}],
    }
    whole: dict[str, Any] = {
        "version": 1,
        "name": "x",
        "description": draw(TEXTS),
        "vars": {"look": draw(SCALARS), "more": {"deep": {"er": draw(LISTS), draw(TEXTS) or "k": draw(SCALARS)}}},
        "aspect_ratio": draw(st.sampled_from(["16:9", "{{ '1:1' }}"])),
        "limits": {"max_cost": Raw("2.50")},
        "profiles": {"p": {"vars": {"look": draw(SCALARS), "more": None}, "aspect_ratio": None}},
    }
    if draw(st.booleans()):
        return {**whole, **step, "matrix": axes}
    last = {"prompt": "q {{ a }} {{ h.seed }}", "needs": {"h": "one"}, "reference_images": ["{{ h.image }}"], "seed": 5}
    last |= {
        "aspect_ratio": None,
        "matrix": {"c": ["c0", "c1"]},
        "tags": {"t": None},
        "output": {"file": "{{ h.key }}{{ c }}"},
    }
    return {**whole, "tags": {"t": "top"}, "steps": {"one": {**step, "matrix": axes}, "two": last}}
