"""A YAML file's bytes as text, and the place of what can't be text."""

from __future__ import annotations

import codecs
import re

from gen4flow.core.problem import Mark, Problem

# what YAML 1.2 calls printable; tab and line ends are
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # its own escapes name the rest
)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes, file: str) -> str | Problem:
    """Return the text of UTF-8 bytes, with or without a byte order mark, or what is wrong with them."""
    if data.startswith(_UTF_16):
        return Problem(
            mark=Mark(file=file, line=1, column=1),
            code="yaml-encoding",
            message="the file is saved as UTF-16",
            help="save it as UTF-8",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(
            mark=_place(data[: error.start].decode("utf-8-sig", "replace"), file),
            code="yaml-encoding",
            message=f"the byte 0x{data[error.start]:02x} is not UTF-8",
            help="save the file as UTF-8",
        )
    return _printable(text, file)


def _printable(text: str, file: str) -> str | Problem:
    """Return the text, or its first character that YAML doesn't take."""
    found = _UNPRINTABLE.search(text)
    if found is None:
        return text
    return Problem(
        mark=_place(text[: found.start()], file),
        code="yaml-character",
        message=f"the control character U+{ord(found.group()):04X} is not allowed",
        help="remove it, or write it as an escape in a double-quoted text",
    )


def _place(before: str, file: str) -> Mark:
    """Return the place that follows a piece of text."""
    lines = re.split("\r\n|\r|\n", before)
    return Mark(file=file, line=len(lines), column=len(lines[-1]) + 1)


def block_start(lines: list[str], indicator: Mark) -> Mark:
    """Return where the text of a block scalar starts: after its `|` or `>`, at the text's indentation."""
    for line in lines[indicator.line :]:
        if line.strip():
            indentation = len(line) - len(line.lstrip(" "))
            return Mark(file=indicator.file, line=indicator.line + 1, column=indentation + 1)
    return indicator
