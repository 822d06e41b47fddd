"""The exception tree: everything that ec2query raises on purpose.

    Ec2QueryError
    ├── ParameterError         an operation was given a value it cannot carry (also TypeError, ValueError)
    ├── ConfigurationError     a setting is missing or cannot be used: region, endpoint, timeout ...
    ├── CredentialsError       no credentials, or credentials that cannot sign
    ├── TransportError         no HTTP answer: DNS, connect, TLS, reset, proxy
    │   └── TransportTimeout   the time allowed ran out
    ├── ResponseError          an answer whose bytes are wrong: truncated, not XML, too large ...
    ├── ServiceError           EC2 answered with an error document
    │   ├── DryRunSucceeded    the call would have been permitted
    │   ├── Unauthorized       these credentials may not do it
    │   ├── AuthenticationFailed   EC2 does not accept the credentials, the signature or its date
    │   ├── Throttled          too many calls
    │   ├── NotFound           the resource named does not exist
    │   ├── Duplicate          it exists, or is associated, already
    │   ├── LimitExceeded      a quota is used up
    │   ├── WrongState         the resource's state or its dependents forbid it
    │   ├── InvalidRequest     the request itself is wrong
    │   └── ServerFault        5xx: the fault is at their end
    └── WaiterError            the awaited state cannot or did not come

A ServiceError's family is decided by its code, case-folded, since EC2's casing is not consistent.
Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = [
    "AuthenticationFailed",
    "ConfigurationError",
    "CredentialsError",
    "DryRunSucceeded",
    "Duplicate",
    "Ec2QueryError",
    "InvalidRequest",
    "LimitExceeded",
    "NotFound",
    "ParameterError",
    "ResponseError",
    "ServerFault",
    "ServiceError",
    "Throttled",
    "TransportError",
    "TransportTimeout",
    "Unauthorized",
    "WaiterError",
    "WrongState",
    "family_of",
]


class Ec2QueryError(Exception):
    """The root of the tree; `str()` is one sentence, the parts are attributes.

    `outcome_unknown` is True where the operation may have taken effect all the same.
    """

    outcome_unknown: bool = False

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(cls: type[Ec2QueryError], args: tuple[object, ...], parts: dict[str, object]) -> Ec2QueryError:
    """Unpickle an error without its keyword-only constructor."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(parts)
    return error


class ParameterError(Ec2QueryError, TypeError, ValueError):
    """A value that an operation or structure cannot carry.

    `where` is the path of the member (`RunInstances.tag_specifications.1.tags`).
    """

    def __init__(self, *, where: str, expected: str, got: str) -> None:
        super().__init__(f"{where}: expected {expected}, got {got}")
        self.where = where
        self.expected = expected
        self.got = got


class ConfigurationError(Ec2QueryError):
    """A setting that is missing, contradictory or unusable."""


class CredentialsError(Ec2QueryError):
    """No usable credentials."""


class TransportError(Ec2QueryError):
    """No HTTP answer came.

    `sent` is False only where it is certain that no byte of the request left.
    """

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class TransportTimeout(TransportError):
    """The time allowed for connecting, sending, reading or the whole call ran out."""


class ResponseError(Ec2QueryError):
    """An answer that cannot be believed: truncated, malformed, not XML, or over a limit.

    `excerpt` is a short, printable beginning of the body. `outcome_unknown` is True where the
    operation may have taken effect all the same, `over_limit` where the body was longer than the
    client's limit: it would be again, so it is not asked for again.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        excerpt: str = "",
        operation: str | None = None,
        outcome_unknown: bool = False,
        over_limit: bool = False,
    ) -> None:
        self.reason = reason
        self.status = status
        self.request_id = request_id
        self.excerpt = excerpt
        self.operation = operation
        self.outcome_unknown = outcome_unknown
        self.over_limit = over_limit
        super().__init__(self._sentence())

    def name_operation(self, operation: str) -> None:
        """Say whose answer it was, where what read the bytes could not know."""
        if self.operation is None:
            self.operation = operation
            self.args = (self._sentence(),)

    def drop_excerpt(self) -> None:
        """Show nothing of the body, which may repeat what was sent."""
        shown, self.excerpt = f"body begins {self.excerpt!r}", ""
        self.args = (str(self).replace(f", {shown}", "").replace(f" ({shown})", ""),)

    def _sentence(self) -> str:
        about = [
            f"status {self.status}" if self.status is not None else "",
            f"request id {self.request_id}" if self.request_id else "",
            f"body begins {self.excerpt!r}" if self.excerpt else "",
        ]
        known = ", ".join(part for part in about if part)
        sentence = f"{self.operation or 'the answer'}: {self.reason}"
        sentence += f" ({known})" if known else ""
        if self.outcome_unknown:
            sentence += "; the operation may have taken effect"
        return sentence


class ServiceError(Ec2QueryError):
    """EC2 refused the request or failed.

    `details` holds whatever else the `<Error>` element carried, and `others` the (code, message)
    of further errors of the same document. `synthesized` is True where the body held no error
    document and the code was made from the status.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        request_id: str | None = None,
        status: int = 400,
        operation: str | None = None,
        details: Mapping[str, object] | None = None,
        others: tuple[tuple[str, str], ...] = (),
        synthesized: bool = False,
    ) -> None:
        self.code = code
        self.message = message
        self.request_id = request_id
        self.status = status
        self.operation = operation
        self.details = dict(details or {})
        self.others = others
        self.synthesized = synthesized
        super().__init__(self._sentence())

    def rephrase(self, change: Callable[[str], str]) -> None:
        """Put all that the service said through a function, such as one that hides a secret."""
        self.message = change(self.message)
        self.details = {name: _rephrased(value, change) for name, value in self.details.items()}
        self.others = tuple((code, change(message)) for code, message in self.others)
        self.args = (change(str(self)),)

    def _sentence(self) -> str:
        where = self.operation or "EC2"
        tail = f"status {self.status}"
        tail += f", request id {self.request_id}" if self.request_id else ""
        # The message may end in an encoded authorization failure, kilobytes long and not for logs:
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
        text = self.message.partition("Encoded authorization failure message:")[0].strip()
        return f"{where}: {self.code}: {text} ({tail})"


def _rephrased(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _rephrased(each, change) for name, each in value.items()}
    return [_rephrased(each, change) for each in value] if isinstance(value, list) else value


class DryRunSucceeded(ServiceError):
    """`DryRunOperation`: the call is permitted, and was not carried out."""


class Unauthorized(ServiceError):
    """The credentials are good, the permission is missing."""


class AuthenticationFailed(ServiceError):
    """The credentials, the signature or its date were not accepted."""


class Throttled(ServiceError):
    """Too many calls; wait before the next."""


class NotFound(ServiceError):
    """The resource that was named does not exist."""


class Duplicate(ServiceError):
    """The resource exists, or is in use or associated, already."""


class LimitExceeded(ServiceError):
    """A quota of the account is used up."""


class WrongState(ServiceError):
    """The resource's state, or what depends on it, forbids the operation."""


class InvalidRequest(ServiceError):
    """The request is wrong: an action, a parameter or a value."""


class ServerFault(ServiceError):
    """A 5xx answer: the fault is not the caller's."""


class WaiterError(Ec2QueryError):
    """The awaited state did not come: `last` is the last result or error, `reason` says why."""

    def __init__(self, waiter: str, reason: str, *, last: object = None) -> None:
        super().__init__(f"{waiter}: {reason}")
        self.waiter = waiter
        self.reason = reason
        self.last = last


# Throttling codes: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_EXACT: dict[str, type[ServiceError]] = {
    code.casefold(): family
    for family, codes in (
        (DryRunSucceeded, "DryRunOperation"),
        (Unauthorized, "UnauthorizedOperation AccessDenied AccessDeniedException"),
        (
            AuthenticationFailed,
            "AuthFailure SignatureDoesNotMatch RequestExpired RequestTimeTooSkewed"
            " InvalidClientTokenId MissingAuthenticationToken IncompleteSignature Blocked OptInRequired"
            " PendingVerification ExpiredToken ExpiredTokenException UnrecognizedClientException",
        ),
        (
            Throttled,
            "Throttling ThrottlingException ThrottledException RequestThrottledException"
            " RequestThrottled TooManyRequestsException ProvisionedThroughputExceededException"
            " TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded"
            " LimitExceededException SlowDown PriorRequestNotComplete EC2ThrottledException",
        ),
        (WrongState, "IncorrectState DependencyViolation OperationNotPermitted"),
        (
            InvalidRequest,
            "InvalidAction MissingAction MissingParameter UnknownParameter InvalidParameter"
            " InvalidParameterValue InvalidParameterCombination InvalidQueryParameter MalformedQueryString"
            " ValidationError UnsupportedOperation Unsupported NoSuchVersion InvalidRequest"
            " UnsupportedProtocol UnsupportedParameter",
        ),
        (ServerFault, "InternalError InternalFailure ServiceUnavailable Unavailable"),
    )
    for code in codes.split()
}

# Most specific first: `InvalidVolume.NotFound`, `Resource.AlreadyAssociated`, `VpcLimitExceeded`.
_ENDINGS: tuple[tuple[tuple[str, ...], type[ServiceError]], ...] = (
    (("notfound", "notfoundexception", ".unknown"), NotFound),
    ((".duplicate", "alreadyexists", "alreadyassociated", ".inuse"), Duplicate),
    (("limitexceeded", "quotaexceeded", "limitexceededexception"), LimitExceeded),
    (("incorrectstate", "incorrectinstancestate", "invalidstate"), WrongState),
    (("malformed", "invalid", ".invalidparametervalue"), InvalidRequest),
)


def family_of(code: str, status: int) -> type[ServiceError]:
    """Choose the ServiceError class for an error code; an unknown code is as welcome as any."""
    folded = code.casefold()
    if exact := _EXACT.get(folded):
        return exact
    for endings, family in _ENDINGS:
        if folded.endswith(endings):
            return family
    if status >= 500:
        return ServerFault
    if folded.startswith("invalid") and status == 400:
        return InvalidRequest
    return ServiceError
