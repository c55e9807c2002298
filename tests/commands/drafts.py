"""A small project with drafts, and picks of them: what the commands about picks start from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gen4flow.cli import main
from gen4flow.core.picks import Pick, Picks, Verdict, picks_text

RECIPE = """\
version: 1
name: spring
prompt: "{{ product }} on {{ scene }}, {{ mood | default('calm') }}"
matrix:
  product: [mug, vase]
  scene: [a table, a shelf]
  seed: {auto: 2}
  include: [{scene: a shelf, mood: bright}]
output: {file: "{{ product }}/{{ scene }} {{ seed }}"}
tags: {sku: "{{ product }}-{{ seed }}"}
profiles:
  draft: {resolution: 720p, limits: {max_cost: 2.00}}
  final: {resolution: 1080p, only: {picks: picks/other.json}, limits: {max_cost: 1.50}}
"""
SHA = "a" * 64


def project(folder: Path, recipe: str = RECIPE) -> None:
    """Make the project in a folder."""
    (folder / "gen4flow.toml").touch()
    (folder / "recipe.yaml").write_text(recipe, encoding="utf-8")
    (folder / "picks").mkdir(exist_ok=True)


def jobs(*options: str, recipe: str = "recipe.yaml") -> list[dict[str, Any]]:
    """Return the jobs that a recipe plans."""
    written = Path("plan-of-the-tests.json")
    assert main(["plan", recipe, *options, "-o", str(written)]) == 0
    found: list[dict[str, Any]] = json.loads(written.read_text(encoding="utf-8"))["jobs"]
    return found


def said(verdict: Verdict, *those: Mapping[str, Any], stars: int | None = None, note: str = "") -> list[Pick]:
    """Return what somebody says of the images of jobs, each image once with every job that shares it."""
    keys: dict[str, list[str]] = {}
    for job in those:
        keys.setdefault(job["fingerprint"], []).append(job["key"])
    return [
        Pick(fingerprint=one, keys=tuple(rows), verdict=verdict, stars=stars, note=note) for one, rows in keys.items()
    ]


def write_picks(file: str, those: Sequence[Pick], *, recipe: str = "spring", manifest: str = SHA) -> Path:
    """Write a picks file and return its path."""
    path = Path(file)
    path.write_text(picks_text(Picks(recipe=recipe, manifest_sha256=manifest, picks=tuple(those))), encoding="utf-8")
    return path
