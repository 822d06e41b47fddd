"""What is said of EC2's operations by hand: a line of our own for those that are polished, and types.

All others carry their link alone, and the model's types.
"""

from __future__ import annotations

__all__ = ["EC2_PROSE", "EC2_TYPES"]

# `ec2query.protocol.customise` sends it as base64, whichever it is.
EC2_TYPES = {("RunInstances", "UserData"): "str | bytes"}

EC2_PROSE = {
    # BYOASN
    "AssociateIpamByoasn": "Tie a provisioned ASN to a BYOIP CIDR, so that the one can advertise the other.",
    "CreateIpamExternalResourceVerificationToken": (
        "Make a token that, put into DNS, proves control of a range."
    ),
    "DeleteIpamExternalResourceVerificationToken": "Delete a verification token.",
    "DeprovisionIpamByoasn": "Give an ASN back; no CIDR may be associated with it any more.",
    "DescribeIpamByoasn": "List the account's ASNs and the state each is in.",
    "DescribeIpamExternalResourceVerificationTokens": "List verification tokens and the state each is in.",
    "DisassociateIpamByoasn": "Undo the association of an ASN with a BYOIP CIDR.",
    "ProvisionIpamByoasn": "Bring an ASN to IPAM, authorized by a message signed for the account.",
    # BYOIP
    "AdvertiseByoipCidr": "Announce a provisioned CIDR to the Internet, optionally under an own ASN.",
    "DeprovisionByoipCidr": "Give a CIDR back; it must be withdrawn and free of associations.",
    "DescribeByoipCidrs": "List the account's BYOIP CIDRs, with the ASNs associated with each.",
    "MoveByoipCidrToIpam": "Hand an existing BYOIP CIDR over to an IPAM pool.",
    "ProvisionByoipCidr": "Bring an address range to AWS, authorized by a message signed for the account.",
    "WithdrawByoipCidr": "Stop announcing a CIDR to the Internet.",
}
