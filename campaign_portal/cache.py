"""The memory all processes share, in Redis; while that is away, each process's own.

It holds limits and used codes, nothing that cannot be forgotten: signing in must not depend on a second server.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

PATIENCE = 1  # seconds a request waits for Redis
REST = 10  # seconds for which a Redis that failed is left alone


class SharedOrOwn(RedisCache):
    """Redis, or this process's own memory for as long as Redis fails, is full or does not answer."""

    _away_until = 0.0  # of this process, whatever its threads: Django makes one object for each

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        impatient = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
        super().__init__(server, {**params, "OPTIONS": {**impatient, **params.get("OPTIONS", {})}})
        self._own = LocMemCache("own", {key: value for key, value in params.items() if key != "OPTIONS"})

    def _do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= SharedOrOwn._away_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError:
                SharedOrOwn._away_until = time.monotonic() + REST
                log.warning("the shared cache is away; this process remembers by itself", exc_info=True)
        return getattr(self._own, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Keep a value unless there is one."""
        return bool(self._do("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Return a value."""
        return self._do("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Keep a value."""
        self._do("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Keep a value for longer."""
        return bool(self._do("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Forget a value."""
        return bool(self._do("delete", *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """Return the values that are there."""
        return dict(self._do("get_many", *args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Whether there is a value."""
        return bool(self._do("has_key", *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        """Count. Raises ValueError where there is no value."""
        return int(self._do("incr", *args, **kwargs))

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Keep values."""
        return list(self._do("set_many", *args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        """Forget values."""
        self._do("delete_many", *args, **kwargs)
