"""The README's one mention of the model's version, kept in step with the pin."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

__all__ = ["main", "with_version"]

_MENTION = re.compile(r"\bbotocore [0-9]+(?:\.[0-9]+)+")


def with_version(text: str, model: str) -> str:
    """Return the text with every `botocore x.y.z` made `model`. Raises ValueError where there is none."""
    changed, count = _MENTION.subn(model, text)
    if not count:
        raise ValueError("README.md: expected a mention of the model, `botocore x.y.z`, got none; add one")
    return changed


def main() -> None:
    """Rewrite README.md in the current folder."""
    readme = Path("README.md")
    model = f"botocore {version('botocore')}"
    readme.write_text(with_version(readme.read_text(encoding="utf-8"), model), encoding="utf-8")


if __name__ == "__main__":
    main()
