"""The slug: the strip at a proof's foot with the words that were asked with, and the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from gen4flow.emulator.proof.colours import FAINT_INK, INK, PAPER
from gen4flow.emulator.proof.frame import Frame
from gen4flow.emulator.proof.lettering import Style, cut, set_lines
from gen4flow.emulator.proof.typefaces import Face, readable, write

SHOWN_CHARACTERS = 700  # of a longer prompt, the start is enough
MARK = "PROOF"
# Sizes of type. What is to be read on a wall of thumbnails goes by the width, 240 pixels there; the rest by the
# shorter side.
LEAD_SHARE, MARK_SHARE = 0.040, 0.040
WORDS_SHARE, FACTS_SHARE = 0.0260, 0.0250
WIDE = {"16:9": 1.13, "4:3": 1.06}  # times larger where there is more room beside than below
LEAD_LINES = {"16:9": 1, "4:3": 1}
NARROW_LEAD_LINES = 2
BREAKS = ",;:.!?、。，"  # where the large type may end before its lines are full
LARGER = (1.5, 1.25)  # times larger, where all of a prompt has room
LEAST_LEAD = 0.45  # of the letters that would have had room
RESPELLED = "some letters respelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines of one style, and their colour."""

    lines: Sequence[str]
    style: Style
    colour: tuple[int, int, int]

    @property
    def height(self) -> int:
        """The height of the lines in pixels."""
        return self.style.leading * len(self.lines)


def draw_slug(canvas: Image.Image, frame: Frame, *, prompt: str, facts: Sequence[str]) -> None:
    """Draw the slug at the foot of a picture."""
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((0, frame.live_height, frame.width, frame.height), fill=PAPER)
    blocks = lay_out(frame, prompt=prompt, facts=facts)
    y = frame.live_height + _padding(frame)
    for block in blocks[:-1]:
        y = _write(pen, block, frame.margin, y) + _gap(frame)
    _write(pen, blocks[-1], frame.margin, frame.height - _padding(frame) - blocks[-1].height)


def lay_out(frame: Frame, *, prompt: str, facts: Sequence[str]) -> list[Block]:
    """Break prompt and parameters into what fits: the prompt's start in large type, its rest in small type."""
    shown = readable(prompt[:SHOWN_CHARACTERS])
    text = shown.text + ("…" if len(prompt) > SHOWN_CHARACTERS else "")
    width = frame.width - 2 * frame.margin
    wide = WIDE.get(frame.ratio, 1.0)
    small = Style(face=Face.REGULAR, size=round(FACTS_SHARE * wide * frame.unit), width=width)
    told = [*facts, RESPELLED] if shown.respelled else facts
    notes = Block(lines=_packed(told, small), style=small, colour=FAINT_INK)
    lead, rest = _lead(text, frame, width)
    body = Style(face=Face.REGULAR, size=round(WORDS_SHARE * wide * frame.unit), width=width)
    room = frame.height - frame.live_height - 2 * _padding(frame) - lead.height - notes.height - 2 * _gap(frame)
    words = Block(lines=cut(rest, body, limit=max(1, room // body.leading)) if rest else [], style=body, colour=INK)
    return [lead, words, notes]


def _lead(text: str, frame: Frame, width: int) -> tuple[Block, str]:
    """Return the prompt's start in large type, the larger the less there is, and the rest of it.

    The start ends with a clause where one ends late enough, else with the last word that has room.
    """
    limit = LEAD_LINES.get(frame.ratio, NARROW_LEAD_LINES)
    for times in (*LARGER, 1.0):
        style = Style(face=Face.STRONG, size=round(LEAD_SHARE * times * frame.width), width=width)
        lines, rest = set_lines(text, style, limit=limit)
        if not rest:
            return Block(lines=lines, style=style, colour=INK), ""
    room = len(text) - len(rest)
    ends = [place + 1 for place in range(int(LEAST_LEAD * room), room) if text[place] in BREAKS]
    if ends:
        lines, rest = set_lines(text[: ends[-1]], style, limit=limit)[0], text[ends[-1] :].strip()
    return Block(lines=lines, style=style, colour=INK), rest


def _padding(frame: Frame) -> int:
    return round(0.024 * frame.unit)


def _gap(frame: Frame) -> int:
    return round(0.006 * frame.unit)


def _packed(facts: Sequence[str], style: Style) -> list[str]:
    """Put facts side by side as long as they fit, and the rest on further lines."""
    lines: list[str] = []
    for fact in facts:
        if lines and style.measure(f"{lines[-1]} · {fact}") <= style.width:
            lines[-1] += f" · {fact}"
        else:
            lines.append(fact)
    return lines


def _write(pen: ImageDraw.ImageDraw, block: Block, x: int, y: int) -> int:
    """Write lines below each other, and return where the next ones go."""
    for number, line in enumerate(block.lines):
        baseline = y + number * block.style.leading + block.style.size
        write(pen, (x, baseline), line, block.style.face, block.style.size, fill=block.colour)
    return y + block.height


def draw_mark(canvas: Image.Image, frame: Frame) -> None:
    """Draw the word that keeps a proof from passing for a final."""
    size = round(MARK_SHARE * frame.width)
    style = Style(face=Face.STRONG, size=size, width=frame.width)
    text = " ".join(MARK)  # spaced, as stamps are
    x, y = frame.margin, frame.margin
    box = (x, y, x + round(style.measure(text) + 1.1 * size), y + round(1.62 * size))
    pen = ImageDraw.Draw(canvas)
    pen.rectangle(box, fill=INK)
    write(pen, (x + round(0.55 * size), y + round(1.17 * size)), text, style.face, size, fill=PAPER)
