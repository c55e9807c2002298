"""Polls and downloads that go wrong: paid images arrive, hostile ones don't, and nothing partial has a final name."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.outside.harness import KEY, LONG, Ended, OtherServer, Project, other_server, project_of, recipe_of

pytestmark = pytest.mark.usefixtures("both_ways")

PASSING = ["[poll:500*4]", "[poll:404*4]", "[poll:garbage*3]", "[poll:html*2]", "[poll:drop*2]", "[poll:backwards]",
           "[poll:429*1]", "[output:string]", "[output:base64]", "[output:data]", "[format:jpeg] [output:base64]",
           "[file:404*1]", "[file:403*1]", "[file:410*1]", "[file:html*1]", "[file:empty*1]", "[file:flip*1]",
           "[file:short*1]", "[format:jpeg] [file:short*1]", "[file:cut*1]", "[file:no-length]",
           "[file:redirect*1]"]  # fmt: skip
HOSTILE = ["[output:etc-passwd]", "[output:link-local]", "[output:ten]", "[output:nat64]", "[file:loop]",
           "[file:to-link-local]"]  # fmt: skip
LOOPBACKS = ["loopback", "mapped", "decimal", "hex", "octal", "short", "zero", "localhost"]
UNPAID_FAILURES = ["[poll:failed-1405]"]
PAID_FAILURES = ["[poll:failed-1200]", "[output:none]", "[output:null]"]
BROKEN_FOR_EVER = ["[file:flip]", "[file:html]", "[file:cut]"]


def states(project: Project) -> dict[str, tuple[str, str]]:
    """Return status and error class of every job, by prompt."""
    entries = project.manifest()["entries"]
    return {entry["prompt"]: (entry["status"], (entry["error"] or {}).get("class", "")) for entry in entries}


def assert_only_whole_images(project: Project) -> None:
    """Decode every file that has a final name."""
    for path in project.images():
        with Image.open(path) as image:
            image.load()
            assert image.size == (720, 720)


def bought(project: Project, server: OtherServer, *prompts: str, options: tuple[str, ...] = ()) -> Ended:
    """Run a recipe of these prompts, and say what happened."""
    project.write(recipe_of(*prompts))
    ended = project.run(*options)
    assert_only_whole_images(project)
    assert not any(KEY in str(one["headers"]) for one in server.told()["seen"] if one["where"] == "cdn")
    return ended


def test_faults_that_pass_cost_nothing_but_time(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        assert bought(project, server, *PASSING).code == 0
        assert len(project.images()) == len(server.submits()) == len(PASSING)


def test_failures_are_told_apart_and_repeated_as_they_were_billed(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        prompts = [*UNPAID_FAILURES, *PAID_FAILURES, "a good cup"]
        assert bought(project, server, *prompts).code == 6
        assert [status for status, _ in states(project).values()] == ["failed"] * 4 + ["succeeded"]
        assert project.run().code == 6
        assert len(server.submits()) == 5
        assert project.run("--retry", "failed").code == 6
        assert len(server.submits()) == 6
        assert project.run("--retry", "billed").code == 6
        assert len(server.submits()) == 10


def test_addresses_that_may_not_be_fetched_are_not(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        assert bought(project, server, *HOSTILE).code == 6
        assert project.images() == []
        found = states(project)
        assert set(found.values()) <= {("failed", c) for _, c in found.values()}, found
        assert project.run().code == 6
        assert len(server.submits()) == len(HOSTILE)


@pytest.mark.skipif(not LONG, reason="waits for many downloads to be tried again")
@pytest.mark.parametrize("prompt", BROKEN_FOR_EVER)
def test_a_broken_image_stays_paid_and_is_fetched_when_it_is_whole(tmp_path: Path, prompt: str) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        fault = prompt.replace("]", "*6]")
        ended = bought(project, server, fault)
        for _ in range(4):
            if ended.code == 0:
                break
            assert ended.code == 6, ended
            assert project.images() == []
            ended = project.run()
        assert ended.code == 0, ended
        assert len(server.submits()) == 1


def test_five_outputs_for_one_are_all_there(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        assert bought(project, server, "[output:five]").code == 0
        assert len(project.images()) in {1, 5}
        assert project.call("verify", "recipe.yaml").code == 0


@pytest.mark.parametrize("host", ["198.51.100.7"])
@pytest.mark.skipif(not LONG or os.geteuid() != 0, reason="puts a public address on the loopback interface: long, root")
def test_a_public_api_leads_no_download_to_loopback_in_any_spelling(tmp_path: Path, host: str) -> None:
    subprocess.run(["ip", "address", "add", f"{host}/32", "dev", "lo"], check=True)
    try:
        with other_server("--host", host) as server:
            project = project_of(tmp_path, server)
            prompts = [f"[output:{name}]" for name in LOOPBACKS] + ["[file:to-loopback*1]"]
            bought(project, server, *prompts, "a good cup")
            found = states(project)
            assert found.pop("a good cup")[0] == "succeeded"
            assert {status for status, _ in found.values()} == {"failed"}
    finally:
        subprocess.run(["ip", "address", "del", f"{host}/32", "dev", "lo"], check=True)


def test_a_loopback_api_may_serve_from_loopback_in_any_spelling(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        ended = bought(project, server, *(f"[output:{name}]" for name in LOOPBACKS))
        assert ended.code in {0, 6}
