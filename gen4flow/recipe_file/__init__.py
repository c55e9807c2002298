"""The only door to YAML and jsonschema: files become documents with places, and recipes."""

from gen4flow.recipe_file.compose import parse_document
from gen4flow.recipe_file.document import Document, KeyPath, laid_over
from gen4flow.recipe_file.load import load, resolve

__all__ = ["Document", "KeyPath", "laid_over", "load", "parse_document", "resolve"]
