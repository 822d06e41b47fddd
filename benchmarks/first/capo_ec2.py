import asyncio
import sys

from capo_ec2 import AsyncEC2Client


async def main() -> None:
    async with AsyncEC2Client(region="us-east-1", endpoint=sys.argv[1]) as client:
        result = await client.disassociate_ipam_byoasn(asn="64500", cidr="203.0.113.0/24")
        print(result["asn_association"]["state"], flush=True)


asyncio.run(main())
