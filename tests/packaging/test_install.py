"""What is installed is whole: from a wheel made out of the source archive, and from a checkout in editable form.

Both are installed without their dependencies into environments that see those of the running one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from gen4flow.commands.templates import TEMPLATES

ROOT = Path(__file__).parents[2]
WHERE = """\
import json, gen4flow
from gen4flow.resources import shipped
found = {"package": gen4flow.__file__, "schemas": shipped("schemas"), "recipes": shipped("recipes")}
print(json.dumps(found, default=str))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An environment with gen4flow in it; `folder` is somewhere else, and `where` says where things were found."""

    scripts: Path
    folder: Path
    where: dict[str, Path]

    def output(self, *arguments: str | Path) -> str:
        """Return what `gen4flow` prints there; the test fails when it fails."""
        return printed([self.scripts / "gen4flow", *arguments], self.folder)


def printed(command: Sequence[str | Path], folder: Path, environment: dict[str, str] | None = None) -> str:
    clean = {**(os.environ if environment is None else environment)}
    clean.pop("PYTHONPATH", None)  # it would show another gen4flow than the installed one
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, environment_outside: dict[str, str]) -> tuple[Path, Path]:
    """Return the source archive and the wheel that is made out of it."""
    folder = tmp_path_factory.mktemp("archives")
    printed([sys.executable, "-m", "build", "--outdir", folder, ROOT], folder, environment_outside)
    [source] = folder.glob("*.tar.gz")
    [wheel] = folder.glob("*.whl")
    return source, wheel


@pytest.fixture(scope="module")
def installing(
    tmp_path_factory: pytest.TempPathFactory, environment_outside: dict[str, str]
) -> Callable[..., Installed]:
    """Return what installs gen4flow into a new environment."""

    def install(*what: str | Path) -> Installed:
        folder = tmp_path_factory.mktemp("installed")
        printed([sys.executable, "-m", "venv", "--without-pip", folder / "env"], folder)
        python = folder / "env" / "bin" / "python"
        site = Path(printed([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip())
        # Seen after the environment's own packages; the .pth files in there, such as an editable gen4flow's, are not.
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
        printed([*pip, *what], folder, environment_outside)
        found = {name: Path(path) for name, path in json.loads(printed([python, "-c", WHERE], folder)).items()}
        return Installed(scripts=python.parent, folder=folder, where=found)

    return install


@pytest.fixture(scope="module")
def from_wheel(archives: tuple[Path, Path], installing: Callable[..., Installed]) -> Installed:
    return installing(archives[1])


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory, installing: Callable[..., Installed]) -> Installed:
    """Return an editable installation of a copy: the checkout may be installed already, and stays as it is."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    for name in ("gen4flow", "schemas", "recipes"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    return installing("--editable", checkout)


@pytest.fixture(scope="module", params=["from_wheel", "editable"])
def installed(request: pytest.FixtureRequest) -> Installed:
    found: Installed = request.getfixturevalue(request.param)
    return found


def test_the_package_is_the_installed_one_and_typed(installed: Installed) -> None:
    package = installed.where["package"].parent
    assert not package.is_relative_to(ROOT)
    assert (package / "py.typed").is_file()


@pytest.mark.parametrize("name", ["recipe", "plan", "manifest", "picks"])
def test_the_schemas_are_found(installed: Installed, name: str) -> None:
    shipped = (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert installed.output("schema", name) == shipped


def recipe_files(folder: Path) -> set[str]:
    """Return every file of the shipped recipes, whatever somebody has run there."""
    made = {"out", ".gen4flow"}
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if not made & set(path.parts)}


def test_the_shipped_recipes_are_found_whole_and_planned(installed: Installed) -> None:
    names = recipe_files(ROOT / "recipes")
    assert {"csv", "jinja", "json", "toml", "txt", "yaml"} <= {name.rpartition(".")[2] for name in names}
    assert recipe_files(installed.where["recipes"]) == names
    for name in ("quickstart.yaml", "campaign/campaign.yaml"):
        recipe = installed.where["recipes"] / name
        plan = json.loads(installed.output("plan", recipe, "--json", "--state", "state", "--out", "out"))
        assert plan["totals"]["buys"] > 0


def test_a_new_project_is_made_of_each_template_and_planned(installed: Installed) -> None:
    for name in TEMPLATES:
        installed.output("init", name, "--template", name)
        plan = json.loads(installed.output("plan", f"{name}/recipe.yaml", "--json"))
        assert plan["totals"]["buys"] > 0


def test_the_wheel_is_read_from_itself_and_the_editable_form_from_the_checkout(
    from_wheel: Installed, editable: Installed
) -> None:
    assert from_wheel.where["schemas"].parent == from_wheel.where["package"].parent
    assert editable.where["schemas"].parent == editable.where["package"].parent.parent


def test_the_source_archive_holds_what_the_tests_need_and_nothing_that_is_ignored(archives: tuple[Path, Path]) -> None:
    with tarfile.open(archives[0]) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {"README.md", "LICENSE", "pyproject.toml", ".ci/run", "tests/conftest.py", "gen4flow/py.typed"} <= names
    assert not [name for name in names if "__pycache__" in name or ".gen4flow" in name or name.startswith("out/")]
