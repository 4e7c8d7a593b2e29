"""Draws what the tasks are to show: by the animatic, in media workers, as the provider of that name does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

from storyboard.emulator.gateway import Drawn, Shoot
from storyboard.media.animatic.spec import Spec
from storyboard.media.jobs import CardJob, DrawJob, Executor, FrameJob, JoinJob, MediaError
from storyboard.media.reel import Reel, Segment

FPS = Fraction(24)
ENDING_FRAMES = 24
"""How long a clip takes to go over into its closing picture, or into black."""


class Studio:
    """Draws into `folder`."""

    def __init__(self, executor: Executor, folder: Path, last_frame: Literal["png", "jpeg"]) -> None:
        self._executor, self._folder, self._last_frame = executor, folder, last_frame

    async def draw(self, shoot: Shoot) -> Drawn | str:
        """The clip and its last frame, or why there are none."""
        clip = self._folder / f"{shoot.task}.mp4"
        frame = self._folder / f"{shoot.task}.{self._last_frame}"
        try:
            await self._executor.run(DrawJob(specify(shoot).to_json(), str(clip)))
            if shoot.end is not None or shoot.fades_to_black:
                clip = await self._ended(shoot, clip)
            await self._executor.run(FrameJob(str(clip), None, str(frame)))
        except MediaError as error:
            return f"{error.code}: {error.message}"
        return Drawn(clip.name, frame.name)

    async def _ended(self, shoot: Shoot, clip: Path) -> Path:
        """The clip with another end: it dissolves into the closing picture, or fades to black. As long as before."""
        frames = specify(shoot).frames
        segments = [Segment(str(clip), 0, frames, fade_out=ENDING_FRAMES)]
        if shoot.end is not None and not shoot.fades_to_black:
            still = await self._still(shoot, shoot.end)
            closing = Segment(str(still), 0, ENDING_FRAMES + 1, mute=True, transition="dissolve", overlap=ENDING_FRAMES)
            segments = [Segment(str(clip), 0, frames - 1, tail=1), closing]
        reel = Reel(shoot.width_px, shoot.height_px, FPS, shoot.audio, tuple(segments))
        target = clip.with_name(f"{shoot.task}-ended.mp4")
        await self._executor.run(JoinJob(reel.to_json(), str(target)))
        return target

    async def _still(self, shoot: Shoot, picture: str) -> Path:
        """A picture as a clip, just long enough to end on."""
        target = self._folder / f"{shoot.task}-still.mp4"
        seconds = str(Fraction(ENDING_FRAMES) / FPS)
        size = (shoot.width_px, shoot.height_px)
        await self._executor.run(
            CardJob(None, "#000000", picture, seconds, *size, str(FPS), "crop", shoot.audio, str(target))
        )
        return target


def specify(shoot: Shoot) -> Spec:
    """What the animatic draws: the prompt's picture, the task's slate, numbered frames; 24·d + 1 of them."""
    return Spec(
        slate=shoot.task,
        duration=str(shoot.seconds),
        width_px=shoot.width_px,
        height_px=shoot.height_px,
        fps=str(FPS),
        seed=shoot.seed,
        audio=shoot.audio,
        prompt=shoot.prompt,
        start=shoot.start,
        numbered=True,
    )
