"""Templates: what renders, what is an error, and that neither Python nor memory is within their reach."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

from gen4flow.core.prompt import TemplateError, Templates, utf16_units
from gen4flow.core.values import Value, WrittenFloat

NAMES: Mapping[str, Value] = {
    "scene": "beach",
    "count": 3,
    "ratio": WrittenFloat("1.50"),
    "yes": True,
    "nothing": None,
    "product": {"id": "mug", "name": "Mug", "items": "two", "keys": 5, "tags": ["a", "b"]},
    "list": ["x", "y"],
}


def render(source: str, *, path: bool = False) -> str:
    """Return what a template gives."""
    return Templates().render(source, NAMES, path=path)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a {{ scene }}", "a beach"),
        ("{{ count + 1 }}", "4"),
        ("{{ ratio }}", "1.50"),
        ("{{ yes }} {{ not yes }}", "true false"),
        ("{{ scene ~ count ~ yes }}", "beach3true"),
        ("{{ product.name }} {{ product['id'] }}", "Mug mug"),
        ("{{ product.items }} {{ product.keys }}", "two 5"),
        ("{{ list | join(', ') }}", "x, y"),
        ("{{ ', '.join(list) }}", "x, y"),
        ("{{ scene | upper | replace('B', 'R') }}", "REACH"),
        ("{{ scene.replace('b', 'r') }}", "reach"),
        ("{{ [1, 2, 3] | sum }}", "6"),
        ("{{ [{'n': 2}, {'n': 3}] | sum('n') }}", "5"),
        ("{{ [{'n': 2}, {'n': 3}] | map(attribute='n') | join('-') }}", "2-3"),
        ("{{ 2.345 | round(1) }}", "2.3"),
        ("{% if yes %}in{% else %}out{% endif %}", "in"),
        ("{% for t in product.tags %}{{ t }};{% endfor %}", "a;b;"),
        ("{% set x %}<{{ scene }}>{% endset %}{{ x }}", "<beach>"),
        ("{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m(scene) }}", "[beach]"),
        ("{{ missing | default('none') }}", "none"),
        ("{{ missing is defined }}", "false"),
        ('<b> & "quotes"', '<b> & "quotes"'),
    ],
)
def test_a_template_renders_scalars(source: str, text: str) -> None:
    assert render(source) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ product }}",
        "{{ list }}",
        "{{ nothing }}",
        "{{ none }}",
        "{{ {} }}",
        "{{ scene.upper }}",
        "{{ product.get }}",
        "{{ range }}",
        "{{ range(3) }}",
        "{{ product ~ 'x' }}",
        "{{ product | upper }}",
        "{{ list | string }}",
        "{{ [product] | join }}",
        "{{ [[1]] | join }}",
        "{% macro m() %}{% endmacro %}{{ m }}",
        "{{ 1 / 0 }}",
        "{{ 'a' + 1 }}",
        "{{ '%s' % scene }}",
        "{{ scene",
        "{% if %}",
        "{{ scene | nosuchfilter }}",
        "{{ now() }}",
        "{{ [1, 2] | random }}",
        "{{ lipsum() }}",
        "{{ environ }}",
        "{{ '\\ud800' }}",
    ],
)
def test_what_is_no_scalar_or_can_not_be_read_is_an_error(source: str) -> None:
    with pytest.raises(TemplateError):
        render(source)


@pytest.mark.parametrize(
    ("source", "help_text", "line"),
    [
        ("{{ scnee }}", "did you mean scene?", 1),
        ("first\nsecond {{ cuont }}", "did you mean count?", 2),
        ("{{ product.nmae }}", "did you mean name?", 1),
        ("{{ zzzzzz }}", "defined here: count, list", 1),
    ],
)
def test_an_undefined_name_is_told_its_neighbour(source: str, help_text: str, line: int) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source)
    assert caught.value.help.startswith(help_text)
    assert caught.value.line == line


ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''['__cl' ~ 'ass__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ ''|attr('__cl' ~ 'ass__')|attr('__mro__') }}",
    "{{ [''] | map(attribute='__class__') | list | first }}",
    "{{ [''] | map('attr', '__class__') | list | first }}",
    "{{ [''] | sum(attribute='__class__') }}",
    "{{ [''] | groupby('__class__') | list | first }}",
    "{{ ''|join(attribute='__class__') }}{{ [''] | join('', '__class__') }}{{ ''.__doc__ }}",
    "{{ (1).__class__.__base__ }}",
    "{{ scene.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ cycler('a').next.__func__ }}",
    "{{ cycler('a').next.__globals__ }}",
    "{{ joiner('a').__call__.__globals__ }}",
    "{{ dict.__base__ }}",
    "{{ dict.mro() }}",
    "{{ range.__class__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context.environment }}",
    "{{ '{0.__class__}'.format(scene) }}",
    "{{ '{0.__class__.__mro__}'.format(scene) }}",
    "{{ '{a.__class__}'.format_map({'a': scene}) }}",
    "{{ (''|attr('format'))(scene) }}",
    "{{ ''['format'] }}",
    "{% set f = '{0.__class__}'.format %}{{ f(scene) }}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{% endmacro %}{{ m.__init__ }}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{{ (missing|default).__class__ }}",
    "{{ missing.__init__.__globals__ }}",
    "{{ list.append('z') }}",
    "{{ product.update({'id': 'x'}) }}",
    "{{ product.pop('id') }}{{ product.clear() }}",
    "{{ (x for x in []).gi_frame }}",
    "{{ config }}{{ request }}",
    "{% include '/etc/passwd' %}",
    "{% include '../secret' %}",
    "{% import '/etc/passwd' as p %}{{ p }}",
    "{% from '/etc/passwd' import x %}",
    "{% extends '/etc/passwd' %}",
    "{% include ['/etc/passwd', '../secret'] %}",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_a_template_does_not_reach_out_of_its_sandbox(source: str) -> None:
    kept = repr(NAMES)
    with pytest.raises(TemplateError):
        Templates(lambda name: None).render(source, NAMES)
    assert repr(NAMES) == kept


DOUBLED_BLOCK = """{% set ns = namespace(s='aa') %}{% for i in range(60) %}
{%- set x %}{{ ns.s }}{{ ns.s }}{% endset %}{% set ns.s = x %}{% endfor %}{{ ns.s }}"""
GROWING_KEYS = """{% set ns = namespace(d={}) %}{% for i in range(9999) %}
{%- set ns.d = dict(ns.d, **{'a' * 10**5 ~ i: 1}) %}{% endfor %}{{ ns.d | length }}"""
BOMBS = [
    "{{ 'a' * 10**8 }}",
    "{{ 10**8 * 'a' }}",
    "{{ ('a' * 10**5) * 10**5 }}",
    "{{ ([0] * 10**9) | length }}",
    "{{ [[0] * 10**6] * 10**6 }}",
    "{{ (range(10000) | list) * 10**6 }}",
    "{{ 'a'.center(10**9) }}",
    "{{ 'a'.ljust(10**9) }}",
    "{{ 'a'.rjust(10**9) }}",
    "{{ 'a'.zfill(10**9) }}",
    "{{ '%0999999999d' % 1 }}",
    "{{ '%0999999999d' | format(1) }}",
    "{{ '{:>999999999}'.format(1) }}",
    "{{ '{:>199999999}'.format(1) | length }}",
    "{{ 'a' | center(10**9) }}",
    "{{ 'a' | indent(10**9) }}",
    "{{ lipsum(10**6) }}",
    "{{ 10 ** (10 ** 10) }}",
    "{{ (2 ** 1000) ** 1000 }}",
    "{% set ns = namespace(n=3) %}{% for i in range(40) %}{% set ns.n = ns.n * ns.n %}{% endfor %}{{ ns.n }}",
    "{% set ns = namespace(s='aa') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
    "{% set ns = namespace(s='aa') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
    DOUBLED_BLOCK,
    "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l|length }}",
    "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}{% set a = 'a' * 9 * 10**5 %}{{ m(m(m(m(a)))) | length }}",
    "{{ ('x' * 10**5).replace('x', 'y' * 10**4) | length }}",
    "{{ ('x' * 10**5) | replace('x', 'y' * 10**4) | length }}",
    "{{ ('x' * 10**6).replace('', 'y' * 1000) | length }}",
    "{{ ('x' * 10**5).join('y' * 10**4) | length }}",
    "{{ ('y' * 10**4) | join('x' * 10**5) | length }}",
    "{{ (['a' * 10**6] * 1000) | join | length }}",
    "{{ ('\\t' * 10**4).expandtabs(10**5) | length }}",
    "{{ ('a' * 10**5).translate({97: 'b' * 10**4}) | length }}",
    "{{ [1] | batch(10**8, 'x') | list | length }}",
    "{{ [1] | slice(10**8) | list | length }}",
    "{{ 1.5 | round(10**9, 'ceil') }}",
    "{{ 1.5 | round(precision=10**9, method='floor') }}",
    "{{ range(10**9) | list | length }}",
    "{% set ns = namespace(l=[]) %}{% for i in range(300) %}{% set ns.l = ns.l + [[0] * 10**6] %}{% endfor %}{{ 1 }}",
    "{% set ns = namespace(l=[]) %}{% for i in range(3000) %}{% set ns.l = ns.l + ['é' * 10**6 + 'a'] %}{% endfor %}1",
    GROWING_KEYS,
    "{{ ([[0] * 10**5] * 10**4) | sum(start=[]) | length }}",
    "{% for i in range(9999) %}{{ 'a' * 10**5 }}{% endfor %}",
    "{% macro r() %}{{ r() }}{% endmacro %}{{ r() }}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
]
HOSTILE_RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (700 * 2**20, 700 * 2**20))
from gen4flow.core.prompt import TemplateError, Templates
for source in sys.stdin.read().split("\\0"):
    try:
        Templates().render(source, {})
    except TemplateError as error:
        told = "memory" if isinstance(error.__cause__, MemoryError) else "refused"
    else:
        told = "rendered"
    # the peak of this program: getrusage would count what its parent held before it was started
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(told, int(peak.split()[1]) // 1024, flush=True)
"""


def test_no_template_makes_more_than_a_little_memory() -> None:
    """In a process of its own with 700 MB: each is refused for what it asks, not because memory has run out."""
    done = subprocess.run(
        [sys.executable, "-c", HOSTILE_RUN],
        input="\0".join(BOMBS),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = [line.split() for line in done.stdout.splitlines()]
    assert len(told) == len(BOMBS)
    assert [bomb for bomb, (word, _) in zip(BOMBS, told, strict=True) if word != "refused"] == []
    assert max(int(megabytes) for _, megabytes in told) < 512


@pytest.mark.parametrize(
    ("scene", "text"),
    [("a/b", "x/a-b"), ("../../etc", "x/..-..-etc"), ("a\\b", "x/a-b"), ("plain", "x/plain")],
)
def test_in_a_file_name_only_the_templates_own_slashes_make_folders(scene: str, text: str) -> None:
    assert Templates().render("x/{{ scene }}", {"scene": scene}, path=True) == text
    assert Templates().render("{{ scene }}", {"scene": scene}) == scene


def test_a_condition_is_an_expression_over_row() -> None:
    test = Templates().condition("row.price | int > 5 and row.kind == 'a'")
    assert test({"price": "7", "kind": "a"})
    assert not test({"price": "3", "kind": "a"})
    for wrong in ("row.missing == 1", "row.price.__class__", "'a' * 10**9"):
        with pytest.raises(TemplateError):
            Templates().condition(wrong)({"price": "7"})
    with pytest.raises(TemplateError):
        Templates().condition("row.")


@pytest.mark.parametrize(("text", "units"), [("", 0), ("abc", 3), ("é", 1), ("🦊", 2), ("a🦊b", 4)])
def test_a_prompt_is_counted_in_utf16_units(text: str, units: int) -> None:
    assert utf16_units(text) == units == len(text.encode("utf-16-le")) // 2
