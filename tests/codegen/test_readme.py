"""`ec2query_codegen.readme`: the version that the README names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ec2query import ec2
from ec2query_codegen.readme import with_version


def test_the_readme_names_the_model() -> None:
    """It says the version that the generated code was made from."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert ec2.SERVICE.model in text
    assert with_version(text, ec2.SERVICE.model) == text


def test_a_mention_is_moved() -> None:
    """Another pin changes the mention and nothing else; a README without one is an error."""
    assert (
        with_version("the model in botocore 1.2.3; more", "botocore 2.0.0")
        == "the model in botocore 2.0.0; more"
    )
    with pytest.raises(ValueError, match="README"):
        with_version("nothing", "botocore 2.0.0")
