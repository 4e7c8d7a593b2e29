"""Scrawling in a text: tokens deleted, doubled, put elsewhere; indentation, quotes, keys and characters changed."""

import re

from hypothesis import strategies as st

TOKEN = re.compile(r"\{\{|\}\}|[\w.]+|\n *|[^\w\s]| +")
LINE = re.compile(r"(?m)^ *")
QUOTE = re.compile("['\"]")
WHERE = {"key": re.compile(r"\w+(?=:)"), "unquote": QUOTE, "requote": QUOTE, "indent": LINE, "outdent": LINE}
"""What is changed, where it is not any token."""
PIECES = [
    *("", " ", "\n", "\t", ":", ": ", "- ", "-", "{", "}", "[", "]", "{{", "}}", "{% x %}", "#", "&a ", "*a", "!!str "),
    *("'", '"', '"""', "|", ">", "|2-\n", "? ", "---\n", "...\n", "%YAML 1.1\n", "<<: ", "~", "none", "null", "true"),
    *("0", "-1", "1e309", "0x1F", "8b", "1:02", "16:9", "..", "film.yaml", "part.yaml", "rows.csv", "previous", "mira"),
    *("use", "with", "each", "when", "include", "variants", "profiles", "templates", "shots", "scenes", "id", "pair"),
    *("{{ city }}", "{{ 1 / 0 }}", "{{ shot.id }}", "{{ cast[who] }}", "{{ [] }}", "{{ {'a': 1} }}", "{{ '{{' }}"),
    *("é", "e\u0301", "\u200b", "\u202e", "\ufeff", "\u2028", "\x00", "\x1b[2J", "\x85", "😀", "ﬁ", "\r", "\r\n"),
    *("a: b", "shots: []", "each: {city: []}", "use: pair", "id: S0", "{a: {a: {a: 1}}}", "x" * 300, "\udcff"),
]
HOWS = ["delete", "double", "replace", "insert", "indent", "outdent", "unquote", "requote", "key", "cut"]

Change = tuple[str, float, str]
"""How, where as a share of the text, and what is put there."""
CHANGES: st.SearchStrategy[list[Change]] = st.lists(
    st.tuples(st.sampled_from(HOWS), st.floats(0, 1, exclude_max=True), st.sampled_from(PIECES)), min_size=1, max_size=3
)


def scrawled(text: str, changes: list[Change]) -> str:
    """The text with these changes."""
    for how, where, piece in changes:
        text = _changed(text, how, where, piece)
    return text


def _changed(text: str, how: str, where: float, piece: str) -> str:
    found = list(WHERE.get(how, TOKEN).finditer(text))
    if not found:
        return text + piece
    one = found[int(where * len(found))]
    before, token, after = text[: one.start()], one.group(), text[one.end() :]
    other = {"'": '"', '"': "'"}.get(token, "")
    instead = {"delete": "", "double": token * 2, "insert": token + piece, "indent": token + "  ", "cut": token}
    instead |= {"outdent": token[:-1], "unquote": "", "requote": other}
    return before + instead.get(how, piece) + ("" if how == "cut" else after)
