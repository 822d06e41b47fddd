"""Credentials, Regions and settings, sans-I/O: where keys come from, how long they serve.

Read in this order: `config_file` and `profiles` (the shared files), `settings` and `region` (what
else they and the environment say), `sources` and `plan` (which keys a profile means), `chain` (the
order in which sources are asked), the providers (`process`, `container`, `imds`, `sts`, `sso`),
`freshness` and `cached` (when keys are asked for again).
https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

__all__: list[str] = []
