"""The command line: parse, call one command, turn errors into exit codes. The one error boundary.

What only an error or one command needs is imported when it is there, so that `--help` costs what argparse costs.
"""

from __future__ import annotations

import argparse
import errno
import gc
import os
import sys
from collections.abc import Sequence
from functools import partial
from types import ModuleType

from gen4flow import __version__
from gen4flow.commands import COMMANDS

INTERRUPTED = 130
COMPLETING = "_ARGCOMPLETE"  # what a shell sets when it asks for completions
EPILOG = """\
gen4flow COMMAND --help has examples; gen4flow help exit-codes, selectors, files and more.
Exit codes: 0 done, 1 error, 2 usage or recipe, 3 refused, 4 access, 5 busy, 6 some failed, 7 unknown submits,
8 stale plan file."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the only place where exceptions become messages."""
    try:
        code = _dispatch(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        return _told(error)
    return code


def _told(error: BaseException) -> int:
    """Tell a person what went wrong and return the exit code; called where the error is handled."""
    if isinstance(error, KeyboardInterrupt):
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C can't change how this ends
    from gen4flow.core.errors import Gen4flowError, RecipeError
    from gen4flow.terminal import OUT, forget, say

    match error:
        case KeyboardInterrupt():
            say("gen4flow: interrupted; run again to go on")
            return INTERRUPTED
        case RecipeError():
            from gen4flow.commands.problem_text import problem_text  # reads source files

            for problem in error.problems:
                say(problem_text(problem))
            return error.exit_code
        case Gen4flowError():
            say(f"gen4flow: {error}")
            return error.exit_code
        case BrokenPipeError():
            forget(OUT)
        case OSError():
            say(f"gen4flow: {_os_error(error)}")
        case _:  # a bug: whatever it is, a person gets a sentence and the traceback a file
            say(f"gen4flow: this is a bug in gen4flow {__version__}; its traceback is in {_keep_traceback()}")
    return 1


def _dispatch(argv: list[str]) -> int:
    """Parse the command line and run its command; only that command's module is loaded."""
    wanted = next((word for word in argv if not word.startswith("-")), None)
    if COMPLETING in os.environ:
        from gen4flow.commands.completion import complete  # a shell asks what could come next

        wanted = next((word for word in os.environ.get("COMP_LINE", "").split()[1:] if word in COMMANDS), None)
        complete(_parser(wanted))
    if argv and wanted == argv[0] and wanted not in COMMANDS:
        raise _no_command(wanted)
    arguments = _parser(wanted).parse_args(argv)
    return int(arguments.run(arguments))


def _no_command(word: str) -> Exception:
    """Return what is wrong with a word that is no command, and which one was meant."""
    import difflib  # only a mistake needs these

    from gen4flow.core.errors import UsageError

    near = difflib.get_close_matches(word, COMMANDS, n=1)
    remedy = f"did you mean gen4flow {near[0]}?" if near else f"the commands are: {', '.join(COMMANDS)}"
    return UsageError(f"there is no command {word[:80]!r}\n  help: {remedy}")


def _parser(wanted: str | None) -> argparse.ArgumentParser:
    """Return the parser: with the one command that is wanted, or with the names of all where none is."""
    shape = partial(argparse.RawDescriptionHelpFormatter, width=_columns() - 2)
    parser = argparse.ArgumentParser(
        prog="gen4flow", description="A declarative batch pipeline for images.", epilog=EPILOG, formatter_class=shape
    )
    parser.add_argument("--version", action="version", version=f"gen4flow {__version__}")
    if wanted in COMMANDS:
        commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
        _add_command(commands.add_parser(wanted, help=COMMANDS[wanted], formatter_class=shape), wanted)
        return parser
    # of commands that are not wanted nothing but name and line is shown: one parser stands for each of them
    any_of_them = argparse.ArgumentParser(prog="gen4flow COMMAND", add_help=False)
    commands = parser.add_subparsers(  # type: ignore[call-overload]  # what makes a parser need be no class
        dest="command", metavar="COMMAND", required=True, parser_class=lambda **_: any_of_them
    )
    for name, line in COMMANDS.items():
        commands.add_parser(name, help=line)
    return parser


def _columns() -> int:
    """Return how wide help may be; shutil knows it too, and its import costs a tenth of `--help`."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or 80
    except (OSError, ValueError):
        return 80


def _add_command(parser: argparse.ArgumentParser, name: str) -> None:
    """Load a command and add its options."""
    from gen4flow.commands.examples import examples_text

    module = sys.modules.get(f"gen4flow.commands.{name}") or _loaded(name)
    module.add_arguments(parser)
    parser.description = f"{COMMANDS[name][0].upper()}{COMMANDS[name][1:]}."
    parser.epilog = examples_text(name)
    parser.set_defaults(run=module.run)


def _loaded(name: str) -> ModuleType:
    """Load a command; what tells of an error is loaded too, while files can be opened.

    Nothing of what is loaded becomes garbage: to look for some, then and later, is a tenth of what a command takes.
    """
    from importlib import import_module

    gc.disable()
    for needed in ("core.errors", "terminal"):
        import_module(f"gen4flow.{needed}")
    module = import_module(f"gen4flow.commands.{name}")
    gc.freeze()
    gc.enable()
    return module


def _os_error(error: OSError) -> str:
    """Return an error of the operating system, and what to do where a disk is full."""
    place = f"{error.filename}: " if error.filename else ""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    help_ = "\n  help: free some space, then run again: what is paid for is fetched, and nothing is bought twice"
    return f"{place}{error.strerror or error}{help_ if full else ''}"


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
