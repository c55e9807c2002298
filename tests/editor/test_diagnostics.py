"""An editor complains about what is wrong with a recipe, in its line, and about nothing that is right."""

from __future__ import annotations

from pathlib import Path

from gen4flow.cli import main
from gen4flow.commands.templates import TEMPLATES
from gen4flow.resources import shipped
from tests.editor.authoring import ONE, SCHEMA_LINE, TWO
from tests.editor.language_server import LanguageServer

SHIPPED = sorted(shipped("recipes").rglob("*.yaml"))
NO_RECIPES = {"markets.yaml"}


def test_no_shipped_recipe_is_complained_about_and_each_is_looked_at(server: LanguageServer) -> None:
    recipes = [path for path in SHIPPED if path.name not in NO_RECIPES]
    texts = [path.read_text(encoding="utf-8") for path in recipes]
    assert len(recipes) >= 5
    found = server.diagnostics(*zip(recipes, texts, strict=True))
    assert dict(zip(recipes, found, strict=True)) == {path: [] for path in recipes}
    spoilt = [(path, f"{text}\nlimts: {{}}\n") for path, text in zip(recipes, texts, strict=True)]
    told = [[problem["message"] for problem in problems] for problems in server.diagnostics(*spoilt)]
    assert told == [["Property limts is not allowed."]] * len(recipes)


RIGHT = {
    "ratios are texts": f"{ONE}aspect_ratio: 16:9\n",
    "ratios in a list are texts": f"{ONE}matrix:\n  aspect_ratio: [1:1, 16:9, 9:16, 4:3, 3:4]\n",
    "a ratio may come from a template": f'{ONE}aspect_ratio: "{{{{ placement.ratio }}}}"\n',
    "a ratio may come from an if": f'{ONE}aspect_ratio: "{{% if wide %}}16:9{{% else %}}1:1{{% endif %}}"\n',
    "a seed may come from a template": f'{ONE}seed: "{{{{ product.seed }}}}"\n',
    "words of YAML 1.1 are texts": f"{ONE}matrix:\n  mood: [yes, no, on, off]\n  day: [2001-01-01, 12:30:45]\n",
    "a profile deletes": f"{ONE}profiles:\n  a: {{seed: null, limits: {{max_cost: null}}, matrix: {{b: null}}}}\n",
    "a profile deletes by an empty value": f"{ONE}profiles:\n  a:\n    resolution:\n    vars:\n      look:\n",
    "a profile is deleted": f"{SCHEMA_LINE}extends: base.yaml\nprofiles: {{a: null}}\n",
    "a profile changes a part of an axis": f"{ONE}profiles:\n  a:\n    matrix: {{p: {{limit: 2}}, seed: {{salt: b}}}}",
    "a step deletes what the top level leaves to it": f"{TWO}    seed: null\n    prompt: A fox\n",
    "a child deletes and changes": f"{SCHEMA_LINE}extends: base.yaml\nlimits: null\nmatrix: {{p: {{limit: 2}}}}\n",
    "a base lacks what its children have": f"{SCHEMA_LINE}version: 1\nvars: {{look: soft}}\n",
    "an axis in every form": f"""{ONE}matrix:
  a: {{from: a.csv, id: b, where: row.c, columns: {{c: boolean}}}}
  d: {{glob: "*"}}
  e: {{range: {{from: 1, to: 2.5, step: 0.5}}}}
  f: [1, g, {{id: h}}, true]
  zip: {{i: {{j: [1], aspect_ratio: [1:1]}}}}
  seed: {{auto: 2, per: request}}
""",
    "a need in every form": f"""{TWO}    prompt: a
    needs:
      a: portrait
      b: {{step: portrait, pick: {{seed: 1}}}}
      c: {{step: portrait, collect: [seed]}}
      d: {{step: portrait, pick: {{picks: picks/a.json}}}}
""",
}


def test_what_is_right_is_not_complained_about(server: LanguageServer, recipe: Path) -> None:
    found = server.diagnostics(*((recipe, text) for text in RIGHT.values()))
    assert dict(zip(RIGHT, found, strict=True)) == {what: [] for what in RIGHT}


WRONG = [
    # a text, the line that is at fault (the schema's line is 0), and what is said of it
    (f"{ONE}limts: {{max_cost: 1}}\n", 4, "limts is not allowed"),
    (f"{ONE}limits:\n  max_cots: 1\n", 5, "max_cots is not allowed"),
    (f"{ONE}provider: wavspeed\n", 4, '"wavespeed"'),
    (f"{ONE}resolution: 4K\n", 4, '"1080p", "720p"'),
    (f"{ONE}aspect_ratio: 4:5\n", 4, '"3:4"'),
    (f"{ONE}limits: {{max_cost: 5$}}\n", 4, "number"),
    (f"{ONE}limits:\n  concurrency: many\n", 5, "integer"),
    (f"{ONE}seed: 0\n", 4, "minimum of 1"),
    (f"{ONE}allow_empty: 'yes'\n", 4, "boolean"),
    (f"{ONE}resolution:\n", 4, "string"),
    (f"{ONE}matrix:\n  product: {{form: a.csv}}\n", 5, "form is not allowed"),
    (f"{ONE}matrix:\n  product: {{from: a.csv, wher: a}}\n", 5, "wher is not allowed"),
    (f"{ONE}matrix:\n  product: {{from: a.csv, columns: {{stock: int}}}}\n", 5, '"integer"'),
    (f"{ONE}matrix:\n  product: {{limit: 2}}\n", 5, 'Missing property "from"'),
    (f"{ONE}matrix:\n  product: mug\n", 5, "array"),
    (f"{ONE}matrix:\n  aspect_ratio:\n    - 1:1\n    - 4:5\n", 7, '"3:4"'),
    (f"{ONE}matrix:\n  seed: [0]\n", 5, "minimum of 1"),
    (f"{ONE}matrix:\n  exclude: {{scene: a}}\n", 5, "array"),
    (f"{ONE}output: out\n", 4, "mapping"),
    (f"{ONE}profiles:\n  draft:\n    resolution: 4K\n", 6, '"1080p", "720p"'),
    (f"{ONE}profiles:\n  draft: {{limits: {{max_cost: 5$}}}}\n", 5, "number"),
    (f"{ONE}profiles:\n  draft: {{name: b}}\n", 5, "name is not allowed"),
    (f"{TWO}    prompt: b\n    aproove: manual\n", 7, "aproove is not allowed"),
    (f"{TWO}    prompt: b\n    approve: auto\n", 7, '"manual"'),
    (f"{TWO}    prompt: b\n    needs: {{hero: {{step: portrait, colect: [seed]}}}}\n", 7, "colect is not allowed"),
    (f"{SCHEMA_LINE}version: 2\nname: a\nprompt: b\n", 1, "1"),
    (f"{SCHEMA_LINE}version: 1\nname: a\n", 1, 'Missing property "prompt"'),
    (f"{SCHEMA_LINE}version: 1\nprompt: a\n", 1, 'Missing property "name"'),
    (f"{SCHEMA_LINE}name: a\nprompt: a\n", 1, 'Missing property "version"'),
    (f"{ONE}limits:\n\tmax_cost: 1\n", 5, "Tabs"),
    (f"{ONE}name: b\n", 4, "unique"),
]


def test_what_is_wrong_is_told_in_its_line(server: LanguageServer, recipe: Path) -> None:
    found = server.diagnostics(*((recipe, text) for text, _, _ in WRONG))
    for (text, line, words), problems in zip(WRONG, found, strict=True):
        told = {(problem["range"]["start"]["line"], problem["message"]) for problem in problems}
        assert any(at == line and words in message for at, message in told), (text, told)


def test_without_the_schema_nothing_is_known(server: LanguageServer, recipe: Path) -> None:
    """What holds the others up: the schema is read from the place that the first line names."""
    text = f"{ONE}limts: {{}}\n"
    [nothing, elsewhere] = server.diagnostics(
        (recipe, text.removeprefix(SCHEMA_LINE)), (recipe.parent / "deeper" / "recipe.yaml", text)
    )
    assert nothing == []
    assert [problem["message"].partition(" from ")[0] for problem in elsewhere] == ["Unable to load schema"]


def test_no_new_project_is_complained_about(server: LanguageServer, tmp_path: Path) -> None:
    for name in TEMPLATES:
        assert main(["init", str(tmp_path / name), "--template", name]) == 0
    made = [tmp_path / name / "recipe.yaml" for name in TEMPLATES]
    found = server.diagnostics(*((path, path.read_text(encoding="utf-8")) for path in made))
    assert dict(zip(made, found, strict=True)) == {path: [] for path in made}
    assert all(path.read_text(encoding="utf-8").startswith(SCHEMA_LINE) for path in made)
