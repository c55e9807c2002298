"""`gen4flow review`: serves the gallery on loopback, saves picks as they are made, shows images as they come."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from gen4flow import loopback
from gen4flow.commands.live_manifest import LiveManifest
from gen4flow.commands.places import shown_path
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors, choices_of
from gen4flow.commands.review_desk import ReviewDesk
from gen4flow.commands.review_images import ReviewImages
from gen4flow.commands.review_picks import ReviewPicks
from gen4flow.commands.shrinking import complete_thumbnails
from gen4flow.core.errors import Gen4flowError, UsageError
from gen4flow.project import find_project
from gen4flow.terminal import say

LOOK_EVERY = 1.0  # seconds
RECIPE_NAME = re.compile("[a-z0-9][a-z0-9_-]*")
IN_PROJECT, IN_FOLDER = "picks/{name}.json", "picks.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("target", metavar="RECIPE|DIR", type=Path, help="a YAML file, or a folder with a manifest.json")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument(
        "--picks", type=Path, metavar="FILE",
        help="where picks are saved (default: picks/NAME.json of the project; picks.json in a DIR outside of one)",
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=0, metavar="N", help="default: a free one")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    parser.add_argument("--json", action="store_true", help="print address, folder and picks file as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from gen4flow.review.app import create_app  # a web server: not for a --help
    from gen4flow.review.guard import Keys

    live = None if arguments.target.is_dir() else LiveManifest(arguments.target, choices_of(arguments))
    images = ReviewImages(live.folder if live else arguments.target, arguments.select, live)
    images.look()
    place = _picks_place(arguments, images, live)
    picks = ReviewPicks(place.path, place.recipe)
    picks.read()
    complete_thumbnails(images.folder, images.shown())
    desk, keys = ReviewDesk(images, picks), Keys()
    try:
        with loopback.serving(create_app(desk, keys), name="the review", port=arguments.port) as base_url:
            _greet(arguments, f"{base_url}/{keys.token}/", images, picks)
            if not arguments.no_open and _has_screen():
                webbrowser.open(base_url + keys.ticket())
            while True:
                time.sleep(LOOK_EVERY)
                _look(images, desk)
    except KeyboardInterrupt:
        pass  # Ctrl-C is how serving is meant to end
    return 0


def _look(images: ReviewImages, desk: ReviewDesk) -> None:
    """Look for new images; what can't be read now may be readable again the next time."""
    try:
        images.look()
    except (Gen4flowError, OSError) as error:
        fault = str(error).splitlines()[0]
        if fault != desk.fault:
            say(f"gen4flow: {error}")
        desk.fault = fault
    else:
        desk.fault = ""


def _greet(arguments: argparse.Namespace, url: str, images: ReviewImages, picks: ReviewPicks) -> None:
    """Print the address, and say where picks go."""
    if arguments.json:
        told = {"url": url, "folder": str(images.folder), "picks": str(picks.path)}
        print(json.dumps(told, ensure_ascii=False), flush=True)
    else:
        print(url, flush=True)
    there = "are read from and saved to" if picks.path.exists() else "will be saved to"
    say(f"Picks {there} {shown_path(picks.path)}. Ctrl-C ends it.")
    if arguments.target.is_dir():
        say("Images that a run adds to a folder appear when it ends; name the recipe to see them as they come.")


def _has_screen() -> bool:
    """Tell whether a person sits in front of it, and a browser has somewhere to open."""
    windows = sys.platform in {"darwin", "win32"} or {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"} & os.environ.keys()
    return sys.stdout.isatty() and bool(windows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where picks are saved, and of which recipe."""

    path: Path
    recipe: str


def _picks_place(arguments: argparse.Namespace, images: ReviewImages, live: LiveManifest | None) -> _Place:
    """Return where picks are saved; raises UsageError.

    Below the project's root rather than in the output folder, which may be thrown away at any time.
    """
    recipe = live.recipe if live else images.recipe
    root = live.project.root if live else find_project(images.folder, state=None).root
    if arguments.picks is not None:
        return _Place(path=arguments.picks.resolve(), recipe=recipe)
    in_project = root.resolve() != images.folder.resolve() and RECIPE_NAME.fullmatch(recipe)
    path = root / IN_PROJECT.format(name=recipe) if in_project else images.folder / IN_FOLDER
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{path} leads out of {root}\n  help: remove the symbolic link, or name the file with --picks")
    return _Place(path=path.resolve(), recipe=recipe)
