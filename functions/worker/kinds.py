"""What the worker does: every kind of job but those that another function does (see common/jobs.py)."""

from common import exports, transcribing
from common.work import Kind

from . import announcements, documents, embeddings, erasures, files, mails, panels, pushes, scripts

KINDS = {
    "script": Kind(scripts.write, scripts.failed),
    "panels": Kind(panels.draw, panels.failed),
    "panel": Kind(panels.draw, panels.failed),
    "pdf": Kind(documents.make_pdf, exports.failed),
    "cbz": Kind(documents.make_cbz, exports.failed),
    "mail_code": Kind(mails.send_code),
    "mail": Kind(mails.send),
    "unpublish_files": Kind(files.unpublish),
    "delete_files": Kind(files.delete),
    "transcribe": Kind(transcribing.transcribe, transcribing.failed),
    "push": Kind(pushes.work),
    "announce": Kind(announcements.write),
    "erase": Kind(erasures.erase),
    "embed": Kind(embeddings.embed),
}
