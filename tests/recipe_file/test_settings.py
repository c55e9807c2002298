"""Settings of the command line: `-S key.path=value` laid over everything else, each its own place in messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.problem import Problem
from gen4flow.recipe_file import resolve
from tests.recipe_file.test_layers import BASE, CHILD


def test_a_setting_is_its_own_place_and_leaves_what_is_around_it_where_it_is(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(CHILD, base=BASE)
    whole = resolve(path, root=tmp_path, settings=["vars.e=set", "limits.max_jobs=5"])
    places = {part: str(whole.mark(part)).removeprefix(f"{tmp_path}/") for part in [("vars", "a"), ("vars", "b")]}
    assert places == {("vars", "a"): "base.yaml:5:11", ("vars", "b"): "recipe.yaml:2:11"}
    assert str(whole.mark(("vars", "e"))) == str(whole.key_mark(("vars", "e"))) == "-S vars.e=set"
    assert str(whole.mark(("vars",))).endswith("recipe.yaml:2:7")
    assert str(whole.mark(())).endswith("recipe.yaml:1:1")
    assert str(whole.mark(("limits",))) == str(whole.key_mark(("limits",))) == "-S limits.max_jobs=5"


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        *((odd, "setting") for odd in ("", "x", "=", "=1", " =1", ".a=1", "a.=1", "a..b=1", ".=1")),
        *((f"{early}=1", "setting") for early in ("extends", "profiles", "profiles.x.seed")),
        (".".join("a" * 5_000) + "=1", "setting"),
        ("vars.a.\0=1", "setting"),
        ("vars.a.\udcff=1", "setting"),
        ("matrix.scene.0=x", "wrong-type"),
        ("foo=1", "unknown-key"),
        ("foo.bar=1", "unknown-key"),
        ("limits.foo.bar=1", "unknown-key"),
        ("näme=1", "unknown-key"),
        ("k" * 100_000 + "=1", "unknown-key"),
        ("vars.9=1", "not-allowed"),
        ("seed=", "empty"),
        ("seed=0", "not-allowed"),
        ("seed=[", "yaml-syntax"),
        ("seed=.nan", "yaml-number"),
        ("vars.a=" + "[" * 200, "yaml-depth"),
        ("vars.a=\udcff", "yaml-encoding"),
        ("vars.a=x\0", "yaml-character"),
        ("vars.a=!!python/name:os.system x", "yaml-tag"),
        ("vars={b: 1, b: 2}", "yaml-duplicate-key"),
        ("vars.a=&x [*x]", "yaml-alias"),
        ("prompt=a: b", "unknown-key"),
        ("prompt.file=/etc/passwd", "file-outside"),
        ("steps=", "wrong-type"),
        ("steps.main=5", "wrong-type"),
        ("version=2", "not-allowed"),
        ("limits.max_cost=0.0000001", "not-allowed"),
    ],
)
def test_a_wrong_setting_is_told_by_itself(
    write: Callable[..., Path], problems_at: Callable[..., tuple[Problem, ...]], setting: str, code: str
) -> None:
    found = problems_at(write(BASE + "matrix: {scene: [a]}\n"), settings=[setting])
    assert code in {problem.code for problem in found}
    for problem in found:
        assert problem.mark.file.startswith("-S ")
        assert problem.mark.file.isprintable()
        assert len(str(problem)) < 1_000


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("seed=7", 7),
        ("seed={{ 7 }}", "{{ 7 }}"),
        ("seed={% if true %}7{% endif %}", "{% if true %}7{% endif %}"),
        ("aspect_ratio=16:9", "16:9"),
        (" aspect_ratio = 16:9 ", "16:9"),
        ("vars.a=007", "007"),
        ("vars.a=a=b", "a=b"),
        ("vars.a=", ""),
        ("vars.a='7'", "7"),
        ("vars.a=[1, {b: 2}]", [1, {"b": 2}]),
    ],
)
def test_the_value_of_a_setting_is_yaml_or_a_template(
    write: Callable[..., Path], tmp_path: Path, setting: str, value: Any
) -> None:
    whole: Any = resolve(write(BASE), root=tmp_path, settings=[setting]).value
    for key in setting.partition("=")[0].strip().split("."):
        whole = whole[key]
    assert whole == value
