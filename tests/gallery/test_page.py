"""The page: what it shows of a manifest, and that nothing in a manifest can do more than be shown."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from gen4flow.core.purchase import Status
from gen4flow.gallery import gallery_cards, gallery_page
from gen4flow.gallery.cards import WHY
from gen4flow.gallery.page import FOLDER, SCRIPTS, STYLES

Make = Callable[..., dict[str, Any]]
ReadPage = Callable[[Mapping[str, Any]], Any]
SHA256 = "c" * 64
HOSTILE = "</script></template></style><img src=x onerror=alert(1)><!-- ' \" & {{ 7 * 7 }}"


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every leaf of a JSON value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    empty = True
    for step, child in children:
        empty = False
        yield from _leaves(child, (*path, step))
    if empty:
        yield path


def test_an_image_is_a_card_with_its_facts(read_page: ReadPage, make_manifest: Make, make_entry: Make) -> None:
    page = read_page(make_manifest(make_entry()))
    (card,), (image,) = page.cards(), page.all("img")
    assert card == {
        "class": "card",
        "href": "one.png",
        "data-key": "main[scene=a forest]",
        "data-fingerprint": "ab" * 32,
        "data-verdict": "",
        "data-status": "succeeded",
    }
    assert image == {
        "src": "one.png",
        "alt": "A mug in a forest",
        "loading": "lazy",
        "decoding": "async",
        "width": "1280",
        "height": "720",
    }
    for shown in ("scene", "a forest", "seed 7", "list $0.05", "1280 × 720", "1.2 MB"):
        assert shown in page.text


def test_the_head_names_recipe_provider_counts_and_costs(
    read_page: ReadPage, make_manifest: Make, make_entry: Make
) -> None:
    entries = [make_entry(), make_entry(), make_entry(status="failed", files=[])]
    text = re.sub(r"\s+", " ", read_page(make_manifest(*entries)).text)
    for shown in ("spring", "wavespeed", "runwayml/gen4-image", "3 jobs", "2 succeeded", "1 failed"):
        assert shown in text
    assert "list price $0.60 charged $0.45" in text
    assert "PROOFS" not in text


def test_proofs_are_called_proofs_and_cost_nothing(read_page: ReadPage, make_manifest: Make, make_entry: Make) -> None:
    page = read_page(make_manifest(make_entry(), provider="local"))
    assert "PROOFS" in page.text
    assert "Proofs: spring" in page.text
    assert "list price" not in page.text


def test_a_job_with_two_images_has_two_cards(
    read_page: ReadPage, make_manifest: Make, make_entry: Make, make_file: Make
) -> None:
    entry = make_entry(files=[make_file("one.png"), make_file("one-2.png")])
    page = read_page(make_manifest(entry))
    assert [image["src"] for image in page.all("img")] == ["one.png", "one-2.png"]
    assert "1 job\n" in page.text


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.SUCCEEDED])
def test_a_job_without_an_image_is_a_card_of_text(
    status: Status, read_page: ReadPage, make_manifest: Make, make_entry: Make
) -> None:
    error = {"class": "moderation", "message": "The prompt was flagged."}
    page = read_page(make_manifest(make_entry(status=status.value, files=[], error=error)))
    assert page.cards()[0]["data-status"] == status.value
    assert page.all("img") == []
    assert "moderation: The prompt was flagged." in page.text
    assert WHY.get(status.value, "") in page.text


def test_every_status_but_failed_says_why_there_is_no_image() -> None:
    assert {*WHY, "failed"} == {status.value for status in Status}


def test_what_was_charged_goes_before_the_list_price(
    read_page: ReadPage, make_manifest: Make, make_entry: Make
) -> None:
    price = {"list": "0.05", "charged": "0.03", "currency": "USD"}
    text = read_page(make_manifest(make_entry(price=price))).text
    assert "charged $0.03" in text
    assert "$0.05" not in text


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("a b/c#1.png", "a%20b/c%231.png"),
        ("50% off?.png", "50%25%20off%3F.png"),
        ("größe.png", "gr%C3%B6%C3%9Fe.png"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("data:text/html,x", "data%3Atext/html%2Cx"),
        ("x\" onerror='y'.png", "x%22%20onerror%3D%27y%27.png"),
    ],
)
def test_a_path_is_an_encoded_relative_address(
    path: str, address: str, read_page: ReadPage, make_manifest: Make, make_entry: Make, make_file: Make
) -> None:
    page = read_page(make_manifest(make_entry(files=[make_file(path)])))
    assert page.all("img")[0]["src"] == address
    assert [card["href"] for card in page.cards()] == [address]


@pytest.mark.parametrize(
    "path", ["/etc/x.png", "//host/x.png", "../x.png", "a/../../x.png", "\\\\host\\x", "", 3, None]
)
def test_a_path_out_of_the_folder_is_not_shown(
    path: Any, read_page: ReadPage, make_manifest: Make, make_entry: Make, make_file: Make
) -> None:
    page = read_page(make_manifest(make_entry(files=[make_file(path)])))
    assert page.all("img") == []
    assert ["href" in card for card in page.cards()] == [False]


def test_hostile_text_in_any_place_adds_no_element(read_page: ReadPage, make_manifest: Make, make_entry: Make) -> None:
    failed = make_entry(status="failed", files=[], error={"class": "task", "message": "It failed."})
    manifest = make_manifest(make_entry(), failed)
    expected = {tag for tag, _ in read_page(manifest).elements}
    tried = 0
    for path in _leaves(manifest):
        changed: Any = json.loads(json.dumps(manifest))
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = HOSTILE
        page = read_page(changed)
        assert {tag for tag, _ in page.elements} <= expected, path
        assert all(not name.startswith("on") for _, attributes in page.elements for name in attributes), path
        assert "49" not in page.text, path
        tried += 1
    assert tried > 40


@pytest.mark.parametrize("name", ["axes", "scene"])
def test_hostile_names_of_axes_are_text(name: str, read_page: ReadPage, make_manifest: Make, make_entry: Make) -> None:
    page = read_page(make_manifest(make_entry(axes={HOSTILE: name})))
    assert len(page.all("img")) == 1
    assert HOSTILE in page.text


def test_controls_and_overrides_are_seen_and_do_nothing(make_manifest: Make, make_entry: Make) -> None:
    tricks = "".join(map(chr, [0, 7, 27, 0x7F, 0x85, 0x9F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800]))
    marks = "\u200e\u200f\u061c"
    entry = make_entry(prompt=f"a{tricks}b{marks}c\r\nd", key=tricks, axes={tricks: tricks})
    manifest = make_manifest(entry, provider=tricks, recipe={"name": tricks})
    html = gallery_page(manifest, manifest_sha256=SHA256).decode()
    assert not set(html) & {*tricks, *marks, "\r"}
    assert f"a{'�' * len(tricks)}bc\nd" in html


@pytest.mark.parametrize("wrong", [None, 1, "text", [], {}, [1], [[]], [{}], [{"files": [{}]}], True, 1e300])
def test_a_manifest_of_any_form_makes_a_page(
    wrong: Any, read_page: ReadPage, make_manifest: Make, make_entry: Make
) -> None:
    manifest = make_manifest(make_entry())
    for name in manifest:
        assert read_page({**manifest, name: wrong}).all("h1")
    entry = manifest["entries"][0]
    for name in entry:
        assert read_page({**manifest, "entries": [{**entry, name: wrong}]}).cards()
    assert read_page({}).all("h1")


def test_the_policy_allows_the_pages_own_style_and_script_and_images_beside_it(
    read_page: ReadPage, make_manifest: Make, make_entry: Make
) -> None:
    page = read_page(make_manifest(make_entry()))
    policies = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    hashes = {
        name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for name, text in page.raw.items()
    }
    (policy,) = policies
    assert policy == (
        f"default-src 'none'; img-src 'self' file:; style-src 'sha256-{hashes['style']}'; "
        f"script-src 'sha256-{hashes['script']}'; base-uri 'none'; form-action 'none'"
    )
    assert all("style" not in attributes for _, attributes in page.elements)


def test_the_policy_names_other_scripts_and_a_server_only_where_they_are_wanted(
    parse_page: Callable[[bytes], Any], make_manifest: Make
) -> None:
    extra = ["console.log(1)", "// é"]
    page = parse_page(
        gallery_page(make_manifest(), manifest_sha256=SHA256, extra_scripts=extra, connect=True, meta={"a": HOSTILE})
    )
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in extra]
    assert "connect-src 'self'; " in policy
    assert all(f"'sha256-{one}'" in policy for one in hashes)
    assert {"name": "a", "content": HOSTILE} in page.all("meta")


def test_the_registers_of_script_and_style_name_every_part_and_none_is_long() -> None:
    parts = {"scripts": {*SCRIPTS, "review.js"}, "styles": set(STYLES)}  # the server of reviews adds that one
    for folder, names in parts.items():
        assert {path.name for path in (FOLDER / folder).iterdir()} == names
        for name in names:
            assert len((FOLDER / folder / name).read_text(encoding="utf-8").splitlines()) <= 300, name


def test_later_cards_are_those_of_the_page(make_manifest: Make, make_entry: Make) -> None:
    entries = [make_entry(key=key, prompt=key) for key in "abc"]
    html = gallery_cards(make_manifest(*entries), manifest_sha256=SHA256, only={"c", "x"})
    whole = gallery_page(make_manifest(*entries), manifest_sha256=SHA256).decode()
    (card,) = re.findall("<a class.*?</a>", html, re.DOTALL)
    assert 'data-key="c"' in card
    assert card in whole.replace("prompt 3", "prompt 1").replace('<small class="of">prompt 1</small>', "")
    assert '"number":[2]' in html


@pytest.mark.parametrize(
    ("amount", "micros"), [("0.05", 50_000), ("0", 0), ("1e3", -1), ("..", -1), ("9" * 20, -1), (5, -1), (None, -1)]
)
def test_amounts_are_whole_micro_dollars_or_not_known(
    amount: Any, micros: int, make_manifest: Make, make_entry: Make
) -> None:
    price = {"list": amount, "charged": "0.01", "currency": "EUR"}
    html = gallery_cards(make_manifest(make_entry(price={**price, "currency": "USD"})), manifest_sha256=SHA256)
    assert f'"list":[{micros}]' in html
    html = gallery_cards(make_manifest(make_entry(price=price)), manifest_sha256=SHA256)
    assert '"charged":[-1]' in html


def test_nothing_on_the_page_is_an_address_outside(make_manifest: Make, make_entry: Make) -> None:
    html = gallery_page(make_manifest(make_entry()), manifest_sha256=SHA256).decode()
    assert not re.search(r"https?:|url\(|@import|//\w", html.replace("// ", ""))


def test_the_same_manifest_makes_the_same_bytes(make_manifest: Make, make_entry: Make) -> None:
    manifest = make_manifest(make_entry(), make_entry(status="planned", files=[]))
    again = json.loads(json.dumps(manifest))
    assert gallery_page(manifest, manifest_sha256=SHA256) == gallery_page(again, manifest_sha256=SHA256)
