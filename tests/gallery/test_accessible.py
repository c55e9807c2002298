"""WCAG 2.2 AA, as far as a machine can tell: axe finds nothing in any view, light or dark, wide or narrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.gallery.browsing import Opener, press

Make = Callable[..., dict[str, Any]]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
NARROW = {"width": 390, "height": 844}


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """Return what axe finds: each rule with the elements that break it."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


@pytest.fixture
def manifest(make_set: Make, make_entry: Make) -> dict[str, Any]:
    """Return the manifest of a small set with a job of each kind that has no image."""
    made = make_set()
    for status in ("failed", "unknown", "held", "skipped", "submitted"):
        error = {"class": "moderation", "message": "Flagged."} if status == "failed" else None
        made["entries"].append(make_entry(key=status, status=status, axes={}, files=[], error=error))
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(scheme: str, open_gallery: Opener, manifest: dict[str, Any]) -> None:
    page = open_gallery(manifest, color_scheme=scheme)
    press(page, "p 3 ArrowRight x ArrowRight m Shift+ArrowRight ArrowRight 5")
    found = {"wall": violations(page)}
    for view in ("Table", "List"):
        page.get_by_role("button", name=view).click()
        found[view] = violations(page)
    press(page, "Enter z")
    found["lightbox"] = violations(page)
    press(page, "Escape c")
    found["compare"] = violations(page)
    press(page, "Escape ?")
    found["help"] = violations(page)
    press(page, "Escape /")
    page.keyboard.type("nothing of this kind")
    found["nothing"] = violations(page)
    assert not {view: found[view] for view in found if found[view]}


@pytest.mark.parametrize("provider", ["wavespeed", "local"])
def test_axe_finds_nothing_on_a_narrow_screen(provider: str, open_gallery: Opener, manifest: dict[str, Any]) -> None:
    page = open_gallery({**manifest, "provider": provider}, viewport=NARROW)
    assert violations(page) == []
    press(page, "Enter")
    assert violations(page) == []
    press(page, "Escape c")
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW["width"]  # nothing to scroll sideways for


def test_axe_finds_nothing_without_script_and_on_an_empty_page(
    open_gallery: Opener, manifest: dict[str, Any], make_manifest: Make
) -> None:
    page = open_gallery(make_manifest())
    assert violations(page) == []


def test_targets_are_large_enough_for_fingers(open_gallery: Opener, manifest: dict[str, Any]) -> None:
    page = open_gallery(manifest, viewport=NARROW)
    small = page.eval_on_selector_all(
        "button, select, input, a",
        """all => all.filter((one) => one.checkVisibility() && !one.matches('.skip, .button input'))
            .map((one) => [one.textContent, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)""",
    )
    assert small == []


def test_the_focus_is_never_hidden_behind_the_bars(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set(products=20))
    for key in ["ArrowDown"] * 8 + ["ArrowUp"] * 8:
        press(page, key)
        free = page.evaluate(
            """() => {
                const places = [document.activeElement, controls, bar].map((one) => one.getBoundingClientRect());
                const [card, top, bottom] = places;
                return card.top >= Math.min(top.bottom, card.top + 1) - 1 && card.bottom <= bottom.top + 1;
            }"""
        )
        assert free, key


def test_the_first_stop_of_the_keyboard_leads_to_the_images(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the images"
    press(page, "Enter Tab")
    assert page.evaluate("document.activeElement.matches('.card')")
    press(page, "Tab")
    assert not page.evaluate("document.activeElement.matches('.card')")  # one stop for all cards
