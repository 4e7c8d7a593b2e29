from fractions import Fraction

import pytest

from storyboard.capabilities import Option
from storyboard.diagnostics import Refused
from tests.network.test_settings import settings

PAINT = '[providers.paint]\nkind = "command"\ncommand = ["paint", "--fast"]\n'


def test_a_renderer_is_declared_with_what_it_can() -> None:
    found = settings(
        PAINT
        + 'models = ["big", "small"]\ndurations = [4, 2.5]\naspects = ["16:9"]\nresolutions = ["720p"]\n'
        + "start_frame = false\nend_frame = true\nreferences = 3\naudio = true\nprompt_chars = 500\n"
        + "concurrency = 4\npace = 12\ntimeout_s = 3600\nresources = {GPU = 1}\n"
    )
    made = found.renderers["paint"]
    caps = made.capabilities
    assert (made.command, made.resources, made.timeout_s) == (("paint", "--fast"), {"GPU": 1.0}, 3600.0)
    assert (caps.name, caps.local, caps.free) == ("paint", True, True)
    assert caps.durations == (Fraction(5, 2), Fraction(4))
    assert (caps.aspects, caps.resolutions) == (frozenset({"16:9"}), frozenset({"720p"}))
    assert (caps.start_frame, caps.end_frame, caps.references, caps.audio) == (False, True, 3, True)
    assert caps.options == {"model": Option("big", ("big", "small"))}
    assert (caps.concurrency, caps.pace, caps.prompt_chars) == (4, 12.0, 500)
    assert "paint" not in found.terms


def test_what_is_left_out_is_any_or_usual() -> None:
    made = settings(PAINT).renderers["paint"]
    caps = made.capabilities
    assert made.timeout_s is None
    assert (caps.durations, caps.aspects, caps.resolutions, caps.options) == (None, None, None, {})
    assert (caps.start_frame, caps.end_frame, caps.references, caps.concurrency) == (True, False, 0, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PAINT + 'price = "3"\n', "what a renderer of one's own costs, nobody here can account for"),
        (PAINT + "gpu = 1\n", "gpu is no setting; there is kind, command, resources"),
        (PAINT + "concurrency = 0\n", "concurrency is at least 1"),
        (PAINT + "concurrency = true\n", "concurrency is not of the right kind"),
        (PAINT + "durations = [0]\n", "durations are lengths in seconds"),
        (PAINT + 'durations = ["long"]\n', "durations are lengths in seconds"),
        (PAINT + "timeout_s = 0\n", "timeout_s is a number of seconds"),
        (PAINT + "timeout_s = inf\n", "timeout_s is a number of seconds"),
        (PAINT + "models = [1]\n", "models is a list of words"),
        (PAINT + 'resources = {GPU = "a"}\n', "resources.GPU is how much of it a worker has to have"),
        (PAINT.replace('["paint", "--fast"]', "[]"), "command is a list of words"),
        (PAINT.replace('["paint", "--fast"]', '"paint"'), "command is not of the right kind"),
        (PAINT.replace("providers.paint", "providers.PAINT"), "'PAINT' is no name of a provider"),
        (PAINT.replace("providers.paint", "providers.animatic"), "providers.animatic is there already"),
        (PAINT.replace("providers.paint", "providers.seedance2ai"), "providers.seedance2ai is there already"),
        (PAINT.replace('kind = "command"\n', ""), 'a renderer of your own says kind = "command"'),
    ],
)
def test_a_mistake_is_told(text: str, told: str) -> None:
    with pytest.raises(Refused) as raised:
        settings(text)
    assert raised.value.exit_code == 2
    (found,) = raised.value.diagnostics
    assert found.code == "bad-settings"
    assert told in found.message
