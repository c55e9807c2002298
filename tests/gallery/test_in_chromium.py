"""The page in a real browser, from file://: images load, hostile text stays text, without script it is a contact sheet.

Every test that opens a gallery also holds that no request left its folder; the fixture checks that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.gallery.browsing import Opener, press, shown, wait_until, write_gallery

Make = Callable[..., dict[str, Any]]
HOSTILE = "</script></template><img src=x onerror=\"document.title='HACKED'\"><script>document.title='HACKED'</script>"
BIDI = "".join(map(chr, [0x202E, 0x2066, 0x200F, 0]))
PATHS = ["one.png", "a b/#1 & 50%?.png", "größe/日本.png", "x:y 'z' \"q\".png"]


def test_images_load_whatever_they_are_called(
    open_gallery: Opener, make_manifest: Make, make_entry: Make, make_file: Make
) -> None:
    page = open_gallery(make_manifest(*(make_entry(key=path, files=[make_file(path)]) for path in PATHS)))
    wait_until(page, f"document.documentElement.dataset.loaded === '{len(PATHS)}'")
    assert shown(page) == PATHS


@pytest.mark.parametrize("view", ["wall", "table", "list"])
def test_hostile_texts_stay_texts_in_every_view(
    view: str, open_gallery: Opener, make_manifest: Make, make_entry: Make, make_file: Make
) -> None:
    text = HOSTILE + BIDI
    entries = [
        make_entry(
            key=f"{number}{text}",
            prompt=f"{number}{text}",
            axes={text: f"{number}{text}", "second": number},
            tags={text: f"{number}{text}"},
            parameters={text: text},
            files=[make_file(f"{number}.png")],
        )
        for number in range(3)
    ]
    failed = make_entry(status="failed", files=[], error={"class": text, "message": text})
    page = open_gallery(make_manifest(*entries, failed), f"#view={view}&axis.{HOSTILE}={HOSTILE}&image={HOSTILE}")
    page.click("#nothing button")
    press(page, "ArrowRight p Enter z Escape m ArrowRight m c")
    assert page.locator("#compare[open] ins").count() > 0
    press(page, "Escape")
    page.fill("#filter-text", "</SCRIPT>")
    assert len(shown(page)) == 4
    assert page.title() == "spring"
    assert page.locator("script").count() == 1
    assert page.locator("[src=x], [onerror]").count() == 0
    body = page.evaluate("document.body.textContent")
    assert HOSTILE in body
    assert not set(body) & set(BIDI)


def test_hostile_verdicts_notes_and_settings_in_the_browsers_store_are_left_out(
    open_gallery: Opener, make_set: Make
) -> None:
    page = open_gallery(make_set())
    press(page, "p")
    wait_until(page, "localStorage.length > 0")
    for wrong in (
        "null",
        "7",
        '"x"',
        "{",
        "[[]]",
        '{"said":[["x",{}],[null],3],"elsewhere":[1]}',
        '{"said":{"filter":1}}',
    ):
        page.wait_for_timeout(300)  # milliseconds: what is said is kept a moment later, over what is put there
        page.evaluate("(text) => { for (const name of Object.keys(localStorage)) localStorage[name] = text; }", wrong)
        page.reload()
        assert page.locator('[data-verdict="pick"]').count() == 0
        press(page, "x")
        assert page.locator('[data-verdict="reject"]').count() == 1


def test_without_script_it_is_a_plain_contact_sheet(open_gallery: Opener, make_set: Make, make_entry: Make) -> None:
    manifest = make_set()
    failed = make_entry(key="failed", status="failed", files=[], error={"class": "moderation", "message": "Flagged."})
    waiting = make_entry(key="waiting", status="planned", files=[])
    manifest["entries"] += [failed, waiting]
    page = open_gallery(manifest, java_script_enabled=False)
    assert page.get_by_role("img").count() == 12
    for locator in (page.locator("button"), page.locator("select"), page.locator("input")):
        assert [one.is_visible() for one in locator.all()] == [False] * locator.count()
    assert page.get_by_text("Flagged.").is_visible()
    assert page.get_by_text("Mug number 2 on a forest, soft light", exact=True).is_visible()
    assert page.get_by_text("1 planned job is left out here.").is_visible()
    link = page.locator("a.card").first
    assert str(link.get_attribute("href")) == "mug-0/a%20forest_s1.png"
    assert "mug-0" in link.inner_text()


def test_on_paper_there_are_the_images_that_are_shown_and_their_prompts(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set(), "#axis.product=mug-1")
    press(page, "p")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert len(shown(page)) == 4
    for hidden in ("#controls", "#facets", "#summary", "#bar"):
        assert not page.locator(hidden).is_visible()
    prompts = page.locator("#prompts li:visible")
    assert prompts.all_inner_texts() == [
        "Mug number 1 on a forest, soft light",
        "Mug number 1 on a marble table, soft light",
    ]
    assert [prompt.get_attribute("value") for prompt in prompts.all()] == ["3", "4"]
    assert page.locator(".card:visible .of").first.inner_text() == "prompt 3"


def test_thumbnails_are_shown_on_the_wall_and_the_file_itself_in_the_lightbox(
    open_gallery: Opener, make_manifest: Make, make_entry: Make, make_file: Make
) -> None:
    manifest = make_manifest(
        make_entry(key="a"), make_entry(key="b", files=[make_file("two.png"), make_file("t.webp")])
    )
    page = open_gallery(manifest, options={"thumbnails": {"one.png": "t.webp"}})
    sources = [image.get_attribute("src") for image in page.locator(".card > img").all()]
    assert sources == ["t.webp", "two.png", "t.webp"]
    press(page, "Enter")
    assert page.locator("#lightbox .stage img").get_attribute("src") == "one.png"


def test_other_scripts_run_after_the_pages_own_and_read_what_they_are_told(
    open_gallery: Opener, make_set: Make
) -> None:
    told = "document.title = document.querySelector('meta[name=told]').content + typeof gallery.exportText;"
    page = open_gallery(make_set(), options={"extra_scripts": [told], "meta": {"told": "<b>"}})
    assert page.title() == "<b>function"


def test_it_works_where_the_browser_keeps_nothing(browser: Browser, open_gallery: Opener, make_set: Make) -> None:
    path = write_gallery(open_gallery.folder, make_set())
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page = context.new_page()
    open_gallery.watched.watch(page)
    page.goto(path.as_uri())
    press(page, "p a x")
    assert page.locator('[data-verdict="reject"]').count() == 1
    page.get_by_text("This browser keeps nothing for this page").wait_for()
    assert json.loads(page.evaluate("gallery.exportText()"))["picks"][0]["verdict"] == "reject"
