"""The council's agenda, and beside each vote who stands behind what was voted on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from campaigns import append_only


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection)


def put_counted_on_agendas(apps, schema_editor):
    """Sessions of before had no agenda: what they counted on becomes theirs, closed, in the order of the counts."""
    item = apps.get_model("awards", "CouncilAgendaItem")
    tallies = apps.get_model("awards", "CouncilTally").objects.order_by("session_id", "recorded_at", "pk")
    places = {}
    for tally in tallies:
        places[tally.session_id] = places.get(tally.session_id, 0) + 1
        item.objects.create(
            session_id=tally.session_id,
            proposal_id=tally.proposal_id,
            position=places[tally.session_id],
            state="closed",
            closed_at=tally.recorded_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0005_register_search"),
        ("campaigns", "0007_threads_and_ledgers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CouncilAgendaItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="order")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("open", "Being voted on"), ("closed", "Closed")],
                        default="waiting",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="opened at")),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed at")),
            ],
            options={
                "verbose_name": "item of the agenda",
                "verbose_name_plural": "items of the agenda",
                "ordering": ["session", "position", "pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="councilvote",
            options={"ordering": ["cast_at", "pk"], "verbose_name": "vote", "verbose_name_plural": "votes"},
        ),
        migrations.AddField(
            model_name="councilmember",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddField(
            model_name="councilvote",
            name="drafted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="councilvote",
            name="proposing_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="campaigns.unit"
            ),
        ),
        migrations.AddField(
            model_name="councilvote",
            name="submitted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="councilvote",
            name="voter",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="councilvote",
            name="voter_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="campaigns.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="councilvote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("voter__isnull", True),
                    models.Q(
                        models.Q(("voter", models.F("drafted_by")), _negated=True),
                        models.Q(("voter", models.F("submitted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="council_vote_not_on_own_proposal",
                violation_error_message="A member does not vote on their own proposal.",
            ),
        ),
        migrations.AddConstraint(
            model_name="councilvote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("voter_unit__isnull", True),
                    models.Q(("voter_unit", models.F("proposing_unit")), _negated=True),
                    _connector="OR",
                ),
                name="council_vote_not_on_own_unit",
                violation_error_message="A member does not vote on their own unit's proposal.",
            ),
        ),
        migrations.AddConstraint(
            model_name="councilvote",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_written", False), models.Q(("opinion", ""), _negated=True), _connector="OR"),
                name="council_vote_in_writing_has_its_opinion",
            ),
        ),
        migrations.AddField(
            model_name="councilagendaitem",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agenda_items",
                to="awards.proposal",
                verbose_name="proposal",
            ),
        ),
        migrations.AddField(
            model_name="councilagendaitem",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agenda",
                to="awards.councilsession",
                verbose_name="session",
            ),
        ),
        migrations.AddConstraint(
            model_name="councilagendaitem",
            constraint=models.UniqueConstraint(fields=("session", "proposal"), name="council_agenda_once"),
        ),
        migrations.AddConstraint(
            model_name="councilagendaitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=("proposal",),
                name="council_agenda_of_one_session",
            ),
        ),
        migrations.AddConstraint(
            model_name="councilagendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("opened_at__isnull", True), ("state", "waiting")),
                    models.Q(("closed_at__isnull", True), ("opened_at__isnull", False), ("state", "open")),
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="council_agenda_state_and_moments",
            ),
        ),
        migrations.RunPython(put_counted_on_agendas, migrations.RunPython.noop, elidable=False),
        # The tables above were remade on SQLite, and their triggers went with them.
        migrations.RunPython(install_triggers, migrations.RunPython.noop),
    ]
