"""Buys and collects: submits from one coordinator, polls, downloads and checks beside it."""

from gen4flow.engine.engine import Engine
from gen4flow.engine.settings import Doors, Settings, Task

__all__ = ["Doors", "Engine", "Settings", "Task"]
