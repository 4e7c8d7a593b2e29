"""What a shot's words say about its picture: place, light, weather, size, angle, who is there. Pure.

Written fields win over the slug, the slug over the location, the location over running text. The words are English,
with the commonest of Chinese; what is not understood falls back to what most shots look like.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from typing import Literal, TypeVar

from msgspec import Struct

from storyboard.media.animatic.spec import Person, Spec

T = TypeVar("T")
Setting = Literal["room", "corridor", "deck", "street", "nature", "stage", "pattern"]
Hour = Literal["day", "night", "dawn", "dusk"]
Size = Literal["EWS", "WS", "FS", "MWS", "MS", "MCU", "CU", "ECU", "INSERT"]
Angle = Literal["eye", "low", "high", "overhead"]
Weather = Literal["fog", "rain", "snow"]
Tone = Literal["colour", "mono", "sepia", "warm", "cold"]

SETTINGS: tuple[tuple[Setting, str], ...] = (
    ("corridor", r"tunnel|corridor|hallway|passage(way)?|subway|mine ?shaft|sewer|走廊|隧道|通道"),
    ("deck", r"deck|ferry|boats?|ship|sea|ocean|harbou?r|pier|quay|docks?|beach|lake|lighthouse|海|船|港|码头"),
    ("street", r"streets?|city|alley|road|curb|kerb|curbside|airport|town|market|rooftop|traffic|pavement|"
               r"sidewalk|街|城市|路边"),
    ("nature", r"forests?|woods|woodland|trees?|fields?|mountains?|hills?|deserts?|garden|park|meadow|valley|river|"
               r"jungle|cliffs?|dunes?|森林|山|田野"),
    ("room", r"rooms?|kitchen|office|study|bar|caf[eé]|restaurant|house|apartment|bedroom|library|lab(oratory)?|"
             r"hospital|chamber|hall|studio|workshop|cabin|wheelhouse|interior|classroom|garage|church|室|屋|房|厅|店"),
)  # fmt: skip
HOURS: tuple[tuple[Hour, str], ...] = (
    ("dawn", r"dawn|sunrise|daybreak|early morning|first light|黎明|清晨|日出|破晓"),
    ("dusk", r"dusk|sunset|evening|twilight|golden hour|magic hour|黄昏|傍晚|日落"),
    ("night", r"night|midnight|small hours|moonlit|moonlight|夜|深夜|午夜|凌晨|三更"),
    ("day", r"day|daytime|noon|afternoon|morning|midday|sunny|sunlight|白天|日|上午|下午|中午"),
)
WEATHERS: tuple[tuple[Weather, str], ...] = (
    ("snow", r"snow\w*|blizzard|flurr\w+|雪"),
    ("rain", r"rain(?:s|y|ing|ed|drops?|fall|water)?|downpour|drizzl\w+|storm\w*|雨"),
    ("fog", r"fog\w*|mist\w*|haz[ey]\w*|smok[ey]\w*|steam\w*|dust\w*|雾|烟"),
)
SIZES: tuple[tuple[Size, str], ...] = (
    ("INSERT", r"inserts?|detail( shot)?|cutaway|特写物件|插入"),
    ("ECU", r"ecu|xcu|bcu|extreme[ -]close|eyes only|大特写"),
    ("EWS", r"ews|els|xls|extreme[ -](wide|long)|vista|aerial|大远景"),
    ("MCU", r"mcu|medium[ -]close|近景"),
    ("MWS", r"mws|mls|medium[ -](wide|long|full)|cowboy|american|three[ -]quarter shot"),
    ("CU", r"cu|close([ -]?up| shot)?|headshot|特写"),
    ("MS", r"ms|medium( shot)?|mid[ -]?shot|waist|two[ -]?shot|中景|半身"),
    ("FS", r"fs|full([ -](shot|body|length|figure))?|head[ -]to[ -]toe|全景|全身"),
    ("WS", r"ws|ls|wide|long shot|establishing|master( shot)?|远景"),
)
ANGLES: tuple[tuple[Angle, str], ...] = (
    ("overhead", r"overhead|top[ -]?down|bird'?s?[ -]eye|straight down|from above|god'?s[ -]eye|顶拍|俯拍|鸟瞰"),
    ("low", r"low[ -]?angle|from below|worm'?s[ -]eye|looking up|仰拍|仰视|低角度"),
    ("high", r"high[ -]?angle|looking down|俯视|高角度"),
)
TONES: tuple[tuple[Tone, str], ...] = (
    ("mono", r"black[ -]?(and|&|n|/)[ -]?white|b ?(&|/) ?w|monochrom\w+|grayscale|greyscale|noir|黑白"),
    ("sepia", r"sepia|daguerreotype|old photograph"),
    ("cold", r"cold|clinical|teal|blue[ -]?hour|steel|icy|bleak|冷"),
    ("warm", r"warm|golden|amber|candle\w*|firelight|honey|暖"),
)
WORD = r"(?<![a-z0-9])(?:{})(?![a-z0-9])"
"""A pattern as a whole word; letters of other scripts may stand around it."""
PEOPLE = re.compile(
    r"\b(pilot|man|men|woman|women|girl|boy|child|children|kid|figures?|person|people|traveler|traveller|crowd|soldier|"
    r"captain|sailor|officer|driver|detective|doctor|nurse|teacher|mother|father|couple|stranger|dancer|singer|worker|"
    r"he|she|they|guard|subject|host|presenter|barista|chef|runner|hero|heroine|king|queen|knight|astronaut)\b"
    r"|[他她]|男|女|人",
    re.IGNORECASE,
)
EMPTY = re.compile(r"\b(empty|deserted|abandoned|nobody|no one|no people|landscape only)\b|空无一人", re.IGNORECASE)
BEHIND = re.compile(
    r"\b(shot|seen|view\w*|camera|framed|follow\w*)\b[^.;]{0,24}\bfrom behind\b(?! the | an? | his | her )|"
    r"\b(back|rear) view\b|"
    r"'s back fills|\bback to (us|the camera|camera)\b|背影",
    re.IGNORECASE,
)
DETAIL = re.compile(
    r"^\W*(?:\w+ ){0,3}close(?:-| )?(?:up|shot)?(?: shot)? (?:of|on) (?:the|an?) ([^.;]{0,60})", re.IGNORECASE
)
FACE = re.compile(r"\b(face|eyes?|head|mouth|expression|woman|man|girl|boy|portrait)\b", re.IGNORECASE)
ON_A_WALL = re.compile(r"\b(doors?|handle|latch|wall|safe|keypad|clock|bookcase|shelf|panel|window)\b", re.IGNORECASE)
SHOULDER = re.compile(r"over[\w\s'’.-]{0,40}shoulder|\bots\b|越肩|过肩", re.IGNORECASE)
LAMPS = re.compile(
    r"\b(lamps?|lights?|lantern|candle|fire|neon|bulb|torch|flashlight|timer|screen|monitor)\b|灯|火", re.IGNORECASE
)
FLICKER = re.compile(r"flicker\w*|candle\w*|\bfire\w*|failing|torchlight|strob\w+|闪", re.IGNORECASE)
LAMPLIT = re.compile(
    r"\b(lamp\w*|lantern\w*|tungsten|sodium|candle\w*|fire\w*|street ?lights?|warm light|practicals?|bulbs?)\b|"
    r"灯|烛|火",
    re.IGNORECASE,
)
SCREENLIT = re.compile(
    r"\blit (only |just )?by (the |a |an |his |her |their )?(\w+ )?(screens?|monitors?|tv|television|laptop|phone)\b|"
    r"\b(screen|monitor)[- ]?(light|glow|lit)\b|(屏幕?|显示器|电视)[^，。；]{0,6}光|荧光",
    re.IGNORECASE,
)
HARD = re.compile(
    r"\b(hard( side)? light\w*|side[- ]?lit|chiaroscuro|noir|low[- ]key|high[- ]contrast)\b", re.IGNORECASE
)
WET = re.compile(
    r"\b(wet|puddles?|rain(?:s|y|ing|ed|drops?|fall|water)?|downpour|drizzl\w+|drenched|slick)\b|雨|湿", re.IGNORECASE
)
PATTERN = re.compile(
    r"\b(rainbow|gradients?|patterns?|abstract|shaders?|kaleidoscop\w+|plasma|bokeh"
    r"|(tunnels|rings|waves|threads|rays|streaks|lines) of (light|colou?rs?)|grid of dots)\b",
    re.IGNORECASE,
)
"""What is no place."""


class Reading(Struct, frozen=True):
    """A shot as a picture. `people` are those to draw, `text` all of its words in one, `seed` the place's own number:
    shots in one place share it.
    `detail` is what an insert shows; `lamplit` says that lamps light the people, `screenlit` that a screen is a dark
    room's light, `hard` that the light is hard, `wet` that the ground shines.
    """

    setting: Setting
    inside: bool
    hour: Hour
    size: Size
    angle: Angle
    weather: Weather | None
    tone: Tone
    people: tuple[Person, ...]
    behind: bool
    over_shoulder: bool
    detail: str
    flicker: bool
    lamplit: bool
    screenlit: bool
    hard: bool
    wet: bool
    place: str
    text: str
    seed: int

    @property
    def on_wall(self) -> bool:
        """Whether a detail is upright (a door's handle) and not something on a table."""
        return ON_A_WALL.search(self.detail) is not None


def number(*words: str) -> int:
    """A stable number of some words, the same in every process."""
    return zlib.crc32("\x1f".join(words).encode())


def find(table: Iterable[tuple[T, str]], text: str) -> T | None:
    """The first entry whose pattern stands in the text as a word."""
    return next((name for name, pattern in table if _has(pattern, text)), None)


def _has(pattern: str, text: str) -> bool:
    return re.search(WORD.format(pattern), text) is not None


def _setting(ranked: list[str], inside: bool | None) -> Setting:
    open_air = ("deck", "street", "nature")
    fitting = [(name, pattern) for name, pattern in SETTINGS if inside is None or (name in open_air) != inside]
    for text in ranked:
        best = max(fitting, key=lambda entry: len(re.findall(WORD.format(entry[1]), text)))
        if re.search(WORD.format(best[1]), text):
            return best[0]
    if inside is None:
        return "stage"
    return "room" if inside else "nature"


def _inside(slug: str, place: str) -> bool | None:
    if re.search(r"\bext\b|exterior|外景", slug):
        return False
    if re.search(r"\bint\b|interior|内景", slug):
        return True
    text = f"{place} {slug}"
    counts = {name: len(re.findall(WORD.format(pattern), text)) for name, pattern in SETTINGS}
    best = max(counts, key=lambda name: counts[name])
    return best in ("room", "corridor") if counts[best] else None


def _people(spec: Spec, text: str) -> tuple[Person, ...]:
    if spec.cast:
        return spec.cast
    if EMPTY.search(text) or not PEOPLE.search(text):
        return ()
    return (Person("", description=text),)


def _detail(spec: Spec, people: tuple[Person, ...]) -> str:
    """What a described first frame shows close by, where it is a thing and nobody's face; else empty."""
    found = DETAIL.search(spec.words or "")
    if found is None or FACE.search(found.group(1)):
        return ""
    return "" if any(p.name and p.name.lower() in found.group(1).lower() for p in people) else found.group(1)


def read(spec: Spec) -> Reading:
    """Read a shot's words."""
    slug, style, framing = (spec.slug or "").lower(), (spec.style or "").lower(), (spec.framing or "").lower()
    place = f"{spec.location.name} {spec.location.description}".lower() if spec.location else ""
    acts = " ".join([*(beat.does for beat in spec.action), spec.prompt or ""]).lower()
    words = (spec.words or "").lower()
    text = " ".join((acts, words, place, slug, framing, *spec.keep)).lower()
    inside = _inside(slug, place)
    people = _people(spec, f"{acts} {words}")
    nowhere = not (slug or place or people) and PATTERN.search(acts) is not None
    setting: Setting = "pattern" if nowhere else _setting([place, slug, words, acts], inside)
    inside = setting in ("room", "corridor") if inside is None else inside
    hour = next((h for t in ((spec.time or "").lower(), slug, place, words, acts) if (h := find(HOURS, t))), None)
    size = next((s for t in ((spec.size or "").lower(), framing, words, acts) if (s := find(SIZES, t))), None)
    angled = (f"{spec.angle} angle".lower() if spec.angle else "", framing, words)
    angle = next((a for t in angled if (a := find(ANGLES, t))), None)
    tone = find(TONES, style) or find(TONES[2:], place) or "colour"
    seen = f"{framing} {(spec.angle or '').lower()} {acts} {words}"
    detail = _detail(spec, people)
    if detail:
        size = "INSERT"
    return Reading(
        setting=setting,
        inside=inside,
        hour=hour or "day",
        size=size or ("MS" if people and spec.dialogue else "WS"),
        angle=angle or "eye",
        weather=find(WEATHERS, f"{style} {text} {(spec.time or '').lower()}"),
        tone=tone,
        people=people if (size != "INSERT") else (),
        behind=bool(BEHIND.search(seen)),
        over_shoulder=bool(SHOULDER.search(f"{framing} {words}")),
        detail=(detail or acts) if size == "INSERT" else "",
        flicker=bool(FLICKER.search(text)),
        lamplit=setting == "street" or bool(LAMPLIT.search(f"{text} {style}")),
        screenlit=inside and hour not in (None, "day") and bool(SCREENLIT.search(f"{text} {style}")),
        hard=bool(HARD.search(f"{text} {style}")),
        wet=bool(WET.search(f"{text} {style}")),
        place=f"{place} {slug}",
        text=text,
        seed=number(place or slug or spec.staging),
    )
