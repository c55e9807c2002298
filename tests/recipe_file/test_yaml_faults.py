"""What is wrong with a YAML file is said with its place, a stable code and a remedy, all at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Problem
from gen4flow.recipe_file import parse_document
from gen4flow.recipe_file.compose import compose


def problems(data: bytes | str) -> tuple[Problem, ...]:
    with pytest.raises(RecipeError) as caught:
        parse_document(data if isinstance(data, bytes) else data.encode(), "f.yaml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", 3, 1),
        ("{a: 1, 'a': 2}", "yaml-duplicate-key", 1, 8),
        ("{1: x, '1': y}", "yaml-duplicate-key", 1, 8),
        ("a: !env HOME", "yaml-tag", 1, 4),
        ("a: !!python/object:os.system x", "yaml-tag", 1, 4),
        ("a: !!timestamp 2026-01-01", "yaml-tag", 1, 4),
        ("a: !!int x", "yaml-tag", 1, 4),
        ("a: !foo [1]", "yaml-tag", 1, 4),
        ("a: !!set {x}", "yaml-tag", 1, 4),
        ("a: {<<: {b: 1}}", "yaml-merge-key", 1, 5),
        ("? [a]\n: b", "yaml-key", 1, 3),
        ("p: {{ name }}", "yaml-key", 1, 5),
        ("a: &x [*x]", "yaml-alias", 1, 8),
        ("a: &x {b: {c: *x}}", "yaml-alias", 1, 15),
        ("a: *b", "yaml-alias", 1, 4),
        ('a: "\\0"', "yaml-character", 1, 4),
        ("a: x\x00", "yaml-character", 1, 5),
        ("a: 1\nb: \x1b[31m", "yaml-character", 2, 4),
        ("a\n---\nb\n", "yaml-documents", 2, 1),
        ("a: b: c", "yaml-syntax", 1, 5),
        ("a:\n\t- b", "yaml-syntax", 2, 1),
        ("a: [1, 2\n\n", "yaml-syntax", 1, 9),
        ("a: 'x", "yaml-syntax", 1, 4),
        ("a: @x", "yaml-syntax", 1, 4),
        ('a: "\\ud800"', "yaml-syntax", 1, 7),
        ('a: "\\q"', "yaml-syntax", 1, 5),
        ("a:\n  b: 1\n c: 2", "yaml-syntax", 3, 2),
    ],
)
def test_a_fault_has_its_code_place_and_remedy(text: str, code: str, line: int, column: int) -> None:
    first = problems(text)[0]
    assert (first.code, first.mark.line, first.mark.column) == (code, line, column)
    assert first.help
    assert "\n" not in first.message


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n"])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    assert [problem.code for problem in problems(text)] == ["yaml-empty"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("a: 1".encode("utf-16"), "UTF-16"),
        ("a: 1".encode("utf-16-be"), "U+0000"),
        (b"a: 1\nb: \xff", "0xff"),
        ("a: é".encode("latin-1"), "0xe9"),
    ],
)
def test_other_encodings_than_utf_8_are_named(data: bytes, words: str) -> None:
    (problem,) = problems(data)
    assert words in problem.message
    assert problem.mark.line >= 1
    assert problem.mark.column >= 1


def test_all_faults_that_do_not_stop_the_reading_are_said_at_once() -> None:
    found = problems("a: .nan\na: 1\nb: !x 1\n<<: {c: 1}\nd: *e\n")
    assert [problem.code for problem in found] == [
        "yaml-number",
        "yaml-duplicate-key",
        "yaml-tag",
        "yaml-merge-key",
        "yaml-alias",
    ]


def test_a_template_without_quotes_gets_the_advice_to_quote_it() -> None:
    (problem,) = problems("prompt: {{ product.name }}'s cup on a table")
    assert problem.help == "write it as '{{ product.name }}''s cup on a table'"


def test_a_tab_gets_the_advice_to_use_spaces() -> None:
    assert "spaces" in problems("matrix:\n\tscene: [a]")[0].help


def test_a_message_holds_no_character_that_a_terminal_acts_on() -> None:
    found = problems('"\\e[31m\\u202e": 1\n"\\e[31m\\u202e": 2')
    assert str(found[0]).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n  b:\n    - c\n   - d\n", (4, 4), "indented by 3 spaces, and no line that it could belong to is"),
        ("a:\n  b:\n    - c\n   - d\n", (4, 4), "indent it by 2 spaces or 4 spaces"),
        ("a: |\n  b c\n d e\nf: 7\n", (3, 2), "indent it by 0 spaces or 2 spaces"),
        ("a:\n  b: [c]\nd: [1]\n  e: 2\n", (4, 3), "deeper than line 3, which has its value already"),
        ("a: {b: c}\n# d\n\n  e: 2\n", (4, 3), "deeper than line 1, which has its value already"),
        ("a: b\n  c: d\n", (2, 3), "indent both alike: by 0 spaces, or by 2 spaces"),
        ('a:\n  b: "{{ c }}\n\nd:\n  e: "{{ f }}"\n', (5, 7), "a quote that opens in line 2 ends here"),
        ("a:\n  b: '{{ c }}\n\nd:\n  e: '{{ f }}'\n", (5, 7), "close it in line 2"),
        ("a: 'it's a fox'\n", (1, 8), "write '' for an apostrophe"),
        ('a: "a "red" fox"\n', (1, 8), 'write \\" for a quote'),
        ('a: 1\nb: "{{ c }}\nd: 3\n', (2, 4), "the quote that opens here is not closed"),
        ("a:\n  - b\n  -c d\ne: 7\n", (3, 3), "write - c d"),
        ("a: 1\nresolution 720p\nb: 2\n", (2, 1), "a key needs ': ' after it"),
        ("a: 1\nresolution:720p\nb: 2\n", (2, 1), "write resolution: 720p"),
        ("a:\n  - b: 1\n  c:\n    - d\n", (3, 3), "a list starts in line 2"),
        ("a: *b c*\n", (1, 4), "quote a text that starts with *"),
        ("a: b: c", (1, 5), "quote a text that holds ': '"),
        ("a: [1, 2}\n", (1, 9), "every [ and { has its ] and }"),
    ],
)
def test_what_a_person_has_done_is_told_where_it_was_done(text: str, place: tuple[int, int], words: str) -> None:
    first = problems(text)[0]
    assert (first.mark.line, first.mark.column) == place
    assert words in str(first)
    assert "\n" not in first.message


@given(
    st.lists(st.sampled_from(["a:", " b: 1", "  - c", "-d", "'e", '"f"', "g:h", "|", "   i: {j: k", "}", "# l", ""]))
)
def test_whatever_stands_in_the_lines_there_is_a_place_in_them_and_a_remedy(lines: list[str]) -> None:
    _, found = compose("\n".join(lines).encode(), "f.yaml")
    for problem in found:
        assert problem.help
        assert 0 <= problem.mark.line <= max(1, len(lines))
