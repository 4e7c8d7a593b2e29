"""The body of a submission to ark, what is wrong with one, and what a clip costs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storyboard.assets import Kind
from storyboard.emulator import sizes
from storyboard.emulator.gateway import Fetched, Link

PREFIXES = ("doubao-seedance-", "dreamina-seedance-")
SMALL = ("480p", "720p")
SMALL_ONLY = {"2-0-260128": False, "2-0-fast-260128": True, "2-0-mini-260615": True}
"""The models, by the ends of their names, and whether they make 480p and 720p only."""
MOST: Mapping[Kind, int] = {"image": 9, "video": 3, "audio": 3}
SUPPLIED_S = {"video": (2, 15), "audio": (0, 15)}
"""How long a supplied clip or sound is; all of a kind together are as long as one at the most."""
FPS, PIXELS_A_TOKEN = 24, 1024
Url = Annotated[str, Field(min_length=1)]


class Fixed(BaseModel):
    """A part of a body: of these fields and types, and no others."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Where(Fixed):
    """A link."""

    url: Url


class Words(Fixed):
    """The prompt."""

    type: Literal["text"]
    text: str = Field(min_length=1)


class Image(Fixed):
    """A picture; without a role it is the first frame."""

    type: Literal["image_url"]
    image_url: Where
    role: Literal["first_frame", "last_frame", "reference_image"] = "first_frame"


class Video(Fixed):
    """A clip to refer to."""

    type: Literal["video_url"]
    video_url: Where
    role: Literal["reference_video"]


class Audio(Fixed):
    """A sound to refer to."""

    type: Literal["audio_url"]
    audio_url: Where
    role: Literal["reference_audio"]


Item = Annotated[Words | Image | Video | Audio, Field(discriminator="type")]


class Order(Fixed):
    """The body of a submission."""

    model: str = Field(min_length=1)
    content: Annotated[tuple[Item, ...], Field(min_length=1)]
    resolution: Literal["480p", "720p", "1080p", "4k"] = "720p"
    ratio: Literal["16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"] = "adaptive"
    duration: Annotated[int, Field(ge=-1, le=15)] = 5
    generate_audio: bool = True
    watermark: bool = False
    return_last_frame: bool = False
    callback_url: Url = ""
    execution_expires_after: Annotated[int, Field(ge=3600, le=259_200)] = 172_800
    priority: Annotated[int, Field(ge=0, le=9)] = 0
    safety_identifier: Annotated[str, Field(max_length=64)] = ""

    @property
    def _family(self) -> str:
        return next((self.model.removeprefix(one) for one in PREFIXES if self.model.startswith(one)), self.model)

    @property
    def has_model(self) -> bool:
        """Whether there is such a model, or an endpoint of one's own."""
        return self._family in SMALL_ONLY or self.model.startswith("ep-")

    @property
    def prompt(self) -> str:
        """The words."""
        return " ".join(one.text for one in self.content if isinstance(one, Words))

    @property
    def links(self) -> tuple[Link, ...]:
        """The links it carries, each of its own kind; a picture may stand in its link."""
        found: list[Link] = []
        for number, item in enumerate(self.content):
            if not isinstance(item, Words):
                kind: Kind = item.type.removesuffix("_url")  # type: ignore[assignment]  # the types are kind_url
                where: Where = getattr(item, item.type)
                found.append(Link(where.url, f"content[{number}]", kind=kind, inline=kind == "image"))
        return tuple(found)

    def opens_on(self, role: str) -> str:
        """The link of the frame of that role, empty without one."""
        return next((one.image_url.url for one in self.content if isinstance(one, Image) and one.role == role), "")

    def wrong(self) -> str | None:
        """What breaks a rule between fields, None where none is broken."""
        roles = Counter(one.role for one in self.content if not isinstance(one, Words))
        kinds = Counter(link.kind for link in self.links)
        frames = roles["first_frame"] + roles["last_frame"]
        if self.resolution not in SMALL and SMALL_ONLY.get(self._family):
            return f"resolution: {self.resolution} is not supported by {self.model}"
        if -1 < self.duration < 4:
            return "duration: 4 to 15, or -1"
        if sum(isinstance(one, Words) for one in self.content) > 1:
            return "content: one text at the most"
        if frames and frames < roles.total():
            return "content: first/last frame content cannot be mixed with reference media content"
        if roles["first_frame"] > 1 or roles["last_frame"] > roles["first_frame"]:
            return "content: one first frame, and one last frame beside it"
        for kind, many in MOST.items():
            if kinds[kind] > many:
                return f"content: {many} {kind} items at the most"
        return "content: audio needs an image or a video beside it" if set(kinds) == {"audio"} else None

    def too_long(self, found: Mapping[str, Fetched]) -> str | None:
        """What is wrong with the lengths of supplied clips and sounds."""
        for kind, (least, most) in SUPPLIED_S.items():
            lengths = [found[link.url].seconds for link in self.links if link.kind == kind]
            if lengths and not (min(lengths) >= least and sum(lengths) <= most):
                return f"content: {kind} items are {least} to {most} s long, all together at most {most} s"
        return None


def tokens_for(order: Order, seconds: int, shape: str, supplied_s: Fraction) -> int:
    """What a clip costs: its own frames, and those of the clips supplied for it."""
    width_px, height_px = sizes.size(order.resolution, shape)
    frames = FPS * seconds + 1 + math.ceil(FPS * supplied_s)
    return math.ceil(width_px * height_px * frames / PIXELS_A_TOKEN)


def shape_of(order: Order, found: Mapping[str, Fetched]) -> str:
    """The shape of a clip: what is asked for, or what comes nearest to the first picture."""
    if order.ratio != "adaptive":
        return order.ratio
    first = next((one for one in found.values() if one.width_px), None)
    return sizes.nearest(first.width_px, first.height_px) if first else "16:9"


def first_wrong(error: ValidationError) -> str:
    """The first thing that is wrong with a body, in the gateway's words."""
    [first, *_] = error.errors(include_url=False, include_input=False)
    where = ".".join(map(str, first["loc"])) or "body"
    return f"{where}: {'not supported' if first['type'] == 'extra_forbidden' else first['msg']}"
