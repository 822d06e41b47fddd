"""Writes the Python package of an ec2Query service from its botocore-style model (build time only).

`python -m ec2query_codegen [--model FILE] [--out DIR] [--package NAME]`. Model in, text out: the
same model always gives the same bytes. Nothing of the model's documentation is read.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

from .families import EC2_FAMILIES, Family
from .model import Model, ModelError, read_model
from .package import generate

__all__ = ["EC2_FAMILIES", "Family", "Model", "ModelError", "generate", "read_model"]
