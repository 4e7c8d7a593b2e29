"""How somebody looks, from the words about them; what is not said follows from their name, always alike. Pure."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from storyboard.media.animatic.palette import Colour, mix, scaled
from storyboard.media.animatic.reading import find, number
from storyboard.media.animatic.spec import Person

Hair = Literal["short", "curly", "long", "ponytail", "bun", "bob", "shaved", "bald"]
Hat = Literal["none", "cap", "wool", "brim", "hood", "helmet"]
Gesture = Literal["hang", "pocket", "hold", "point"]
Garment = Literal["coat", "jacket", "sweater", "cardigan", "shirt", "suit", "dress", "jumpsuit", "hoodie"]

GESTURES: tuple[tuple[Gesture, str], ...] = (
    ("point", r"points?|pointing|reach\w*|waves?|waving|gestur\w+|presses|traces|knocks?|指向|伸手"),
    (
        "hold",
        r"holds?|holding|lifts?|lifting|raises?|carr(y|ies|ying)|hands|examin\w+|reads?|reading|compares?|pulls?|inserts?|steadies|"
        r"opens?|clutch\w*|grips?|phone|拿|举|握",
    ),
    ("pocket", r"pockets?|leans?|leaning|waits?|waiting|slouch\w*"),
)
CROUCH = r"\b(kneels?|kneeling|crouch\w*|squat\w*|sits?|sitting|seated)\b|跪|蹲|坐"
HAIR: tuple[tuple[Hair, str], ...] = (
    ("bald", r"bald"),
    ("shaved", r"shaved|shaven|buzz\w*|crew ?cut|cropped|短寸|寸头"),
    ("ponytail", r"pony ?tail|braids?|plait|马尾"),
    ("bun", r"bun|chignon|updo"),
    ("curly", r"curl\w*|afro|frizz\w*|coils|卷发"),
    ("bob", r"bob|chin-length|shoulder-length"),
    ("long", r"long(?: \w+){0,2} hair|flowing hair|长发"),
    ("short", r"short(?: \w+){0,2} hair|crop|短发"),
)
HATS: tuple[tuple[Hat, str], ...] = (
    ("hood", r"hood(ed)?( up)?|cowl"),
    ("helmet", r"helmet|hard ?hat"),
    ("wool", r"wool(len)? (cap|hat)|beanie|watch cap|knit(ted)? (cap|hat)"),
    ("brim", r"fedora|brimmed|cowboy hat|sun ?hat|trilby|sou'?wester"),
    ("cap", r"cap|peaked cap|captain'?s hat|hat|beret|帽"),
)
GARMENTS: tuple[tuple[Garment, str], ...] = (
    ("jumpsuit", r"jumpsuit|overalls?|coveralls?|boiler ?suit|uniform|scrubs|fatigues|作训服|制服"),
    ("cardigan", r"cardigan"),
    ("coat", r"coat|oilskins?|trench ?coat|overcoat|raincoat|parka|cloak|robe|lab coat|大衣|风衣"),
    ("suit", r"suit|blazer|tuxedo|tie|西装"),
    ("hoodie", r"hoodie|sweatshirt"),
    ("jacket", r"jacket|vest|anorak|bomber|夹克"),
    ("dress", r"dress|gown|skirt|sari|裙"),
    ("sweater", r"sweater|jumper|pullover|turtleneck|毛衣"),
    ("shirt", r"shirts?|blouse|t-shirt|tee|polo|衬衫"),
)
COLOURS: dict[str, Colour] = {
    "black": (44, 44, 50), "charcoal": (62, 64, 70), "grey": (128, 132, 134), "gray": (128, 132, 134),
    "silver": (188, 190, 190), "white": (222, 220, 212), "cream": (222, 210, 186), "beige": (196, 180, 150),
    "tan": (186, 154, 114), "khaki": (164, 150, 112), "brown": (112, 80, 58), "chestnut": (110, 66, 46),
    "maroon": (112, 48, 54), "burgundy": (106, 44, 54), "red": (172, 66, 56), "orange": (206, 118, 56),
    "mustard": (196, 156, 70), "yellow": (212, 176, 84), "blond": (198, 164, 108), "blonde": (198, 164, 108),
    "olive": (112, 114, 78), "green": (84, 116, 88), "teal": (66, 118, 118), "turquoise": (96, 158, 152),
    "blue": (82, 110, 146), "navy": (52, 64, 92), "denim": (78, 96, 124), "purple": (108, 82, 122),
    "violet": (116, 90, 134), "lavender": (160, 146, 178), "pink": (202, 144, 142), "gold": (190, 154, 88),
    "ginger": (172, 98, 58), "auburn": (128, 70, 50), "dark": (58, 52, 52),
}  # fmt: skip
SKINS: tuple[Colour, ...] = ((232, 196, 170), (216, 174, 144), (190, 142, 110), (150, 106, 80), (108, 76, 60))
HAIRS: tuple[Colour, ...] = ((48, 40, 38), (74, 54, 44), (104, 76, 54), (52, 50, 54), (142, 108, 72))
CLOTHES: tuple[Colour, ...] = (
    (92, 106, 118), (126, 96, 80), (98, 110, 92), (138, 118, 96), (86, 84, 104), (146, 86, 72), (70, 86, 96),
)  # fmt: skip


class Look(Struct, frozen=True):
    """What is drawn of somebody. `build` scales the width of shoulders, `tall` the height; 1 is the average."""

    woman: bool
    hair: Hair
    hat: Hat
    garment: Garment
    beard: bool
    glasses: bool
    skin: Colour
    hair_colour: Colour
    top: Colour
    under: Colour
    legs: Colour
    shoes: Colour
    hat_colour: Colour
    build: float
    tall: float
    walking: bool
    crouching: bool
    gesture: Gesture
    number: int


def _colour_of(thing: str, text: str, otherwise: Colour) -> Colour:
    """The colour that stands shortly before a thing's word: `a long grey oilskin`."""
    names = "|".join(COLOURS)
    found = re.search(rf"\b(light |dark |pale )?({names})\b(?:[\w-]+[ -]|\s){{0,4}}?\W?\s*(?:{thing})", text)
    if found is None:
        return otherwise
    colour = COLOURS[found.group(2)]
    match (found.group(1) or "").strip():
        case "light" | "pale":
            return mix(colour, (240, 238, 232), 0.45)
        case "dark":
            return scaled(colour, 0.66)
    return colour


def look(person: Person) -> Look:
    """How a person is drawn."""
    text = f"{person.look} {person.description}".lower()
    does = person.manner.lower()
    n = number(person.name or text)
    woman = _is_woman(text, n)
    garment = (
        find(GARMENTS, person.look.lower()) or find(GARMENTS, text) or ("sweater", "jacket", "shirt", "coat")[n % 4]
    )
    garments = next(pattern for name, pattern in GARMENTS if name == garment)
    hair = find(HAIR, text) or (("long", "bob", "bun", "short")[n // 7 % 4] if woman else "short")
    old = re.search(r"(?<!-)\b(old(?!er)|elderly|sixties|seventies|eighties|grandm\w+|grandf\w+)\b", text) is not None
    hair_colour = _colour_of(
        r"hair|curls|bob|ponytail|braid|beard", text, (186, 186, 184) if old else HAIRS[n // 3 % 5]
    )
    hat = find(HATS, text.replace("hoodie", "")) or "none"
    top = _colour_of(garments, text, CLOTHES[n // 11 % len(CLOTHES)])
    child = re.search(r"\b(boy|girl|child|kid|toddler|son|daughter)\b", text) is not None
    broad = 1.12 if re.search(r"\b(broad|strong|stocky|heavy|burly|muscular|big)\b", text) else 1.0
    slim = 0.93 if re.search(r"\b(slim|thin|slender|lean|skinny|wiry|narrow)\b", text) else 1.0
    tall = (
        1.06
        if re.search(r"\btall\b", text)
        else 0.94
        if re.search(r"\b(short|small|petite)\b(?! \w* ?(hair|black|curly|silver))", text)
        else 1.0
    )
    return Look(
        woman=woman,
        hair=hair,
        hat=hat,
        garment=garment,
        beard=re.search(r"\bbeard\w*|moustache|mustache|stubble", text) is not None,
        glasses=re.search(r"\b(glasses|spectacles)\b|眼镜", text) is not None,
        skin=_skin(text, n),
        hair_colour=hair_colour,
        top=top,
        under=_colour_of(r"shirt|blouse|tee|t-shirt", text, mix(top, (224, 220, 210), 0.6)),
        legs=top if garment == "jumpsuit" else _colour_of(r"jeans|trousers|pants|slacks|leggings", text, (58, 60, 70)),
        shoes=_colour_of(r"shoes|sneakers|boots", text, (46, 42, 42)),
        hat_colour=_colour_of(r"(?:wool )?(?:cap|hat|beanie|hood|helmet|beret)", text, scaled(top, 0.7)),
        build=(0.87 if woman else 1.0) * broad * slim,
        tall=(0.72 if child else (0.95 if woman else 1.0) + (n % 13 - 6) / 240) * tall,
        walking=re.search(r"\b(walk\w*|strid\w*|run\w*|cross\w*|approach\w*|mov(es|ing)|step\w*|enter\w*)\b", does)
        is not None,
        crouching=re.search(CROUCH, does) is not None,
        gesture=find(GESTURES, does) or ("pocket" if n % 3 == 1 else "hang"),
        number=n,
    )


def _is_woman(text: str, n: int) -> bool:
    women = len(re.findall(r"\b(she|her|hers|woman|girl|female|lady|mother|daughter|wife|queen|actress)\b|女|她", text))
    men = len(re.findall(r"\b(he|his|him|man|boy|male|father|son|husband|king|beard\w*|mate|gentleman)\b|男|他", text))
    if women != men:
        return women > men
    return bool(re.search(r"ponytail|dress|blouse|skirt|long(?: \w+){0,2} hair", text)) or (men == 0 and n % 2 == 0)


def _skin(text: str, n: int) -> Colour:
    if re.search(r"\b(pale|fair)( |-)skin\w*|\bpale\b", text):
        return SKINS[0]
    if re.search(r"\b(dark|black|deep|brown)( |-)skin\w*|\bblack (man|woman)\b|\bafrican\b", text):
        return SKINS[4]
    return SKINS[(0, 1, 1, 2, 3)[n // 5 % 5]]
