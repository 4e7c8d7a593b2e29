"""Decisions are written in place: the tree gains exactly the decision, the text nothing but a few characters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.diagnostics import Refused
from storyboard.language.edit import Edited, circle, lock, unlock
from storyboard.language.text.source import parse
from storyboard.language.text.tree import Map, Node, Scalar, Seq

Act = Callable[[list[tuple[str, bytes]], str], Edited]
BOM = b"\xef\xbb\xbf"


def circled(text: str, shot: str, take: int = 2, *profiles: str) -> str:
    return circle([("film.yaml", text.encode())], shot, take, profiles).after.decode()


def read(data: bytes) -> dict[str, Any]:
    """The tree of a text, every scalar as it is spelt."""
    tree: dict[str, Any] = bare(parse(data, "film.yaml").root)
    return tree


def bare(node: Node) -> Any:
    if isinstance(node, Map):
        return {key: bare(one) for key, one in node.items()}
    if isinstance(node, Seq):
        return [bare(one) for one in node]
    return node.spelt if isinstance(node, Scalar) else f"text {node}" if node.isdecimal() else node


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "- id: 1A   # a\n  # b\n  action: |\n    Fog.\n",
            "- id: 1A   # a\n  circled: 2\n  # b\n  action: |\n    Fog.\n",
        ),
        ("- action: Fog.\n  id: 1A", "- action: Fog.\n  id: 1A\n  circled: 2"),
        ("- id: 1A\r\n  takes: 3\r\n", "- id: 1A\r\n  takes: 3\r\n  circled: 2\r\n"),
        ("- {id: 1A, action: Fog.}\n", "- {id: 1A, circled: 2, action: Fog.}\n"),
        ('- {"id":"1A","action":"Fog."}\n', '- {"id":"1A", "circled": 2,"action":"Fog."}\n'),
        ("- id: 1A\n  circled:   1  # the first\n", "- id: 1A\n  circled:   2  # the first\n"),
        ("- id: 1A\n  circled: {draft: 1} # x\n", "- id: 1A\n  circled: 2 # x\n"),
    ],
)
def test_a_circle_is_written_on_the_shot(before: str, after: str) -> None:
    head = "storyboard: 1\nshots:\n"
    assert circled(head + before, "1a") == head + after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- {use: t, id: 2A}\n", "- {use: t, id: 2A}\ndecisions:\n  2A: {circled: 2}\n"),
        ("- {use: t, id: 2A}", "- {use: t, id: 2A}\ndecisions:\n  2A: {circled: 2}"),
        ("- {use: t, id: 2A}\ndecisions: {}\n", "- {use: t, id: 2A}\ndecisions: {2A: {circled: 2}}\n"),
        (
            "- {use: t, id: 2A}\ndecisions: {2B: {circled: 1}} # c\n",
            "- {use: t, id: 2A}\ndecisions: {2B: {circled: 1}, 2A: {circled: 2}} # c\n",
        ),
        (
            "- {use: t, id: 2A}\ndecisions:\n   # c\n   2A:\n     locked: true # d\n",
            "- {use: t, id: 2A}\ndecisions:\n   # c\n   2A:\n     locked: true # d\n     circled: 2\n",
        ),
        ("- id: 2A\ndecisions: {2A: {circled: 1}}\n", "- id: 2A\ndecisions: {2A: {circled: 2}}\n"),
        ("- {use: t, id: 2A}\n...\n", "- {use: t, id: 2A}\ndecisions:\n  2A: {circled: 2}\n...\n"),
    ],
)
def test_a_circle_of_a_shot_that_is_made_stands_among_the_decisions(before: str, after: str) -> None:
    head = "storyboard: 1\nshots:\n"
    assert circled(head + before, "2A") == head + after


def test_a_shot_behind_an_alias_is_decided_about_apart() -> None:
    text = "storyboard: 1\nvars: {fog: &fog {id: 1A, action: Fog.}}\nshots: [*fog]\n"
    assert circled(text, "1A") == text + "decisions:\n  1A: {circled: 2}\n"


def test_a_merged_circle_is_laid_over() -> None:
    text = "storyboard: 1\nvars: {base: &base {circled: 1}}\nshots:\n- <<: *base\n  id: 1A\n"
    assert circled(text, "1A") == text + "  circled: 2\n"


def test_a_circle_for_a_profile_is_a_mapping() -> None:
    text = "storyboard: 1\nshots:\n- {id: 1A}\n"
    one = circled(text, "1A", 2, "draft")
    assert one == "storyboard: 1\nshots:\n- {id: 1A, circled: {draft: 2}}\n"
    assert circled(one, "1A", 3, "final") == "storyboard: 1\nshots:\n- {id: 1A, circled: {draft: 2, final: 3}}\n"
    assert (
        circled(one, "1A", 1, "draft", "final") == "storyboard: 1\nshots:\n- {id: 1A, circled: {draft: 1, final: 1}}\n"
    )


def test_a_circle_for_a_profile_does_not_take_that_of_every_profile_away() -> None:
    with pytest.raises(Refused) as refused:
        circled("storyboard: 1\nshots:\n- {id: 1A, circled: 1}\n", "1A", 2, "draft")
    assert [one.code for one in refused.value.diagnostics] == ["cannot-decide"]


def test_an_anchored_circle_that_others_share_is_refused() -> None:
    text = "storyboard: 1\nshots:\n- {id: 1A, circled: &n 1}\n- {id: 1B, circled: *n}\n"
    with pytest.raises(Refused) as refused:
        circled(text, "1A")
    assert [one.code for one in refused.value.diagnostics] == ["cannot-decide"]
    assert circled(text, "1B") == text.replace("*n", "2")


def test_a_shot_of_an_included_file_is_decided_about_there() -> None:
    main, other = b"storyboard: 1\ninclude: [b.yaml]\n", b"scenes:\n- shots: [{id: 1A}]\n"
    edited = circle([("a.yaml", main), ("b.yaml", other)], "1A", 1)
    assert (edited.source, edited.after) == (1, b"scenes:\n- shots: [{id: 1A, circled: 1}]\n")


def test_a_lock_with_a_comment_becomes_false() -> None:
    text = b"storyboard: 1\nshots:\n- id: 1A\n  locked: true  # Anna likes it\n"
    assert unlock([("f", text)], "1A").after == text.replace(b"true", b"false")


def test_unlocking_what_is_not_locked_changes_nothing() -> None:
    text = b"storyboard: 1\nshots: [{id: 1A}]\n"
    assert unlock([("f", text)], "1A").after == text


# ── generated files ──────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(
    ["Fog.", "Möwen 鳥 🚢", '"quoted: # not a comment"', "'it''s'", "&a still", "~", "16:9", "1.10"]
)
COMMENTS = st.sampled_from(["", "", "", " # so", "   #Notiz: 鳥 {, ]", "\t# tab"])
GAPS = st.sampled_from(["", "", "EOL", "INDENT# between EOL", "# at the margin EOL"])
ENDS = st.sampled_from(["\n", "\r\n", "mixed"])
IDS = ("1A", "1.10", "null-1", "鳥-2", "no", "1e3")


@dataclass(frozen=True)
class Written:
    text: bytes
    shots: list[str]


@st.composite
def blocks(draw: st.DrawFn, shot: str, indent: str) -> str:
    """A shot in block style."""
    fields = {
        "action": draw(st.sampled_from([f"{draw(WORDS)}", "|EOLINDENT  Fog.EOLINDENT  Rain.", ">-EOLINDENT  Fog."])),
        "takes": draw(st.sampled_from(["3", "0x3", "!!int 3", "'3'"])),
        "titles": "EOLINDENT- {text: a}EOLINDENT- b",
        "circled": draw(st.sampled_from(["1", '"1"', "{a: 1, b: 2}", "EOLINDENT  a: 1"])),
        "locked": draw(st.sampled_from(["true", "false"])),
    }
    keys = draw(st.lists(st.sampled_from(sorted(fields)), unique=True))
    keys.insert(draw(st.integers(0, len(keys))), "id")
    lines: list[str] = []
    for key in keys:
        value = shot if key == "id" else fields[key]
        gap = draw(GAPS)
        comment = draw(COMMENTS) if not value.startswith(("|", ">", "EOL")) else ""
        space = "" if value.startswith("EOL") else draw(st.sampled_from([" ", "   "]))
        lines.append((gap + "EOL" if gap and not gap.endswith("EOL") else gap) if lines else "")
        lines[-1] += f"{'INDENT' if len(lines) > 1 else ''}{key}:{space}{value}{comment}"
    # A gap ends a line of its own; the first line stands behind the dash.
    return f"{indent}- " + "EOL".join(lines).replace("INDENT", indent + "  ")


@st.composite
def braces(draw: st.DrawFn, shot: str, indent: str) -> str:
    """A shot in flow style."""
    fields = {
        "action": '"Fog, rain."',
        "takes": "3",
        "circled": draw(st.sampled_from(["1", "{a: 1}"])),
        "locked": "true",
    }
    keys = draw(st.lists(st.sampled_from(sorted(fields)), unique=True))
    keys.insert(draw(st.integers(0, len(keys))), "id")
    comma = draw(st.sampled_from([", ", ",", " , ", f",EOL{indent}    ", f", # hm EOL{indent}  "]))
    quote = draw(st.sampled_from(["", '"']))
    inside = comma.join(f"{quote}{key}{quote}: {shot if key == 'id' else fields[key]}" for key in keys)
    return f"{indent}- {{{inside}{draw(st.sampled_from(['', ' ', ',']))}}}{draw(COMMENTS)}"


@st.composite
def files(draw: st.DrawFn) -> Written:
    """A storyboard of some shots, in styles, line ends and comments of every kind; some shots are made by a loop."""
    shots = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True))
    indent = draw(st.sampled_from(["", "  ", "    "]))
    lines = [draw(st.sampled_from(["storyboard: 1", "# a film EOLstoryboard: 1", "---EOLstoryboard: 1"])), "shots:"]
    for shot in shots:
        kind = draw(st.sampled_from(["block", "block", "flow", "made"]))
        if kind == "made":
            lines.append(f"{indent}- {{each: {{a: [1]}}, id: {shot}, action: Fog.}}")
        else:
            lines.append(draw(blocks(shot, indent) if kind == "block" else braces(shot, indent)))
    if draw(st.booleans()):
        named = draw(st.sampled_from(shots))
        lines.append(draw(st.sampled_from([
            f"decisions: {{{named}: {{review: required}}}} # d", f"decisions:EOL  # eEOL  {named}:EOL    review: none",
        ])))  # fmt: skip
    lines.append(draw(st.sampled_from(["title: end", "# the end", "note: |EOL  abc", "vars: {a: 1}"])))
    text = "EOL".join(lines) + draw(st.sampled_from(["", "EOL", "EOLEOL", "EOL# last"]))
    end = draw(ENDS)
    parts = text.split("EOL")
    ends = [draw(st.sampled_from(["\n", "\r\n"])) if end == "mixed" else end for _ in parts[1:]]
    whole = "".join(part + tail for part, tail in zip(parts, [*ends, ""], strict=True))
    return Written(draw(st.sampled_from([b"", BOM])) + whole.encode(), shots)


def decided(tree: dict[str, Any], shot: str, key: str) -> object:
    """What the film's tree says of a shot, wherever it stands."""
    found = [one[key] for one in tree["shots"] if one.get("id") == shot and key in one]
    apart = tree.get("decisions", {}).get(shot, {})
    return [*found, *([apart[key]] if key in apart else [])]


def without(tree: dict[str, Any], shot: str, key: str) -> object:
    """The tree without one decision, wherever it stood."""
    rest = dict(tree)
    rest["shots"] = [
        {name: value for name, value in one.items() if name != key or one.get("id") != shot} for one in tree["shots"]
    ]
    apart = {
        name: {field: value for field, value in one.items() if field != key or name != shot}
        for name, one in tree.get("decisions", {}).items()
    }
    rest["decisions"] = {name: one for name, one in apart.items() if one}
    return rest


def common(before: bytes, after: bytes) -> tuple[int, int]:
    """How many bytes two texts begin and end with alike."""
    most = min(len(before), len(after))
    head = next((at for at in range(most) if before[at] != after[at]), most)
    tail = next((at for at in range(most - head) if before[-1 - at] != after[-1 - at]), most - head)
    return head, tail


@given(files(), st.data())
def test_a_decision_is_all_that_changes(written: Written, data: st.DataObject) -> None:
    shot = data.draw(st.sampled_from(written.shots))
    tree = read(written.text)
    after = circle([("film.yaml", written.text)], shot, 7).after
    assert decided(read(after), shot, "circled") == ["7"]
    assert without(read(after), shot, "circled") == without(tree, shot, "circled")
    head, tail = common(written.text, after)
    assert len(written.text) - head - tail <= len("EOL  a: 1") * 2  # nothing, or the circle that was there
    assert len(after) - head - tail <= len("decisions:\r\n  null-1: {circled: 7}\r\n") + 8
    assert circle([("film.yaml", after)], shot, 7).after == after


@given(files(), st.data())
def test_a_lock_taken_out_again_leaves_the_very_same_bytes(written: Written, data: st.DataObject) -> None:
    shot = data.draw(st.sampled_from(written.shots))
    tree = read(written.text)
    locked = lock([("film.yaml", written.text)], shot).after
    assert decided(read(locked), shot, "locked") == ["true"]
    assert without(read(locked), shot, "locked") == without(tree, shot, "locked")
    if not decided(tree, shot, "locked"):
        assert unlock([("film.yaml", locked)], shot).after == written.text
    else:
        assert decided(read(unlock([("film.yaml", locked)], shot).after), shot, "locked") in ([], ["false"])
