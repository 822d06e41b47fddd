"""Retry policies as values: a row of the AWS rules each, and which one the settings ask for.

`STANDARD` is what the SDKs call AWS_NEW_RETRIES_2026, `CLASSIC` the rules before it; a policy with
mode `adaptive` obeys a `Limiter` besides. Settings come as mappings, nothing is looked up here.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
https://aws.amazon.com/blogs/developer/announcing-updated-retry-behavior-for-aws-sdks-and-tools/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal, TypeAlias, cast

from ..errors import ConfigurationError
from ..frozen import frozen

__all__ = ["ADAPTIVE", "CLASSIC", "STANDARD", "Policy", "RetryMode", "resolve_policy"]

RetryMode: TypeAlias = Literal["standard", "adaptive"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@frozen(kw_only=True)
class Policy:
    """How often to try, how long to wait in between (seconds), what a retry costs (tokens).

    The wait before retry n is a random share of `min(base * 2 ** (n - 1), cap)`. The server's
    `x-amz-retry-after` may lengthen it by up to `retry_after` seconds; None ignores that header.
    `retry_unknown=False` gives up where a changing operation may have taken effect, and
    `retry_capacity=True` also retries Insufficient…Capacity.
    """

    mode: RetryMode = "standard"
    attempts: int = 3
    base: float = 0.05
    throttling_base: float = 1.0
    cap: float = 20.0
    cost: int = 14
    throttling_cost: int = 5
    timeout_cost: int = 14
    retry_after: float | None = 5.0
    retry_unknown: bool = True
    retry_capacity: bool = False

    def __post_init__(self) -> None:
        if self.mode not in ("standard", "adaptive"):
            raise ConfigurationError(f"retry mode: expected standard or adaptive, got {self.mode!r}")
        if self.attempts < 1:
            raise ConfigurationError(f"retry attempts: expected 1 or more, got {self.attempts}")
        for name in ("base", "throttling_base", "cap", "cost", "throttling_cost", "timeout_cost"):
            if not getattr(self, name) >= 0:
                raise ConfigurationError(
                    f"retry policy, {name}: expected 0 or more, got {getattr(self, name)!r}"
                )


STANDARD = Policy()
CLASSIC = Policy(base=1.0, cost=5, timeout_cost=10, retry_after=None)
ADAPTIVE = Policy(mode="adaptive")


def resolve_policy(
    environ: Mapping[str, str],
    profile: Mapping[str, str] = _NOTHING,
    *,
    mode: str | None = None,
    attempts: int | None = None,
) -> Policy:
    """Choose the policy: argument, then environment, then profile, then the default.

    `legacy` means standard here. Raises ConfigurationError.
    """
    policy = STANDARD if _new_retries(environ) else CLASSIC
    asked, source = mode, "retry mode"
    if asked is None:
        asked, source = _setting(environ, profile, "AWS_RETRY_MODE", "retry_mode")
    folded = (asked or "standard").strip().lower()
    if folded not in ("standard", "adaptive", "legacy"):
        raise ConfigurationError(f"{source}: expected standard, adaptive or legacy, got {asked!r}")
    if attempts is None:
        text, source = _setting(environ, profile, "AWS_MAX_ATTEMPTS", "max_attempts")
        attempts = policy.attempts if text is None else _count(text, source)
    chosen = cast(RetryMode, "standard" if folded == "legacy" else folded)
    return replace(policy, mode=chosen, attempts=attempts)


def _new_retries(environ: Mapping[str, str]) -> bool:
    text = environ.get("AWS_NEW_RETRIES_2026", "").strip().lower()
    if text not in ("", "true", "false"):
        raise ConfigurationError(f"AWS_NEW_RETRIES_2026: expected true or false, got {text!r}")
    return text != "false"


def _setting(
    environ: Mapping[str, str], profile: Mapping[str, str], variable: str, key: str
) -> tuple[str | None, str]:
    """Return a setting and where it was found; a blank one counts as none."""
    if environ.get(variable, "").strip():
        return environ[variable], variable
    value = profile.get(key, "")
    return value if value.strip() else None, f"profile, {key}"


def _count(text: str, source: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= 1):
        raise ConfigurationError(f"{source}: expected a whole number of 1 or more, got {text!r}")
    return int(text)
