"""One compiled template, rendered with as little work as its kind allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import nodes

from gen4flow.core.sandbox import Environment

# What a template may be made of so that one context serves all its renderings: nothing here assigns a name, changes how
# the rest is read, or repeats itself, so that it gives a bounded number of parts.
_STRAIGHT = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr),
    *(nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Call, nodes.Keyword, nodes.Concat, nodes.Slice),
    *(nodes.BinExpr, nodes.UnaryExpr, nodes.Compare, nodes.Operand, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair),
)


class Compiled:
    """A template that is ready to render; raises whatever a template can make Python raise."""

    def __init__(self, environment: Environment, source: str) -> None:
        self._environment = environment
        self._template = environment.from_string(source)
        straight = all(isinstance(node, _STRAIGHT) for node in environment.parse(source).find_all(nodes.Node))
        self._context = self._template.new_context() if straight else None
        self._globals = dict(self._template.globals)  # a chain of mappings, which is slow to copy

    def render(self, variables: Mapping[str, Any]) -> str:
        """Return the text with those variables."""
        self._environment.made = 0
        if self._context is None:
            return self._template.render(variables)
        # what Template.render does, but for a context that is made once: that takes longer than all the rest
        self._context.parent = {**self._globals, **variables}
        try:
            return self._environment.join(list(self._template.root_render_func(self._context)))
        except Exception:
            self._environment.handle_exception()
