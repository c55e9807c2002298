"""`gen4flow picks to-recipe`: a recipe whose plan is exactly the finals of what was picked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from gen4flow.core.picks import Verdict
from tests.commands.drafts import RECIPE, jobs, project, said, write_picks

Output = pytest.CaptureFixture[str]
MINE = "picks/mine.json"
PICKED = [
    "main[product=mug,scene=a shelf,seed=1122634591]",
    "main[product=vase,scene=a shelf,seed=1761882364]",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path)
    drafts = jobs("-P", "draft")
    write_picks(MINE, [*said(Verdict.PICK, drafts[2], drafts[7]), *said(Verdict.REJECT, drafts[0])])


def finals(*options: str, picks: str = MINE, recipe: str = "recipe.yaml", output: str = "finals.yaml") -> int:
    return main(["picks", "to-recipe", picks, recipe, *options, "-o", output])


def pick(which: Callable[[dict[str, Any]], bool], *options: str) -> list[dict[str, Any]]:
    """Pick the jobs of the recipe, as it is made with some options, that a test is true for; returns them."""
    picked = [job for job in jobs(*options) if which(job)]
    write_picks(MINE, said(Verdict.PICK, *picked))
    return picked


def likeness(job: dict[str, Any]) -> tuple[object, ...]:
    """Return what must be the same in a final as in its draft."""
    return (job["prompt"], job["parameters"].get("seed"), job["parameters"]["aspect_ratio"])


def test_the_plan_of_the_new_recipe_is_exactly_the_finals(capsys: Output) -> None:
    drafts = {job["key"]: job for job in jobs("-P", "draft")}
    capsys.readouterr()
    assert finals("-P", "final") == 0
    told = capsys.readouterr()
    assert told.out == "made finals.yaml: 2 finals, $0.16 by list price\n\nNext:\n  gen4flow plan finals.yaml\n"
    assert told.err == ""
    made = jobs(recipe="finals.yaml")
    assert [job["key"] for job in made] == PICKED
    for job in made:
        draft = drafts[job["key"]]
        assert likeness(job) == likeness(draft)
        assert (job["tags"], job["files"]) == (draft["tags"], draft["files"])
        assert (draft["parameters"]["resolution"], job["parameters"]["resolution"]) == ("720p", "1080p")


def test_the_text_says_what_it_is_and_what_changes(capsys: Output) -> None:
    assert finals("-P", "final") == 0
    assert (
        Path("finals.yaml").read_text()
        == """\
# Finals of spring: the 2 rows that mine.json picked. Made by gen4flow picks to-recipe.
# What changes from the drafts (-P draft): resolution 720p -> 1080p. No source says that a seed survives a change of
# resolution: a final may look different from its draft.
#
#   gen4flow plan finals.yaml
#   gen4flow run finals.yaml
version: 1
extends: recipe.yaml
name: spring-final
only: {picks: picks/mine.json}
resolution: 1080p
limits: {max_cost: 1.50}
"""
    )


def test_by_reference_each_final_needs_its_own_draft_which_is_not_bought_again(capsys: Output) -> None:
    assert main(["run", "recipe.yaml", "-P", "draft"]) == 0
    drafts = {job["key"]: job for job in jobs("-P", "draft")}
    assert finals("-P", "final", "--as", "reference") == 0
    made = jobs(recipe="finals.yaml")
    assert [(job["key"], job["action"]) for job in made[:2]] == [(key, "heal") for key in PICKED]
    assert [job["action"] for job in made[2:]] == ["add", "add"]
    for key, job in zip(PICKED, made[2:], strict=True):
        assert job["references"] == [{"job": drafts[key]["fingerprint"], "output": 0, "key": key}]
        assert likeness(job) == likeness(drafts[key])
        assert job["parameters"]["resolution"] == "1080p"
        assert (job["tags"], job["files"]) == (drafts[key]["tags"], drafts[key]["files"][0:0] or job["files"])
    assert [job["files"] for job in made[2:]] == [
        [f"{Path(drafts[key]['files'][0]).with_suffix('')}.*"] for key in PICKED
    ]
    assert main(["run", "finals.yaml"]) == 0
    assert {job["action"] for job in jobs(recipe="finals.yaml")} == {"keep"}


def test_drafts_that_are_not_bought_here_are_held_and_never_bought_unasked(capsys: Output) -> None:
    assert finals("-P", "final", "--as", "reference") == 0
    assert [job["action"] for job in jobs(recipe="finals.yaml")] == ["held"] * 4
    assert main(["run", "finals.yaml"]) == 3


def test_without_a_file_the_recipe_goes_to_stdout_for_the_current_folder(capsys: Output) -> None:
    assert finals("-P", "final") == 0
    capsys.readouterr()
    assert main(["picks", "to-recipe", MINE, "recipe.yaml", "-P", "final"]) == 0
    told = capsys.readouterr()
    assert told.out == Path("finals.yaml").read_text().replace("plan finals.yaml", "plan FILE").replace(
        "run finals.yaml", "run FILE"
    )
    assert not Path("FILE").exists()


def test_as_json_the_recipe_and_its_finals_are_told(capsys: Output) -> None:
    assert main(["picks", "to-recipe", MINE, "recipe.yaml", "-P", "final", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["output"], told["name"], told["as"], told["list_price"]) == (None, "spring-final", "seed", "0.16")
    assert [final["key"] for final in told["finals"]] == PICKED
    Path("from-json.yaml").write_text(told["recipe"])
    assert [job["fingerprint"] for job in jobs(recipe="from-json.yaml")] == [
        final["fingerprint"] for final in told["finals"]
    ]


def test_another_file_is_never_overwritten(capsys: Output) -> None:
    Path("finals.yaml").write_text("mine")
    assert finals("-P", "final") == 2
    assert Path("finals.yaml").read_text() == "mine"
    assert finals("-P", "final", output="recipe.yaml") == 2
    assert finals("-P", "final", output="nowhere/finals.yaml") == 2
    Path("finals.yaml").unlink()
    assert finals("-P", "final") == finals("-P", "final") == 0


def test_a_recipe_in_another_folder_finds_what_it_extends_and_the_picks() -> None:
    Path("later").mkdir()
    Path("later/.schemas").mkdir()
    assert finals("-P", "final", output="later/finals.yaml") == 0
    assert [job["key"] for job in jobs(recipe="later/finals.yaml")] == PICKED
    assert "extends: ../recipe.yaml\n" in Path("later/finals.yaml").read_text()


def test_a_profile_that_names_files_is_taken_over_beside_the_recipe_alone(capsys: Output) -> None:
    Path("final.txt").write_text("{{ product }} on {{ scene }}, {{ mood | default('calm') }}")
    Path("later").mkdir()
    text = RECIPE.replace("final: {", "final: {prompt: {file: final.txt}, ")
    Path("recipe.yaml").write_text(text)
    assert finals("-P", "final", output="later/finals.yaml") == 2
    assert "'final.txt' is relative to" in capsys.readouterr().err
    assert finals("-P", "final") == 0
    assert [job["key"] for job in jobs(recipe="finals.yaml")] == PICKED


def test_a_setting_makes_finals_without_a_profile() -> None:
    assert finals("-S", "resolution=1080p", "-S", "limits.max_cost=3") == 0
    assert {job["parameters"]["resolution"] for job in jobs(recipe="finals.yaml")} == {"1080p"}
    assert "name: spring-finals\n" in Path("finals.yaml").read_text()
    assert "limits: {max_cost: 3}\n" in Path("finals.yaml").read_text()


def test_a_prompt_that_says_the_recipes_name_stays_the_same() -> None:
    Path("recipe.yaml").write_text(RECIPE.replace("on {{ scene }}", "on {{ scene }} for {{ name }}"))
    picked = pick(lambda job: "vase" in job["key"], "-P", "draft")
    for way in ("seed", "reference"):
        Path("finals.yaml").unlink(missing_ok=True)
        assert finals("-P", "final", "--as", way) == 0
        made = jobs(recipe="finals.yaml")[-len(picked) :]
        assert [job["prompt"] for job in made] == [job["prompt"] for job in picked]


def test_the_provider_of_the_command_line_stands_in_the_recipe() -> None:
    pick(lambda job: "vase" in job["key"], "-P", "draft", "--provider", "wavespeed")
    assert finals("-P", "final", "--provider", "wavespeed", "--as", "reference") == 0
    assert "provider: wavespeed\n" in Path("finals.yaml").read_text()
    [*_, last] = jobs(recipe="finals.yaml")
    assert last["price"] == "0.08"


def test_the_schema_is_named_as_the_recipe_names_it_or_where_the_project_has_one() -> None:
    Path(".schemas").mkdir()
    Path(".schemas/recipe.schema.json").write_text("{}")
    Path("later").mkdir()
    assert finals("-P", "final", output="later/a.yaml") == 0
    first = "# yaml-language-server: $schema=../{}recipe.schema.json\n"
    assert Path("later/a.yaml").read_text().startswith(first.format(".schemas/"))
    Path("recipe.yaml").write_text("# yaml-language-server: $schema=other/recipe.schema.json\n" + RECIPE)
    assert finals("-P", "final", output="later/b.yaml") == 0
    assert Path("later/b.yaml").read_text().startswith(first.format("other/"))


def test_finals_that_are_the_drafts_and_drafts_that_are_no_more_are_told(capsys: Output) -> None:
    assert finals("-P", "draft") == 0
    assert "the finals are the very images that were picked" in capsys.readouterr().err
    Path("recipe.yaml").write_text(RECIPE.replace("bright", "dark"))
    assert finals("-P", "final", output="b.yaml") == 0
    told = capsys.readouterr().err
    assert f"2 of 2 images that were picked are not what recipe.yaml makes now, such as {PICKED[0]}" in told
    assert finals("-P", "final", "--as", "reference", output="c.yaml") == 2
    assert f"the image that was picked as {PICKED[0]} is not what recipe.yaml makes" in capsys.readouterr().err
    assert not Path("c.yaml").exists()


def test_finals_with_other_prompts_are_told_by_seed_and_refused_by_reference(capsys: Output) -> None:
    Path("recipe.yaml").write_text(RECIPE.replace("final: {", 'final: {prompt: "{{ product }}", '))
    assert finals("-P", "final") == 0
    assert "2 of the finals have another prompt than their draft" in capsys.readouterr().err
    assert finals("-P", "final", "--as", "reference", output="b.yaml") == 2
    assert "other prompts than their drafts" in capsys.readouterr().err


def test_seeds_that_come_from_the_request_are_kept_by_reference_alone(capsys: Output) -> None:
    Path("recipe.yaml").write_text(RECIPE.replace("{auto: 2}", "{auto: 2, per: request}"))
    picked = pick(lambda job: "vase" in job["key"], "-P", "draft")
    assert finals("-P", "final") == 2
    assert "the finals would have other seeds than their drafts" in capsys.readouterr().err
    assert finals("-P", "final", "--as", "reference") == 0
    made = jobs(recipe="finals.yaml")[len(picked) :]
    assert [likeness(job) for job in made] == [likeness(job) for job in picked]


def test_a_pick_that_is_no_row_any_more_is_an_error_at_the_picks_file(capsys: Output) -> None:
    Path("recipe.yaml").write_text(RECIPE.replace("[mug, vase]", "[mug, jug]"))
    assert finals("-P", "final") == 2
    told = capsys.readouterr().err
    assert f"picks/mine.json: error[only-matches-nothing]: the pick {PICKED[1]} is no row" in told


def test_picks_that_pick_nothing_or_lie_elsewhere_are_refused(
    capsys: Output, tmp_path_factory: pytest.TempPathFactory
) -> None:
    away = tmp_path_factory.mktemp("downloads") / "picks.json"
    away.write_bytes(Path(MINE).read_bytes())
    assert finals("-P", "final", picks=str(away)) == 2
    assert "lies outside the project" in capsys.readouterr().err
    write_picks(MINE, [])
    assert finals("-P", "final") == 2
    assert "picks no image" in capsys.readouterr().err


MORE = {
    "linked axes": RECIPE.replace("  product: [mug, vase]\n  scene: [a table, a shelf]\n", "").replace(
        "  seed:", "  zip: {both: {product: [mug, vase], scene: [a table, a shelf]}}\n  seed:"
    ),
    "added rows": RECIPE.replace(
        "  include:", "  add: [{product: gift, scene: a ribbon, seed: 7, mood: red}]\n  include:"
    ),
    "takes": RECIPE.replace("  seed: {auto: 2}\n", "").replace(" {{ seed }}", " {{ take }}").replace("-{{ seed }}", "")
    + "repeat: 2\n",
    "shapes": RECIPE.replace("  seed:", "  aspect_ratio: [1:1, 16:9]\n  seed:").replace(
        "{{ scene }} {{ seed }}", "{{ scene }} {{ aspect_ratio }} {{ seed }}"
    ),
    "mappings": RECIPE.replace("[mug, vase]", "[{id: m, x: a mug}, {x: a vase}]").replace(
        "{{ product }}", "{{ product.x }}"
    ),
    "seeds for each": RECIPE.replace("{auto: 2}", "{auto: 2, per: [product]}"),
    "no file names": RECIPE.replace('output: {file: "{{ product }}/{{ scene }} {{ seed }}"}\n', ""),
    "references": RECIPE + 'reference_images: ["https://example.com/{{ product }}.png"]\n',
}


@pytest.mark.parametrize("name", MORE)
def test_whatever_the_rows_are_made_of_both_ways_find_them(name: str) -> None:
    Path("recipe.yaml").write_text(MORE[name])
    every = jobs("-P", "draft")
    chosen = {job["key"] for number, job in enumerate(every) if number % 2}
    picked = pick(lambda job: job["key"] in chosen, "-P", "draft")
    assert finals("-P", "final", output="a.yaml") == 0
    by_seed = jobs(recipe="a.yaml")
    assert [(job["key"], likeness(job)) for job in by_seed] == [(job["key"], likeness(job)) for job in picked]
    assert finals("-P", "final", "--as", "reference", output="b.yaml") == 0
    drafts, made = (lambda those: (those[: len(picked)], those[len(picked) :]))(jobs(recipe="b.yaml"))
    assert [job["fingerprint"] for job in drafts] == [job["fingerprint"] for job in picked]
    assert [job["references"][0]["key"] for job in made] == [job["key"] for job in picked]
    assert [likeness(job) for job in made] == [likeness(job) for job in picked]
    assert [job["references"][1:] for job in made] == [job["references"] for job in picked]
    assert {job["parameters"]["resolution"] for job in [*by_seed, *made]} == {"1080p"}


def test_the_reference_images_of_the_drafts_are_shown_beside_them_while_there_is_room(capsys: Output) -> None:
    named = [f"https://example.com/{{{{ product }}}}-{number}.png" for number in range(3)]
    Path("recipe.yaml").write_text(RECIPE + f"reference_images: {json.dumps(named)}\n")
    picked = pick(lambda job: "vase" in job["key"], "-P", "draft")
    assert finals("-P", "final", "--as", "reference") == 0
    made = jobs(recipe="finals.yaml")[len(picked) :]
    assert [job["references"][1:] for job in made] == [job["references"][:2] for job in picked]


STEPS = """\
version: 1
name: hero
resolution: 720p
steps:
  portrait:
    prompt: portrait of {{ who }}
    matrix: {who: [ann, ben], seed: [11, 12]}
    output: {file: "portraits/{{ who }} {{ seed }}"}
  scene:
    needs: {hero: {step: portrait, pick: {seed: 12}}}
    reference_images: ["{{ hero.image }}", "https://example.com/{{ who }}.png"]
    prompt: "{{ who }} at the {{ place }}, as {{ hero.seed }}"
    matrix: {place: [beach, hill], seed: [5]}
    output: {file: "scenes/{{ who }} {{ place }} {{ hero.seed }}"}
    tags: {of: "{{ hero.key }}"}
  film:
    needs: {shot: scene}
    prompt: "{{ place }} in motion"
    seed: 3
profiles:
  final: {steps: {scene: {resolution: 1080p}}, limits: {max_cost: 3}}
  large: {resolution: 1080p}
"""


def steps_picked(step: str, which: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    Path("recipe.yaml").write_text(STEPS)
    return pick(lambda job: job["key"].startswith(f"{step}[") and which(job))


def test_finals_of_a_later_step_are_shown_the_images_that_their_drafts_were(capsys: Output) -> None:
    picked = steps_picked("scene", lambda job: "hill" in job["key"])
    capsys.readouterr()
    assert finals("-P", "final") == 0
    assert capsys.readouterr().out.endswith("gen4flow plan finals.yaml -s step:scene\n")
    scenes = [job for job in jobs(recipe="finals.yaml") if job["key"].startswith("scene[")]
    assert [(job["key"], job["prompt"], job["references"]) for job in scenes] == [
        (job["key"], job["prompt"], job["references"]) for job in picked
    ]
    assert {job["parameters"]["resolution"] for job in scenes} == {"1080p"}
    assert not any(job["key"].startswith("film[") for job in jobs(recipe="finals.yaml"))


def test_finals_of_a_later_step_by_reference_are_shown_their_scene(capsys: Output) -> None:
    picked = steps_picked("scene", lambda job: "hill" in job["key"])
    assert finals("-P", "final", "--as", "reference") == 0
    made = [job for job in jobs(recipe="finals.yaml") if job["key"].startswith("scene-final[")]
    assert [job["references"][0]["key"] for job in made] == [job["key"] for job in picked]
    assert [job["references"][1:] for job in made] == [job["references"][1:] for job in picked]
    assert [(job["prompt"], job["tags"]) for job in made] == [(job["prompt"], job["tags"]) for job in picked]
    assert [job["parameters"] for job in made] == [{**job["parameters"], "resolution": "1080p"} for job in picked]


def test_finals_of_an_early_step_leave_out_what_was_made_of_it(capsys: Output) -> None:
    picked = steps_picked("portrait", lambda job: "11" in job["key"])
    assert finals("-P", "large") == 0
    assert [job["key"] for job in jobs(recipe="finals.yaml")] == [job["key"] for job in picked]
    assert finals("-P", "large", "--as", "reference", output="b.yaml") == 0
    made = jobs(recipe="b.yaml")[len(picked) :]
    assert [job["references"][0]["key"] for job in made] == [job["key"] for job in picked]
    assert {job["parameters"]["resolution"] for job in made} == {"1080p"}


def test_of_picks_of_two_steps_a_selector_chooses_the_step(capsys: Output) -> None:
    picked = steps_picked("portrait", lambda job: "11" in job["key"])
    scenes = [job for job in jobs() if job["key"].startswith("scene[") and "hill" in job["key"]]
    write_picks(MINE, said(Verdict.PICK, *picked, *scenes))
    assert finals("-P", "final", "-s", "step:scene") == 0
    made = [job["key"] for job in jobs("-s", "step:scene", recipe="finals.yaml")]
    assert made[-len(scenes) :] == [job["key"] for job in scenes]
    capsys.readouterr()
    assert finals("-P", "final", "-s", "step:scene,who=ann", output="b.yaml") == 2
    assert "here it chooses whole steps, as in -s step:scene" in capsys.readouterr().err
    assert finals("-P", "final", "-s", "step:nothing", output="b.yaml") == 2
    assert finals("-P", "final", output="b.yaml") == 2  # a picked scene needs a portrait that was not picked
