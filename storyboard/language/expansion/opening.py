"""The texts of a storyboard before anything is read in them: the files together, profiles laid, variants named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused, Related, in_file_order
from storyboard.language.expansion.include import included
from storyboard.language.expansion.profiles import Profiled, checked, laid
from storyboard.language.expansion.variants import Variant, Variants, chosen
from storyboard.language.text.files import Folder
from storyboard.language.text.source import read
from storyboard.language.text.tree import Map, plain
from storyboard.structs import replace


class Opened(Struct):
    """A storyboard with its included files read, its profiles laid over it and its variants named."""

    path: Path
    folder: Folder
    profiled: Profiled
    texts: dict[str, str]
    included: tuple[str, ...]
    films: dict[str, Variant]
    problems: list[Diagnostic]

    def variant(self, name: str | None) -> Variant | None:
        """The variant of that name; None where there are none. Raises Refused."""
        return chosen(self.films, name)


def opening(path: Path, profiles: Sequence[str], allow: Sequence[Path], shown: str | None) -> Opened:
    """Read the files of a storyboard. Raises Refused where reading on would say nothing true."""
    source = read(path, shown)
    folder = Folder(path.absolute().parent.resolve(), allow)
    inclusion = included(source, path, folder)
    texts = inclusion.texts
    rows = Variants(inclusion.root, folder)
    try:
        profiled = laid(inclusion.root, profiles)
        tree = profiled.root.get("vars")
        films = rows.all(plain(tree) if isinstance(tree, Map) else {})
    except Refused as refused:
        raise Refused(refused.diagnostics, texts={**texts, **rows.texts, **refused.texts}) from None
    problems = [*source.problems, *inclusion.problems, *checked(inclusion.root), *rows.problems]
    beside = (*map(str, inclusion.paths[1:]), *rows.paths)
    if any(one.severity == "error" for one in rows.problems):
        raise Refused(in_file_order(once(problems)), texts={**texts, **rows.texts})
    return Opened(path.absolute(), folder, profiled, {**texts, **rows.texts}, beside, films, problems)


def once(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each mistake once, with the first shot that has it: a template is met again in each of its shots."""
    seen: dict[tuple[Any, ...], dict[tuple[Related, ...], Diagnostic]] = {}
    for one in found:
        seen.setdefault((one.code, one.span or one.message), {}).setdefault(one.related, one)
    return [_with_others(*same.values()) for same in seen.values()]


def _with_others(first: Diagnostic, *others: Diagnostic) -> Diagnostic:
    if not others or not first.related:
        return first
    return replace(first, related=(*first.related, Related(f"and {len(others):,} more")))
