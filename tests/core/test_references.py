"""Reference images: what a rendered text names, how each is known, and how many a request takes."""

from __future__ import annotations

import pytest

from gen4flow.core.references import (
    LONGEST,
    BadReference,
    LocalImage,
    OutputImage,
    Reference,
    RemoteImage,
    read_reference,
    references_of,
)
from tests.core.making import Made, image, jobs_of, list_axis, matrix, of_steps, step

OUTPUT = OutputImage(job="f" * 64, key="hero[]")
TOKEN = "gen4flow-image:x"  # it opens nothing
TURBO = "runwayml/gen4-image-turbo"


def found(text: str) -> list[Reference]:
    """Return the references of a text."""
    return references_of(text, folder="refs", images={TOKEN: OUTPUT}, find=image)


def local(path: str) -> LocalImage:
    return image(path, "refs")


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("", []),
        (" \n\n ", []),
        ("a.png", [local("a.png")]),
        (" a b.png \n\n b.png\n", [local("a b.png"), local("b.png")]),
        ("https://example.com/a.png", [RemoteImage(url="https://example.com/a.png")]),
        ("HTTPS://example.com/a.png?x=1#y", [RemoteImage(url="HTTPS://example.com/a.png?x=1#y")]),
        (TOKEN, [OUTPUT]),
        (f"{TOKEN}\nhttps://x/y\na.png", [OUTPUT, RemoteImage(url="https://x/y"), local("a.png")]),
        ("a.png\na.png", [local("a.png"), local("a.png")]),
        (f"{TOKEN}x", [local(f"{TOKEN}x")]),
        ("c:/a.png", [local("c:/a.png")]),
    ],
)
def test_a_text_names_references_one_a_line(text: str, references: list[Reference]) -> None:
    assert found(text) == references


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com/a.png",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "://x",
        "https://",
        "https://a b",
        "https://a\tb",
        "https://a\x00b",
        "https://a\u202eb",
        "data:image/png;base64,AAAA",
        "x" * (LONGEST + 1),
        "https://" + "x" * LONGEST,
    ],
)
def test_what_no_request_can_carry_is_refused_in_a_short_message(text: str) -> None:
    with pytest.raises(BadReference) as caught:
        found(text)
    assert len(str(caught.value)) < 200
    assert caught.value.help


@pytest.mark.parametrize("reference", [local("a.png"), RemoteImage(url="https://x/y"), OUTPUT])
def test_a_reference_is_read_back_from_the_manifest(reference: Reference) -> None:
    assert read_reference(reference.as_json()) == reference


def test_a_reference_is_known_by_what_it_is_and_not_by_its_place() -> None:
    assert local("a.png").identity() == {"sha256": local("a.png").sha256}
    assert read_reference(local("a.png").identity()) == LocalImage(sha256=local("a.png").sha256)
    assert OUTPUT.identity() == {"job": OUTPUT.job, "output": 0}
    assert RemoteImage(url="https://x/y").identity() == {"url": "https://x/y"}


@pytest.mark.parametrize("wrong", [{}, {"sha256": 1}, {"url": None}, {"job": "x"}, {"job": "x", "output": "0"}])
def test_what_is_no_reference_is_not_read(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no reference"):
        read_reference(wrong)


def jobs(*references: str, model: str = "runwayml/gen4-image") -> Made[tuple[str, ...]]:
    """Return the references of each job of three scenes, as their paths or addresses."""
    axes = [list_axis("scene", ["a", "b", ""]), list_axis("seed", [7])]
    made = jobs_of(of_steps(step(prompt="p {{ scene }}", made=matrix(axes), references=references, model=model)))
    told = [tuple(str(one.as_json().get("path") or one.as_json()["url"]) for one in job.request.references)
            for job in made.found]  # fmt: skip
    return Made(found=told, problems=made.problems)


def test_each_row_has_its_own_references_and_empty_ones_are_dropped() -> None:
    made = jobs("{% if scene %}{{ scene }}.png{% endif %}", "all.png")
    assert made.found == [("a.png", "all.png"), ("b.png", "all.png"), ("all.png",)]
    assert made.codes == []


def test_one_item_may_name_several() -> None:
    assert jobs("{% for n in range(3) %}{{ n }}.png\n{% endfor %}").found == [("0.png", "1.png", "2.png")] * 3


@pytest.mark.parametrize("references", [["a", "b", "c", "d"], ["a\nb", "c\nd"], ["a\nb\nc\nd"]])
def test_a_request_takes_three(references: list[str]) -> None:
    made = jobs(*references)
    assert (made.found, set(made.codes)) == ([], {"references"})
    assert "4 reference images" in made.problems[0].message
    assert jobs("a", "b\nc").codes == []


def test_turbo_needs_a_reference_in_every_row() -> None:
    made = jobs("{{ scene }}", model=TURBO)
    assert made.found == [("a",), ("b",)]
    assert [problem.code for problem in made.problems] == ["references"]
    assert "needs a reference image" in made.problems[0].message
    assert jobs(model=TURBO).codes == ["references"] * 3
    assert jobs().codes == []


def test_references_are_in_the_fingerprint_in_their_order() -> None:
    axes = matrix({"seed": [7]})
    orders = [(), ("a",), ("b",), ("a", "b"), ("b", "a"), ("https://a",)]
    prints = {
        jobs_of(of_steps(step(prompt="p", made=axes, references=references))).found[0].fingerprint
        for references in orders
    }
    assert len(prints) == len(orders)
    moved = step(prompt="p", made=axes, references=("a\nb",))
    assert jobs_of(of_steps(moved)).found[0].fingerprint in prints


def test_a_bad_reference_stands_at_its_item() -> None:
    (first, *_) = jobs("a.png", "http://x/y").problems
    assert (first.code, first.mark.line) == ("reference", 61)
