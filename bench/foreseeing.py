"""How long a forecast of a large film takes, and how near it comes to the same schedule under trio's mock clock."""

from bench import pacing, virtual
from bench.ratio import Ratio, seconds
from storyboard.collecting import no_cyclic_collection
from storyboard.planning import plan
from storyboard.planning.programme import programme
from storyboard.rendering.forecast import Forecast, forecast
from storyboard.rendering.virtual import Known
from storyboard.rendering.work import wanted_takes
from storyboard.state.journal import History

MOST_S = 2.0
"""The most that a forecast of 10,000 shots may take."""


def known(shape: pacing.Shape, concurrency: int) -> Known:
    """What is known of a film of that shape before its first run."""
    caps = {virtual.NAME: virtual.capabilities(concurrency)}
    made = plan.make(shape(), caps, History(), {})
    return Known(programme([made]), wanted_takes(made), History(), caps, {})


def foreseen(shape: pacing.Shape, concurrency: int) -> Forecast:
    """The forecast of it."""
    with no_cyclic_collection():
        return forecast(known(shape, concurrency))


def foreseeing(shots: int) -> list[Ratio]:
    """A thousand chains of ten shots in real seconds; then each shape's forecast over what it takes."""
    large = known(lambda: pacing.chains(*[10] * (shots // 10)), pacing.CONCURRENCY)
    with no_cyclic_collection():
        took = min(seconds(lambda: forecast(large)) for _ in range(3))
    found = [Ratio(f"forecast of {shots} shots in chains of ten, over {MOST_S:g} s", took, MOST_S, took / MOST_S, 1.0)]
    for name, shape in pacing.SHAPES.items():
        told = foreseen(shape, pacing.CONCURRENCY).median_s
        one = pacing.figure(name, pacing.CONCURRENCY, 1)
        found.append(Ratio(f"{name}, forecast over what it took", told, one.seconds, told / one.seconds, None))
    return found
