"""Marks in pictures: exiftool reads them, every pixel stays, and the original comes out again byte for byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen4flow.core.marks import ALGORITHMIC, TRAINED, FoundMarks, Marked, Marks
from gen4flow.delivery.marking import mark, original_candidates, read_marks, read_sidecar
from tests.delivery.pictures import (
    KEY,
    MARKS,
    OTHERS,
    TYPES,
    chunk,
    every_picture,
    exiftool,
    picture,
    pixels,
    with_credentials,
    with_packet,
)

PICTURES = every_picture()
WRITTEN = {
    "XMP-iptcExt:DigitalSourceType": TRAINED,
    "XMP-iptcExt:AISystemUsed": "Runway Gen-4 Image (runwayml/gen4-image) through WaveSpeedAI",
    "XMP-xmp:CreatorTool": "gen4flow",
    "XMP-gen4flow:Key": KEY,
    "XMP-gen4flow:Seed": 7,
    "XMP-gen4flow:Fingerprint": "ab" * 32,
}


def xmp(told: dict[str, object]) -> dict[str, object]:
    """Return the XMP that exiftool reads, less what it says of itself."""
    return {name: value for name, value in told.items() if name.startswith("XMP-") and name != "XMP-x:XMPToolkit"}


def recovered(content: bytes, media_type: str, original: bytes) -> bool:
    """Tell whether an original can be had from its copy."""
    wanted = hashlib.sha256(original).digest()
    return any(hashlib.sha256(one).digest() == wanted for one in original_candidates(content, media_type))


def test_exiftool_reads_every_mark_of_every_container_and_has_no_complaint(tmp_path: Path) -> None:
    for name, (content, media_type) in PICTURES.items():
        (tmp_path / name).write_bytes(mark(content, media_type, MARKS).content)
    for told in exiftool(*(tmp_path / name for name in PICTURES)):
        assert xmp(told) == WRITTEN, told
        assert "exif" in told["SourceFile"] or told["ExifTool:Validate"] == "OK"  # that Exif is no whole one


@pytest.mark.parametrize("name", PICTURES)
def test_pixels_stay_and_the_original_comes_out_again(name: str) -> None:
    content, media_type = PICTURES[name]
    marked = mark(content, media_type, MARKS)
    assert marked.where is Marked.EMBEDDED
    assert marked.content != content
    assert pixels(marked.content) == pixels(content)
    assert recovered(marked.content, media_type, content)
    assert mark(content, media_type, MARKS) == marked


@pytest.mark.parametrize("name", PICTURES)
def test_what_was_written_is_read_back(name: str) -> None:
    content, media_type = PICTURES[name]
    marks = MARKS._replace(prompt="a cup\non a table", proof=True, source_type=ALGORITHMIC, system=None)
    found = read_marks(mark(content, media_type, marks).content, media_type)
    assert found == FoundMarks(
        where=Marked.EMBEDDED,
        source_type=ALGORITHMIC,
        tool="gen4flow",
        key=KEY,
        seed="7",
        fingerprint="ab" * 32,
        prompt="a cup\non a table",
        proof=True,
    )
    assert read_marks(content, media_type) == FoundMarks()


@pytest.mark.parametrize("kind", TYPES)
def test_a_packet_that_was_there_keeps_what_it_says_beside_the_marks(kind: str, tmp_path: Path) -> None:
    content = with_packet(kind)
    marked = mark(content, TYPES[kind], MARKS).content
    (tmp_path / "x").write_bytes(marked)
    (told,) = exiftool(tmp_path / "x")
    told.pop("XMP-gen4flow:Replaced")
    assert xmp(told) == {**WRITTEN, "XMP-xmp:Rating": 4, "XMP-dc:Title": "Tea & more"}
    assert marked.count(b"W5M0MpCehiHzreSzNTczkc9d") == 1
    assert "ExifTool:Warning" not in told
    assert pixels(marked) == pixels(content)
    assert recovered(marked, TYPES[kind], content)


@pytest.mark.parametrize("kind", TYPES)
def test_a_picture_with_content_credentials_is_left_alone_and_gets_a_sidecar(kind: str, tmp_path: Path) -> None:
    content = with_credentials(kind)
    marked = mark(content, TYPES[kind], MARKS)
    assert (marked.content, marked.where) == (content, Marked.SIDECAR)
    assert marked.sidecar is not None
    (tmp_path / "cup.xmp").write_bytes(marked.sidecar)
    (told,) = exiftool(tmp_path / "cup.xmp")
    assert xmp(told) == WRITTEN
    assert read_marks(content, TYPES[kind]) == FoundMarks(credentials=True)
    assert read_sidecar(marked.sidecar).fingerprint == "ab" * 32


@pytest.mark.parametrize("kind", TYPES)
def test_so_is_a_picture_whose_packet_says_where_its_credentials_lie(kind: str) -> None:
    packet = OTHERS.replace(
        b'xmp:Rating="4"', b'xmlns:t="http://purl.org/dc/terms/" t:provenance="https://example.org/1"'
    )
    content = with_packet(kind, packet)
    assert mark(content, TYPES[kind], MARKS).content == content


SPOILT = {
    "text": b"no XML at all",
    "open": OTHERS.replace(b"</rdf:RDF>", b""),
    "a bomb": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&c;</x:xmpmeta>',
    "deep": b"<a>" * 5_000 + b"</a>" * 5_000,
    "of nothing": b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
    "not text": bytes(range(256)),
    "long": OTHERS.replace(b"Tea", b"Tea " * 10_000),
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", SPOILT)
def test_a_packet_that_nobody_can_read_is_replaced(name: str, kind: str, tmp_path: Path) -> None:
    content = with_packet(kind, SPOILT[name])
    marked = mark(content, TYPES[kind], MARKS)
    (tmp_path / "x").write_bytes(marked.content)
    (told,) = exiftool(tmp_path / "x")
    assert WRITTEN.items() <= told.items()
    assert pixels(marked.content) == pixels(content)
    fits = kind != "jpeg" or name != "long"  # a segment of a JPEG has no room for both
    assert recovered(marked.content, TYPES[kind], content) is fits


def test_a_picture_with_two_packets_ends_with_one() -> None:
    plain, text = picture("png"), b"XML:com.adobe.xmp\0"
    content = plain[:33] + chunk(b"iTXt", text + b"\0\0\0\0" + OTHERS) + chunk(b"tEXt", text + OTHERS) + plain[33:]
    marked = mark(content, "image/png", MARKS).content
    assert marked.count(b"XML:com.adobe.xmp") == 1
    assert b"Tea &amp; more" in marked


@pytest.mark.parametrize("kind", TYPES)
def test_notes_behind_the_end_stay_there(kind: str) -> None:
    content = picture(kind) + b"written by another tool"
    marked = mark(content, TYPES[kind], MARKS)
    assert marked.where is Marked.EMBEDDED
    assert marked.content.endswith(b"written by another tool")
    assert recovered(marked.content, TYPES[kind], content)


TEXTS = st.text(st.characters(), max_size=60)  # halves of surrogate pairs and control characters, too


@settings(max_examples=60, deadline=None)
@given(prompt=TEXTS, key=TEXTS, kind=st.sampled_from(sorted(TYPES)))
def test_any_text_at_all_is_carried_less_what_xml_has_no_way_to_write(prompt: str, key: str, kind: str) -> None:
    marked = mark(PICTURES_BY_KIND[kind], TYPES[kind], MARKS._replace(prompt=prompt, key=key)).content
    found = read_marks(marked, TYPES[kind])
    assert (found.prompt, found.key) == (in_xml(prompt), in_xml(key))
    assert recovered(marked, TYPES[kind], PICTURES_BY_KIND[kind])


PICTURES_BY_KIND = {kind: picture(kind) for kind in TYPES}


def in_xml(text: str) -> str:
    """Return a text less the characters that XML 1.0 does not have, with newlines as it reads them."""
    ranges = (("\t", "\n"), ("\r", "\r"), (" ", "\ud7ff"), ("\ue000", "\ufffd"), ("\U00010000", "\U0010ffff"))
    kept = "".join(sign for sign in text if any(first <= sign <= last for first, last in ranges))
    return kept.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("sign", ["a", "é", "🦊", "&"])
def test_a_text_beyond_all_measure_is_cut_and_says_so(sign: str) -> None:
    marks = MARKS._replace(prompt=sign * 100_000, key=sign * 100_000)
    for kind, content in PICTURES_BY_KIND.items():
        found = read_marks(mark(content, TYPES[kind], marks).content, TYPES[kind])
        assert found.prompt
        assert found.prompt.endswith("…")
        assert found.fingerprint == "ab" * 32


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(sorted(TYPES)),
    at=st.integers(0, 3_000),
    change=st.one_of(st.binary(max_size=8), st.none()),
)
def test_a_damaged_file_is_marked_beside_or_within_and_always_comes_out_again(
    kind: str, at: int, change: bytes | None
) -> None:
    whole = DAMAGED[kind]
    content = whole[:at] if change is None else whole[:at] + change + whole[at + len(change) :]
    marked = mark(content, TYPES[kind], MARKS)
    if marked.where is Marked.SIDECAR:
        assert marked.content == content
    else:
        assert recovered(marked.content, TYPES[kind], content)
    read_marks(content, TYPES[kind])


DAMAGED = {kind: with_packet(kind) for kind in TYPES}


@pytest.mark.parametrize("kind", TYPES)
def test_a_file_that_is_cut_off_gets_its_marks_beside_it(kind: str) -> None:
    content = picture(kind)
    cut = content[: {"png": 40, "jpeg": 5, "webp": 30}[kind]]
    assert mark(cut, TYPES[kind], MARKS).where is Marked.SIDECAR
    assert mark(b"", TYPES[kind], MARKS).where is Marked.SIDECAR


def test_a_file_of_no_known_kind_gets_its_marks_beside_it() -> None:
    assert mark(b"GIF89a", "image/gif", MARKS).where is Marked.SIDECAR


def test_a_file_of_a_million_chunks_is_not_taken_apart() -> None:
    plain = picture("png")
    content = plain[:33] + chunk(b"teXt", b"") * 300_000 + plain[33:]
    assert mark(content, "image/png", Marks(source_type=TRAINED)).where is Marked.SIDECAR
