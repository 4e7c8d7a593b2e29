"""What a run teaches of the accounts that it uses, for later plans and runs and for whoever looks on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from storyboard.diagnostics import Refused
from storyboard.rendering.outside import Outside
from storyboard.rendering.schedule import Schedule
from storyboard.state.account import AccountFile


def times(schedule: Schedule, files: Mapping[str, AccountFile], least: int = 1) -> None:
    """Remember how long jobs took, where so many are not yet remembered."""
    for provider, took in schedule.submissions.jobs.polling.learned.items():
        if provider in files and len(took) >= least:
            with suppress(Refused):  # it only saves learning again
                files[provider].timed(took)
            took.clear()


def prices(schedule: Schedule, outside: Outside) -> None:
    """Remember what clips were charged."""
    for work in schedule.works:
        attempt = schedule.submissions.attempts.get(work.attempt or "")
        if attempt is None or attempt.state != "succeeded" or attempt.charged is None:
            continue
        shot, file = work.take.shot, outside.files.get(attempt.provider)
        if file is not None and attempt.account == outside.accounts[attempt.provider].name:
            named = schedule.capabilities[shot.provider].price_name(shot)
            with suppress(Refused):  # it only saves asking again
                file.learn(named, work.take.duration, attempt.charged)
