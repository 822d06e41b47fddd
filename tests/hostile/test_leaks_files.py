"""Planted secrets in files that are malformed, and in keys that cannot be used: none is quoted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ec2query import Credentials, CredentialsError, Ec2QueryError, ec2
from support.canaries import KEYS, Seen, call, canaries_in, everything_shown
from support.hostile import WAYS, quiet_world
from support.providers import PROVIDERS

NOTHING: dict[str, set[str]] = {}
SECRET = KEYS.secret_access_key
MALFORMED: dict[str, str] = {
    "a key before a section": f"aws_secret_access_key = {SECRET}\n",
    "a line without an equals sign": f"[default]\naws_secret_access_key {SECRET}\n",
    "no key": f"[default]\n= {SECRET}\n",
    "an open section": f"[default\naws_secret_access_key = {SECRET}\n",
    "half a pair": f"[default]\naws_secret_access_key = {SECRET}\n",
    "a nested line": f"[default]\naws_secret_access_key =\n  {SECRET}\n",
    "a continued key": f"[default]\naws_access_key_id = A\naws_secret_access_key = {SECRET}\n  {SECRET}\n",
    "a program with an open quote": f"[default]\ncredential_process = p '{SECRET}\n",
    "a duration that is none": f"[default]\nrole_arn = r\nsource_profile = default\nduration_seconds = 9\n"
    f"aws_access_key_id = A\naws_secret_access_key = {SECRET}\n",
    "a circle": f"[default]\nrole_arn = r\nsource_profile = b\nexternal_id = {SECRET}\n"
    f"[b]\nrole_arn = r\nsource_profile = default\naws_secret_access_key = {SECRET}\n",
    "a login that is no JSON": "",
    "other bytes": f"[default]\naws_secret_access_key = {SECRET}\xff\n",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_file_is_not_quoted(tmp_path: Path, kind: str, way: str) -> None:
    """Its path, its line and its keys are named; the values are not."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    if MALFORMED[kind]:
        (folder / "credentials").write_bytes(MALFORMED[kind].encode("latin-1"))
    else:
        PROVIDERS["sso"].write(tmp_path)
        (cache,) = (tmp_path / "home/.aws/sso/cache").iterdir()
        cache.write_text(cache.read_text()[:-1])
    home = "/" if MALFORMED[kind] else "/home"
    seen, environ = Seen(), {"HOME": home, "AWS_EC2_METADATA_DISABLED": "true"}
    call(way, ec2.DescribeVpcs(), seen, credentials=None, world=quiet_world(environ), root=str(tmp_path))
    assert isinstance(seen.error, Ec2QueryError)
    assert "AWS_EC2_METADATA_DISABLED" not in str(seen.error), "it was not the file that failed"
    assert seen.hits() == NOTHING


@pytest.mark.parametrize(
    "secret", [f"{SECRET}\n", f" {SECRET}", f"{SECRET}\0", f"{SECRET}é", SECRET.encode()]
)
def test_refused_keys_are_not_shown(secret: Any) -> None:
    """By the constructor; its frames are left out, as they hold what the caller's own hold."""
    for parts in ((secret, "x"), ("A", secret), ("A", "x", secret)):
        with pytest.raises(CredentialsError) as caught:
            Credentials(*parts)  # pyright: ignore[reportArgumentType]
        assert {
            what: hit for what, text in everything_shown(caught.value) if (hit := canaries_in(text))
        } == NOTHING
