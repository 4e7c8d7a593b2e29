"""One expression, from text to a function of a scope.

The grammar and the precedences are those of Jinja's expressions, written anew in the smallest form: values need no
statements, no compiler and none of Jinja's objects within reach, and reading one is a third of the work (the tests hold
both to the same results). Signs bind, from loose to tight: `if else`, `or`, `and`, `not`, comparisons, `+ -`, `~`,
`* / // %`, `**`, sign, and last dots, brackets, filters and tests. What is not here is refused.
"""

from __future__ import annotations

from storyboard.language.values import meaning
from storyboard.language.values.faults import Fault, bad
from storyboard.language.values.meaning import Expression
from storyboard.language.values.tokens import Token, tokens

MAX_SOURCE = 2_000
"""Characters of one expression."""
MAX_DEPTH = 40
"""Parentheses inside each other."""

_CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}
_KEYWORDS = frozenset({"and", "or", "not", "if", "else", "in", "is"})
_COMPARISONS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "lteq", ">": "gt", ">=": "gteq"}
_LEVELS: dict[str, int] = {"+": 1, "-": 1, "~": 2, "*": 3, "/": 3, "//": 3, "%": 3, "**": 4}
"""How tight a sign binds; all bind to the left, as in Jinja."""


def compiled(source: str) -> Expression:
    """The function that an expression stands for; it raises Fault. Raises Fault where the expression is refused."""
    if len(source) > MAX_SOURCE:
        raise bad(f"an expression is at most {MAX_SOURCE:,} characters long")
    parser = _Parser(tokens(source))
    found = parser.expression()
    if parser.kind != "end":
        raise parser.misfit()
    return found


class _Parser:
    """Reads tokens from left to right; `kind`, `value` and `at` are the one in hand."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = iter(found)
        self.kind, self.value, self.at = next(self.tokens)
        self.depth = 0

    def advance(self) -> None:
        self.kind, self.value, self.at = next(self.tokens)

    def take(self, sign: str) -> bool:
        """Whether the token in hand is this sign or word; it is then passed."""
        if self.value == sign and self.kind in ("sign", "name"):
            self.advance()
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise self.misfit(f'"{sign}" is missing')

    def misfit(self, message: str | None = None) -> Fault:
        if self.kind == "end":
            return bad("the expression ends too early" if message is None else message)
        return bad(message or f'"{self.value}" does not fit here', at=self.at, word=str(self.value))

    def expression(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise bad("the expression is nested too deep", at=self.at)
        found = self.any_of()
        while self.kind == "name" and self.take("if"):
            test = self.any_of()
            if not self.take("else"):
                raise bad('an "if" in an expression needs an "else"')
            found = meaning.choice(test, found, self.expression())
        self.depth -= 1
        return found

    def any_of(self) -> Expression:
        found = self.all_of()
        while self.kind == "name" and self.take("or"):
            found = meaning.either(found, self.all_of())
        return found

    def all_of(self) -> Expression:
        found = self.negation()
        while self.kind == "name" and self.take("and"):
            found = meaning.both(found, self.negation())
        return found

    def negation(self) -> Expression:
        times = 0
        while self.kind == "name" and self.take("not"):
            times += 1
        found = self.comparison()
        for _ in range(times):
            found = meaning.opposite(found)
        return found

    def comparison(self) -> Expression:
        first = self.operation(1)
        rest: list[tuple[str, Expression]] = []
        while self.kind in ("sign", "name"):
            if self.value in _COMPARISONS:
                sign = _COMPARISONS[self.value]
                self.advance()
            elif self.take("in"):
                sign = "in"
            elif self.take("not"):
                self.expect("in")
                sign = "notin"
            else:
                break
            rest.append((sign, self.operation(1)))
        return meaning.comparison(first, rest) if rest else first

    def operation(self, level: int) -> Expression:
        """Operands joined by signs that bind at least as tight as `level`."""
        found = self.signed()
        while self.kind == "sign":
            sign = self.value
            tight = _LEVELS.get(sign, 0)
            if tight < level:
                break
            self.advance()
            found = meaning.binary(sign, found, self.operation(tight + 1))
        return found

    def signed(self, with_filters: bool = True) -> Expression:
        if self.kind == "sign" and self.value in ("-", "+"):
            sign = self.value
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise bad("the expression is nested too deep", at=self.at)
            self.advance()
            found = meaning.binary(sign, meaning.constant(0), self.signed(with_filters=False))
            self.depth -= 1
        else:
            found = self.reach(self.primary())
        return self.filters(found) if with_filters else found

    def primary(self) -> tuple[Expression, list[str]]:
        """The smallest part, and its dotted path so far if it is a name."""
        kind, value, at = self.kind, self.value, self.at
        if kind == "name" and value not in _KEYWORDS:
            self.advance()
            if value in _CONSTANTS:
                return meaning.constant(_CONSTANTS[value]), []
            return meaning.name(value, at), [value]
        if kind == "number":
            self.advance()
            return meaning.constant(value), []
        if kind == "text":
            return meaning.constant(self.text()), []
        if self.take("("):
            return self.group(), []
        if self.take("["):
            return meaning.sequence(self.listed("]")), []
        if self.take("{"):
            return self.mapping(), []
        raise self.misfit()

    def text(self) -> str:
        found = ""
        while self.kind == "text":
            found += self.value
            self.advance()
        return found

    def group(self) -> Expression:
        """What stands in parentheses: an expression, or with a comma a list."""
        if self.take(")"):
            return meaning.sequence([])
        first = self.expression()
        if self.take(")"):
            return first
        self.expect(",")
        return meaning.sequence([first, *self.listed(")")])

    def listed(self, closing: str) -> list[Expression]:
        """Expressions with commas between them, up to the closing sign."""
        found: list[Expression] = []
        while not self.take(closing):
            found.append(self.expression())
            if not self.take(","):
                self.expect(closing)
                break
        return found

    def mapping(self) -> Expression:
        pairs: list[tuple[Expression, Expression]] = []
        while not self.take("}"):
            key = self.expression()
            self.expect(":")
            pairs.append((key, self.expression()))
            if not self.take(","):
                self.expect("}")
                break
        return meaning.mapping(pairs)

    def reach(self, start: tuple[Expression, list[str]]) -> Expression:
        """Dots, brackets and the one call there is."""
        found, path = start
        while self.kind == "sign":
            if self.take("."):
                word = str(self.value)
                if self.kind == "number" and isinstance(self.value, int):
                    found = meaning.item(found, meaning.constant(self.value))
                elif self.kind == "name":
                    found = meaning.attribute(found, word, self.at)
                else:
                    raise self.misfit()
                self.advance()
                path = [*path, word]
            elif self.take("["):
                found, path = meaning.item(found, self.subscript()), []
            elif self.value == "(":
                found, path = self.call(path), []
            else:
                break
        return found

    def call(self, path: list[str]) -> Expression:
        self.expect("(")
        choices = self.listed(")") if path == ["loop", "cycle"] else []
        if not choices:
            raise meaning.uncallable(path[-1] if path else "this")
        return meaning.turn(choices)

    def subscript(self) -> Expression:
        ends: list[Expression] = []
        sliced = False
        while True:
            empty = self.kind == "sign" and self.value in (":", "]")
            ends.append(meaning.nothing if empty else self.expression())
            if len(ends) == 3 or not self.take(":"):
                break
            sliced = True
        self.expect("]")
        if not sliced and ends[0] is meaning.nothing:
            raise bad("the brackets are empty")
        return meaning.part([*ends, meaning.nothing, meaning.nothing][:3]) if sliced else ends[0]

    def filters(self, found: Expression) -> Expression:
        """Filters and tests after a value."""
        while self.kind in ("sign", "name"):
            if self.kind == "sign" and self.take("|"):
                word, at = self.word()
                arguments = self.listed(")") if self.take("(") else []
                found = meaning.filtered(word, at, found, arguments)
            elif self.kind == "name" and self.take("is"):
                found = self.test(found)
            else:
                break
        return found

    def word(self) -> tuple[str, int]:
        word, at = self.value, self.at
        if self.kind != "name":
            raise self.misfit()
        self.advance()
        return word, at

    def test(self, of: Expression) -> Expression:
        negated = self.take("not")
        word, at = self.word()
        found = meaning.tested(word, at, of, self.argument())
        return meaning.opposite(found) if negated else found

    def argument(self) -> list[Expression]:
        """A test's arguments; a single one needs no parentheses."""
        if self.take("("):
            return self.listed(")")
        if self.kind == "name":
            begins = self.value not in _KEYWORDS
        else:
            begins = self.kind in ("number", "text") or self.value in ("[", "{")
        return [self.reach(self.primary())] if begins else []
