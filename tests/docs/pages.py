"""Reads the pages: their fenced blocks, and the projects that these make up.

A block with a title is a file: ```yaml title="recipe.yaml". A ```console block is what somebody types, each line after
`$ `, and what is printed; `...` stands for any text, on a line of its own for any lines. A page is one project, a
folder that starts empty, until the comment `<!-- new project -->` begins the next one. The comment
`<!-- picture: refs/mug.png -->` puts a picture into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/recipe.md", "docs/tutorial.md")
NEW_PROJECT = "<!-- new project -->"
PICTURE = "picture"  # the language of a block that stands for a picture
_TITLE = re.compile(r'title="([^"]+)"')
_PICTURE = re.compile(r"<!-- picture: (\S+) -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its language, its title if it has one, its text, and the page's line of its first line."""

    language: str
    title: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command of a console block and the lines that the page says it prints; `line` is the page's."""

    command: str
    printed: tuple[str, ...]
    line: int

    def expects(self, output: str) -> bool:
        """Tell whether the page allows for this output."""
        return re.fullmatch(_pattern(self.printed), "".join(f"{line}\n" for line in shown(output))) is not None


def shown(output: str) -> list[str]:
    """Return an output's lines as a page has them: no spaces at their ends, no empty ones at its end."""
    return [line.rstrip() for line in output.rstrip().splitlines()]


def _pattern(lines: tuple[str, ...]) -> str:
    """Return the regular expression of the lines that a page shows."""
    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(part) for part in line.rstrip().split("...")) + r"\n")
    return "".join(parts)


def projects(text: str) -> list[list[Block]]:
    """Return the blocks of a page, project by project; those without a block are left out."""
    found: list[list[Block]] = [[]]
    block: list[str] | None = None
    info, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if block is None and line.startswith("```"):
            block, info, start = [], line[3:].strip(), number + 1
        elif block is not None and line.startswith("```"):
            title = _TITLE.search(info)
            body = "".join(f"{one}\n" for one in block)
            language = info.partition(" ")[0]
            found[-1].append(Block(language=language, title=title[1] if title else "", text=body, line=start))
            block = None
        elif block is not None:
            block.append(line)
        elif line.strip() == NEW_PROJECT:
            found.append([])
        elif picture := _PICTURE.fullmatch(line.strip()):
            found[-1].append(Block(language=PICTURE, title=picture[1], text="", line=number))
    return [one for one in found if one]


def steps(block: Block) -> Iterator[Step]:
    """Yield the commands of a console block in their order."""
    lines = block.text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        printed = tuple(shown("\n".join(lines[start + 1 : end])))
        yield Step(command=lines[start][2:], printed=printed, line=block.line + start)
