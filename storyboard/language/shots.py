"""From drafts to the shots of the film: times, shapes, people, words.

`in` defaults to 0, `out` to `duration`, and that to five seconds. A provider that draws any length draws to `out`; what
another one is asked for is the planner's to choose. Shots of a file, a card or another's clip: see `sources`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from storyboard.assets import Asset, Casting, Look
from storyboard.capabilities import Capabilities, Option
from storyboard.delivery import Delivery
from storyboard.diagnostics import Diagnostic
from storyboard.film import Beat, Fallback, Line, Shot, ShotId
from storyboard.language.decisions import Decisions
from storyboard.language.drafts import Draft
from storyboard.language.edges import Edges
from storyboard.language.resolve import Names
from storyboard.language.screens import Screens
from storyboard.language.sources import DURATION, Kind, Source, Sources
from storyboard.language.text import names
from storyboard.language.text.citing import has_citation
from storyboard.language.text.spelling import did_you_mean, listed
from storyboard.language.text.tree import plain
from storyboard.language.values import quantities
from storyboard.language.values.quantities import seconds
from storyboard.structs import replace
from storyboard.template import PromptTemplate

ZERO, ONE = Fraction(0), Fraction(1)
PROVIDER = "animatic"
"""Who makes a clip where nothing says otherwise: it draws locally and costs nothing."""


class Shots:
    """Makes the shots of a film; `problems` holds what is wrong with single ones."""

    def __init__(
        self,
        delivery: Delivery,
        capabilities: Mapping[str, Capabilities],
        words: Names,
        edges: Edges,
        sources: Sources,
        screens: Screens,
        decisions: Decisions,
        close: str | None = None,
        template: PromptTemplate | None = None,
    ) -> None:
        self._delivery = delivery
        self._capabilities = capabilities
        self._words = words
        self._edges = edges
        self._sources = sources
        self._screens = screens
        self._decisions = decisions
        self._close = close
        self._template = template
        self._made: dict[str, Shot] = {}
        self.problems: list[Diagnostic] = []

    def shots(self, drafts: Sequence[Draft]) -> list[tuple[Draft, Shot]]:
        """Every draft with its shot, in film order. Shots that show another's clip are read after all others."""
        for draft in sorted(drafts, key=lambda one: one.model.clip is not None):
            self._made[names.folded(draft.id)] = self._shot(draft)
        return [(draft, self._made[names.folded(draft.id)]) for draft in drafts]

    def _shot(self, draft: Draft) -> Shot:
        """The shot of a draft, as far as it can be read."""
        read, words = draft.model, self._words
        words.cited()
        source = self._sources.source(draft, self._made)
        provider = self._provider(draft, source)
        aspect, resolution, width, height = self._shape(draft, source)
        in_, out, duration = self._times(draft, source, self._capabilities.get(provider))
        speed = self._speed(draft, source)
        cast = self._cast(draft)
        found = source is not None
        composed = not found and read.prompt is None
        if not found:
            self._decisions.check(draft)
        shot = Shot(
            id=ShotId(draft.id),
            index=draft.index,
            place=draft.place,
            origin=draft.origin,
            scene=draft.setting.id if draft.setting else None,
            provider=provider,
            fallbacks=() if found else self._fallbacks(draft),
            placeholder=draft.model.on_fail == "placeholder",
            moderation_retries=read.on_moderation.retry if read.on_moderation else 0,
            duration=duration,
            width_px=width,
            height_px=height,
            aspect=aspect,
            resolution=resolution,
            action=() if found else self._beats(draft, duration),
            prompt=words.maybe(read.prompt),
            dialogue=self._lines(draft, cast, out),
            size=read.size,
            framing=words.maybe(read.framing),
            angle=words.maybe(read.angle),
            move=words.maybe(read.move),
            lens=words.maybe(read.lens),
            location=self._named(draft, "location"),
            time=words.maybe(read.time) or _time_of_slug(draft.setting.slug if draft.setting else None),
            slug=draft.setting.slug if draft.setting else None,
            cast=cast,
            props=self._props(draft),
            style=self._named(draft, "style"),
            sounds=words.maybe(read.sounds),
            negative=words.maybe(read.negative),
            keep=draft.setting.keep if draft.setting else (),
            note=words.maybe(read.note),
            seed=None if found else read.seed,
            audio=source.audio if source else bool(read.audio),
            options={} if found else self._options(draft, provider),
            start=self._edges.start(draft, self._capabilities.get(provider)),
            end=self._edges.end(draft),
            after=self._edges.after(draft),
            takes=1 if found else read.takes or 1,
            circled=None if found else self._decisions.circled(draft),
            circle=None if found else self._decisions.place(draft),
            locked=not found and self._decisions.locked(draft),
            review=not found and self._decisions.review(draft),
            omit=bool(read.omit),
            in_=in_,
            out=out,
            mute=bool(read.mute),
            gain_db=read.gain or Decimal(0),
            footage=source.footage if source else None,
            card=source.card if source else None,
            clip_of=source.clip_of.id if source and source.clip_of else None,
            titles=self._screens.titles(draft, in_, out, speed),
            speed=speed,
            transition=self._screens.transition(draft),
            fade_out=read.fade_out or ZERO,
            lead=read.lead or ZERO,
            tail=read.tail or ZERO,
            constraints=self._constraints(draft) if composed else None,
            template=self._template if composed else None,
            cited_prompt=read.prompt if read.prompt and has_citation(read.prompt) else None,
        )
        cites = words.cited() + self._references(draft)
        return replace(shot, cites=tuple({(a.key, b.key if b else None): (a, b) for a, b in cites}.values()))

    def _constraints(self, draft: Draft) -> str | None:
        """How its prompt closes; None as usual, an empty text not at all."""
        close = self._words.maybe(draft.model.constraints) or self._close
        return "" if close == "none" else close

    def _references(self, draft: Draft) -> tuple[tuple[Asset, Look | None], ...]:
        """What the shot's `references` name."""
        written = enumerate(draft.model.references or ())
        found = [self._words.reference(draft, ("references", index), name) for index, name in written]
        return tuple(one for one in found if one)

    def _provider(self, draft: Draft, source: Source | None) -> str:
        """Who makes the clip; a shot that shows another's names that one's."""
        if source is not None and source.kind == "clip":
            return source.clip_of.provider if source.clip_of is not None else PROVIDER
        if source is not None:
            return self._maker(draft, source.kind)
        asked = draft.model.provider or [PROVIDER]
        for index, provider in enumerate(asked):
            path = ("provider", index)
            if provider in asked[:index]:
                self.problems.append(draft.at(path, "given-twice", f"{provider} is asked twice", "keep one"))
            if provider not in self._capabilities or self._capabilities[provider].source != "words":
                known = sorted(name for name, one in self._capabilities.items() if one.source == "words")
                hint = did_you_mean(provider, known) or f"there is {listed(known) if known else 'none'}"
                self.problems.append(draft.at(path, "unknown-provider", f'no provider "{provider}"', hint))
        return asked[0]

    def _fallbacks(self, draft: Draft) -> tuple[Fallback, ...]:
        """Who is asked after the first provider."""
        written = draft.model.options or {}
        return tuple(
            Fallback(name, {key: plain(node) for key, node in written.get(name, {}).items()})
            for name in (draft.model.provider or ())[1:]
        )

    def _maker(self, draft: Draft, kind: Kind) -> str:
        """The provider that makes clips of files or of cards."""
        maker = next((name for name, one in self._capabilities.items() if one.source == kind), None)
        if maker is None:
            message = f"no provider here makes a clip of a {kind}"
            self.problems.append(draft.at((kind,), "unknown-provider", message, key=True))
        return maker or PROVIDER

    def _shape(self, draft: Draft, source: Source | None) -> tuple[str, str, int, int]:
        film, read = self._delivery, draft.model
        if source is not None and source.clip_of is not None:
            other = source.clip_of
            return other.aspect, other.resolution, other.width_px, other.height_px
        if source is not None or (read.aspect is None and read.resolution is None):
            return film.aspect, film.resolution, film.width_px, film.height_px
        aspect, resolution = read.aspect or film.aspect, read.resolution or film.resolution
        width, height = quantities.pixels(aspect, resolution)
        return aspect, resolution, width, height

    def _times(
        self, draft: Draft, source: Source | None, provider: Capabilities | None
    ) -> tuple[Fraction, Fraction, Fraction]:
        if source is not None:
            return source.in_, source.out, source.duration
        read = draft.model
        duration = read.duration or read.out or DURATION
        in_, out = read.in_ or ZERO, read.out or duration
        if in_ >= out and not draft.unread:
            key = "in" if "in" in draft.own or "out" not in draft.own else "out"
            message = f"the shot is left at {seconds(out)} s and entered at {seconds(in_)} s"
            self.problems.append(draft.at((key,), "in-after-out", message, "in comes before out"))
        if out > duration:
            if provider is None or provider.durations is None:
                return in_, out, out
            message = f"the film leaves the clip at {seconds(out)} s, and {seconds(duration)} s are asked for"
            hint = "the clip may be too short; ask for a longer duration"
            self.problems.append(draft.at(("out",), "out-past-duration", message, hint, severity="warning"))
        return in_, out, duration

    def _speed(self, draft: Draft, source: Source | None) -> Fraction:
        """How fast the shot plays; stills and cards have no time of their own."""
        still = source is not None and source.footage is not None and source.footage.file.kind == "image"
        card = source is not None and source.card is not None
        return ONE if still or card else draft.model.speed or ONE

    def _beats(self, draft: Draft, duration: Fraction) -> tuple[Beat, ...]:
        found = []
        for index, beat in enumerate(draft.model.action or ()):
            self._inside(draft, ("action", index, "at"), beat.at, duration)
            found.append(Beat(self._words.text(beat.does), beat.at))
        return tuple(found)

    def _lines(self, draft: Draft, cast: tuple[Casting, ...], duration: Fraction) -> tuple[Line, ...]:
        found = []
        for index, line in enumerate(draft.model.dialogue or ()):
            self._inside(draft, ("dialogue", index, "at"), line.at, duration)
            who = [
                asset.key
                for place, name in enumerate(line.who or ())
                if (asset := self._words.asset(draft, ("dialogue", index, "who", place), "cast", name))
            ]
            if line.who is None and len(cast) == 1:
                who = [cast[0].asset.key]
            elif line.who is None and len(cast) > 1:
                hint = f"write {{who: {cast[0].asset.key}, says: …}}"
                message = f"{len(cast)} people are in the shot, and nobody is named for this line"
                self.problems.append(draft.at(("dialogue", index), "who-speaks", message, hint))
            says = self._words.text(line.says)
            found.append(Line(says, tuple(who), self._words.maybe(line.how), bool(line.offscreen), line.at))
        return tuple(found)

    def _inside(self, draft: Draft, path: tuple[str | int, ...], at: Fraction | None, duration: Fraction) -> None:
        if at is not None and at >= duration:
            message = f"{seconds(at)} s is past the end of a clip of {seconds(duration)} s"
            self.problems.append(draft.at(path, "past-the-end", message, "times in a shot count from its clip's start"))

    def _cast(self, draft: Draft) -> tuple[Casting, ...]:
        found: list[Casting] = []
        for index, casting in enumerate(draft.model.cast or ()):
            named = self._words.look(draft, ("cast", index), "cast", casting.who)
            if named and any(named[0] is other.asset for other in found):
                message = f'"{named[0].key}" is in the shot twice'
                self.problems.append(draft.at(("cast", index), "given-twice", message, "keep one"))
            elif named:
                found.append(Casting(*named, self._words.maybe(casting.manner)))
        return tuple(found)

    def _props(self, draft: Draft) -> tuple[Asset, ...]:
        props = [
            self._words.asset(draft, ("props", index), "props", name)
            for index, name in enumerate(draft.model.props or ())
        ]
        return tuple({prop.key: prop for prop in props if prop}.values())

    def _named(self, draft: Draft, key: str) -> Asset | None:
        written = draft.model.location if key == "location" else draft.model.style
        if written is None:
            return None
        return self._words.asset(draft, (key,), "locations" if key == "location" else "styles", written)

    def _options(self, draft: Draft, provider: str) -> Mapping[str, object]:
        """The options of the shot's own provider."""
        for name, fields in (draft.model.options or {}).items():
            if name not in self._capabilities:
                hint = did_you_mean(name, self._capabilities)
                problem = draft.at(("options", name), "unknown-provider", f'no provider "{name}"', hint, key=True)
                self.problems.append(problem)
                continue
            known = self._capabilities[name].options
            for key in fields:
                if key not in known:
                    takes = f"it takes {listed(sorted(known))}" if known else "it takes none"
                    hint = did_you_mean(key, known) or takes
                    message = f'{name} has no option "{key}"'
                    self.problems.append(draft.at(("options", name, key), "unknown-option", message, hint, key=True))
                else:
                    self._option(draft, name, key, known[key])
        return {key: plain(node) for key, node in (draft.model.options or {}).get(provider, {}).items()}

    def _option(self, draft: Draft, provider: str, key: str, option: Option) -> None:
        """Hold the value of a provider's own field against what it takes."""
        value = plain((draft.model.options or {})[provider][key])
        if not option.holds(value):
            hint = did_you_mean(str(value), option.values or ())
            message = f"expected {listed(option.takes)}"
            self.problems.append(draft.at(("options", provider, key), "bad-choice", message, hint))


def _time_of_slug(slug: str | None) -> str | None:
    """The time of day in a scene heading: `EXT. FERRY DECK - NIGHT` is night."""
    if not slug or not slug.upper().startswith(("INT", "EXT", "I/E", "EST")):
        return None
    for dash in (" - ", " – ", " — "):
        place, found, time = slug.rpartition(dash)
        if found and place:
            return time.strip().lower() or None
    return None
