"""From tokens to a tree, macros expanded on the way. Nesting is bounded.

Grammar and complaints: ``cel-go/parser`` (CEL.g4, parser.go). Up to four Python frames for
each of ``DEEPEST`` levels: whoever is called deep down may meet Python's own limit before.
"""

from collections.abc import Sequence

from onggi.api.cel.cursor import Cursor
from onggi.api.cel.errors import CelErrors, Issue
from onggi.api.cel.lexer import RESERVED, Token
from onggi.api.cel.literals import BadLiteral, bytes_of, text_of, whole
from onggi.api.cel.macros import MACROS, BadMacro
from onggi.api.cel.syntax import (
    Call,
    Entry,
    Ident,
    ListNode,
    Literal,
    MapNode,
    Node,
    Select,
    Struct,
)
from onggi.api.cel.uint import Uint

DEEPEST = 250
LONGEST = 100_000  # code points
LARGEST_INT, LARGEST_UINT = 2**63 - 1, 2**64 - 1
TERNARY = 0
BINARY = {
    "||": 1, "&&": 2,
    "<": 3, "<=": 3, ">": 3, ">=": 3, "==": 3, "!=": 3, "in": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "%": 5,
}  # fmt: skip
STARTS = (
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, "
    "STRING, BYTES, IDENTIFIER}"
)
CONSTANTS = {"true": True, "false": False, "null": None}


def parse(source: str) -> Node:
    """Raises ``CelErrors``."""
    if len(source) > LONGEST:
        text = f"expression code point size exceeds limit: size: {len(source)}, limit {LONGEST}"
        raise CelErrors([Issue(-1, text)], source)
    parser = Parser(source)
    try:
        node = parser.expression(TERNARY)
    except RecursionError:
        raise parser.complaint(f"expression recursion limit exceeded: {DEEPEST}") from None
    if parser.token.kind != "EOF":
        shown = parser.token.text
        raise parser.complaint(f"Syntax error: mismatched input '{shown}' expecting <EOF>")
    if parser.issues:
        raise CelErrors(parser.issues, source)
    return node


class Parser(Cursor):
    """One pass over the tokens; complaints that need no giving up gather in ``issues``."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.level = 0
        self.parenthesized: set[int] = set()

    def expression(self, lowest: int) -> Node:
        """Operators that bind at least as tightly as ``lowest``; 0 takes the conditional too."""
        self.level += 1
        if self.level > DEEPEST:
            raise self.complaint(f"expression recursion limit exceeded: {DEEPEST}")
        node = self.operand()
        while (power := BINARY.get(self.token.kind, -1)) >= max(lowest, 1):
            token = self.advance()
            node = self.binary(token, node, self.expression(power + 1))
        if lowest == TERNARY and self.token.kind == "?":
            token = self.advance()
            chosen = self.expression(1)
            self.expect(":")
            node = self.call(token, "_?_:_", [node, chosen, self.expression(TERNARY)])
        self.level -= 1
        return node

    def binary(self, token: Token, left: Node, right: Node) -> Node:
        name = "@in" if token.kind == "in" else f"_{token.kind}_"
        chained = isinstance(left, Call) and left.function == name and left.offset >= 0
        if token.kind in ("&&", "||") and chained and not self.closed(left):
            assert isinstance(left, Call)
            left.args.append(right)
            left.depth = max(left.depth, right.depth + 1)
            return left
        return self.call(token, name, [left, right])

    def closed(self, node: Node) -> bool:
        """Whether ``node`` stands in parentheses: ``(a && b) && c`` keeps its shape."""
        return id(node) in self.parenthesized

    def operand(self) -> Node:
        """Prefix operators, a primary, and what follows it: fields, calls, indices."""
        signs: list[Token] = []
        if self.token.kind in ("!", "-"):
            sign = self.token.kind
            while self.token.kind == sign:
                signs.append(self.advance())
        if signs and signs[0].kind == "-" and self.token.kind in ("NUM_INT", "NUM_FLOAT"):
            node = self.number(self.advance(), signs.pop())
        else:
            node = self.primary()
        node = self.suffixes(node)
        if len(signs) % 2:
            node = self.call(signs[0], "!_" if signs[0].kind == "!" else "-_", [node])
        return node

    def suffixes(self, node: Node) -> Node:
        while True:
            kind = self.token.kind
            if kind == ".":
                node = self.member(node)
            elif kind == "[":
                token = self.advance()
                optional = self.take("?")
                index = self.expression(TERNARY)
                self.expect("]")
                node = self.call(token, "_[?_]" if optional else "_[_]", [node, index])
            else:
                return node

    def member(self, operand: Node) -> Node:
        dot = self.advance()
        optional = self.take("?")
        name = self.token
        if name.kind != "IDENTIFIER":
            raise self.unexpected("IDENTIFIER")
        self.advance()
        if optional:
            field = Literal(name.text, offset=name.offset)
            return self.call(dot, "_?._", [operand, field])
        if self.token.kind == "(":
            opening = self.advance()
            return self.expanded(opening, name.text, operand, self.arguments())
        return self.made(Select(operand, name.text, offset=dot.offset), [operand])

    def primary(self) -> Node:
        token = self.token
        kind = token.kind
        if kind in ("IDENTIFIER", "."):
            return self.named()
        if kind not in PRIMARIES:
            raise self.unexpected(STARTS)
        self.advance()
        if kind == "(":
            node = self.expression(TERNARY)
            self.expect(")")
            self.parenthesized.add(id(node))
            return node
        if kind == "[":
            return self.list_literal(token)
        if kind == "{":
            entries = self.entries(fields=False)
            inner = [node for e in entries for node in (e.key, e.value)]
            return self.made(MapNode(entries, offset=token.offset), inner)
        if kind in CONSTANTS:
            return Literal(CONSTANTS[kind], offset=token.offset)
        if kind in ("STRING", "BYTES"):
            return self.quoted(token)
        return self.number(token)

    def named(self) -> Node:
        """An identifier, a call, or an object literal ``a.b.C{…}``."""
        start = self.token
        dot = self.take(".")
        name = self.token
        if name.kind != "IDENTIFIER":
            raise self.unexpected("IDENTIFIER")
        self.advance()
        if (struct := self.struct_name(name)) is not None:
            brace = self.expect("{")
            fields = self.entries(fields=True)
            made = Struct(("." if dot else "") + struct, fields, offset=brace.offset)
            return self.made(made, [f.value for f in fields])
        if name.text in RESERVED:
            self.issues.append(Issue(start.offset, f"reserved identifier: {name.text}"))
        full = ("." if dot else "") + name.text
        if self.token.kind == "(":
            opening = self.advance()
            return self.expanded(opening, full, None, self.arguments())
        return Ident(full, offset=name.offset)

    def struct_name(self, first: Token) -> str | None:
        """Looks ahead over ``a.b.C`` to a brace; moves there if it is one."""
        position, names = self.position, [first.text]
        while self.tokens[position].kind == "." and self.tokens[position + 1].kind == "IDENTIFIER":
            names.append(self.tokens[position + 1].text)
            position += 2
        if self.tokens[position].kind != "{":
            return None
        self.position = position
        return ".".join(names)

    def arguments(self) -> list[Node]:
        found: list[Node] = []
        if self.token.kind != ")":
            found.append(self.expression(TERNARY))
            while self.take(","):
                found.append(self.expression(TERNARY))
        self.expect(")")
        return found

    def list_literal(self, opening: Token) -> Node:
        elements: list[Node] = []
        optional: set[int] = set()
        while self.token.kind != "]":
            if self.take("?"):
                optional.add(len(elements))
            elements.append(self.expression(TERNARY))
            if not self.take(","):
                break
        self.expect("]")
        node = ListNode(elements, frozenset(optional), offset=opening.offset)
        return self.made(node, elements)

    def entries(self, fields: bool) -> list[Entry]:
        """The inside of braces, and the closing one."""
        found: list[Entry] = []
        while self.token.kind != "}":
            optional = self.take("?")
            key = self.field_name() if fields else self.expression(TERNARY)
            colon = self.expect(":")
            found.append(Entry(key, self.expression(TERNARY), optional, colon.offset))
            if not self.take(","):
                break
        self.expect("}")
        return found

    def field_name(self) -> str:
        if self.token.kind != "IDENTIFIER":
            raise self.unexpected("IDENTIFIER")
        return self.advance().text

    def quoted(self, token: Token) -> Node:
        try:
            value = text_of(token.text) if token.kind == "STRING" else bytes_of(token.text)
        except BadLiteral as error:
            self.issues.append(Issue(token.offset, str(error)))
            value = ""
        return Literal(value, offset=token.offset)

    def number(self, token: Token, sign: Token | None = None) -> Node:
        text = ("-" if sign else "") + token.text
        offset = (sign or token).offset
        value: object = 0
        try:
            if token.kind == "NUM_INT":
                value = whole(text, -LARGEST_INT - 1, LARGEST_INT)
            elif token.kind == "NUM_UINT":
                value = Uint(whole(text[:-1], 0, LARGEST_UINT))
            elif (value := float(text)) in (float("inf"), float("-inf")):
                raise ValueError(text)
        except ValueError:
            word = {"NUM_INT": "int", "NUM_UINT": "uint"}.get(token.kind, "double")
            self.issues.append(Issue(offset, f"invalid {word} literal"))
        return Literal(value, offset=offset)

    def expanded(self, opening: Token, name: str, target: Node | None, args: list[Node]) -> Node:
        """A call, or what the macro of that name makes of it."""
        macro = MACROS.get((name, len(args), target is not None))
        if macro is not None:
            try:
                return self.bounded(macro(opening.offset, target, args))
            except BadMacro as error:
                self.issues.append(Issue(error.offset, str(error)))
        node = Call(name, target, args, offset=opening.offset)
        return self.made(node, [*args, target] if target else args)

    def call(self, token: Token, name: str, args: list[Node]) -> Node:
        return self.made(Call(name, None, args, offset=token.offset), args)

    def made(self, node: Node, inner: Sequence[Node]) -> Node:
        node.depth = 1 + max((child.depth for child in inner), default=0)
        return self.bounded(node)

    def bounded(self, node: Node) -> Node:
        if node.depth > DEEPEST:
            raise CelErrors([Issue(-1, "max recursion depth exceeded")], self.source)
        return node


PRIMARIES = frozenset(
    ("(", "[", "{", "STRING", "BYTES", "NUM_INT", "NUM_UINT", "NUM_FLOAT", *CONSTANTS)
)
