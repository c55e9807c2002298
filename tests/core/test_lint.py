"""The warning about an axis that changes nothing in the request, and the silence about those that do."""

from __future__ import annotations

import pytest

from gen4flow.core.lint import lint
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import Recipe
from tests.core.making import AXES_LINE, matrix, recipe, values_of

INCLUDES = {"look.txt": "{{ mood }}", "macro.txt": "{% macro m() %}{{ scene }}{% endmacro %}"}


def warned(made: Recipe) -> list[str]:
    """Return the messages of the warnings."""
    values = {step.name: values_of(step.matrix) for step in made.steps}
    return [problem.message for problem in lint(made, values, Templates(INCLUDES.get))]


@pytest.mark.parametrize(
    "prompt",
    [
        "a cup",
        "a {{ other }}",
        "{% set scene = 1 %}a {{ scene }}",
        "{% for scene in [1] %}{{ scene }}{% endfor %}",
        "{# {{ scene }} #}a",
    ],
)
def test_an_axis_that_no_template_names_is_warned_about(prompt: str) -> None:
    found = warned(recipe(prompt))
    assert [message.partition(":")[0] for message in found] == ["the axis scene changes nothing in the request"]


@pytest.mark.parametrize("file", ["{{ scene }}.png", "cup.JPEG ", "{{ scene }}/cup.webp"])
def test_a_file_name_with_an_ending_of_its_own_is_warned_about(file: str) -> None:
    assert [message.partition(",")[0] for message in warned(recipe("{{ scene }}", file=file))] == [
        f"output.file ends in .{file.strip().rpartition('.')[2]}"
    ]


@pytest.mark.parametrize("file", ["{{ scene }}", "v1.2/{{ scene }}", "png", "{{ scene }}.png {{ scene }}"])
def test_a_file_name_without_one_is_not(file: str) -> None:
    assert warned(recipe("{{ scene }}", file=file)) == []


def test_a_provider_that_sells_nothing_yet_is_warned_about() -> None:
    assert warned(recipe("{{ scene }}", provider="runway")) == [
        "nothing can be bought from runway yet: a run is refused"
    ]


@pytest.mark.parametrize("prompt", ["{{ scene }}", "a {% if scene == 'x' %}b{% endif %}", "{{ scene.name | upper }}"])
def test_an_axis_that_the_prompt_names_is_not(prompt: str) -> None:
    assert warned(recipe(prompt)) == []


def test_an_axis_that_an_included_file_or_a_parameter_names_is_not_warned_about() -> None:
    made = matrix({"mood": ["a", "b"]})
    assert warned(recipe("{% include 'look.txt' %}", made=made)) == []
    assert warned(recipe("a", made=made, parameters={"resolution": "{{ mood }}"})) == []
    assert warned(recipe("{% from 'macro.txt' import m %}{{ m() }}")) == []


def test_nothing_is_said_where_nobody_can_tell() -> None:
    assert warned(recipe("{% include what %}")) == []
    assert warned(recipe("{{ broken")) == []


def test_an_axis_of_one_value_and_the_parameters_of_the_request_are_left_alone() -> None:
    assert warned(recipe("a", made=matrix({"scene": ["x"], "aspect_ratio": ["1:1", "16:9"], "seed": [1, 2]}))) == []


def test_the_warning_points_at_the_axis() -> None:
    made = recipe("a")
    (problem,) = lint(made, {"main": values_of(made.steps[0].matrix)}, Templates())
    assert problem.mark.line == AXES_LINE
