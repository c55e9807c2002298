"""Bugs of the kind that cost money, planted one at a time into a copy of the package: the tests find every one.

Each says where it is planted and which tests it is meant for; a bug that those do not find fails here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """One text of one file in place of another, and the tests that must fail for it."""

    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


PURCHASE = "gen4flow/core/purchase.py"
SUBMIT = "gen4flow/providers/wavespeed/submit.py"
LEDGER = "gen4flow/ledger/ledger.py"
ENGINE = "tests/engine/test_engine.py"
TABLE = "tests/providers/test_submit_table.py"
REFERENCES = "gen4flow/engine/references.py"
OF_REFERENCES = "tests/engine/test_references.py"

BUGS = {
    "a lost submit counts as planned": Bug(
        file=PURCHASE,
        right="status=Status.UNKNOWN, money=Money.UNKNOWN",
        wrong="status=Status.PLANNED, money=Money.RELEASED",
        tests=(ENGINE, "-k", "comes_to and http_500"),
    ),
    "a lost submit lets its fingerprint go": Bug(
        file=PURCHASE,
        right="status=Status.UNKNOWN, money=Money.UNKNOWN, message",
        wrong="status=Status.UNKNOWN, money=Money.UNKNOWN, holds=False, message",
        tests=("tests/ledger", "-k", "unknown_or_accepted"),
    ),
    "409 is taken for a refusal": Bug(
        file=SUBMIT, right="REFUSES = frozenset({400,", wrong="REFUSES = frozenset({409, 400,", tests=(TABLE,)
    ),
    "a refusal with an id is believed": Bug(
        file=SUBMIT,
        right="if envelope.id is not None:",
        wrong="if envelope.id is not None and answer.status < 400:",
        tests=(TABLE,),
    ),
    "an unreadable 200 is taken for a throttle": Bug(
        file=SUBMIT, right="THROTTLES = frozenset({429})", wrong="THROTTLES = frozenset({429, 200})", tests=(TABLE,)
    ),
    "a cut connection is taken for one that was never made": Bug(
        file="gen4flow/api_client/leased.py",
        right="    httpcore.ProxyError,",
        wrong="    httpcore.RemoteProtocolError,\n    httpcore.ProxyError,",
        tests=(ENGINE, "-k", "comes_to and accept_then_drop"),
    ),
    "the POST leaves before its intent is durable": Bug(
        file="gen4flow/engine/submit.py",
        right="        number = await self._intend(task)\n",
        wrong="        await self._doors.api.submit(self._doors.dialect.submit(task.request))\n"
        "        number = await self._intend(task)\n",
        tests=(ENGINE, "-k", "bought_once"),
    ),
    "a prediction is polled before its id is durable": Bug(
        file="gen4flow/engine/submit.py",
        right="        decision, answer = await self._decided(task, number, answer)\n",
        wrong="        if isinstance(answer, Accepted):\n"
        "            await self._doors.api.ask(self._doors.dialect.poll(answer.prediction_id))\n"
        "        decision, answer = await self._decided(task, number, answer)\n",
        tests=("tests/engine/test_durable_first.py",),
    ),
    "a POST leaves as soon as its intent is handed over": Bug(
        file="gen4flow/engine/journal.py",
        right="                        work.result = work.do()\n",
        wrong="                        work.result = work.do()\n"
        "                        work.told.get_loop().call_soon_threadsafe(work.tell)\n",
        tests=("tests/engine/test_journal.py", "-k", "nobody_goes_on"),
    ),
    "what could not be written counts as written": Bug(
        file="gen4flow/engine/journal.py",
        right="            for work in works:\n                work.error = error\n",
        wrong="            works[0].error = error\n",
        tests=("tests/engine/test_journal.py", "-k", "every_caller"),
    ),
    "a write that is refused takes others with it": Bug(
        file="gen4flow/ledger/transactions.py",
        right='self._database.execute("ROLLBACK TO one")',
        wrong='self._database.execute("ROLLBACK")',
        tests=("tests/engine/test_journal.py", "-k", "undoes_itself"),
    ),
    "a submit whose answer was cut is sent again": Bug(
        file="gen4flow/api_client/leased.py",
        right="        return await self._sent(await self._new(sending.origin), request, sending)\n",
        wrong="        try:\n"
        "            return await self._sent(await self._new(sending.origin), request, sending)\n"
        "        except httpcore.RemoteProtocolError:\n"
        "            return await self._sent(await self._new(sending.origin), request, sending)\n",
        tests=("tests/api_client/test_client.py", "-k", "answer_was_cut"),
    ),
    "a certificate for another name is believed": Bug(
        file="gen4flow/api_client/leased.py",
        right="stream.start_tls(ssl_context(), origin.host, self._connect)",
        wrong="stream.start_tls(ssl._create_unverified_context(), origin.host, self._connect)",
        tests=("tests/api_client/test_tls.py", "-k", "another_name"),
    ),
    "with the extra, a cut connection is taken for one that was never made": Bug(
        file="gen4flow/api_client/parsed.py",
        right='raise Broken("the server hung up before',
        wrong='raise NeverLeft("the server hung up before',
        tests=("tests/api_client/test_client.py", "-k", "answer_was_cut and httptools"),
    ),
    "with the extra, a submit whose answer was cut is sent again": Bug(
        file="gen4flow/api_client/parsed.py",
        right="        return await self._sent(await self._new(sending.origin), request, sending)\n",
        wrong="        try:\n"
        "            return await self._sent(await self._new(sending.origin), request, sending)\n"
        "        except Broken:\n"
        "            return await self._sent(await self._new(sending.origin), request, sending)\n",
        tests=("tests/api_client/test_answers.py", "-k", "no_whole_answer and httptools"),
    ),
    "with the extra, a certificate for another name is believed": Bug(
        file="gen4flow/api_client/parsed.py",
        right="(ssl_context(), origin.host)",
        wrong='(__import__("ssl")._create_unverified_context(), origin.host)',
        tests=("tests/api_client/test_tls.py", "-k", "another_name and httptools"),
    ),
    "with the extra, an answer that nobody asked for is taken for the next one": Bug(
        file="gen4flow/api_client/parsed.py",
        right="        return self._whole and self._lasts and",
        wrong="        return self._whole and",
        tests=("tests/api_client/test_connections.py", "-k", "nobody_asked_for and httptools"),
    ),
    "a submit travels on a connection that idled": Bug(
        file="gen4flow/api_client/client.py",
        right="self._sending(call, fresh=True)",
        wrong="self._sending(call)",
        tests=("tests/api_client/test_connections.py", "-k", "new_one"),
    ),
    "the database allows two live purchases": Bug(
        file="gen4flow/ledger/migrations.py",
        right="CREATE UNIQUE INDEX one_purchase",
        wrong="CREATE INDEX one_purchase",
        tests=("tests/ledger", "-k", "forbids"),
    ),
    "one prediction may belong to two attempts": Bug(
        file="gen4flow/ledger/migrations.py",
        right="CREATE UNIQUE INDEX one_prediction",
        wrong="CREATE INDEX one_prediction",
        tests=("tests/ledger", "-k", "one_prediction"),
    ),
    "a cap is looked at without the order": Bug(
        file=LEDGER,
        right="if used + order.price > cap.limit:",
        wrong="if used > cap.limit:",
        tests=("tests/ledger", "-k", "cap"),
    ),
    "what is unknown does not count against a cap": Bug(
        file=LEDGER,
        right="WHERE money <> 'released'\"",
        wrong="WHERE money NOT IN ('released', 'unknown')\"",
        tests=("tests/ledger", "-k", "whatever_it_counts_as"),
    ),
    "a crashed submit is planned again": Bug(
        file="gen4flow/commands/buying.py",
        right="if one.attempt.status is Status.SUBMITTING\n",
        wrong="if one.attempt.status is None\n",
        tests=("tests/outside/test_outside_kills.py", "-k", "booked"),
    ),
    "three lost submits in a row do not stop the run": Bug(
        file="gen4flow/core/pacing.py", right="MAX_LOST = 3", wrong="MAX_LOST = 300", tests=(ENGINE, "-k", "three_lost")
    ),
    "a refused key does not stop the run": Bug(
        file=PURCHASE,
        right="return Decision(attempt=_over(message), effects=(Effect.STOP,))",
        wrong="return Decision(attempt=_failed(attempt, Failure.REFUSED, message))",
        tests=("tests/core/test_purchase.py", "-k", "not TestShop"),
    ),
    "a purchase does not wait for its uploads": Bug(
        file="gen4flow/engine/submit.py",
        right="            images = await self._references.addresses(task)\n",
        wrong="            await self._doors.api.submit(self._doors.dialect.submit(task.request))\n"
        "            images = await self._references.addresses(task)\n",
        tests=(OF_REFERENCES, "-k", "no_submit_leaves"),
    ),
    "a purchase does not wait for the image that it needs": Bug(
        file="gen4flow/engine/order.py",
        right="if one in self._expected or one not in there}",
        wrong="if one not in self._expected and one not in there}",
        tests=(OF_REFERENCES, "-k", "own_portrait"),
    ),
    "every scene gets the first portrait": Bug(
        file=REFERENCES,
        right="sha256 = image.sha256\n",
        wrong="sha256 = self.__dict__.setdefault('_first', image.sha256)\n",
        tests=(OF_REFERENCES, "-k", "own_portrait"),
    ),
    "a content is uploaded once for each job": Bug(
        file=REFERENCES,
        right="            if known is not None:\n",
        wrong="            if known == '':\n",
        tests=(OF_REFERENCES, "-k", "own_portrait"),
    ),
    "jobs that need one content at once each upload it": Bug(
        file=REFERENCES,
        right="async with self._turns[sha256]:",
        wrong="async with asyncio.Lock():",
        tests=(OF_REFERENCES, "-k", "uploaded_once"),
    ),
    "a file that was changed after the plan is sent": Bug(
        file=REFERENCES,
        right="if hashlib.sha256(content).hexdigest() != sha256:",
        wrong="if not hashlib.sha256(content).hexdigest():",
        tests=(OF_REFERENCES, "-k", "has_changed"),
    ),
    "an upload to one API is used for another": Bug(
        file=LEDGER,
        right="SELECT url FROM uploads WHERE place = ? AND",
        wrong="SELECT url FROM uploads WHERE place <> '' || ? AND",
        tests=("tests/ledger/test_uploads.py", "-k", "known_by"),
    ),
    "the storage is shown the key": Bug(
        file="gen4flow/api_client/client.py",
        right='headers=(("Host", url.netloc.decode("ascii")), *call.headers.items()),',
        wrong='headers=(("Host", url.netloc.decode("ascii")), self._headers[1], *call.headers.items()),',
        tests=("tests/api_client/test_uploads.py", "-k", "proves"),
    ),
    "the storage may lie inward": Bug(
        file="gen4flow/api_client/client.py",
        right="                origin = await self._addresses.origin(url)\n",
        wrong="                origin = Origin.of(url)\n",
        tests=("tests/api_client/test_uploads.py", "-k", "loopback_is_no_storage"),
    ),
    "an adopted prediction may be anybody's": Bug(
        file="gen4flow/core/evidence.py",
        right="(Doubt.SHARED, any(",
        wrong="(Doubt.SHARED, False and any(",
        tests=("tests/commands/test_reconcile.py", "-k", "two_lost"),
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str, tmp_path: Path) -> None:
    bug = BUGS[name]
    for part in ("gen4flow", "tests", "schemas", "recipes"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file = tmp_path / bug.file
    source = file.read_text(encoding="utf-8")
    assert source.count(bug.right) == 1, f"{bug.file} has changed: plant the bug anew"
    file.write_text(source.replace(bug.right, bug.wrong), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *bug.tests],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, f"not found by {' '.join(bug.tests)}\n{done.stdout[-2000:]}"
