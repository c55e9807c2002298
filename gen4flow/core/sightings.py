"""Remembers a million things in sixteen bytes each: part of a hash, and the number of the place of the first sight.

Two different things can have the same part of a hash. So whoever asks must be able to look at an earlier place again,
and ask with another hash where it holds something else; that look is seldom needed.
"""

from __future__ import annotations

from array import array

_NUMBER_BITS = 28  # 268 million numbers; a recipe has at most 10 million jobs
_NUMBERS = (1 << _NUMBER_BITS) - 1
_MARKS = (1 << (64 - _NUMBER_BITS)) - 1
_SMALLEST = 1_024  # slots, a power of two


class Sightings:
    """A set of things that keeps no thing: an open hash table, each slot a part of a hash and a number from 1.

    `expected` things have room from the start: to move what is there into a larger table takes its time.
    """

    def __init__(self, expected: int = 0) -> None:
        self._make(max(_SMALLEST, 1 << (3 * expected // 2).bit_length()))

    def _make(self, size: int) -> None:
        """Make an empty table of that many slots, two thirds of which may be filled."""
        self._slots = array("Q", bytes(8 * size))
        self._last = size - 1
        self._room = 2 * size // 3

    def first(self, hashed: int, number: int) -> int | None:
        """Return the number where something with the same part of a hash was seen; None, and remember this one."""
        slots, last, mark = self._slots, self._last, hashed & _MARKS
        place = mark & last
        while slot := slots[place]:
            if slot >> _NUMBER_BITS == mark:
                return (slot & _NUMBERS) - 1
            place = (place + 1) & last
        slots[place] = mark << _NUMBER_BITS | number + 1
        self._room -= 1
        if not self._room:
            self._grow()
        return None

    def _grow(self) -> None:
        """Make the table twice as large: a full one is searched for ever."""
        old = self._slots
        self._make(2 * len(old))
        slots, last = self._slots, self._last
        for slot in old:
            if slot:
                place = (slot >> _NUMBER_BITS) & last
                while slots[place]:
                    place = (place + 1) & last
                slots[place] = slot
                self._room -= 1
