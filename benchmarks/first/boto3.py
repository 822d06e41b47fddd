import sys

import boto3

client = boto3.client("ec2", region_name="us-east-1", endpoint_url=sys.argv[1])
result = client.disassociate_ipam_byoasn(Asn="64500", Cidr="203.0.113.0/24")
print(result["AsnAssociation"]["State"], flush=True)
