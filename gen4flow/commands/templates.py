"""What `gen4flow init` makes projects from: the shipped recipes that are folders, each with its next commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gen4flow.resources import shipped

# What every project has: a file of it, and where its text comes from. A real .gitignore in the package would hide
# files of the package.
COMMON: Mapping[str, Path] = {
    name: Path(__file__).resolve().parent / "init_project" / source
    for name, source in {"gen4flow.toml": "gen4flow.toml", ".gitignore": "gitignore"}.items()
}
SCHEMA = ".schemas/recipe.schema.json"
RECIPE = "recipe.yaml"
_SCHEMA_LINE = b"# yaml-language-server: $schema="


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A project to start from: what it is, its files below recipes/NAME, and what to type next, with what that does."""

    told: str
    files: tuple[str, ...]
    then: tuple[tuple[str, str], ...]


PLAN = ("gen4flow plan recipe.yaml", "every image, and the price")
DEFAULT = "start"
TEMPLATES: Mapping[str, Template] = {
    "start": Template(
        told="two products in two scenes",
        files=(RECIPE, "prompts/product.txt", "products.csv"),
        then=(PLAN, ("gen4flow run recipe.yaml", "free proofs, and a gallery of them")),
    ),
    "ads": Template(
        told="one product in every placement, with room for the text",
        files=(RECIPE, "prompts/ad.txt", "placements.csv"),
        then=(
            PLAN,
            ("gen4flow run recipe.yaml -s placement=story", "free proofs of one placement"),
            ("gen4flow run recipe.yaml", "of all of them"),
        ),
    ),
    "catalogue": Template(
        told="a table of products, each in the settings that suit it",
        files=(RECIPE, "prompts/product.txt", "products.csv"),
        then=(
            ("gen4flow validate recipe.yaml", "what is wrong, after every change of products.csv"),
            PLAN,
            ("gen4flow run recipe.yaml -s product=chair-02", "free proofs of one product"),
            ("gen4flow run recipe.yaml", "of all of them"),
        ),
    ),
    "character": Template(
        told="the same people in many scenes, by way of portraits",
        files=(RECIPE, "prompts/portrait.txt", "prompts/scene.txt", "characters.csv", "scenes.csv"),
        then=(
            PLAN,
            ("gen4flow run recipe.yaml", "free proofs of the portraits; the scenes wait: exit code 3"),
            ("gen4flow review recipe.yaml -s step:portrait", "look at them; write the seed to keep into `pick`"),
            ("gen4flow run recipe.yaml --approve scene", "free proofs of the scenes"),
        ),
    ),
}


def project_files(name: str) -> dict[str, bytes]:
    """Return the files of a project that a template makes, by their path in it.

    A shipped recipe names the schema that is shipped; in a project it names the one that is written beside it.
    """
    folder = shipped("recipes") / name
    texts = {file: (folder / file).read_bytes() for file in TEMPLATES[name].files}
    _, _, rest = texts[RECIPE].partition(b"\n")
    texts[RECIPE] = _SCHEMA_LINE + SCHEMA.encode() + b"\n" + rest
    texts |= {file: source.read_bytes() for file, source in COMMON.items()}
    texts[SCHEMA] = (shipped("schemas") / "recipe.schema.json").read_bytes()
    return texts
