"""A client of yaml-language-server, as small as an editor can be: JSON-RPC in framed messages over stdin and stdout."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import IO, Any, TypeAlias

Message: TypeAlias = dict[str, Any]

CURSOR = "¦"  # where the cursor is in a text
SECONDS = 30  # that an answer may take; it takes a tenth of one
_SETTINGS: Mapping[str, Any] = {
    "yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}
}
_CAN = {
    "workspace": {"configuration": True},
    "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
}


@contextmanager
def language_server(program: Sequence[str | Path], folder: Path) -> Iterator[LanguageServer]:
    """Run the server over a folder as its workspace, and end it."""
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        server = LanguageServer(process.stdin, process.stdout, folder)
        try:
            server.greet()
            yield server
        finally:
            process.kill()
            server.reader.join(SECONDS)  # it must not read any more when its end is closed


class LanguageServer:
    """A running server, asked about texts that need not be on disk; each opens as a document of its own."""

    def __init__(self, to: IO[bytes], back: IO[bytes], folder: Path) -> None:
        self._to = to
        self._folder = folder
        self._answers: Queue[Message | None] = Queue()
        self._number = 0
        self._diagnostics: dict[str, list[Message]] = {}
        self.reader = threading.Thread(target=_read, args=(back, self._answers), daemon=True)
        self.reader.start()

    def greet(self) -> None:
        """Say what this client can do, and where its files are."""
        self._ask("initialize", processId=None, rootUri=self._folder.as_uri(), capabilities=_CAN)
        self._tell("initialized")

    def diagnostics(self, *documents: tuple[Path, str]) -> list[list[Message]]:
        """Return what is wrong with texts, each as if it were the file of that path."""
        opened = [self._open(path, text) for path, text in documents]
        while not self._diagnostics.keys() >= set(opened):
            self._take()
        return [self._diagnostics[uri] for uri in opened]

    def completions(self, path: Path, text: str) -> list[Message]:
        """Return what is offered at the cursor of a text."""
        offered: Any = self._at_cursor("textDocument/completion", path, text)
        return list(offered["items"] if isinstance(offered, dict) else offered or ())

    def hover(self, path: Path, text: str) -> str:
        """Return what is shown at the cursor of a text, without the escapes of Markdown; empty for nothing."""
        shown: Any = self._at_cursor("textDocument/hover", path, text)
        return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", shown["contents"]["value"]) if shown else ""

    def _at_cursor(self, method: str, path: Path, text: str) -> object:
        before, _, after = text.partition(CURSOR)
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        return self._ask(method, textDocument={"uri": self._open(path, before + after)}, position=position)

    def _open(self, path: Path, text: str) -> str:
        """Open a text as a file of a new name beside that path, and return its address."""
        self._number += 1
        uri = path.with_name(f"{path.stem}-{self._number}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", textDocument=document)
        return uri

    def _ask(self, method: str, **params: object) -> object:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        while True:
            answer = self._take()
            if answer.get("id") == number and "method" not in answer:
                assert "error" not in answer, answer
                return answer["result"]

    def _tell(self, method: str, **params: object) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._to.flush()

    def _take(self) -> Message:
        """Return the server's next message; what it asks itself is answered here."""
        message = self._answers.get(timeout=SECONDS)
        assert message is not None, "the language server has ended"
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = [_SETTINGS.get(item["section"]) for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": wanted})
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message


def _read(back: IO[bytes], answers: Queue[Message | None]) -> None:
    """Put every message of the server into a queue, and None once it has ended."""
    while headers := list(iter(lambda: back.readline().strip(), b"")):
        sizes = [int(header.partition(b":")[2]) for header in headers if header.lower().startswith(b"content-length")]
        answers.put(json.loads(back.read(sizes[0])))
    answers.put(None)
