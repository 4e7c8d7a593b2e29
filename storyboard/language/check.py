"""What a whole film must keep: no cycles, nothing that its providers do not take, a length if one is asked.

Pure: the capabilities are an argument, and nobody compares names of providers. Mistakes stand at the field that asks,
and say what the provider does take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from storyboard.assets import Asset, Kind, Look
from storyboard.capabilities import Capabilities
from storyboard.delivery import Delivery
from storyboard.diagnostics import Diagnostic, Span
from storyboard.film import Shot
from storyboard.language.carrying import citing, of_edges
from storyboard.language.drafts import Draft
from storyboard.language.screens import fitting
from storyboard.language.text.circles import cycles
from storyboard.language.text.spelling import listed
from storyboard.language.text.tree import Map, at, span
from storyboard.language.values.quantities import seconds
from storyboard.timing import exact_frames, nearest

Pairs = Sequence[tuple[Draft, Shot]]

KIND_WORDS: Mapping[Kind, str] = {"image": "reference images", "video": "reference videos", "audio": "reference sounds"}
"""What reference files of a kind are called."""
DNXHR_LEAST_PX = (256, 120)
"""The smallest pictures of DNxHR, width and height."""


def needs(shot: Shot) -> tuple[str, ...]:
    """The shots that must be done before this one."""
    edges = [edge.shot for edge in (shot.start, shot.end) if edge and edge.shot]
    return tuple(dict.fromkeys([*edges, *shot.after, *([shot.clip_of] if shot.clip_of else [])]))


def whole(pairs: Pairs, capabilities: Mapping[str, Capabilities], delivery: Delivery, root: Map) -> list[Diagnostic]:
    """Everything that a film must keep. `root` is the document's tree."""
    shots = [shot for _, shot in pairs]
    found = [*in_circles(pairs), *of_providers(pairs, capabilities, root)]
    found += [*of_length(shots, delivery, root), *of_codec(delivery, root)]
    found += [*of_edges(pairs, capabilities), *of_screen(pairs, root)]
    return [*found, *fitting(pairs)]


def in_circles(pairs: Pairs) -> list[Diagnostic]:
    """Shots that wait for themselves, each circle printed as a path."""
    by_id = {str(shot.id): (draft, shot) for draft, shot in pairs}
    problems = []
    for ring in cycles({shot_id: needs(shot) for shot_id, (_, shot) in by_id.items()}):
        draft, shot = by_id[ring[0]]
        path = " → ".join([*ring, ring[0]])
        message = f"shots wait for one another: {path}" if len(ring) > 1 else f"shot waits for itself: {path}"
        problems.append(Diagnostic("cycle", message, _place(draft, shot, ring[1 % len(ring)]), "break the circle here"))
    return problems


def _place(draft: Draft, shot: Shot, need: str) -> Span:
    """Where a shot says that it needs another: at its start or end, at the chain, or in its `after`."""
    for key, edge in (("start", shot.start), ("end", shot.end)):
        if edge and edge.shot == need:
            return span(draft.tree, (key, "from")) if key in draft.tree else edge.place
    if shot.clip_of == need:
        return span(draft.tree, ("clip",))
    return span(draft.tree, ("after", next((i for i, other in enumerate(shot.after) if other == need), 0)))


def of_screen(pairs: Pairs, root: Map) -> list[Diagnostic]:
    """A film that shows nothing, because every shot of it is omitted."""
    if not pairs or not all(shot.omit for _, shot in pairs):
        return []
    key = "scenes" if "scenes" in root else "shots"
    return [at(root, (key,), "no-shots", "this film shows nothing: every shot is omitted", "leave a shot in", key=True)]


def of_providers(pairs: Pairs, capabilities: Mapping[str, Capabilities], root: Map) -> list[Diagnostic]:
    """Whatever a shot asks for and its provider does not take."""
    problems: list[Diagnostic] = []
    for draft, shot in pairs:
        for one in shot.versions if shot.generated else ():
            problems += _of_provider(draft, one, capabilities, root)
    return problems


def _of_provider(draft: Draft, shot: Shot, capabilities: Mapping[str, Capabilities], root: Map) -> list[Diagnostic]:
    """Whatever a shot asks for and one provider of its list does not take."""
    problems: list[Diagnostic] = []
    if provider := capabilities.get(shot.provider):
        others = [one for name, one in capabilities.items() if name != shot.provider and one.source == "words"]
        problems += _of_fields(draft, shot, provider, others)
        problems += _of_length(draft, shot, provider)
        problems += _of_shape(draft, shot, provider, root)
        problems += _of_references(draft, shot, provider)
        problems += _of_prompt(draft, shot, provider)
        problems += _of_rules(draft, shot, provider)
    return problems


def _of_fields(draft: Draft, shot: Shot, provider: Capabilities, others: Sequence[Capabilities]) -> list[Diagnostic]:
    unsaid = bool(shot.negative) and shot.prompt is not None  # a composed prompt says it where there is no field
    asks = (
        ("audio", shot.audio and not provider.audio, "makes no sound", _elsewhere("audio", others)),
        ("seed", shot.seed is not None and not provider.seed, "takes no seed", _elsewhere("seed", others)),
        ("negative", unsaid and not provider.negative, "takes no negative", _elsewhere("negative", others)),
    )
    return [
        draft.at((key,), "provider-cannot", f"{provider.name} {what}", hint) for key, asked, what, hint in asks if asked
    ]


def _elsewhere(field: str, others: Sequence[Capabilities]) -> str:
    """What to do about a field that a provider does not take: who takes it is said too."""
    takers = [one.name for one in others if getattr(one, field)]
    return f"leave {field} out" + (f"; {listed(takers)} takes it" if takers else "")


def _of_references(draft: Draft, shot: Shot, provider: Capabilities) -> list[Diagnostic]:
    """Reference files beyond what the provider takes, at the first name that brings one too many; or so few that they
    would mean something else to it.
    """
    if provider.references == 0:  # the words travel alone
        return []
    if shot.framed and provider.frames_exclude_references:  # they stay home
        return []
    if unread := _unread(draft, shot, provider):
        return unread
    if provider.references is None:
        return []
    places: dict[str, tuple[tuple[str | int, ...], Asset]] = {}
    for path, asset, look in _bringing(draft, shot):
        for file in asset.worn(look):
            places.setdefault(file.path, (path, asset))
    brings = len(places) + shot.follows
    if brings > provider.references:
        many = f"{provider.references} reference file{'s' if provider.references != 1 else ''}"
        with_carried = ", with the one it follows" if shot.follows else ""
        message = f"{provider.name} takes {many} a shot, this one brings {brings}{with_carried}"
        path, asset = list(places.values())[provider.references - shot.follows]
        return [draft.at(path, "provider-cannot", message, f'leave out "{asset.key}", or some of its files')]
    return _too_few(draft, shot, provider, list(places.values())) if brings < provider.references_from else []


def _too_few(
    draft: Draft, shot: Shot, provider: Capabilities, brought: Sequence[tuple[tuple[str | int, ...], Asset]]
) -> list[Diagnostic]:
    """Files that are too few to be references: a mistake where the shot cannot do without them, else a warning."""
    asks = f"{provider.name} takes {provider.references_from} to {provider.references} reference files"
    if shot.follows and shot.start is not None:
        if shot.start.mode not in provider.carries:
            return []
        message = f"{asks} a shot, this one brings {len(brought) + 1}, with the one it follows"
        return [Diagnostic("provider-cannot", message, shot.start.place, "carry by first_frame, or bring more files")]
    message = f"{asks}, not {len(brought)}: "
    cited = [citing(draft, asset.key) for asset, look in shot.cites if asset.worn(look)]
    if cited and brought:
        return [
            draft.at(cited[0], "references-stay-home", message + "what is cited would stay home", "bring more files")
        ]
    stay = message + "they stay home, the words travel"
    return [draft.at(path, "references-stay-home", stay, severity="warning") for path, _ in brought[:1]]


def _unread(draft: Draft, shot: Shot, provider: Capabilities) -> list[Diagnostic]:
    """Files of a kind that the provider does not take, each at the place where the asset names it."""
    brought = {one.path: one for _, asset, look in _bringing(draft, shot) for one in asset.worn(look)}
    hint = f"it takes {listed(KIND_WORDS[kind] for kind in sorted(provider.kinds))}; leave the file out"
    return [
        Diagnostic("provider-cannot", f"{provider.name} takes no {KIND_WORDS[one.kind]}", one.place, hint)
        for one in brought.values()
        if one.kind not in provider.kinds
    ]


def _bringing(draft: Draft, shot: Shot) -> Iterator[tuple[tuple[str | int, ...], Asset, Look | None]]:
    """Where a shot names its assets: the cast, the place, the props, the style, and what it cites."""
    yield from ((("cast", index), one.asset, one.look) for index, one in enumerate(shot.cast))
    if shot.location:
        yield ("location",), shot.location, None
    yield from ((("props", index), one, None) for index, one in enumerate(shot.props))
    if shot.style:
        yield ("style",), shot.style, None
    yield from ((citing(draft, asset.key), asset, look) for asset, look in shot.cites)


def _of_prompt(draft: Draft, shot: Shot, provider: Capabilities) -> list[Diagnostic]:
    """A prompt of the author's own that is longer than the provider reads."""
    if provider.prompt_chars is None or len(shot.prompt or "") <= provider.prompt_chars:
        return []
    message = f"{provider.name} reads prompts of up to {provider.prompt_chars:,} characters"
    return [draft.at(("prompt",), "provider-cannot", message, f"this one has {len(shot.prompt or ''):,}")]


def _of_rules(draft: Draft, shot: Shot, provider: Capabilities) -> list[Diagnostic]:
    """What the provider takes only together with something else."""
    problems: list[Diagnostic] = []
    opens, closes = (edge is not None and bool(edge.image or edge.shot) for edge in (shot.start, shot.end))
    if provider.end_needs_start and closes and not opens and shot.end:
        message = f"{provider.name} takes a closing frame only beside an opening one"
        problems.append(Diagnostic("provider-cannot", message, shot.end.place, "add start, or say the end in words"))
    facts = provider.facts(shot)
    for rule in provider.rules:
        if rule.field not in facts or rule.value not in (None, facts[rule.field]):
            continue
        if facts[rule.option] not in rule.among:
            own = rule.field in provider.options
            path = ("options", provider.name, rule.field) if own else (rule.field,)
            asked = rule.field if rule.value in (None, True) else f"{rule.field} {rule.value}"
            needed = rule.words or f"with {rule.option} {listed(map(_spelt, rule.among))}"
            message = f"{provider.name} takes {asked} only {needed}"
            hint = None if rule.words else f"it has {rule.option} {_spelt(facts[rule.option])} here"
            problems.append(draft.at(path, "provider-cannot", message, hint))
    return problems


def _spelt(value: str | bool | int) -> str:
    return value if isinstance(value, str) else str(value).lower()


def _of_length(draft: Draft, shot: Shot, provider: Capabilities) -> list[Diagnostic]:
    durations = provider.durations_of(shot)
    most = max(durations) if durations else provider.longest
    if most is None:
        return []
    lengths = listed(f"{seconds(one)} s" for one in sorted(durations)) if durations else ""
    hint = f"it makes clips of {lengths}" if lengths else f"its longest is {seconds(most)} s"
    problems = []
    for key, asked in (("duration", shot.duration), ("out", shot.out)):
        if asked > most and (key == "duration" or shot.out > shot.duration):
            message = f"{provider.name} makes no clip of {seconds(asked)} s"
            problems.append(draft.at((key,), "provider-cannot", message, hint))
    return problems


def _of_shape(draft: Draft, shot: Shot, provider: Capabilities, root: Map) -> list[Diagnostic]:
    asks = (("aspect", shot.aspect, provider.aspects), ("resolution", shot.resolution, provider.resolutions))
    problems = []
    for key, asked, taken in asks:
        if taken is not None and asked not in taken:
            message, hint = f"{provider.name} makes no clips of {asked}", f"it makes {listed(sorted(taken))}"
            if key in draft.tree:
                problems.append(draft.at((key,), "provider-cannot", message, hint))
            else:
                delivery = root.get("delivery")
                written = "size" if isinstance(delivery, Map) and "size" in delivery else key
                problems.append(at(root, ("delivery", written), "provider-cannot", message, hint))
    return problems


def unused(assets: Mapping[str, Asset], used: set[str], root: Map) -> list[Diagnostic]:
    """A warning for every asset that no shot cites."""
    return [
        at(root, (asset.level, key), "unused-asset", f'no shot cites "{key}"', key=True, severity="warning")
        for key, asset in assets.items()
        if key not in used
    ]


def of_codec(delivery: Delivery, root: Map) -> list[Diagnostic]:
    """Whether the film's codec has pictures of its size."""
    wide, high = delivery.width_px, delivery.height_px
    if delivery.codec != "dnxhr" or (wide >= DNXHR_LEAST_PX[0] and high >= DNXHR_LEAST_PX[1]):
        return []
    message = f"dnxhr has no pictures of {wide}x{high} pixels: the smallest are {DNXHR_LEAST_PX[0]}x{DNXHR_LEAST_PX[1]}"
    return [at(root, ("delivery", "codec"), "bad-size", message, "write codec: prores, which takes every size")]


def of_length(shots: Sequence[Shot], delivery: Delivery, root: Map) -> list[Diagnostic]:
    """The film's length, where `delivery.length` asks for one: right to the frame."""
    if delivery.length is None:
        return []
    exact = exact_frames([shot for shot in shots if not shot.omit], delivery.fps)
    shown = exact / delivery.fps
    frames, asked = nearest(shown, delivery.fps), nearest(delivery.length, delivery.fps)
    if frames == asked:
        return []
    message = f"the film is {seconds(shown)} s ({frames} frames), not {seconds(delivery.length)} s ({asked} frames)"
    off = abs(frames - asked)
    hint = f"it is {off} frame{'s' if off != 1 else ''} too {'long' if frames > asked else 'short'}"
    return [at(root, ("delivery", "length"), "length-mismatch", message, hint)]
