"""Templates that include and import others: from the loader alone, under the same rules, missing ones named."""

from __future__ import annotations

import pytest

from gen4flow.core.prompt import TemplateError, Templates
from gen4flow.core.values import Value

NAMES: dict[str, Value] = {"scene": "beach", "product": {"name": "Cup"}}


@pytest.mark.parametrize(
    ("source", "text"), [("{% include 'a.txt' %}!", "A beach!"), ("{% import 'm' as m %}{{ m.f() }}", "F")]
)
def test_includes_and_imports_come_from_the_loader_alone(source: str, text: str) -> None:
    files = {"a.txt": "A {{ scene }}", "m": "{% macro f() %}F{% endmacro %}"}
    assert Templates(files.get).render(source, NAMES) == text


def test_a_template_without_a_loader_includes_nothing() -> None:
    with pytest.raises(TemplateError):
        Templates().render("{% include 'a.txt' %}", NAMES)


def test_an_included_template_is_held_to_the_same_rules() -> None:
    with pytest.raises(TemplateError):
        Templates({"a": "{{ product }}"}.get).render("{% include 'a' %}", NAMES)
    with pytest.raises(TemplateError):
        Templates({"a": "{% include 'a' %}"}.get).render("{% include 'a' %}", NAMES)


def test_a_missing_import_is_named_with_its_line_and_where_paths_start() -> None:
    with pytest.raises(TemplateError, match=r"there is no template 'parts\.jinja'") as caught:
        Templates(lambda name: None).render("one\n{% import 'parts.jinja' as parts %}", NAMES)
    assert caught.value.line == 2
    assert "project's root" in caught.value.help
