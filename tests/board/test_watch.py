"""What the board sees of a film, whatever becomes of it."""

from fractions import Fraction
from pathlib import Path

import pytest
import trio

from storyboard.board.renders import Renders
from storyboard.board.watch import Watch
from storyboard.network.settings import Settings
from storyboard.production.production import Production
from storyboard.structs import replace
from tests.board.stage import FILM, Visitor, film, read, visiting, write

PAID = FILM.replace("size: 160x90, fps: 12", "size: 1280x720").replace(
    "duration: 0.5", "provider: seedance2ai, duration: 4, audio: false"
)


async def problem(visitor: Visitor, number: int) -> tuple[int, str]:
    """What is wrong with the film by the next view, and its number."""
    found = await visitor.changed(number)
    return found, visitor.board.watch.now.view.bar.problem


async def test_a_damaged_state_is_told_above_the_last_view_and_watched_on(ferry: Path) -> None:
    database = ferry.with_suffix(".storyboard") / "state.db"
    good = database.read_bytes()
    async with visiting(ferry) as visitor:
        database.write_bytes(b"noise" * 4000)
        number, said = await problem(visitor, 1)
        assert "state.db" in said
        assert visitor.card("2A").mark == "done"
        assert (await visitor.get("/")).text.count('role="alert"') == 1
        database.write_bytes(good)
        number, said = await problem(visitor, number)
        assert said == ""
        write(ferry, read(ferry).replace("Gulls.", "Terns."))
        assert await problem(visitor, number) == (number + 1, "")
        assert visitor.card("2A").about == "Terns."


async def test_a_folder_that_leads_out_is_told_and_looked_at_again_by_itself(ferry: Path, tmp_path: Path) -> None:
    folder, aside = ferry.with_suffix(".storyboard"), tmp_path / "aside"
    async with visiting(ferry) as visitor:
        folder.rename(aside)
        folder.symlink_to(aside)
        write(ferry, read(ferry) + "\n")
        number, said = await problem(visitor, 1)
        assert said
        folder.unlink()
        aside.rename(folder)
        while said:
            number, said = await problem(visitor, number)
        assert visitor.card("2A").mark == "done"


@pytest.mark.parametrize("seconds", [40.0, 200.0])
async def test_the_time_left_is_what_jobs_took_of_late(seconds: float, tmp_path: Path) -> None:
    took = tuple((Fraction(4), seconds) for _ in range(6))
    known: list[Settings] = []

    def learned(settings: Settings) -> Settings:
        return known[-1] if known else settings

    watch = Watch(Production(film(tmp_path, PAID)), Renders(()), {}, learned=learned)
    await watch.open()
    assert "about 2 min" in watch.now.view.bar.summary  # by what is said of the gateway
    known.append(replace(watch.made.gateways, took={"seedance2ai": took}))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        write(tmp_path / "ferry.yaml", PAID + "      - {id: 2B, action: Fog.}\n")
        with trio.fail_after(60):
            await watch.newer(1)
        nursery.cancel_scope.cancel()
    words = {40.0: "about 40 s", 200.0: "about 3 min"}
    assert words[seconds] in watch.now.view.bar.summary


@pytest.mark.parametrize(("shots", "kept"), [(3, False), (20, True)])
async def test_of_a_long_film_no_view_is_kept_but_the_newest(shots: int, kept: bool, ferry: Path) -> None:
    watch = Watch(Production(ferry), Renders(()), {}, kept_shots=shots)
    await watch.open()
    begun = watch.now.revision
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch.run)
        write(ferry, read(ferry).replace("Gulls.", "Terns."))
        with trio.fail_after(60):
            await watch.newer(1)
        nursery.cancel_scope.cancel()
    assert (watch.at(begun) is not None) is kept
    assert watch.at(watch.now.revision) is watch.now
