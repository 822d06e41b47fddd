import sys

from ec2query import Client, ec2

with Client(region="us-east-1", endpoint_url=sys.argv[1]) as client:
    result = client.send(ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24"))
    assert result.asn_association is not None
    print(result.asn_association.state, flush=True)
