"""A picture of costs over the number of objects: SVG, both axes logarithmic."""

from collections.abc import Mapping, Sequence
from math import log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 70, 130, 40, 50
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")


class Plane:
    """Where a point lies; ``low`` and ``high`` are powers of ten of the y axis."""

    def __init__(self, rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> None:
        values = [row[name] for row in rows for name in names]
        self.low, self.high = int(log10(min(values))), int(log10(max(values))) + 1
        self.first, self.last = log10(rows[0]["objects"]), log10(rows[-1]["objects"])

    def x(self, value: float) -> float:
        span = max(self.last - self.first, 1e-9)
        return LEFT + (log10(value) - self.first) / span * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        part = (log10(value) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)


def text(x: float, y: float, words: str, anchor: str = "start", fill: str = "#333") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


def chart(rows: Sequence[Mapping[str, float]]) -> str:
    names = [name for name in rows[0] if name not in ("objects", "bytes_per_object")]
    plane = Plane(rows, names)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        text(LEFT, 20, "CPU of the server for one request, by the number of objects"),
        *grid(plane, rows),
    ]
    for colour, name in zip(COLOURS, names, strict=False):
        points = [(plane.x(row["objects"]), plane.y(row[name])) for row in rows]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        label = f"{name}: {rows[-1][name]:,.0f} µs"
        parts.append(text(points[-1][0] + 8, points[-1][1] + 4, label, fill=colour))
    return "\n".join([*parts, "</svg>"]) + "\n"


def grid(plane: Plane, rows: Sequence[Mapping[str, float]]) -> list[str]:
    parts = []
    for power in range(plane.low, plane.high + 1):
        y = plane.y(10**power)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, y + 4, f"{10**power:,} µs", "end"))
    for row in rows:
        x = plane.x(row["objects"])
        parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        parts.append(text(x, HEIGHT - BOTTOM + 18, f"{row['objects']:,}", "middle"))
    return parts
