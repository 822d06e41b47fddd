"""The BYOASN domain: ASNs and ranges as values, what can be waited for, and the swap.

Flows take a client's `call` and `world`; the client runs them, asyncio, trio or blocking:
`await client.run(disassociate(client.calls.call, client.calls.world, "64500", "203.0.113.0/24"))`.
https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
"""

from __future__ import annotations

from .asn import AWS, Asn, advertised_as
from .authorization import (
    asn_authorization,
    authorization_message,
    cidr_authorization,
    decode_signature,
    encode_signature,
    rsa_pss,
)
from .cidr import Cidr
from .conditions import (
    Condition,
    Finding,
    asn_associated,
    asn_deprovisioned,
    asn_disassociated,
    asn_provisioned,
    byoip_advertised,
    byoip_deprovisioned,
    byoip_provisioned,
    byoip_withdrawn,
)
from .picture import Picture, Sighting
from .plan import plan_swap
from .steps import Step, StepName, Swap
from .swap import StepProgress, disassociate, perform, swap_asn
from .watch import PACE, Poller, look, watch

__all__ = [
    "AWS",
    "PACE",
    "Asn",
    "Cidr",
    "Condition",
    "Finding",
    "Picture",
    "Poller",
    "Sighting",
    "Step",
    "StepName",
    "StepProgress",
    "Swap",
    "advertised_as",
    "asn_associated",
    "asn_authorization",
    "asn_deprovisioned",
    "asn_disassociated",
    "asn_provisioned",
    "authorization_message",
    "byoip_advertised",
    "byoip_deprovisioned",
    "byoip_provisioned",
    "byoip_withdrawn",
    "cidr_authorization",
    "decode_signature",
    "disassociate",
    "encode_signature",
    "look",
    "perform",
    "plan_swap",
    "rsa_pss",
    "swap_asn",
    "watch",
]
