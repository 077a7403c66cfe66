"""A place among the tokens of an expression, and complaints about what stands there."""

from onggi.api.cel.errors import CelErrors, Issue
from onggi.api.cel.lexer import Token, tokens


class Cursor:
    """``token`` is the next one; the last is an EOF and never passed."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.position = 0
        self.issues: list[Issue] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def advance(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def take(self, kind: str) -> bool:
        if self.token.kind != kind:
            return False
        self.position += 1
        return True

    def expect(self, kind: str) -> Token:
        if self.token.kind != kind:
            raise self.unexpected(f"'{kind}'")
        return self.advance()

    def unexpected(self, wanted: str) -> CelErrors:
        shown = self.token.text
        return self.complaint(f"Syntax error: mismatched input '{shown}' expecting {wanted}")

    def complaint(self, text: str) -> CelErrors:
        return CelErrors([*self.issues, Issue(self.token.offset, text)], self.source)
