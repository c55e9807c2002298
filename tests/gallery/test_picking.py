"""Picking by keyboard and by button, and the file that it ends in, which is what gen4flow itself would write."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from gen4flow.core.picks import Pick, Picks, Verdict, picks_text
from gen4flow.picks_file import read_picks
from tests.gallery.browsing import Opener, fingerprint, press, shown, wait_until, with_verdict

Make = Callable[..., dict[str, Any]]


def exported(page: Page, into: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of the file that the page's button gives."""
    with page.expect_download() as download:
        page.click("#export-picks")
    download.value.save_as(into)
    return download.value.suggested_filename, into.read_bytes()


def written(page: Page, manifest: dict[str, Any], *picks: Pick) -> str:
    """Return what gen4flow writes for picks of a page's manifest."""
    sha256 = page.evaluate("gallery.picksDocument().manifest_sha256")
    return picks_text(Picks(recipe=manifest["recipe"]["name"], manifest_sha256=sha256, picks=picks))


def test_twenty_images_are_picked_by_keyboard_and_exported_as_gen4flow_writes_them(
    open_gallery: Opener, make_set: Make, tmp_path: Path
) -> None:
    manifest = make_set(products=4, scenes=4)
    page = open_gallery(manifest)
    for _ in range(20):
        press(page, "p ArrowRight")
    press(page, "x 3 ArrowRight 5 ArrowRight p u")
    keys = [entry["key"] for entry in manifest["entries"]]
    assert with_verdict(page, "pick") == keys[:20]
    assert with_verdict(page, "reject") == [keys[20]]
    assert page.get_by_text("1 image has stars or a note without a verdict").is_visible()
    name, data = exported(page, tmp_path / "picks.json")
    assert name == "spring.picks.json"
    picks = [Pick(fingerprint=fingerprint(key), keys=(key,), verdict=Verdict.PICK) for key in keys[:20]]
    reject = Pick(fingerprint=fingerprint(keys[20]), keys=(keys[20],), verdict=Verdict.REJECT, stars=3)
    assert data.decode() == written(page, manifest, *picks, reject)
    assert read_picks(tmp_path / "picks.json").picked_keys == frozenset(keys[:20])


def test_every_file_that_the_page_writes_is_what_gen4flow_writes(
    open_gallery: Opener, make_manifest: Make, make_entry: Make, make_file: Make
) -> None:
    choose = random.Random(7)
    alphabet = "abz,=[]\"\\'/<>&\n\t\x01\x7f\u0085é\u200f\u2028\ue000\uffee😀𐀀\ud83d\udc00 "
    texts = list(dict.fromkeys("".join(choose.choices(alphabet, k=choose.randint(1, 9))) for _ in range(80)))
    entries = [
        make_entry(key=text, fingerprint=fingerprint(str(number // 2)), axes={}, files=[make_file(f"{number}.png")])
        for number, text in enumerate(texts)
    ]
    manifest = make_manifest(*entries, recipe={"name": "spring \u2066<b>"})
    page = open_gallery(manifest)
    picks = [
        Pick(
            fingerprint=fingerprint(str(pair)),
            keys=tuple(texts[2 * pair : 2 * pair + 2]),
            verdict=choose.choice(list(Verdict)),
            stars=choose.choice([None, 1, 5]),
            note=choose.choice(["", *texts]),
        )
        for pair in range(len(texts) // 2)
    ]
    document = {
        "format": "gen4flow-picks/1",
        "recipe": "spring",
        "manifest_sha256": "0" * 64,
        "picks": [
            {
                "fingerprint": pick.fingerprint,
                "keys": list(pick.keys),
                "verdict": pick.verdict.value,
                "stars": pick.stars,
            }
            | ({"note": pick.note} if pick.note else {})
            for pick in choose.sample(picks, len(picks))
        ],
    }
    page.evaluate("(text) => gallery.adoptPicks(JSON.parse(text))", json.dumps(document))
    # Half a surrogate pair can't come out of the browser as text; its code units can.
    units = page.evaluate("Array.from(gallery.exportText(), (one) => one.codePointAt(0))")
    assert "".join(map(chr, units)) == written(page, manifest, *picks)


def test_cards_that_share_an_image_get_its_verdict_together(
    open_gallery: Opener, make_manifest: Make, make_entry: Make
) -> None:
    shared = [make_entry(key=key, fingerprint="a" * 64) for key in ("z", "b")]
    other = make_entry(key="m", fingerprint="b" * 64)
    page = open_gallery(make_manifest(shared[0], other, shared[1]))
    press(page, "p")
    assert with_verdict(page, "pick") == ["z", "b"]
    assert "and 1 row that shares its image" in page.locator("#live").inner_text()
    (pick,) = page.evaluate("gallery.picksDocument().picks")
    assert pick["keys"] == ["b", "z"]


def test_auto_advance_goes_on_after_a_verdict(open_gallery: Opener, make_set: Make) -> None:
    manifest = make_set()
    keys = [entry["key"] for entry in manifest["entries"]]
    page = open_gallery(manifest)
    press(page, "a p p 4 x a p p Shift+X")
    assert with_verdict(page, "pick") == keys[:2]
    assert with_verdict(page, "reject") == [keys[3], keys[4]]
    assert page.evaluate("document.activeElement.dataset.key") == keys[5]


def test_every_key_of_the_bar_has_a_button_that_does_the_same(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    page.locator(".card").nth(1).click()
    page.get_by_role("button", name="Pick", exact=True).click()
    page.get_by_role("button", name="4 stars").click()
    key = shown(page)[1]
    assert with_verdict(page, "pick") == [key]
    assert page.get_by_role("button", name="Pick", exact=True).get_attribute("aria-pressed") == "true"
    assert page.evaluate("gallery.picksDocument().picks[0].stars") == 4
    page.get_by_role("button", name="Next image").click()
    page.get_by_role("button", name="Reject", exact=True).click()
    assert len(with_verdict(page, "reject")) == 1
    page.get_by_role("button", name="Unset").click()
    assert with_verdict(page, "reject") == []
    page.get_by_role("button", name="Keys", exact=True).click()
    told = page.locator("#help-keys").inner_text()
    named = {one.get_attribute("aria-keyshortcuts") for one in page.locator("[aria-keyshortcuts]").all()}
    assert {*"PXUZMCA/?12345", "Enter", "ArrowLeft", "ArrowUp"} <= named
    for key in "PXUZMCA/?":
        assert f"\n{key}\t" in told


def test_a_person_hears_what_was_done(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    live = page.locator("#live")
    assert live.get_attribute("aria-live") == "polite"
    press(page, "p")
    assert live.inner_text() == "picked: mug-0, a forest, 1. 1 picked."
    press(page, "ArrowRight p Enter ArrowRight x")
    assert live.inner_text() == "rejected: mug-0, a marble table, 1. 2 picked."
    assert live.is_visible()


def test_verdicts_stars_and_notes_are_there_after_a_reload(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "p 2 ArrowRight x Enter")
    page.get_by_label("Note").fill("too dark\nretry")
    before = page.evaluate("gallery.exportText()")
    page.reload()
    assert page.evaluate("gallery.exportText()") == before
    assert "too dark\\nretry" in before


def test_a_run_that_changes_the_manifest_keeps_the_verdicts_of_the_images_that_are_still_there(
    open_gallery: Opener, make_set: Make
) -> None:
    page = open_gallery(make_set())
    press(page, "p ArrowRight p")
    wait_until(page, "localStorage.length > 0")
    again = make_set(charged="1.00")
    again["entries"] = again["entries"][1:]
    again["totals"]["jobs"]["total"] -= 1
    path = open_gallery.folder / "gallery.html"
    newer = open_gallery(again)
    newer.context.close()  # written, and opened where nothing is kept
    page.goto(path.as_uri())
    assert len(with_verdict(page, "pick")) == 1
    assert page.get_by_text("1 image keeps its verdict").is_visible()


def test_a_picks_file_is_imported_in_place_of_what_was_said(
    open_gallery: Opener, make_set: Make, tmp_path: Path
) -> None:
    manifest = make_set()
    keys = [entry["key"] for entry in manifest["entries"]]
    gone = Pick(fingerprint="d" * 64, keys=("main[product=gone]",), verdict=Verdict.PICK)
    said = Pick(fingerprint=fingerprint(keys[3]), keys=(keys[3],), verdict=Verdict.REJECT, stars=1, note="no")
    (tmp_path / "p.json").write_text(
        picks_text(Picks(recipe="x", manifest_sha256="0" * 64, picks=(gone, said))), "utf-8"
    )
    page = open_gallery(manifest)
    press(page, "p")
    page.set_input_files("#import-picks", tmp_path / "p.json")
    page.get_by_text("1 pick is of images that are not here").wait_for()
    assert with_verdict(page, "pick") == []
    assert with_verdict(page, "reject") == [keys[3]]
    assert page.evaluate("gallery.exportText()") == written(page, manifest, said)


def test_stars_without_a_verdict_can_outlast_a_file_that_can_not_say_them(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "4 ArrowRight p")
    empty = picks_text(Picks(recipe="spring", manifest_sha256="0" * 64))
    page.evaluate("(text) => gallery.adoptPicks(JSON.parse(text), { keepBare: true })", empty)
    assert with_verdict(page, "pick") == []
    assert page.locator(".badge .rated").all_inner_texts() == ["★★★★"]
    page.evaluate("(text) => gallery.adoptPicks(JSON.parse(text))", empty)
    assert page.locator(".badge .rated").count() == 0


def test_a_page_of_a_part_of_the_plan_keeps_the_picks_of_the_rest(open_gallery: Opener, make_set: Make) -> None:
    manifest = make_set()
    hidden, *manifest["entries"] = manifest["entries"]  # the totals still count it
    keys = [entry["key"] for entry in manifest["entries"]]
    rest = Pick(fingerprint=hidden["fingerprint"], keys=(hidden["key"],), verdict=Verdict.PICK, note="mine")
    shared = Pick(fingerprint=fingerprint(keys[0]), keys=(keys[0], "main[product=else]"), verdict=Verdict.PICK)
    told = Picks(recipe="spring", manifest_sha256="0" * 64, picks=(rest, shared))
    page = open_gallery(manifest)
    page.evaluate("(text) => gallery.adoptPicks(JSON.parse(text))", picks_text(told))
    assert page.evaluate("gallery.exportText()") == written(page, manifest, rest, shared)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "it is not JSON"),
        ("[]", "this is no picks file"),
        ('{"format":"gen4flow-picks/1","picks":[{"fingerprint":"x"}]}', "picks[0] is not what a pick has to be"),
    ],
)
def test_a_file_that_is_no_picks_file_changes_nothing(
    text: str, told: str, open_gallery: Opener, make_set: Make, tmp_path: Path
) -> None:
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    page = open_gallery(make_set())
    press(page, "p")
    page.set_input_files("#import-picks", tmp_path / "p.json")
    page.get_by_text(told).wait_for()
    assert len(with_verdict(page, "pick")) == 1


def test_letters_are_for_the_field_while_somebody_types(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "ArrowRight / p x u")
    assert page.input_value("#filter-text") == "pxu"
    assert with_verdict(page, "pick") == with_verdict(page, "reject") == []


def test_single_keys_can_be_turned_off(open_gallery: Opener, make_set: Make) -> None:
    page = open_gallery(make_set())
    press(page, "?")
    page.get_by_label("Single keys work").uncheck()
    press(page, "Escape p")
    assert with_verdict(page, "pick") == []
    page.locator(".card").first.click()
    page.get_by_role("button", name="Pick", exact=True).click()
    assert len(with_verdict(page, "pick")) == 1


def test_a_job_without_an_image_can_not_be_picked(open_gallery: Opener, make_manifest: Make, make_entry: Make) -> None:
    page = open_gallery(make_manifest(make_entry(status="failed", files=[])))
    press(page, "p")
    assert with_verdict(page, "pick") == []
    assert "There is no image to judge" in page.locator("#live").inner_text()
