"""Templates: jinja2 in a sandbox that knows no clock, no randomness and no files but the recipe's own.

Rendering happens inside the parsed strings of a recipe, never over its YAML text. Only scalars render; what is not
defined, a mapping, a list, null or a callable is an error at plan time and never a paid prompt. Strings and numbers
can't grow past what a prompt could need, so that a hostile template costs neither memory nor time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jinja2
from jinja2 import meta

from gen4flow.core.compiled import Compiled
from gen4flow.core.recipe import Text
from gen4flow.core.sandbox import Loader, TemplateError, as_path_text, as_text, make_environment
from gen4flow.core.template_faults import template_fault, template_file
from gen4flow.core.undefined_names import collecting
from gen4flow.core.values import Value

PROMPT_UNITS = 1_000  # UTF-16 code units that Runway takes


class Templates:
    """Compiles and renders the templates of one recipe.

    `load` brings the source of an included template by its name, None where there is none; it decides what may be
    read. Raises TemplateError from `render`, and nothing else.
    """

    def __init__(self, load: Loader | None = None) -> None:
        self._load = load
        self._explained: set[str] = set()
        self._text = make_environment(load, as_text)
        self._path = make_environment(load, as_path_text)
        self._compiled: tuple[dict[str, Compiled], dict[str, Compiled]] = ({}, {})  # for texts, for paths
        self._names: dict[str, frozenset[str] | None] = {}
        self.begun = 0  # renderings so far
        self.busy = False  # one is under way

    def render(self, source: str, variables: Mapping[str, Value], *, path: bool = False) -> str:
        """Return the text that a template gives with those variables; `path`: values make no folders."""
        self.begun, self.busy = self.begun + 1, True
        try:
            compiled = self._compiled[path].get(source) or self._compile(source, path=path)
            return _encodable(compiled.render(variables))
        except Exception as error:  # whatever a template can make Python raise is the template's fault
            fault = template_fault(error, variables)
            if isinstance(error, jinja2.UndefinedError):
                fault.more = self._undefined(source, variables, fault)
            raise fault from error
        finally:
            self.busy = False

    def _undefined(
        self, source: str, variables: Mapping[str, Value], first: TemplateError
    ) -> tuple[TemplateError, ...]:
        """Return the undefined names of a template beside the first: it is rendered once more to its end."""
        if source in self._explained:  # for every row it would be the same
            return ()
        self._explained.add(source)
        undefined = collecting()
        try:
            make_environment(self._load, as_text, undefined).from_string(source).render(variables)
        except Exception:  # noqa: S110  # what else is wrong shows once the names are right
            pass
        found: dict[tuple[str, int, str], TemplateError] = {}
        for error, file, line in undefined.noted:
            fault = template_fault(error, variables)
            fault.file, fault.line = template_file(file), line
            found.setdefault((fault.file, fault.line, fault.near), fault)
        found.pop((first.file, first.line, first.near), None)
        return tuple(found.values())

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
                remedy = "say columns: {name: number} for what is to be compared as one: CSV cells are text"
                if isinstance(error, TypeError) and "'str'" in str(error):
                    raise TemplateError("a text can't be compared with a number", help=remedy) from error
                if isinstance(error, jinja2.UndefinedError):
                    raise template_fault(error, {"row": row}) from error
                raise TemplateError(f"the condition fails: {error}") from error
            finally:
                self.busy = False

        return test

    def names(self, source: str) -> frozenset[str] | None:
        """Return the names that a template and what it includes take from outside; None where that can't be told."""
        if source not in self._names:
            self._names[source] = self._found_names(source)
        return self._names[source]

    def _found_names(self, source: str) -> frozenset[str] | None:
        """Look for the names in a template and in what it includes."""
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

    def _compile(self, source: str, *, path: bool) -> Compiled:
        environment = self._path if path else self._text
        found = self._compiled[path][source] = Compiled(environment, source)
        return found


def _encodable(text: str) -> str:
    """Return rendered text that can be sent."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TemplateError("the text holds half a surrogate pair, which no encoding can carry") from error
    return text


def utf16_units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, which is how Runway counts a prompt."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def is_long(prompt: str) -> bool:
    """Tell whether a prompt is longer than Runway takes, without counting where it surely is not."""
    return 2 * len(prompt) > PROMPT_UNITS and utf16_units(prompt) > PROMPT_UNITS


def is_template(text: str) -> bool:
    """Tell whether a text holds anything for jinja2 to do."""
    return "{{" in text or "{%" in text or "{#" in text


__all__ = ["PROMPT_UNITS", "Loader", "TemplateError", "Templates", "Text", "is_long", "is_template", "utf16_units"]
