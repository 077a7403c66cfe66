"""What can go wrong with an expression: it does not compile, it fails, it costs too much.

A message of ``CelErrors`` is shown as upstream shows it: with the place and the line under
which a caret stands (``cel-go/common/error.go``).

    ERROR: <input>:1:1: undeclared reference to 'x' (in container '')
     | x
     | ^
"""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_SNIPPET = 16384
MOST_ERRORS = 100
WIDE_DOT, WIDE_CARET = "\uff0e", "\uff3e"


@dataclass(frozen=True, slots=True)
class Issue:
    """One complaint of the compiler, at a code point of the source."""

    offset: int
    text: str


class CelErrors(Exception):
    """The expression does not compile. ``str`` is upstream's whole report; ``stage`` is what
    upstream puts before it in messages."""

    stage = "compilation failed"

    def __init__(self, issues: Sequence[Issue], source: str) -> None:
        self.issues = sorted(issues, key=lambda issue: issue.offset)[:MOST_ERRORS]
        self.source = source
        super().__init__("\n".join(displayed(issue, source) for issue in self.issues))

    @property
    def messages(self) -> list[str]:
        """The complaints alone, without places."""
        return [issue.text for issue in self.issues]


class NotInstantiated(CelErrors):
    """It compiles, but a constant within can never be worked out."""

    stage = "program instantiation failed"

    def __init__(self, text: str, source: str) -> None:
        super().__init__([Issue(0, text)], source)
        self.args = (text,)


class CelError(Exception):
    """Evaluation failed; the text is upstream's. ``cost`` is what it had cost until then."""

    cost: int = 0


class BudgetExceeded(Exception):
    """Evaluation was given up: it would cost more than it may."""

    def __init__(self, cost: int = 0) -> None:
        super().__init__("operation cancelled: actual cost limit exceeded")
        self.cost = cost


def place(source: str, offset: int) -> tuple[int, int]:
    """Line, counted from 1, and column, counted from 0."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1)


def displayed(issue: Issue, source: str) -> str:
    if issue.offset < 0:
        return f"ERROR: <input>:-1:0: {issue.text}"
    line, column = place(source, issue.offset)
    head = f"ERROR: <input>:{line}:{column + 1}: {issue.text}"
    snippet = source.split("\n")[line - 1].replace("\t", " ")
    if len(snippet) > LONGEST_SNIPPET:
        return head
    dots = "".join(WIDE_DOT if ord(char) > 127 else "." for char in snippet[:column])
    wide = column < len(snippet) and ord(snippet[column]) > 127
    return f"{head}\n | {snippet}\n | {dots}{WIDE_CARET if wide else '^'}"
