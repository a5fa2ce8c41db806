"""What the worker does: every kind of job but those that another function does (see common/jobs.py)."""

from common.work import Kind

from . import erasures, files, mails, panels, scripts

KINDS = {
    "script": Kind(scripts.write, scripts.failed),
    "panels": Kind(panels.draw, panels.failed),
    "panel": Kind(panels.draw, panels.failed),
    "mail_code": Kind(mails.send_code),
    "mail": Kind(mails.send),
    "unpublish_files": Kind(files.unpublish),
    "delete_files": Kind(files.delete),
    "erase": Kind(erasures.erase),
}
