"""Wall, table and list; what filters leave, what it costs, and that the address holds all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from gen4flow.gallery import gallery_cards
from tests.gallery.browsing import Opener, address, press, shown, wait_until, with_verdict, write_gallery

Make = Callable[..., dict[str, Any]]


def focused(page: Page) -> str | None:
    """Return the key of the card that has the focus."""
    found: str | None = page.evaluate("document.activeElement.dataset.key ?? null")
    return found


@pytest.mark.parametrize(
    ("text", "status", "keys"),
    [
        ("MUG  marble", "", ["b"]),
        ("timeout", "unknown", ["c"]),
        ("marble", "unknown", []),
        ("main[", "", []),
        ("", "failed", ["d"]),
    ],
)
def test_the_filter_keeps_the_cards_that_hold_every_word_and_the_status(
    text: str, status: str, keys: list[str], open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    entries = [
        make_entry(key="a", prompt="A mug in a forest"),
        make_entry(key="b", prompt="A mug on a marble table"),
        make_entry(key="c", status="unknown", files=[], error={"class": "unknown", "message": "Timeout"}),
        make_entry(key="d", status="failed", files=[], error={"class": "task", "message": "It failed"}),
    ]
    page = open_gallery(make_manifest(*entries))
    page.fill("#filter-text", text)
    page.select_option("#filter-status", status)
    assert shown(page) == keys
    assert page.locator("#filter-count").inner_text() == f"{len(keys)} of 4 shown"
    assert page.locator("[data-key]").count() == 4
    assert page.get_by_text("Nothing fits these filters.").is_visible() == (not keys)


def test_axes_tags_and_verdicts_filter_too(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    page.get_by_label("product").select_option("mug-1")
    assert len(shown(page)) == 4
    page.get_by_label("seed").select_option("2")
    assert len(shown(page)) == 2
    press(page, "p")
    page.get_by_label("Verdict").first.select_option("none")
    assert len(shown(page)) == 1
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) == 12
    page.get_by_label("tag shelf").select_option("top")
    page.get_by_label("Verdict").first.select_option("pick")
    assert shown(page) == with_verdict(page, "pick")
    assert page.get_by_label("tag sku").count() == 0  # says what the axis product says


def test_what_is_not_bought_yet_waits_until_somebody_asks_for_it(
    open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    entries = [make_entry(key="a"), make_entry(key="b", status="planned", files=[])]
    held = make_entry(key="c", status="held", files=[])
    page = open_gallery(make_manifest(*entries, held))
    assert shown(page) == ["a", "c"]
    page.select_option("#filter-status", "all")
    assert shown(page) == ["a", "b", "c"]
    assert address(page) == "status=all"


def test_a_card_that_no_longer_fits_hands_its_place_to_the_next_one(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set(), "#verdict=none")
    keys = shown(page)
    press(page, "p p x")
    assert with_verdict(page, "pick") == keys[:2]
    assert shown(page) == keys[3:]
    assert focused(page) == keys[3]


def test_the_costs_of_what_is_shown_count_a_shared_image_once(
    open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    paid = {"list": "0.05", "charged": "0.03", "currency": "USD"}
    entries = [
        make_entry(key="a", fingerprint="a" * 64, price=paid),
        make_entry(key="b", fingerprint="a" * 64, price=paid),
        make_entry(key="c", fingerprint="c" * 64, price={**paid, "charged": None}),
        make_entry(key="d", fingerprint="d" * 64, price={**paid, "list": "0.0075", "charged": None}, prompt="other"),
        make_entry(key="e", fingerprint="e" * 64, status="failed", files=[], price=paid),
    ]
    page = open_gallery(make_manifest(*entries))
    costs = page.locator("#filter-cost")
    assert costs.inner_text() == "3 images · list price $0.1075 · charged $0.03 for 1 of them"
    page.fill("#filter-text", "other")
    assert costs.inner_text() == "1 image · list price $0.0075"


def test_the_table_has_one_axis_down_one_across_and_tabs_for_the_others(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set(products=3, scenes=2, seeds=2))
    page.get_by_role("button", name="Table").click()
    assert page.get_by_role("columnheader").all_inner_texts() == ["a forest", "a marble table"]
    assert page.get_by_role("rowheader").all_inner_texts() == ["mug-0", "mug-1", "mug-2"]
    tabs = page.get_by_role("tablist", name="seed").get_by_role("tab")
    assert tabs.all_inner_texts() == ["all", "1", "2"]
    assert len(shown(page)) == 12
    tabs.nth(2).click()
    cell = page.locator("tbody tr").nth(1).locator("td").nth(0).locator(".card:visible")
    assert cell.get_attribute("data-key") == "main[product=mug-1,scene=a forest,seed=2]"
    assert len(shown(page)) == 6
    tabs.nth(2).press("ArrowLeft")
    assert page.locator("[role=tab][aria-selected=true]").inner_text() == "1"
    page.get_by_label("Rows").select_option("seed")
    page.get_by_label("Columns").select_option("product")
    assert page.get_by_role("columnheader").all_inner_texts() == ["mug-0", "mug-1", "mug-2"]
    assert page.get_by_role("rowheader").all_inner_texts() == ["1"]  # the filter holds: the other row is empty
    assert page.get_by_role("tablist", name="scene").is_visible()
    page.get_by_role("button", name="Wall").click()
    assert page.locator(".sheet > .card").count() == 12


def test_headings_of_rows_are_no_wider_than_their_words(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set(), "#view=table", viewport={"width": 390, "height": 844})
    heading = page.locator("#table tbody th").first.bounding_box()
    assert heading is not None
    assert heading["width"] < 120  # of 390, which has to hold the images


def test_a_filter_moves_nothing_on_a_small_laptop(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    before = page.locator("#images").bounding_box()
    page.locator("#filter-text").fill("forest")
    page.get_by_role("button", name="Show all").wait_for()
    assert page.locator("#images").bounding_box()["y"] == before["y"]  # type: ignore[index]  # both are in sight


def test_the_bar_says_in_whole_words_what_to_do_first(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    assert page.evaluate("(name => name.scrollWidth <= name.clientWidth)(document.getElementById('bar-name'))")


def test_arrows_go_where_they_point_in_every_view(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set(products=4, scenes=4, seeds=1))
    across = page.evaluate("getComputedStyle(document.querySelector('.sheet')).gridTemplateColumns.split(' ').length")
    keys = shown(page)
    press(page, "ArrowRight")
    assert focused(page) == keys[0]
    press(page, "ArrowDown ArrowRight ArrowRight ArrowLeft")
    assert focused(page) == keys[across + 1]
    press(page, "ArrowUp ArrowUp")
    assert focused(page) == keys[1]
    press(page, "End")
    assert focused(page) == keys[-1]
    page.get_by_role("button", name="List").click()
    press(page, "ArrowUp")
    assert focused(page) == keys[-2]
    page.get_by_role("button", name="Table").click()
    assert page.locator("#table tbody tr").count() == 5  # and one for cards without the axis, which is hidden
    press(page, "ArrowUp")
    assert focused(page) == "main[product=mug-2,scene=a window sill,seed=1]"
    press(page, "ArrowLeft ArrowDown")
    assert focused(page) == "main[product=mug-3,scene=a marble table,seed=1]"


def test_cards_without_an_axis_and_steps_have_their_places(
    open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    entries = [
        make_entry(key="portrait[who=ann]", axes={"who": "ann"}),
        make_entry(key="portrait[who=ben]", axes={"who": "ben"}),
        make_entry(key="scene[place=bar,who=ann]", axes={"place": "bar", "who": "ann"}),
        make_entry(key="scene[place=sea,who=ann]", axes={"place": "sea", "who": "ann"}),
    ]
    page = open_gallery(make_manifest(*entries), "#view=table&rows=who&columns=place")
    assert page.get_by_role("columnheader").all_inner_texts() == ["bar", "sea", "–"]
    assert len(shown(page)) == 4
    page.get_by_role("tablist", name="step").get_by_role("tab", name="portrait").click()
    assert shown(page) == ["portrait[who=ann]", "portrait[who=ben]"]


def test_the_list_shows_whole_prompts(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    page.get_by_role("button", name="List").click()
    assert page.locator(".card > .prompt").first.inner_text() == "Mug number 0 on a forest, soft light"
    assert page.locator(".card > .prompt:visible").count() == 12


def test_the_view_lives_in_the_address(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    page.get_by_role("button", name="Table").click()
    page.get_by_label("Rows").select_option("scene")
    page.get_by_label("product").first.select_option("mug-1")
    page.get_by_label("tag shelf").select_option("top")
    page.fill("#filter-text", "mug & forest #1=%")
    page.fill("#filter-text", "mug & forest")
    page.select_option("#filter-verdict", "none")
    page.fill("#size", "20")
    held = address(page)
    assert held == (
        "view=table&text=mug+%26+forest&verdict=none&rows=scene&columns=product&size=20&axis.product=mug-1&tag.shelf=top"
    )
    before = shown(page)
    assert before == []  # "&" is a word, and no card holds it
    page.fill("#filter-text", "forest")
    page.goto(f"{page.url.partition('#')[0]}#{address(page)}")
    page.reload()
    assert shown(page) == ["main[product=mug-1,scene=a forest,seed=1]", "main[product=mug-1,scene=a forest,seed=2]"]
    assert page.input_value("#table-rows") == "scene"
    assert page.get_by_label("product").first.input_value() == "mug-1"
    assert address(page) == held.replace("mug+%26+forest", "forest")


def test_an_address_that_changes_or_says_nonsense_is_followed_as_far_as_it_goes(
    open_gallery: Opener, make_set: Make
) -> None:
    page = open_gallery(make_set(), "#view=cinema&rows=x&size=9e9&axis.y=z&image=nothing&%E0%A4%A")
    assert shown(page) == []
    page.evaluate("location.hash = 'view=list&axis.product=mug-2'")
    wait_until(page, "document.documentElement.dataset.view === 'list'")
    assert len(shown(page)) == 4
    page.evaluate("location.hash = 'image=main%5Bproduct%3Dmug-0%2Cscene%3Da+forest%2Cseed%3D2%5D'")
    page.get_by_role("dialog").wait_for()
    assert page.locator("#lightbox-title").inner_text() == "mug-0, a forest, 2"


def test_cards_that_a_server_adds_take_their_places_and_keep_verdicts(open_gallery: Opener, make_set: Make) -> None:
    whole = make_set()
    write_gallery(open_gallery.folder, whole)  # for its images
    keys = [entry["key"] for entry in whole["entries"]]
    entries = [dict(entry) for entry in whole["entries"]]
    for place in (1, 5):
        entries[place] |= {"files": [], "status": "planned"}
    page = open_gallery({**whole, "entries": entries[:10]})
    press(page, "p x ArrowRight p 4")
    heard = "window.heard = 0; document.addEventListener('gallery:picks', () => { window.heard += 1; });"
    page.evaluate(heard)
    missing = [keys[1], keys[5], keys[10], keys[11], keys[0]]
    html = gallery_cards(whole, manifest_sha256="e" * 64, only=missing)
    for view in ("wall", "table", "list"):
        page.get_by_role("button", name=view.title()).click()
        page.evaluate("(html) => gallery.addCards(html)", html)
    page.get_by_role("button", name="Wall").click()
    assert shown(page) == keys
    assert with_verdict(page, "reject") == [keys[0]]
    assert with_verdict(page, "pick") == [keys[2]]
    assert page.evaluate("gallery.picksDocument().manifest_sha256") == "e" * 64
    assert page.locator("#prompts li").count() == 6
    assert page.evaluate("window.heard") == 0
    assert page.locator(".totals").inner_text().split("\n")[:2] == ["12 jobs", "12 succeeded"]
    press(page, "Home p")
    assert page.evaluate("window.heard") == 1
