import asyncio
import sys

from aiobotocore.session import get_session


async def main() -> None:
    session = get_session()
    async with session.create_client("ec2", region_name="us-east-1", endpoint_url=sys.argv[1]) as client:
        result = await client.disassociate_ipam_byoasn(Asn="64500", Cidr="203.0.113.0/24")
        print(result["AsnAssociation"]["State"], flush=True)


asyncio.run(main())
