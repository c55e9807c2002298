"""Tests of what the dialects say and understand."""
