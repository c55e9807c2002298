"""File names that every file system takes."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gen4flow.core.naming import folded, safe_part, safe_path


@pytest.mark.parametrize(
    ("rendered", "safe"),
    [
        ("a/b", "a/b"),
        ("a b/c d", "a b/c d"),
        ("hero_16:9_s7", "hero_16x9_s7"),
        ("1:2:3", "1x2x3"),
        ("a:b", "a-b"),
        ('<>:"\\|?*', "--------"),
        ("a\x00b\nc\x7fd\x9f", "a-b-c-d-"),
        ("../../etc/passwd", "etc/passwd"),
        ("..", None),
        (".", None),
        ("...", None),
        ("/", None),
        ("", None),
        ("  ", None),
        ("\u200b", None),
        ("/etc/passwd", "etc/passwd"),
        ("//host/share", "host/share"),
        ("C:\\x", "C--x"),
        ("a//b", "a/b"),
        ("a/./b", "a/b"),
        ("a/../b", "a/b"),
        ("name.", "name"),
        ("name. .", "name"),
        ("name\u3000.", "name"),
        (" name ", "name"),
        (".hidden", "-hidden"),
        (".gallery/x", "-gallery/x"),
        ("e\u0301", "é"),
        ("e\u200d\u0301", "é"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\u061cb", "ab"),
        ("half \ud800 pair", "half - pair"),
        ("CON", "-CON"),
        ("con.txt", "-con.txt"),
        ("con .txt", "-con .txt"),
        ("Nul.tar.gz", "-Nul.tar.gz"),
        ("COM1", "-COM1"),
        ("lpt9.png", "-lpt9.png"),
        ("COM¹", "-COM¹"),
        ("CONIN$", "-CONIN$"),
        ("aux/prn", "-aux/-prn"),
        ("console", "console"),
        ("COM10", "COM10"),
        ("日本", "日本"),
    ],
)
def test_a_rendered_path_becomes_a_safe_one(rendered: str, safe: str | None) -> None:
    assert safe_path(rendered) == safe


def test_a_part_is_cut_at_150_bytes_and_stays_distinct() -> None:
    one, other = safe_part("ä" * 200 + "1"), safe_part("ä" * 200 + "2")
    assert one != other
    assert one.startswith("ä" * 70)
    assert len(one.encode()) <= 150
    assert safe_part("a" * 150) == "a" * 150


def test_what_may_be_one_file_somewhere_folds_to_one_text() -> None:
    assert folded("A/Straße") == folded("a/STRASSE")
    assert folded("é") == folded("e\u0301")
    assert folded("ﬁ") == folded("fi")
    assert folded("a") != folded("b")


HOSTILE = st.sampled_from(
    [
        "..",
        ".",
        "/",
        "\\",
        " ",
        "con",
        "COM1",
        "nul",
        ".",
        ":",
        "1:1",
        "\u200b",
        "\u3000",
        "\u0301",
        "\ud800",
        "x" * 160,
        "é",
    ]
)
PATHS = st.lists(HOSTILE | st.text(max_size=8) | st.characters(), max_size=8).map("".join)
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL)


@settings(max_examples=1500, deadline=None)
@given(rendered=PATHS)
@example("a\u3000.")
@example("e\u200d\u0301")
@example("1\u200b:2")
@example("x" * 139 + "\u3000. " + "x" * 20)
def test_no_rendered_path_leaves_the_folder_or_changes_when_it_is_made_safe_again(rendered: str) -> None:
    safe = safe_path(rendered)
    if safe is None:
        return
    assert safe_path(safe) == safe
    assert not safe.startswith(("/", "\\"))
    assert unicodedata.is_normalized("NFC", safe)
    for part in safe.split("/"):
        assert part
        assert part not in {".", ".."}
        assert len(part.encode()) <= 150
        assert not part.endswith((".", " "))
        assert not DEVICES.fullmatch(part)
        assert not set(part) & set('<>:"\\|?*')
        assert not any(ord(character) < 32 or 0x7F <= ord(character) <= 0x9F for character in part)
