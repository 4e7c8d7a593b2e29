"""The clip store: content-addressed files, each with a sidecar that says where it came from.

Laws. A clip's name is the SHA-256 of its bytes, read again from the disk after they were synced. Then: rename, sync the
folder, write the sidecar, sync. Only then may the journal say `done`. A clip is deleted only by `drop`. A clip whose
record was lost is adopted by its sidecar, if its bytes are still its name and the take still asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from msgspec.structs import asdict

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Clip, ClipId, Frame, TakeId
from storyboard.state.disk import Disk, refusing
from storyboard.state.journal import History, Record, TakeRecord
from storyboard.structs import replace

_CLIP = re.compile(r"([0-9a-f]{64})\.mp4").fullmatch
_SIDECAR = re.compile(r"([0-9a-f]{64})\.json").fullmatch
_PART = re.compile(r"\.part(\.|$)").search
_ADDRESS = re.compile(r"[0-9a-f]{64}").fullmatch
_CLAIMED = {
    "key": str,
    "take": str,
    "provider": str,
    "number": int,
    "rank": int,
    "own": str,
    "ask": str,
    "carried": str,
}
"""What a sidecar must say of a take, and its type, so that the take's record can be made again."""
_NAME_BYTES = 160
"""A file name holds 255 bytes; a take's id may need more, and a token and a suffix follow."""


class ClipStore:
    """The clips and frames of one film. Errors of the disk are Refused `disk-full` or `state-unwritable` (14)."""

    def __init__(self, clips: Path, frames: Path, disk: Disk) -> None:
        self._clips = clips
        self._frames = frames
        self._disk = disk
        self._keeping = Lock()

    def part_path(self, take: TakeId, token: str) -> Path:
        """Where an unfinished clip of the take is written; `token` tells two tries apart."""
        return self._clips / f"{file_stem(take)}.{token}.part"

    def clip_path(self, clip: ClipId) -> Path:
        """Where the clip is, or would be. Raises ValueError for what is no content address."""
        name = f"{clip}.mp4"
        if not _CLIP(name):
            raise ValueError(f"no content address: {clip!r}")
        return self._clips / name

    def holds(self, film: Path) -> bool:
        """Whether a film stands in the folder that holds the clips, and so is ours."""
        return film.absolute().parent == self._clips.absolute().parent

    def pieces(self, film: Path) -> Path:
        """Where the encoded pieces of a film are kept between cuts; films that stand elsewhere share one place."""
        return self._clips.parent / "pieces" / (film.stem if self.holds(film) else "elsewhere")

    def has(self, clip: ClipId) -> bool:
        """Whether a file of that address is there; its bytes are not read."""
        return self._disk.exists(self.clip_path(clip))

    def keep(self, part: Path, clip: Clip, provenance: Mapping[str, Any]) -> Path:
        """Store a verified part under its address, durably, with its sidecar; answers where.

        `provenance` holds JSON data: the fields of the take's record (`key`, `take`, `provider`, `number`, `rank`,
        `own`, `ask`, `carried`) and whatever else is worth knowing. Raises Refused: `clip-changed` where the disk gives
        back other bytes than were verified, `disk-full`, `state-unwritable` (all 14). Takes whose clips are the same to
        the byte may be kept by several threads at once.
        """
        path = self.clip_path(clip.id)
        with self._keeping, refusing(path):
            self._disk.sync(part)
            if self._disk.digest(part) != clip.id:
                raise _changed(part)
            self._disk.rename(part, path)
            self._disk.sync_dir(self._clips)
            others = [origin for origin in self._origins(clip.id) if origin.get("key") != provenance["key"]]
            self._write_sidecar(clip, [*others, provenance])
        return path

    def adopt_orphans(self, history: History, now: float) -> list[Record]:
        """Records for clips that are stored and whole but whose `done` was lost; append them. Hold the lock.

        A clip is adopted for a take that the history does not know, or that still asks for what the clip was made from.
        `now` is wall seconds.
        """
        adopted: list[Record] = []
        with refusing(self._clips):
            for name in self._disk.listing(self._clips):
                match = _SIDECAR(name)
                if match and (clip := self._facts(ClipId(match[1]))):
                    takes = [_adopted(origin, clip, history, now) for origin in self._origins(clip.id)]
                    lost = [take for take in takes if take]
                    if lost and self.has(clip.id) and self._disk.digest(self.clip_path(clip.id)) == clip.id:
                        adopted += [clip, *lost]
        return adopted

    def sweep(self, keep: Collection[Path] = ()) -> list[str]:
        """Remove what dead processes left unfinished, except `keep`; answers the names. Hold the lock."""
        with refusing(self._clips):
            swept = [
                folder / name
                for folder in (self._clips, self._frames)
                for name in self._disk.listing(folder)
                if _PART(name) and folder / name not in keep
            ]
            for path in swept:
                self._disk.remove(path)
        return [path.name for path in swept]

    def parts(self, take: TakeId) -> list[Path]:
        """The unfinished clips of a take that dead processes left. Raises Refused (14)."""
        with refusing(self._clips):
            begins = f"{file_stem(take)}."
            names = [one for one in self._disk.listing(self._clips) if one.startswith(begins) and one.endswith(".part")]
            return [self._clips / one for one in names if "." not in one[len(begins) : -len(".part")]]

    def awaited(self, history: History) -> set[Path]:
        """Unfinished clips of takes that were paid for and not recorded: perhaps all that is left of them."""
        waits = [take for take in history.takes.values() if take.state in ("downloading", "lost")]
        return {path for take in waits for path in self.parts(take.take)}

    def copies(self, clip: Clip, folders: Iterable[Path]) -> Iterator[Path]:
        """Files in the folders that hold the very bytes of a clip, whatever their names. Raises Refused (14)."""
        for folder in folders:
            with refusing(folder):
                paths = [folder / one for one in self._disk.listing(folder)]
                found = [one for one in paths if self._disk.exists(one) and self._disk.size(one) == clip.bytes]
                yield from (one for one in found if self._disk.digest(one) == clip.id)

    def duplicate(self, path: Path, part: Path) -> Path:
        """A copy of a file under the name of an unfinished clip; answers that name. Raises Refused (14)."""
        with refusing(part):
            self._disk.write(part, self._disk.read(path))
        return part

    def set_aside(self, clip: ClipId, folder: Path) -> None:
        """Move what stands under a clip's address, and its sidecar's copy, to a folder. Raises Refused (14)."""
        path, sidecar = self.clip_path(clip), self._sidecar(clip)
        with refusing(path):
            self._disk.make_dir(folder)
            for one in (path, sidecar):
                if self._disk.exists(one):
                    self._disk.write(folder / one.name, self._disk.read(one))
                    self._disk.sync(folder / one.name)
            self._disk.sync_dir(folder)
            self._disk.remove(path)
            self._disk.sync_dir(self._clips)

    def drop(self, clip: ClipId) -> None:
        """Delete a clip and its sidecar, the sidecar first, so that nobody adopts the clip. Raises Refused (14)."""
        with refusing(self._clips):
            self._disk.remove(self._sidecar(clip))
            self._disk.sync_dir(self._clips)
            self._disk.remove(self.clip_path(clip))
            self._disk.sync_dir(self._clips)

    def frame_path(self, clip: ClipId, index: int) -> Path:
        """Where frame `index` of the clip is kept as PNG."""
        return self._frames / f"{self.clip_path(clip).stem}-{index}.png"

    def keep_frame(self, clip: ClipId, index: int, pixels: str) -> Frame:
        """Make the frame that was written at `frame_path` durable; `pixels` is the SHA-256 of its RGB pixels."""
        path = self.frame_path(clip, index)
        with refusing(path):
            self._disk.sync(path)
            self._disk.sync_dir(self._frames)
        return Frame(str(path), pixels)

    def kept(self, clip: ClipId, key: str) -> dict[str, Any]:
        """What the sidecar of a clip says of the take of that key; nothing where it says nothing."""
        return next((origin for origin in self._origins(clip) if origin.get("key") == key), {})

    def _sidecar(self, clip: ClipId) -> Path:
        return self._clips / f"{clip}.json"

    def _write_sidecar(self, clip: Clip, origins: Sequence[Mapping[str, Any]]) -> None:
        facts = asdict(clip) | {"fps": str(clip.fps)}
        text = json.dumps({"clip": facts, "takes": [dict(origin) for origin in origins]}, indent=1)
        path = self._sidecar(clip.id)
        part = path.with_name(path.name + ".part")
        self._disk.write(part, text.encode())
        self._disk.sync(part)
        self._disk.rename(part, path)
        self._disk.sync_dir(self._clips)

    def _read_sidecar(self, clip: ClipId) -> dict[str, Any]:
        """What the sidecar says; nothing where it is missing or damaged, for a sidecar is never the only witness."""
        path = self._sidecar(clip)
        if not self._disk.exists(path):
            return {}
        try:
            said = json.loads(self._disk.read(path))
        except (ValueError, RecursionError):
            return {}
        return said if isinstance(said, dict) else {}

    def _origins(self, clip: ClipId) -> list[dict[str, Any]]:
        said = self._read_sidecar(clip).get("takes")
        return [origin for origin in said if isinstance(origin, dict)] if isinstance(said, list) else []

    def _facts(self, clip: ClipId) -> Clip | None:
        try:
            said = self._read_sidecar(clip)["clip"]
            facts = Clip(**(said | {"fps": Fraction(said["fps"])}))
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            return None
        return facts if facts.id == clip else None


def provenance(take: TakeRecord, attempt: str | None) -> dict[str, Any]:
    """What the sidecar of a take's clip says, from its record; `attempt` is the one that was paid for it."""
    return {name: getattr(take, name) for name in _CLAIMED} | {"attempt": attempt}


def file_stem(name: str) -> str:
    """A take's id or a profile's name as a part of a file name: itself, or cut and marked with a digest where it is too
    long. Raises ValueError for what can be no file name.
    """
    if not name or name in (".", "..") or any(char in "/\\:" or char < " " for char in name):
        raise ValueError(f"no file name: {name!r}")
    encoded = name.encode()
    if len(encoded) <= _NAME_BYTES:
        return name
    return encoded[:_NAME_BYTES].decode("utf-8", "ignore") + "~" + sha256(encoded).hexdigest()[:16]


def _adopted(origin: Mapping[str, Any], clip: Clip, history: History, now: float) -> TakeRecord | None:
    """The take's record with the clip that its sidecar claims for it; None where the take has or wants another."""
    claimed = {name: origin.get(name) for name in _CLAIMED}
    if any(type(value) is not _CLAIMED[name] for name, value in claimed.items()) or not _ADDRESS(str(claimed["key"])):
        return None
    said = TakeRecord(state="done", clip=clip.id, changed=now, **claimed)  # type: ignore[arg-type]  # just looked at
    known = history.takes.get(said.key)
    if known is None:
        return said
    if known.state == "done" or (known.ask, known.carried) != (said.ask, said.carried):
        return None
    return replace(known, state="done", clip=clip.id, changed=now, error_code=None, error_message=None)


def _changed(path: Path) -> Refused:
    message = f"{path.name} was verified, but the disk gave back other bytes"
    return Refused([Diagnostic("clip-changed", message, hint="the disk may be failing")], exit_code=14)
