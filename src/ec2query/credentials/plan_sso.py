"""A profile of IAM Identity Center in, an SsoRole out: pure.

The modern form names an `[sso-session x]` section, which holds `sso_start_url` and `sso_region`; in
the legacy form the profile holds them itself. A value that both give must be the same.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
"""

from __future__ import annotations

from ..errors import ConfigurationError
from .config_file import Section
from .profiles import SharedConfig, where
from .sources import SsoRole

__all__ = ["plan_sso"]

_ROLE = ("sso_account_id", "sso_role_name")
_LOGIN = ("sso_start_url", "sso_region")


def plan_sso(config: SharedConfig, profile: Section) -> SsoRole | None:
    """Return the role that a profile names, None where it names none. Raises ConfigurationError."""
    if not any(profile.get(key) for key in _ROLE):
        return None
    found = {key: value for key in (*_ROLE, *_LOGIN) if (value := profile.get(key))}
    name = profile.get("sso_session")
    if name is not None:
        session = config.sso_sessions.get(name)
        if session is None:
            known = ", ".join(sorted(config.sso_sessions)) or "none"
            raise ConfigurationError(
                f"{where(profile, 'sso_session')}: expected one of the sso-session sections ({known}),"
                f" got {name!r}; add [sso-session {name}] to the config file or correct the name"
            )
        found |= _login_of(profile, session)
    missing = [key for key in (*_ROLE, *_LOGIN) if key not in found]
    if missing:
        present = next(key for key in _ROLE if profile.get(key))
        raise ConfigurationError(
            f"{where(profile, present)}: expected {' and '.join(missing)} too, got none;"
            " run `aws configure sso`, or add what is missing"
        )
    return SsoRole(
        start_url=found["sso_start_url"],
        region=found["sso_region"],
        account_id=found["sso_account_id"],
        role_name=found["sso_role_name"],
        where=where(profile, "sso_session" if name is not None else "sso_start_url"),
        profile=profile.name,
        session=name,
    )


def _login_of(profile: Section, session: Section) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in _LOGIN:
        value, own = session.get(key), profile.get(key)
        if value is None:
            raise ConfigurationError(f"{where(session, key)}: expected a value, got none; add {key}")
        if own is not None and own != value:
            raise ConfigurationError(
                f"{where(profile, key)}: expected {value!r}, which sso-session {session.name!r} says,"
                f" got {own!r}; remove {key} from the profile"
            )
        found[key] = value
    return found
