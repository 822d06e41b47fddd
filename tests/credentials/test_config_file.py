"""The text of the shared files: what AWS's format allows, what it means, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ec2query.credentials.config_file import Section, Setting, parse_config
from ec2query.errors import ConfigurationError


def plain(text: str, *, credentials: bool = False) -> dict[str, dict[str, object]]:
    """Parse, and say it in strings and dicts: sections as `kind name`."""
    file = parse_config(text, path="f", credentials=credentials)
    return {
        f"{kind} {name}": {key: dict(s.nested) or s.value for key, s in section.settings.items()}
        for (kind, name), section in file.sections.items()
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("[default]", {"profile default": {}}),
        ("[profile dev]\nregion = us-east-1", {"profile dev": {"region": "us-east-1"}}),
        ("[profile\tdev]\r\na=1\r\nb=2", {"profile dev": {"a": "1", "b": "2"}}),
        ("[ profile  dev ]\n A = x=y ", {"profile dev": {"a": "x=y"}}),
        ('[profile "two words"]\na = 1', {"profile two words": {"a": "1"}}),
        ("[profile two words]\na = 1", {}),
        ('[profile "open]\na = 1', {}),
        ("[dev]\na = 1", {}),
        ("[profiledev]\na = 1\n[profile b]\nc = 2", {"profile b": {"c": "2"}}),
        ("[]\na = 1", {}),
        ("[plugins x]\na = 1", {}),
        ("[sso-session s]\nsso_region = us-east-1", {"sso-session s": {"sso_region": "us-east-1"}}),
        ("[sso-session]\na = 1", {}),
        ("# c\n; c\n  # c\n\n[default] # c\na = 1 # c\nb = 1 ; c", {"profile default": {"a": "1", "b": "1"}}),
        ("[default];c\na = 1;c\nb = 1#c", {"profile default": {"a": "1;c", "b": "1#c"}}),
        ("[default]\na = # nothing", {"profile default": {"a": ""}}),
        ("[default]\na =", {"profile default": {"a": ""}}),
        ("[default]\nin valid = 1\n more\nb = 2", {"profile default": {"b": "2"}}),
        ("[default]\na = 1\n\t -b \n c # d", {"profile default": {"a": "1\n-b\nc # d"}}),
        ("[default]\na = 1\n\n -b", {"profile default": {"a": "1\n-b"}}),
        ("[default]\n a = 1\n b = 2", {"profile default": {"a": "1", "b": "2"}}),
        ("[default]\n a = 1\n  b = 2", {"profile default": {"a": "1\nb = 2"}}),
        ("[default]\ns3 =\n X = 1\n\n y = \n in valid = 2", {"profile default": {"s3": {"x": "1", "y": ""}}}),
        (
            "[services s]\nec2 =\n  endpoint_url = http://127.0.0.1:1\nsts =\n  endpoint_url = http://127.0.0.1:2",
            {
                "services s": {
                    "ec2": {"endpoint_url": "http://127.0.0.1:1"},
                    "sts": {"endpoint_url": "http://127.0.0.1:2"},
                }
            },
        ),
        ("[profile a]\nx = 1\n[profile a]\ny = 2\nx = 3", {"profile a": {"x": "3", "y": "2"}}),
        ("[default]\nx = 1\n[profile default]\ny = 2\n[default]\nz = 3", {"profile default": {"y": "2"}}),
        ("[profile default]\ny = 2\n[default]\nx = 1", {"profile default": {"y": "2"}}),
        ("[profile a]\n[sso-session a]\nb = 1", {"profile a": {}, "sso-session a": {"b": "1"}}),
    ],
)
def test_a_config_file_is_read_as_aws_reads_it(text: str, expected: dict[str, object]) -> None:
    """Sections, keys, comments, continuations, nested values, repetition."""
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[dev]\na = 1", {"profile dev": {"a": "1"}}),
        ("[  dev  ]\na = 1", {"profile dev": {"a": "1"}}),
        ("[default]\na = 1", {"profile default": {"a": "1"}}),
        ("[profile dev]\na = 1", {}),
        ("[sso-session s]\na = 1", {}),
        ("[]\na = 1", {}),
    ],
)
def test_in_the_credentials_file_a_section_is_a_profile(text: str, expected: dict[str, object]) -> None:
    """Its sections are named without `profile`, and it holds nothing else."""
    assert plain(text, credentials=True) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = CANARY", 1),
        (" -CANARY", 1),
        ("[profile x\na = CANARY", 1),
        ("[default] CANARY\n", 1),
        ("[default]\nCANARY", 2),
        ("[default]\nCANARY : x", 2),
        ("[default]\n= CANARY", 2),
        ("[default]\n -CANARY", 2),
        ("[default]\na = 1\n[default]\n -CANARY", 4),
        ("[default]\ns3 =\n CANARY", 3),
        ("[default]\ns3 =\n = CANARY", 3),
    ],
)
def test_a_malformed_line_is_named_by_number_and_not_quoted(text: str, line: int) -> None:
    """The error says file and line; the line may be a secret, so it does not show it."""
    with pytest.raises(ConfigurationError) as caught:
        parse_config(text, path="/h/.aws/config")
    assert str(caught.value).startswith(f"/h/.aws/config, line {line}: expected")
    assert "CANARY" not in str(caught.value)


def test_a_setting_knows_its_place_and_hides_its_value() -> None:
    """File and line are kept for errors; `repr` shows neither value nor nested values."""
    file = parse_config("[default]\n\na = CANARY\ns =\n b = CANARY", path="f")
    settings = file.sections["profile", "default"].settings
    assert settings["a"] == Setting(value="CANARY", path="f", line=3)
    assert settings["s"].line == 4
    assert "CANARY" not in repr(file)


def test_a_blank_value_is_none() -> None:
    """`get` takes a blank value for an absent one."""
    section = Section(kind="profile", name="x", settings={"a": Setting(value="  ", path="f", line=1)})
    assert section.get("a") is None
    assert section.get("b") is None


LINES = st.sampled_from(
    ["[default]", "[profile x]", "[", "]", "a = 1", " a = 1", "\t-x", "=", " =", "s3 =", "# c", "a = # c", ""]
)


@given(st.one_of(st.text(), st.lists(LINES).map("\n".join)), st.booleans())
def test_any_text_is_a_file_or_one_typed_error(text: str, credentials: bool) -> None:
    """Nothing but ConfigurationError escapes, whatever the bytes were."""
    try:
        file = parse_config(text, credentials=credentials)
    except ConfigurationError:
        return
    assert all(kind in ("profile", "sso-session", "services") for kind, _ in file.sections)


LARGE = {
    "a value of many lines": "[default]\na = b\n" + " c\n" * 500_000,
    "many nested settings": "[default]\na =\n" + "".join(f" k{number} = v\n" for number in range(100_000)),
    "a long header": "[profile " + "x" * 3_000_000 + "]",
    "a long quoted header": '[profile "' + "x" * 3_000_000 + '"]',
    "many blanks": "[default]\na =" + " " * 3_000_000 + "b",
    "many brackets": "[default]" + "[" * 3_000_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_files_take_linear_time(name: str) -> None:
    """In quadratic time, each of these would take minutes or hours."""
    try:
        file = parse_config(LARGE[name])
    except ConfigurationError:
        assert name == "many brackets"
        return
    settings = file.sections["profile", "default"].settings if "default" in LARGE[name] else {}
    assert {key: len(found.value) + len(found.nested) for key, found in settings.items()} in (
        [{}, {"a": 1}, {"a": 1_000_001}, {"a": 100_000}]
    )
