"""`gen4flow help`: what each command does, and the topics that belong to no single one."""

from __future__ import annotations

import argparse

from gen4flow.commands import COMMANDS
from gen4flow.core.errors import UsageError
from gen4flow.delivery.placements import placements_text
from gen4flow.resources import PACKAGE

MADE = {"placements": f"{placements_text()}\n"}  # topics that are made from data
FOLDER = PACKAGE / "commands" / "help_topics"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("topic", metavar="TOPIC", nargs="?", help="a topic or a command; without one: what there is")


def run(arguments: argparse.Namespace) -> int:
    """Print a topic; raises UsageError for one that is not there."""
    topics = {**{path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}, **MADE}
    topic = arguments.topic
    if topic is None:
        print("topics:", *(f"  gen4flow help {name}" for name in sorted(topics)), sep="\n")
        print("commands:", *(f"  gen4flow {name} --help\n      {line}" for name, line in COMMANDS.items()), sep="\n")
    elif topic in topics:
        print(topics[topic], end="")
    elif topic in COMMANDS:
        print(f"{COMMANDS[topic]}: gen4flow {topic} --help")
    else:
        raise UsageError(f"there is no topic {topic!r}; the topics are: {', '.join(sorted(topics))}")
    return 0
