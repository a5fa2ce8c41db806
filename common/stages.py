"""What a job is doing, as a person reads it, and how far along the whole way from idea to pictures that is."""

from common.i18n import Text

STAGES: dict[str, Text] = {
    "waiting": Text("Waiting to start", "Menunggu giliran"),
    "writing": Text("Writing the script", "Menulis naskah"),
    "review": Text("The script is ready for your review", "Naskah siap kamu periksa"),
    "drawing": Text("Drawing the panels", "Menggambar panel"),
    "finishing": Text("Putting everything together", "Menyusun hasil akhir"),
    "sending": Text("Sending the messages", "Mengirim pesan"),
    "narrating": Text("Speaking the narration", "Membacakan narasi"),
    "filming": Text("Filming the panels", "Membuat adegan video"),
    "joining": Text("Putting sound and pictures together", "Menyatukan gambar dan suara"),
    "exporting": Text("Making the file", "Menyusun berkas"),
    "done": Text("The comic is finished", "Komik selesai"),
    "failed": Text("Something went wrong", "Terjadi kendala"),
    "canceled": Text("Canceled", "Dibatalkan"),
}

# Writing is the first part of the way, drawing the rest: percent of the whole at which each ends.
SCRIPT_ENDS, PANELS_END = 30, 100


def progress(status: str, job_progress: int) -> int:
    """Percent of the whole way, given the draft's status and its job's own 0 to 100; it never runs backwards."""
    if status == "COMPLETED":
        return PANELS_END
    if status in ("RENDERING", "RENDER_FAILED"):
        return SCRIPT_ENDS + (PANELS_END - SCRIPT_ENDS) * job_progress // 100
    return SCRIPT_ENDS if status == "SCRIPT_READY" else SCRIPT_ENDS * job_progress // 100


def stage(status: str, job_stage: str | None) -> Text:
    """What is being done in this status; a working job says it itself."""
    fixed = {
        "PENDING": "waiting",
        "SCRIPT_READY": "review",
        "COMPLETED": "done",
        "SCRIPT_FAILED": "failed",
        "RENDER_FAILED": "failed",
        "CANCELED": "canceled",
    }
    return STAGES[fixed.get(status) or job_stage or "waiting"]
