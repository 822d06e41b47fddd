"""The text of `~/.aws/config` or `~/.aws/credentials` in, its sections out: a pure function.

Sections may repeat (they are merged, the later key wins), keys are case-insensitive, a line that is
indented deeper than its key continues the value, and below a key without a value it is a nested
`key = value`. Comments are whole lines, or follow a value after a blank. Errors name file and line,
and never quote a value. https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import field
from typing import NoReturn

from ..errors import ConfigurationError
from ..frozen import frozen

__all__ = ["ConfigFile", "Section", "Setting", "parse_config"]

_COMMENT = ("#", ";")
_INLINE_COMMENT = re.compile(r"[ \t][#;]")
_HEADER = re.compile(r"\[(?P<name>[^\]]*)\][ \t]*(?:[#;].*)?")
_BLANK = re.compile(r"\s")
_LONGEST_HEADER = 1000  # shlex takes quadratic time
_KINDS = ("profile", "sso-session", "services")


@frozen(kw_only=True)
class Setting:
    """The value of one key, and where it stands; `nested` where the value is an indented block."""

    value: str = field(repr=False)
    path: str
    line: int
    nested: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@frozen(kw_only=True)
class Section:
    """A section: `kind` is `profile`, `sso-session` or `services`."""

    kind: str
    name: str
    settings: Mapping[str, Setting] = field(default_factory=dict[str, Setting])

    def get(self, key: str) -> str | None:
        """Return the value of `key`, None where it is absent or blank."""
        setting = self.settings.get(key)
        return setting.value if setting is not None and setting.value.strip() else None


@frozen(kw_only=True)
class ConfigFile:
    """What one file says: sections by (kind, name)."""

    path: str
    sections: Mapping[tuple[str, str], Section]


def parse_config(text: str, *, path: str = "config", credentials: bool = False) -> ConfigFile:
    """Parse a config file, or with `credentials` a shared credentials file.

    Raises: ConfigurationError where a line is neither section, key, continuation nor comment.
    """
    return _Reader(path, credentials=credentials).read(text)


class _Reader:
    """Where the reading stands: the section, the key and its indentation."""

    def __init__(self, path: str, *, credentials: bool) -> None:
        self._path = path
        self._credentials = credentials
        self._line = 0
        self._found: dict[tuple[str, str], dict[str, Setting]] = {}
        # `[profile default]` outranks `[default]` wherever they stand, so the latter is kept apart.
        self._plain_default: dict[str, Setting] = {}
        self._section: dict[str, Setting] | None = None
        self._key: str | None = None
        self._more: list[str] = []
        self._indent = -1

    def read(self, text: str) -> ConfigFile:
        for self._line, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
            self._read_line(line)
        self._finish()
        if self._plain_default or ("profile", "") in self._found:
            self._found.setdefault(("profile", "default"), self._plain_default)
        self._found.pop(("profile", ""), None)
        sections = {
            (kind, name): Section(kind=kind, name=name, settings=settings)
            for (kind, name), settings in self._found.items()
        }
        return ConfigFile(path=self._path, sections=sections)

    def _read_line(self, line: str) -> None:
        stripped = line.strip()
        if not stripped or stripped.startswith(_COMMENT):
            return
        indent = len(line) - len(line.lstrip())
        if self._section is not None and self._indent >= 0 and indent > self._indent:
            self._continue(stripped)
        elif stripped.startswith("["):
            self._open(stripped)
        elif self._section is None:
            self._fail("expected a section such as [default] before the first key")
        else:
            self._define(stripped, indent)

    def _open(self, line: str) -> None:
        header = _HEADER.fullmatch(line)
        if header is None:
            self._fail("expected a section's name to end with ']'")
        self._finish()
        self._key, self._indent = None, -1
        self._section = self._settings_of(header["name"].strip())

    def _settings_of(self, header: str) -> dict[str, Setting]:
        """Find where the keys below `[header]` belong; a section that is nobody's is read and dropped."""
        named: tuple[str, ...]
        if self._credentials:
            named = () if _BLANK.search(header) or not header else ("profile", header)
        elif header == "default":
            self._found.setdefault(("profile", ""), {})  # remembered even if it holds no key
            return self._plain_default
        else:
            named = _words(header)
        if len(named) != 2 or named[0] not in _KINDS:
            return {}
        return self._found.setdefault((named[0], named[1]), {})

    def _define(self, line: str, indent: int) -> None:
        assert self._section is not None
        key, value = self._split(line)
        self._finish()
        self._indent = indent
        self._key = None if _BLANK.search(key) else key
        if self._key is not None:
            comment = _INLINE_COMMENT.search(value)
            value = value[: comment.start()] if comment else value
            self._section[key] = Setting(value=value.strip(), path=self._path, line=self._line)

    def _continue(self, line: str) -> None:
        if self._key is None:
            return  # of a key that is not one
        assert self._section is not None
        if not self._section[self._key].value:
            self._split(line)  # a nested setting: whether it is one is said while its line is known
        self._more.append(line)

    def _finish(self) -> None:
        """Put the lines that continued a key into its setting, all at once: else it takes quadratic time."""
        if self._key is None or not self._more:
            return
        assert self._section is not None
        before, lines = self._section[self._key], self._more
        value, nested = before.value, dict(before.nested)
        if value:
            value = "\n".join((value, *lines))
        else:
            for name, text in map(self._split, lines):
                comment = _INLINE_COMMENT.search(text)
                if not _BLANK.search(name):
                    nested[name] = (text[: comment.start()] if comment else text).strip()
        self._section[self._key] = Setting(value=value, path=self._path, line=before.line, nested=nested)
        self._more = []

    def _split(self, line: str) -> tuple[str, str]:
        key, equals, value = line.partition("=")
        key = key.strip().lower()
        if not equals or not key:
            self._fail("expected 'key = value' (the line is not shown, it may hold a secret)")
        return key, value

    def _fail(self, what: str) -> NoReturn:
        raise ConfigurationError(f"{self._path}, line {self._line}: {what}; correct the file")


def _words(header: str) -> tuple[str, ...]:
    """Split `profile "a name"`; an unclosed quote, or its length, makes it no header of ours."""
    try:
        return tuple(shlex.split(header)) if len(header) <= _LONGEST_HEADER else ()
    except ValueError:
        return ()
