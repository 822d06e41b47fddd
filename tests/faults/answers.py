"""The fault server's documents: the operations that the harness calls, and errors.

Each answer echoes what identifies its request, so that an answer given to another caller shows.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["HTML", "answer", "error", "key_of"]

_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"

# The member by which a request of each operation is told from all others.
_KEYS = {"AssociateIpamByoasn": "Cidr", "CreateIpam": "Description", "DescribeIpamByoasn": "NextToken"}

HTML = b"<html>\r\n<head><title>Service Unavailable</title></head>\r\n<body><hr></body>\r\n</html>\r\n"


def key_of(pairs: Mapping[str, str]) -> str:
    """Return what identifies a request's call. Raises KeyError where the operation is another."""
    return pairs[_KEYS[pairs["Action"]]]


def answer(pairs: Mapping[str, str], request_id: str, padding: int) -> bytes:
    """Write the answer to a request that was carried out."""
    action, key = pairs["Action"], key_of(pairs)
    if action == "AssociateIpamByoasn":
        inner = (
            f"<asnAssociation><asn>{pairs['Asn']}</asn><cidr>{key}</cidr>"
            "<state>pending-association</state></asnAssociation>"
        )
    elif action == "CreateIpam":
        inner = f"<ipam><ipamId>ipam-0</ipamId><description>{key}</description></ipam>"
    else:
        inner = (
            f"<byoasnSet><item><asn>64496</asn><ipamId>ipam-0</ipamId><statusMessage>{key}</statusMessage>"
            f"<state>provisioned</state></item><item><statusMessage>{'.' * padding}</statusMessage></item>"
            "</byoasnSet>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{action}Response xmlns="{_NAMESPACE}"><requestId>{request_id}</requestId>'
        f"{inner}</{action}Response>"
    ).encode()


def error(code: str, message: str, request_id: str) -> bytes:
    """Write an error document."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        f"<RequestID>{request_id}</RequestID></Response>"
    ).encode()
