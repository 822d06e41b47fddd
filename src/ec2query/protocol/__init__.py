"""The EC2 Query protocol, sans-I/O: bytes and values in, bytes and values out.

Read in this order: `message` and `effects` (what goes over the wire, what a flow may ask for),
`serialize` (operation to form body), `sign` (SigV4), `endpoint` (Region to URL), `parse` (XML to
result), `error_document` (XML to ServiceError), `customise` (what EC2 needs beyond the protocol),
`retry` and `clock_skew` (what follows a failure), and `call`, which ties them into one API call.
`decode_form` and `encode_xml` are the server's half of the same protocol.
"""

from __future__ import annotations

__all__: list[str] = []
