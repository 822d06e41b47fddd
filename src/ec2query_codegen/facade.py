"""The package's own face: an `__init__` that loads a name when it is first asked for, and its stub.

At run time one string holds all names, the shared ones first because they are asked for most; type
checkers read the stub beside it, where every name is an ordinary import.
"""

from __future__ import annotations

from collections import defaultdict

from .formatting import imports
from .layout import Layout
from .model import Model
from .render import Style

__all__ = ["facade", "shapes_package", "stub"]

_FACADE = r'''"""{title}: every operation, structure and enum by its name, loaded when first asked for.

{header}
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from {shape} import Service

SERVICE = Service(
{service}
)

__all__: list[str]  # made when asked for, as every name here is

# A line a module: its path, then the names that it holds. Searched as text: a dict would cost more to
# make than all the names that a program asks for.
_NAMES = """
{index}
"""


def _home_of(name: str) -> str | None:
    """Return the module that holds a name."""
    for end in " \n":
        at = _NAMES.find(f" {{name}}{{end}}")
        if at >= 0:
            start = _NAMES.rindex("\n", 0, at) + 1
            return _NAMES[start : _NAMES.index(" ", start)]
    return None


def __getattr__(name: str) -> Any:
    if home := _home_of(name):
        found = getattr(import_module(f"{{__name__}}.{{home}}"), name)
    elif f"\n{{name}} " in _NAMES{waiters}:
        return import_module(f"{{__name__}}.{{name}}")
    elif name == "__all__":
        found = __dir__()
    else:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    names = [name for line in _NAMES.splitlines() for name in line.split(" ")[1:]]
    return sorted([{own}, *names])
'''


def facade(model: Model, layout: Layout, style: Style, title: str) -> str:
    """Return the source of the package's `__init__.py`."""
    names = _names_by_home(layout)
    index = "\n".join(
        " ".join([home, *sorted(names[home])])
        for home in sorted(names, key=lambda home: ("." not in home, home))
    )
    return _FACADE.format(
        title=title,
        header=style.header,
        shape=style.shape_import(""),
        service="\n".join(
            f"    {name}={value!r},".replace("'", '"') for name, value in _service(model, title).items()
        ),
        index=index,
        own='"SERVICE", "waiters"' if model.waiters else '"SERVICE"',
        waiters=' or name == "waiters"' if model.waiters else "",
    )


def stub(model: Model, layout: Layout, style: Style) -> str:
    """Return the source of the package's `__init__.pyi`."""
    names = _names_by_home(layout)
    blocks = [
        imports(f".{home}", [f"{name} as {name}" for name in sorted(names[home])]) for home in sorted(names)
    ]
    if model.waiters:
        blocks.insert(0, "from . import waiters as waiters")
    return "\n".join(
        [
            "# ruff: noqa: I001",
            f"# {style.header}",
            f"from {style.shape_import('')} import Service",
            *blocks,
            "",
            "SERVICE: Service",
            "__all__: list[str]",
            "",
        ]
    )


def shapes_package(style: Style) -> str:
    """Return the source of `shapes/__init__.py`."""
    title = "What several families share, in small modules"
    return f'"""{title}.\n\n{style.header}\n"""\n\n__all__: list[str] = []\n'


def _names_by_home(layout: Layout) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, home in layout.home.items():
        found[home].append(name)
    return found


def _service(model: Model, title: str) -> dict[str, str]:
    metadata = model.metadata
    prefix = metadata.get("endpointPrefix", "")
    return {
        "name": title,
        "version": metadata.get("apiVersion", ""),
        "namespace": metadata.get("xmlNamespace", ""),
        "signing_name": metadata.get("signingName", prefix),
        "endpoint_prefix": prefix,
        "model": model.source,
    }
