"""What a proof shows: its words, its references in place, and that nobody takes it for a final."""

from __future__ import annotations

import io
import itertools
from typing import Any

import httpx
import pytest
from PIL import Image, ImageChops, ImageStat

from gen4flow.core.sizes import SIZES
from gen4flow.emulator.picture import Picture, draw
from gen4flow.emulator.proof.frame import Frame
from gen4flow.emulator.proof.insets import Reference, row_size
from gen4flow.emulator.proof.marking import DESCRIPTION
from gen4flow.emulator.proof.placements import GUIDES
from gen4flow.emulator.proof.scene import draw_scene
from gen4flow.emulator.proof.slug import RESPELLED, lay_out
from gen4flow.emulator.proof.staging import stage
from gen4flow.emulator.proof.subjects import SUBJECTS
from gen4flow.emulator.proof.typefaces import Face, has, readable
from gen4flow.emulator.proof.words import PLACES

GEN4 = "/api/v3/runwayml/gen4-image"
FOX = "A red fox asleep on a mossy stump at the edge of a birch forest"
MAGENTA = (250, 0, 250)  # no scene has it
WALL_WIDTH = 240  # pixels: a picture on a page of many


def proof(prompt: str = FOX, ratio: str = "4:3", resolution: str = "720p", **changed: Any) -> Image.Image:
    given = {"seed": 1, "references": (), "image_format": "png", **changed}
    picture = Picture(
        prompt=prompt,
        model="runwayml/gen4-image",
        size=SIZES[ratio, resolution],
        ratio=ratio,
        resolution=resolution,
        seed_was_asked_for=True,
        **given,
    )
    image = Image.open(io.BytesIO(draw(picture)))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are from each other on average, in levels of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def scene(prompt: str, seed: int, ratio: str = "4:3") -> Image.Image:
    frame = Frame.of(SIZES[ratio, "720p"])
    return draw_scene(frame, stage(prompt, seed, frame))


def file_of(image: Image.Image, image_format: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, image_format)
    return file.getvalue()


def magenta(image: Image.Image) -> list[tuple[int, int]]:
    """Return the pixels of an image that are nearly magenta."""
    red, green, blue = image.convert("RGB").split()
    strong = ImageChops.multiply(red.point(lambda v: 255 * (v > 220)), blue.point(lambda v: 255 * (v > 220)))
    found = ImageChops.multiply(strong, green.point(lambda v: 255 * (v < 40)))
    return [divmod(place, image.width)[::-1] for place, level in enumerate(found.tobytes()) if level]


@pytest.mark.parametrize("ratio", GUIDES)
def test_every_seed_is_another_picture_of_the_same_family(ratio: str) -> None:
    takes = [scene(FOX, seed, ratio) for seed in range(1, 7)]
    apart = [difference(one, other) for one, other in itertools.combinations(takes, 2)]
    assert min(apart) > 5
    frame = Frame.of(SIZES[ratio, "720p"])
    stagings = [stage(FOX, seed, frame) for seed in range(1, 13)]
    assert {(each.subject, each.place) for each in stagings} == {("animal", "foliage")}
    assert len({each.scheme.wall for each in stagings}) == 12
    assert {each.light for each in stagings} == {-1, 1}
    assert len({round(each.axis * 3) for each in stagings}) > 1


@pytest.mark.parametrize(
    ("prompt", "subject", "place"),
    [
        ("A sage green steel bottle on a ledge above a public pool", "bottle", "water"),
        ("Studio portrait of a woman of about 30, wearing a navy coat", "figure", "studio"),
        ("A white lighthouse on a cliff above a still sea, no people", "house", "water"),
        ("A coffee mug on a marble table, in a kitchen", "cup", "interior"),
        ("A warm orange ribbed planter on a stone terrace", "vase", "foliage"),
        ("Three oranges on linen in a studio", "ball", "studio"),
    ],
)
def test_a_prompt_s_words_choose_what_stands_where(prompt: str, subject: str, place: str) -> None:
    staging = stage(prompt, 1, Frame.of(SIZES["4:3", "720p"]))
    assert (staging.subject, staging.place) == (subject, place)


def test_prompts_without_a_known_word_are_staged_as_different_still_lifes() -> None:
    stagings = [stage(f"Freude {number}", 1, Frame.of(SIZES["4:3", "720p"])) for number in range(24)]
    assert {each.subject for each in stagings} == {"still-ball", "still-arch", "still-stack"}
    assert len({each.place for each in stagings}) == 3


def test_every_subject_and_every_place_can_be_drawn() -> None:
    words = {"animal": "fox", "figure": "woman", "house": "cottage", "seat": "chair"}
    nouns = [words.get(subject, subject) for subject in SUBJECTS]
    for noun, place, ratio in zip(nouns, itertools.cycle(PLACES.values()), itertools.cycle(GUIDES)):
        drawn = scene(f"{noun}, {place.split()[0]}", 3, ratio)
        assert drawn.size == SIZES[ratio, "720p"]
        assert ImageStat.Stat(drawn).stddev[0] > 5


@pytest.mark.parametrize("ratio", GUIDES)
def test_a_reference_is_seen_in_place_beside_the_subject(ratio: str) -> None:
    sent = file_of(Image.new("RGB", (400, 300), MAGENTA))
    image = proof("A woman in a room", ratio, references=(Reference(name="face.png", content=sent),))
    frame = Frame.of(image.size)
    pixels = magenta(image)
    across, down = row_size(frame, 1)
    left, right = min(x for x, _ in pixels), max(x for x, _ in pixels)
    assert right - left > 0.3 * frame.unit
    assert min(left, frame.width - right) <= frame.margin + 0.02 * frame.unit
    assert right - left < across
    assert frame.live_height - down < min(y for _, y in pixels) < max(y for _, y in pixels) < frame.live_height
    assert not magenta(proof("A woman in a room", ratio))


def test_three_references_lie_side_by_side_and_none_covers_another() -> None:
    colours = [(250, 0, 250), (0, 250, 250), (250, 250, 0)]
    sent = [file_of(Image.new("RGB", (300, 300), colour)) for colour in colours]
    image = proof(ratio="9:16", references=tuple(Reference(name="x.png", content=each) for each in sent))
    areas = [
        sum(ImageChops.difference(image, Image.new("RGB", image.size, colour)).convert("L").histogram()[:8])
        for colour in colours
    ]
    side = 0.265 * 720
    assert all(0.9 * side**2 < area < 1.1 * side**2 for area in areas), areas


BROKEN = {
    "nothing": b"",
    "text": b"not a picture",
    "half a PNG": file_of(Image.effect_noise((200, 200), 60))[:9000],
    "a PNG that says it is enormous": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\2\0\0\0" + b"\0" * 60,
    "another format": file_of(Image.new("RGB", (9, 9)), "GIF"),
    "too many pixels": file_of(Image.new("1", (9000, 9000))),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_or_hostile_reference_becomes_an_empty_print_with_its_name(content: bytes) -> None:
    broken = proof(references=(Reference(name="a.png", content=content),))
    absent = proof(references=(Reference(name="a.png"),))
    assert broken.tobytes() == absent.tobytes() != proof().tobytes()


@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000), (60, 900)])
@pytest.mark.parametrize("mode", ["RGBA", "P", "I;16", "LA"])
def test_a_reference_of_any_shape_and_mode_is_laid_in(size: tuple[int, int], mode: str) -> None:
    shown = proof(references=(Reference(name="a.png", content=file_of(Image.new(mode, size))),))
    assert difference(shown, proof()) > 0.5


def test_an_upload_is_shown_and_a_remote_reference_is_named_and_never_fetched(api: httpx.Client) -> None:
    sent = file_of(Image.new("RGB", (200, 200), MAGENTA))
    files = {"file": ("face.png", sent, "image/png")}
    url = api.post("/api/v3/media/upload/binary", files=files).json()["data"]["download_url"]
    shown = []
    for references in ([url], ["https://cdn.example.com/hero.png"], ["https://cdn.example.org/hero.png"]):
        asked = {"prompt": "A fox", "seed": 4, "reference_images": references, "resolution": "720p"}
        prediction = api.post(GEN4, json=asked).json()["data"]["id"]
        content = httpx.get(f"{api.base_url}/predictions/{prediction}/1.png").content
        shown.append(Image.open(io.BytesIO(content)))
    uploaded, com, org = shown
    assert len(magenta(uploaded)) > 10_000
    assert not magenta(com)
    assert difference(com, org) > 0  # the host is to be read


def test_a_restarted_emulator_shows_the_same_references_again(serve: Any, tmp_path: Any) -> None:
    api, _ = serve(folder=tmp_path)
    files = {"file": ("face.png", file_of(Image.new("RGB", (200, 200), MAGENTA)), "image/png")}
    url = api.post("/api/v3/media/upload/binary", files=files).json()["data"]["download_url"]
    prediction = api.post(GEN4, json={"prompt": "A fox", "reference_images": [url]}).json()["data"]["id"]
    first = httpx.get(f"{api.base_url}/predictions/{prediction}/1.png").content
    again, _ = serve(folder=tmp_path)
    assert httpx.get(f"{again.base_url}/predictions/{prediction}/1.png").content == first
    for kept in (tmp_path / "uploads").iterdir():
        kept.write_bytes(b"{]")
    damaged, _ = serve(folder=tmp_path)
    assert httpx.get(f"{damaged.base_url}/predictions/{prediction}/1.png").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "Café crème à l’Élysée – œuf; Straße über Łódź, Đặng Thị Hồng",
        "Ελληνικά, Москва весной, Київ",
        "春の光、大理石のテーブル",
        "커피 한 잔이 대리석 테이블",
        "一杯咖啡放在大理石桌上，繁體中文：鬱金香",
        "cafe\u0301 in two code points",
    ],
)
def test_letters_that_a_typeface_has_are_shown_as_they_are(text: str) -> None:
    shown = readable(text)
    assert not shown.respelled
    assert shown.text == text.replace("e\u0301", "é")


@pytest.mark.parametrize("text", ["فنجان قهوة", "כוס קפה", "हिन्दी", "🎨☕", "\ue000", "\U000e0041x\U0001d54f"])
def test_no_letter_becomes_a_box_and_a_respelled_one_is_told(text: str) -> None:
    shown = readable(text)
    assert all(each == " " or has(Face.REGULAR, each) or has(Face.EAST_ASIAN, each) for each in shown.text)
    assert shown.respelled
    assert shown.text
    blocks = lay_out(Frame.of(SIZES["1:1", "720p"]), prompt=text, facts=["1:1"])
    assert RESPELLED in " ".join(blocks[-1].lines)


@pytest.mark.parametrize(("ratio", "resolution"), SIZES)
def test_a_long_prompt_is_cut_with_an_ellipsis_and_nothing_leaves_the_slug(ratio: str, resolution: str) -> None:
    frame = Frame.of(SIZES[ratio, resolution])
    facts = [
        ratio,
        resolution,
        "1080 × 1920 px",
        "seed 2147483647 (random)",
        "3 references",
        "runwayml/gen4-image-turbo",
    ]
    for prompt in ("a sentence of some words " * 200, "w" * 5000, "春の光、" * 400, "x", "", "a, b. " * 99):
        lead, words, notes = lay_out(frame, prompt=prompt, facts=facts)
        cut = "…" in (words.lines or lead.lines or [""])[-1]
        assert cut == (len(prompt) > 100)
        for block in (lead, words, notes):
            assert all(block.style.measure(line) <= block.style.width for line in block.lines)
        assert lead.height + words.height + notes.height <= frame.height - frame.live_height
        assert " · ".join(notes.lines).replace(" · ", "") == "".join(facts)


@pytest.mark.parametrize("ratio", GUIDES)
def test_the_mark_and_the_prompt_s_start_have_contrast_in_a_thumbnail(ratio: str) -> None:
    image = proof("A fox", ratio, "1080p").convert("L")
    frame = Frame.of(image.size)
    small = image.resize((WALL_WIDTH, round(WALL_WIDTH * frame.height / frame.width)), Image.Resampling.BOX)
    shrunk = WALL_WIDTH / frame.width
    mark = [frame.margin, frame.margin, frame.margin + 0.2 * frame.width, frame.margin + 0.06 * frame.width]
    words = [frame.margin, frame.live_height, 0.25 * frame.width, frame.live_height + 0.07 * frame.width]
    for left, top, right, low in (mark, words):
        area = small.crop((round(left * shrunk), round(top * shrunk), round(right * shrunk), round(low * shrunk)))
        levels = area.tobytes()
        assert contrast(max(levels), min(levels)) >= 4.5


def contrast(light: int, dark: int) -> float:
    """Return the contrast of two greys as WCAG 2 has it."""
    linear = [
        (level / 255 / 12.92 if level < 11 else ((level / 255 + 0.055) / 1.055) ** 2.4) for level in (light, dark)
    ]
    return (linear[0] + 0.05) / (linear[1] + 0.05)


@pytest.mark.parametrize("ratio", GUIDES)
def test_the_guides_of_a_placement_are_light_lines_where_it_covers_or_cuts(ratio: str) -> None:
    frame = Frame.of(SIZES[ratio, "720p"])
    bare = draw_scene(frame, stage(FOX, 1, frame))
    shown = ImageChops.difference(bare, proof(FOX, ratio)).convert("L").crop((0, 0, frame.width, frame.live_height))
    changed = sum(shown.histogram()[9:]) / (frame.width * frame.live_height)
    assert 0.002 < changed < 0.07  # the mark takes the most of it
    rows = shown.reduce((shown.width, 1)).tobytes()
    edges = {round(guide.top * frame.height) for guide in GUIDES[ratio] if guide.kind == "covered" and guide.top}
    assert all(rows[edge] > rows[edge - 6] for edge in edges if edge < frame.live_height)


@pytest.mark.parametrize("image_format", ["png", "jpeg", "webp"])
def test_a_proof_s_file_says_for_programs_that_it_is_a_placeholder(image_format: str) -> None:
    image = proof(image_format=image_format)
    told = image.info.get("Description") if image_format == "png" else image.getexif()[0x010E]
    assert told == DESCRIPTION
    assert "not a generated image" in DESCRIPTION
