"""Records for the tests of the state: plausible ones, and hypothesis's."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction
from typing import get_args

from hypothesis import strategies as st

from storyboard.film import Clip, ClipId, JobId, TakeId, TakeKey
from storyboard.state.journal import (
    AttemptRecord,
    AttemptState,
    FilmRecord,
    FrameRecord,
    Record,
    TakeRecord,
    TakeState,
    UseRecord,
)
from storyboard.structs import replace


def address(text: str) -> str:
    """64 hex digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def clip(data: bytes = b"a clip") -> Clip:
    """The clip whose file holds `data`."""
    return Clip(ClipId(hashlib.sha256(data).hexdigest()), 121, Fraction(30000, 1001), 1280, 720, True, len(data))


def take(name: str = "1A-1", **changes: object) -> TakeRecord:
    """A take of that name, planned."""
    key = TakeKey(address(name))
    record = TakeRecord(key, TakeId(name), "animatic", 1, 0, '{"action":"é"}', "planned", changed=1.25)
    return replace(record, **changes)  # type: ignore[arg-type]  # the fields of a test's own choosing


def attempt(name: str = "t1", of: str = "1A-1", **changes: object) -> AttemptRecord:
    """An attempt at that take, intended."""
    record = AttemptRecord(
        name, TakeKey(address(of)), "toy", "intended", "key-1", "/v1/videos", "{}", b"\x00\xffbody", "acc", 1.5
    )
    return replace(record, **changes)  # type: ignore[arg-type]  # the fields of a test's own choosing


def production(shots: int) -> list[Record]:
    """A film's records, all kinds, those referred to last."""
    records: list[Record] = []
    for number in range(shots):
        stored = clip(f"clip {number}".encode())
        name = f"{number}A-1"
        records += [
            attempt(
                f"t{number}", name, reserve=Decimal("1.10"), charged=Decimal("0.70"), unit="credits", state="accepted"
            ),
            FrameRecord(stored.id, 120, address(f"frame {number}")),
            take(name, state="done", clip=stored.id, ask="x" * 1500),
            stored,
            UseRecord("", TakeId(name), TakeKey(address(name)), TakeKey(address(name)) if number % 2 else None),
        ]
    records.append(FilmRecord("film.mp4", address("joined"), clip(b"clip 0").id))
    return records


_hex = st.text("0123456789abcdef", min_size=64, max_size=64)
_text = st.text(max_size=20)
_name = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
_seconds = st.floats(allow_nan=False, allow_infinity=False)
_money = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
_whole = st.integers(0, 2**63 - 1)
_path = st.builds("/v1/{}".format, st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20))

clips = st.builds(
    Clip,
    _hex.map(ClipId),
    _whole,
    st.fractions(min_value=Fraction(1, 100), max_value=1000),
    _whole,
    _whole,
    st.booleans(),
    _whole,
)
takes = st.builds(
    TakeRecord,
    _hex.map(TakeKey),
    _name.map(TakeId),
    _text,
    _whole,
    _whole,
    _text,
    st.sampled_from(get_args(TakeState)),
    _text,
    _text,
    st.none() | _hex.map(ClipId),
    st.none() | _text,
    st.none() | _text,
    _seconds,
)
attempts = st.builds(
    AttemptRecord,
    _text,
    _hex.map(TakeKey),
    _text,
    st.sampled_from(get_args(AttemptState)),
    _text,
    _path,
    _text,
    st.binary(max_size=50),
    _text,
    _seconds,
    _money,
    _money,
    _text,
    st.none() | _text.map(JobId),
    st.none() | _text,
)
frames = st.builds(FrameRecord, _hex.map(ClipId), _whole, _hex)
films = st.builds(FilmRecord, _name, _hex, _hex.map(ClipId))
uses = st.builds(UseRecord, _text, _name.map(TakeId), _hex.map(TakeKey), st.none() | _hex.map(TakeKey))
