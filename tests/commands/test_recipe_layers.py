"""What may be done to a recipe without a single image being bought again, and which layer goes before which."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from gen4flow.cli import main
from gen4flow.recipe_file import resolve
from gen4flow.recipe_file.scalars import plain_value
from tests.commands.projects import NUMBERS, Raw, planned, prints, recipes, write, yaml

Tree = dict[str, Any]
LIMITED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").write_text("")


def leaves(tree: Tree, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Return everything that is no mapping, and empty mappings, by path."""
    found = []
    for key, value in tree.items():
        found += leaves(value, (*path, key)) if isinstance(value, dict) and value else [((*path, key), value)]
    return found


def put(tree: Tree, path: Sequence[str], value: Any) -> None:
    """Put a value into nested mappings."""
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def torn(draw: Callable[[st.SearchStrategy[Any]], Any], whole: Tree, count: int) -> list[Tree]:
    """Tear a recipe into layers: each value into one of them, and something else into some of those below."""
    layers: list[Tree] = [{} for _ in range(count)]
    for path, value in leaves(whole):
        own = draw(st.integers(0, count - 1))
        put(layers[own], path, value)
        if own and value is not None and value != {}:
            put(layers[draw(st.integers(0, own - 1))], path, draw(st.sampled_from([Raw("7"), "other", [1, 2]])))
    return layers


@LIMITED
@given(whole=recipes(), data=st.data())
def test_a_recipe_that_is_split_by_extends_plans_the_same_jobs(
    tmp_path: Path, whole: Tree, data: st.DataObject
) -> None:
    layers = torn(data.draw, whole, data.draw(st.integers(2, 3), label="files"))
    for number, layer in enumerate(layers):
        above = {"extends": f"layer{number - 1}.yaml"} if number else {}
        write(tmp_path, {**above, **layer}, f"layer{number}.yaml")
    last = tmp_path / f"layer{len(layers) - 1}.yaml"
    for profiles in ([], ["p"]):
        assert prints(planned(last, profiles)) == prints(planned(write(tmp_path, whole), profiles))


def is_setting(path: Sequence[str]) -> bool:
    """Tell whether a setting can say what stands there: its keys have dots between them, and some are read before."""
    return path[0] != "profiles" and all(key.strip() and not set(key) & {".", "="} for key in path)


@LIMITED
@given(whole=recipes(), data=st.data())
def test_settings_are_a_layer_like_a_file(tmp_path: Path, whole: Tree, data: st.DataObject) -> None:
    below, above = torn(data.draw, whole, 2)
    for path, value in leaves(above):
        if not is_setting(path):
            put(below, path, value)
    told = [f"{'.'.join(path)}={yaml(value)}" for path, value in leaves(above) if is_setting(path)]
    whole_path = write(tmp_path, whole, "whole.yaml")
    assert prints(planned(write(tmp_path, below), settings=told)) == prints(planned(whole_path))


@LIMITED
@given(whole=recipes(), data=st.data())
def test_reformatted_renamed_and_reordered_every_fingerprint_stays(
    tmp_path: Path, whole: Tree, data: st.DataObject
) -> None:
    before = prints(planned(write(tmp_path, whole)))
    step = whole["steps"]["one"] if "steps" in whole else whole
    axes = step["matrix"]
    changed = {**axes, "a": data.draw(st.permutations([*axes["a"], "new"])), "b": data.draw(st.permutations(axes["b"]))}
    order = data.draw(st.permutations(list(changed)))
    step["matrix"] = {name: changed[name] for name in order}
    whole |= {"name": "renamed", "description": "another", "output": {"dir": "out/elsewhere"}}
    after = prints(planned(write(tmp_path, whole, "again.yaml")))
    assert before.items() <= after.items()
    assert set(after) - set(before) == {key for key in after if "a=new" in key}


def renamed(value: Any) -> Any:
    """Return a value with the axis `a` under another name wherever it is named."""
    if isinstance(value, dict):
        return {"axis" if key == "a" else key: renamed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner) for inner in value]
    return value.replace("{{ a }}", "{{ axis }}") if isinstance(value, str) and not isinstance(value, Raw) else value


@LIMITED
@given(whole=recipes())
def test_a_renamed_axis_and_renamed_steps_keep_every_fingerprint(tmp_path: Path, whole: Tree) -> None:
    axes = (whole["steps"]["one"] if "steps" in whole else whole)["matrix"]
    axes["seed"].pop("per", None) if isinstance(axes["seed"], dict) else None  # which mixes in the axis's name
    before = [job.fingerprint for job in planned(write(tmp_path, whole))]
    other = renamed(whole)
    if "steps" in other:
        other["steps"] = {"first": other["steps"]["one"], "second": {**other["steps"]["two"], "needs": {"h": "first"}}}
    assert [job.fingerprint for job in planned(write(tmp_path, other))] == before


def test_the_order_of_settings_profiles_recipe_and_bases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "version: 1\nprompt: p\nseed: 7\nvars: {a: base, b: base, c: base, d: base}\n", "base.yaml")
    write(
        tmp_path,
        "extends: base.yaml\nname: x\nvars: {b: recipe, c: recipe, d: recipe}\n"
        "profiles: {one: {vars: {c: one, d: one}}, two: {vars: {d: two}}}\n",
    )
    for orders in itertools.permutations(["-P one", "-P two", "-S vars.a=set"]):
        options = " ".join(orders).split()
        assert main(["show", "recipe.yaml", "--json", *options]) == 0
        laid = json.loads(capsys.readouterr().out)["vars"]
        later = "two" if orders.index("-P two") > orders.index("-P one") else "one"
        assert laid == {"a": "set", "b": "recipe", "c": "one", "d": later}


def test_profiles_have_folders_of_their_own_and_settings_have_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "version: 1\nname: x\nprompt: p\nseed: 7\nprofiles: {a: {resolution: 720p}, b: {seed: 8}}\n")
    for options in ([], ["-P", "a"], ["-P", "a", "-P", "b"], ["-S", "seed=9"]):
        assert main(["run", "recipe.yaml", *options]) == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["x.a.b.proof", "x.a.proof", "x.proof"]


@LIMITED
@given(whole=recipes(), data=st.data())
def test_every_place_is_where_the_value_stands(tmp_path: Path, whole: Tree, data: st.DataObject) -> None:
    lower, upper = torn(data.draw, whole, 2)
    for name, layer in (("lower", lower), ("upper", {"extends": "lower.yaml", **upper})):
        lines = [f"{yaml(key)}:\n  {yaml(value)}" for key, value in layer.items()]
        write(tmp_path, "\n".join(lines) + "\n", f"{name}.yaml")
    document = resolve(tmp_path / "upper.yaml", root=tmp_path)
    for path, value in leaves(document.value):  # type: ignore[arg-type]  # a mapping
        mark = document.marks[path]
        at_place = Path(mark.file).read_text().splitlines()[mark.line - 1][mark.column - 1 :]
        numbers = [number for number in NUMBERS if plain_value(number) == value]
        assert at_place.startswith(("[",) if isinstance(value, list) else (yaml(value), *numbers))


PICKS: Mapping[str, Any] = {"format": "gen4flow-picks/1", "recipe": "x", "manifest_sha256": "0" * 64}


def picks(*keys: str) -> str:
    """Return a picks file that picks rows."""
    item = {"fingerprint": "0" * 64, "keys": list(keys), "verdict": "pick", "stars": None, "note": ""}
    return json.dumps({**PICKS, "picks": [item]})


def test_only_and_a_pick_by_file_read_it_beside_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "picks.json").write_text(picks("a[who=ann]"))
    write(tmp_path, "version: 1\nseed: 7\nsteps: {a: {only: {picks: picks.json}}}\n", "shared/base.yaml")
    path = write(
        tmp_path,
        "extends: shared/base.yaml\nname: x\nsteps:\n  a: {prompt: '{{ who }}', matrix: {who: [ann, bob]}}\n"
        "  b: {prompt: 'b {{ who }}', needs: {h: {step: a, pick: {picks: shared/picks.json}}}}\n",
    )
    assert [job.key for job in planned(path)] == ["a[who=ann]", "b[who=ann]"]


def test_a_local_reference_is_checked_by_decoding_and_known_by_its_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "red.png")
    whole = (tmp_path / "red.png").read_bytes()
    path = write(tmp_path, "version: 1\nname: x\nprompt: p\nseed: 7\nreference_images: [a.png]\n")
    (tmp_path / "a.png").write_bytes(whole)
    before = prints(planned(path))
    (tmp_path / "red.png").rename(tmp_path / "moved.png")
    write(tmp_path, "version: 1\nname: x\nprompt: p\nseed: 7\nreference_images: [moved.png]\n")
    assert prints(planned(path)) == before
    for broken in (whole[:-40], b"", b"hello", b"\x89PNG\r\n\x1a\n"):
        (tmp_path / "moved.png").write_bytes(broken)
        assert main(["validate", "recipe.yaml"]) == 2
        assert "can't be sent" in capsys.readouterr().err


def test_rows_that_join_nothing_do_not_count_as_jobs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = (
        "  a: {prompt: '{{ n }}', matrix: {n: [1]}}\n"
        "  b: {prompt: 'b {{ n }}', needs: {h: a}, matrix: {n: {range: {from: 1, to: 6}}}}\n"
        "  c: {prompt: 'c {{ m }}', matrix: {m: {range: {from: 1, to: 5}}}}\n"
    )
    head = "version: 1\nname: x\nseed: 7\n"
    path = write(tmp_path, f"{head}limits: {{max_jobs: 7}}\nsteps:\n{steps}")
    assert len(planned(path)) == 7
    for most in (4, 5, 6):
        write(tmp_path, f"{head}limits: {{max_jobs: {most}}}\nsteps:\n{steps}")
        assert main(["validate", "recipe.yaml"]) == 2
        assert "too-many-jobs" in capsys.readouterr().err
