"""JSON answers: whatever the bytes are, the outcome is credentials or one typed error."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ec2query.credentials.document import KeyNames, credentials_in, read_document
from ec2query.errors import CredentialsError

NAMES = KeyNames(optional=frozenset(("Token", "Expiration")))
PARTS = ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
VALUES = st.one_of(
    st.text(),
    st.text("AZ09", min_size=1),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.text()),
    st.datetimes().map(lambda when: f"{when:%Y-%m-%dT%H:%M:%SZ}"),
)


@given(
    st.one_of(
        st.binary(),
        st.text().map(str.encode),
        st.dictionaries(st.text(), VALUES).map(lambda d: json.dumps(d).encode()),
    )
)
def test_any_bytes_are_a_document_or_one_typed_error(body: bytes) -> None:
    """Not JSON, not an object, not UTF-8: all the same error."""
    try:
        found: object = read_document("x", body)
    except CredentialsError as error:
        found = str(error)
    assert isinstance(found, dict) or found == (
        f"x: expected a JSON object, got {len(body)} other bytes (not shown)"
    )


@given(st.dictionaries(st.sampled_from(PARTS), VALUES))
def test_any_document_is_credentials_or_one_typed_error(document: dict[str, object]) -> None:
    """Values of every type under every key."""
    try:
        found = credentials_in("x", document, NAMES)
    except CredentialsError as error:
        said = str(error)
        assert said.startswith("x: ")
    else:
        assert found.access_key_id == document["AccessKeyId"]
