"""Content codings: what is right is decoded, what is wrong is one typed error, and all is bounded."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ec2query.errors import ResponseError
from ec2query.protocol.content import ContentDecoder

MEBIBYTE = 1024 * 1024
DOCUMENT = b"<DescribeIpamByoasnResponse>" + b"<byoasn/>" * 1000 + b"</DescribeIpamByoasnResponse>"


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


def decoded(coding: str, data: bytes, *, step: int = 0, max_bytes: int = 64 * MEBIBYTE) -> bytes:
    decoder = ContentDecoder(coding, max_bytes)
    step = step or max(len(data), 1)
    pieces = [piece for at in range(0, len(data), step) for piece in decoder.feed(data[at : at + step])]
    decoder.close()
    return b"".join(pieces)


GOOD = {
    "none": ("", DOCUMENT),
    "identity": ("identity", DOCUMENT),
    "gzip": ("gzip", gzip.compress(DOCUMENT)),
    "x-gzip": ("x-gzip", gzip.compress(DOCUMENT)),
    "upper case": ("GZIP", gzip.compress(DOCUMENT)),
    "deflate as specified": ("deflate", zlib.compress(DOCUMENT)),
    "deflate without its wrapper": ("deflate", raw_deflate(DOCUMENT)),
    "two members": ("gzip", gzip.compress(DOCUMENT[:100]) + gzip.compress(DOCUMENT[100:])),
    "an empty member": ("gzip", gzip.compress(b"") + gzip.compress(DOCUMENT)),
    "two codings": ("deflate, gzip", gzip.compress(zlib.compress(DOCUMENT))),
    "identity among others": ("identity, gzip , ", gzip.compress(DOCUMENT)),
}


@pytest.mark.parametrize("step", [0, 1, 7, 4096], ids=["whole", "bytewise", "by 7", "by 4096"])
@pytest.mark.parametrize("case", GOOD)
def test_a_coding_is_undone(case: str, step: int) -> None:
    """Every coding gives the document back, in whatever pieces it comes."""
    coding, data = GOOD[case]
    assert decoded(coding, data, step=step) == DOCUMENT


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "gzip, gzip"])
def test_an_empty_body_is_empty(coding: str) -> None:
    """No bytes at all need no coding: an answer to HEAD, a 204."""
    assert decoded(coding, b"") == b""


@given(data=st.binary(max_size=3000), step=st.integers(1, 3000), codings=st.lists(st.booleans(), max_size=5))
def test_any_stack_of_codings_is_undone(data: bytes, step: int, codings: list[bool]) -> None:
    """Whatever was compressed, however often, comes back the same."""
    coded = data
    for is_gzip in codings:
        coded = gzip.compress(coded) if is_gzip else zlib.compress(coded)
    names = ",".join("gzip" if is_gzip else "deflate" for is_gzip in codings)
    assert decoded(names, coded, step=step) == data


BAD = {
    "brotli": ("br", b"\x0b\x02\x80abc\x03", "expected the content coding gzip, deflate or identity, got br"),
    "zstd": ("zstd", b"(\xb5/\xfd", "got zstd"),
    "a name that is not shown": ("x" * 41, b"", "got another"),
    "unknown among known": ("gzip, br", b"", "got br"),
    "six codings": (", ".join(["gzip"] * 6), b"", "at most 5 content codings, got 6"),
    "not gzip": ("gzip", DOCUMENT, "does not begin as its gzip coding"),
    "not deflate": ("deflate", b"\xff\xff\xff\xff", "deflate coding is corrupt"),
    "wrong CRC": ("gzip", gzip.compress(DOCUMENT)[:-8] + b"\0" * 8, "gzip coding is corrupt"),
    "wrong Adler checksum": ("deflate", zlib.compress(DOCUMENT)[:-1] + b"\0", "deflate coding is corrupt"),
    "garbage after gzip": ("gzip", gzip.compress(DOCUMENT) + b"garbage", "goes on after the end"),
    "zeros after gzip": ("gzip", gzip.compress(DOCUMENT) + b"\0" * 8, "goes on after the end"),
    "a byte after gzip": ("gzip", gzip.compress(DOCUMENT) + b"\x1f", "truncated"),
    "garbage after deflate": ("deflate", zlib.compress(DOCUMENT) + b"garbage", "goes on after the end"),
    "garbage after raw deflate": ("deflate", raw_deflate(DOCUMENT) + b"garbage", "goes on after the end"),
    "one byte": ("gzip", b"\x1f", "truncated"),
    "outer coding good, inner truncated": (
        "gzip, gzip",
        gzip.compress(gzip.compress(DOCUMENT)[:-1]),
        "truncat",
    ),
}


@pytest.mark.parametrize("step", [0, 1], ids=["whole", "bytewise"])
@pytest.mark.parametrize("case", BAD)
def test_a_wrong_coding_is_refused(case: str, step: int) -> None:
    """What cannot be decoded is a ResponseError that says why."""
    coding, data, sentence = BAD[case]
    with pytest.raises(ResponseError, match=sentence):
        decoded(coding, data, step=step)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw"])
def test_every_truncation_is_refused(coding: str) -> None:
    """A coded body cut off at any byte is a ResponseError."""
    whole = {
        "gzip": gzip.compress(DOCUMENT),
        "deflate": zlib.compress(DOCUMENT),
        "raw": raw_deflate(DOCUMENT),
    }[coding]
    for end in range(1, len(whole)):
        with pytest.raises(ResponseError):
            decoded("gzip" if coding == "gzip" else "deflate", whole[:end])


@given(
    at=st.integers(0, len(gzip.compress(DOCUMENT)) - 1),
    byte=st.integers(0, 255),
)
def test_a_changed_byte_is_noticed_or_harmless(at: int, byte: int) -> None:
    """A corrupt gzip body never decodes to another document."""
    coded = bytearray(gzip.compress(DOCUMENT, mtime=0))
    coded[at % len(coded)] = byte
    try:
        result = decoded("gzip", bytes(coded))
    except ResponseError:
        return
    assert result == DOCUMENT


@pytest.mark.parametrize("coding", ["", "gzip", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("step", [0, 1], ids=["whole", "bytewise"])
def test_the_limit_is_exact(coding: str, step: int) -> None:
    """As many bytes as allowed pass; one more does not."""
    data = b"ab" * 500
    coded = data
    for name in filter(None, coding.split(", ")):
        coded = gzip.compress(coded) if name == "gzip" else zlib.compress(coded)
    limit = max(len(data), len(gzip.compress(data)))
    assert decoded(coding, coded, step=step, max_bytes=limit) == data
    with pytest.raises(ResponseError, match="over the limit of 999 bytes"):
        decoded(coding, coded, step=step, max_bytes=999)


# Sixteen mebibytes in sixteen kilobytes, as often as wanted.
POWDER = gzip.compress(b"\0" * 16 * MEBIBYTE)


@pytest.mark.parametrize("step", [0, 65536], ids=["at once", "in chunks"])
def test_a_bomb_costs_no_more_than_the_limit(step: int) -> None:
    """A mebibyte of gzip that holds a gibibyte is refused, for about the memory of the limit."""
    data = POWDER * 64
    assert len(data) < 1.1 * MEBIBYTE
    tracemalloc.start()
    try:
        with pytest.raises(ResponseError, match="over the limit"):
            decoded("gzip", data, step=step)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 68 * MEBIBYTE


def test_a_bomb_in_a_bomb_is_refused() -> None:
    """Codings that multiply each other are bounded at every stage."""
    with pytest.raises(ResponseError, match="over the limit"):
        decoded("gzip, gzip, gzip", gzip.compress(gzip.compress(POWDER * 16)), max_bytes=MEBIBYTE)


def test_many_small_members_take_linear_time() -> None:
    """Fifty thousand empty members are so many steps, not so many copies of the rest."""
    member = gzip.compress(b"", mtime=0)
    assert decoded("gzip", member * 50_000) == b""
