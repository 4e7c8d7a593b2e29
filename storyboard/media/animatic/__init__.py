"""The animatic: a shot drawn locally, deterministic, good enough to pitch with."""

from storyboard.media.animatic.draw import draw, frame
from storyboard.media.animatic.spec import Does, Person, Place, Prop, Says, Spec

__all__ = ["Does", "Person", "Place", "Prop", "Says", "Spec", "draw", "frame"]
