"""A real Chromium, driven through DevTools over a pipe: keys are pressed as a person presses them."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
REBOUND = "--host-resolver-rules='MAP evil.example 127.0.0.1'"  # what its owner's name server would say
DEADLINE = 20.0  # seconds
KEY_CODES = {"Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37}


class Browser:
    """A browser with one tab."""

    def __init__(self, write: Any, read: Any) -> None:
        self._write, self._read = write, read
        self._number = 0
        self._rest = b""
        self._tab = self._session = ""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of DevTools and return its result."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        told = {"id": self._number, "method": method, "params": parameters, **session}
        self._write.write(json.dumps(told).encode() + b"\0")
        self._write.flush()
        while (answer := self._message()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert select.select([self._read], [], [], DEADLINE)[0], "the browser does not answer"
            more = os.read(self._read.fileno(), 1 << 20)
            assert more, "the browser has gone"
            self._rest += more
        told, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(told)
        return message

    def open(self, url: str) -> None:
        """Open an address in a new tab, and wait until its script has run; the tab before is gone with its log."""
        before, self._session = self._tab, ""
        self._tab = self.call("Target.createTarget", url="about:blank")["targetId"]
        if before:
            self.call("Target.closeTarget", targetId=before)
        self._session = self.call("Target.attachToTarget", targetId=self._tab, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, expression: str) -> Any:
        """Return what an expression of the page is."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until an expression is true, and return what it is."""
        return wait_for(
            lambda: self.run(expression), told=lambda: f"{expression}: {self.run('document.body.innerText')}"
        )

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        text = {"text": key} if len(key) == 1 else {}
        code = KEY_CODES.get(key, ord(key[0].upper()))
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def picture(self, path: Path) -> None:
        """Keep what the tab shows as a PNG."""
        import base64

        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def complaints(self) -> list[str]:
        """Return what the browser has logged against the page."""
        self.run("1")  # whatever came before is here now
        return [
            json.dumps(event["params"])
            for event in self.events
            if event.get("method") in {"Log.entryAdded", "Runtime.exceptionThrown"}
            and "favicon" not in json.dumps(event["params"])
        ]


def wait_for(look: Callable[[], Any], *, told: Callable[[], str] = lambda: "") -> Any:
    """Return what a look finds, once it finds something."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"still not there after {DEADLINE} s: {told()}")


@contextlib.contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start a browser with an empty profile."""
    there, write = os.pipe()
    read, back = os.pipe()
    options = " ".join([*OPTIONS, REBOUND, "--remote-debugging-pipe", f"--user-data-dir='{profile}'"])
    shell = f"exec chromium {options} 3<&{there} 4>&{back}"
    process = subprocess.Popen(
        ["/bin/bash", "-c", shell], pass_fds=(there, back), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(there)
    os.close(back)
    with os.fdopen(write, "wb") as out, os.fdopen(read, "rb") as answers:
        try:
            yield Browser(out, answers)
        finally:
            process.kill()
            process.wait(timeout=20)
