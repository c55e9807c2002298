"""What people get wrong first in a new project: each is told at its place, with what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from gen4flow.cli import main

RECIPE, PROMPT, TABLE = "recipe.yaml", "prompts/product.txt", "products.csv"

MISTAKES: dict[str, list[tuple[str, str, str, str]]] = {
    # of a template: a file, what stands there, what is written instead, and what has to be said of it
    "start": [
        (RECIPE, "resolution: 720p", "resolutoin: 720p", "did you mean resolution?"),
        (RECIPE, "  scene:", "\tscene:", "indent with spaces"),
        (RECIPE, "    - a grey", "   - a grey", "indent it by 2 spaces or 4 spaces"),
        (RECIPE, "  aspect_ratio: [", "aspect_ratio: [", "deeper than line 29"),
        (RECIPE, "    - a grey", "    -a grey", "write - a grey stone shelf"),
        (RECIPE, 'sku: "{{ product.id }}"', "sku: {{ product.id }}", "write it as '{{ product.id }}'"),
        (RECIPE, '{{ seed }}"', "{{ seed }}", "a quote that opens in line 33 ends here"),
        (RECIPE, "{{ product.id }}/", "{{ product.id }/", "a } is missing"),
        (RECIPE, "resolution: 720p", "resolution: 4K", "allowed: 1080p, 720p"),
        (RECIPE, "resolution: 720p", "resolution: 1080", "did you mean 1080p?"),
        (RECIPE, "resolution: 720p", "seed: 0", "write a whole number from 1 to 2147483647"),
        (RECIPE, "[1:1, 16:9]", "[1:1, 4:5]", "allowed: 1:1, 16:9, 9:16, 4:3, 3:4"),
        (RECIPE, "[1:1, 16:9]", "[1:1, 4:5]", "the nearest is 3:4; deliver: [{name: cut, crop: 4:5}]"),
        (RECIPE, "[1:1, 16:9]", "[1:1, 21:9]", "the nearest is 16:9;"),
        (RECIPE, "[1:1, 16:9]", "[1:1, 16x9]", "did you mean 16:9?"),
        (RECIPE, "seed: {auto: 1}", "seed: auto", "write {auto: 1} for one seed"),
        (RECIPE, "  max_cost: 1.00", "  {max_cost: 1,50}", "the decimal point is a dot: max_cost: 1.50"),
        (RECIPE, "prompts/product.txt", "prompts/produkt.txt", "did you mean product.txt?"),
        (RECIPE, "max_cost: 1.00", 'max_cost: "5$"', "write it as 5"),
        (RECIPE, "max_cost: 1.00", "max-cost: 1.00", "did you mean max_cost?"),
        (RECIPE, "name: my-first-images", "name: My First Images", "did you mean my-first-images?"),
        (RECIPE, "version: 1\n", "", "add version: 1"),
        (RECIPE, "provider: local", "provider: wave-speed", "did you mean wavespeed?"),
        (RECIPE, "from: products.csv", "from: product.csv", "does not exist"),
        (RECIPE, "id: sku", "id: skuu", "did you mean sku?"),
        (PROMPT, "product.material", "product.matreial", "did you mean material?"),
        (PROMPT, "{{ scene }}", "{{ sceen }}", "did you mean scene?"),
        (PROMPT, "{{ product.name }}", "{{ product }}", "name one field of it, as in {{ product.name }}"),
        (TABLE, "sku,name,material", "sku,name,stuff", "nothing here has a field 'material'"),
        (TABLE, ",smoked glass", "", "add a cell for material"),
        (TABLE, "a tall bud vase", "a tall, thin vase", "quote a cell that holds the separator"),
    ],
    "catalogue": [
        (RECIPE, "    columns: {stock: integer, launch: boolean}\n", "", "columns: {stock: number}"),
        (RECIPE, "row.stock", "row.stok", "did you mean stock?"),
        (RECIPE, "{setting: terrace, product: {", "{setting: terace, product: {", "did you mean terrace?"),
        (RECIPE, "{setting: terrace, product: {", "{seting: terrace, product: {", "did you mean setting?"),
        (TABLE, ",14,", ",many,", "'many' is not a whole number"),
    ],
    "character": [
        (RECIPE, "hero: {step: portrait, pick: {seed", "hero: {step: portait, pick: {seed", "did you mean portrait?"),
        (RECIPE, "pick: {seed: 12}", "pick: {seed: 13}", "it has 11, 12"),
        (RECIPE, "approve: manual", "approve: true", "write manual"),
        (RECIPE, "hero.image", "hero.img", "did you mean image?"),
        (RECIPE, '["{{ hero.image }}"]', '"{{ hero.image }}"', 'write a list: ["{{ hero.image }}"]'),
        ("prompts/scene.txt", "hero.outfit.wears", "hero.outfit.wear", "did you mean wears?"),
        ("prompts/scene.txt", "hero.outfit.wears", "heroo.outfit.wears", "did you mean hero?"),
    ],
    "ads": [
        ("placements.csv", "feed,1:1", "feed,4:5", "it is one of 1:1, 16:9, 9:16, 4:3, 3:4"),
        (RECIPE, "placement.ratio", "placements.ratio", "did you mean placement?"),
    ],
}


@pytest.mark.parametrize(
    ("template", "file", "right", "wrong", "told"),
    [(template, *mistake) for template, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_a_mistake_is_told_with_what_to_write(
    template: str,
    file: str,
    right: str,
    wrong: str,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--template", template]) == 0
    text = Path(file).read_text(encoding="utf-8")
    assert right in text
    Path(file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert main(["validate", "recipe.yaml"]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("error[") <= 2, said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["paln", "recipe.yaml"], "did you mean gen4flow plan?"),
        (["frobnicate"], "the commands are: init, validate"),
        (["plan", "recipe.yml"], "did you mean recipe.yaml?"),
        (["plan", "../elsewhere/recipe.yaml"], "check the path"),
    ],
)
def test_a_slip_of_the_keyboard_is_told_with_what_was_meant(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("recipe.yaml").write_text("version: 1\n")
    assert main(words) == 2
    assert told in capsys.readouterr().err
