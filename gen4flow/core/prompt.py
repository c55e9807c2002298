"""Templates: jinja2 in a sandbox that knows no clock, no randomness and no files but the recipe's own.

Rendering happens inside the parsed strings of a recipe, never over its YAML text. Only scalars render; what is not
defined, a mapping, a list, null or a callable is an error at plan time and never a paid prompt. Strings and numbers
can't grow past what a prompt could need, so that a hostile template costs neither memory nor time.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping

import jinja2
from jinja2 import meta

from gen4flow.core.recipe import Text
from gen4flow.core.sandbox import Loader, TemplateError, as_path_text, as_text, make_environment
from gen4flow.core.values import Value

PROMPT_UNITS = 1_000  # UTF-16 code units that Runway takes


class Templates:
    """Compiles and renders the templates of one recipe.

    `load` brings the source of an included template by its name, None where there is none; it decides what may be
    read. Raises TemplateError from `render`, and nothing else.
    """

    def __init__(self, load: Loader | None = None) -> None:
        self._text = make_environment(load, as_text)
        self._path = make_environment(load, as_path_text)
        self._compiled: dict[tuple[str, bool], jinja2.Template] = {}
        self.begun = 0  # renderings so far
        self.busy = False  # one is under way

    def render(self, source: str, variables: Mapping[str, Value], *, path: bool = False) -> str:
        """Return the text that a template gives with those variables; `path`: values make no folders."""
        self.begun, self.busy = self.begun + 1, True
        try:
            template = self._compile(source, path=path)
            (self._path if path else self._text).made = 0
            return _encodable(template.render(variables))
        except TemplateError:
            raise
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(error.message or "the template can't be read", line=error.lineno) from error
        except jinja2.UndefinedError as error:
            raise _undefined(error, source, variables) from error
        except jinja2.TemplateNotFound as error:
            raise _not_found(error, source) from error
        except (MemoryError, RecursionError) as error:
            raise TemplateError("the template needs more memory or depth than any prompt") from error
        except Exception as error:  # whatever a template can make Python raise is the template's fault
            raise TemplateError(f"the template fails: {error}") from error
        finally:
            self.busy = False

    def condition(self, source: str) -> Callable[[Mapping[str, Value]], bool]:
        """Return a jinja expression over `row` as a test; raises TemplateError, and so does the test."""
        try:
            expression = self._text.compile_expression(source, undefined_to_none=False)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"{error.message}", line=error.lineno) from error

        def test(row: Mapping[str, Value]) -> bool:
            self.begun, self.busy = self.begun + 1, True
            try:
                self._text.made = 0
                return bool(expression(row=row))
            except TemplateError:
                raise
            except Exception as error:  # see render
                raise TemplateError(f"the condition fails: {error}") from error
            finally:
                self.busy = False

        return test

    def names(self, source: str) -> frozenset[str] | None:
        """Return the names that a template and what it includes take from outside; None where that can't be told."""
        found: set[str] = set()
        waiting, seen = [source], {source}
        while waiting:
            try:
                tree = self._text.parse(waiting.pop())
                found |= meta.find_undeclared_variables(tree)
                for name in meta.find_referenced_templates(tree):
                    if name is None or self._text.loader is None:
                        return None
                    text = self._text.loader.get_source(self._text, name)[0]
                    waiting += [text] if text not in seen else []
                    seen.add(text)
            except (jinja2.TemplateError, TemplateError, RecursionError):
                return None
        return frozenset(found)

    def _compile(self, source: str, *, path: bool) -> jinja2.Template:
        found = self._compiled.get((source, path))
        if found is None:
            environment = self._path if path else self._text
            found = self._compiled[source, path] = environment.from_string(source)
        return found


def _encodable(text: str) -> str:
    """Return rendered text that can be sent."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TemplateError("the text holds half a surrogate pair, which no encoding can carry") from error
    return text


def _undefined(error: jinja2.UndefinedError, source: str, variables: Mapping[str, Value]) -> TemplateError:
    """Return the error for a name that nobody defined, with the nearest one that somebody did."""
    message = error.message or "something in the template is undefined"
    names = {str(name) for name in variables}
    for value in variables.values():
        if isinstance(value, Mapping):
            names.update(str(name) for name in value)
    quoted = [part for part in message.split("'")[1::2] if part.isidentifier()]
    near = difflib.get_close_matches(quoted[-1], names, n=1) if quoted else []
    help_text = (
        f"did you mean {near[0]}?" if near else f"defined here: {', '.join(sorted(map(str, variables))) or 'nothing'}"
    )
    line = next((n for n, text in enumerate(source.splitlines(), 1) if quoted and quoted[-1] in text), 0)
    return TemplateError(message, line=line, help=help_text)


def _not_found(error: jinja2.TemplateNotFound, source: str) -> TemplateError:
    """Return the error for an included or imported template that is not there."""
    name = str(error.name)
    line = next((n for n, text in enumerate(source.splitlines(), 1) if name in text), 0)
    remedy = "write its path from the project's root, wherever the recipe lies: prompts/parts.jinja"
    return TemplateError(f"there is no template {name!r} below the project's root", line=line, help=remedy)


def utf16_units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, which is how Runway counts a prompt."""
    return len(text) + sum(character > "\uffff" for character in text)


def is_template(text: str) -> bool:
    """Tell whether a text holds anything for jinja2 to do."""
    return "{{" in text or "{%" in text or "{#" in text


__all__ = ["PROMPT_UNITS", "Loader", "TemplateError", "Templates", "Text", "is_template", "utf16_units"]
