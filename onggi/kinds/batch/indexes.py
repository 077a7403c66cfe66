"""Sets of an Indexed Job's indexes as text: ``1,3-5,7``.

Source: ``validateIndexesFormat`` in ``pkg/apis/batch/validation/validation.go`` (strict, with
its words), ``parseIndexesFromString`` in ``pkg/controller/job/indexed_job_utils.go``.
"""

from collections.abc import Iterable, Iterator

from onggi.api.gotext import quote


class BadIndexes(ValueError):
    """Why a text is no set of indexes below a number of completions."""


def check(text: str, completions: int) -> int:
    """How many indexes the text names; raises BadIndexes."""
    total, last = 0, None
    for part in text.split(",") if text else ():
        first, end = interval(part, completions)
        if last is not None and last >= first:
            raise BadIndexes(f"non-increasing order, previous: {last}, current: {first}")
        total += end - first + 1
        last = end
    return total


def interval(text: str, completions: int) -> tuple[int, int]:
    limits = text.split("-")
    if len(limits) > 2:
        raise BadIndexes(
            f"the fragment {quote(text)} violates the requirement that an index interval can have "
            "at most two parts separated by '-'"
        )
    first = index(limits[0], completions)
    if len(limits) == 1:
        return first, first
    end = index(limits[1], completions)
    if first >= end:
        raise BadIndexes(f"non-increasing order, previous: {first}, current: {end}")
    return first, end


def index(text: str, completions: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise BadIndexes(f"cannot convert string to integer for index: {quote(text)}")
    if int(text) >= completions:
        raise BadIndexes(f"too large index: {quote(text)}")
    return int(text)


def parse(text: str, completions: int) -> set[int]:
    """The indexes of a text that the controller itself wrote; those past the end are left out."""
    found: set[int] = set()
    for part in text.split(",") if text else ():
        first, _, end = part.partition("-")
        found.update(range(int(first), min(int(end or first) + 1, completions)))
    return found


def written(indexes: Iterable[int]) -> str:
    """The shortest text: runs of three or more, and of two, are joined by a hyphen."""
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs(sorted(indexes)))


def runs(ordered: Iterable[int]) -> Iterator[tuple[int, int]]:
    start = end = None
    for number in ordered:
        if end is not None and start is not None and number == end + 1:
            end = number
            continue
        if start is not None and end is not None:
            yield start, end
        start = end = number
    if start is not None and end is not None:
        yield start, end


def overlap(completed: str, failed: str, completions: int) -> str:
    """What is wrong where an index is in both sets."""
    both = readable(completed, completions) & readable(failed, completions)
    return f"failedIndexes and completedIndexes overlap at index: {min(both)}" if both else ""


def readable(text: str, completions: int) -> set[int]:
    """The indexes of those intervals that can be read; the others are told elsewhere."""
    found: set[int] = set()
    for part in text.split(",") if text else ():
        try:
            first, end = interval(part, completions)
        except BadIndexes:
            continue
        found.update(range(first, end + 1))
    return found
