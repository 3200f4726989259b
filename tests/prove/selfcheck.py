"""The stage itself: the proof's database is migrated and its role owns nothing."""

from collections.abc import Iterable

from tests.prove import Figure, Stage

DATABASES = ("postgres", "sqlite")


def run(stage: Stage) -> Iterable[Figure]:
    """Look at the database and at Redis the way every other proof will."""
    from django.conf import settings
    from django.db import connection
    from redis import Redis

    tables = len(connection.introspection.table_names())
    yield Figure("tables", str(tables), "more than 30", met=tables > 30)
    with Redis.from_url(settings.REDIS_URL) as client:
        alive = bool(client.ping())
    yield Figure("redis answers", str(alive), "True", met=alive)
    if stage.database == "postgres":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
            owned = cursor.fetchone()[0]
        yield Figure("tables the application owns", str(owned), "0", met=owned == 0)
