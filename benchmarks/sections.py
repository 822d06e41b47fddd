"""The sections of a run: what is measured, turn by turn, and the budget of each figure.

Every section takes the stage, the report that it adds to, and the settings; `seconds` estimates how
long it takes. Contestants take turns within a round, and ratios are of one round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import answers, fresh
from .probes import PAGES
from .report import Report, Samples
from .stage import Stage

__all__ = ["SECTIONS", "Section", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How often, and how long. `long_rounds` are those of calls that take seconds."""

    rounds: int
    long_rounds: int
    load_seconds: float
    fresh_rounds: int
    work_seconds: float
    everything: bool


@dataclass(frozen=True, slots=True)
class Section:
    """`run` measures; `seconds` is how long that takes, for so many contestants."""

    run: Callable[[Stage, Report, Settings], None]
    seconds: Callable[[Settings, int], float]


def start(stage: Stage, report: Report, settings: Settings) -> None:
    """Fresh processes: imports, classes, the first answer."""
    ours = stage.environments["ec2query"]
    imports = Samples("Import", "ms")
    classes = Samples("Classes at first use", "ms")
    for _ in range(settings.fresh_rounds):
        for table, statements in ((imports, fresh.IMPORTS), (classes, fresh.CLASSES)):
            for name, (before, statement) in statements.items():
                table.add(name, "ms", fresh.timed(ours, before, statement, bundle=stage.bundle))
    first = Samples("First HTTPS answer in a fresh process", "ms and MB", beside="boto3")
    for _ in range(settings.fresh_rounds):
        for who, (home, program) in fresh.FIRST.items():
            if home in stage.environments:
                environment = stage.environments[home]
                milliseconds, peak = fresh.first_answer(
                    environment, program, stage.secure, answers.STATE, bundle=stage.bundle
                )
                first.add(who, "ms", milliseconds)
                first.add(who, "MB", peak)
    first.note = (
        "From the start of the process to the answer: imports, CA bundle (certifi's), handshake, call."
    )
    report.tables += [imports, classes, first]
    name = next(iter(fresh.IMPORTS))
    report.budget(name, imports.median(name, "ms"), 5, "ms")
    for name, goal in zip(fresh.CLASSES, (2, 12, 20), strict=True):
        report.budget(f"classes of {name}", classes.median(name, "ms"), goal, "ms")
    for other, goal in (("boto3", 0.56), ("aiobotocore", 0.44), ("the floor", 1.03)):
        report.budget(f"first answer, × {other}", first.ratio("ec2query", other, "ms"), goal)
    report.budget("peak memory at it, × boto3", first.ratio("ec2query", "boto3", "MB"), 0.62)


def clients(stage: Stage, report: Report, settings: Settings) -> None:
    """A hundred clients in one process."""
    table = Samples("A hundred clients", "MB, kB and ms", beside="boto3")
    columns = {
        "all": ("all, MB", 1e6),
        "further": ("a further one, kB", 1e3),
        "ms": ("a further one, ms", 1.0),
    }
    for _ in range(settings.long_rounds):
        for who in fresh.CLIENTS:
            found = fresh.hundred_clients(stage.environments[who], who, stage.secure, bundle=stage.bundle)
            for key, (column, scale) in {**columns, "used": ("all after a call each, MB", 1e6)}.items():
                table.add(who, column, found[key] / scale)
    report.tables.append(table)
    report.budget("100 clients, memory × boto3", table.ratio("ec2query", "boto3", "all, MB"), 0.2)
    report.budget("a further client", table.median("ec2query", "a further one, kB"), 10, "kB")
    report.budget("a further client", table.median("ec2query", "a further one, ms"), 0.2, "ms")


_SERIALIZE = {"serialize RunInstances": 5.0, "serialize DisassociateIpamByoasn": 4.5}
_PARSE = {"10 kB": 2.9, "1 MB": 3.4, "10 MB": 4.2}


def work(stage: Stage, report: Report, settings: Settings) -> None:
    """Serialize, sign, parse; memory of a long page."""
    table = Samples("Work on bytes", "µs", beside="botocore")
    for kind, found in stage.run("benchmarks.probes", "work", str(settings.work_seconds), *PAGES).items():
        table.found |= {who: table.found.get(who, {}) | {kind: each} for who, each in found.items()}
    table.note = "`expat` is expat with empty Python callbacks: the least that any decoder in Python costs."
    report.tables.append(table)
    for kind, goal in _SERIALIZE.items():
        faster = table.ratio("ec2query", "botocore", kind, inverse=True)
        report.budget(f"{kind}, times faster than botocore", faster, goal, at_least=True)
    report.budget("sign, × SigV4Auth + AWSRequest", table.ratio("ec2query", "botocore", "sign"), 0.36)
    for size, goal in _PARSE.items():
        faster = table.ratio("ec2query", "botocore", f"parse {size}", inverse=True)
        report.budget(f"parse {size}, times faster than botocore", faster, goal, at_least=True)
    for size in PAGES:
        report.budget(f"parse {size}, × expat", table.ratio("ec2query", "expat", f"parse {size}"), 1.8)

    page = stage.folder / "page.xml"
    page.write_bytes(answers.instances(4032))
    memory = Samples("Memory of a 20 MB page beyond its bytes", "MB", beside="botocore")
    for _ in range(3 if settings.everything else 1):
        for who in ("ec2query", "botocore"):
            rose = stage.run("benchmarks.probes", "page", who, str(page))["rose"]
            memory.add(who, "peak", rose / 1e6)
    report.tables.append(memory)
    report.budget("20 MB page, peak memory × botocore", memory.ratio("ec2query", "botocore", "peak"), 0.2)


_CALLERS = (1, 16, 64, 256)
# Those that a budget speaks of. In quick mode the others take part in the first round only.
_JUDGED = ("ec2query", "ec2query-aiohttp", "aiobotocore", "boto3")
_DEFAULT = {1: 1.5, 16: 1.6, 64: 1.7, 256: 1.5}
_AIOHTTP = {1: 1.6, 16: 2.2, 64: 2.3, 256: 2.1}


def throughput(stage: Stage, report: Report, settings: Settings) -> None:
    """DisassociateIpamByoasn, again and again, by so many callers at once."""
    rates = Samples("Calls per second, plain HTTP, by callers at once", "1/s", beside="aiobotocore")
    costs = Samples("CPU of the client for each call", "µs", beside="aiobotocore")
    for number in range(settings.rounds):
        for callers in _CALLERS:
            for who in _taking_part(stage, settings, number):
                if who == "ec2query-stock" and callers > 16:
                    continue  # its cost grows with the number of connections
                found = stage.ask(
                    who, "load", url=stage.plain, callers=callers, seconds=settings.load_seconds
                )
                rates.add(who, str(callers), found["calls"] / found["wall"])
                costs.add(who, str(callers), 1e6 * found["cpu"] / found["calls"])
    report.tables += [rates, costs]
    for who, goals in (("ec2query", _DEFAULT), ("ec2query-aiohttp", _AIOHTTP)):
        for callers, goal in goals.items():
            got = rates.ratio(who, "aiobotocore", str(callers))
            report.budget(f"{who}, {callers} callers, × aiobotocore", got, goal, at_least=True)
    share = rates.median("ec2query", "256") / rates.median("ec2query", "16")
    report.budget("calls/s at 256 callers, × those at 16", share, 0.85, at_least=True)
    report.budget("CPU for each call at 16, × aiobotocore", costs.ratio("ec2query", "aiobotocore", "16"), 0.6)
    report.budget("CPU for each call at 16, × boto3", costs.ratio("ec2query", "boto3", "16"), 0.35)


def _taking_part(stage: Stage, settings: Settings, number: int) -> list[str]:
    if settings.everything:
        return stage.contestants
    return [who for who in stage.contestants if who in _JUDGED or (not number and who != "ec2query-stock")]


def secure(stage: Stage, report: Report, settings: Settings) -> None:
    """The same with TLS."""
    rates = Samples("Calls per second, TLS, by callers at once", "1/s", beside="aiobotocore")
    for number in range(settings.rounds):
        for callers in (1, 16, 64) if settings.everything else (16,):
            for who in _taking_part(stage, settings, number):
                if who != "ec2query-stock":
                    found = stage.ask(
                        who, "load", url=stage.secure, callers=callers, seconds=settings.load_seconds
                    )
                    rates.add(who, str(callers), found["calls"] / found["wall"])
    report.tables.append(rates)


def pages(stage: Stage, report: Report, settings: Settings) -> None:
    """Pages of 1 MB end to end, and one of 16 MB beside another task."""
    table = Samples("Pages of 1 MB a second, by callers at once", "1/s", beside="aiobotocore")
    for number in range(settings.rounds):
        for who in _taking_part(stage, settings, number):
            if who not in ("ec2query-stock", "ec2query-trio", "ec2query-uvloop"):
                found = stage.ask(
                    who,
                    "load",
                    url=stage.plain,
                    callers=4,
                    seconds=2 * settings.load_seconds,
                    count=PAGES["1 MB"],
                )
                table.add(who, "4", found["calls"] / found["wall"])
    held = Samples("Event loop held at a stretch by a page of 16 MB", "ms", beside="aiobotocore")
    for _ in range(settings.long_rounds):
        for who in ("ec2query", "aiobotocore"):
            found = stage.ask(who, "stall", url=stage.plain, count=3226)
            held.add(who, "longest", 1000 * found["longest"])
            held.add(who, "in all", 1000 * found["wall"])
    report.tables += [table, held]
    got = table.ratio("ec2query", "aiobotocore", "4")
    report.budget("pages of 1 MB, × aiobotocore", got, 3.6, at_least=True)
    report.budget("loop held by a page of 16 MB", held.median("ec2query", "longest"), 50, "ms")


def listing(stage: Stage, report: Report, settings: Settings) -> None:
    """A hundred pages of a thousand items, each answered and consumed in 5 ms."""
    table = Samples("A list of 100 pages of 1,000 items, 5 ms each to answer and to consume", "s and MB")
    for _ in range(settings.long_rounds):
        for name, who, ahead in (
            ("ec2query", "ec2query", False),
            ("ec2query, ahead", "ec2query", True),
            ("aiobotocore", "aiobotocore", False),
        ):
            found = stage.ask(who, "listing", url=stage.plain, pages=100, items=1000, ahead=ahead)
            table.add(name, "s", found["wall"])
            table.add(name, "memory grown since page 10, MB", found["grown"] / 1e6)
    report.tables.append(table)
    got = table.ratio("ec2query, ahead", "ec2query", "s")
    report.budget("100 pages ahead, time × one after the other", got, 0.8)
    grown = table.median("ec2query, ahead", "memory grown since page 10, MB")
    report.budget("memory grown from page 10 to page 100", grown, 2, "MB")


def _fresh_seconds(settings: Settings, contestants: int) -> float:
    return settings.fresh_rounds * 4.5


def _load_seconds(columns: int) -> Callable[[Settings, int], float]:
    def seconds(settings: Settings, contestants: int) -> float:
        rounds = settings.rounds * contestants
        if not settings.everything:
            rounds = contestants + (settings.rounds - 1) * len(_JUDGED)
        return rounds * columns * (settings.load_seconds + 0.15)

    return seconds


SECTIONS = {
    "start": Section(start, _fresh_seconds),
    "clients": Section(clients, lambda settings, _: settings.long_rounds * 5.0),
    "work": Section(work, lambda settings, _: 9 * settings.work_seconds + 15),
    "throughput": Section(throughput, _load_seconds(4)),
    "tls": Section(secure, _load_seconds(2)),
    "listing": Section(listing, lambda settings, _: settings.long_rounds * 7.0),
    "pages": Section(
        pages,
        lambda settings, count: (
            settings.long_rounds * 6.0 + settings.rounds * (1 + len(_JUDGED) * 2.5 * settings.load_seconds)
        ),
    ),
}
