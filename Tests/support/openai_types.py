"""The request types of the official `openai` package, as a judge of what is sent to its endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from openai.types.chat.completion_create_params import (
    CompletionCreateParams,
    CompletionCreateParamsBase,
)
from pydantic import TypeAdapter


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(CompletionCreateParams)


def check_request(request: dict[str, Any], extra: frozenset[str] = frozenset()) -> None:
    """Raises `pydantic.ValidationError` or `ValueError` unless the package takes `request` as it is.

    Keys that the package does not know are refused at the top level, but for those in `extra`, which a
    provider may have added.
    """
    unknown = request.keys() - _known_keys() - extra
    if unknown:
        raise ValueError(f"not of Chat Completions: {sorted(unknown)}")
    _exhaust(_adapter().validate_python(request))


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(CompletionCreateParamsBase.__annotations__) | {"stream"}


def _exhaust(value: Any) -> None:
    """Iterables are validated as they are read, so everything has to be."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list | tuple | Iterator) and type(value).__name__ != "ValidatorIterator":
        return
    for element in value:
        _exhaust(element)
