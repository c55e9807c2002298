"""What a review shows: the manifest's images, and those that a run has got further with, as they come."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from gen4flow.core.errors import UsageError
from gen4flow.ledger import Ledger
from gen4flow.state_lock import held
from tests.review.conftest import RECIPE, Review, Serve, opinion

MORE = RECIPE.replace("a beach]", "a beach, a boat]")


def statuses(review: Review) -> dict[str, str]:
    return {one["axes"]["place"]: one["status"] for one in review.images.shown()["entries"]}


def rewrite(out: Path, **changed: Any) -> None:
    """Write the manifest anew, with its first entry changed."""
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["entries"][0].update(changed)
    (out / "next.json").write_text(json.dumps(manifest), encoding="utf-8")
    (out / "next.json").replace(out / "manifest.json")


@pytest.fixture
def cut_off(project: Path, out: Path) -> Path:
    """Return a folder as a run leaves it that was killed before it wrote its manifest, an image short."""
    for name in ("manifest.json", "metadata.jsonl", "gallery.html"):
        (out / name).unlink()
    (out / "mug on a beach.png").rename(project / "late.png")
    return out


def test_a_look_at_nothing_new_changes_nothing(review: Review) -> None:
    first = review.news()
    review.images.look()
    assert (first["version"], first["cards"], first["reload"]) == (0, "", False)
    assert review.news() == first


def test_a_manifest_that_is_written_anew_is_news_with_the_cards_that_have_changed(review: Review, out: Path) -> None:
    rewrite(out, status="failed", files=[], error={"class": "moderation", "message": "no mugs"})
    review.images.look()
    news = review.news()
    assert (news["version"], news["reload"]) == (1, False)
    assert news["cards"].count('class="card"') == 1
    assert "no mugs" in news["cards"]
    assert review.news(since=1)["cards"] == ""
    assert review.api.get("mug%20on%20a%20table.png").status_code == 404  # named no more


def test_jobs_that_come_or_go_ask_for_the_page_to_be_loaded_anew(review: Review, out: Path) -> None:
    rewrite(out, key="main[place=a chair]")
    review.images.look()
    assert review.news()["reload"]
    assert not review.news(since=1)["reload"]
    assert 'content="1"' in review.api.get("").text.partition('name="review-version"')[2][:20]


def test_a_manifest_that_breaks_leaves_what_was_there(review: Review, out: Path) -> None:
    (out / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(Exception, match="can't be read"):
        review.images.look()
    assert review.api.get("mug%20on%20a%20table.png").status_code == 200


def test_without_manifest_and_purchases_it_says_what_writes_one(serve: Serve, out: Path) -> None:
    (out / "manifest.json").unlink()
    with pytest.raises(UsageError, match="gen4flow run RECIPE writes it"), serve():
        pass


def test_after_a_run_that_was_cut_off_it_shows_what_there_is(serve: Serve, cut_off: Path) -> None:
    with serve(recipe=True) as review:
        page = review.api.get("").text
        assert page.count("<img ") == 2
        assert "this folder has no copy of it" in page
        assert review.api.get("mug%20on%20a%20table.png").status_code == 200
        assert (
            review.save({"fingerprint": review.fingerprint("a table"), "was": None, "now": opinion("pick")}).status_code
            == 200
        )


def test_an_image_appears_as_soon_as_a_run_has_delivered_it(serve: Serve, project: Path, cut_off: Path) -> None:
    with serve(recipe=True) as review, held(project / ".gen4flow"):
        review.images.look()
        assert statuses(review)["a beach"] == "submitted"  # its copy is on its way
        before = review.news()
        assert before["running"]
        (project / "late.png").rename(cut_off / "mug on a beach.png")
        review.images.look()
        news = review.news(since=before["version"])
        assert 'alt="A mug on a beach"' in news["cards"]
        assert ".gallery/" in news["cards"]
        assert review.api.get("mug%20on%20a%20beach.png").status_code == 200


def test_a_run_of_the_edited_recipe_shows_its_new_jobs(serve: Serve, project: Path) -> None:
    with serve(recipe=True) as review:
        (project / "mugs.yaml").write_text(MORE, encoding="utf-8")
        review.images.look()
        assert "a boat" not in statuses(review)  # an edited recipe is no purchase yet
        assert main(["run", "mugs.yaml", "-s", "place=a boat"]) == 0
        review.images.look()
        assert statuses(review)["a boat"] == "succeeded"
        assert review.news()["reload"]


def test_a_submit_that_nobody_waits_for_any_more_is_unknown(serve: Serve, project: Path, out: Path) -> None:
    database = Ledger.open(project / ".gen4flow")
    database._database.execute("UPDATE attempts SET status = 'submitting', money = 'reserved' WHERE id = 1")
    database.close()
    with serve(recipe=True) as review:
        assert "unknown" in statuses(review).values()
        assert "submitting" not in statuses(review).values()


def test_a_recipe_that_is_broken_while_a_run_begins_is_a_fault_and_no_end(serve: Serve, project: Path) -> None:
    with serve(recipe=True) as review:
        (project / "mugs.yaml").write_text("version: 1\nname: [", encoding="utf-8")
        with held(project / ".gen4flow"):
            with pytest.raises(UsageError):
                review.images.look()
            review.images.look()
        assert review.api.get("mug%20on%20a%20table.png").status_code == 200


def test_reviewing_changes_nothing_but_picks(serve: Serve, project: Path) -> None:
    def stamps() -> dict[Path, tuple[int, int]]:
        return {
            path: (path.stat().st_mtime_ns, path.stat().st_size)
            for path in project.rglob("*")
            if path.is_file() and not path.name.startswith("ledger.sqlite3-")
        }

    before = stamps()
    with serve(recipe=True) as review:
        review.api.get("")
        review.images.look()
    assert stamps() == before


def test_a_folder_without_a_ledger_is_reviewed_by_its_manifest(serve: Serve, project: Path) -> None:
    shutil.rmtree(project / ".gen4flow")
    with serve(recipe=True) as review:
        assert set(statuses(review).values()) == {"succeeded"}
        review.images.look()
        assert review.news()["version"] == 0
    assert not os.path.lexists(project / ".gen4flow")
