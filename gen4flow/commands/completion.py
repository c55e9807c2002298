"""`gen4flow completion`: what a shell needs to complete commands, options, profiles and steps."""

from __future__ import annotations

import argparse

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("shell", choices=SHELLS, help="bash: >> ~/.bashrc; zsh: >> ~/.zshrc; fish: see its help")


def run(arguments: argparse.Namespace) -> int:
    """Print the shell's code."""
    from argcomplete.shell_integration import shellcode  # only here and when a shell asks

    print(shellcode(["gen4flow"], shell=arguments.shell))
    return 0


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what could come next, and end the process."""
    import argcomplete

    argcomplete.autocomplete(parser)
