"""What marking and delivering costs, against decoding every image twice, and how many cores it keeps busy."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sys
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PIL import Image

from gen4flow.commands.preparing import prepare
from gen4flow.core.job import Job
from tests.benchmarks import decode_twice
from tests.benchmarks.figures import Figure, Scale, interleaved, median
from tests.benchmarks.plans import against
from tests.benchmarks.processes import GEN4FLOW, Taken, taken_by

SIZE = (1920, 1080)
DELIVER = "deliver: [{placement: linkedin-landscape}]\n"
PORTRAIT = "deliver: [{name: portrait, width: 864, height: 1080, format: jpeg}]\n"  # a part in its own size
WAYS = (
    ("marked", ""),
    ("marked, and cropped to 4:5 as a JPEG", PORTRAIT),
    ("marked, and made a JPEG of 1200 x 628", DELIVER),
)
RECIPE = """\
version: 1
name: delivered
prompt: a {{ thing }}
matrix: {thing: {from: things.txt}, aspect_ratio: [16:9], seed: [7]}
output: {file: "{{ thing }}"}
"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure the restoring of marked copies, then of these and a JPEG of each."""
    folder, count = scale.folder, scale.of(100)
    recipe = folder / "recipe.yaml"
    write_project(folder, recipe, count)
    taken_by((*GEN4FLOW, "run", recipe), folder)  # brings the originals and the thumbnails
    bare = partial(taken_by, (sys.executable, decode_twice.__file__, folder / "decoded"), folder)
    for told, deliver in WAYS[-1:] if scale.small else WAYS:
        recipe.write_text(RECIPE + deliver, encoding="utf-8")
        found = interleaved({"bare": bare, "run": partial(restore, folder, recipe)}, scale.rounds)
        yield against(f"{count} images of 1080p {told}, against decoding them twice", found, 1.0)
        busy = median([one.cpu / one.wall for one in found["run"]])
        yield Figure(what=f"{count} images {told}: cores busy", value=busy, unit=f"of {os.cpu_count()}")


def restore(folder: Path, recipe: Path) -> Taken:
    """Take away every delivered image, and make them again."""
    for path in (folder / "out/delivered.proof").iterdir():
        if path.suffix in {".png", ".jpg"}:
            path.unlink()
    return taken_by((*GEN4FLOW, "run", recipe), folder)


def write_project(folder: Path, recipe: Path, count: int) -> None:
    """Write a project whose images another ledger has bought: pictures that weigh what photographs weigh."""
    (folder / "gen4flow.toml").touch()
    (folder / "things.txt").write_text("".join(f"thing {n}\n" for n in range(count)), encoding="utf-8")
    recipe.write_text(RECIPE, encoding="utf-8")
    out = folder / "out/delivered.proof"
    out.mkdir(parents=True)
    content = photograph()
    jobs = list(prepare(recipe).jobs())
    entries = [_entry(out, job, content[:33] + _note(number) + content[33:]) for number, job in enumerate(jobs)]
    recipe_told = {"name": "delivered", "profiles": []}
    manifest = {"recipe": recipe_told, "provider": "local", "model": "runwayml/gen4-image", "entries": entries}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copytree(out, folder / "decoded", ignore=shutil.ignore_patterns("*.json"))


def _entry(out: Path, job: Job, content: bytes) -> dict[str, object]:
    """Write an image and return what the manifest says of its job."""
    (out / f"{job.stem}.png").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    file = {"path": f"{job.stem}.png", "sha256": sha256, "original_sha256": sha256, "bytes": len(content)}
    return {
        "key": job.key,
        "fingerprint": job.fingerprint,
        "status": "succeeded",
        "prompt": job.request.prompt,
        "parameters": dict(job.request.parameters),
        "files": [{**file, "width": SIZE[0], "height": SIZE[1], "media_type": "image/png"}],
    }


def _note(number: int) -> bytes:
    """Return a chunk that makes one PNG unlike the others."""
    body = b"tEXtnote\0" + str(number).encode()
    return (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)


def photograph() -> bytes:
    """Return a PNG of four megabytes: soft shapes under grain."""
    shapes = Image.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 40).resize(SIZE, Image.Resampling.BICUBIC)
    grain, fall = Image.effect_noise(SIZE, 8), Image.linear_gradient("L").resize(SIZE)
    bands = [Image.blend(shapes, fall, 0.5), Image.blend(fall, shapes, 0.4), Image.blend(shapes, grain, 0.3)]
    file = io.BytesIO()
    Image.merge("RGB", bands).save(file, "PNG", compress_level=1)
    return file.getvalue()
