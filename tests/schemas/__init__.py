"""Tests of the schemas of what gen4flow writes."""
