"""The only door to YAML and jsonschema: files become documents with places, and recipes."""

from gen4flow.recipe_file.compose import parse_document
from gen4flow.recipe_file.document import Document, KeyPath
from gen4flow.recipe_file.load import load, resolve

__all__ = ["Document", "KeyPath", "load", "parse_document", "resolve"]
