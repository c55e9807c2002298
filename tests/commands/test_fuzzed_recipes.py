"""Good recipes, broken at random: each plans, or ends with exit 2 and a place, soon and in little memory.

GEN4FLOW_FUZZ says how many are tried (10,000 for the long form), GEN4FLOW_SEED which. The slowest and the peak of
memory are printed.
"""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import time
from pathlib import Path

import pytest

from gen4flow.cli import main
from gen4flow.resources import shipped

COUNT = int(os.environ.get("GEN4FLOW_FUZZ", "10000" if os.environ.get("GEN4FLOW_LONG") else "120"))
SEED = int(os.environ.get("GEN4FLOW_SEED", "1"))
SECONDS = 2.0  # of CPU for one recipe
MEMORY = 300 * 1024  # KiB that the process has at most, with Python, its libraries and this test in it
PLACE = re.compile(r"[\w./-]+\.(ya?ml|csv|txt|jinja|json)(:\d+:\d+)?: (error|warning)\[[a-z-]+\]: .")
BITS = (
    "{{ x }}", "{{ product }}", "{% for i in range(9999) %}{{ i }}{% endfor %}", "{% include 'broken.yaml' %}", "null",
    "[]", "{}", "~", "true", "1e9", "-1", ".nan", "&a", "*a", "<<: *a", "!!python/object:os.system x", "\t", "\0", "é",
    "'", '"', "|", ">", "- ", ": ", "? ", "#", "{from: products.csv}", "{glob: '**'}", "{range: {from: 1, to: 1e9}}",
    "{auto: 1000000}", "extends: broken.yaml", "extends: /etc/passwd", "steps: {a: {needs: {b: a}}}",
    "only: {picks: x}",
    "x" * 5_000, "[" * 200, "999999999999999999999999", "16:9", "0o17", "2026-11-22", "profiles: {draft: []}",
)  # fmt: skip


def broken(text: str, draw: random.Random) -> str:
    """Return a recipe with a few random edits of the kinds that people, tools and attackers make."""
    lines = text.splitlines()
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(lines))
        match draw.randrange(7):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[draw.randrange(len(lines))])
            case 2:
                lines[at] = lines[at].replace(draw.choice(":,{}[]\"' ") or " ", draw.choice([*BITS, ""]), 1)
            case 3:
                lines[at] = " " * draw.randrange(5) + lines[at]
            case 4:
                words = lines[at].split(" ")
                words[draw.randrange(len(words))] = draw.choice(BITS)
                lines[at] = " ".join(words)
            case 5:
                lines[at] = lines[at][: draw.randrange(len(lines[at]) + 1)]
            case _:
                lines.insert(at, draw.choice(BITS))
        lines = lines or [""]
    return "\n".join(lines)


@pytest.mark.timeout(3600)
def test_a_recipe_broken_at_random_is_told_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shipped("recipes"), tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    sources = [(path.parent, path.read_text(encoding="utf-8")) for path in sorted(Path().glob("**/*.yaml"))]
    before, slowest, invalid = peak(), 0.0, 0
    for number in range(COUNT):
        draw = random.Random(f"{SEED} {number}")
        folder, source = draw.choice(sources)
        recipe = broken(source, draw)
        path = folder / "broken.yaml"
        path.write_text(recipe, encoding="utf-8")
        start = time.process_time()
        code = main(["plan", str(path), *(["-P", "draft"] if number % 2 else [])])
        taken = time.process_time() - start
        told = capfd.readouterr()
        assert code in {0, 2}, (number, code, told.err)
        assert "Traceback" not in told.err, (number, told.err)
        assert code == 0 or PLACE.search(told.err) or told.err.startswith("gen4flow: "), (number, told.err)
        assert taken < SECONDS * (1 if COUNT > 1_000 else 2), (number, taken, recipe[:300])
        slowest, invalid = max(slowest, taken), invalid + (code == 2)
    with capfd.disabled():
        print(f"\n{COUNT} recipes, {invalid} invalid; slowest {slowest:.2f} s, peak {peak() / 1024:.0f} MB", end=" ")
    assert peak() < max(MEMORY, before + 100 * 1024)


def peak() -> int:
    """Return the most memory that this process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
