"""A project with one recipe, the command line as a process, and the second server: what each check starts from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = "secret-key-123"
CHECKOUT = Path(__file__).resolve().parents[2]
LONG = bool(os.environ.get("GEN4FLOW_LONG"))  # the thorough checks, which take some twenty minutes
SUBMIT = "/api/v3/runwayml/gen4-image"
PATIENCE = 120.0  # seconds that a command may take


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherServer:
    """The second server as a test sees it, by its addresses."""

    api: str
    cdn: str
    control: str

    def told(self, **changes: Any) -> dict[str, Any]:
        """Change what the keywords name, and return everything that the server has seen."""
        request = urllib.request.Request(self.control, data=json.dumps(changes).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def requests(self) -> int:
        """Return how many requests came to the API and the CDN."""
        return len(self.told()["seen"])

    def submits(self) -> list[str]:
        """Return the body of every submit that arrived, booked or not."""
        return [one["body"] for one in self.told()["seen"] if one["method"] == "POST" and one["path"] == SUBMIT]

    def uploads(self) -> list[dict[str, Any]]:
        """Return what was uploaded: `url`, `count`, `sha256`, `size`."""
        found: list[dict[str, Any]] = self.told()["uploads"]
        return found

    def booked(self) -> Counter[str]:
        """Return how often each request body was charged for."""
        return Counter(one["body"] for one in self.told()["booked"])


@contextmanager
def other_server(*options: str) -> Iterator[OtherServer]:
    """Run the server as its own process until the block ends."""
    command = [sys.executable, "-m", "tests.outside.other_server", "--key", KEY, *options]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield OtherServer(**json.loads(process.stdout.readline()))
        finally:
            process.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with recipe.yaml, and the environment to run it in."""

    root: Path
    environment: dict[str, str]

    def write(self, recipe: str, name: str = "recipe.yaml") -> None:
        """Write a file of the project."""
        (self.root / name).write_text(recipe, encoding="utf-8")

    def start(self, *arguments: str, below: Sequence[str] = (), **environment: str) -> subprocess.Popen[str]:
        """Start gen4flow in a process group of its own, without a terminal; an empty variable is taken away.

        `below` is a command that starts it and watches it, such as strace with its options.
        """
        variables = {name: value for name, value in {**self.environment, **environment}.items() if value}
        command = [*below, sys.executable, "-m", "gen4flow", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.root, env=variables, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True,
            start_new_session=True,
        )  # fmt: skip

    def call(self, *arguments: str, **environment: str) -> Ended:
        """Run gen4flow to its end; whatever it says, it never says the key and never shows a traceback."""
        with self.start(*arguments, **environment) as process:
            try:
                out, err = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        assert KEY not in out + err
        assert "Traceback" not in out + err, err
        return Ended(code=process.returncode, out=out, err=err)

    def run(self, *options: str, **environment: str) -> Ended:
        """Run the recipe, with the confirmation given."""
        return self.call("run", "recipe.yaml", "--yes", *options, **environment)

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of the only output folder."""
        (path,) = self.root.glob("out/*/manifest.json")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def images(self) -> list[Path]:
        """Return every file of the output folder that is no document of gen4flow's own, hidden ones left out."""
        documents = {"manifest.json", "metadata.jsonl", "gallery.html"}
        files = (path for path in self.root.glob("out/*/**/*") if path.is_file() and path.name not in documents)
        return sorted(path for path in files if not any(part.startswith(".") for part in path.parts))


def project_of(root: Path, server: OtherServer) -> Project:
    """Return a project in `root` that buys from `server`."""
    environment = dict(os.environ) | {"WAVESPEED_BASE_URL": server.api, "WAVESPEED_API_KEY": KEY}
    return Project(root=root, environment=environment)


def recipe_of(*prompts: str, more: str = "") -> str:
    """Return a recipe with one seeded 720p job for each prompt."""
    listed = "\n".join(f"  - {{id: p{number}, text: {json.dumps(text)}}}" for number, text in enumerate(prompts))
    return (
        "version: 1\nname: outside\nprovider: wavespeed\nprompt: '{{ what.text }}'\nresolution: 720p\n"
        f"aspect_ratio: 1:1\nseed: 7\nmatrix:\n  what:\n{listed.replace('  -', '    -')}\n{more}"
    )
