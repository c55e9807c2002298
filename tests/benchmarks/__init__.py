"""How fast gen4flow is, measured: `python -m tests.benchmarks`."""
