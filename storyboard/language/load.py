"""The door of the language: a file becomes a film, or every mistake in it is said at once.

The way: text → tree → vars → expressions → layers (film under scene under shot) → ids → models → film → cross checks.
Each step works with what the one before could save, so that one typo hides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.collecting import no_cyclic_collection
from storyboard.diagnostics import Diagnostic, Refused, in_file_order
from storyboard.film import Budget, Film, Scene
from storyboard.language import check, clock, document, letters, prompt_template, written
from storyboard.language.assets import Assets
from storyboard.language.carrying import cut_back
from storyboard.language.decisions import Decisions
from storyboard.language.drafting import Drafting
from storyboard.language.edges import Edges
from storyboard.language.expansion.layers import unset
from storyboard.language.expansion.loops import MOST_SHOTS
from storyboard.language.expansion.opening import Opened, once, opening
from storyboard.language.expansion.templates import shapeless
from storyboard.language.expansion.variants import Variant
from storyboard.language.models.film_model import Storyboard
from storyboard.language.models.mistakes import validated
from storyboard.language.models.shot_model import Defaults
from storyboard.language.resolve import Names
from storyboard.language.screens import Screens
from storyboard.language.shots import Shots
from storyboard.language.sounds import Sounds
from storyboard.language.sources import Measure, Sources, in_worker
from storyboard.language.subtitles import SubtitleReader
from storyboard.language.text import names
from storyboard.language.text.lookalikes import clarified, cut_short
from storyboard.language.text.reading import Reading
from storyboard.language.text.spelling import did_you_mean, nearest
from storyboard.language.text.tree import Map, Seq, at
from storyboard.language.values.scope import Evaluation, clashes, variables
from storyboard.structs import replace


class Loaded(Struct, frozen=True):
    """A storyboard that was read: the film, the warnings, and each file's text for drawing them. `profiles` are the
    names of those that it has.
    """

    film: Film
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    profiles: tuple[str, ...] = ()


def load(
    path: Path,
    *,
    capabilities: Mapping[str, Capabilities],
    settings: Mapping[str, Any] | None = None,
    profiles: Sequence[str] = (),
    variant: str | None = None,
    allow: Sequence[Path] = (),
    shown: str | None = None,
    measure: Measure = in_worker,
) -> Loaded:
    """Read a storyboard into a film.

    `capabilities` are the providers' by name; `settings` are values over the file's vars, declared names only;
    `profiles` are laid over it from left to right, and their circles count; `variant` names the row of a storyboard
    with variants; `allow` are folders beside the production's own that files may stand in; `shown` is the file's name
    for people; `measure` tells how long footage is.
    Raises Refused with every mistake, in file order, and the texts to draw them on.
    """
    texts: dict[str, str] = {}
    with no_cyclic_collection():
        try:
            opened = opening(path, profiles, allow, shown)
            texts = opened.texts
            stage = _Stage(opened, capabilities, measure, profiles)
            film = stage.film(settings or {}, opened.variant(variant))
        except Refused as refused:
            there = {**texts, **refused.texts}
            raise Refused(clarified(refused.diagnostics, there), texts=there) from None
    found = in_file_order(once(stage.problems))
    if any(one.severity == "error" for one in found):
        raise Refused(clarified(found, texts), texts=texts)
    profiled = opened.profiled.root.get("profiles")
    return Loaded(film, tuple(found), texts, tuple(profiled) if isinstance(profiled, Map) else ())


def variants(
    path: Path, *, profiles: Sequence[str] = (), allow: Sequence[Path] = (), shown: str | None = None
) -> tuple[str, ...]:
    """The names of the films that a storyboard makes, in the order of its rows; none where it has no variants.

    Raises Refused where it, its included files or its rows cannot be read.
    """
    with no_cyclic_collection():
        opened = opening(path, profiles, allow, shown)
        return tuple(one.name for one in opened.films.values())


class _Stage:
    """One reading of one film. `problems` collects what every step finds."""

    def __init__(
        self, opened: Opened, capabilities: Mapping[str, Capabilities], measure: Measure, profiles: Sequence[str]
    ) -> None:
        self._opened = opened
        self._root = opened.profiled.root
        self._profiles = profiles
        self._path = opened.path
        self._capabilities = capabilities
        self._measure = measure
        self._folder = opened.folder
        self.problems: list[Diagnostic] = list(opened.problems)

    def film(self, settings: Mapping[str, Any], variant: Variant | None) -> Film:
        """The film, as far as it can be read. Raises Refused where reading on would say nothing true."""
        values, problems = variables(self._root, settings, variant.values if variant else {})
        self.problems += [*problems, *clashes(self._root), *_shape_of_document(self._root), *shapeless(self._root)]
        evaluation = Evaluation(values)
        root, facts = document.evaluated(self._root, evaluation, names.title(self._path.stem.replace("-", " ")))
        storyboard, reading = self._document(root, failed=bool(evaluation.problems))
        files = Assets(root, self._folder, self._measure)
        assets = files.all(storyboard)
        words = Names(assets)
        drafting = Drafting(evaluation, reading, self._opened.profiled)
        scenes = drafting.settings(root)
        document.furnish(scenes, storyboard, words)
        drafts = drafting.drafts(root, scenes)
        edges = Edges(drafts, document.chains(root, storyboard, scenes), words, files)
        delivery = document.delivery(storyboard)
        sources, screens = Sources(delivery, files, self._measure), Screens(drafts, words)
        decisions = Decisions(storyboard.decisions, root, drafts, self._profiles)
        template, problems = prompt_template.read(root)
        self.problems += problems
        close = words.maybe(storyboard.constraints)
        shots = Shots(delivery, self._capabilities, words, edges, sources, screens, decisions, close, template)
        ends = Sounds(root, delivery, files, (), self._measure).ends(storyboard.sound)
        pairs, missed = clock.paced(cut_back(shots.shots(drafts)), root, delivery.fps, ends)
        self.problems += [*clock.of_sounds(root), *missed]
        sounds = Sounds(root, delivery, files, [shot for _, shot in pairs], self._measure)
        sound = sounds.all(storyboard.sound)
        reader = SubtitleReader(root, self._folder, self._opened.texts)
        subtitles = reader.subtitles(storyboard.subtitles)
        for step in (reader, evaluation, drafting, files, words, edges, sources, screens, decisions, shots, sounds):
            self.problems += step.problems
        if drafting.incomplete:
            self.problems = [one for one in self.problems if one.code != "unknown-shot"]
        self.problems += check.whole(pairs, self._capabilities, delivery, root)
        if not any(one.severity == "error" for one in self.problems):
            self.problems += check.unused(assets, words.used, root)
            self.problems += cut_short(root)
            self.problems += written.lettered(pairs)
            self.problems += letters.unset(pairs, self._capabilities, burnt=subtitles is not None and subtitles.burn)
        return Film(
            path=str(self._path),
            title=facts["film"]["title"],
            delivery=delivery,
            shots=tuple(shot for _, shot in pairs),
            scenes=tuple(Scene(one.id, one.place, one.slug, one.note) for one in scenes),
            assets=assets,
            budget=self._budget(root, storyboard),
            note=storyboard.note,
            sound=sound,
            included=self._opened.included,
            subtitles=subtitles,
            checks=document.checks(storyboard),
        )

    def _document(self, root: Map, *, failed: bool) -> tuple[Storyboard, Reading]:
        """The document without what is read shot by shot, and how its values are read."""
        fps = document.rate(root)
        beats = clock.beats(root, fps)
        tempo = (beats.length, beats.first) if beats is not None else (None, Fraction(0))
        reading = Reading(fps, failed, *tempo)
        storyboard, problems = validated(Storyboard, document.without_shots(root), reading)
        foreign = [one for one in problems if one.code == "wrong-version"]
        if foreign:
            raise Refused(foreign)
        self.problems += [*problems, *document.given_twice(root)]
        lenient = replace(reading, lenient=True)
        for holder, owner in document.holders_of_defaults(root):
            defaults = holder.get("defaults")
            if isinstance(defaults, Map):
                self.problems += validated(Defaults, unset(defaults), lenient, owner)[1]
            elif defaults is not None:
                self.problems.append(document.not_a_mapping(holder, "defaults"))
        return storyboard or Storyboard.model_construct(), reading

    def _budget(self, root: Map, storyboard: Storyboard) -> Budget:
        if storyboard.budget is None:
            return Budget()
        for name in storyboard.budget.most:
            if name not in self._capabilities:
                asked = [known for known, one in self._capabilities.items() if one.source == "words"]
                hint = did_you_mean(name, [*asked, "unknown_price"])
                message = f'no provider "{name}"'
                self.problems.append(at(root, ("budget", name), "unknown-provider", message, hint, key=True))
        return Budget(storyboard.budget.most, "allow" if storyboard.budget.unknown_price == "allow" else "refuse")


def _shape_of_document(root: Map) -> list[Diagnostic]:
    """Whether the document has shots, in one way, and not too many."""
    scenes, shots = root.get("scenes"), root.get("shots")
    if scenes is not None and shots is not None:
        message = "a film has scenes or shots, not both"
        return [at(root, ("shots",), "scenes-and-shots", message, "put the shots into a scene", key=True)]
    lists = [one.get("shots") for one in scenes if isinstance(one, Map)] if isinstance(scenes, Seq) else [shots]
    count = sum(len(one) for one in lists if isinstance(one, Seq))
    if count > MOST_SHOTS:
        message = f"{count:,} shots; a film has at most {MOST_SHOTS:,}"
        raise Refused([at(root, ("scenes" if scenes is not None else "shots",), "too-many-shots", message, key=True)])
    if not root.keys() & {"scenes", "shots"} and not any(nearest(key, ("scenes", "shots")) for key in root):
        return [at(root, (), "no-shots", "this film has no shots", "add shots")]
    if scenes is None and isinstance(shots, Seq) and not shots:
        return [at(root, ("shots",), "no-shots", "this film has no shots", "add shots")]
    if isinstance(scenes, Seq) and not scenes:
        return [at(root, ("scenes",), "no-shots", "this film has no scenes", "add scenes")]
    return []
