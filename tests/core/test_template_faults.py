"""What is wrong with a template is said with its file, its line, the word that it is about, and a remedy."""

from __future__ import annotations

import pytest

from gen4flow.core.prompt import Templates
from gen4flow.core.sandbox import TemplateError

FILES = {"inc.txt": "one\ntwo {{ colour }}", "bad.txt": "ok\n{% if %}", "deep.txt": "x\ny\n{% include 'inc.txt' %}"}
NAMES = {"product": {"id": "tee", "name": "a tee"}, "scene": "a beach", "tags": ["a", "b"], "none": None}


def fault(source: str) -> TemplateError:
    """Return what is wrong with a template."""

    def load(name: str) -> tuple[str, str, None] | None:
        return (FILES[name], f"shown/{name}", None) if name in FILES else None

    with pytest.raises(TemplateError) as found:
        Templates(load).render(source, NAMES)
    return found.value


@pytest.mark.parametrize(
    ("source", "line", "near", "told", "remedy"),
    [
        ("a\n{{ scen }}", 2, "scen", "'scen' is not defined", "did you mean scene?"),
        ("{{ x }}\n\n", 1, "x", "'x' is not defined", "defined here: none, product, scene, tags"),
        ("a\nb {{ product.nam }}", 2, "nam", "nothing here has a field 'nam'", "did you mean name?"),
        ("a {{ scene | uper }}", 1, "uper", "there is no filter 'uper' here", "did you mean upper?"),
        ("a\n{{ scene }", 2, "}", "unexpected '}'", "a } is missing"),
        ("{{ a b }}", 1, "b", "expected token", "one expression between"),
        ("{% if scene %}x", 1, "{%", "Unexpected end of template", "{% endif %}"),
        ("{% frobnicate %}", 1, "frobnicate", "unknown tag", "the tags are"),
        ("a\n\n{{ product }}", 3, "{{", "gives a mapping", "it has: id, name"),
        ("{{ tags }}", 1, "{{", "gives a list", "join it"),
        ("{{ none }}", 1, "{{", "gives null", "give it a value"),
        ("{% include 'no.txt' %}", 1, "no.txt", "there is no template 'no.txt'", "from the project's root"),
    ],
)
def test_a_fault_names_its_line_its_word_and_a_remedy(
    source: str, line: int, near: str, told: str, remedy: str
) -> None:
    found = fault(source)
    assert (found.file, found.line, found.near) == ("", line, near)
    assert told in str(found)
    assert remedy in found.help


def test_every_undefined_name_is_told_once_and_what_is_only_asked_for_is_none() -> None:
    found = fault(
        "{{ a }}\n{% if mood is defined %}{{ mood }}{% endif %}{{ b.c }} {{ a }}\n{{ d | default('x') }}{{ e }}"
    )
    told = [(one.line, one.near) for one in (found, *found.more)]
    assert told == [(1, "a"), (2, "b"), (2, "a"), (3, "e")]


def test_undefined_names_of_an_included_file_are_told_beside_those_of_the_prompt() -> None:
    found = fault("{% include 'inc.txt' %}\n{{ scen }}")
    assert [(one.file, one.line, one.near) for one in (found, *found.more)] == [
        ("shown/inc.txt", 2, "colour"),
        ("", 2, "scen"),
    ]


@pytest.mark.parametrize(
    ("source", "file", "line"),
    [
        ("{% include 'inc.txt' %}", "shown/inc.txt", 2),
        ("a\n{% include 'deep.txt' %}", "shown/inc.txt", 2),
        ("{% include 'bad.txt' %}", "shown/bad.txt", 2),
        ("{% from 'bad.txt' import x %}", "shown/bad.txt", 2),
    ],
)
def test_a_fault_in_an_included_file_points_there(source: str, file: str, line: int) -> None:
    found = fault(source)
    assert (found.file, found.line) == (file, line)
