"""The shared config and credentials files as one value: profiles, SSO sessions, services sections.

`merge` is pure; `load_config` is the flow that reads the two files (`AWS_CONFIG_FILE`,
`AWS_SHARED_CREDENTIALS_FILE`, else `.aws/` in the home directory). Where both files give a profile
the same key, the credentials file wins; access keys of a profile never mix between the files.
https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..frozen import frozen
from ..protocol.effects import Flow, read_file
from .environment import home_directory, variable

if TYPE_CHECKING:
    from .config_file import ConfigFile, Section

__all__ = ["SharedConfig", "file_paths", "load_config", "merge", "profile_name", "read_config_file", "where"]

_KEYS = frozenset(("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"))


def _none() -> dict[str, Section]:
    return {}


@frozen(kw_only=True)
class SharedConfig:
    """What both files say, and which profile is meant.

    `profile` is its name, `named_by` what chose it: `the profile argument`, `AWS_PROFILE` or nothing,
    in which case it need not exist. `files` are the paths that were looked for, in order.
    """

    profile: str = "default"
    named_by: str | None = None
    explicit: bool = False
    files: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    profiles: Mapping[str, Section] = field(default_factory=_none)
    sso_sessions: Mapping[str, Section] = field(default_factory=_none)
    services: Mapping[str, Section] = field(default_factory=_none)

    @property
    def selected(self) -> Section:
        """The profile that is meant; empty where it does not exist."""
        found = self.profiles.get(self.profile)
        if found is None:
            from .config_file import Section

            found = Section(kind="profile", name=self.profile)
        return found

    @property
    def values(self) -> dict[str, str]:
        """The settings of that profile."""
        found = self.profiles.get(self.profile)
        return {key: setting.value for key, setting in found.settings.items()} if found is not None else {}

    def get(self, key: str) -> str | None:
        """Return a setting of that profile, None where it is absent or blank."""
        found = self.profiles.get(self.profile)
        return found.get(key) if found is not None else None

    def where(self, key: str) -> str:
        """Say where that setting stands, or would."""
        return where(self.selected, key)

    def places(self) -> str:
        """Say which files were read, for an error."""
        missing = ", ".join(path for path in self.files if path not in self.found)
        if not self.found:
            return f"the shared files (missing: {missing or 'no home directory is known'})"
        return " and ".join(self.found) + (f" (missing: {missing})" if missing else "")

    def require_profile(self) -> None:
        """Raise ConfigurationError where a profile was named that does not exist."""
        if self.named_by is not None and self.profile not in self.profiles:
            known = ", ".join(sorted(self.profiles)) or "none"
            raise ConfigurationError(
                f"profile {self.profile!r}, named by {self.named_by}: expected one of {known}"
                f" in {self.places()}; correct the name, or add [profile {self.profile}] to the config file"
            )


def where(section: Section, key: str) -> str:
    """Say where a key stands, or would: file, line, section, key."""
    label = f"{section.kind} {section.name!r}, {key}"
    setting = section.settings.get(key) or next(iter(section.settings.values()), None)
    if setting is None:
        return label
    line = f", line {setting.line}" if key in section.settings else ""
    return f"{setting.path}{line}, {label}"


def file_paths(environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the paths of the config and the credentials file, None where no home is known."""
    home = home_directory(environ)

    def path(name: str, default: str) -> str | None:
        given = variable(environ, name)
        if given is None:
            return f"{home}/.aws/{default}" if home is not None else None
        if given == "~" or given.startswith(("~/", "~\\")):
            return f"{home}{given[1:]}" if home is not None else None
        return given

    return path("AWS_CONFIG_FILE", "config"), path("AWS_SHARED_CREDENTIALS_FILE", "credentials")


def profile_name(environ: Mapping[str, str], argument: str | None = None) -> tuple[str, str | None]:
    """Return the profile that is meant, and what named it (None: nothing did)."""
    if argument is not None:
        return argument, "the profile argument"
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if named := variable(environ, name):
            return named, name
    return "default", None


def merge(config: ConfigFile | None, credentials: ConfigFile | None) -> dict[tuple[str, str], Section]:
    """Merge the two files' sections, by (kind, name); the credentials file wins."""
    merged = dict(config.sections) if config is not None else {}
    if credentials is not None:
        for place, section in credentials.sections.items():
            before = merged.get(place)
            merged[place] = _over(before, section) if before is not None else section
    return merged


def _over(config: Section, credentials: Section) -> Section:
    """Lay one profile's settings over another's; keys of one file alone, or a pair would not match."""
    dropped = _KEYS if any(credentials.get(key) for key in _KEYS) else frozenset[str]()
    kept = {key: setting for key, setting in config.settings.items() if key not in dropped}
    return replace(credentials, settings={**kept, **credentials.settings})


def load_config(environ: Mapping[str, str], profile: str | None = None) -> Flow[SharedConfig]:
    """Read both files and merge them; a file that does not exist is empty.

    Raises: ConfigurationError where a file cannot be read or is malformed.
    """
    paths = file_paths(environ)
    config = yield from read_config_file(paths[0], credentials=False)
    credentials = yield from read_config_file(paths[1], credentials=True)
    sections = merge(config, credentials)

    def of(kind: str) -> dict[str, Section]:
        return {name: section for (found, name), section in sections.items() if found == kind}

    name, named_by = profile_name(environ, profile)
    return SharedConfig(
        profile=name,
        named_by=named_by,
        explicit=profile is not None,
        files=tuple(path for path in paths if path is not None),
        found=tuple(file.path for file in (config, credentials) if file is not None),
        profiles=of("profile"),
        sso_sessions=of("sso-session"),
        services=of("services"),
    )


def read_config_file(path: str | None, *, credentials: bool) -> Flow[ConfigFile | None]:
    """Read one of the two files, None where there is none. Raises as `load_config` does."""
    data = (yield from read_file(path)) if path is not None else None
    if path is None or data is None:
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise ConfigurationError(f"{path}: expected UTF-8 text, got other bytes; save the file as UTF-8")
    from .config_file import parse_config  # here, since in a container there is no file

    return parse_config(text, path=path, credentials=credentials)
