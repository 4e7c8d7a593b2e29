"""From the takes one has to an edit that is written for others: the same film that `cut` joins, as a timeline."""

from __future__ import annotations

from storyboard.delivery import Subtitles
from storyboard.film import Money
from storyboard.finishing import provenance
from storyboard.finishing.exporting.edit import Edit, Event, Media
from storyboard.finishing.subtitles import subtitles
from storyboard.finishing.timeline import timeline
from storyboard.finishing.tracks import laid, narration
from storyboard.planning.plan import PlannedTake
from storyboard.production.cutting import Material, standing
from storyboard.state.folder import Folder
from storyboard.state.journal import History
from storyboard.structs import replace


def edit(material: Material, history: History, folder: Folder, handles: int | None = None) -> Edit:
    """The edit of the clips one has. Raises Refused as `cutting.standing` does."""
    film, shown = standing(material)
    clips = {shot: clip for shot, (_, clip) in shown.items()}
    line = timeline(film, clips, material.missing)
    asked = film.subtitles or Subtitles(dialogue=True, narration=True)
    cues = subtitles(replace(film, subtitles=asked), line, narration(film, line))
    shots = {shot.id: shot for shot in material.made.film.shots}
    events = []
    for placed in line.picture:
        shot = replace(shots[placed.shot], in_=film.shot(placed.shot).in_, out=film.shot(placed.shot).out)
        events.append(_event(Event(shot, placed), shown.get(placed.shot), material, history, folder))
    return Edit(film, line, tuple(events), tuple(laid(film, line)), cues, handles)


def _event(
    event: Event, shown: tuple[PlannedTake, object] | None, material: Material, history: History, folder: Folder
) -> Event:
    """A shot with the take that it shows."""
    if shown is None:
        return event
    take = shown[0]
    clip = material.have[take.key]
    attempt = provenance.bought(take, history)
    kept = material.store.kept(clip.id, take.key)
    return replace(
        event,
        take=take.id,
        media=Media(folder.named_clip(take.id, clip.id), clip),
        provider=take.provider,
        prompt=provenance.prompt_of(history.takes.get(take.key)),
        cost=Money(attempt.charged, attempt.unit) if attempt is not None and attempt.charged is not None else None,
        made=provenance.made(take, clip, history, kept),
    )
