"""What the columns of shot lists are called, and which field of a shot each one is.

Producers' lists agree on the columns and not on their names; a header is matched without regard to case, spaces and
signs (`Shot #`, `SHOT NO.` and `shot` are one), in the languages below. A header that is not in the table is not taken,
and the import says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "scene": (
        "scene",
        "sc",
        "scn",
        "scene no",
        "scene number",
        "场",
        "场次",
        "场号",
        "シーン",
        "escena",
        "szene",
        "scène",
    ),
    "shot": (
        *("shot", "shot no", "shot number", "shot id", "slate", "setup", "id", "cut", "no", "nr", "number"),
        *("镜", "镜号", "镜头", "镜头号", "カット", "plano", "toma", "einstellung", "plan"),
    ),
    "action": (
        *("action", "description", "desc", "shot description", "visual", "visuals", "video", "picture", "content"),
        *("what happens", "action description", "scene description", "beschreibung", "acción", "descripción"),
        *("画面", "画面内容", "内容", "镜头内容", "内容描述", "画面描述", "内容説明"),
    ),
    "subject": ("subject", "subjects", "focus", "主体"),
    "dialogue": (
        "dialogue",
        "dialog",
        "line",
        "lines",
        "spoken",
        "台词",
        "对白",
        "セリフ",
        "diálogo",
        "vo",
        "voiceover",
    ),
    "size": ("size", "shot size", "shot type", "type", "field size", "景别", "サイズ", "tamaño", "einstellungsgröße"),
    "framing": ("framing", "composition", "frame", "构图"),
    "angle": ("angle", "camera angle", "cam angle", "perspective", "机位", "角度", "拍摄角度", "アングル", "ángulo"),
    "move": (
        *("move", "movement", "camera movement", "camera move", "cam movement", "camera motion", "camera", "motion"),
        *("运镜", "镜头运动", "运动", "カメラワーク", "movimiento", "bewegung", "kamera"),
    ),
    "lens": ("lens", "lenses", "focal length", "mm", "镜头焦距", "焦距", "レンズ", "objektiv"),
    "slug": ("slug", "slugline", "scene heading", "heading"),
    "side": ("int ext", "i e", "ie", "int", "ext", "interior exterior", "内外", "内外景"),
    "location": ("location", "loc", "set", "place", "setting", "地点", "场景", "場所", "lugar", "locación", "ort"),
    "time": ("time of day", "day night", "d n", "dn", "tod", "时间", "日夜", "時間"),
    "cast": (
        "cast",
        "character",
        "characters",
        "actors",
        "actor",
        "talent",
        "人物",
        "角色",
        "演员",
        "登場人物",
        "personajes",
    ),
    "props": ("props", "prop", "道具", "requisiten", "utilería"),
    "sounds": ("sound", "sounds", "sfx", "audio", "sound effects", "fx", "音效", "声音", "音", "sonido", "ton"),
    "duration": (
        *(
            "duration",
            "length",
            "dur",
            "secs",
            "sec",
            "seconds",
            "time",
            "timing",
            "screen time",
            "est duration",
            "trt",
        ),
        *("时长", "秒数", "尺", "duración", "dauer", "länge", "durée"),
    ),
    "prompt": ("prompt", "ai prompt", "video prompt", "提示词"),
    "negative": ("negative", "negative prompt"),
    "file": ("file", "filename", "footage", "media", "文件"),
    "note": (
        "note",
        "notes",
        "comment",
        "comments",
        "remark",
        "remarks",
        "备注",
        "備考",
        "notas",
        "bemerkung",
        "anmerkungen",
    ),
}
"""Header words by the field they mean; the first field that takes a word has it."""


def folded(header: str) -> str:
    """A header as it is looked up: lower case, signs gone, single spaces, no unit in brackets."""
    text = unicodedata.normalize("NFKC", header).casefold().replace("#", " ")
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text)
    return " ".join(re.sub(r"[^\w\s]|_", " ", text).split())


_FIELDS = {folded(word): field for field, words in reversed(list(COLUMNS.items())) for word in words}


def guessed(cells: Sequence[str]) -> dict[int, str]:
    """The field of each column whose header is known, by the column's number; the first of two equal fields."""
    fields: dict[int, str] = {}
    for number, cell in enumerate(cells):
        field = _FIELDS.get(folded(cell))
        if field is not None and field not in fields.values():
            fields[number] = field
    return fields
