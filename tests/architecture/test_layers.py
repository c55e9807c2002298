"""Who may import whom, and how large files and functions may be: held over the syntax trees.

    cli -> commands -> { plugs and doors } -> core

Whatever is not cli, commands or core is a plug or a door: it imports core and itself, never another of its kind, for
they meet in commands. A new package falls under that rule by itself.
"""

from __future__ import annotations

import ast
import functools
import graphlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeAlias

import pytest

ROOT = Path(__file__).parents[2]
Trees: TypeAlias = Mapping[str, ast.Module]  # path from the project's root -> syntax tree
Rule: TypeAlias = Callable[[Trees], Iterator[str]]

# The gallery is a page that stands for itself; the sink of that name writes it beside the manifest. How a line is said
# so that no closed pipe gets in the way is one thing for all who say something. What is delivered is opened and decoded
# under the limits that hold for every image.
MAY_ALSO_IMPORT = {
    "sinks": {"gallery"},
    "delivery": {"images"},
    "cli": {"commands", "terminal"},
    "progress": {"terminal"},
    "emulator": {"loopback"},
    "review": {"loopback"},
    "__main__": {"cli"},
}
CORE_NEVER = {
    *("asyncio", "fcntl", "glob", "httpx", "io", "jsonschema", "os", "pathlib", "platform", "random", "secrets"),
    *("select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time"),
    *("urllib", "uuid", "yaml"),
}
CORE_BUT = {("gen4flow/core/interfaces.py", "pathlib")}  # as a type alone: a received file has a path
CORE_NEVER_CALLS = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "open"}
ONE_DOOR = {
    "sqlite3": "ledger",
    "httpx": "api_client",
    "httpcore": "api_client",
    "httptools": "api_client",
    "uvloop": "api_client",
    "yaml": "recipe_file",
    "jsonschema": "recipe_file",
}
SAYS_NOTHING = {"utils", "helpers", "common", "base", "manager"}
MAX_FILE, MAX_FUNCTION = 300, 60  # lines


def parsed(sources: Mapping[str, str]) -> Trees:
    return {path: ast.parse(source) for path, source in sources.items()}


@functools.cache
def project() -> Mapping[str, str]:
    files = [*ROOT.glob("gen4flow/**/*.py"), *ROOT.glob("tests/**/*.py")]
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}


@functools.cache
def project_trees() -> Trees:
    return parsed(project())


def package(trees: Trees) -> Trees:
    return {path: tree for path, tree in trees.items() if path.startswith("gen4flow/")}


def module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def part(name: str) -> str:
    """Return the part of the package that a module belongs to; empty for the package itself."""
    return [*name.split("."), ""][1]


def imports(trees: Trees, path: str) -> Iterator[str]:
    """Yield the absolute names that a file imports, anywhere in it: a name from a package is its module, if any."""
    modules = {module(one) for one in trees} | {"unittest.mock"}
    for node in ast.walk(trees[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from {name if name in modules else str(node.module) for name in names}


def layers(trees: Trees) -> Iterator[str]:
    for path in package(trees):
        own = part(module(path))
        may = {"", "core", own} | MAY_ALSO_IMPORT.get(own, set()) if own != "core" else {"core"}
        for name in imports(trees, path):
            allowed = part(name) != "cli" if own == "commands" else part(name) in may
            if name.split(".")[0] == "gen4flow" and not allowed:
                yield f"{path} imports {name}"


def pure_core(trees: Trees) -> Iterator[str]:
    for path in package(trees):
        if part(module(path)) != "core":
            continue
        used = {name.split(".")[0] for name in imports(trees, path)} & CORE_NEVER
        yield from (f"{path} imports {name}" for name in used if (path, name) not in CORE_BUT)
        for node in ast.walk(trees[path]):
            if isinstance(node, ast.Call):
                called = ".".join(ast.unparse(node.func).split(".")[-2:])
                if called in CORE_NEVER_CALLS:
                    yield f"{path}:{node.lineno} calls {called}"


def one_door(trees: Trees) -> Iterator[str]:
    for path in package(trees):
        for name in {name.split(".")[0] for name in imports(trees, path)} & ONE_DOOR.keys():
            if part(module(path)) != ONE_DOOR[name]:
                yield f"{path} imports {name}"


def plain_imports(trees: Trees) -> Iterator[str]:
    for path in trees:
        for node in ast.walk(trees[path]):
            if isinstance(node, ast.ImportFrom) and node.level:
                yield f"{path}:{node.lineno} is a relative import"
            if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith("TYPE_CHECKING"):
                yield f"{path}:{node.lineno} uses TYPE_CHECKING"
        if any(name.startswith("unittest.mock") for name in imports(trees, path)):
            yield f"{path} imports unittest.mock"


def no_cycles(trees: Trees) -> Iterator[str]:
    own = package(trees)
    graph = {module(path): {name for name in imports(trees, path) if name != module(path)} for path in own}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        yield " <- ".join(error.args[1])


def telling_names(trees: Trees) -> Iterator[str]:
    yield from (path for path in trees if SAYS_NOTHING & set(PurePosixPath(path).with_suffix("").parts))


def small_functions(trees: Trees) -> Iterator[str]:
    for path, tree in package(trees).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION:
                    yield f"{path}:{node.lineno} {node.name} has {lines} lines"


def long_files(sources: Mapping[str, str]) -> Iterator[str]:
    for path, source in sources.items():
        if path.startswith("gen4flow/") and len(source.splitlines()) > MAX_FILE:
            yield f"{path} has {len(source.splitlines())} lines"


RULES: list[Rule] = [layers, pure_core, one_door, plain_imports, no_cycles, telling_names, small_functions]
INNOCENT = {
    "gen4flow/__init__.py": "__version__ = '1'",
    "gen4flow/__main__.py": "from gen4flow.cli import main",
    "gen4flow/cli.py": "from gen4flow import __version__\nfrom gen4flow.commands import COMMANDS",
    "gen4flow/commands/__init__.py": "COMMANDS = {}",
    "gen4flow/commands/plan.py": "import os\nfrom gen4flow.commands import prices\nfrom gen4flow.ledger import Ledger",
    "gen4flow/commands/prices.py": "from gen4flow.core import price",
    "gen4flow/core/__init__.py": "",
    "gen4flow/core/price.py": "from datetime import datetime",
    "gen4flow/core/interfaces.py": "from pathlib import Path",
    "gen4flow/ledger/__init__.py": "from gen4flow.ledger.ledger import Ledger",
    "gen4flow/ledger/ledger.py": "import sqlite3\nfrom gen4flow.core.price import PRICES",
    "gen4flow/sinks/page.py": "from gen4flow.gallery.page import write",
    "gen4flow/gallery/page.py": "from gen4flow import __version__\nwith open('x') as file: pass",
    "tests/test_api.py": "import httpx\nfrom gen4flow.cli import main",
}
FAULTS: list[tuple[Rule, str, str, str]] = [
    (layers, "gen4flow/core/price.py", "import gen4flow.ledger", "imports gen4flow.ledger"),
    (layers, "gen4flow/core/price.py", "from gen4flow import __version__", "imports gen4flow"),
    (layers, "gen4flow/ledger/x.py", "def f():\n    from gen4flow.gallery.page import write", "gallery.page"),
    (layers, "gen4flow/gallery/page.py", "from gen4flow.sinks import page", "imports gen4flow.sinks.page"),
    (layers, "gen4flow/objects.py", "from gen4flow import ledger", "imports gen4flow.ledger"),
    (layers, "gen4flow/objects.py", "from gen4flow.commands import prices", "imports gen4flow.commands.prices"),
    (layers, "gen4flow/commands/x.py", "from gen4flow.cli import main", "imports gen4flow.cli"),
    (layers, "gen4flow/cli.py", "from gen4flow.ledger import Ledger", "imports gen4flow.ledger"),
    (layers, "gen4flow/a_new_door.py", "from gen4flow.ledger import Ledger", "imports gen4flow.ledger"),
    (pure_core, "gen4flow/core/x.py", "import os.path", "imports os"),
    (pure_core, "gen4flow/core/x.py", "from pathlib import Path", "imports pathlib"),
    (pure_core, "gen4flow/core/interfaces.py", "import random", "imports random"),
    (pure_core, "gen4flow/core/x.py", "import datetime\ndatetime.datetime.now()", "x.py:2 calls datetime.now"),
    (pure_core, "gen4flow/core/x.py", "open('x')", "calls open"),
    (one_door, "gen4flow/objects.py", "import sqlite3", "imports sqlite3"),
    (one_door, "gen4flow/emulator/x.py", "import httpx", "imports httpx"),
    (one_door, "gen4flow/axis_sources/x.py", "from yaml import safe_load", "imports yaml"),
    (one_door, "gen4flow/commands/x.py", "import jsonschema.exceptions", "imports jsonschema"),
    (plain_imports, "gen4flow/ledger/x.py", "from .ledger import Ledger", "relative"),
    (plain_imports, "gen4flow/ledger/x.py", "import typing\nif typing.TYPE_CHECKING: pass", "TYPE_CHECKING"),
    (plain_imports, "tests/test_x.py", "if TYPE_CHECKING: pass", "TYPE_CHECKING"),
    (plain_imports, "tests/test_x.py", "from unittest import mock", "unittest.mock"),
    (plain_imports, "tests/test_x.py", "from unittest.mock import patch", "unittest.mock"),
    (no_cycles, "gen4flow/commands/prices.py", "from gen4flow.commands.plan import run", "plan <- gen4flow"),
    (no_cycles, "gen4flow/ledger/ledger.py", "def f():\n    from gen4flow.ledger import Ledger", "ledger.ledger"),
    (telling_names, "gen4flow/core/utils.py", "", "utils"),
    (telling_names, "tests/helpers/x.py", "", "helpers"),
    (small_functions, "gen4flow/x.py", "async def f():\n" + "    pass\n" * 60, "f has 61 lines"),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_project_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(project_trees())) == []


def test_no_file_of_the_package_is_too_long() -> None:
    assert list(long_files(project())) == []


@pytest.mark.parametrize("rule", RULES)
def test_what_is_allowed_is_not_complained_about(rule: Rule) -> None:
    assert list(rule(parsed(INNOCENT))) == []


@pytest.mark.parametrize(("rule", "path", "source", "told"), FAULTS)
def test_each_rule_notices_what_breaks_it(rule: Rule, path: str, source: str, told: str) -> None:
    [complaint] = rule(parsed({**INNOCENT, path: source}))
    assert told in complaint


def test_a_file_is_too_long_from_the_301st_line_on() -> None:
    sources = {"gen4flow/a.py": "pass\n" * 300, "gen4flow/b.py": "pass\n" * 301, "tests/c.py": "pass\n" * 999}
    assert list(long_files(sources)) == ["gen4flow/b.py has 301 lines"]
