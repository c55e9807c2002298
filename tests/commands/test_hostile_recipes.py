"""Broken and hostile recipes: each ends with exit 2, a place and what to do, soon, and never with a traceback."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gen4flow.cli import main

SAYS_WHAT_TO_DO = ("  help: ", " must be ", "error[template]", "not JSON")
SECONDS = 6.0  # of CPU, since the machine may be busy; without bounds these take minutes or for ever
HEAD = "version: 1\nname: x\n"
ONE = HEAD + "prompt: p\nseed: 7\n"
TWO = HEAD + "seed: 7\nsteps:\n  a: {prompt: 'a {{ s }}', matrix: {s: [u, v]}}\n  b: {prompt: 'b {{ s }}', needs: "
PATHS = (
    "missing", "../outside", "/etc/passwd", "/dev/zero", "pipe", "folder", "link", "loop", "~/x", "a" * 300,
    "/a" * 100_000, "x/../" * 50_000,
)  # fmt: skip

BASES = ("circle.yaml", "list.yaml", "large.yaml")


def picks(*keys: str) -> str:
    item = {"fingerprint": "0" * 64, "keys": list(keys), "verdict": "pick", "stars": None, "note": ""}
    return json.dumps(
        {"format": "gen4flow-picks/1", "recipe": "x", "manifest_sha256": "0" * 64, "picks": [item] if keys else []}
    )


def listed(count: int, start: str = "") -> str:
    return ", ".join(f"{start}{number}" for number in range(count))


FILES = {
    "circle.yaml": "extends: recipe.yaml\n",
    "list.yaml": "- 1\n",
    "large.yaml": "description: '" + "x" * (16 * 1024 * 1024) + "'\n",
    "text.png": "hello",
    "broken.json": "{",
    "list.json": "[]",
    "none.json": picks(),
    "stale.json": picks("main[s=w]", "a[s=w]"),
    "other.json": picks("other[s=w]"),
}
CROSSED = (
    f" {{a: {{prompt: '{{{{ n }}}}', matrix: {{n: [{listed(4_000)}]}}}}, "
    f"b: {{prompt: 'b{{{{ m }}}}', matrix: {{m: [{listed(4_000)}]}}}}, c: {{prompt: c, needs: {{x: a, y: b}}}}}}"
)
WRONG: dict[str, str] = {
    **{f"extends {path[:20]}": f"{ONE}extends: {path}\n" for path in (*PATHS, *BASES)},
    **{f"prompt file {path[:20]}": f"{HEAD}prompt: {{file: {path}}}\nseed: 7\n" for path in PATHS},
    **{f"reference {path[:20]}": f"{ONE}reference_images: ['{path}']\n" for path in (*PATHS, "text.png")},
    **{
        f"only {path[:20]}": f"{ONE}matrix: {{s: [u, v]}}\nonly: {{picks: '{path}'}}\n"
        for path in (*PATHS, *(name for name in FILES if name.endswith("json")))
    },
    **{
        f"picks of a need {path[:20]}": f"{TWO}{{h: {{step: a, pick: {{picks: '{path}'}}}}}}}}\n"
        for path in (*PATHS, *(name for name in FILES if name.endswith("json")))
    },
    **{
        f"need {number}": f"{TWO}{need}}}\n"
        for number, need in enumerate([
            "{h: b}", "{h: c}", "[a]", "{h: [a]}", "{h: {step: a, collect: [t]}}", "{h: {step: a, pick: {t: 1}}}",
            "{h: {step: a, pick: {s: w}}}", "{h: {step: a, pick: {s: '*'}}}", "{h: {step: a, pick: {s: {x: {y: 1}}}}}",
            "{s: a}", "{loop: a}", "{h: a}, vars: {s: 1}", "{h: a}, vars: {h: 1}", "{h: a}, matrix: {h: [1]}",
            "{h: a}, matrix: {exclude: [{s: u}]}", "{h: a}, matrix: {include: [{s: u, m: 1}]}",
            "{h: a}, matrix: {include: [{h: 1}]}", "{h: a}, matrix: {add: [{m: 1}]}", "{h: a}, matrix: {add: [{s: w}]}",
            "{h: a}, matrix: {s: [w]}", "{h: a}, tags: {t: '{{ h.image }}'}", "{h: a}, seed: '{{ h.image }}'",
            "{h: a}, output: {file: '{{ h.image }}'}", "{h: a}, output: {file: '{{ h.nope }}'}",
            "{h: a}, seed: , matrix: {seed: {auto: 1, per: [t]}}",
            "{h: a}, seed: , matrix: {seed: {auto: 1, per: [seed]}}",
            "{h: a}, repeat: 2", "{h: a}, model: runwayml/gen4-image-turbo", "{h: a}, prompt: ",
        ])
    },
    **{
        f"reference item {number}": f"{TWO}{{h: a}}, reference_images: {item}}}\n"
        for number, item in enumerate([
            "text", "[5]", "[[a]]", "['']", "['{{ nope }}']", "['{{ h']", "['{{ h }}']", "['{{ h.image }}x']",
            "['{{ h.image }} {{ h.image }}']", "['{% for n in [1, 2, 3, 4] %}{{ h.image }}\n\n{% endfor %}']",
            "['http://x/y']", "['file:///etc/passwd']", "['data:image/png;base64,AA']", "['https://']",
            "['https://a b']", "['{{ \"a\" * 10 ** 9 }}']", "['{% for n in range(10 ** 9) %}x{% endfor %}']",
            "['{% include \"/etc/passwd\" %}']",
            f"['https://{'x' * 100_000}']",
        ])
    },
    **{
        f"steps {number}": f"{HEAD}seed: 7\nsteps:{steps}\n"
        for number, steps in enumerate([
            "", " a", " [a]", " {}", " {a: }", " {a: {}}", " {main: {}}", " {A: {prompt: p}}", " {../x: {prompt: p}}",
            ' {"a\\u0007": {prompt: p}}', " {a: {prompt: a, needs: {h: b}}, b: {prompt: b, needs: {h: a}}}",
            " {" + ", ".join(f"s{n}: {{prompt: p, needs: {{h: s{(n + 1) % 90}}}}}" for n in range(90)) + "}",
            " {s0: {prompt: p}, "
            + ", ".join(f"s{n}: {{prompt: p, needs: {{x: s{n - 1}, y: s{n - 1}}}}}" for n in range(1, 60)) + "}",
            " {" + ", ".join(f"s{n}: {{prompt: p}}" for n in range(10_000)) + "}",
            CROSSED,
        ])
    },
    **{
        f"profiles {number}": f"{ONE}profiles: {profiles}\n"
        for number, profiles in enumerate([
            "a", "[a]", "{a: a}", "{a: [1]}", "{a: {name: y}}", "{a: {profiles: {}}}", "{'../x': {}}", "{a: {seed: 0}}",
            "{a: {steps: }, b: {steps: {}}}",
        ])
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with everything in it that a hostile recipe may name."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "gen4flow.toml").write_text("")
    (folder.parent / "outside").write_text("{}")
    (folder / "folder").mkdir()
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(autouse=True)
def _in_project_and_soon(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(project)
    before = time.process_time()
    yield
    assert time.process_time() - before < SECONDS


def told(capsys: pytest.CaptureFixture[str], recipe: str, *options: str) -> str:
    """Return what `validate` says of a wrong recipe."""
    Path("recipe.yaml").write_text(recipe, encoding="utf-8")
    assert main(["validate", "recipe.yaml", *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert len(said.err) < 100_000
    return said.err


@pytest.mark.parametrize("name", WRONG)
def test_a_hostile_recipe_ends_in_a_place_and_what_to_do(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, WRONG[name])
    place = said.partition(": error[")[0]
    assert place.count(":") == 2 or place.endswith(("pipe", "folder"))  # picks that are no file have no line
    assert any(sign in said for sign in SAYS_WHAT_TO_DO)
    assert "root:" not in said  # nothing of /etc/passwd


@pytest.mark.parametrize(
    "options",
    [
        *(["-P", name] for name in ("", "draf", "a,b", "../x", "\0", "\udcff", "x" * 10_000)),
        *(
            ["-S", setting]
            for setting in (
                "", "=", "x", "a..b=1", "matrix.s.0=x", "seed.a=1", "seed=0", "foo=1", "foo.bar=1", "näme=1", "name=Ä",
                "vars.\0=1", "vars.a.\udcff=1", "vars.a=\udcff", "vars.a=\0", "vars.a=" + "[" * 10_000, "seed=.inf",
                ".".join("a" * 50_000) + "=1", "k" * 1_000_000 + "=1", "seed=" + "9" * 1_000_000, "steps=[", "prompt=",
                "prompt={{", "prompt={{ nope }}", "prompt=a: b", "extends=x", "profiles.a.seed=1", "version=2", "name=",
                "prompt.file=/etc/passwd", "output.dir=/etc", "output.dir=../x", "seed=1\n---\nx", "seed=!!x x",
                "vars={a: 1, a: 2}", "vars.a=*x", "matrix={s: [1, 1]}", "matrix.exclude=[{t: 1}]", "limits.max_jobs=0",
                "prompt=" + "x" * 16 + "{{ 'a' * 10 ** 9 }}", "steps.A={}", "steps={a: {needs: {h: a}}}",
            )
        ),
    ],
    ids=lambda options: " ".join(options)[:40].encode("unicode_escape").decode(),
)  # fmt: skip
def test_a_hostile_option_is_told_by_itself_or_by_the_place_that_it_spoils(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, ONE + "matrix: {s: [u, v]}\nprofiles: {draft: {resolution: 720p}}\n", *options)
    assert said.startswith(("-S ", "recipe.yaml:"))
    if options[0] == "-S":
        assert "-S " in said
    assert any(sign in said for sign in SAYS_WHAT_TO_DO)


def test_a_text_of_sixteen_mebibytes_is_read_and_a_larger_file_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    text = "x" * (16 * 1024 * 1024 - 1024)
    Path("recipe.yaml").write_text(f"{ONE}description: {text}\n")
    assert main(["validate", "recipe.yaml"]) == 0
    assert main(["validate", "recipe.yaml", "-S", f"vars.a={text}"]) == 0
    capsys.readouterr()
    told(capsys, f"{ONE}description: {text}{text}\n")


def test_layers_of_a_hundred_levels_merge(capsys: pytest.CaptureFixture[str]) -> None:
    deep = "{a: " * 97
    Path("deep.yaml").write_text(f"vars: {deep}{{b: 1}}{'}' * 97}\n")
    Path("recipe.yaml").write_text(f"{ONE}extends: deep.yaml\nvars: {deep}{{c: 1}}{'}' * 97}\n")
    assert main(["show", "recipe.yaml", "-S", "vars." + "a." * 97 + "d=1"]) == 0
    leaves = [line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith(" " * 2 * 98)]
    assert leaves == ["b: 1", "c: 1", "d: 1"]


def test_a_chain_of_steps_as_long_as_a_recipe_takes_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [f"  s{n}: {{prompt: 'p{n}', needs: {{h: s{n - 1}}}, matrix: {{a{n}: [x]}}}}" for n in range(1, 100)]
    Path("recipe.yaml").write_text(f"{HEAD}seed: 7\nsteps:\n  s0: {{prompt: p}}\n" + "\n".join(reversed(steps)))
    assert main(["validate", "recipe.yaml"]) == 0
