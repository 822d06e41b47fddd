"""Questions: the effect that asks the caller's own function, such as one that knows an MFA code.

What the function raises becomes a CredentialsError that names its type; the exception is its cause.
"""

from __future__ import annotations

import inspect

from ..errors import CredentialsError, Ec2QueryError
from ..protocol.effects import Ask

__all__ = ["ask_async", "ask_blocking"]


async def ask_async(effect: Ask) -> object:
    """Ask on the event loop: a function in a thread, a coroutine function here. Raises Ec2QueryError."""
    import anyio.to_thread  # few are asked anything

    try:
        # In a tuple, since trio will not have a coroutine returned from a thread.
        (reply,) = await anyio.to_thread.run_sync(
            lambda: (effect.answer(effect.about),), abandon_on_cancel=True
        )
        return await reply if inspect.isawaitable(reply) else reply
    except Exception as error:
        raise _unanswered(effect, error) from error


def ask_blocking(effect: Ask) -> object:
    """Ask in the calling thread. Raises Ec2QueryError."""
    try:
        reply = effect.answer(effect.about)
    except Exception as error:
        raise _unanswered(effect, error) from error
    if inspect.iscoroutine(reply):
        reply.close()
        raise CredentialsError(f"{effect.about}: a coroutine function can only be asked by AsyncClient")
    return reply


def _unanswered(effect: Ask, error: Exception) -> Ec2QueryError:
    if isinstance(error, Ec2QueryError):
        return error
    return CredentialsError(f"{effect.about}: the function asked raised {type(error).__name__}")
