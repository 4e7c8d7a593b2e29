"""What is decided on the board is what the commands would write."""

import sys
from pathlib import Path

import trio

from storyboard.production.production import Production
from storyboard.rendering.mail import CANCEL
from storyboard.state.disk import LocalDisk
from storyboard.state.folder import Folder
from storyboard.state.inbox import Inbox, Message
from storyboard.state.lock import Lock
from tests.board.stage import FILM, copied, film, read, visiting

RENDER = (sys.executable, "-P", "-m", "storyboard", "render")


async def test_a_circle_is_written_as_the_command_writes_it(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        assert (await visitor.do("circle", shot="1A", take=2)).json() == {"done": "take 2 of 1A is circled"}
        await visitor.changed(1)
        assert visitor.card("1B").mark == "render"
    assert read(ferry) == FILM.replace("takes: 2\n", "takes: 2\n        circled: 2\n")


async def test_a_lock_and_its_end_leave_the_same_bytes(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        await visitor.do("lock", shot="2A")
        assert "locked: true" in read(ferry)
        await visitor.do("unlock", shot="2A")
    assert read(ferry) == FILM


async def test_what_cannot_be_is_refused_in_the_words_of_the_commands(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        answer = await visitor.do("circle", shot="1A", take=7)
        assert answer.status_code == 400
        assert 'error[circled-take]: shot "1A" has takes 1, 2, not 7' in answer.json()["refused"]
        assert (await visitor.do("lock", shot="1Z")).status_code == 400
        for act, said in (
            ("circle", {"shot": "1A", "take": "2"}),
            ("circle", {"shot": "1A", "take": True}),
            ("lock", {"shot": 1}),
            ("render", {"only": "1A"}),
            ("render", {"agreed": {"seedance2ai": "NaN"}}),
            ("render", {"agreed": {"seedance2ai": "-1"}}),
            ("explode", {}),
        ):
            assert (await visitor.do(act, **said)).status_code == 400, (act, said)
        assert (await visitor.http.post("/acts/lock", content=b"shot=2A")).status_code == 400
        assert (await visitor.http.post("/acts/lock", json=["2A"])).status_code == 400
        assert (await visitor.do("lock", shot="2" * 70000)).status_code == 400
    assert read(ferry) == FILM


async def test_a_take_is_cancelled_by_the_render_that_runs(ferry: Path) -> None:
    folder = Folder.of(ferry)
    inbox = Inbox(folder.inbox, LocalDisk())
    heard: list[Message] = []

    async def hear() -> None:
        while not heard:
            heard.extend(inbox.drain())
            await trio.lowlevel.checkpoint()
        inbox.settle(heard)

    async with visiting(ferry) as visitor:
        refused = await visitor.do("cancel", shot="1A-1")
        assert "error[cannot-cancel]: no render runs" in refused.json()["refused"]
        with Lock(folder.lock, 0.0):  # as a render holds it
            async with trio.open_nursery() as nursery:
                nursery.start_soon(hear)
                answer = await visitor.do("cancel", shot="1A-1")
        assert answer.json() == {"done": "the render has heard that 1A-1 is cancelled"}
    assert [(one.kind, one.payload) for one in heard] == [(CANCEL, {"names": ["1A-1"], "films": None})]


async def test_money_is_spent_only_as_it_was_agreed_to(tmp_path: Path) -> None:
    paid = FILM.replace("defaults: {duration: 0.5}", "defaults: {provider: seedance2ai, duration: 4}")
    path = film(tmp_path, paid.replace("size: 160x90, fps: 12", "size: 1280x720"))
    async with visiting(path, ("false",)) as visitor:
        price = (await visitor.do("price", only=["2A"])).json()
        assert price["words"] == f"{price['agreed']['seedance2ai']} credits (seedance2ai)"
        for agreed in ({}, {"seedance2ai": "1"}, {"ark": "1000"}):
            answer = await visitor.do("render", only=["2A"], agreed=agreed)
            assert answer.status_code == 409
            assert "error[not-agreed]" in answer.json()["refused"]
        assert not visitor.board.acts._renders.running
        assert (await visitor.do("render", only=["2A"], agreed=price["agreed"])).json() == {"done": "the render begins"}


async def test_another_take_is_rendered_in_a_process_of_its_own(rendered: Path, tmp_path: Path) -> None:
    path = copied(rendered, tmp_path / "retake")
    async with visiting(path, (*RENDER, str(path))) as visitor:
        assert (await visitor.do("price", retake=["2A"], only=["2A"])).json() == {"words": "", "agreed": {}}
        assert (await visitor.do("render", retake=["2A"], only=["2A"])).json() == {"done": "the render begins"}
        again = await visitor.do("render", retake=["2A"], only=["2A"])
        assert "error[already-running]" in again.json()["refused"]
        number, seen = 1, set()
        with trio.fail_after(120):
            while visitor.card("2A").done != (1, 2):
                number = await visitor.changed(number)
                seen.add(visitor.card("2A").mark)
            while visitor.board.watch.now.view.bar.working:
                number = await visitor.changed(number)
        assert "running" in seen
        assert visitor.card("2A").mark == "choose"
        assert not visitor.board.watch.now.view.bar.problem
    assert [take.id for take in Production(path).plan().plan.takes if take.clip] == ["1A-1", "1A-2", "2A-1", "2A-2"]


async def test_a_render_that_cannot_start_or_fails_says_so(ferry: Path) -> None:
    for command, words in (
        (("no-such-program",), "could not be started"),
        ((sys.executable, "-c", "exit(5)"), "exit code 5"),
    ):
        async with visiting(ferry, command) as visitor:
            await visitor.do("render")
            number = await visitor.changed(1)
            with trio.fail_after(60):
                while visitor.board.watch.now.view.bar.working:
                    number = await visitor.changed(number)
            assert words in visitor.board.watch.now.view.bar.problem
