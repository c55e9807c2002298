"""The one family of errors that gen4flow raises on purpose; each knows its exit code.

Gen4flowError               1   an I/O error that stops the run, or a fault in what was found on disk
├── DifferenceFound         1   `verify` found that files and manifest disagree
├── NotDelivered            1   a file can't be made of an image as the recipe asks
├── LedgerError             1   the ledger can't be read or written
├── UsageError              2   the command line asks for something that can't be
│   └── RecipeError         2   the recipe is invalid: carries every problem found
├── Refused                 3   not confirmed, over a cap, a price that is not known or higher than planned
├── AccessRefused           4   no key, the key is refused, the balance is empty
├── StalePlan               8   a plan file does not list what would be bought
└── StateLocked             5   another run holds the state
"""

from __future__ import annotations

from collections.abc import Sequence

from gen4flow.core.problem import Problem


class Gen4flowError(Exception):
    """Something went wrong that a person can act on; the message says what and how."""

    exit_code = 1


class DifferenceFound(Gen4flowError):
    """Files on disk and the manifest that lists them disagree."""


class NotDelivered(Gen4flowError):
    """A file can't be made of an image as the recipe asks; the image itself is safe."""


class LedgerError(Gen4flowError):
    """The ledger can't be opened, read or written."""


class UsageError(Gen4flowError):
    """The command line asks for something that can't be."""

    exit_code = 2


class RecipeError(UsageError):
    """The recipe is invalid; `problems` holds all of them, sorted by position."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=Problem.position))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Refused(Gen4flowError):
    """The purchase was refused before a cent was spent, or stopped."""

    exit_code = 3


class AccessRefused(Gen4flowError):
    """There is no API key, the provider refused it, or the balance is empty."""

    exit_code = 4


class StalePlan(Gen4flowError):
    """A plan file does not list what would be bought."""

    exit_code = 8


class StateLocked(Gen4flowError):
    """Another run holds the state folder."""

    exit_code = 5
