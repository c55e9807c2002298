"""`gen4flow doctor`: checks everything that a run needs; with --probe it asks the provider's free endpoints, too."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gen4flow import __version__
from gen4flow.api_client import extra_told
from gen4flow.commands.checks import Check, Verdict
from gen4flow.commands.probing import probe
from gen4flow.core.errors import Gen4flowError
from gen4flow.core.price import from_micros, show_money
from gen4flow.ledger import Ledger
from gen4flow.project import Project, find_project
from gen4flow.providers import PROVIDERS
from gen4flow.state_lock import holder, is_held

LIBRARIES = ("httpx", "jinja2", "jsonschema", "pyyaml", "pillow", "tqdm")
ENOUGH, LITTLE = 1024**3, 64 * 1024**2  # bytes of free disk
OLDEST = datetime(2026, 11, 1, tzinfo=UTC)  # no clock that is right says an earlier time


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--state", type=Path, metavar="DIR", help="in place of .gen4flow at the project's root")
    parser.add_argument("--probe", action="store_true", help="ask the provider, too; that buys nothing")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print every check; exit 1 when one has failed."""
    project = find_project(Path.cwd(), state=arguments.state)
    checks = list(_checks(project))
    if arguments.probe:
        checks += probe(project)
    if arguments.json:
        print(json.dumps([check.as_json() for check in checks], indent=1, ensure_ascii=False))
    else:
        print(*(check.as_text() for check in checks), sep="\n")
    return 1 if any(check.verdict is Verdict.FAILS for check in checks) else 0


def _checks(project: Project) -> Iterator[Check]:
    """Yield what can be told without a network."""
    libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    yield Check(name="gen4flow", told=f"{__version__} on Python {platform.python_version()}, {platform.system()}")
    yield Check(name="libraries", told=libraries)
    yield Check(name="extra fast", told=extra_told())
    yield _project(project)
    yield _disk(project)
    yield _ledger(project)
    yield _lock(project)
    yield _clock()
    for dialect in dict.fromkeys(PROVIDERS[name] for name in PROVIDERS if name != "local"):
        yield _key(project, dialect.KEY_VARIABLE)
        url = os.environ.get(dialect.BASE_URL_VARIABLE)
        yield Check(name=dialect.BASE_URL_VARIABLE, told=url or f"not set: {dialect.DEFAULT_BASE_URL}")
    yield from _dot_env(project)


def _project(project: Project) -> Check:
    """Look at the project's root and its settings."""
    try:
        caps = ", ".join(f"{cap.told} ${show_money(from_micros(cap.limit))}" for cap in project.caps())
    except Gen4flowError as error:
        return Check(name="project", verdict=Verdict.FAILS, told=str(error), help="mend gen4flow.toml")
    return Check(name="project", told=f"{project.root}; {caps or 'no cap of its own'}")


def _disk(project: Project) -> Check:
    """Look at the room for images, and whether the state folder can be written."""
    place = next(folder for folder in (project.state, *project.state.parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    told = f"{free / 1024**3:,.1f} GiB free at {place}"
    if not os.access(place, os.W_OK):
        return Check(name="disk", verdict=Verdict.FAILS, told=f"{place} can't be written", help="mend its permissions")
    if free < ENOUGH:
        verdict = Verdict.FAILS if free < LITTLE else Verdict.WARNS
        return Check(name="disk", verdict=verdict, told=told, help="an image is about 1 to 3 MB, and is kept twice")
    return Check(name="disk", told=told)


def _ledger(project: Project) -> Check:
    """Open the ledger as every command does."""
    try:
        ledger = Ledger.read(project.state)
    except Gen4flowError as error:
        told, _, remedy = str(error).partition("\n  help: ")
        return Check(name="ledger", verdict=Verdict.FAILS, told=told, help=remedy)
    if ledger is None:
        return Check(name="ledger", told="none yet: nothing was bought here")
    sums = ledger.sums()
    spent, unknown = show_money(from_micros(sums.spent)), show_money(from_micros(sums.unknown))
    if sums.unknown:
        told, remedy = f"${spent} spent, ${unknown} unknown", "gen4flow reconcile"
        return Check(name="ledger", verdict=Verdict.WARNS, told=told, help=remedy)
    return Check(name="ledger", told=f"${spent} spent")


def _lock(project: Project) -> Check:
    """Say whether a run is under way."""
    return Check(name="lock", told=f"held: {holder(project.state)}" if is_held(project.state) else "free")


def _clock() -> Check:
    """Look at the machine's clock, by which days, windows and uploads are told apart."""
    now = datetime.now(UTC)
    if now < OLDEST:
        return Check(name="clock", verdict=Verdict.FAILS, told=f"it says {now:%Y-%m-%d}", help="set the clock")
    return Check(name="clock", told=f"{now:%Y-%m-%d %H:%M} UTC")


def _key(project: Project, variable: str) -> Check:
    """Say whether there is a key, and where from, and never which."""
    if project.key(variable) is None:
        remedy = "without a key, --provider local draws free proofs"
        return Check(name=variable, verdict=Verdict.WARNS, told="not set", help=remedy)
    place = "the environment" if os.environ.get(variable) else project.root / ".env"
    return Check(name=variable, told=f"set in {place}")


def _dot_env(project: Project) -> Iterator[Check]:
    """Warn of a file with keys that git may take or that others may read."""
    file = project.root / ".env"
    if not file.is_file():
        return
    if sys.platform != "win32" and file.stat().st_mode & 0o044:
        yield Check(name=".env", verdict=Verdict.WARNS, told="others may read it", help=f"chmod 600 {file}")
    if (project.root / ".git").exists() and not _is_ignored(file):
        yield Check(name=".env", verdict=Verdict.WARNS, told="git does not ignore it", help="add .env to .gitignore")


def _is_ignored(file: Path) -> bool:
    """Tell whether git would leave a file out; True where nobody can tell."""
    try:
        command = ["git", "-C", str(file.parent), "check-ignore", "-q", file.name]
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode != 1  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return True
