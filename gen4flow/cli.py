"""The command line: parse, call one command, turn errors into exit codes. The one error boundary."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence

from gen4flow import __version__
from gen4flow.commands import COMMANDS
from gen4flow.commands.examples import examples_text
from gen4flow.core.errors import Gen4flowError, RecipeError
from gen4flow.terminal import OUT, forget, say

INTERRUPTED = 130
COMPLETING = "_ARGCOMPLETE"  # what a shell sets when it asks for completions
EPILOG = """\
gen4flow COMMAND --help has examples; gen4flow help exit-codes, selectors, environment, files.
Exit codes: 0 done, 1 error, 2 usage or recipe, 3 refused, 4 access, 5 busy, 6 some failed, 7 unknown submits,
8 stale plan file."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the only place where exceptions become messages."""
    try:
        code = _dispatch(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except RecipeError as error:
        _tell_problems(error)
        return error.exit_code
    except Gen4flowError as error:
        say(f"gen4flow: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C can't change how this ends
        say("gen4flow: interrupted; run again to go on")
        return INTERRUPTED
    except BrokenPipeError:
        forget(OUT)
        return 1
    except OSError as error:
        say(f"gen4flow: {_os_error(error)}")
        return 1
    except Exception:  # a bug: whatever it is, a person gets a sentence and the traceback a file
        say(f"gen4flow: this is a bug in gen4flow {__version__}; its traceback is in {_keep_traceback()}")
        return 1
    return code


def _dispatch(argv: list[str]) -> int:
    """Parse the command line and run its command; only that command's module is loaded."""
    wanted = next((word for word in argv if not word.startswith("-")), None)
    if COMPLETING in os.environ:
        from gen4flow.commands.completion import complete  # a shell asks what could come next

        wanted = next((word for word in os.environ.get("COMP_LINE", "").split()[1:] if word in COMMANDS), None)
        complete(_parser(wanted))
    arguments = _parser(wanted).parse_args(argv)
    return int(arguments.run(arguments))


def _parser(wanted: str | None) -> argparse.ArgumentParser:
    """Return the parser, with the options of the one command that is wanted."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="gen4flow", description="A declarative batch pipeline for images.", epilog=EPILOG, formatter_class=raw
    )
    parser.add_argument("--version", action="version", version=f"gen4flow {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, line in COMMANDS.items():
        described = line[0].upper() + line[1:] + "."
        sub = commands.add_parser(name, help=line, description=described, formatter_class=raw)
        if name == wanted:
            module = importlib.import_module(f"gen4flow.commands.{name}")
            module.add_arguments(sub)
            sub.epilog = examples_text(name)
            sub.set_defaults(run=module.run)
    return parser


def _tell_problems(error: RecipeError) -> None:
    """Print every problem of a recipe."""
    from gen4flow.commands.problem_text import problem_text  # reads source files: only when there is a problem

    for problem in error.problems:
        say(problem_text(problem))


def _os_error(error: OSError) -> str:
    """Return an error of the operating system in one line."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


def _keep_traceback() -> str:
    """Write the current traceback to a file and return its path; to stderr where no file can be made."""
    import tempfile  # only a bug needs these
    import traceback

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="gen4flow-", suffix=".traceback.txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exc(file=file)
            return file.name
    except OSError:
        traceback.print_exc()
        return "the lines above"
