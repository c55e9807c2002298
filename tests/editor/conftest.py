"""The language server of editors, installed once for a session, and a project to ask it about."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

from gen4flow.cli import main
from tests.editor.language_server import LanguageServer, language_server

HERE = Path(__file__).resolve().parent
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
SERVER = "node_modules/yaml-language-server/bin/yaml-language-server"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, environment_outside: dict[str, str]) -> Iterator[LanguageServer]:
    """Return the server in its pinned version; without npm the tests are skipped, and in CI they fail."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        _without("there is no npm here (Debian: nodejs, npm)")
    session = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        session = session.parent  # of all workers
    folder = session / "language-server"
    with FileLock(session / "language-server.lock"):
        if not folder.is_dir():
            _install(npm, folder, environment_outside)
    with language_server([node, folder / SERVER, "--stdio"], folder) as running:
        yield running


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a recipe in a new project, which `init` has put the schema into."""
    folder = tmp_path_factory.mktemp("project")
    assert main(["init", str(folder)]) == 0
    return folder / "recipe.yaml"


def _install(npm: str, folder: Path, environment: dict[str, str]) -> None:
    """Install what the lock file beside this one names; the folder is there only once that has worked."""
    making = folder.with_suffix(".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, making)
    done = subprocess.run([npm, *INSTALL], cwd=making, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        _without(f"npm can't install yaml-language-server:\n{done.stdout}{done.stderr}")
    making.rename(folder)


def _without(reason: str) -> NoReturn:
    """Skip the tests on somebody's own machine; where everything has to be checked, fail them."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(reason)
    pytest.skip(reason)
