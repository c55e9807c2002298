"""What a folder keeps, over restarts and kills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from gen4flow.core.errors import Gen4flowError
from gen4flow.emulator import Settings
from gen4flow.emulator.emulator import Emulator

GEN4 = "/api/v3/runwayml/gen4-image"
SERVER = """
import sys, threading
from decimal import Decimal
from pathlib import Path
from gen4flow.emulator import Settings, serving
with serving(Settings(folder=Path(sys.argv[1]), latency=0.0, balance=Decimal(1))) as base_url:
    print(base_url, flush=True)
    threading.Event().wait()
"""


def test_a_restarted_emulator_knows_every_prediction_and_draws_it_again(serve: Any, tmp_path: Path) -> None:
    first, _ = serve(folder=tmp_path / "new", balance=Decimal(1))
    paths = []
    for inputs in ({"prompt": "x"}, {"prompt": "[fail]"}, {"prompt": "\ud800"}, {"prompt": "y", "seed": 3}):
        prediction = first.post(GEN4, content=json.dumps(inputs)).json()["data"]["id"]
        paths.append(f"/api/v3/predictions/{prediction}/result")
    first.post("/api/v3/predictions/delete", json={"ids": [paths[2].split("/")[4]]})
    second, app = serve(folder=tmp_path / "new", balance=Decimal(1))
    for path in paths:
        before, after = first.get(path).json()["data"], second.get(path).json()["data"]
        assert {**after, "urls": 0, "outputs": 0} == {**before, "urls": 0, "outputs": 0}
        for old, new in zip(before["outputs"], after["outputs"], strict=True):
            assert httpx.get(old).content == httpx.get(new).content
    assert [api.get("/api/v3/balance").json()["data"]["balance"] for api in (first, second)] == [0.76, 0.76]
    assert app.state.emulator.submits == []
    assert second.post("/api/v3/predictions").json()["data"]["items"][0]["id"] == paths[3].split("/")[4]


def test_a_killed_emulator_has_kept_every_submit_that_it_answered(serve: Any, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        base_url = process.stdout.readline().strip()
        headers = {"Authorization": "Bearer x"}
        answers = [httpx.post(base_url + GEN4, json={"prompt": "x"}, headers=headers) for _ in range(3)]
        os.kill(process.pid, signal.SIGKILL)
    _, app = serve(folder=tmp_path)
    assert list(app.state.emulator.predictions) == [answer.json()["data"]["id"] for answer in answers]
    assert not list(tmp_path.glob("*.part"))


def test_a_half_written_file_is_passed_over_and_a_strange_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json.part").write_text("{")
    assert Emulator(Settings(folder=tmp_path)).predictions == {}
    for strange in ("{", "[]", "{}", '{"price": 1}'):
        (tmp_path / "b.json").write_text(strange)
        with pytest.raises(Gen4flowError, match=r"b\.json: not a prediction"):
            Emulator(Settings(folder=tmp_path))


def test_a_folder_that_is_a_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Gen4flowError, match="file: the emulator can't keep its predictions here"):
        Emulator(Settings(folder=tmp_path / "file"))


def test_ids_follow_from_a_seed_and_are_never_given_twice(tmp_path: Path) -> None:
    inputs = {"prompt": "x"}
    runs = []
    for _ in range(2):
        emulator = Emulator(Settings(id_seed=1))
        runs.append([emulator.accept("runwayml/gen4-image", inputs, key_id="").id for _ in range(3)])
    assert runs[0] == runs[1]
    kept = [
        Emulator(Settings(id_seed=1, folder=tmp_path)).accept("runwayml/gen4-image", inputs, key_id="").id
        for _ in range(3)
    ]
    assert kept == runs[0]
