"""Documents: where each came from, its file, its template's versions kept as they were; long work on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from campaigns import append_only


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection)


def drop_triggers(apps, schema_editor):
    append_only.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0003_law_figures"),
        ("campaigns", "0002_integrity"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_triggers, install_triggers),
        migrations.CreateModel(
            name="DocumentJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("submission", "Submission to the chairman (Tờ trình)"),
                            ("minutes", "Minutes of the council"),
                            ("decision", "Commendation decision"),
                            ("refusal", "Notice of no commendation"),
                            ("summary", "Summary report"),
                            ("achievement", "Achievement report"),
                            ("certificate", "Certificate"),
                            ("briefing", "Weekly briefing"),
                            ("list", "List of a decision"),
                        ],
                        max_length=12,
                        verbose_name="document",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("working", "At work"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="pages")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="pages done")),
                ("problem", models.CharField(blank=True, max_length=300, verbose_name="problem")),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
            ],
            options={
                "verbose_name": "work on documents",
                "verbose_name_plural": "work on documents",
                "ordering": ["-requested_at", "-pk"],
            },
        ),
        migrations.RemoveField(
            model_name="documenttemplate",
            name="file",
        ),
        migrations.AddField(
            model_name="generateddocument",
            name="content_type",
            field=models.CharField(default="", max_length=100, verbose_name="type"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="generateddocument",
            name="name",
            field=models.CharField(default="", max_length=200, verbose_name="file name"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="generateddocument",
            name="period",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.period",
            ),
        ),
        migrations.AddField(
            model_name="generateddocument",
            name="size",
            field=models.PositiveIntegerField(default=1, verbose_name="size in bytes"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="generateddocument",
            name="source",
            field=models.CharField(default="", max_length=40, verbose_name="source"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="documenttemplate",
            name="created_at",
            field=models.DateTimeField(verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="documenttemplate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submission", "Submission to the chairman (Tờ trình)"),
                    ("minutes", "Minutes of the council"),
                    ("decision", "Commendation decision"),
                    ("refusal", "Notice of no commendation"),
                    ("summary", "Summary report"),
                    ("achievement", "Achievement report"),
                    ("certificate", "Certificate"),
                    ("briefing", "Weekly briefing"),
                    ("list", "List of a decision"),
                ],
                max_length=12,
                verbose_name="document",
            ),
        ),
        migrations.AlterField(
            model_name="generateddocument",
            name="generated_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="generated by",
            ),
        ),
        migrations.AlterField(
            model_name="generateddocument",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submission", "Submission to the chairman (Tờ trình)"),
                    ("minutes", "Minutes of the council"),
                    ("decision", "Commendation decision"),
                    ("refusal", "Notice of no commendation"),
                    ("summary", "Summary report"),
                    ("achievement", "Achievement report"),
                    ("certificate", "Certificate"),
                    ("briefing", "Weekly briefing"),
                    ("list", "List of a decision"),
                ],
                max_length=12,
                verbose_name="document",
            ),
        ),
        migrations.AddIndex(
            model_name="generateddocument",
            index=models.Index(fields=["source", "kind"], name="document_of_source"),
        ),
        migrations.AddConstraint(
            model_name="generateddocument",
            constraint=models.UniqueConstraint(
                fields=("kind", "source", "template", "data_digest"), name="generated_document_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="generateddocument",
            constraint=models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="generated_document_not_empty"),
        ),
        migrations.AddField(
            model_name="documentjob",
            name="document",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="awards.generateddocument",
            ),
        ),
        migrations.AddField(
            model_name="documentjob",
            name="issue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="document_jobs",
                to="awards.awarddecision",
                verbose_name="decision",
            ),
        ),
        migrations.AddField(
            model_name="documentjob",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="documentjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["queued", "working"])),
                fields=("kind", "issue"),
                name="document_job_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("done__lte", models.F("total"))), name="document_job_done_within_total"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("document__isnull", False), ("finished_at__isnull", False)),
                    _connector="OR",
                ),
                name="document_job_done_has_document",
            ),
        ),
        migrations.RunPython(install_triggers, drop_triggers),
    ]
