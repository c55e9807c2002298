"""Dialects: what to say to a provider, and what its answers mean. They send nothing."""

from __future__ import annotations

from gen4flow.core.interfaces import Dialect
from gen4flow.providers import wavespeed

# provider's name in a recipe -> its dialect; proofs are bought from the emulator, which speaks WaveSpeedAI's
PROVIDERS: dict[str, Dialect] = {
    "local": wavespeed,
    "wavespeed": wavespeed,
}
