"""Draws what the tasks are to show: by the animatic, in media workers, as the provider of that name does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

from storyboard.emulator.gateway import Drawn, Shoot
from storyboard.media.animatic.spec import Spec
from storyboard.media.jobs import DrawJob, Executor, FrameJob, JoinJob, MediaError
from storyboard.media.reel import Reel, Segment

FPS = Fraction(24)
FADE_FRAMES = 24
"""How long a clip that fades to black takes for it."""


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
            if shoot.fades_to_black:
                clip = await self._faded(shoot, clip)
            await self._executor.run(FrameJob(str(clip), None, str(frame)))
        except MediaError as error:
            return f"{error.code}: {error.message}"
        return Drawn(clip.name, frame.name)

    async def _faded(self, shoot: Shoot, clip: Path) -> Path:
        frames = specify(shoot).frames
        segment = Segment(str(clip), 0, frames, fade_out=FADE_FRAMES)
        reel = Reel(shoot.width_px, shoot.height_px, FPS, shoot.audio, (segment,))
        target = clip.with_name(f"{shoot.task}-faded.mp4")
        await self._executor.run(JoinJob(reel.to_json(), str(target)))
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
