"""Tests of the checks of images."""
