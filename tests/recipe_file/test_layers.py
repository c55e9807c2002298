"""Layers of a recipe: what it extends, profiles and settings laid over each other, each value with its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.problem import Problem
from gen4flow.core.recipe import SourceAxis
from gen4flow.core.values import scalar_text
from gen4flow.recipe_file import Document, laid_over, load, parse_document, resolve
from gen4flow.recipe_file.writing import flow_text

BASE = "version: 1\nname: x\nprompt: p\nresolution: 1080p\nvars: {a: base, b: base, c: base, d: base, e: base}\n"
CHILD = """\
extends: base.yaml
vars: {b: recipe, c: recipe, d: recipe, e: recipe}
profiles:
  one: {vars: {c: one, d: one, e: one}}
  two: {vars: {d: two, e: two}}
"""


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every scalar of a document with its path."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from leaves(inner, (*path, key))
    if not isinstance(value, dict | list):
        yield path, value


@pytest.mark.parametrize(
    ("profiles", "settings", "found"),
    [
        ([], [], "base recipe recipe recipe recipe"),
        (["one"], [], "base recipe one one one"),
        (["one", "two"], [], "base recipe one two two"),
        (["two", "one"], [], "base recipe one one one"),
        (["one", "two"], ["vars.e=set"], "base recipe one two set"),
        (["one", "two"], ["vars.e=set", "vars.e=again"], "base recipe one two again"),
        ([], ["vars={a: set, b: set}"], "set set recipe recipe recipe"),
    ],
)
def test_later_layers_go_before_earlier_ones(
    write: Callable[..., Path],
    tmp_path: Path,
    schema: Mapping[str, Any],
    profiles: list[str],
    settings: list[str],
    found: str,
) -> None:
    path = write(CHILD, base=BASE)
    recipe = load(path, schema, root=tmp_path, profiles=profiles, settings=settings)
    assert " ".join(str(value) for value in recipe.vars.values()) == found
    assert recipe.profiles == tuple(profiles)


def test_a_chain_is_laid_over_from_its_far_end(
    write: Callable[..., Path], tmp_path: Path, schema: Mapping[str, Any]
) -> None:
    path = write(
        "extends: one.yaml\nname: x\n",
        one="extends: two.yaml\nseed: 1\nprompt: one\n",
        two="version: 1\nseed: 2\nprompt: two\nrepeat: 2\n",
    )
    step = load(path, schema, root=tmp_path).steps[0]
    assert (step.prompt.text, step.parameters, step.repeat) == ("one", {"seed": 1}, 2)


MERGES: list[tuple[str, str, Any]] = [
    ("{a: {x: 1, y: 2}}", "{a: {y: 3, z: 4}}", {"a": {"x": 1, "y": 3, "z": 4}}),
    ("{a: [1, 2, 3]}", "{a: [4]}", {"a": [4]}),
    ("{a: [{x: 1}]}", "{a: [{y: 1}]}", {"a": [{"y": 1}]}),
    ("{a: {x: 1}}", "{a: text}", {"a": "text"}),
    ("{a: text}", "{a: {x: 1}}", {"a": {"x": 1}}),
    ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
    ("{a: {b: {c: 1, d: 2}}}", "{a: {b: {c: null}}}", {"a": {"b": {"d": 2}}}),
    ("{a: {b: 1}}", "{a: {b: null}}", {"a": {}}),
    ("{a: 1}", "{b: null}", {"a": 1}),
    ("{a: 1}", "{b: {c: null, d: {e: null}}}", {"a": 1, "b": {"d": {}}}),
    ("{a: text}", "{a: {b: null, c: 1}}", {"a": {"c": 1}}),
    ("{a: 1}", "{b: [null, {c: null}]}", {"a": 1, "b": [None, {"c": None}]}),
    ("{a: {}}", "{}", {"a": {}}),
    ("{steps: {s: {p: 1}}}", "{steps: {s: {q: null}}}", {"steps": {"s": {"p": 1, "q": None}}}),
    ("{steps: {s: {p: 1}}}", "{steps: {s: {p: null}, t: null}}", {"steps": {"s": {}}}),
    ("{profiles: {f: {}}}", "{profiles: {f: {v: {a: null}}}}", {"profiles": {"f": {"v": {"a": None}}}}),
]


@pytest.mark.parametrize(("base", "over", "merged"), MERGES)
def test_mappings_merge_deeply_everything_else_is_replaced_and_null_deletes(base: str, over: str, merged: Any) -> None:
    laid = laid_over(parse_document(base.encode(), "base"), parse_document(over.encode(), "over"))
    assert laid.value == merged


def by_hand(below: Any, above: Any) -> Any:
    """Lay one value over another, as the contract says it."""
    if not isinstance(above, dict):
        return above
    merged = dict(below) if isinstance(below, dict) else {}
    for key, inner in above.items():
        if inner is None:
            merged.pop(key, None)
        else:
            merged[key] = by_hand(merged.get(key), inner)
    return merged


KEYS = st.sampled_from("abcd")
TREES = st.recursive(
    st.integers(0, 9) | st.lists(st.integers(0, 9), max_size=2), lambda inner: st.dictionaries(KEYS, inner, max_size=4)
)
LAYERS = st.dictionaries(
    KEYS, st.recursive(st.none() | st.integers(), lambda inner: st.dictionaries(KEYS, inner, max_size=4)), max_size=4
)


def block(value: dict[str, Any], depth: int = 0) -> str:
    """Return a mapping as YAML, each value on a line of its own."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            lines.append(f"{'  ' * depth}{key}:\n{block(inner, depth + 1)}")
        else:
            lines.append(f"{'  ' * depth}{key}: {flow_text(inner)}\n")
    return "".join(lines)


def document(value: dict[str, Any], file: str) -> Document:
    """Return the document of a mapping that is written out and read back."""
    return parse_document((block(value) or "{}").encode(), file)


@given(base=st.dictionaries(KEYS, TREES, max_size=4), over=LAYERS)
def test_null_deletes_at_any_depth(base: dict[str, Any], over: dict[str, Any]) -> None:
    assert laid_over(document(base, "base"), document(over, "over")).value == by_hand(base, over)


@given(base=st.dictionaries(KEYS, TREES, max_size=4), overs=st.lists(LAYERS, min_size=1, max_size=3))
def test_every_value_keeps_the_place_where_it_is_written(base: dict[str, Any], overs: list[dict[str, Any]]) -> None:
    texts = {f"layer{n}": block(layer) for n, layer in enumerate([base, *overs])}
    whole = document(base, "layer0")
    for number, over in enumerate(overs, 1):
        whole = laid_over(whole, document(over, f"layer{number}"))
    for path, value in leaves(whole.value):
        mark = whole.marks[path]
        line = texts[mark.file].splitlines()[mark.line - 1]
        assert line[mark.column - 1 :].startswith(scalar_text(value))
        if isinstance(path[-1], str):
            key = whole.key_marks[path]
            assert texts[key.file].splitlines()[key.line - 1][key.column - 1 :].startswith(f"{path[-1]}:")


def test_a_profile_leaves_the_recipe_where_it_is(write: Callable[..., Path], tmp_path: Path) -> None:
    whole = resolve(write(CHILD, base=BASE), root=tmp_path, profiles=["one"])
    assert str(whole.mark(())).endswith("recipe.yaml:1:1")
    assert str(whole.mark(("vars", "c"))).endswith("recipe.yaml:4:19")


def test_paths_are_relative_to_the_file_they_are_written_in(
    write: Callable[..., Path], tmp_path: Path, schema: Mapping[str, Any]
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "hero.txt").write_text("from the base's folder")
    (shared / "base.yaml").write_text(
        "version: 1\nprompt: {file: hero.txt}\nmatrix: {a: {from: a.csv}, b: {glob: '*.png'}}\n"
        "reference_images: [r.png]\nonly: {picks: p.json}\n"
    )
    path = write("extends: shared/base.yaml\nname: x\nmatrix: {b: {glob: '*.jpg'}, c: {from: c.csv}}\n")
    step = load(path, schema, root=tmp_path).steps[0]
    assert step.prompt.text == "from the base's folder"
    folders = {axis.name: axis.folder for one in step.matrix.dimensions for axis in one.axes}  # type: ignore[union-attr]
    assert folders == {"a": str(shared), "b": str(tmp_path), "c": str(tmp_path)}
    assert step.references[0].folder == step.only.folder == str(shared)  # type: ignore[union-attr]
    told = load(path, schema, root=tmp_path, settings=["only.picks=q.json", "reference_images=[s.png]"]).steps[0]
    assert told.references[0].folder == told.only.folder == str(tmp_path)  # type: ignore[union-attr]


def test_a_base_is_found_beside_the_file_and_not_beside_a_link_to_it(tmp_path: Path, schema: Mapping[str, Any]) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "recipe.yaml").write_text("extends: base.yaml\nname: x\nprompt: {file: p.txt}\n")
    (tmp_path / "real" / "base.yaml").write_text("version: 1\n")
    (tmp_path / "real" / "p.txt").write_text("beside it")
    (tmp_path / "link.yaml").symlink_to("real/recipe.yaml")
    assert load(tmp_path / "link.yaml", schema, root=tmp_path).steps[0].prompt.text == "beside it"


@pytest.mark.parametrize(
    ("child", "base", "missing"),
    [
        ("version: 1\nprompt: p\n", "seed: 7", "name"),
        ("version: 1\nname: x\n", "seed: 7", "prompt"),
        ("name: x\nprompt: p\n", "seed: 7", "version"),
        ("version: 1\nprompt: p\nname:\n", "name: x", "name"),
        ("version: 1\nname: x\nprompt:\n", "prompt: p", "prompt"),
    ],
)
def test_what_no_layer_says_is_missing(
    write: Callable[..., Path], problems_at: Callable[..., tuple[Problem, ...]], child: str, base: str, missing: str
) -> None:
    (problem,) = problems_at(write(f"{child}extends: base.yaml\n", base=base))
    assert (problem.code, problem.mark.line) == ("missing-key", 1)
    assert missing in problem.message


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("recipe.yaml", "extends"),
        ("./folder/../recipe.yaml", "extends"),
        ("circle.yaml", "extends"),
        ("missing.yaml", "file-missing"),
        ("/etc/passwd", "file-outside"),
        ("../outside.yaml", "file-outside"),
        ("/dev/zero", "file-outside"),
        ("link.yaml", "file-outside"),
        ("loop.yaml", "file-unreadable"),
        ("folder", "file-kind"),
        ("pipe", "file-kind"),
        ("a" * 300, "file-unreadable"),
        ("/a" * 200_000, "file-unreadable"),
        ("far0.yaml", "extends"),
        ("list.yaml", "wrong-type"),
        ("text.yaml", "wrong-type"),
        ("empty.yaml", "yaml-empty"),
        ("broken.yaml", "yaml-syntax"),
        ("badly.yaml", "wrong-type"),
        ("many0.yaml", "yaml-size"),
    ],
)
def test_a_base_must_be_a_part_of_a_recipe_inside_the_project(
    write: Callable[..., Path], problems_at: Callable[..., tuple[Problem, ...]], written: str, code: str, tmp_path: Path
) -> None:
    (tmp_path.parent / "outside.yaml").write_text("seed: 7")
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    far = {f"far{n}": f"extends: far{n + 1}.yaml" for n in range(20)}
    many = {f"many{n}": f"extends: many{n + 1}.yaml\nvars: {{a: [{'1,' * 60_000}]}}" for n in range(2)}
    odd = {"list": "[1]", "text": "hello", "empty": "", "broken": "a: [", "badly": "extends: [a]"}
    path = write(f"{BASE}extends: {written}\n", circle="extends: recipe.yaml", **far, **many, **odd)
    (problem,) = problems_at(path)
    assert problem.code == code
    assert problem.help
    assert len(str(problem)) < 1_000
    if Path(problem.mark.file).name == "recipe.yaml":
        assert (problem.mark.line, problem.mark.column) == (6, 10)


@pytest.mark.parametrize(
    ("profiles", "name", "code", "words"),
    [
        ("", "draft", "unknown-profile", "none"),
        ("profiles: {draft: {seed: 7}}\n", "draf", "unknown-profile", "did you mean draft?"),
        ("profiles: {draft: {seed: 7}}\n", "", "unknown-profile", "draft"),
        ("profiles: {draft: [1]}\n", "draft", "wrong-type", "a list"),
        ("profiles: {draft: text}\n", "draft", "wrong-type", "'text'"),
        ("profiles: {draft: }\n", "draft", "unknown-profile", "none"),
        ("profiles: [draft]\n", "other", "wrong-type", "a list"),
        ("profiles: {draft: {name: y}}\n", "draft", "unknown-key", "'name'"),
        ("profiles: {draft: {extends: y}}\n", "draft", "unknown-key", "'extends'"),
        ("profiles: {draft: {profiles: {}}}\n", "draft", "unknown-key", "'profiles'"),
        ("profiles: {../x: {}}\n", "../x", "not-allowed", "'../x'"),
        ("profiles: {draft: {limits: {max_jbs: 1}}}\n", "draft", "unknown-key", "max_jobs"),
    ],
)
def test_a_wrong_profile_is_told(
    write: Callable[..., Path],
    problems_at: Callable[..., tuple[Problem, ...]],
    profiles: str,
    name: str,
    code: str,
    words: str,
) -> None:
    found = problems_at(write(BASE + profiles), profiles=[name])
    assert code in {problem.code for problem in found}
    assert words in " ".join(map(str, found))
    assert f"did you mean {name}?" not in " ".join(map(str, found))


ROWS = "version: 1\nname: x\nprompt: p\nmatrix: {product: {from: a.csv, id: sku}, seed: {auto: 2}}\n"


def as_layers(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield recipes that lay a text in their fifth line over base.yaml, themselves and their top level."""
    yield f"extends: base.yaml\n\n\n\n{text}\n", []
    yield f"{ROWS}profiles: {{draft: {{{text}}}}}\n", ["draft"]
    yield f"{ROWS}steps: {{one: {{{text}}}}}\n", []


@pytest.mark.parametrize(
    ("axis", "found"),
    [
        ("product: {limit: 3}", {"from": "a.csv", "id": "sku", "limit": 3}),
        ("product: {id: , where: row.a}", {"from": "a.csv", "where": "row.a"}),
        ("product: {from: b.csv}, seed: {salt: x}", {"from": "b.csv", "id": "sku"}),
    ],
)
def test_a_layer_may_change_a_part_of_an_axis(
    axis: str, found: Mapping[str, Any], write: Callable[..., Path], tmp_path: Path, schema: Mapping[str, Any]
) -> None:
    for text, profiles in as_layers(f"matrix: {{{axis}}}"):
        recipe = load(write(text, base=ROWS), schema, root=tmp_path, profiles=profiles)
        product = recipe.steps[0].matrix.dimensions[0].axes[0]
        assert isinstance(product, SourceAxis)
        assert product.settings == found


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        ("sceen: {limit: 3}", "matrix.sceen must be a list"),
        ("product: {glob: '*'}", "unknown key 'glob'"),
        ("hour: {range: {to: 3}}", "needs the key from"),
        ("product: {from: }", "written here: 'id'"),
        ("zip: {pair: {a: {limit: 2}}}", "matrix.zip.pair.a must be a list"),
    ],
)
def test_a_part_that_there_is_no_rest_of_is_told_where_it_is_written(
    axis: str, words: str, write: Callable[..., Path], problems_at: Callable[..., tuple[Problem, ...]]
) -> None:
    for text, profiles in as_layers(f"matrix: {{{axis}}}"):
        (problem,) = problems_at(write(text, base=ROWS), profiles=profiles)
        assert words in str(problem)
        assert (Path(problem.mark.file).name, problem.mark.line) == ("recipe.yaml", 5)


def test_a_null_in_a_profile_deletes_what_the_recipe_or_its_base_says(
    write: Callable[..., Path], tmp_path: Path, schema: Mapping[str, Any]
) -> None:
    path = write(
        "extends: base.yaml\nprofiles: {plain: {vars: {a: , nothing: }, limits: {max_cost: }, resolution: }}\n",
        base=BASE + "profiles: {plain: {seed: 7}}\n",
    )
    recipe = load(path, schema, root=tmp_path, profiles=["plain"])
    assert list(recipe.vars) == ["b", "c", "d", "e"]
    assert recipe.steps[0].parameters == {"seed": 7}
