"""The schema in a real editor's ears: yaml-language-server from npm, spoken to over its protocol.

Needs `node` and `npm` and the registry, so it runs only when asked for: `python -m pytest -m editor`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trio

from storyboard.language.models.schema import schema_text

pytestmark = pytest.mark.editor
SERVER = "yaml-language-server@1"
BOARD = """\
# yaml-language-server: $schema=storyboard.schema.json
storyboard: 1
title: Night Ferry
cast:
  mira: {name: Mira}
scenes:
  - id: 1
    shots:
      - id: 1A
        size: WS
        action: Fog rolls in.
        duraton: 10
      - id: 1B
        action: She turns.
        start: previous
        \x20
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    assert node, "the editor lane needs node and npm"
    assert npm, "the editor lane needs node and npm"
    folder = tmp_path_factory.mktemp("npm")
    subprocess.run([npm, "install", "--silent", "--prefix", str(folder), SERVER], check=True, capture_output=True)
    return [node, str(folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"), "--stdio"]


class Editor:
    """An editor with one document: asks the server, and answers what the server asks."""

    def __init__(self, process: trio.Process, uri: str) -> None:
        self.uri = uri
        self.process = process
        self.answers: dict[int, Any] = {}
        self.diagnostics: list[Mapping[str, Any]] | None = None
        self._changed = trio.Condition()
        self._asked = 0

    async def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        self._asked += 1
        number = self._asked
        await self._send({"id": number, "method": method, "params": params})
        async with self._changed:
            while number not in self.answers:
                await self._changed.wait()
        return self.answers[number]

    async def tell(self, method: str, params: Mapping[str, Any]) -> None:
        await self._send({"method": method, "params": params})

    async def at(self, method: str, marker: str, column: int) -> Any:
        """Ask about a place: the line that holds `marker`, and a column of it, from 0."""
        line = next(number for number, text in enumerate(BOARD.split("\n")) if marker in text)
        place = {"textDocument": {"uri": self.uri}, "position": {"line": line, "character": column}}
        return await self.ask(method, place)

    async def listen(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        buffered = b""
        assert self.process.stdout is not None
        while chunk := await self.process.stdout.receive_some():
            buffered += chunk
            while b"\r\n\r\n" in buffered:
                head, rest = buffered.split(b"\r\n\r\n", 1)
                length = int(head.split(b":")[1].split(b"\r\n")[0])
                if len(rest) < length:
                    break
                await self._take(json.loads(rest[:length]))
                buffered = rest[length:]

    async def _take(self, message: Mapping[str, Any]) -> None:
        async with self._changed:
            if "method" not in message:
                self.answers[message["id"]] = message.get("result")
            elif message["method"] == "textDocument/publishDiagnostics":
                self.diagnostics = message["params"]["diagnostics"]
            self._changed.notify_all()
        if "method" in message and "id" in message:
            await self._send({"id": message["id"], "result": self._setting(message)})

    def _setting(self, message: Mapping[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        settings = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
        return [settings.get(item.get("section"), {}) for item in message["params"]["items"]]

    async def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        await self.process.stdin.send_all(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def seen(self) -> list[Mapping[str, Any]]:
        async with self._changed:
            while not self.diagnostics:
                await self._changed.wait()
        return self.diagnostics


@asynccontextmanager
async def editing(server: list[str], folder: Path) -> AsyncIterator[Editor]:
    (folder / "storyboard.schema.json").write_text(schema_text(), encoding="utf-8")
    path = folder / "night-ferry.yaml"
    path.write_text(BOARD, encoding="utf-8")

    async def started(task_status: trio.TaskStatus[trio.Process]) -> None:
        pipe = subprocess.PIPE
        await trio.run_process(server, stdin=pipe, stdout=pipe, check=False, task_status=task_status)

    async with trio.open_nursery() as nursery:
        process: trio.Process = await nursery.start(started)
        editor = Editor(process, path.as_uri())
        await nursery.start(editor.listen)
        can = {"textDocument": {"hover": {"contentFormat": ["markdown"]}, "completion": {}, "publishDiagnostics": {}}}
        can["workspace"] = {"configuration": {}}
        with trio.fail_after(60):
            root = folder.as_uri()
            await editor.ask("initialize", {"processId": None, "rootUri": root, "capabilities": can})
            await editor.tell("initialized", {})
            document = {"uri": editor.uri, "languageId": "yaml", "version": 1, "text": BOARD}
            await editor.tell("textDocument/didOpen", {"textDocument": document})
            yield editor
        nursery.cancel_scope.cancel()


async def test_the_fields_of_a_shot_are_completed(server: list[str], tmp_path: Path) -> None:
    async with editing(server, tmp_path) as editor:
        found = await editor.at("textDocument/completion", "        \x20", 8)
        offered = {item["label"]: item for item in found["items"]}
        assert {"size", "duration", "transition", "dialogue", "card", "seed"} <= offered.keys()
        assert "action" not in offered, "what is written already is not offered again"
        assert "title" not in offered, "fields of other levels are not offered"
        assert offered["duration"]["documentation"] == "The length asked for."


async def test_a_field_is_explained_under_the_pointer(server: list[str], tmp_path: Path) -> None:
    async with editing(server, tmp_path) as editor:
        said = json.dumps(await editor.at("textDocument/hover", "size: WS", 9), ensure_ascii=False)
        assert "How much" in said
        values = await editor.at("textDocument/completion", "size: WS", 14)
        assert {"WS", "CU", "ECU"} <= {item["label"] for item in values["items"]}


async def test_a_mistake_is_underlined_where_it_stands(server: list[str], tmp_path: Path) -> None:
    async with editing(server, tmp_path) as editor:
        found = await editor.seen()
        line = next(number for number, text in enumerate(BOARD.split("\n")) if "duraton" in text)
        start, end = {"line": line, "character": 8}, {"line": line, "character": 15}
        assert [one["range"] for one in found] == [{"start": start, "end": end}]
        assert "duraton" in found[0]["message"]
