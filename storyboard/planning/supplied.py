"""What is given beside a prompt, and how the prompt names it.

Laws. A file is given once a shot; it is counted among those of its kind, from 1, in the order in which it is given. A
prompt calls nothing supplied that is not given: what stays home, or what the provider does not take, goes by its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from storyboard.assets import Asset, Kind, Look, Reference
from storyboard.capabilities import Capabilities
from storyboard.film import Shot
from storyboard.language.text.citing import uncite

PURPOSES: Mapping[str, str] = {
    "identity": "the likeness",
    "look": "the clothes and appearance",
    "style": "the visual style",
    "composition": "the composition",
    "camera": "the camera movement",
    "tempo": "the tempo",
}
"""What a file of each role is there for."""


def given(shot: Shot) -> list[tuple[Asset, tuple[Reference, ...]]]:
    """Everything in the shot that has files, with them, in the order in which a prompt speaks of it."""
    found = [(one.asset, one.asset.worn(one.look)) for one in shot.cast]
    found += [(prop, prop.references) for prop in shot.props]
    around = tuple(asset for asset in (shot.location, shot.style) if asset)
    found += [(asset, asset.worn(look)) for asset, look in shot.cites if asset not in around]
    found += [(asset, asset.references) for asset in around]
    return [(asset, files) for asset, files in found if files]


def stays_home(shot: Shot, capabilities: Capabilities) -> tuple[Asset, ...]:
    """The assets whose files are not given, because the shot's frames exclude them, or because so few would mean
    something else to the provider; their words travel.
    """
    if not shot.generated:
        return ()
    excluded = shot.framed and capabilities.frames_exclude_references
    files = {one.path for _, some in given(shot) for one in some}
    too_few = len(files) + shot.follows < capabilities.references_from
    return tuple({asset.key: asset for asset, _ in given(shot)}.values()) if excluded or too_few else ()


def references(shot: Shot, capabilities: Capabilities) -> tuple[Reference, ...]:
    """The files that are given beside the prompt, each once."""
    if not shot.generated or capabilities.references == 0 or stays_home(shot, capabilities):
        return ()
    return tuple({one.path: one for _, files in given(shot) for one in files}.values())


def together(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


class Supplied(Struct):
    """The files given with one shot. `told` are those of which the prompt has said what they are for."""

    capabilities: Capabilities
    files: tuple[Reference, ...]
    told: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, shot: Shot, capabilities: Capabilities) -> Supplied:
        """What is given with that shot to a provider."""
        return cls(capabilities, references(shot, capabilities))

    def label(self, file: Reference) -> str | None:
        """How the prompt names a file: `supplied image 2`; None where it is not given."""
        kinds: dict[Kind, int] = {}
        for one in self.files:
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
            if one.path == file.path:
                return self._label(one.kind, kinds[one.kind])
        return None

    def next(self, kind: Kind) -> str:
        """How the prompt names what another shot hands on beside the references: the last one of its kind."""
        return self._label(kind, sum(one.kind == kind for one in self.files) + 1)

    def _label(self, kind: Kind, n: int) -> str:
        return self.capabilities.citation.format(kind=kind, n=n)

    def cited(self, name: str, files: Sequence[Reference]) -> str:
        """A name with the files that show it: `Mira (supplied image 1)`."""
        labels = [label for one in files if (label := self.label(one))]
        return f"{name} ({together(labels)})" if labels else name

    def purposes(self, files: Sequence[Reference], usual: str | None = None) -> Iterator[str]:
        """A sentence for each file that is for something or not for something, the first time that it is met.

        `usual` is the role of a file that has none.
        """
        for one in files:
            label = self.label(one)
            purpose = _purpose(one, usual)
            if label is None or one.path in self.told:
                continue
            self.told.add(one.path)
            if purpose:
                yield f"Use {label} only for {purpose}{f', not for {one.avoid}' if one.avoid else ''}."
            elif one.avoid:
                yield f"Do not take {one.avoid} from {label}."

    def translated(self, text: str, shot: Shot) -> str:
        """A prompt of the author's own, its citations in the provider's form."""
        cites = {(asset.key, look.key if look else None): (asset, look) for asset, look in shot.cites}

        def name(level: str, key: str, look_key: str | None) -> str:
            asset, look = cites[key, look_key]
            files = asset.worn(look)
            shown = look is None or (look.references and self.label(files[0]) is not None)
            return self.cited(asset.name if shown else called(asset, look), files[:1])

        return uncite(text, name)


def called(asset: Asset, look: Look | None) -> str:
    """The name of an asset, with its look in words where it wears one."""
    return f"{asset.name} ({look.description or look.key})" if look else asset.name


def _purpose(file: Reference, usual: str | None) -> str | None:
    role = PURPOSES.get(file.role or usual or "")
    return f"{role} ({file.controls})" if role and file.controls else role or file.controls
