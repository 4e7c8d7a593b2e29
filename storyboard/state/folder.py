"""`NAME.storyboard/`: what a film keeps beside its storyboard, and under which names.

Laws. Nothing is created before `create`, so commands that only look leave no trace. Folders have mode 0700 and hide
from git. Whatever leads out of the production's folder through a symbolic link is refused (exit code 14), for a
storyboard may come from a stranger. Names that people read are links to content-addressed files.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import ClipId, TakeId
from storyboard.state.clips import ClipStore, file_stem
from storyboard.state.disk import Disk, LocalDisk, refusing
from storyboard.state.mounts import check_local


class Folder(Struct, frozen=True):
    """The places of one film. `root` is `NAME.storyboard`; `state` holds `state.db` and `lock`, usually `root` too.

    Films of other profiles and variants have a `name`, a film and takes of their own, and share everything else.
    """

    root: Path
    state: Path
    name: str | None = None

    @classmethod
    def of(cls, storyboard: Path, state: Path | None = None, name: str | None = None) -> Folder:
        """The folder of a storyboard file; `state` is the local disk of `--state DIR`. Both become absolute.

        Raises Refused `output-outside` (exit code 14) when the folder or a part of it is a link that leads outward,
        `state-of-another-film` (13) when `state` holds one; ValueError for a name that is no file name.
        """
        root = storyboard.absolute().with_suffix(".storyboard")
        folder = cls(root, state.absolute() if state else root, name)
        for path in (
            root,
            folder.clips,
            folder.takes,
            folder.frames,
            folder.inbox,
            folder.aside,
            folder.pictures,
            folder.pieces,
            folder.film(),
            folder.film(".mov"),
        ):
            check_output(path, root.parent)
        folder._check_owner()
        return folder

    @property
    def _owner(self) -> Path:
        """A state apart from its film says here whose it is."""
        return self.state / "film"

    def _check_owner(self) -> None:
        with refusing(self._owner):
            apart = self.state != self.root and self._owner.is_file()
            owner = self._owner.read_text(encoding="utf-8") if apart else None
        if owner is not None and owner != str(self.root):
            message = f"{self.state} holds the state of another film, {owner}"
            raise Refused([Diagnostic("state-of-another-film", message, hint="--state DIR takes a folder a film")], 13)

    @property
    def database(self) -> Path:
        """The journal's file."""
        return self.state / "state.db"

    @property
    def files(self) -> Path:
        """The memo of digests and measures of the files that the film names."""
        return self.state / "files.json"

    @property
    def checks(self) -> Path:
        """The memo of what clips and joins were found to be like."""
        return self.state / "checks.json"

    @property
    def answer(self) -> Path:
        """The memo of what `plan` said last."""
        return self.state / "plan.json"

    @property
    def ran(self) -> Path:
        """The memo of what `render` said last, where it had nothing to do."""
        return self.state / "run.json"

    @property
    def forecast(self) -> Path:
        """The memo of what was foretold of the film's last run."""
        return self.root / (f"forecast-{file_stem(self.name)}.json" if self.name else "forecast.json")

    @property
    def rescue(self) -> Path:
        """The reserve that takes a job's name when the journal cannot."""
        return self.state / "rescue"

    @property
    def lock(self) -> Path:
        """The lock's file."""
        return self.state / "lock"

    @property
    def inbox(self) -> Path:
        """Where others leave messages."""
        return self.root / "inbox"

    @property
    def clips(self) -> Path:
        """Content-addressed clips, their sidecars and unfinished parts."""
        return self.root / "clips"

    @property
    def takes(self) -> Path:
        """Links to clips by take."""
        return self.root / "takes" / file_stem(self.name) if self.name else self.root / "takes"

    @property
    def frames(self) -> Path:
        """Extracted frames."""
        return self.root / "frames"

    @property
    def aside(self) -> Path:
        """What `repair` replaced: a folder each time."""
        return self.root / "damaged"

    @property
    def pictures(self) -> Path:
        """Small pictures of frames, for people."""
        return self.root / "pictures"

    @property
    def pieces(self) -> Path:
        """The encoded pieces of films, a folder each."""
        return self.root / "pieces"

    def picture(self, clip: ClipId, frame: int) -> Path:
        """A small picture of a frame."""
        return self.pictures / f"{clip}-{frame}.jpeg"

    def film(self, suffix: str = ".mp4") -> Path:
        """The cut film, which ends as its codec says (`Delivery.suffix`)."""
        return self.root / (f"film-{file_stem(self.name)}{suffix}" if self.name else f"film{suffix}")

    def draft(self) -> Path:
        """The film joined in a hurry."""
        return self.film().with_name(self.film().name.replace("film", "draft", 1))

    def store(self, disk: Disk) -> ClipStore:
        """The clip store of this film on `disk`."""
        return ClipStore(self.clips, self.frames, disk)

    def create(self) -> None:
        """Make what is missing. Call it only to write.

        Raises Refused: `network-filesystem` where the state cannot be safe, `state-unwritable`, `disk-full` (14).
        """
        check_local(self.state)
        disk = LocalDisk()
        for path in (self.root, self.clips, self.takes, self.frames, self.inbox, self.state):
            with refusing(path):
                disk.make_dir(path)
        if self.state != self.root:
            with refusing(self._owner):
                disk.write(self._owner, str(self.root).encode())
        ignore = self.root / ".gitignore"
        with refusing(ignore):
            if not disk.exists(ignore):
                disk.write(ignore, b"*\n")

    def link_take(self, take: TakeId, clip: ClipId) -> Path:
        """Let `takes/1A-2.mp4` be the clip, replacing what it was before; answers the link.

        A relative symbolic link where the platform has them, else a hard link, else a copy. Raises Refused (14);
        ValueError for a name that is no file name.
        """
        link = self.takes / f"{file_stem(take)}.mp4"
        target = self.clips / f"{clip}.mp4"
        part = self.takes / f"{file_stem(take)}.part"
        with refusing(link):
            LocalDisk().make_dir(self.takes)
            part.unlink(missing_ok=True)
            if not _linked_to(link, target):
                _link(part, target)
                part.replace(link)
        return link

    def named_clip(self, take: TakeId, clip: ClipId) -> Path:
        """Where a clip is for people: `takes/1A-2.mp4` where that is it, else its file in `clips/`."""
        link, target = self.takes / f"{file_stem(take)}.mp4", self.clips / f"{clip}.mp4"
        return link if _linked_to(link, target) else target


def check_output(path: Path, within: Path) -> None:
    """Refuse a path that a symbolic link leads out of `within`. Raises Refused `output-outside` (exit code 14)."""
    # realpath, because Path.resolve raises RuntimeError for a link to itself before Python 3.13.
    real = Path(os.path.realpath(path))
    if path.is_symlink() and not real.is_relative_to(os.path.realpath(within)):
        message = f"{path} is a link that leads out of {within}, to {real}"
        hint = "remove the link; --state DIR moves the state"
        raise Refused([Diagnostic("output-outside", message, hint=hint)], exit_code=14)


def _linked_to(link: Path, target: Path) -> bool:
    try:
        return link.samefile(target)
    except OSError:
        return False


def _link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(os.path.relpath(target, link.parent))
    except OSError:
        try:
            link.hardlink_to(target)
        except OSError:
            shutil.copyfile(target, link)
