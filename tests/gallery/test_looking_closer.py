"""The lightbox and comparing: everything that is known of an image, one zoom for all, and what is different."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.gallery.browsing import Opener, address, press, shown, wait_until, with_verdict

Make = Callable[..., dict[str, Any]]


def boxes(page: Page, images: str) -> list[list[int]]:
    """Return left, top, width and height of images within their stages, once the browser has drawn them."""
    wait_until(page, f"Array.from(document.querySelectorAll('{images}')).every((one) => one.complete)")
    found: list[list[int]] = page.eval_on_selector_all(
        images,
        """all => all.map((image) => {
            const [own, stage] = [image, image.parentElement].map((one) => one.getBoundingClientRect());
            return [own.left - stage.left, own.top - stage.top, own.width, own.height].map(Math.round);
        })""",
    )
    return found


def test_the_lightbox_tells_everything_and_how_to_make_the_image_again(
    open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    entry = make_entry(
        key="main[scene=it's a forest]",
        axes={"scene": "it's a forest"},
        tags={"sku": "M1"},
        extras={"mood": "calm"},
        parameters={"resolution": "720p", "aspect_ratio": "16:9"},
        references=[{"path": "refs/mug.png", "sha256": "f" * 64}],
        finished="2026-11-25T18:00:00Z",
        prediction_id="pred-1",
        price={"list": "0.05", "charged": "0.04", "currency": "USD"},
    )
    recipe = {"name": "spring", "profiles": ["draft"], "git_commit": "abc123", "git_dirty": True}
    page = open_gallery(make_manifest(entry, recipe=recipe))
    press(page, "Enter")
    dialog = page.get_by_role("dialog")
    text = dialog.inner_text()
    told = ("A mug in a forest", "720p", "16:9", "M1", "calm", "refs/mug.png", "2026-11-25", "pred-1", "$0.05", "$0.04")
    for one in (*told, "ab" * 32, "1280 × 720", "commit abc123, with changes", "Its seed is 7."):
        assert one in text, one
    command = page.get_by_label("The command").inner_text()
    assert command == r"gen4flow run RECIPE -P draft --provider wavespeed -s 'main[scene=it'\''s a forest]'"
    assert page.get_by_role("link", name="The file itself").get_attribute("href") == "one.png"
    page.get_by_role("button", name="Close").click()
    dialog.wait_for(state="hidden")
    wait_until(page, "(key) => document.activeElement.dataset.key === key", entry["key"])


def test_keys_and_buttons_work_in_the_lightbox_and_the_address_names_the_image(
    open_gallery: Opener, make_set: Make
) -> None:
    page = open_gallery(make_set())
    keys = shown(page)
    page.locator(".card").nth(2).dblclick()
    assert page.get_by_role("dialog").is_visible()
    press(page, "ArrowRight p 4 ArrowLeft x")
    assert with_verdict(page, "pick") == [keys[3]]
    assert with_verdict(page, "reject") == [keys[2]]
    assert address(page) == "image=" + keys[2].replace(" ", "+").replace(",", "%2C").replace("=", "%3D").replace(
        "[", "%5B"
    ).replace("]", "%5D")
    page.get_by_role("button", name="Next image").click()
    assert page.get_by_role("button", name="Pick", exact=True).get_attribute("aria-pressed") == "true"
    page.reload()
    assert page.locator("#lightbox-title").inner_text() == "mug-0, a marble table, 2"
    press(page, "Escape")
    assert address(page) == ""
    assert page.evaluate("document.activeElement.dataset.key") == keys[3]


def test_a_phone_goes_on_to_the_next_image_without_leaving_the_lightbox(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set(), viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.get_by_role("button", name="Next image")).to_be_hidden()
    page.locator(".card").nth(1).dblclick()
    for name, key in (("Next image", 2), ("Next image", 3), ("Previous image", 2)):
        page.get_by_role("button", name=name).tap()
        assert address(page).startswith("image=")
        assert page.locator("#lightbox-title").inner_text().endswith(shown(page)[key].rpartition("seed=")[2].strip("]"))
    assert page.locator("#bar").bounding_box()["height"] < 100  # type: ignore[index]  # it is in sight
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_click_makes_a_card_current_and_another_opens_it(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    card = page.locator(".card").nth(1)
    card.click()
    assert card.get_attribute("aria-current") == "true"
    assert not page.locator("dialog[open]").count()
    card.click()
    assert page.locator("#lightbox-title").inner_text() == "mug-0, a forest, 2"


def test_a_note_is_the_images_own(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "Enter")
    page.get_by_label("Note").fill("crop p x u")
    assert page.get_by_text("only beside a pick or a reject").is_visible()
    press(page, "Escape Enter p")
    assert not page.get_by_text("only beside a pick or a reject").is_visible()
    press(page, "ArrowRight")
    assert page.get_by_label("Note").input_value() == ""
    (pick,) = page.evaluate("gallery.picksDocument().picks")
    assert pick["note"] == "crop p x u"


def test_a_job_without_an_image_says_why_in_the_lightbox(
    open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    error = {"class": "moderation", "message": "The prompt was flagged."}
    page = open_gallery(make_manifest(make_entry(status="failed", files=[], error=error)))
    press(page, "Enter")
    assert "The prompt was flagged." in page.locator("#lightbox .stage").inner_text()
    assert page.get_by_label("Note").is_disabled()


def test_zoom_shows_the_images_own_pixels_and_drags(
    open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    page = open_gallery(make_manifest(make_entry()))
    image = "#lightbox .stage img"
    press(page, "Enter")
    (fitting,) = boxes(page, image)
    assert fitting[2:] == [480, 270]  # smaller than the stage: not blown up
    press(page, "z")
    (large,) = boxes(page, image)
    assert large[2:] == [960, 540]
    page.mouse.move(300, 300)
    page.mouse.wheel(0, -400)
    wait_until(page, f"document.querySelector('{image}').getBoundingClientRect().width > 1500")
    (before,) = boxes(page, image)
    page.mouse.down()
    page.mouse.move(260, 300, steps=3)
    page.mouse.up()
    (after,) = boxes(page, image)
    assert after[0] == before[0] - 40
    assert after[2:] == before[2:]
    press(page, "Shift+ArrowLeft")
    assert boxes(page, image)[0][0] > after[0]
    press(page, "z")
    assert boxes(page, image) == [fitting]


def test_marked_images_are_compared_in_one_zoom_with_a_word_diff(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "ArrowRight m ArrowRight ArrowRight m End m c")
    assert page.locator(".pane").count() == 3
    assert page.locator(".pane h3").all_inner_texts() == [
        "mug-0, a forest, 1",
        "mug-0, a marble table, 1",
        "mug-2, a marble table, 2",
    ]
    assert page.locator(".pane").nth(0).locator("del").all_inner_texts() == ["0", "forest,"]
    assert page.locator(".pane").nth(1).locator("ins").all_inner_texts() == ["marble table,"]
    assert page.locator(".pane").nth(2).locator("ins").all_inner_texts() == ["2", "marble table,"]
    assert page.locator(".pane").nth(2).locator(".differs").all_inner_texts() == ["mug-2", "a marble table", "2"]
    press(page, "z Shift+ArrowRight")
    stages = boxes(page, ".pane .stage img")
    assert len(stages) == 3
    assert [stage[2:] for stage in stages] == [[480, 270]] * 3  # their own pixels, in stages that are narrower
    assert len({tuple(stage) for stage in stages}) == 1
    press(page, "Home")
    current = page.locator(".pane.active h3").inner_text()
    press(page, "x ArrowRight p")
    assert page.locator(".pane.active h3").inner_text() != current
    assert len(with_verdict(page, "pick")) == len(with_verdict(page, "reject")) == 1
    assert address(page).count("compare=") == 3
    page.reload()
    assert page.locator(".pane").count() == 3
    press(page, "Escape")
    wait_until(page, "!document.querySelector('dialog[open]')")


def test_without_marks_an_image_is_compared_with_the_next_one(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "End c")
    assert page.locator(".pane h3").all_inner_texts() == ["mug-2, a marble table, 1", "mug-2, a marble table, 2"]
    press(page, "Escape Home Shift+ArrowRight Shift+ArrowRight")
    expect(page.get_by_role("button", name="Compare (3)")).to_be_visible()  # the bar leaves the dialog in its own time
    press(page, "Escape")
    expect(page.locator(".marked")).to_have_count(0)


def test_keys_mean_the_page_as_soon_as_a_dialog_has_closed(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "Home c")
    page.evaluate("""() => {  // in one task: before the browser tells that the dialog has closed
        document.querySelector("#compare").close();
        const shift_right = new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true, bubbles: true });
        document.querySelector(".card").dispatchEvent(shift_right);
    }""")
    expect(page.locator(".marked")).to_have_count(2)


def test_no_more_than_four_are_compared(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "ArrowRight" + " Shift+ArrowRight" * 5 + " c")
    assert page.locator(".pane").count() == 4


def test_prompts_of_any_length_are_compared(open_gallery: Opener, make_manifest: Make, make_entry: Make) -> None:
    long = [" ".join(f"{letter}{number}" for number in range(9_000)) for letter in "ab"]
    same = "the same words " * 5_000
    entries = [make_entry(key=letter, prompt=f"{letter} {same}{text}") for letter, text in zip("ab", long, strict=True)]
    page = open_gallery(make_manifest(*entries))
    press(page, "ArrowRight c")
    assert page.locator(".pane").count() == 2
    assert page.locator(".pane ins").first.inner_text().startswith("b")
