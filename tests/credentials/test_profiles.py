"""Where the shared files are, how they merge, which profile is meant."""

from __future__ import annotations

import pytest

from ec2query.credentials.profiles import SharedConfig, file_paths, load_config, profile_name, where
from ec2query.errors import ConfigurationError
from support.stage import Stage

CONFIG, CREDENTIALS = "/h/.aws/config", "/h/.aws/credentials"


def load(config: str | None, credentials: str | None = None, profile: str | None = None) -> SharedConfig:
    files = {
        path: text.encode()
        for path, text in ((CONFIG, config), (CREDENTIALS, credentials))
        if text is not None
    }
    stage = Stage({"HOME": "/h"}, files)
    return stage.run(load_config(stage.environ, profile))


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "/h", "USERPROFILE": "/u"}, (CONFIG, CREDENTIALS)),
        ({"HOME": "/h/"}, (CONFIG, CREDENTIALS)),
        ({"USERPROFILE": "/u"}, ("/u/.aws/config", "/u/.aws/credentials")),
        ({"HOME": " ", "USERPROFILE": "/u"}, ("/u/.aws/config", "/u/.aws/credentials")),
        ({}, (None, None)),
        ({"AWS_CONFIG_FILE": "/c"}, ("/c", None)),
        ({"AWS_CONFIG_FILE": "~/c", "HOME": "/h"}, ("/h/c", CREDENTIALS)),
        ({"AWS_CONFIG_FILE": "~/c"}, (None, None)),
        ({"AWS_CONFIG_FILE": "", "HOME": "/h"}, (CONFIG, CREDENTIALS)),
        ({"AWS_SHARED_CREDENTIALS_FILE": "/k", "HOME": "/h"}, (CONFIG, "/k")),
    ],
)
def test_paths_come_from_variables_else_from_the_home(
    environ: dict[str, str], expected: tuple[str | None, str | None]
) -> None:
    """HOME, else USERPROFILE; a blank variable is none; `~` is the home."""
    assert file_paths(environ) == expected


@pytest.mark.parametrize(
    ("environ", "argument", "expected"),
    [
        ({}, None, ("default", None)),
        ({"AWS_PROFILE": ""}, None, ("default", None)),
        ({"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}, None, ("a", "AWS_PROFILE")),
        ({"AWS_DEFAULT_PROFILE": "b"}, None, ("b", "AWS_DEFAULT_PROFILE")),
        ({"AWS_PROFILE": "a"}, "c", ("c", "the profile argument")),
    ],
)
def test_a_profile_is_named_by_argument_then_environment(
    environ: dict[str, str], argument: str | None, expected: tuple[str, str | None]
) -> None:
    """The argument first, then AWS_PROFILE, then AWS_DEFAULT_PROFILE, then `default`."""
    assert profile_name(environ, argument) == expected


def test_both_files_merge_and_the_credentials_file_wins() -> None:
    """A profile's keys come from both files; of a key that both give, the credentials file's counts."""
    config = load("[profile a]\nregion = us-east-1\nx = 1\n[profile b]", "[a]\nx = 2\n[c]", "a")
    assert {key: setting.value for key, setting in config.selected.settings.items()} == {
        "region": "us-east-1",
        "x": "2",
    }
    assert set(config.profiles) == {"a", "b", "c"}
    assert config.found == (CONFIG, CREDENTIALS)


def test_access_keys_never_mix_between_the_files() -> None:
    """A session token of one file does not belong to the access key of the other."""
    config = load(
        "[default]\naws_access_key_id = A\naws_secret_access_key = S\naws_session_token = T\nregion = r",
        "[default]\naws_access_key_id = B\naws_secret_access_key = U",
    )
    assert config.selected.get("aws_session_token") is None
    assert config.selected.get("aws_access_key_id") == "B"
    assert config.selected.get("region") == "r"


def test_sessions_and_services_are_kept_apart_from_profiles() -> None:
    """Sections of different kinds may bear one name."""
    config = load("[profile a]\n[sso-session a]\nsso_region = r\n[services a]\nec2 =\n endpoint_url = u")
    assert config.sso_sessions["a"].get("sso_region") == "r"
    assert config.services["a"].settings["ec2"].nested == {"endpoint_url": "u"}
    assert config.profiles["a"].settings == {}


def test_a_missing_file_is_an_empty_one() -> None:
    """Neither file need exist, nor a home."""
    assert load(None).profiles == {}
    assert load(None).places() == f"the shared files (missing: {CONFIG}, {CREDENTIALS})"
    homeless = Stage().run(load_config({}))
    assert homeless.files == ()
    assert homeless.places() == "the shared files (missing: no home directory is known)"


@pytest.mark.parametrize("path", [CONFIG, CREDENTIALS])
def test_a_file_that_is_not_text_is_named(path: str) -> None:
    """The error names the file, and shows none of its bytes."""
    stage = Stage({"HOME": "/h"}, {path: b"[default]\nx = CANARY\xff"})
    with pytest.raises(ConfigurationError, match=f"{path}: expected UTF-8") as caught:
        stage.run(load_config(stage.environ))
    assert "CANARY" not in str(caught.value)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Editors on Windows write one."""
    stage = Stage({"HOME": "/h"}, {CONFIG: b"\xef\xbb\xbf[default]\nregion = r"})
    assert stage.run(load_config(stage.environ)).selected.get("region") == "r"


def test_a_named_profile_must_exist() -> None:
    """The error names who named it, what there is, and where it was looked for."""
    config = load("[profile a]\n[profile b]", profile="nope")
    with pytest.raises(ConfigurationError) as caught:
        config.require_profile()
    assert str(caught.value) == (
        "profile 'nope', named by the profile argument: expected one of a, b in /h/.aws/config (missing:"
        " /h/.aws/credentials); correct the name, or add [profile nope] to the config file"
    )


def test_an_unnamed_profile_need_not_exist() -> None:
    """`default` is taken where nothing names one, and may be missing."""
    load("[profile a]").require_profile()


def test_a_place_is_file_line_section_and_key() -> None:
    """For a key that is missing, the file is that of its fellows."""
    config = load("[profile a]\nx = 1", profile="a")
    assert where(config.selected, "x") == "/h/.aws/config, line 2, profile 'a', x"
    assert where(config.selected, "y") == "/h/.aws/config, profile 'a', y"
    assert where(load(None, profile="z").selected, "y") == "profile 'z', y"
