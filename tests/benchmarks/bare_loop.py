"""The loop that a plan is held against: what somebody would write who needs the requests and nothing else.

It renders each distinct prompt once with jinja2's sandbox and prints a line of JSON a job. It checks nothing: no name,
no parameter, no duplicate; it knows no file names, no fingerprints, no past and no price.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment


def main(template: str, axes: dict[str, list[str | int]], in_prompt: list[str]) -> None:
    """Print a request for every row."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    compiled = environment.from_string(template)
    where = [list(axes).index(name) for name in in_prompt]
    prompts: dict[tuple[str | int, ...], str] = {}
    for row in itertools.product(*axes.values()):
        used = tuple([row[index] for index in where])
        prompt = prompts.get(used)
        if prompt is None:
            if len(prompts) > 10_000:
                prompts.clear()
            prompt = prompts[used] = compiled.render(dict(zip(in_prompt, used, strict=True)))
        job = dict(zip(axes, row, strict=True))
        print(json.dumps({"model": "gen4-image", "prompt": prompt, "resolution": "720p", **job}))


if __name__ == "__main__":
    main(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
