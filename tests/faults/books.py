"""Both sides' books compared: what the client said became of each call, and what the server did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ec2query import Ec2QueryError
from faults.checks import Check
from faults.ledger import Ledger
from faults.load import Outcome, Watch

__all__ = ["failures", "settled"]


def settled(
    expected: int, outcomes: Sequence[Outcome], ledger: Ledger, watch: Watch | None = None
) -> list[Check]:
    """Check what holds for every call, however it went."""
    keys = Counter(outcome.key for outcome in outcomes)
    once = sum(times == 1 for times in keys.values())
    ended = once if watch is None else sum(times == 1 for times in watch.ends.values())
    crossed = sum(outcome.crossed for outcome in outcomes)
    good = [outcome for outcome in outcomes if outcome.error is None]
    empty = sum(ledger.effects[outcome.key] == 0 for outcome in good)
    denied = sum(ledger.effects[outcome.key] > 0 for outcome in outcomes if _denies(outcome))
    foreign = sum(not isinstance(o.error, Ec2QueryError) for o in outcomes if o.error is not None)
    created = sum(ledger.effects[outcome.key] > 1 for outcome in outcomes if _is_idempotent(outcome.key))
    wrong = sum(number for code, number in ledger.refused.items() if code != "RequestExpired")
    return [
        _exactly("calls that resolve exactly once", expected, min(once, ended)),
        _exactly("errors that are not of ec2query's tree", 0, foreign),
        _exactly("answers given to another call", 0, crossed),
        _exactly("successes that were not carried out", 0, empty),
        _exactly("failures said to be without effect that had one", 0, denied),
        _exactly("calls with an idempotency token carried out twice", 0, created),
        _exactly("requests with a wrong signature", 0, wrong),
        _exactly("calls whose attempts do not belong together", 0, ledger.torn),
    ]


def failures(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Count the failures by class."""
    return dict(Counter(type(o.error).__name__ for o in outcomes if o.error is not None).most_common())


def _denies(outcome: Outcome) -> bool:
    """Say whether this is a change that failed with the client's word that nothing happened."""
    error = outcome.error
    changes = outcome.key.endswith("::/64") or _is_idempotent(outcome.key)
    return changes and isinstance(error, Ec2QueryError) and not error.outcome_unknown


def _is_idempotent(key: str) -> bool:
    return key.startswith("call-") and int(key.removeprefix("call-")) % 3 == 1


def _exactly(what: str, target: int, measured: int) -> Check:
    return Check(what, f"{target:,}", f"{measured:,}", measured == target)
