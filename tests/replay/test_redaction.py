"""Redaction: no canary survives, and the rest of an exchange stays as it was."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ec2query import Credentials, ec2
from ec2query.protocol.message import HttpRequest
from ec2query.replay import Exchange, Recorder, Redaction, write_exchange
from ec2query.shape import Operation
from support.exchanges import answered, exchange

CANARY = "cAnArY-4711"
TEMPORARY = Credentials("ASIACANARY4711CANARY", f"sEcReT{CANARY}", f"tOkEn/{CANARY}==")
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----"
SCRIPT = f'#!/bin/sh\necho "<{CANARY}>"\n'
ENCODED = b64encode(SCRIPT.encode()).decode()


def error(message: str) -> str:
    return f"<Response><Errors><Error><Code>X</Code><Message>{message}</Message></Error></Errors></Response>"


RUN = ec2.RunInstances(image_id="ami-1", min_count=1, max_count=1, user_data=SCRIPT)
KEY_PAIR = (
    "<CreateKeyPairResponse xmlns='urn:x'><requestId>q</requestId><keyName>n</keyName>"
    f"<keyMaterial>{PEM}</keyMaterial></CreateKeyPairResponse>"
)
VPN = (
    "<p:CreateVpnConnectionResponse xmlns:p='u'><p:vpnConnection>"
    "<customerGatewayConfiguration>&lt;k&gt;{}</customerGatewayConfiguration>"
    "</p:vpnConnection></p:CreateVpnConnectionResponse>"
)
TUNNEL = ec2.VpnTunnelOptionsSpecification(pre_shared_key=CANARY)
SHORTER = ec2.VpnTunnelOptionsSpecification(pre_shared_key=CANARY[:8])
CREATE_VPN = ec2.CreateVpnConnection(
    type="ipsec.1",
    customer_gateway_id="cgw-1",
    options=ec2.VpnConnectionOptionsSpecification(tunnel_options=[TUNNEL]),
)

CASES: dict[str, tuple[Operation[Any], int, str | bytes]] = {
    "credentials alone": (ec2.DescribeVpcs(), 200, "<DescribeVpcsResponse/>"),
    "user data": (RUN, 200, "<RunInstancesResponse/>"),
    "user data repeated": (RUN, 400, error(f"bad: {ENCODED}")),
    "user data repeated in clear": (RUN, 400, error('bad: #!/bin/sh\necho "&lt;' + CANARY + '&gt;"\n')),
    "a token repeated": (ec2.DescribeVpcs(), 403, error(f"bad tOkEn/{CANARY}== of ASIACANARY4711CANARY")),
    "key material": (ec2.CreateKeyPair(key_name="n"), 200, KEY_PAIR),
    "key material in UTF-16": (ec2.CreateKeyPair(key_name="n"), 200, KEY_PAIR.encode("utf-16")),
    "key material in CDATA": (
        ec2.CreateKeyPair(key_name="n"),
        200,
        f"<CreateKeyPairResponse><keyMaterial> <![CDATA[{CANARY}]]>&amp;<!-- {CANARY} -->{CANARY}"
        "</keyMaterial></CreateKeyPairResponse>",
    ),
    "key material in the wrong answer": (ec2.DescribeVpcs(), 200, f"<DescribeVpcsResponse><x>{PEM}</x></x>"),
    "a member of tomorrow": (
        ec2.DescribeVpcs(),
        200,
        f"<DescribeVpcsResponse><newPassword><a>{CANARY}</a></newPassword></DescribeVpcsResponse>",
    ),
    "a configuration": (CREATE_VPN, 200, VPN.format(CANARY)),
    "a policy in base64": (
        ec2.DescribeBundleTasks(),
        200,
        "<DescribeBundleTasksResponse><bundleInstanceTasksSet><item><storage><S3><uploadPolicy>"
        f"{b64encode(CANARY.encode()).decode()}</uploadPolicy></S3></storage></item>"
        "</bundleInstanceTasksSet></DescribeBundleTasksResponse>",
    ),
    "an encoded failure": (
        ec2.DescribeVpcs(),
        403,
        error(f"no. Encoded authorization failure message: {CANARY}"),
    ),
    "a web token": (ec2.DescribeVpcs(), 400, error(f"bad eyJhbGciOiJub25lIn0.eyJzdWIi{CANARY}.x")),
    "a presigned URL": (
        ec2.DescribeVpcs(),
        400,
        error(f"https://h/?X-Amz-Security-Token={CANARY}&amp;X-Amz-Signature={CANARY}"),
    ),
    "of a member of tomorrow, a part": (
        ec2.DescribeVpcs(),
        200,
        f"<DescribeVpcsResponse><newPassword>{CANARY}",
    ),
    "a member of tomorrow behind a fault": (
        ec2.DescribeVpcs(),
        200,
        f"<DescribeVpcsResponse><a></b><newPassword>{CANARY}</newPassword></DescribeVpcsResponse>",
    ),
    "a sensitive member behind a fault": (
        ec2.GetInstanceUefiData(instance_id="i-1"),
        200,
        f"<GetInstanceUefiDataResponse><a></b><uefiData>{CANARY}</uefiData></GetInstanceUefiDataResponse>",
    ),
    "user data in another member": (replace(RUN, key_name=ENCODED), 200, "<RunInstancesResponse/>"),
    "a secret that another begins with": (
        replace(CREATE_VPN, options=ec2.VpnConnectionOptionsSpecification(tunnel_options=[TUNNEL, SHORTER])),
        400,
        error(f"bad: {CANARY}"),
    ),
    "no XML": (ec2.CreateKeyPair(key_name="n"), 200, PEM),
}

SPELLED = {
    CANARY,
    CANARY[8:],
    "ASIACANARY",
    *(b64encode(secret.encode()).decode() for secret in (CANARY, SCRIPT)),
    quote(f"tOkEn/{CANARY}==", safe=""),
    quote_plus(SCRIPT),
}


def redacted(operation: Operation[Any], status: int, body: str | bytes, redaction: Redaction) -> Exchange:
    answer = answered(body, status, set_cookie=f"session={CANARY}", x_amz_new_token=CANARY)
    return exchange(operation, answer, recorder=Recorder(redaction=redaction), credentials=TEMPORARY)


@pytest.mark.parametrize("name", CASES)
def test_no_canary_survives(name: str) -> None:
    """Not in the file, and not in any of the spellings that it may have."""
    found = redacted(*CASES[name], Redaction())
    everything = write_exchange(found).encode() + found.response.body.replace(b"\0", b"") + found.request.body
    for spelled in SPELLED:
        assert spelled.encode() not in everything
    authorization = found.request.headers["authorization"]
    assert authorization.startswith(
        "AWS4-HMAC-SHA256 Credential=REDACTED/20260102/us-east-1/ec2/aws4_request,"
    )
    assert authorization.endswith(";x-amz-date;x-amz-security-token, Signature=REDACTED")


@pytest.mark.parametrize("name", CASES)
def test_redacting_twice_changes_nothing(name: str) -> None:
    """What was replaced once is left alone."""
    found = redacted(*CASES[name], Redaction())
    assert Redaction().exchange(found) == found


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le"])
def test_no_broken_answer_gives_a_canary_away(codec: str) -> None:
    """An answer that ends anywhere within its secret is kept up to there, and stays broken."""
    bom = "\ufeff" if codec != "utf-8" else ""
    whole = (bom + KEY_PAIR.replace("-----BEGIN RSA PRIVATE KEY-----", "")).encode(codec)
    for length in range(1, len(whole)):
        found = redacted(ec2.CreateKeyPair(key_name="n"), 200, whole[:length], Redaction())
        assert CANARY[:4].encode(codec) not in found.response.body
        assert found.expected is not None
        assert "error" in found.expected


def test_all_other_bytes_stay_as_they_were() -> None:
    """Spacing, comments, prefixes, references and order are kept, and the answer can still be read."""
    body = (
        "<?xml version='1.0'?>\n<!-- c --><a:CreateKeyPairResponse xmlns:a='u'  b = '1'>\n"
        "\t<keyName>&#110;</keyName>{}</a:CreateKeyPairResponse >\n"
    )
    found = redacted(
        ec2.CreateKeyPair(key_name="n"),
        200,
        body.format(f"<keyMaterial x='1'>{CANARY}</keyMaterial><keyPairId/>"),
        Redaction(),
    )
    assert found.response.body.decode() == body.format(
        "<keyMaterial x='1'>REDACTED</keyMaterial><keyPairId/>"
    )
    assert found.expected == {"result": {"KeyName": "n", "KeyMaterial": "REDACTED", "KeyPairId": ""}}


TEXTS = {
    "<![CDATA[cAnArY]]>": "REDACTED",
    "\n  <a>cAnArY</a>\n  <b/>\n": "\n  <a>REDACTED</a>\n  <b/>\n",
    "&#99;AnArY<!-- cAnArY -->": "REDACTED",
    "": "",
    "\n": "\n",
}


@pytest.mark.parametrize("inner", TEXTS)
def test_only_texts_are_replaced(inner: str) -> None:
    """CDATA, references and comments within one go with it; blanks between elements stay."""
    body = "<DescribeVpcsResponse><newSecret>{}</newSecret></DescribeVpcsResponse>"
    found = redacted(ec2.DescribeVpcs(), 200, body.format(inner), Redaction())
    assert found.response.body.decode() == body.format(TEXTS[inner])


def test_a_broken_answer_without_secrets_stays_whole() -> None:
    """So that it is replayed as it came."""
    body = "<DescribeVpcsResponse><vpcSet></item></vpcSet></DescribeVpcsResponse>"
    assert redacted(ec2.DescribeVpcs(), 200, body, Redaction()).response.body.decode() == body
    hidden = redacted(ec2.DescribeVpcs(), 200, body, Redaction(members=("vpcSet",)))
    assert hidden.response.body == b"<DescribeVpcsResponse><vpcSet></"


def test_a_replacement_fits_its_type() -> None:
    """A number, a time or a blob is replaced by one, so that the answer can still be read."""
    found = redacted(
        ec2.DescribeVolumes(),
        200,
        "<DescribeVolumesResponse><volumeSet><item><size>8</size><encrypted>true</encrypted>"
        "<createTime>2026-01-01T00:00:00Z</createTime></item></volumeSet></DescribeVolumesResponse>",
        Redaction(members=("Size", "Encrypted", "createTime")),
    )
    volume = {"Size": 0, "Encrypted": False, "CreateTime": "1970-01-01T00:00:00Z"}
    assert found.expected == {"result": {"Volumes": [volume]}}


def test_account_ids_are_hidden_where_asked() -> None:
    """In pairs, headers, answer and expectation alike; else they stay."""
    operation = ec2.DescribeVpcs(filters=[ec2.Filter(name="owner-id", values=["123456789012"])])
    owner = "<vpcSet><item><ownerId>123456789012</ownerId></item></vpcSet>"
    answer = f"<DescribeVpcsResponse>{owner}</DescribeVpcsResponse>"
    kept = write_exchange(redacted(operation, 200, answer, Redaction()))
    hidden = write_exchange(redacted(operation, 200, answer, Redaction(account_ids=True)))
    assert kept.count("123456789012") == 3
    assert hidden == kept.replace("123456789012", "000000000000")


AUTHORIZATIONS = {
    "Bearer cAnArY": "REDACTED",
    "AWS4-HMAC-SHA256 Credential=A/20260102/r/ec2/aws4_request, SignedHeaders=host, Signature=ab": (
        "AWS4-HMAC-SHA256 Credential=REDACTED/20260102/r/ec2/aws4_request, SignedHeaders=host,"
        " Signature=REDACTED"
    ),
    "AWS4-ECDSA-P256-SHA256 Signature=ab,Credential=A/b": (
        "AWS4-ECDSA-P256-SHA256 Signature=REDACTED,Credential=REDACTED/b"
    ),
}


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
def test_of_an_authorization_only_its_form_is_kept(authorization: str) -> None:
    """Scope and signed headers may be seen; another scheme's is hidden whole."""
    plain = exchange(ec2.DescribeVpcs())
    request = HttpRequest(
        "POST",
        "https://user:cAnArY@h/?X-Amz-Signature=cAnArY",
        {"authorization": authorization, "x-api-key": "cAnArY"},
        plain.request.body,
    )
    recorder = Recorder()
    recorder.keep(request, plain.response)
    found = recorder.exchanges[0].request
    assert found.headers["authorization"] == AUTHORIZATIONS[authorization]
    assert found.url == "https://REDACTED@h/?REDACTED"
    assert "cAnArY" not in write_exchange(recorder.exchanges[0])
