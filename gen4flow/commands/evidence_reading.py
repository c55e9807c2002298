"""Reads what the provider remembers: history, billing, and the images of predictions that nobody owns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gen4flow.api_client import ApiClient
from gen4flow.commands.account import Access
from gen4flow.core.calls import DownloadFailed, DownloadForbidden, Reply
from gen4flow.core.charges import Booking
from gen4flow.core.evidence import Billing, History, Listed
from gen4flow.core.image import EXTENSIONS, ImageFacts, ImageInvalid
from gen4flow.core.prediction import Completed, Ended, Inline
from gen4flow.images import check

MAX_PAGES = 200  # of history and of billing
TRIES = 3
NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a prediction that nobody owns has come to: its image on disk, or a word why there is none."""

    path: Path | None = None
    facts: ImageFacts | None = None
    told: str = ""


async def read_history(client: ApiClient, access: Access, since: datetime) -> History:
    """Return the history back to a moment; incomplete where a page can't be read."""
    items: list[Listed] = []
    for page in range(1, MAX_PAGES + 1):
        told = None
        for _ in range(TRIES):
            call = access.dialect.history(page=page, since=since)
            if (told := access.dialect.read_history(await client.ask(call))) is not None:
                break
        if told is None:
            return History(items=items, complete=False)
        found, more = told
        items += found
        if not more or any(item.created < since for item in found):
            return History(items=items, complete=True)
    return History(items=items, complete=False)


async def read_billing(client: ApiClient, access: Access, since: datetime) -> list[Booking] | None:
    """Return the bookings since a moment; None where the provider does not tell them."""
    bookings: list[Booking] = []
    for page in range(1, MAX_PAGES + 1):
        call = access.dialect.billing(page=page, since=since, until=datetime.now(UTC))
        told = access.dialect.read_billing(await client.ask(call))
        if told is None:
            return bookings or None
        found, more = told
        bookings += found
        if not more or not found:
            return bookings
    return bookings


def keys_in(bookings: Iterable[Booking], own: Collection[str]) -> Billing:
    """Return which key paid for what; the keys of predictions that the ledger owns are ours."""
    key_of = {booking.prediction_id: booking.key for booking in bookings if booking.key}
    return Billing(key_of=key_of, ours=frozenset(key for one, key in key_of.items() if one in own))


async def unheard_of(client: ApiClient, access: Access, prediction_id: str) -> bool:
    """Tell whether the provider says that there is no such prediction; an answer that fails to come says nothing."""
    answer = await client.ask(access.dialect.poll(prediction_id))
    return isinstance(answer, Reply) and answer.status == NOT_FOUND


async def look_at(client: ApiClient, access: Access, prediction_id: str, folder: Path) -> Seen:
    """Fetch the image of a prediction into a folder, for its size and for a person's eyes; owns nothing by it."""
    answer = access.dialect.read_poll(await client.ask(access.dialect.poll(prediction_id)), prediction_id)
    if isinstance(answer, Ended):
        return Seen(told=f"it brought no image ({answer.message})")
    if not isinstance(answer, Completed):
        return Seen(told="it has no image yet")
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  # a moment; nothing else runs in this loop
    path, output = folder / f"{prediction_id}.part", answer.outputs[0]
    try:
        with path.open("wb") as file:
            if isinstance(output, Inline):
                file.write(output.data)
            else:
                await client.download(output.url, file.write)
        facts = check(path)
        return Seen(path=path.replace(folder / (prediction_id + EXTENSIONS[facts.media_type])), facts=facts)
    except (DownloadFailed, DownloadForbidden, ImageInvalid) as error:
        return Seen(told=f"its image can't be looked at ({error})")
    finally:
        path.unlink(missing_ok=True)
