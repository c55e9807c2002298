"""The pages keep what they promise: their recipes are valid, and their commands print what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Block, projects
from tests.docs.sessions import WRONG, Typed, account, carry_out, recipes, valid
from tests.outside.harness import KEY, other_server

REMEDY = "look at the pages after `python -m tests.docs`, which writes what the commands print"
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
SHOWN = [
    pytest.param(project, id=f"{page}:{project[0].line}")
    for page in PAGES
    for project in projects((ROOT / page).read_text(encoding="utf-8"))
    if any(block.title or block.language == "console" for block in project)
]


@pytest.fixture(scope="module", autouse=True)
def _account() -> Iterator[None]:
    """Let the pages buy from a server of the tests."""
    with pytest.MonkeyPatch.context() as patch, other_server() as server:
        account(server.api, KEY, patch.setenv)
        yield


def problems(project: Sequence[Block], folder: Path) -> list[str]:
    """Return what does not hold of a project of a page."""
    found = [one.problem for one in carry_out(project, folder) if one.problem]
    for recipe in recipes(folder):
        good, told = valid(recipe)
        if good == recipe.name.startswith(WRONG):
            found.append(f"{recipe.name} is {'valid' if good else 'not valid'}: {told}")
    return found


@pytest.mark.parametrize("project", SHOWN)
def test_a_page_shows_what_gen4flow_prints(project: Sequence[Block], tmp_path: Path) -> None:
    found = problems(project, tmp_path)
    assert not found, "\n\n".join([*found, REMEDY])


RECIPE = '```yaml title="recipe.yaml"\nversion: 1\nname: fox\nprompt: A fox\nseed: 7\n```\n'
PLAN = "```console\n$ gen4flow plan recipe.yaml\n{}\n```\n"
PRINTED = "add         0.00  main[]  (new)\n\n1 job: 1 add. To buy: 1 image, free proofs; for real $0.08."


def problems_of(text: str, folder: Path) -> list[str]:
    [project] = projects(text)
    return problems(project, folder)


@pytest.mark.parametrize("printed", [PRINTED, "add ...\n\n1 job...", "...", "...\n1 job: ...$0.08."])
def test_what_is_right_and_what_is_left_out_is_not_complained_about(printed: str, tmp_path: Path) -> None:
    assert problems_of(RECIPE + PLAN.format(printed), tmp_path) == []


@pytest.mark.parametrize(
    "printed", [PRINTED.replace("0.08", "0.09"), PRINTED + "\nmore", "add ...", "", "...\n2 jobs..."]
)
def test_a_number_that_is_not_right_is_noticed(printed: str, tmp_path: Path) -> None:
    [told] = problems_of(RECIPE + PLAN.format(printed), tmp_path)
    assert told.endswith(PRINTED)


def test_a_recipe_that_is_not_valid_is_noticed_unless_it_is_shown_as_wrong(tmp_path: Path) -> None:
    bad = RECIPE.replace("seed", "sead")
    [told] = problems_of(bad, tmp_path)
    assert told.startswith("recipe.yaml is not valid")
    (tmp_path / "recipe.yaml").unlink()
    assert problems_of(bad.replace("recipe.yaml", "wrong.yaml"), tmp_path) == []
    [told] = problems_of(RECIPE.replace("recipe.yaml", "wrong.yaml"), tmp_path)
    assert told == "wrong.yaml is valid: 1 recipe valid\n"


def test_an_exit_code_that_a_page_does_not_show_is_noticed(tmp_path: Path) -> None:
    command = "```console\n$ gen4flow plan none.yaml\n...\n{}```\n"
    [told] = problems_of(command.format(""), tmp_path)
    assert told == "`gen4flow plan none.yaml` ends with exit code 2, and the page does not say so"
    assert problems_of(command.format("$ echo $?\n2\n"), tmp_path) == []
    assert len(problems_of(command.format("$ echo $?\n3\n"), tmp_path)) == 1


def test_every_file_that_a_page_shows_has_a_name() -> None:
    for page in PAGES:
        blocks = [block for project in projects((ROOT / page).read_text(encoding="utf-8")) for block in project]
        nameless = [block.line for block in blocks if block.language in {"yaml", "csv", "json"} and not block.title]
        assert not nameless, f"{page}: the blocks at {nameless} have no title"


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for path, anchor in LINK.findall(text):
        if path.startswith(("http:", "https:")):
            continue
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), f"{page} links to {path}"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{page} links to {path}#{anchor}"


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_sessions_tell_the_code_of_each_command(tmp_path: Path) -> None:
    [project] = projects("```console\n$ false\n$ echo $?\n1\n```\n")
    codes = [(one.code, one.told) for one in carry_out(project, tmp_path) if isinstance(one, Typed)]
    assert codes == [(1, True), (0, False)]
