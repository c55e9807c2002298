"""The tests of gen4flow."""
