"""Evidence of a proposal: attaching, taking off, downloading."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from awards.actions.proposal_evidence import attach_upload
from awards.actions.proposals import detach
from awards.enums import PaperKind
from awards.models import ProposalEvidence
from campaigns import evidence
from campaigns.actions.uploads import EvidenceRefused
from campaigns.models import EvidenceFile
from campaigns.permissions import Permission, require
from campaigns.views.inert import download_of

from .access import attempt, proposal_or_404, signed_in


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach an uploaded file to a proposal the unit still edits."""
    proposal, file = proposal_or_404(request, pk), request.FILES.get("file")
    require(signed_in(request), Permission.DRAFT_PROPOSAL, unit=proposal.participant.unit_id)
    kind = request.POST.get("kind", "")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("awards:proposal", pk)
    try:
        attempt(
            request,
            lambda: attach_upload(
                proposal_id=proposal.pk,
                content=file.read(),
                name=file.name or "",
                by=signed_in(request),
                now=timezone.now(),
                kind=PaperKind(kind) if kind in PaperKind.values else PaperKind.EVIDENCE,
            ),
            done=_("The file has been attached."),
        )
    except EvidenceRefused as refused:
        messages.error(request, str(refused.message))
    except evidence.EvidenceStoreFull:
        messages.error(request, _("The portal's disk is full: the file was not stored. Tell Internal Affairs staff."))
    return redirect("awards:proposal", pk)


@require_POST
def remove(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Take a file off a proposal the unit still edits; the form's ``kind`` says as which of its papers."""
    proposal = proposal_or_404(request, pk)
    try:
        kind = PaperKind(request.POST.get("kind", PaperKind.EVIDENCE))
        attempt(
            request,
            lambda: detach(proposal_id=proposal.pk, file_id=file, kind=kind, by=signed_in(request), now=timezone.now()),
            done=_("The file has been taken off."),
        )
    except (ValueError, ProposalEvidence.DoesNotExist) as error:
        raise Http404 from error
    return redirect("awards:proposal", pk)


@require_GET
def download(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Send a file of a proposal the person may see, hashed again on the way."""
    proposal = proposal_or_404(request, pk)
    files = EvidenceFile.objects.filter(proposals__proposal=proposal).distinct()
    return download_of(request, get_object_or_404(files, pk=file))
