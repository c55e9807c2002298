"""The provider's own Python SDK, unchanged, as a client of the emulator."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import wavespeed  # type: ignore[import-untyped]  # it ships no types
from PIL import Image

from gen4flow.emulator import Settings, serving

SDK = "wavespeed==2.0.5"

# A pytest plugin for the SDK's own tests: those that call the real API get the emulator's base URL, by the SDK's own
# `config.patch`; the others see the SDK's defaults, which they check.
PLUGIN = """
import os
import pytest
import wavespeed.config

@pytest.fixture(autouse=True)
def _emulated(request):
    if request.cls is None or request.cls.__name__ != "TestRealAPI":
        yield
        return
    with wavespeed.config.patch("api.base_url", os.environ["EMULATOR"]):
        yield
"""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with serving(Settings(latency=0.2)) as url:
        yield url


def test_the_sdk_buys_a_picture(base_url: str) -> None:
    client = wavespeed.Client(api_key="any", base_url=base_url)
    inputs = {"prompt": "A fox", "aspect_ratio": "16:9", "resolution": "720p", "seed": 3}
    outputs = client.run("runwayml/gen4-image", inputs, poll_interval=0.05)["outputs"]
    with Image.open(io.BytesIO(httpx.get(outputs[0]).content)) as image:
        assert image.size == (1280, 720)


def test_the_sdk_uploads_a_reference_and_buys_with_it(base_url: str, tmp_path: Path) -> None:
    file = tmp_path / "reference.png"
    Image.new("RGB", (8, 8)).save(file)
    client = wavespeed.Client(api_key="any", base_url=base_url)
    urls = [client.upload(str(file)), client.upload(io.BytesIO(file.read_bytes()))]
    assert [httpx.get(url).content for url in urls] == [file.read_bytes()] * 2
    asked = {"prompt": "x", "reference_images": urls}
    assert client.run("runwayml/gen4-image-turbo", asked, poll_interval=0.05)["outputs"]


def test_the_sdk_sees_failures_and_refusals(base_url: str) -> None:
    client = wavespeed.Client(api_key="any", base_url=base_url)
    result = client.run_no_throw("runwayml/gen4-image", {"prompt": "[moderate]"}, poll_interval=0.05)
    assert (result["status"], result["outputs"]) == ("failed", None)
    assert "sensitive" in str(result["error"])
    with pytest.raises(RuntimeError, match="HTTP 400"):
        client.run("runwayml/gen4-image", {"prompt": ""})


def test_the_sdk_waits_in_sync_mode(base_url: str) -> None:
    client = wavespeed.Client(api_key="any", base_url=base_url)
    assert client.run("wavespeed-ai/z-image/turbo", {"prompt": "x"}, enable_sync_mode=True)["outputs"]


def test_the_sdks_own_tests_pass_with_its_live_ones_against_the_emulator(
    base_url: str, tmp_path: Path, environment_outside: dict[str, str]
) -> None:
    source = _sdk_source(tmp_path, environment_outside)
    (source / "emulated.py").write_text(PLUGIN)
    environment = {**os.environ, "WAVESPEED_API_KEY": "any", "EMULATOR": base_url, "PYTHONPATH": str(source)}
    options = ["-p", "emulated", "-p", "no:cacheprovider", "-ra", "--color=no", "tests"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    summary = run.stdout.splitlines()[-1]
    assert run.returncode == 0, run.stdout[-4000:]
    assert " passed" in summary
    assert "skipped" not in summary
    assert all(f"{name} PASSED" in run.stdout for name in ("test_run_real_api", "test_upload_real_api"))


def _sdk_source(folder: Path, environment: dict[str, str]) -> Path:
    """Fetch the SDK's source archive, which holds its tests, and unpack it; pip needs its own settings for that."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "wavespeed"]
    subprocess.run([*command, "--dest", str(folder), SDK], check=True, capture_output=True, env=environment)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")
