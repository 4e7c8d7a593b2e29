"""Pictures of clips for the pages: made once, small, and kept beside the clips. They may be deleted at any time."""

from __future__ import annotations

from pathlib import Path

import trio

from storyboard.film import ClipId
from storyboard.media.jobs import Executor, FrameJob
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.folder import Folder

WIDTH_PX = 960


class Pictures:
    """The pictures of one film, made by `executor`."""

    def __init__(self, folder: Folder, executor: Executor) -> None:
        self._folder = folder
        self._store: ClipStore = folder.store(LocalDisk())
        self._executor = executor
        self._making: dict[Path, trio.Event] = {}

    async def find(self, clip: ClipId, frame: int) -> Path:
        """The file of a picture, made where it is not there. Raises MediaError, Refused (14)."""
        path = self._folder.picture(clip, frame)
        while path in self._making:
            await self._making[path].wait()
        if path.exists():
            return path
        self._making[path] = trio.Event()
        try:
            LocalDisk().make_dir(path.parent)
            await self._executor.run(FrameJob(str(self._store.clip_path(clip)), frame, str(path), WIDTH_PX))
        finally:
            self._making.pop(path).set()
        return path
