"""Storyboards that are right, of any shape: a grammar of the language, as a strategy."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.language.reading import loaded

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(16)
CITIES = ["Oslo", "Lisbon", "Kraków", "東京"]
HOURS = ["dawn", "dusk"]
WORDS = ["Fog.", "She turns: slowly.", "Gulls lift off #2", "«Ja», she says", "{{ weather }} closes in.", "海の上"]
PROFILES: dict[str, Any] = {
    "draft": {"override": {"takes": 1, "size": "CU"}, "title": "Draft"},
    "wide": {"delivery": {"aspect": "2.39:1"}, "defaults": {"move": "none"}},
    "wet": {"vars": {"weather": "rain"}, "styles": {"noir": {"negative": "neon"}}, "chain": "none"},
}
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "size": st.sampled_from(["WS", "close-up", "MCU"]),
    "framing": st.sampled_from(WORDS),
    "angle": st.just("low angle"),
    "move": st.sampled_from(["locked", "slow push in"]),
    "lens": st.just("35mm"),
    "location": st.just("deck"),
    "time": st.sampled_from(HOURS),
    "cast": st.sampled_from(["mira", ["mira.oilskin"], [{"mira": "out of breath"}]]),
    "props": st.just(["lamp"]),
    "style": st.sampled_from(["noir", "none"]),
    "sounds": st.sampled_from(WORDS),
    "negative": st.just("text"),
    "duration": st.sampled_from([2, 2.5, "3s", "4000ms", "0:05", "60f"]),
    "seed": st.integers(0, 9),
    "audio": st.booleans(),
    "takes": st.integers(1, 3),
    "note": st.sampled_from(WORDS),
    "references": st.just("mira"),
    "constraints": st.sampled_from(["none", "Hands stay whole."]),
    "in": st.just(0.5),
    "transition": st.just("cut"),
    "fade_out": st.just(0.25),
    "titles": st.just([{"text": "OSLO, 1987", "place": "lower-third"}]),
}
SOURCES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"action": st.sampled_from(WORDS)}),
    st.fixed_dictionaries({"action": st.just([{"at": 0, "does": "She looks."}, {"at": 1, "does": "She goes."}])}),
    st.fixed_dictionaries({"dialogue": st.just([{"who": "mira", "says": "You're late.", "how": "softly"}])}),
    st.fixed_dictionaries({"prompt": st.sampled_from(["Fog, a ferry.", "{{ mira }} at the rail"])}),
)


@dataclass
class Board:
    """A storyboard as its files; how many shots each of its films has, and what its films are called."""

    files: dict[str, str]
    shots: int
    profiles: list[str]
    variants: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> Path:
        """Write it out; the path of its main file."""
        for name, text in self.files.items():
            (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
        (folder / "mira.png").write_bytes(PICTURE)
        return folder / "film.yaml"

    def load(self, path: Path, *profiles: str, variant: str | None = None) -> Any:
        """One of its films, read."""
        return loaded(path, profiles=profiles, variant=variant)


@st.composite
def _fields(draw: st.DrawFn) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=4, unique=True))
    return {key: draw(FIELDS[key]) for key in keys}


@st.composite
def _plain(draw: st.DrawFn, number: int) -> tuple[dict[str, Any], int]:
    shot = {**draw(_fields()), **draw(SOURCES)}
    if draw(st.booleans()):
        shot = {"id": f"S{number}", **shot, **draw(st.sampled_from([{}, {"circled": 1}, {"review": "required"}]))}
    if draw(st.integers(0, 4)) == 0:
        shot["start"] = {"words": "Her back fills the frame."}
    return shot, 1


@st.composite
def _card(draw: st.DrawFn, number: int) -> tuple[dict[str, Any], int]:
    text = draw(st.sampled_from(WORDS))
    return {"id": f"S{number}", "card": {"text": text, "color": "black"}, "duration": 2}, 1


@st.composite
def _looped(draw: st.DrawFn, number: int) -> tuple[dict[str, Any], int]:
    cities, hours = (draw(st.lists(st.sampled_from(one), min_size=1, unique=True)) for one in (CITIES, HOURS))
    rows = [{"city": city, "hour": hour} for city in cities for hour in hours]
    each: Any = {"city": cities, "hour": hours} if draw(st.booleans()) else rows
    shot = {"each": each, **draw(_fields()), "action": "{{ city }} at {{ hour }}."}
    if draw(st.booleans()):
        shot["id"] = f"S{number}-{{{{ city }}}}-{{{{ hour }}}}"
    wanted = draw(st.sampled_from([None, *cities]))
    if wanted is None:
        return shot, len(rows)
    return {**shot, "when": f"{{{{ city == '{wanted}' }}}}"}, sum(row["city"] == wanted for row in rows)


@st.composite
def _used(draw: st.DrawFn, number: int) -> tuple[dict[str, Any], int]:
    shot: dict[str, Any] = {"use": "pair", "id": f"S{number}", "with": {"who": "mira"}}
    if draw(st.booleans()):
        return shot, 2
    return {**shot, "with": {"who": "mira", "line": "You're late."}, **draw(_fields())}, 3


PROMPTS = "{% for one in cast %}{{ one.cited }}, {% else %}Nobody. {% endfor %}{{ action }} {{ shot.duration }}"
HEADING = {"slug": "EXT. DECK - NIGHT", "keep": ["wet boards"]}
KINDS: list[Callable[[int], st.SearchStrategy[tuple[dict[str, Any], int]]]] = [_plain, _plain, _card, _looped, _used]
TEMPLATES: dict[str, Any] = {
    "pair": {
        "params": {"who": None, "line": ""},
        "shots": [
            {"cast": ["{{ who }}"], "action": "{{ cast[who] }} listens."},
            {"size": "MCU", "action": "A hand on the rail."},
            {"when": "{{ line != '' }}", "dialogue": [{"who": "{{ who }}", "says": "{{ line }}"}]},
        ],
    }
}
ASSETS: dict[str, Any] = {
    "cast": {
        "mira": {
            "name": "Mira",
            "images": [{"file": "mira.png", "role": "identity"}],
            "looks": {"oilskin": {"description": "a grey coat"}},
        }
    },
    "locations": {"deck": {"description": "an open deck, {{ weather }}"}},
    "props": {"lamp": {"description": "a brass lamp"}},
    "styles": {"noir": {"prompt": "black-and-white"}},
}


@st.composite
def _shots(draw: st.DrawFn, first: int) -> tuple[list[dict[str, Any]], int]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    made = [draw(kind(first + index)) for index, kind in enumerate(kinds)]
    return [shot for shot, _ in made], sum(count for _, count in made)


@st.composite
def _scenes(draw: st.DrawFn) -> tuple[list[dict[str, Any]], int]:
    scenes, total = [], 0
    for index in range(draw(st.integers(1, 3))):
        shots, count = draw(_shots(100 * index))
        scene: dict[str, Any] = {"id": f"sc{index}"} if draw(st.booleans()) else {}
        scene |= draw(st.sampled_from([{}, {"chain": "previous"}, HEADING]))
        scene |= draw(st.sampled_from([{}, {"location": "deck"}, {"defaults": {"time": "dawn", "takes": 2}}]))
        scenes.append({**scene, "shots": shots})
        total += count
    return scenes, total


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """A storyboard that is right, with its included file and its table where it has them."""
    body: dict[str, Any]
    flow: bool | None = draw(st.sampled_from([None, False, True]))
    if draw(st.booleans()):
        shots, count = draw(_shots(0))
        body = {"shots": shots}
    else:
        scenes, count = draw(_scenes())
        body = {"scenes": scenes}
    head = draw(st.sampled_from([{}, {"constraints": "none"}, {"prompt_template": PROMPTS}]))
    names = draw(st.lists(st.sampled_from(sorted(PROFILES)), unique=True, max_size=2))
    film: dict[str, Any] = {"storyboard": 1, "title": "Night Ferry", "vars": {"weather": "fog"}} | head
    if names:
        film["profiles"] = {name: PROFILES[name] for name in names}
    parts = {**ASSETS, "templates": TEMPLATES}
    apart = draw(st.lists(st.sampled_from(sorted(parts)), unique=True))
    film |= {key: part for key, part in parts.items() if key not in apart} | {"defaults": draw(_fields())} | body
    files = {}
    if apart:
        film["include"] = ["part.yaml"]
        files["part.yaml"] = _text({key: parts[key] for key in apart}, None)
    rows = draw(st.lists(st.sampled_from(["snow", "rain", "a, b"]), unique=True, max_size=2))
    as_table = draw(st.booleans())
    if rows and as_table:
        film["variants"] = "rows.csv"
        files["rows.csv"] = "weather\n" + "".join(f'"{row}"\n' for row in rows)
    elif rows:
        film["variants"] = {"rows": [{"weather": row} for row in rows]}
    files["film.yaml"] = _text(film, flow)
    return Board(files, count, names, [str(index + 1) for index in range(len(rows))])


def _text(document: Any, flow: bool | None) -> str:
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=100))
