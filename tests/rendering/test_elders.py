"""Words that were changed while nobody knows whether the old ones were ordered: the old bytes are sent first."""

import pytest

from storyboard.exchange import Accepted, Busy, NotSent, Outcome, Rejected, Unknown
from storyboard.film import JobId, TakeId
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import RESENDS
from storyboard.state.journal import UseRecord
from storyboard.structs import replace
from tests.films import film, shot
from tests.rendering.paying import Looking, answer, one_shot, sent_again, submitted
from tests.rendering.stage import Stage, posts

OLD = JobId("job-old")


def edited(provider: str = "keyed", down_s: float = 60.0) -> tuple[Stage, ev.Post, ev.Decision]:
    """A run that died with an order on its way; its words were changed; the next run begins."""
    stage, post = submitted(provider)
    stage.film = film(replace(shot("1A", provider=provider), prompt="Something else."))
    return stage, post, stage.again(down_s)


def test_the_old_bytes_are_sent_again_before_the_new_ones() -> None:
    stage, post, decision = edited()
    (elder,) = posts(decision)
    assert elder == post
    (new,) = posts(answer(stage, elder, Accepted(OLD)))
    assert new.attempt != post.attempt
    assert new.request.body != post.request.body
    kept = stage.history.attempts[post.attempt]
    assert (kept.state, kept.job) == ("accepted", OLD)


@pytest.mark.parametrize("outcome", [Unknown("lost"), Busy(0.0), NotSent("refused"), Rejected("no-credit", "empty")])
def test_where_that_tells_nothing_it_stays_listed_and_the_new_words_are_ordered(outcome: Outcome) -> None:
    stage, post, decision = edited()
    (elder,) = posts(decision)
    for _ in range(RESENDS):
        decision = answer(stage, elder, outcome)
        assert not posts(decision)
        elder = sent_again(stage, decision)
        assert elder == post
        if isinstance(outcome, Busy):
            break
    decision = answer(stage, elder, Accepted(OLD) if isinstance(outcome, Busy) else outcome)
    (new,) = posts(decision)
    assert new.attempt != post.attempt
    assert stage.history.attempts[post.attempt].state == ("accepted" if isinstance(outcome, Busy) else "ambiguous")


def test_an_old_key_is_not_sent_and_the_new_words_are_ordered() -> None:
    stage, post, decision = edited(down_s=1900.0)
    (new,) = posts(decision)
    assert new.attempt != post.attempt
    assert stage.history.attempts[post.attempt].state == "ambiguous"


def test_a_provider_without_keys_gets_no_old_bytes() -> None:
    stage, post, decision = edited("bare")
    (new,) = posts(decision)
    assert new.attempt != post.attempt
    assert stage.history.attempts[post.attempt].state == "ambiguous"


def test_the_old_order_is_looked_for_where_the_gateway_lists_its_jobs() -> None:
    stage = Looking(one_shot("bare"))
    (post,) = posts(stage.begin())
    stage.film = film(replace(shot("1A", provider="bare"), prompt="Something else."))
    decision = stage.again(7200.0)
    (find,) = decision.actions
    assert isinstance(find, ev.Find)
    assert find.attempt == post.attempt
    (new,) = posts(stage.hear(ev.Answered(find.attempt, Accepted(OLD))))
    assert new.attempt != post.attempt
    kept = stage.history.attempts[post.attempt]
    assert (kept.state, kept.job) == ("accepted", OLD)


def test_a_run_that_ends_meanwhile_leaves_it_to_the_next_one() -> None:
    stage, post, decision = edited()
    (elder,) = posts(decision)
    stage.hear(ev.Drain())
    assert not posts(answer(stage, elder, Unknown("lost")))
    assert stage.schedule.finished
    assert posts(stage.again()) == [post]


def test_going_back_to_the_old_words_finds_the_old_order() -> None:
    stage, _, decision = edited()
    answer(stage, posts(decision)[0], Accepted(OLD))
    stage.film = film(shot("1A", provider="keyed"))
    stage.again()
    (poll,) = stage.hear().actions
    assert isinstance(poll, ev.Poll)
    assert poll.job == OLD


@pytest.mark.parametrize("owner", ["oak", "pine", None])
def test_of_films_that_have_takes_of_one_name_the_one_whose_it_was_waits(owner: str | None) -> None:
    stage, post = submitted("keyed")
    (old,) = stage.history.takes
    if owner is not None:
        stage.history.keep(UseRecord(owner, TakeId("1A-1"), old))
    one = shot("1A", provider="keyed")
    for name in ("oak", "pine"):
        stage.films[name] = film(replace(one, prompt=f"A lamp of {name}."))
    first, second = posts(stage.again())
    assert first == post or second == post
    (other,) = (each for each in (first, second) if each != post)
    assert stage.schedule.works[stage.submissions.attempts[other.attempt].take].take.film == (
        "oak" if owner == "pine" else "pine"
    )
    (new,) = posts(answer(stage, post, Accepted(OLD)))
    assert stage.schedule.works[stage.submissions.attempts[new.attempt].take].take.film == (owner or "oak")
