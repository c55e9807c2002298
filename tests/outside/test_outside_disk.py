"""A disk that fills up: said clearly, and finished for the same money once there is space."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.harness import LONG, other_server, project_of, recipe_of

pytestmark = pytest.mark.skipif(not LONG or os.geteuid() != 0, reason="mounts a small tmpfs: long, root")
SIZES = ["16k", "64k", "100k", "128k", "160k", "256k"]


@pytest.fixture(name="small")
def _small(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    yield place
    subprocess.run(["umount", str(place)], check=False, capture_output=True)


@pytest.mark.parametrize("option", ["--state", "--out"])
@pytest.mark.parametrize("size", SIZES)
def test_a_full_disk_is_said_and_a_resume_with_space_completes(
    tmp_path: Path, small: Path, option: str, size: str
) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(small)], check=True)
    root = tmp_path / "project"
    root.mkdir()
    with other_server() as server:
        project = project_of(root, server)
        project.write(recipe_of(*(f"cup {n} [format:jpeg]" for n in range(12))))
        first = project.run(option, str(small / "it"))
        assert first.code in {0, 1}, first
        if first.code == 1:
            assert "space" in first.err or "disk" in first.err
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        second = project.run(option, str(small / "it"))
        assert second.code == (7 if "can't be recorded" in first.err else 0), second
        submits = server.submits()
        assert len(submits) == len(set(submits)) == 12
