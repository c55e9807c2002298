"""A project on disk: its root, its keys, its caps, its lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gen4flow.core.errors import StateLocked, UsageError
from gen4flow.core.history import Reach
from gen4flow.project import find_project, git_facts
from gen4flow.state_lock import HOLDER, held, holder, is_held


def recipe_in(folder: Path) -> Path:
    """Make an empty recipe in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    recipe = folder / "recipe.yaml"
    recipe.write_text("")
    return recipe


@pytest.mark.parametrize("marker", ["gen4flow.toml", ".gen4flow", ".git"])
def test_the_root_is_the_nearest_marked_folder_above_the_recipe(tmp_path: Path, marker: str) -> None:
    recipe = recipe_in(tmp_path / "a/b/c")
    (tmp_path / "a" / marker).mkdir()
    assert find_project(recipe, state=None).root == tmp_path / "a"
    (tmp_path / "a/b" / marker).mkdir()
    assert find_project(recipe, state=None).root == tmp_path / "a/b"


def test_without_a_mark_the_root_is_the_recipes_folder(tmp_path: Path) -> None:
    assert find_project(recipe_in(tmp_path / "a/b"), state=None).root == tmp_path / "a/b"


def test_the_home_folder_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    assert find_project(recipe_in(tmp_path / "a"), state=None).root == tmp_path / "a"


def test_the_state_is_where_it_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = recipe_in(tmp_path / "a")
    assert find_project(recipe, state=None).state == tmp_path / "a/.gen4flow"
    monkeypatch.setenv("GEN4FLOW_STATE", str(tmp_path / "from-environment"))
    assert find_project(recipe, state=None).state == tmp_path / "from-environment"
    assert find_project(recipe, state=tmp_path / "given").state == tmp_path / "given"


def test_a_key_comes_from_the_environment_before_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = find_project(recipe_in(tmp_path), state=None)
    assert project.key("WAVESPEED_API_KEY") is None
    (tmp_path / ".env").write_text("WAVESPEED_API_KEY='from file' # no\nOTHER=$HOME\n")
    assert project.key("WAVESPEED_API_KEY") == "from file"
    monkeypatch.setenv("WAVESPEED_API_KEY", "from environment")
    assert project.key("WAVESPEED_API_KEY") == "from environment"


def test_an_env_file_gives_keys_alone(tmp_path: Path) -> None:
    project = find_project(recipe_in(tmp_path), state=None)
    (tmp_path / ".env").write_text(
        "WAVESPEED_BASE_URL=http://evil.example\nWAVESPEED_API_KEY=k\nHTTPS_PROXY=http://e\n"
    )
    assert project.key("WAVESPEED_API_KEY") == "k"
    assert "WAVESPEED_BASE_URL" not in os.environ
    assert "HTTPS_PROXY" not in os.environ


def test_an_env_file_runs_nothing_and_expands_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    (tmp_path / ".env").write_text("WAVESPEED_API_KEY=${SECRET}$(touch x)\n")
    assert find_project(recipe_in(tmp_path), state=None).key("WAVESPEED_API_KEY") == "${SECRET}$(touch x)"


def test_caps_are_read_exactly(tmp_path: Path) -> None:
    (tmp_path / "gen4flow.toml").write_text("max_cost = 12.34\nmax_cost_per_day = 5\n")
    caps = find_project(recipe_in(tmp_path), state=None).caps()
    assert [(cap.reach, cap.limit) for cap in caps] == [(Reach.PROJECT, 12_340_000), (Reach.DAY, 5_000_000)]


@pytest.mark.parametrize(
    "settings",
    ['max_cost = "1,50"', "max_cost = -1", "max_cost = inf", 'max_cost = "$5"', "max_cost = nan", "max_cost = true",
     "max_cots = 5", "max_cost = ", "max_cost = 0.00000001", "base_url = 'http://x'"],
)  # fmt: skip
def test_a_setting_that_is_none_is_refused(tmp_path: Path, settings: str) -> None:
    (tmp_path / "gen4flow.toml").write_text(settings)
    with pytest.raises(UsageError, match=r"gen4flow\.toml"):
        find_project(recipe_in(tmp_path), state=None).caps()


def test_git_tells_commit_and_changes_of_the_recipe_alone(tmp_path: Path) -> None:
    recipe = recipe_in(tmp_path)
    assert git_facts(recipe) == (None, None)
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    for arguments in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)
    (tmp_path / "other").write_text("x")
    commit, dirty = git_facts(recipe)
    assert commit is not None
    assert (len(commit), dirty) == (40, False)
    recipe.write_text("changed")
    assert git_facts(recipe)[1] is True


def test_a_held_state_names_its_holder_and_is_free_when_its_process_dies(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from gen4flow.state_lock import held\n"
        f"with held(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert is_held(tmp_path)
        with pytest.raises(StateLocked, match=f"process {other.pid} "), held(tmp_path):
            pass
        other.kill()
    assert not is_held(tmp_path)
    with held(tmp_path):
        assert json.loads((tmp_path / HOLDER).read_text())["pid"] == os.getpid()
    assert not is_held(tmp_path)


@pytest.mark.parametrize("nonsense", ['{"pid": "x", "host": 7}', "[]", "{", '{"pid": 1}', ""])
def test_nonsense_about_the_holder_is_nobody(tmp_path: Path, nonsense: str) -> None:
    (tmp_path / HOLDER).write_text(nonsense)
    assert not is_held(tmp_path)
    assert holder(tmp_path) == "who, is not known"
    with held(tmp_path):
        assert is_held(tmp_path)
