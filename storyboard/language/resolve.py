"""Names to assets: who a shot means by `mira.oilskin`, and what stays in a text where an asset was cited.

Every asset that is found here counts as used.
"""

from __future__ import annotations

from collections.abc import Mapping

from storyboard.assets import Asset, Level, Look
from storyboard.diagnostics import Diagnostic
from storyboard.language.assets import LEVEL_WORD
from storyboard.language.drafts import Draft
from storyboard.language.text.citing import citations, has_citation, uncite
from storyboard.language.text.spelling import did_you_mean

Path = tuple[str | int, ...]

FIELD: Mapping[Level, str] = {
    "cast": "cast",
    "locations": "location",
    "props": "props",
    "styles": "style",
    "references": "text, as {{ … }}",
}
"""Where a shot names an asset of each level."""


class Names:
    """The assets of a film as its shots name them. `used` fills as they are found."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets
        self.used: set[str] = set()
        self._cited: dict[tuple[str, str | None], None] = {}
        self.problems: list[Diagnostic] = []

    def cited(self) -> tuple[tuple[Asset, Look | None], ...]:
        """What texts cited since this was last asked for, in order, each once."""
        found = [(self._assets[key], look) for key, look in self._cited if key in self._assets]
        self._cited = {}
        return tuple((asset, asset.looks.get(look) if look else None) for asset, look in found)

    def reference(self, draft: Draft, path: Path, written: str) -> tuple[Asset, Look | None] | None:
        """The asset of whatever level, and the look, that `references` names. A mistake is kept."""
        key = self._spelt(written).partition(".")[0]
        asset = self._assets.get(key)
        if asset is None:
            hint = did_you_mean(key, self._assets) or "declare it under references"
            self.problems.append(draft.at(path, "unknown-asset", f'there is no asset "{key}"', hint))
            return None
        return self.look(draft, path, asset.level, written)

    def asset(self, draft: Draft, path: Path, level: Level, written: str) -> Asset | None:
        """The asset of `level` that `written` names at `path` of a shot. A mistake is kept."""
        found = self.look(draft, path, level, written)
        return found[0] if found else None

    def look(self, draft: Draft, path: Path, level: Level, written: str) -> tuple[Asset, Look | None] | None:
        """The asset and the look that `name` or `name.look` means. A mistake is kept."""
        key, dot, look_key = self._spelt(written).partition(".")
        asset = self._assets.get(key)
        if asset is None:
            here = [known for known, other in self._assets.items() if other.level == level]
            several = [part.strip() for part in written.split(",")]
            if len(several) > 1 and all(part in self._assets for part in several):
                hint: str | None = f"write [{', '.join(several)}]"
            else:
                hint = did_you_mean(key, here) or self._hint(written, level)
            self.problems.append(draft.at(path, "unknown-asset", f'"{key}" is not in {level}', hint))
            return None
        if asset.level != level:
            message = f'"{key}" is {LEVEL_WORD[asset.level]}, not {LEVEL_WORD[level]}'
            self.problems.append(draft.at(path, "wrong-level", message, f"it belongs in {FIELD[asset.level]}"))
            return None
        self.used.add(key)
        if not dot:
            return asset, None
        if level != "cast":
            message = f"looks are for the cast, not for {LEVEL_WORD[level]}"
            self.problems.append(draft.at(path, "wrong-level", message, f"write {key}"))
            return asset, None
        if look_key not in asset.looks:
            hint = did_you_mean(look_key, asset.looks) or f"declare it under {level}.{key}.looks"
            self.problems.append(draft.at(path, "unknown-look", f'"{key}" has no look "{look_key}"', hint))
            return asset, None
        return asset, asset.looks[look_key]

    def text(self, text: str) -> str:
        """A text as people read it: each cited asset by its name."""
        return uncite(text, self._said) if has_citation(text) else text

    def maybe(self, text: str | None) -> str | None:
        """`text` where there is one."""
        return None if text is None else self.text(text)

    def _said(self, level: str, key: str, look_key: str | None) -> str:
        self.used.add(key)
        self._cited[key, look_key] = None
        asset = self._assets.get(key)
        if asset is None:
            return key
        look = asset.looks.get(look_key) if look_key else None
        return f"{asset.name} ({look.description or look.key})" if look else asset.name

    def _spelt(self, written: str) -> str:
        """A name as written, also where an expression cited it."""
        cited = citations(written)
        if not cited:
            return written
        _, key, look = cited[0]
        return f"{key}.{look}" if look else key

    def _hint(self, written: str, level: Level) -> str:
        if "," in written:
            return f"several names make a list: [{written}]"
        if " " in written.strip():
            return f"name a key of {level}, and put these words into its description"
        return f"declare it under {level}"
