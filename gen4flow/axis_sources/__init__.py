"""Where the values of an axis come from when they don't stand in the recipe."""

from gen4flow.axis_sources.reading import CompileWhere, LoadYaml, YamlDocument
from gen4flow.axis_sources.register import AXIS_SOURCES, read_values

__all__ = ["AXIS_SOURCES", "CompileWhere", "LoadYaml", "YamlDocument", "read_values"]
