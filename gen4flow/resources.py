"""Finds the files that are shipped beside the code: schemas and example recipes."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Return the shipped folder of that name: inside the installed package, else beside it in a checkout.

    Raises FileNotFoundError when neither is there, which means a broken installation.
    """
    for candidate in (PACKAGE / folder, PACKAGE.parent / folder):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"gen4flow is installed without its {folder}/ folder; install it again")
