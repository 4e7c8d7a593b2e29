"""The animatic: a shot drawn locally, deterministic, good enough to pitch with.

Whoever only says what to draw gets by without the libraries that draw: `draw` is imported by those who do.
"""

from storyboard.media.animatic.spec import Does, Person, Place, Prop, Says, Spec

__all__ = ["Does", "Person", "Place", "Prop", "Says", "Spec"]
