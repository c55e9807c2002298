"""The sockets that plugs fit into, with what each promises in prose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from gen4flow.core.calls import Answer, Call, UploadCall
from gen4flow.core.charges import Booking
from gen4flow.core.evidence import Listed
from gen4flow.core.history import Cap, Change, Held, Order, OverCap, Purchase
from gen4flow.core.image import Image
from gen4flow.core.job import Request
from gen4flow.core.prediction import PollAnswer
from gen4flow.core.purchase import SubmitAnswer
from gen4flow.core.uploads import Conversation, ReferenceFile


class Dialect(Protocol):
    """How one provider is spoken to: values in, values out.

    A dialect sends nothing, keeps no key, knows no clock and keeps no state; every method may be called any number of
    times. Readers never raise, whatever the provider answers: what can't be read has a meaning of its own.
    """

    NAME: str
    KEY_VARIABLE: str
    BASE_URL_VARIABLE: str
    DEFAULT_BASE_URL: str

    def submit(self, request: Request, images: Sequence[str] = ()) -> Call:
        """Return the call that buys one image: no null, no unknown field.

        `images` are the addresses of the request's references, in their order.
        """
        ...

    def read_submit(self, answer: Answer) -> SubmitAnswer:
        """Say what the answer to a submit means for money; what is in doubt is `Lost`."""
        ...

    def upload(self, file: ReferenceFile) -> Conversation:
        """Yield the calls that hand a file over, take their answers, and return what came of it.

        Nothing of it is billed: it may be begun anew any number of times.
        """
        ...

    def poll(self, prediction_id: str) -> Call:
        """Return the call that asks for a prediction."""
        ...

    def read_poll(self, answer: Answer, prediction_id: str) -> PollAnswer:
        """Say what a prediction has come to; what is in doubt, or is about another one, is `Running`."""
        ...

    def balance(self) -> Call:
        """Return the call that asks for the account's balance."""
        ...

    def read_balance(self, answer: Answer) -> Decimal | None:
        """Return the balance in US dollars, None where the answer does not say."""
        ...

    def price(self, request: Request) -> Call:
        """Return the call that asks what a request would cost."""
        ...

    def read_price(self, answer: Answer) -> Decimal | None:
        """Return the price in US dollars that would be charged, None where the answer does not say."""
        ...

    def read_denial(self, answer: Answer) -> str | None:
        """Return why the key or the account is refused, None where the answer refuses neither."""
        ...

    def history(self, *, page: int, since: datetime) -> Call:
        """Return the call that asks for one page of accepted predictions, newest first, pages from 1."""
        ...

    def read_history(self, answer: Answer) -> tuple[list[Listed], bool] | None:
        """Return a page's predictions and whether there may be more, None where it can't be read whole."""
        ...

    def billing(self, *, page: int, since: datetime, until: datetime) -> Call:
        """Return the call that asks for one page of bookings, pages from 1."""
        ...

    def read_billing(self, answer: Answer) -> tuple[list[Booking], bool] | None:
        """Return a page's bookings and whether there may be more, None where it can't be read."""
        ...

    def is_emulator(self, answer: Answer) -> bool:
        """Tell whether the answer bears the emulator's mark: what it sells are proofs."""
        ...


class Records(Protocol):
    """The ledger as the engine sees it; whatever a method changed is durable when it returns, but for `together`."""

    def together(self) -> AbstractContextManager[None]:
        """Make what is changed in this block durable at its end, and nothing of it before.

        A method that raises undoes its own changes alone; when the block itself raises, nothing of it is durable.
        """
        ...

    def purchase(self, fingerprint: str) -> Purchase | None:
        """Return the attempt that speaks for a fingerprint."""
        ...

    def intend(self, order: Order, *, run: int, recipe: str, caps: Sequence[Cap]) -> int | OverCap | Held:
        """Make one intent and its reservation durable and return its number, or say why there is none."""
        ...

    def record(self, changes: Iterable[Change]) -> None:
        """Make decided changes durable; raises PredictionTaken where an id is another attempt's."""
        ...

    def upload_of(self, sha256: str, where: str) -> str | None:
        """Return the address of a content that was uploaded to the API at that base URL, while it surely lives."""
        ...

    def uploaded(self, sha256: str, where: str, url: str) -> None:
        """Remember an upload, in place of an earlier one of that content."""
        ...

    def forget_uploads(self, contents: Iterable[str], where: str) -> None:
        """Forget the uploads of these sha256: the next request that needs them uploads anew."""
        ...


class Api(Protocol):
    """The network as the engine sees it: whatever happens to a call is an answer."""

    @property
    def base_url(self) -> str:
        """Return where the API is: what was uploaded there is of no use elsewhere."""
        ...

    async def submit(self, call: Call) -> Answer:
        """Send the one POST of an attempt."""
        ...

    async def ask(self, call: Call) -> Answer:
        """Send a call that buys nothing, once."""
        ...

    async def upload(self, call: UploadCall) -> Answer:
        """Send one call of an upload, once; the key goes to the API alone."""
        ...

    async def download(self, url: str, write: Callable[[bytes], object]) -> None:
        """Write the bytes behind an address; raises DownloadFailed or DownloadForbidden."""
        ...


class Incoming(Protocol):
    """A file that is being received, so many bytes so far: no one sees it before it is kept."""

    size: int

    @property
    def path(self) -> Path:
        """Return where it is received."""
        ...

    def write(self, chunk: bytes) -> object:
        """Append bytes."""
        ...

    def flush(self) -> None:
        """Hand what was written to the system, so that others can read it."""
        ...

    def keep(self) -> str:
        """Make the file durable under its sha256, which is returned; keeping the same bytes again is free."""
        ...

    def discard(self) -> None:
        """Throw the file away; does nothing when it was kept."""
        ...


class Originals(Protocol):
    """The store of originals as the engine sees it."""

    def incoming(self) -> Incoming:
        """Return a new file to receive into."""
        ...

    def has(self, sha256: str, *, bytes: int) -> bool:  # noqa: A002  # a file's size, as everywhere
        """Tell whether an original is there with its full size."""
        ...

    def read(self, sha256: str) -> Iterator[bytes]:
        """Yield an original's bytes; raises OSError, at the end also when they are not what the name says."""
        ...


class Observer(Protocol):
    """Who is told how a run goes; the engine never waits for a person."""

    def submitted(self, key: str) -> None:
        """A prediction was accepted."""
        ...

    def fetched(self, key: str, fingerprint: str, images: Sequence[Image]) -> None:
        """An image is on disk and checked; raises OSError where it can't be delivered."""
        ...

    def lost(self, key: str, message: str) -> None:
        """A submit has no answer."""
        ...

    def failed(self, key: str, message: str) -> None:
        """A job brought no image."""
        ...

    def skipped(self, key: str, message: str) -> None:
        """A job was not tried: an image that it needs did not come. Nothing was bought, and it stays planned."""
        ...

    def note(self, message: str) -> None:
        """Something happened that a person may want to know."""
        ...
