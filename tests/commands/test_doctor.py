"""`gen4flow doctor`: what it finds, with and without the provider, and that it never says a key."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gen4flow.cli import main
from gen4flow.commands.probing import skew
from gen4flow.core.calls import Reply
from gen4flow.emulator import Settings, serving

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WAVESPEED_API_KEY", raising=False)
    Path("gen4flow.toml").write_text("max_cost = 5\n")


def checks(capsys: Output, *options: str, code: int = 0) -> dict[str, tuple[str, str]]:
    """Return verdict and words of each check by its name."""
    capsys.readouterr()
    assert main(["doctor", "--json", *options]) == code
    return {one["name"]: (one["verdict"], one["told"]) for one in json.loads(capsys.readouterr().out)}


def test_a_healthy_project_without_a_key_is_told_what_works_without_one(capsys: Output, tmp_path: Path) -> None:
    found = checks(capsys)
    assert {verdict for name, (verdict, _) in found.items() if name != "WAVESPEED_API_KEY"} == {"ok"}
    assert found["WAVESPEED_API_KEY"] == ("warning", "not set")
    assert "max_cost of gen4flow.toml $5.00" in found["project"][1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gen4flow.toml"]  # looking changes nothing


def test_the_extra_is_told_where_it_is_used(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks(capsys)["extra fast"] == ("ok", "installed, and left out by GEN4FLOW_FAST=0")
    monkeypatch.setenv("GEN4FLOW_FAST", "1")
    assert "httptools 0." in checks(capsys)["extra fast"][1]


def test_a_key_is_found_where_it_is_and_never_said(capsys: Output) -> None:
    Path(".env").write_text("WAVESPEED_API_KEY=very-secret\n")
    Path(".env").chmod(0o644)
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "very-secret" not in told
    assert "set in" in told
    assert "others may read it" in told


def test_broken_settings_and_a_damaged_ledger_fail_with_a_remedy(capsys: Output) -> None:
    Path("gen4flow.toml").write_text("max_cost = many\n")
    Path(".gen4flow").mkdir()
    Path(".gen4flow/ledger.sqlite3").write_bytes(b"no database at all" * 100)
    found = checks(capsys, code=1)
    assert found["project"][0] == found["ledger"][0] == "fails"


def test_the_providers_free_endpoints_are_asked(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "k")
    with serving(Settings(latency=0)) as url:
        monkeypatch.setenv("WAVESPEED_BASE_URL", url)
        found = checks(capsys, "--probe")
    probed = {name: told for name, told in found.items() if name.startswith("wavespeed: ")}
    assert {verdict for verdict, _ in probed.values()} == {"ok"}
    assert "$0.05" in probed["wavespeed: price of runwayml/gen4-image at 720p"][1]
    assert "an emulator" in probed["wavespeed: balance"][1]
    assert {"wavespeed: history", "wavespeed: billing"} <= probed.keys()


@pytest.mark.parametrize(("behind", "verdict"), [(3, "ok"), (600, "fails")])
def test_a_clock_far_from_the_providers_fails(behind: int, verdict: str) -> None:
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    date = (now - timedelta(seconds=behind)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    (check,) = skew("wavespeed", Reply(status=200, headers={"date": date}, received=now))
    assert (check.verdict.value, check.told) == (verdict, f"{behind} s from the provider's")
    assert list(skew("wavespeed", Reply(status=200, headers={"date": "soon"}, received=now))) == []


def test_a_provider_that_is_not_there_fails(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "k")
    monkeypatch.setenv("WAVESPEED_BASE_URL", "http://127.0.0.1:9")
    assert checks(capsys, "--probe", code=1)["wavespeed: balance"][0] == "fails"
