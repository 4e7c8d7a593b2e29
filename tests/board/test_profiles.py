"""The film under its profiles, side by side, while decisions are made."""

from pathlib import Path

from storyboard.board.profiles import columns
from storyboard.production.production import Production
from tests.board.stage import Visitor, read, visiting, write
from tests.board.test_app import told


def final(path: Path, profiles: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What the column of `final` says: by the decisions as written, and by those of this board besides."""
    made = Production(path, profiles=profiles)
    found = next(one for one in columns(made, made.plan()) if one.name == "final")
    assert found.sums is not None
    sums, given = found.sums, found.given
    return (sums.wants, sums.price, sums.later, *((given.wants, given.price, given.later) if given else ()))


def test_a_final_says_what_it_would_ask_by_the_circles_of_the_draft(ferry: Path) -> None:
    held = ("3 to render, 1 held", "72 credits (seedance2ai)", "24 credits (seedance2ai)")
    assert final(ferry) == held
    write(
        ferry,
        read(ferry)
        .replace("takes: 2\n", "takes: 2\n        circled: {draft: 2}\n")
        .replace("profiles:\n", "profiles:\n  draft: {defaults: {duration: 0.5}}\n"),
    )
    assert final(ferry) == held
    assert final(ferry, ("draft",)) == (*held, "4 to render", "96 credits (seedance2ai)", "")
    write(ferry, read(ferry).replace("{draft: 2}", "2"))
    assert final(ferry, ("draft",)) == ("4 to render", "96 credits (seedance2ai)", "")


def test_a_profile_that_cannot_be_planned_says_why_and_the_others_stand(ferry: Path) -> None:
    write(ferry, read(ferry).replace("size: 1280x720}}", "size: 1280x720}, shots: {9Z: {duration: 4}}}"))
    made = Production(ferry)
    written, broken = columns(made, made.plan())
    assert "9Z" in broken.refused
    assert written.sums is not None
    assert written.here


async def test_a_decision_changes_the_profiles_page_that_is_open(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        page = (await visitor.get("/profiles")).text
        assert "24 credits (seedance2ai) more when what is held may go on" in page
        seen = visitor.board.watch.now.revision
        await visitor.do("circle", shot="1A", take=2)
        changed = dict(await parts(visitor, seen))
    assert "96 credits" in changed["sums"]
    assert "take 2 circled" in changed["row:1A"]
    assert set(changed) == {"bar", "sums", "row:1A", "row:1B"}


async def parts(visitor: Visitor, seen: str) -> list[tuple[str, str]]:
    """The pieces of the profiles that are sent next."""
    found = await told(visitor, "/profiles", seen, await visitor.changed(1))
    return [(data["key"], data["html"]) for kind, data, _ in found if kind == "part"]
