"""Everything that is wrong with a recipe is said at once, for the form that was meant, at its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gen4flow.core.problem import Problem

Problems = Callable[[str], tuple[Problem, ...]]

HEAD = "version: 1\nname: x\nprompt: p\n"


@pytest.mark.parametrize(
    ("text", "place", "code", "words"),
    [
        ("promt: hi\n", (4, 1), "unknown-key", "did you mean prompt?"),
        ("extends: base.yaml\n", (4, 10), "file-missing", "does not exist"),
        ("steps: {}\n", (4, 8), "empty", "steps must not be empty"),
        ("provider: wavespeeed\n", (4, 11), "not-allowed", "did you mean wavespeed?"),
        ("provider: 7\n", (4, 11), "wrong-type", "write local or wavespeed or runway"),
        ("approve: true\n", (4, 10), "wrong-type", "write manual"),
        ("description: 7\n", (4, 14), "wrong-type", "put it in quotes"),
        ("description:\n", (4, 13), "wrong-type", "not nothing"),
        ("model: ''\n", (4, 8), "empty", "must not be empty"),
        ("aspect_ratio: [1:1]\n", (4, 15), "wrong-type", "not a list"),
        (
            "aspect_ratio: 4:5\n",
            (4, 15),
            "not-allowed",
            "the nearest is 3:4; deliver: [{name: cut, crop: 4:5}] cuts it to 4:5; allowed: 1:1",
        ),
        ("aspect_ratio: 1\n", (4, 15), "wrong-type", "did you mean 16:9?"),
        ("resolution: 4K\n", (4, 13), "not-allowed", "allowed: 1080p, 720p"),
        ("resolution: 1080\n", (4, 13), "wrong-type", "did you mean 1080p?"),
        ("seed: abc\n", (4, 7), "not-allowed", "write a whole number or a template"),
        ("matrix: {seed: [1, 0]}\n", (4, 20), "not-allowed", "matrix.seed[1] must be at least 1"),
        ("matrix: {seed: [abc]}\n", (4, 17), "not-allowed", "write a whole number from 1"),
        ("matrix: {seed: {ato: 3}}\n", (4, 17), "unknown-key", "did you mean auto?"),
        ("matrix: {aspect_ratio: 16:9}\n", (4, 24), "wrong-type", "write a list: [16:9]"),
        ("matrix: {aspect_ratio: [16:9, 4:5]}\n", (4, 31), "not-allowed", "allowed: 1:1, 16:9, 9:16, 4:3, 3:4"),
        ("matrix: {zip: {f: {resolution: [4K]}}}\n", (4, 33), "not-allowed", "allowed: 1080p, 720p"),
        ("seed: 0\n", (4, 7), "not-allowed", "at least 1"),
        ("seed: 0\n", (4, 7), "not-allowed", "write a whole number from 1 to 2147483647"),
        ("reference_images: '{{ a }}, b'\n", (4, 19), "wrong-type", 'write a list: ["{{ a }}, b"]'),
        ("matrix: {place: 'a b, c: d'}\n", (4, 17), "wrong-type", 'write a list: [a b, "c: d"]'),
        ("seed: 2147483648\n", (4, 7), "not-allowed", "at most 2147483647"),
        ("seed: 1.5\n", (4, 7), "wrong-type", "a whole number or a template"),
        ("repeat: 0\n", (4, 9), "not-allowed", "at least 1"),
        ("repeat: 2.0\n", (4, 9), "wrong-type", "the number 2.0"),
        ("repeat: true\n", (4, 9), "wrong-type", "not true"),
        ("allow_empty: no\n", (4, 14), "wrong-type", "write true or false"),
        ("vars: {take: 1}\n", (4, 8), "not-allowed", "use already"),
        ("vars: {9x: 1}\n", (4, 8), "not-allowed", "can't be a name"),
        ("vars: {a-b: 1}\n", (4, 8), "not-allowed", "can't be a name"),
        ('vars: {"a\\n": 1}\n', (4, 8), "not-allowed", "can't be a name"),
        ("provider: openai\n", (4, 11), "not-allowed", "local, wavespeed, runway"),
        ("vars: [a]\n", (4, 7), "wrong-type", "a mapping"),
        ("tags: {a: [1]}\n", (4, 11), "wrong-type", "tags.a"),
        ("tags: {'a=b': 1}\n", (4, 8), "not-allowed", "can't be a name"),
        ("output: {fil: x}\n", (4, 10), "unknown-key", "did you mean file?"),
        ("limits: {max_cost: '1,50'}\n", (4, 20), "wrong-type", "decimal point"),
        ("limits: {max_cost: 1,50}\n", (4, 22), "unknown-key", "50"),
        ("limits: {max_cost: $5}\n", (4, 20), "wrong-type", "US dollars"),
        ("limits: {max_cost: -1}\n", (4, 20), "not-allowed", "at least 0"),
        ("limits: {max_cost: .inf}\n", (4, 20), "yaml-number", "not a number"),
        ("limits: {max_cost: 1e300}\n", (4, 20), "not-allowed", "at most"),
        ("limits: {max_cost: true}\n", (4, 20), "wrong-type", "not true"),
        ("limits: {max_cost: 0.0000001}\n", (4, 20), "not-allowed", "millionth"),
        ("limits: {concurrency: 0}\n", (4, 23), "not-allowed", "at least 1"),
        ("matrix: {scene: []}\n", (4, 17), "empty", "must not be empty"),
        ("matrix: {scene: a}\n", (4, 17), "wrong-type", "{from: FILE}"),
        ("matrix: {scene: [[a]]}\n", (4, 18), "wrong-type", "matrix.scene[0]"),
        ("matrix: {scene: [a, ~]}\n", (4, 21), "wrong-type", "not nothing"),
        ("matrix: {scene: [{}]}\n", (4, 18), "empty", "must not be empty"),
        ("matrix: {scene: [{id: [a]}]}\n", (4, 23), "wrong-type", "matrix.scene[0].id"),
        ("matrix: {scene: [a, b, a]}\n", (4, 24), "duplicate-value", "'a' already"),
        ("matrix: {scene: [1, '1']}\n", (4, 21), "duplicate-value", "'1' already"),
        ("matrix: {scene: [{id: a}, a]}\n", (4, 27), "duplicate-value", "'a' already"),
        ("matrix: {scene: [{a: 1, b: 2}, {b: 2, a: 1}]}\n", (4, 32), "duplicate-value", "already"),
        ("matrix: {p: {from: a.csv, idd: x}}\n", (4, 27), "unknown-key", "did you mean id?"),
        ("matrix: {p: {from: 7}}\n", (4, 20), "wrong-type", "matrix.p.from"),
        ("matrix: {p: {from: a.csv, limit: 0}}\n", (4, 34), "not-allowed", "matrix.p.limit"),
        ("matrix: {p: {from: a.csv, columns: {a: numbr}}}\n", (4, 40), "not-allowed", "did you mean number?"),
        ("matrix: {p: {form: a.csv}}\n", (4, 14), "unknown-key", "did you mean from?"),
        ("matrix: {p: {from: a.csv, glob: x}}\n", (4, 27), "unknown-key", "unknown key 'glob'"),
        ("matrix: {p: {glob: x, limit: 1}}\n", (4, 23), "unknown-key", "unknown key 'limit'"),
        ("matrix: {p: {range: {from: 1}}}\n", (4, 21), "missing-key", "needs the key to"),
        ("matrix: {p: {range: {from: a, to: 2}}}\n", (4, 28), "wrong-type", "matrix.p.range.from"),
        ("matrix: {p: {auto: 3}}\n", (4, 13), "wrong-type", "auto"),
        ("matrix: {p: {}}\n", (4, 13), "wrong-type", "{from: FILE}"),
        ("matrix: {seed: {auto: 0}}\n", (4, 23), "not-allowed", "at least 1"),
        ("matrix: {seed: {auto: 1, per: [sceen]}, scene: [a]}\n", (4, 32), "unknown-axis", "did you mean scene?"),
        ("matrix: {seed: {auto: 1, per: [seed]}}\n", (4, 32), "unknown-axis", "no other axis"),
        ("matrix: {seed: {auto: 1, per: requst}}\n", (4, 31), "not-allowed", "did you mean request?"),
        ("matrix: {take: [1]}\n", (4, 10), "not-allowed", "use already"),
        ("matrix: {range: [1]}\n", (4, 10), "not-allowed", "use already"),
        ("matrix: {true: [1]}\n", (4, 10), "not-allowed", "use already"),
        ("matrix: {allow_empty: [1]}\n", (4, 10), "not-allowed", "use already"),
        ("matrix: {a b: [1]}\n", (4, 10), "not-allowed", "can't be a name"),
        ("matrix: {exclude: {a: 1}}\n", (4, 19), "wrong-type", "a list of mappings"),
        ("matrix: {exclude: [a]}\n", (4, 20), "wrong-type", "matrix.exclude[0]"),
        ("matrix: {include: [{take: 1}]}\n", (4, 21), "not-allowed", "use already"),
        ("matrix: {zip: {f: {a: [1, 2], b: [1]}}}\n", (4, 16), "unequal-zip", "a has 2, b has 1"),
        ("matrix: {zip: {f: {}}}\n", (4, 19), "empty", "matrix.zip.f"),
        ("matrix: {zip: {f: [1]}}\n", (4, 19), "wrong-type", "matrix.zip.f"),
        ("matrix: {zip: {f: {zip: [1]}}}\n", (4, 20), "not-allowed", "use already"),
        ("matrix: {a: [1], zip: {f: {a: [1]}}}\n", (4, 28), "name-clash", "the axis in line 4"),
        ("matrix: {zip: {f: {a: [1]}, g: {a: [2]}}}\n", (4, 33), "name-clash", "the axis in line 4"),
        ("vars: {a: 1}\nmatrix: {a: [1]}\n", (5, 10), "name-clash", "the var in line 4"),
        ("vars: {a: 1}\nmatrix: {zip: {f: {a: [1]}}}\n", (5, 20), "name-clash", "the var in line 4"),
    ],
)
def test_a_wrong_recipe_is_told_what_and_where(
    problems_of: Problems, text: str, place: tuple[int, int], code: str, words: str
) -> None:
    found = problems_of(HEAD + text)
    at_place = [problem for problem in found if (problem.mark.line, problem.mark.column) == place]
    assert [problem.code for problem in at_place] == [code], [str(problem) for problem in found]
    assert words in str(at_place[0])
    assert "given schemas" not in str(at_place[0])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["missing-key", "missing-key"]),
        ("version: 2\nname: x\nprompt: p", ["not-allowed"]),
        ("version: '1'\nname: x\nprompt: p", ["wrong-type"]),
        ("version: 1\nname: My Name\nprompt: p", ["not-allowed"]),
        ('version: 1\nname: "x\\n"\nprompt: p', ["not-allowed"]),
        ("version: 1\nname: 7\nprompt: p", ["wrong-type"]),
        ("version: 1\nname: x\nprompt: {fil: a}", ["missing-key", "unknown-key"]),
        ("version: 1\nname: x\nprompt: [a]", ["wrong-type"]),
        ("version: 1\nname: x\nprompt: ''", ["empty"]),
        ("version: 1\nname: x\nprompt:", ["wrong-type"]),
    ],
)
def test_the_required_keys_are_strict(problems_of: Problems, text: str, codes: list[str]) -> None:
    found = problems_of(text or "version: 1")
    assert [problem.code for problem in found] == codes


def test_all_problems_come_at_once_in_reading_order(problems_of: Problems) -> None:
    found = problems_of(
        "version: 1\nname: X\nprompt: {file: none.txt}\nseed: .nan\nnmae: y\nnmae: z\n"
        "vars: {a: 1}\nmatrix: {a: [1, 1], b: []}\n"
    )
    assert [(problem.mark.line, problem.code) for problem in found] == [
        (2, "not-allowed"),
        (3, "file-missing"),
        (4, "yaml-number"),
        (5, "unknown-key"),
        (6, "yaml-duplicate-key"),
        (8, "name-clash"),
        (8, "duplicate-value"),
        (8, "empty"),
    ]


def test_what_yaml_complains_about_is_not_said_twice(problems_of: Problems) -> None:
    assert [problem.code for problem in problems_of(HEAD + "limits: {max_cost: .inf}")] == ["yaml-number"]


def test_a_problem_behind_an_alias_is_placed_at_the_alias(problems_of: Problems) -> None:
    (problem,) = problems_of(HEAD + "vars: {n: &n many}\nrepeat: *n\n")
    assert (problem.mark.line, problem.mark.column) == (5, 9)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.txt", "file-missing"),
        ("../outside.txt", "file-outside"),
        ("/etc/hostname", "file-outside"),
        ("link.txt", "file-outside"),
        ("circle.txt", "file-unreadable"),
        ("folder", "file-kind"),
        ("pipe", "file-kind"),
        ("large.txt", "file-size"),
        ("latin.txt", "file-encoding"),
        ("binary.txt", "file-encoding"),
        ("a" * 300, "file-unreadable"),
    ],
)
def test_a_prompt_file_must_be_a_small_text_inside_the_project(
    problems_of: Problems, tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path.parent / "outside.txt").write_text("secret")
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large.txt").write_text("x" * (1024 * 1024 + 1))
    (tmp_path / "latin.txt").write_bytes("é".encode("latin-1"))
    (tmp_path / "binary.txt").write_bytes(b"a\0b")
    (problem,) = problems_of(f"version: 1\nname: x\nprompt: {{file: '{name}'}}\n")
    assert (problem.code, problem.mark.line, problem.mark.column) == (code, 3, 16)
