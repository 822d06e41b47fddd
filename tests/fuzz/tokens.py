"""What is put into inputs: bytes, names and numbers that have broken readers before."""

from __future__ import annotations

import codecs

__all__ = ["DATES", "NUMBERS", "TOKENS", "XML_TOKENS"]

NUMBERS: tuple[bytes, ...] = (
    *(b"0", b"-0", b"-1", b"+1", b"1e3", b"1e400", b"-1e-400", b"0x10", b"1_000", b"NaN", b"-Infinity"),
    *(b"2147483648", b"-9223372036854775809", b"18446744073709551616", b"9" * 40, b"9" * 5000),
    *(b"1." + b"0" * 50, b".5", b"5.", b"00000000000000000001", "١٢٣".encode(), "²".encode()),
)

DATES: tuple[bytes, ...] = (
    *(b"2026-01-02T03:04:05Z", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-02-30"),
    *(b"2026-W01-1T00:00:00Z", b"253402300800", b"-62135596801", b"1e12", b"Fri, 02 Jan 2026 03:04:05 GMT"),
    *(b"Fri, 02 Jan 2026 99999999999999999999:04:05 GMT", b"Fri, 02 Jan 99999 03:04:05 +9999", b"Mon,"),
    *(b"2026-01-02T03:04:05.1234567890123Z", b"2026-01-02T24:00:00Z", b"2020-06-17T10:02:08UTC", b",,,,,,"),
)

TOKENS: tuple[bytes, ...] = (
    *(b"\0", b"\0" * 8, b"\x7f", b"\xff", b"\xfe\xff", b"\xff\xfe", codecs.BOM_UTF8, b"\xc0\xaf"),
    *(b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", "\u2028".encode(), "\u00a0".encode()),
    *(b"\r", b"\n", b"\r\n", b"\t", b" ", b"\x0b", b"\x0c", b"\x1c", b"\x85", b"\\", b"'", b'"'),
    *(b"%00", b"%", b"%zz", b"%ff", b"&", b"=", b"+", b";", b"#", b".", b":", b"/", b"@", b"[", b"]"),
    *(b"A" * 300, b"[" * 500, b"{" * 500, b'{"a":' * 500, b"(" * 200, b"<" * 200, b"," * 1000),
    *(b"null", b"true", b"false", b"undefined", b"\\ud800", b"\\u0000", b"../../etc/passwd", b"${x}", b"%s"),
    *NUMBERS,
    *DATES,
)

XML_TOKENS: tuple[bytes, ...] = (
    *(b"<", b">", b"</", b"/>", b"<a>", b"</a>", b"<a/>", b"<!", b"<?", b"]]>", b"-->", b"<!-- -- -->"),
    *(b"<![CDATA[", b"<![CDATA[x]]>", b"<!-- x -->", b"<?x y?>", b"<?xml version='1.0'?>"),
    *(b"<?xml version='1.0' encoding='UTF-16'?>", b"<?xml version='1.0' encoding='utf-7'?>"),
    *(b"<!DOCTYPE a>", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>"),
    *(b"<!ENTITY % p SYSTEM 'http://127.0.0.1/'>", b"%p;", b"&x;", b"&amp;", b"&#0;", b"&#xD800;", b"&#38;"),
    *(b"&#x110000;", b"&#" + b"9" * 30 + b";", b"&", b"&lt;" * 100, b" xmlns='x'", b" xmlns:a=''", b"a:b:c"),
    *(b"<a " + b" ".join(b"a%d=''" % number for number in range(300)) + b"/>", b"<a a='' a=''/>"),
    *(b"<a>" * 70, b"</a>" * 70, b"<a>" * 40 + b"</a>" * 40, b"<" + b"n" * 1500 + b"/>"),
    *(b"<item/>", b"<item/>" * 100, b"<requestId>r</requestId>", b"<nextToken>t</nextToken>"),
    *(b"<Response><Errors><Error><Code>", b"<Errors>", b"<Error><Code>x</Code></Error>", b"<html>"),
)
