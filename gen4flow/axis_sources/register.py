"""The register of axis sources, and the one call that reads any of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gen4flow.axis_sources.numbers import read_range
from gen4flow.axis_sources.paths import read_glob
from gen4flow.axis_sources.reading import CompileWhere, LoadYaml, Reading
from gen4flow.axis_sources.rows import read_rows
from gen4flow.core.recipe import AxisValue, SourceAxis

# the form's own key -> what reads it
AXIS_SOURCES: dict[str, Callable[[Reading], tuple[AxisValue, ...]]] = {
    "from": read_rows,
    "glob": read_glob,
    "range": read_range,
}


def read_values(
    axis: SourceAxis, *, root: Path, load_yaml: LoadYaml, compile_where: CompileWhere
) -> tuple[AxisValue, ...]:
    """Return the values of an axis, each with its place in the data; at least one.

    Files must lie below `root`, symlinks resolved. `load_yaml` reads a YAML file's bytes under a name for its places;
    `compile_where` makes a test of rows from a jinja expression, and raises TemplateError like the test itself.
    Raises RecipeError with every problem that was found.
    """
    reading = Reading(axis=axis, root=root, load_yaml=load_yaml, compile_where=compile_where)
    return AXIS_SOURCES[axis.form](reading)
