"""Footage and stills: a stretch of a file, made into a clip of the film's size and rate here, for nothing."""

from __future__ import annotations

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask
from storyboard.media.jobs import ConformJob

CAPABILITIES = Capabilities(
    name="footage",
    local=True,
    source="file",
    start_frame=False,
    audio=True,
    any_fps=True,
    pace=0.5,
)


class FootageProvider:
    """The maker of clips of files. See `storyboard.providers.Local`."""

    capabilities = CAPABILITIES

    def draw(self, ask: Ask, target: str) -> ConformJob:
        """The job that conforms the shot's file to `target`. Raises ValueError for a shot without one."""
        shot = ask.shot
        if shot.footage is None:
            raise ValueError(f"shot {shot.id} shows no file")
        still = shot.footage.file.kind == "image"
        return ConformJob(
            path=shot.footage.file.path,
            first=str(shot.in_),
            seconds=str(ask.duration),
            speed=str(shot.speed),
            width_px=ask.width_px,
            height_px=ask.height_px,
            fps=str(ask.fps),
            fit=ask.fit,
            move=shot.move if still else None,
            audio=ask.audio,
            target=target,
        )


PROVIDER = FootageProvider()
