from storyboard.film import Film, Shot, ShotId
from storyboard.planning.plan import Plan, make
from storyboard.planning.uses import circled, used
from storyboard.state.journal import History, TakeRecord
from storyboard.structs import replace
from tests.films import CAPABILITIES, after, clip, film, shot

WHY = "1B has changed since take 1 was circled: look at it, and circle it again"


class Story:
    """A film under review as a person works on it: shot 1B, which 1C opens on."""

    def __init__(self, **fields: object) -> None:
        self.history = History()
        self.name = ""
        self.first = replace(shot("1B"), **fields)  # type: ignore[arg-type]  # the fields of a test's own choosing
        self.letters = iter("abcdefgh")

    def film(self) -> Film:
        return film(self.first, shot("1C", start=after("1B")))

    def plan(self) -> Plan:
        return make(self.film(), CAPABILITIES, self.history, {}, name=self.name)

    def change(self, **fields: object) -> None:
        self.first = replace(self.first, **fields)  # type: ignore[arg-type]  # the fields of a test's own choosing

    def asked(self, words: str) -> None:
        self.change(prompt=words)

    def render(self) -> None:
        """Take what is to be rendered and held by nothing, as a run does, from its beginning to its end."""
        made = self.plan()
        self._note(made)
        for take in made.takes:
            if take.verdict == "render":
                stored, own = clip(next(self.letters)), (take.number, take.rank, take.own)
                self.history.keep(stored)
                self.history.keep(
                    TakeRecord(take.key, take.id, take.shot.provider, *own, "done", clip=stored.id, changed=1.0)
                )
        self._note(made)

    def _note(self, made: Plan) -> None:
        done = {key for key, record in self.history.takes.items() if record.state == "done"}
        for record in list(used(made, self.name, self.history, done)):
            self.history.keep(record)

    def circle(self, number: int = 1, *profiles: str) -> None:
        self.change(circled=number)
        for record in list(circled(self.plan(), self.name, self.history, ShotId("1B"), number, profiles)):
            self.history.keep(record)

    def verdict(self, name: str = "1C") -> tuple[str, tuple[str, ...]]:
        (take,) = self.plan().by_shot[ShotId(name)]
        return take.verdict, take.why

    def reopened(self) -> bool:
        """Whether what depends on 1B waits for another circle."""
        return WHY in self.verdict()[1]


def reviewed(**fields: object) -> Story:
    """1B is rendered and circled, and 1C made from it may begin."""
    story = Story(review=True, **fields)
    story.render()
    assert story.verdict()[0] == "held"
    story.circle()
    assert story.verdict()[0] == "render"
    return story


def test_a_review_reopens_when_what_is_asked_for_changes() -> None:
    story = reviewed()
    story.asked("another wording")
    assert story.reopened()


def test_it_stays_open_when_the_new_clip_is_there_until_somebody_circles_it() -> None:
    story = reviewed()
    story.asked("another wording")
    story.render()
    story.render()
    assert story.reopened()
    story.circle()
    assert not story.reopened()


def test_a_circle_that_was_written_by_hand_reopens_too() -> None:
    story = Story(review=True)
    story.render()
    story.change(circled=1)
    story.render()
    story.asked("another wording")
    story.render()
    assert story.reopened()


def test_a_circle_before_any_clip_accepts_the_first() -> None:
    story = Story(review=True, circled=1)
    assert not story.reopened()
    story.render()
    story.asked("another wording")
    assert story.reopened()


def test_a_circle_that_comes_after_the_change_holds_nothing() -> None:
    story = Story(review=True)
    story.render()
    story.asked("another wording")
    story.render()
    story.change(circled=1)
    assert not story.reopened()


def test_going_back_to_what_was_circled_closes_the_review() -> None:
    story = reviewed()
    before = story.first
    story.asked("another wording")
    story.render()
    story.first = before
    assert not story.reopened()


def test_without_a_review_nothing_reopens() -> None:
    story = Story(circled=1)
    story.render()
    story.asked("another wording")
    assert not story.reopened()


def test_a_lock_keeps_the_clip_that_was_circled() -> None:
    story = reviewed()
    story.change(locked=True)
    story.asked("another wording")
    assert story.verdict("1B")[0] == "locked"
    assert not story.reopened()


def test_another_profiles_clip_is_no_change() -> None:
    story = reviewed()
    story.name = "final"
    story.asked("as the final film has it")
    story.render()
    assert not story.reopened()


def test_a_circle_accepts_in_every_film_unless_profiles_are_named() -> None:
    story = reviewed()
    story.asked("another wording")
    story.render()
    story.name = "final"
    story.render()
    story.circle(1, "final")
    story.name = ""
    assert story.reopened()
    story.name = "final"
    story.circle(1)
    story.name = ""
    assert not story.reopened()


def locked(story: Story, name: str) -> str:
    story.name = name
    (take,) = story.plan().by_shot[ShotId("1B")]
    return f"{take.verdict} {take.clip[:1] if take.clip else '-'}"


def test_a_lock_keeps_each_profiles_own_clip() -> None:
    story = Story()
    story.render()
    first: Shot = story.first
    story.name = "final"
    story.asked("as the final film has it")
    story.render()
    story.change(locked=True)
    story.asked("changed at last")
    clips = story.history.uses
    assert locked(story, "") == f"locked {_letter(story, '')}"
    assert locked(story, "final") == f"locked {_letter(story, 'final')}"
    assert len({one.key for one in clips.values() if one.take == "1B-1"}) == 2
    assert locked(story, "new") == "render -"
    story.first = replace(first, locked=True)
    assert locked(story, "new") == f"locked {_letter(story, '')}"


def _letter(story: Story, name: str) -> str:
    use = next(one for (film, take), one in story.history.uses.items() if (film, take) == (name, "1B-1"))
    found = story.history.takes[use.key].clip
    assert found is not None
    return found[0]
