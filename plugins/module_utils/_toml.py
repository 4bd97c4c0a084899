# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes TOML on hosts. Private to the collection.

Python has a reader since 3.11 and hosts with 3.10 are supported; it has no writer. Everything of
TOML 1.0 (toml.io) is read but dates, which no program here configures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|$)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")
_FLOAT = re.compile(
    r"[+-]?(?:inf|nan|(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?)"
)
_INTEGER = re.compile(
    r"0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*|"
    r"[+-]?(?:0|[1-9](?:_?\d)*)"
)
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r'\\(?:([btnfr"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))')


class TomlError(ValueError):
    """A text is no TOML. The message has the line."""


class _Table(dict[str, Any]):
    """A table, and how it came to be: what is defined once is not defined again."""

    header = False  #: has a [header] of its own
    closed = False  #: an inline table, which is complete


class _List(list[_Table]):
    """An array of tables, to which further [[headers]] add."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, what: str) -> TomlError:
        line = self.text.count("\n", 0, self.at) + 1
        return TomlError(f"line {line}: {what}")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def take(self, word: str) -> bool:
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def end_line(self) -> None:
        if not self.match(_REST):
            raise self.fail("the line does not end after its value")

    def document(self) -> dict[str, Any]:
        root = current = _Table()
        while self.match(_BLANK) and self.at < len(self.text):
            if self.take("[["):
                current = self.array_header(root)
            elif self.take("["):
                current = self.table_header(root)
            else:
                self.pair(current)
            self.end_line()
        return root

    def key(self) -> list[str]:
        parts = []
        while True:
            self.match(_SPACE)
            if self.text.startswith(('"', "'"), self.at):
                if self.text.startswith(('"""', "'''"), self.at):
                    raise self.fail("a key is no multi-line string")
                parts.append(self.string())
            else:
                bare = self.match(_BARE)
                if not bare:
                    raise self.fail("a key is expected")
                parts.append(bare[0])
            self.match(_SPACE)
            if not self.take("."):
                return parts

    def table_header(self, root: _Table) -> _Table:
        *parents, last = self.key()
        if not self.take("]"):
            raise self.fail("] is expected")
        parent = self.descend(root, parents)
        table = parent.setdefault(last, _Table())
        if not isinstance(table, _Table) or table.header or table.closed:
            raise self.fail(f"{last} is defined twice")
        table.header = True
        return table

    def array_header(self, root: _Table) -> _Table:
        *parents, last = self.key()
        if not self.take("]]"):
            raise self.fail("]] is expected")
        tables = self.descend(root, parents).setdefault(last, _List())
        if not isinstance(tables, _List):
            raise self.fail(f"{last} is defined twice")
        tables.append(_Table())
        return tables[-1]

    def descend(self, table: _Table, parents: list[str]) -> _Table:
        for part in parents:
            found = table.setdefault(part, _Table())
            if isinstance(found, _List):
                found = found[-1]
            if not isinstance(found, _Table) or found.closed:
                raise self.fail(f"{part} is no table")
            table = found
        return table

    def pair(self, table: _Table) -> None:
        *parents, last = self.key()
        if not self.take("="):
            raise self.fail("= is expected")
        self.match(_SPACE)
        table = self.descend(table, parents)
        if parents:
            # A [header] must not add to what dotted keys made.
            table.header = True
        if last in table:
            raise self.fail(f"{last} is set twice")
        table[last] = self.value()

    def value(self) -> Any:
        start = self.text[self.at : self.at + 1]
        if start in ('"', "'") and start:
            return self.string()
        if self.take("["):
            return self.array()
        if self.take("{"):
            return self.inline()
        for word, meaning in (("true", True), ("false", False)):
            if self.take(word):
                return meaning
        return self.number()

    def number(self) -> Any:
        if _DATE.match(self.text, self.at):
            raise self.fail("dates are not supported")
        whole, broken = _INTEGER.match(self.text, self.at), _FLOAT.match(self.text, self.at)
        found = max((m for m in (whole, broken) if m), key=lambda m: m.end(), default=None)
        if found is None:
            raise self.fail("a value is expected")
        self.at = found.end()
        digits = found[0].replace("_", "")
        return int(digits, 0) if whole and whole.end() == found.end() else float(digits)

    def array(self) -> list[Any]:
        found: list[Any] = []
        while True:
            self.match(_BLANK)
            if self.take("]"):
                return found
            found.append(self.value())
            self.match(_BLANK)
            if not self.take(","):
                if not self.take("]"):
                    raise self.fail(", or ] is expected")
                return found

    def inline(self) -> _Table:
        table = _Table()
        self.match(_SPACE)
        if not self.take("}"):
            while True:
                self.pair(table)
                self.match(_SPACE)
                if self.take("}"):
                    break
                if not self.take(","):
                    raise self.fail(", or } is expected")
        table.closed = True
        return table

    def string(self) -> str:
        for quotes in ('"""', "'''"):
            if self.take(quotes):
                return self.long_string(quotes)
        quote = self.text[self.at]
        self.at += 1
        start = self.at
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == "\n":
                break
            if sign == "\\" and quote == '"':
                self.at += 2
                continue
            if sign == quote:
                body = self.text[start : self.at]
                self.at += 1
                return self.unescaped(body) if quote == '"' else body
            self.at += 1
        raise self.fail("a string does not end")

    def long_string(self, quotes: str) -> str:
        if not self.take("\r\n"):
            self.take("\n")
        start = self.at
        while self.at < len(self.text):
            if quotes == '"""' and self.text[self.at] == "\\":
                self.at += 2
                continue
            if self.text.startswith(quotes, self.at):
                # Up to two quotes may stand before the three that end it.
                while self.text.startswith(quotes, self.at + 1):
                    self.at += 1
                body = self.text[start : self.at]
                self.at += 3
                return self.unescaped(body, lines=True) if quotes == '"""' else body
            self.at += 1
        raise self.fail("a string does not end")

    def unescaped(self, body: str, lines: bool = False) -> str:
        if lines:
            body = re.sub(r"((?:^|[^\\])(?:\\\\)*)\\[ \t]*\r?\n[ \t\r\n]*", r"\1", body)

        def replace(match: re.Match[str]) -> str:
            if match[1]:
                return _ESCAPES[match[1]]
            number = int(match[2] or match[3], 16)
            if number > 0x10FFFF or 0xD800 <= number < 0xE000:
                raise self.fail("an escape is no character")
            return chr(number)

        # What is left of an escape that is none would be a backslash.
        if "\\" in _ESCAPE.sub("", body):
            raise self.fail("a string has an unknown escape")
        return _ESCAPE.sub(replace, body)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def loads(text: str) -> dict[str, Any]:
    """Return the tables of *text*; TomlError where it is no TOML."""
    found = _plain(_Reader(text).document())
    return dict(found)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    out = text.replace("\\", "\\\\").replace('"', '\\"')
    out = re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", out)
    return f'"{out}"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return _quoted(str(value))
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(str(k))} = {_value(v)}" for k, v in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(item) for item in value)}]"
    raise TypeError(f"{type(value).__name__} has no form in TOML")


def _lines(table: Mapping[str, Any], path: tuple[str, ...], indent: int) -> Iterator[str]:
    tables = {k: v for k, v in table.items() if isinstance(v, Mapping)}
    space = "  " * indent
    leaves = [f"{space}{_key(k)} = {_value(v)}" for k, v in table.items() if k not in tables]
    if path and (leaves or not tables):
        yield ""
        yield f"{space}[{'.'.join(_key(part) for part in path)}]"
    yield from leaves
    for name, inner in tables.items():
        # A table that holds only others has no line of its own, and indents nothing.
        deeper = indent + 1 if path and leaves else indent
        yield from _lines(inner, (*path, name), deeper)


def dumps(table: Mapping[str, Any]) -> str:
    """Return *table* as TOML. TypeError for what TOML does not have, such as None."""
    return "\n".join(_lines(table, (), 0)).lstrip("\n") + "\n"
