"""What went wrong in a template, in a person's words: which file, which line, which word, and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import TracebackType

import jinja2

from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import Text
from gen4flow.core.sandbox import TemplateError
from gen4flow.core.template_words import FILTERS
from gen4flow.core.values import Value

_OWN = "<template>"  # how jinja2 calls a template without a file
_BEGIN = "{{"
_QUOTED = re.compile(r"'([^']*)'")

# the word of a message that is in the template, and not one that the parser would have liked there
_ABOUT = re.compile(r"(?:got|unexpected|unknown tag) '([^']*\S)'")

# what jinja2's message holds -> what to do
_SYNTAX_HELP = {
    "unexpected '}'": "a } is missing: what {{ opens is closed by }}",
    "unexpected '{'": "open an expression with {{, and a statement with {%",
    "unexpected char": "quote texts with ' or \"; a name has letters, digits and _",
    "expected token 'end of print statement'": "write one expression between {{ and }}; texts in quotes",
    "expected token 'end of statement block'": "end a statement with %}",
    "Expected an expression": "write a name or a value there",
    "Unexpected end of template": "close every {% if %} with {% endif %} and every {% for %} with {% endfor %}",
    "Encountered unknown tag": "the tags are: if, for, set, include, import, from, macro, filter, raw",
}


def template_fault(error: BaseException, variables: Mapping[str, Value]) -> TemplateError:
    """Return what any exception of a rendering says about its template; `variables` are those that it knew."""
    file, line = _place(error)
    match error:
        case TemplateError():
            fault = TemplateError(str(error), help=error.help, near=error.near or _BEGIN)
        case jinja2.TemplateSyntaxError():
            fault = _syntax(error)
            file, line = error.filename or "", error.lineno
        case jinja2.TemplateNotFound():
            told = f"there is no template {error.name!r} below the project's root"
            remedy = "write its path from the project's root, wherever the recipe lies: prompts/parts.jinja"
            fault = TemplateError(told, help=remedy, near=str(error.name))
        case jinja2.UndefinedError():
            fault = _undefined(error, variables)
        case MemoryError() | RecursionError():
            fault = TemplateError("the template needs more memory or depth than any prompt")
        case _:
            fault = TemplateError(f"the template fails: {error}", near=_BEGIN)
    fault.file, fault.line = template_file(file), line
    return fault


def template_file(name: str) -> str:
    """Return the name of an included file, empty for a template that has none."""
    return "" if name == _OWN else name


def _place(error: BaseException) -> tuple[str, int]:
    """Return the innermost template and line that an exception passed through: jinja2 writes them into tracebacks."""
    found = ("", 0)
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found


def _syntax(error: jinja2.TemplateSyntaxError) -> TemplateError:
    """Return what is wrong with a template's text."""
    message = error.message or "the template can't be read"
    remedy = next((remedy for words, remedy in _SYNTAX_HELP.items() if words in message), "")
    quoted = _QUOTED.findall(message)
    if message.startswith("No filter named") and quoted:
        near = difflib.get_close_matches(quoted[0], FILTERS, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"the filters are: {', '.join(sorted(FILTERS))}"
        return TemplateError(f"there is no filter {quoted[0]!r} here", help=remedy, near=quoted[0])
    about = _ABOUT.search(message)
    return TemplateError(
        message, help=remedy, near=about[1] if about else "{%" if "end of template" in message else _BEGIN
    )


def _fields(value: Value, depth: int = 3) -> Iterator[str]:
    """Yield the fields of a mapping, and of those in it: `hero.outfit.wears` has three names."""
    if isinstance(value, Mapping) and depth:
        for key, inner in value.items():
            yield str(key)
            yield from _fields(inner, depth - 1)


def _undefined(error: jinja2.UndefinedError, variables: Mapping[str, Value]) -> TemplateError:
    """Return the error for a name that nobody defined, with the nearest one that somebody did."""
    message = error.message or "something in the template is undefined"
    quoted = [part for part in _QUOTED.findall(message) if part.isidentifier()]
    name = quoted[-1] if quoted else ""
    attribute = "has no attribute" in message
    fields = {field for value in variables.values() for field in _fields(value)}
    known = fields if attribute and fields else {str(key) for key in variables} | fields
    near = difflib.get_close_matches(name, sorted(known), n=1) if name else []
    listed = ", ".join(sorted(fields if attribute else {str(key) for key in variables})) or "nothing"
    told = f"{name!r} is not defined" if not attribute else f"nothing here has a field {name!r}"
    remedy = f"did you mean {near[0]}?" if near else f"defined here: {listed}"
    return TemplateError(told if name else message, help=remedy, near=name)


def template_problem(text: Text, error: TemplateError) -> Problem:
    """Return the problem of a template: in its own text, whose first line is at the mark, or in an included file."""
    mark = text.mark
    if error.file:
        mark = Mark(file=error.file, line=error.line, column=1)
    elif error.line > 1 and mark.line:
        mark = replace(mark, line=mark.line + error.line - 1)
    return Problem(mark=mark, code="template", message=str(error), help=error.help, near=error.near)
