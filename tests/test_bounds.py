"""What a stranger's template may take, beyond what the sandbox refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from gen4flow.bounds import bounded
from gen4flow.cli import main
from gen4flow.core.prompt import TemplateError, Templates

LOOPS = (
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}"
)


def test_a_template_that_only_takes_time_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gen4flow.bounds.SECONDS", 3)
    templates = Templates()
    with bounded(templates), pytest.raises(TemplateError, match="more than 3 s"):
        templates.render(LOOPS, {})
    with bounded(templates):
        assert templates.render("still works", {}) == "still works"


def test_many_short_renderings_may_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gen4flow.bounds.SECONDS", 3)
    templates = Templates()
    with bounded(templates):
        for _ in range(60):
            templates.render("{% for a in range(9999) %}{% for b in range(40) %}{% endfor %}{% endfor %}", {})


def test_the_address_space_is_bounded_while_templates_render() -> None:
    with bounded(Templates()), pytest.raises(MemoryError):
        bytearray(600 * 1024 * 1024)
    assert len(bytearray(600 * 1024 * 1024))


def test_an_endless_template_in_a_recipe_is_a_problem_with_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gen4flow.bounds.SECONDS", 3)
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(f'version: 1\nname: slow\nprompt: "{LOOPS}"\nmatrix: {{seed: [1]}}\n')
    assert main(["validate", str(recipe)]) == 2
    assert "recipe.yaml:3:9: error[template]" in capsys.readouterr().err
