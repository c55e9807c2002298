"""The words that templates may use: filters, globals, and the methods of texts that they may not call."""

from __future__ import annotations

# Filters that a prompt or a file name has a use for; the rest can be made to work without bound.
FILTERS = frozenset(
    [
        "abs",
        "attr",
        "batch",
        "capitalize",
        "count",
        "d",
        "default",
        "dictsort",
        "escape",
        "e",
        "first",
        "float",
        "groupby",
        "int",
        "items",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "round",
        "safe",
        "select",
        "selectattr",
        "slice",
        "sort",
        "string",
        "sum",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
        "wordcount",
    ]
)
TEXT_FILTERS = frozenset(
    ["capitalize", "e", "escape", "lower", "replace", "string", "title", "trim", "truncate", "upper", "wordcount"]
)
SIZED_FILTERS = frozenset(["batch", "round", "slice", "truncate"])
TEXT_METHODS_REFUSED = frozenset({"expandtabs", "format", "format_map", "maketrans", "translate"})
GLOBALS = frozenset({"range", "dict", "namespace", "joiner", "cycler"})
