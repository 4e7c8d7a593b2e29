"""Reference images as pictures of a shot: a place behind the people, or somebody's portrait as the whole frame."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from PIL import Image, ImageOps

from storyboard.media.animatic.reading import Reading
from storyboard.media.animatic.spec import Spec
from storyboard.media.jobs import MediaError

CLOSE = ("MS", "MCU", "CU", "ECU")


class Given(Struct, frozen=True):
    """A reference picture; `whole` where it is all of the shot and nobody is drawn before it."""

    picture: Image.Image
    whole: bool


def read(path: str) -> Image.Image:
    """An image file as RGB, upright. Raises MediaError `image-unreadable`."""
    try:
        with Image.open(path) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        why = getattr(error, "strerror", None) or "it is damaged, or no picture"
        raise MediaError("image-unreadable", f"cannot read the picture {Path(path).name}: {why}") from error


def given(spec: Spec, reading: Reading) -> Given | None:
    """The picture a shot is drawn from: a lone person's in close shots, else the place's; a person's after all where no
    place is told of.
    """
    portrait = next((person.image for person in reading.people if person.image), None)
    place = spec.location.image if spec.location else None
    if portrait and (spec.location is None or (len(reading.people) == 1 and reading.size in CLOSE)):
        return Given(read(portrait), True)
    return Given(read(place), False) if place else None


def filled(of: Given, size: tuple[int, int], zoom: float) -> Image.Image:
    """The picture cropped to fill `size`, `zoom` times closer around a point a little above its middle."""
    wide, high = of.picture.size
    w, h = wide / zoom, high / zoom
    left, top = (wide - w) / 2, (high - h) * 0.42
    return ImageOps.fit(
        of.picture.crop((round(left), round(top), round(left + w), round(top + h))), size, Image.Resampling.LANCZOS,
        centering=(0.5, 0.4),
    )  # fmt: skip
