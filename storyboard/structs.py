"""Structs: the classes of what one stage hands to the next, made once and compared by their fields.

They are msgspec's. A command makes two hundred such classes before it begins, and twenty thousand objects of them for a
film of a thousand shots; as dataclasses both took a sixth of its time. What structs do not know, a field that is left
out of a comparison, makes a class a dataclass.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace  # whose changes are checked; to a type checker a struct is a dataclass
else:
    from msgspec.structs import replace

__all__ = ["replace"]
