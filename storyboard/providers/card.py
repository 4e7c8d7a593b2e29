"""Cards: words over a colour or a picture, set on this machine, for nothing."""

from __future__ import annotations

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask
from storyboard.media.jobs import CardJob

CAPABILITIES = Capabilities(
    name="card",
    local=True,
    source="card",
    start_frame=False,
    any_fps=True,
    pace=0.2,
)


class CardProvider:
    """The setter of cards. See `storyboard.providers.Local`."""

    capabilities = CAPABILITIES

    def draw(self, ask: Ask, target: str) -> CardJob:
        """The job that sets the shot's card to `target`. Raises ValueError for a shot without one."""
        card = ask.shot.card
        if card is None:
            raise ValueError(f"shot {ask.shot.id} shows no card")
        return CardJob(
            text=card.text,
            color=card.color,
            image=card.image.path if card.image is not None else None,
            seconds=str(ask.duration),
            width_px=ask.width_px,
            height_px=ask.height_px,
            fps=str(ask.fps),
            fit=ask.fit,
            audio=ask.audio,
            target=target,
        )


PROVIDER = CardProvider()
