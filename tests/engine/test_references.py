"""Reference images through the engine: each content is uploaded once, before anything that needs it is bought."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image as Picture

from gen4flow.api_client import ApiClient
from gen4flow.core.calls import Answer, Call, Put, UploadCall
from gen4flow.core.outcome import Ending
from gen4flow.core.purchase import Failure
from gen4flow.core.references import LocalImage, OutputImage, RemoteImage
from gen4flow.emulator.models import UNREACHABLE_HOST
from gen4flow.engine import Task
from gen4flow.engine.references import UPLOADS_AT_ONCE
from tests.engine.running import Make, Run, task
from tests.outside.harness import KEY, OtherServer, other_server

WEB = RemoteImage(url="https://example.com/style.png")


def of(upstream: Task, output: int = 0) -> OutputImage:
    """Return the image of another task."""
    return OutputImage(job=upstream.order.fingerprint, output=output, key=upstream.order.key)


def scenes_of(portraits: list[Task], *, each: int = 4, first: int = 0) -> list[Task]:
    """Return scenes that need one portrait each, portrait by portrait."""
    numbers = range(first, first + each)
    return [
        task(100 * place + number, prompt="scene", references=(of(portrait),))
        for place, portrait in enumerate(portraits)
        for number in numbers
    ]


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[str], Path]:
    """Return a maker of small PNGs, whose bytes follow from their names."""

    def make(name: str) -> Path:
        path = tmp_path / f"{name}.png"
        seed = hashlib.sha256(name.encode()).digest()
        Picture.frombytes("RGB", (3, 3), seed[:27]).save(path)
        return path

    return make


def local(path: Path) -> tuple[LocalImage, dict[str, Path]]:
    """Return a reference to a file as it is now, and where that is."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return LocalImage(sha256=sha256, path=path.name), {sha256: path}


def with_file(number: int, path: Path) -> Task:
    """Return a task that shows the model one file."""
    reference, files = local(path)
    return task(number, prompt="styled", references=(reference,), files=files)


def original(run: Run, one: Task) -> bytes:
    """Return the bytes of a task's image."""
    purchase = run.ledger.purchase(one.order.fingerprint)
    assert purchase is not None
    return b"".join(run.objects.read(purchase.images[0].sha256))


def sent(run: Run, one: Task) -> list[str]:
    """Return the addresses that a task's only submit has carried."""
    [inputs] = [each.inputs for each in run.emulator.submits if each.inputs["prompt"] == one.request.prompt]
    found: list[str] = list(inputs.get("reference_images", []))
    return found


def failure(run: Run, one: Task) -> tuple[Failure | None, str, int]:
    """Return why a task has failed, in words too, and what the ledger counts for everything."""
    purchase = run.ledger.purchase(one.order.fingerprint)
    assert purchase is not None
    return purchase.attempt.failure, purchase.attempt.message, run.ledger.sums().used


def test_each_scene_carries_the_address_of_its_own_portrait_wherever_results_arrive(run_with: Make) -> None:
    run = run_with(latency=0.6)
    portraits = [task(number, prompt="portrait") for number in range(3)]
    scenes = scenes_of(portraits)
    plan = [*portraits, *scenes]
    run.buy(plan, concurrency=15)
    assert run.statuses(plan) == ["succeeded"] * 15
    assert run.accepted == 15
    assert sorted(run.uploads()) == sorted(original(run, portrait) for portrait in portraits)
    for place, scene in enumerate(scenes):
        [url] = sent(run, scene)
        assert httpx.get(url).content == original(run, portraits[place // 4])
    assert sent(run, portraits[0]) == []


def test_a_scene_goes_as_soon_as_its_portrait_is_there_past_others_that_wait(run_with: Make) -> None:
    """The first portrait is lost for good, and its scenes stand in front: nothing behind them waits for it."""
    run = run_with("submit:http_500:1:1")
    portraits = [task(number, prompt="portrait") for number in range(2)]
    scenes = scenes_of(portraits)
    run.buy([portraits[0], *scenes[:4], portraits[1], *scenes[4:]], concurrency=1)
    assert run.statuses([*portraits, *scenes]) == ["unknown", "succeeded", *["none"] * 4, *["succeeded"] * 4]
    assert run.heard.of("skipped") == [scene.order.key for scene in scenes[:4]]


def test_a_portrait_that_fails_skips_its_scenes_and_no_others(run_with: Make) -> None:
    run = run_with()
    portraits = [task(0, prompt="portrait"), task(1, prompt="portrait [fail]"), task(2, prompt="portrait")]
    scenes = scenes_of(portraits)
    run.buy([*portraits, *scenes], concurrency=6)
    assert run.statuses(portraits) == ["succeeded", "failed", "succeeded"]
    assert run.statuses(scenes) == [*["succeeded"] * 4, *["none"] * 4, *["succeeded"] * 4]
    assert sorted(run.heard.of("skipped")) == sorted(scene.order.key for scene in scenes[4:8])
    assert run.endings == ()


def test_a_chain_is_skipped_to_its_end(run_with: Make) -> None:
    run = run_with()
    first = task(0, prompt="[fail]")
    second = task(1, references=(of(first),))
    third = task(2, references=(of(second), WEB))
    run.buy([first, second, third])
    assert run.statuses([first, second, third]) == ["failed", "none", "none"]
    assert run.heard.of("skipped") == [second.order.key, third.order.key]


def test_a_chain_is_bought_link_by_link(run_with: Make) -> None:
    run = run_with()
    first = task(0)
    second = task(1, references=(of(first),))
    third = task(2, references=(of(second), WEB, of(first)))
    run.buy([third, second, first])
    assert run.statuses([first, second, third]) == ["succeeded"] * 3
    urls = sent(run, third)
    assert urls[1] == WEB.url
    assert [httpx.get(url).content for url in (urls[0], urls[2])] == [original(run, second), original(run, first)]
    assert len(run.uploads()) == 2


def test_what_is_not_there_and_no_part_of_the_run_is_not_waited_for(run_with: Make) -> None:
    run = run_with()
    scene = task(1, references=(of(task(0, prompt="portrait")),))
    run.buy([scene])
    assert (run.heard.of("skipped"), run.accepted) == ([scene.order.key], 0)


def test_a_second_run_uploads_nothing_again(run_with: Make, picture: Callable[[str], Path]) -> None:
    run = run_with()
    portraits = [task(number, prompt="portrait") for number in range(2)]
    style = picture("style")
    run.buy([*portraits, *scenes_of(portraits, each=2), with_file(0, style)])
    assert len(run.uploads()) == 3
    later = [*scenes_of(portraits, each=2, first=2), with_file(1, style)]
    run.buy(later)
    assert run.statuses(later) == ["succeeded"] * 5
    assert len(run.uploads()) == 3


def test_a_portrait_that_an_earlier_run_has_left_is_fetched_first(run_with: Make) -> None:
    run = run_with("download:html:1:4")
    portrait = task(0, prompt="portrait")
    scenes = scenes_of([portrait])
    run.buy([portrait, *scenes])
    assert run.statuses([portrait, *scenes]) == ["submitted", *["none"] * 4]
    run.buy(scenes)
    assert run.statuses([portrait, *scenes]) == ["succeeded"] * 5


def test_a_portrait_whose_original_is_lost_from_disk_is_not_there(run_with: Make) -> None:
    run = run_with()
    portrait = task(0, prompt="portrait")
    run.buy([portrait])
    purchase = run.ledger.purchase(portrait.order.fingerprint)
    assert purchase is not None
    run.objects.path(purchase.images[0].sha256).unlink()
    run.buy(scenes_of([portrait]))
    assert len(run.heard.of("skipped")) == 4
    assert run.accepted == 1


def test_an_output_that_a_portrait_does_not_have_fails_its_scene_alone(run_with: Make) -> None:
    run = run_with()
    portrait = task(0, prompt="portrait")
    scene = task(1, references=(of(portrait, output=1),))
    run.buy([portrait, scene, task(2)])
    assert run.statuses([portrait, scene, task(2)]) == ["succeeded", "failed", "succeeded"]
    assert failure(run, scene)[0] is Failure.REFERENCE


def test_a_file_is_uploaded_once_under_a_name_that_tells_nothing(
    run_with: Make, picture: Callable[[str], Path]
) -> None:
    run = run_with()
    style = picture("my secret client")
    plan = [with_file(number, style) for number in range(12)]
    run.buy(plan, concurrency=12)
    assert run.statuses(plan) == ["succeeded"] * 12
    [upload] = run.app.state.uploads.values()
    sha256 = hashlib.sha256(style.read_bytes()).hexdigest()
    assert (upload.filename, upload.content_type, upload.content) == (f"{sha256}.png", "image/png", style.read_bytes())


def test_a_file_that_has_changed_since_it_was_planned_fails_its_job_and_is_not_sent(
    run_with: Make, picture: Callable[[str], Path]
) -> None:
    run = run_with()
    changed, gone, sound = picture("changed"), picture("gone"), picture("sound")
    plan = [with_file(0, changed), with_file(1, gone), with_file(2, sound)]
    changed.write_bytes(sound.read_bytes() + b"\0")
    gone.unlink()
    run.buy(plan)
    assert run.statuses(plan) == ["failed", "failed", "succeeded"]
    assert failure(run, plan[0])[0] is Failure.REFERENCE
    assert "changed.png has changed since it was planned" in failure(run, plan[0])[1]
    assert "gone.png is no file any more" in failure(run, plan[1])[1]
    assert run.ledger.sums().used == run.ledger.sums().spent == plan[2].order.price
    assert (run.accepted, run.uploads()) == (1, [sound.read_bytes()])


def test_a_file_that_the_provider_refuses_fails_its_jobs_unbilled_and_is_asked_about_once(
    run_with: Make, picture: Callable[[str], Path]
) -> None:
    run = run_with("upload:413:1")
    plan = [*(with_file(number, picture("style")) for number in range(3)), task(0)]
    run.buy(plan, concurrency=4)
    assert run.statuses(plan) == ["failed", "failed", "failed", "succeeded"]
    assert failure(run, plan[0]) == (
        Failure.REFERENCE,
        "the reference image is refused: HTTP 413: Payload too large",
        plan[3].order.price,
    )
    assert (run.emulator.requests["upload"], run.accepted) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "ending", "tries"),
    [
        ("upload:401:1", Ending.DENIED, 1),
        ("upload:500:1", Ending.BROKEN, 4),
        ("upload:url_elsewhere:1", Ending.BROKEN, 4),
    ],
)
def test_an_upload_that_can_not_be_made_stops_the_run_before_anything_is_bought(
    run_with: Make, picture: Callable[[str], Path], fault: str, ending: Ending, tries: int
) -> None:
    run = run_with(fault)
    plan = [with_file(number, picture("style")) for number in range(3)]
    run.buy(plan)
    assert [one for one, _ in run.endings] == [ending]
    assert run.statuses(plan) == ["none"] * 3
    assert (run.accepted, run.emulator.requests["upload"]) == (0, tries)
    assert ending is Ending.DENIED or "its job stays planned: run again" in run.endings[0][1]


@pytest.mark.parametrize("fault", ["upload:500:1:2", "upload:drop:1:2", "upload:put_403:1:1", "upload:bad_json:1:1"])
def test_a_passing_fault_of_an_upload_costs_nothing_but_time(
    run_with: Make, picture: Callable[[str], Path], fault: str
) -> None:
    run = run_with(fault)
    plan = [with_file(number, picture("style")) for number in range(3)]
    run.buy(plan)
    assert run.statuses(plan) == ["succeeded"] * 3
    assert len(run.uploads()) == 1


def test_a_run_that_ends_before_the_submit_leaves_the_job_planned(
    run_with: Make, picture: Callable[[str], Path]
) -> None:
    run = run_with("upload:429:1:1")
    plan = [with_file(0, picture("style"))]
    run.buy(plan, stop_after=0.3)
    assert (run.statuses(plan), run.accepted, run.ledger.sums().used) == (["none"], 0, 0)
    run.buy(plan)
    assert (run.statuses(plan), run.accepted) == (["succeeded"], 1)


def test_an_upload_that_the_provider_can_not_fetch_is_forgotten(run_with: Make, picture: Callable[[str], Path]) -> None:
    run = run_with()
    portrait = task(0, prompt="portrait")
    reference, files = local(picture("style"))
    unreachable = RemoteImage(url=f"https://{UNREACHABLE_HOST}/x.png")
    scene = task(1, references=(reference, of(portrait), unreachable), files=files)
    run.buy([portrait, scene])
    assert failure(run, scene)[0] is Failure.REFERENCE
    assert len(run.uploads()) == 2
    run.buy([task(2, references=(reference, of(portrait)), files=files)])
    assert len(run.uploads()) == 4


def test_uploading_takes_no_place_of_a_submit(run_with: Make, picture: Callable[[str], Path]) -> None:
    run = run_with("upload:429:1:1")
    plan = [with_file(0, picture("style")), *(task(number) for number in range(3))]
    run.buy(plan, submitting=1, concurrency=4)
    assert run.statuses(plan) == ["succeeded"] * 4
    assert run.heard.of("submitted")[-1] == plan[0].order.key


class Counting(ApiClient):
    """An API client that knows how many uploads it carries at once, and what went before each submit."""

    now = most = 0
    log: list[str]

    async def upload(self, call: UploadCall) -> Answer:
        kind = type(self)
        kind.now += isinstance(call, Call)
        kind.most = max(kind.most, kind.now)
        await asyncio.sleep(0.02)
        answer = await super().upload(call)
        kind.now -= isinstance(call, Put)
        kind.log += ["uploaded"] if isinstance(call, Put) else []
        return answer

    async def submit(self, call: Call) -> Answer:
        type(self).log.append("submit")
        return await super().submit(call)


@pytest.fixture
def counting() -> type[Counting]:
    """Return a client that has counted nothing yet."""
    Counting.now, Counting.most, Counting.log = 0, 0, []
    return Counting


def test_at_most_four_uploads_are_on_their_way(
    run_with: Make, picture: Callable[[str], Path], counting: type[Counting]
) -> None:
    run = run_with()
    run.client = counting
    plan = [with_file(number, picture(f"style {number}")) for number in range(12)]
    run.buy(plan, concurrency=12)
    assert run.statuses(plan) == ["succeeded"] * 12
    assert counting.most == UPLOADS_AT_ONCE
    assert len(run.uploads()) == 12


def test_no_submit_leaves_before_its_uploads_are_done(
    run_with: Make, picture: Callable[[str], Path], counting: type[Counting]
) -> None:
    run = run_with()
    run.client = counting
    references, files = zip(*(local(picture(name)) for name in "abc"), strict=True)
    one = task(0, references=references, files={name: path for each in files for name, path in each.items()})
    run.buy([one])
    assert counting.log == ["uploaded", "uploaded", "uploaded", "submit"]
    assert [httpx.get(url).content for url in sent(run, one)] == [picture(name).read_bytes() for name in "abc"]


@pytest.fixture(scope="module")
def other() -> Iterator[OtherServer]:
    """Return the second server, whose rules are stricter."""
    with other_server() as server:
        yield server


class WithKey(ApiClient):
    """A client with the second server's key."""

    def __init__(self, *, base_url: str, key: str) -> None:
        super().__init__(base_url=base_url, key=KEY if key else "")


@pytest.mark.parametrize("serves_tickets", [True, False], ids=["tickets", "forms"])
def test_either_way_to_upload_pleases_a_server_that_owes_nothing_to_this_one(
    run_with: Make, picture: Callable[[str], Path], other: OtherServer, *, serves_tickets: bool
) -> None:
    other.told(serves_tickets=serves_tickets)
    before, complaints = len(other.uploads()), len(other.told()["complaints"])
    run = run_with()
    run.base_url, run.client = other.api, WithKey
    offset = 10 * serves_tickets
    portrait, styled = task(offset, prompt="portrait"), with_file(offset, picture("style"))
    scene = task(offset + 1, prompt="scene", references=(of(portrait), *styled.request.references), files=styled.files)
    plan = [portrait, styled, scene]
    run.buy(plan)
    assert run.statuses(plan) == ["succeeded"] * 3
    assert len(other.told()["complaints"]) == complaints
    uploads = other.uploads()[before:]
    contents = [original(run, portrait), picture("style").read_bytes()]
    assert sorted((one["sha256"], one["count"]) for one in uploads) == sorted(
        (hashlib.sha256(content).hexdigest(), 1) for content in contents
    )
    puts = [one for one in other.told()["seen"] if one["method"] == "PUT"]
    assert all("authorization" not in one["headers"] for one in puts)
