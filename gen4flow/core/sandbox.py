"""The sandbox that templates run in: only safe filters, and no value that grows past what a prompt could need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jinja2
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Concat, EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gen4flow.core.template_words import FILTERS, GLOBALS, SIZED_FILTERS, TEXT_FILTERS, TEXT_METHODS_REFUSED
from gen4flow.core.values import is_scalar, scalar_text

MAX_LENGTH = 1_000_000  # characters that any string in a template may have
MAX_BITS = 1_024  # of any whole number in a template
MAX_RANGE = 10_000  # items of one range(), and the largest number that a filter takes as a size
MAX_MADE = 20_000_000  # characters and items that one rendering makes in all, so that it can't hold more


class TemplateError(Exception):
    """A template can't be compiled or rendered.

    `line` counts from 1 within its text, or within the included `file` where that is at fault; `near` is the word in
    that line which the message is about. `more` are others of the same template.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int = 0,
        help: str = "",  # noqa: A002  # as in Problem
        file: str = "",
        near: str = "",
    ) -> None:
        super().__init__(message)
        self.line = line
        self.help = help
        self.file = file
        self.near = near
        self.more: tuple[TemplateError, ...] = ()


def _bounded(value: Any) -> Any:
    """Return a value that a template made, unless it has grown past every use."""
    if isinstance(value, str | bytes | list | tuple) and len(value) > MAX_LENGTH:
        raise TemplateError(f"a value in the template grows past {MAX_LENGTH:,} characters or items")
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise TemplateError("a number in the template grows past every use")
    return value


def _check_operands(operator: str, left: Any, right: Any) -> None:
    """Refuse an operation whose result would be too large before it is made."""
    if operator == "*":
        for one, other in ((left, right), (right, left)):
            sized = isinstance(one, str | bytes | list | tuple) and isinstance(other, int)
            if sized and len(one) * other > MAX_LENGTH:
                raise TemplateError(f"a value in the template grows past {MAX_LENGTH:,} characters or items")
    if operator == "**" and (not isinstance(right, int | float) or abs(right) > MAX_BITS):
        raise TemplateError("the exponent in the template is past every use")
    if operator == "%" and isinstance(left, str | bytes):
        raise TemplateError("text % values is not available in templates", help="write {{ name }} instead")


def _check_replace(text: str, old: Any = "", new: Any = "", *_: Any) -> None:
    """Refuse a replacement whose result would be too large before it is made."""
    if text.count(str(old)) * len(str(new)) > MAX_LENGTH:
        raise TemplateError(f"a value in the template grows past {MAX_LENGTH:,} characters or items")


def _too_long() -> TemplateError:
    return TemplateError(f"the template renders more than {MAX_LENGTH:,} characters")


def bounded_join(parts: Iterable[Any]) -> str:
    """Join what a template made, unless the whole grows past every use."""
    kept, length = [], 0
    for part in map(str, parts):
        length += len(part)
        if length > MAX_LENGTH:
            raise _too_long()
        kept.append(part)
    return "".join(kept)


class _CodeGenerator(CodeGenerator):
    """Compiles `a ~ b` to the bounded join: jinja2's own would double a text without end."""

    def visit_Concat(self, node: Concat, frame: Frame) -> None:  # noqa: N802  # jinja2's name
        self.write("environment.concat_scalars((")
        for argument in node.nodes:
            self.visit(argument, frame)
            self.write(", ")
        self.write("))")


class Environment(ImmutableSandboxedEnvironment):
    """The sandbox: a mapping's own keys go before its methods, and nothing grows without bound."""

    made = 0  # characters and items that this rendering has made so far
    code_generator_class = _CodeGenerator
    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def bounded(self, value: Any) -> Any:
        """Return a value that the template made, unless it, or all that was made so far, is past every use."""
        _bounded(value)
        self.made += 1 + (len(value) if isinstance(value, str | bytes | list | tuple | dict) else 0)
        if self.made > MAX_MADE:
            raise TemplateError(f"the template makes more than {MAX_MADE:,} characters and items")
        return value

    def concat(self, parts: Iterable[Any]) -> str:
        """Join a template's, a macro's or a {% set %} block's output."""
        return str(self.bounded(bounded_join(parts)))

    def join(self, parts: list[str]) -> str:
        """Join the output of a template whose parts are few and made already: it has no loop that would give more."""
        if sum(map(len, parts)) > MAX_LENGTH:
            raise _too_long()
        return "".join(parts)

    def concat_scalars(self, parts: Iterable[Any]) -> str:
        """Return `a ~ b`."""
        return self.concat(map(as_text, parts))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        _check_operands(operator, left, right)
        return self.bounded(super().call_binop(context, operator, left, right))

    def call(self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # jinja2's names
        for argument in (*args, *kwargs.values()):
            if isinstance(argument, int) and abs(argument) > MAX_LENGTH:
                raise TemplateError("a number in the template is past every use")
        text = getattr(__obj, "__self__", None)
        if isinstance(text, str) and __obj.__name__ == "replace":
            _check_replace(text, *args)
        if isinstance(text, str) and __obj.__name__ == "join":
            return self.bounded(_join(args[0] if args else (), text))
        return self.bounded(super().call(__context, __obj, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> None:
        """Give no way to `str.format`, whose widths make texts of any size: it ends as an unsafe attribute."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str) and attr in TEXT_METHODS_REFUSED:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict | Mapping) and attribute in obj:  # the question about Mapping takes its time
            return obj[attribute]
        return super().getattr(obj, attribute)


def _bounded_filter(name: str, function: Callable[..., Any], bounded: Callable[[Any], Any]) -> Callable[..., Any]:
    """Wrap a filter: its result is bounded, and one that makes text takes scalars alone.

    Marks that jinja2 reads off the function, such as what it wants passed, are kept.
    """

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        told = [arg for arg in args if not isinstance(arg, jinja2.Environment | EvalContext | Context)]
        if name in TEXT_FILTERS:
            as_text(told[0])
        if name == "replace":
            _check_replace(*map(str, told[:3]), *map(str, kwargs.values()))
        sizes = [*told[1:], *kwargs.values()] if name in SIZED_FILTERS else []
        if any(isinstance(size, int) and abs(size) > MAX_RANGE for size in sizes):
            raise TemplateError(f"{name} takes numbers up to {MAX_RANGE:,}")
        return bounded(function(*args, **kwargs))

    wrapped.__dict__.update(getattr(function, "__dict__", {}))
    return wrapped


def _sum(values: Iterable[Any], attribute: str | None = None, start: float = 0) -> float:
    """Add numbers up; `attribute` names the field of each that is meant."""
    total = start
    for value in values:
        number = value[attribute] if attribute and isinstance(value, Mapping) else value
        if not isinstance(number, int | float) or not isinstance(total, int | float):
            raise TemplateError("sum adds numbers")
        total = total + number
    return total


def _join(values: Iterable[Any], separator: str = "", attribute: str | None = None) -> str:
    """Join scalars with a separator; `attribute` names the field of each that is meant."""
    parts: list[str] = []
    for value in values:
        parts += [separator] if parts else []
        parts.append(as_text(value[attribute] if attribute and isinstance(value, Mapping) else value))
    return bounded_join(parts)


def _small_range(*bounds: int) -> range:
    """Return a range that can't keep a template busy for long."""
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise TemplateError(f"range() of more than {MAX_RANGE:,} items")
    return numbers


def as_text(value: Any) -> str:
    """Return the text of a scalar; anything else must not reach a prompt."""
    if type(value) is str:  # as most are
        return value
    if isinstance(value, jinja2.Undefined):
        return str(value)  # StrictUndefined raises here, with the name
    if is_scalar(value):
        return scalar_text(value)
    kind, remedy = _kind(value)
    raise TemplateError(f"an expression gives {kind}, and only text, numbers and booleans render", help=remedy)


def _kind(value: Any) -> tuple[str, str]:
    """Return what a value is that doesn't render, in a person's words, and what to write instead."""
    if value is None:
        return "null", "give it a value, or leave it out with {% if %}"
    if isinstance(value, Mapping):
        fields = ", ".join(sorted(map(str, value))[:10])
        return "a mapping", f"name one field of it, as in {{{{ product.name }}}}; it has: {fields or 'none'}"
    if isinstance(value, list | tuple):
        return "a list", "join it, as in {{ names | join(', ') }}, or name one item, as in {{ names[0] }}"
    if callable(value):
        return "a function", "call it, or name something else"
    return f"something of the kind {type(value).__name__}", "name a text, a number, or true or false"


def as_path_text(value: Any) -> str:
    """Return the text of a scalar for a path, in which only the template's own slashes make folders."""
    return as_text(value).replace("/", "-").replace("\\", "-")


# a template's source, by the name that includes it; with the name that places in it get, and None for jinja2
Loader = Callable[[str], str | tuple[str, str | None, None] | None]


def make_environment(
    load: Loader | None, finalize: Callable[[Any], str], undefined: type[jinja2.Undefined] = jinja2.StrictUndefined
) -> Environment:
    """Return the sandbox with only the filters and globals that are safe and of use."""
    environment = Environment(
        undefined=undefined,
        finalize=finalize,
        loader=jinja2.FunctionLoader(load) if load else None,
        autoescape=False,
        keep_trailing_newline=False,
        cache_size=400,
    )
    own: dict[str, Callable[..., Any]] = {**environment.filters, "join": _join, "sum": _sum}
    environment.filters = {
        name: _bounded_filter(name, function, environment.bounded) for name, function in own.items() if name in FILTERS
    }
    environment.globals = {name: value for name, value in environment.globals.items() if name in GLOBALS}
    environment.globals["range"] = _small_range
    return environment
