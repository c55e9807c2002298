"""A project on disk: its root, its state, its settings, its API keys, and what git says of a recipe."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from gen4flow.core.errors import UsageError
from gen4flow.core.history import Cap, Reach
from gen4flow.core.price import to_micros

STATE = ".gen4flow"
SETTINGS = "gen4flow.toml"
MARKERS = (SETTINGS, STATE, ".git")
CAPS = {"max_cost": Reach.PROJECT, "max_cost_per_day": Reach.DAY}
MAX_SETTINGS = 1024 * 1024  # bytes of gen4flow.toml and of .env


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project: `root` is where output folders start, `state` holds the ledger and the originals."""

    root: Path
    state: Path

    def key(self, variable: str) -> str | None:
        """Return an API key from the environment, else from the root's `.env`, which gives nothing but keys."""
        told = os.environ.get(variable)
        if not told and (file := self.root / ".env").is_file() and file.stat().st_size <= MAX_SETTINGS:
            from dotenv import dotenv_values  # only what reaches a provider needs a key

            told = dotenv_values(file, interpolate=False).get(variable)
        return told.strip() or None if told else None

    def caps(self) -> tuple[Cap, ...]:
        """Return the caps of gen4flow.toml; raises UsageError for a file or an amount that can't be read."""
        file = self.root / SETTINGS
        if not file.is_file():
            return ()
        settings = _read_toml(file)
        unknown = sorted(settings.keys() - CAPS.keys())
        if unknown:
            raise UsageError(f"{file}: unknown setting {unknown[0]}; it takes {' and '.join(CAPS)}")
        return tuple(
            Cap(reach=CAPS[name], limit=strict_amount(value, f"{file}: {name}"), told=f"{name} of {SETTINGS}")
            for name, value in settings.items()
        )


def find_project(start: Path, *, state: Path | None) -> Project:
    """Return the project of a recipe or folder: the nearest marked folder above it, below home, else its own."""
    folder = start.resolve() if start.is_dir() else start.resolve().parent
    home = Path.home()
    above = [folder, *folder.parents]
    if home in above:
        above = above[: above.index(home)]
    root = next((one for one in above if any((one / marker).exists() for marker in MARKERS)), folder)
    given = state or (Path(told) if (told := os.environ.get("GEN4FLOW_STATE")) else None)
    return Project(root=root, state=(given or root / STATE).resolve())


def strict_amount(value: object, place: str) -> int:
    """Return an amount of dollars as micro-dollars; raises UsageError for anything but a plain positive number."""
    text = str(value)
    try:
        if isinstance(value, bool) or not text.replace(".", "", 1).isascii() or not text.replace(".", "", 1).isdigit():
            raise ValueError(text)
        return to_micros(Decimal(text))
    except (ValueError, InvalidOperation) as error:
        where = f"{place}: " if place else ""
        raise UsageError(f"{where}{text!r} is no amount in dollars; write it like 25 or 2.50") from error


def _read_toml(file: Path) -> Mapping[str, object]:
    """Return a settings file's values, numbers exact."""
    import tomllib  # most projects have no settings

    try:
        if file.stat().st_size > MAX_SETTINGS:
            raise UsageError(f"{file}: larger than {MAX_SETTINGS:,} bytes")
        return tomllib.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{file}: can't be read: {error}") from error


def git_facts(recipe: Path) -> tuple[str | None, bool | None]:
    """Return the commit that a recipe's folder is at, and whether the recipe differs from it; None where unknown."""
    # a repository's own settings could make git start programs: those that `status` heeds are switched off
    import subprocess  # only a run notes it

    git = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", str(recipe.resolve().parent)]
    try:
        commit = _output([*git, "rev-parse", "--verify", "HEAD"])
        changes = _output([*git, "status", "--porcelain", "--", recipe.name])
    except (OSError, subprocess.SubprocessError):
        return None, None
    return commit.strip() or None, bool(changes.strip())


def _output(command: list[str]) -> str:
    """Return what a short command prints; raises OSError or SubprocessError."""
    import subprocess

    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603  # git, fixed
    return done.stdout
