"""The least that an asynchronous client can do on httpx and botocore's signer: no retries, no types."""

import asyncio
import os
import ssl
import sys
from types import SimpleNamespace

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

BODY = "Action=DisassociateIpamByoasn&Version=2016-11-15&Asn=64500&Cidr=203.0.113.0%2F24"


async def main() -> None:
    access_key, secret_key = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    keys = SimpleNamespace(access_key=access_key, secret_key=secret_key, token=None)
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = AWSRequest("POST", sys.argv[1], headers, BODY)
    SigV4Auth(keys, "ec2", "us-east-1").add_auth(request)
    context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        response = await client.post(sys.argv[1], headers=dict(request.headers), content=BODY)
    print(response.text.partition("<state>")[2].partition("<")[0], flush=True)


asyncio.run(main())
