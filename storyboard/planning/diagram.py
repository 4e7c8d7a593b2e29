"""The plan as a graph: Mermaid for READMEs and issues, DOT for Graphviz. Takes are boxes, carried frames are arrows."""

from __future__ import annotations

from fractions import Fraction

from storyboard.planning.carried import Carried
from storyboard.planning.plan import Plan, PlannedTake

MERMAID_CLASSES = {
    "done": "fill:#d5ead7,stroke:#3c7a45,color:#16301a",
    "locked": "fill:#cfe3e6,stroke:#2f6f7a,color:#10292d",
    "render": "fill:#dbe6f6,stroke:#3b5f95,color:#14233a",
    "stale": "fill:#f6ecd0,stroke:#96762a,color:#3a2d0d",
    "held": "fill:#ece3f4,stroke:#6d4d91,color:#2b1d3b",
    "blocked": "fill:#f6d9d6,stroke:#9c3b32,color:#3d1410",
}


def _scenes(plan: Plan) -> dict[str | None, list[tuple[str, PlannedTake]]]:
    scenes: dict[str | None, list[tuple[str, PlannedTake]]] = {}
    for number, take in enumerate(plan.takes):
        scenes.setdefault(take.shot.scene, []).append((f"t{number}", take))
    return scenes


def _label(carried: Carried) -> str:
    edge = carried.edge
    if carried.slot == "end":
        return "as its end"
    if carried.by_clip:
        return edge.mode
    frame = f"frame at {float(edge.frame):g} s" if isinstance(edge.frame, Fraction) else f"{edge.frame} frame"
    return f"{frame} as a reference" if edge.mode == "reference" else frame


def _edges(plan: Plan) -> list[tuple[str, str, str]]:
    """(from, to, label) by node name."""
    name = {take.key: f"t{number}" for number, take in enumerate(plan.takes)}
    edges: list[tuple[str, str, str]] = []
    for take in plan.takes:
        carried = {one.source: _label(one) for one in take.carries}
        edges += [(name[need], name[take.key], carried.get(need, "after")) for need in take.needs]
    return edges


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def mermaid(plan: Plan) -> str:
    """A Mermaid flowchart, one subgraph a scene, coloured by verdict."""
    lines = ["flowchart LR"]
    for number, (scene, takes) in enumerate(_scenes(plan).items()):
        indent = "  "
        if scene is not None:
            lines.append(f'  subgraph s{number}["scene {_escaped(scene)}"]')
            indent = "    "
        for node, take in takes:
            lines.append(f'{indent}{node}["{_escaped(take.id)}<br>{take.verdict}"]:::{take.verdict}')
        if scene is not None:
            lines.append("  end")
    lines += [f"  {a} -->|{label}| {b}" for a, b, label in _edges(plan)]
    used = sorted({take.verdict for take in plan.takes})
    lines += [f"  classDef {verdict} {MERMAID_CLASSES[verdict]}" for verdict in used]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def dot(plan: Plan) -> str:
    """A Graphviz digraph, one cluster a scene."""
    lines = [
        "digraph storyboard {",
        "  rankdir=LR;",
        '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ]
    for number, (scene, takes) in enumerate(_scenes(plan).items()):
        if scene is not None:
            lines.append(f'  subgraph cluster_{number} {{ label="scene {_quoted(scene)}";')
        for node, take in takes:
            fill = MERMAID_CLASSES[take.verdict].split(",")[0].removeprefix("fill:")
            lines.append(f'    {node} [label="{_quoted(take.id)}\\n{take.verdict}", fillcolor="{fill}"];')
        if scene is not None:
            lines.append("  }")
    lines += [f'  {a} -> {b} [label="{label}"];' for a, b, label in _edges(plan)]
    return "\n".join([*lines, "}"]) + "\n"
