"""Columns of text, as wide as their widest cell."""

from collections.abc import Iterator, Sequence


def lines(rows: Sequence[Sequence[str]], *, gap: str = "  ", indent: str = "") -> Iterator[str]:
    """The rows, aligned; every row has as many cells as the first."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield indent + gap.join(cells).rstrip()
