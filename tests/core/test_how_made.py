"""What stands for how a copy is made never changes by itself: another one makes every copy of everybody anew."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.copies import how_made
from gen4flow.core.deliverable import Deliverable
from gen4flow.core.marks import Marks
from gen4flow.core.problem import Mark
from gen4flow.core.values import canonical_json

TEXTS = st.text(st.characters() | st.sampled_from('"\\\n\x00\ud800é😀'))
MARKS = st.builds(
    Marks,
    source_type=TEXTS,
    system=st.none() | TEXTS,
    key=st.none() | TEXTS,
    seed=st.none() | st.integers(),
    fingerprint=st.none() | TEXTS,
    prompt=st.none() | TEXTS,
    proof=st.booleans(),
)
WEB = Deliverable(name="web", width=600, media_type="image/webp", mark=Mark(file="recipe.yaml"))


@given(marks=st.none() | MARKS, deliverable=st.sampled_from([None, WEB]))
def test_it_is_the_hash_of_the_canonical_text_of_marks_and_deliverable(
    marks: Marks | None, deliverable: Deliverable | None
) -> None:
    facts = marks and marks._asdict()
    told = {"marks": facts, **({} if deliverable is None else {"deliver": deliverable.facts()})}
    text = f"gen4flow-copy/1\n{canonical_json(told)}"
    assert how_made(marks, deliverable) == hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
