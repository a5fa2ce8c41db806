"""What may break the rules: what reporters choose from, and what moderators tell whose it is."""

from typing import Literal

from common.i18n import Text

Reason = Literal["spam", "nudity", "violence", "hate", "harassment", "child_safety", "self_harm", "copyright", "misinformation", "other"]

REASONS: dict[Reason, Text] = {
    "spam": Text("spam or advertising", "spam atau iklan"),
    "nudity": Text("nudity or sexual content", "ketelanjangan atau konten seksual"),
    "violence": Text("cruel or excessive violence", "kekerasan yang kejam atau berlebihan"),
    "hate": Text("hate against people or groups", "kebencian terhadap orang atau kelompok"),
    "harassment": Text("harassment or bullying", "pelecehan atau perundungan"),
    "child_safety": Text("danger to children", "membahayakan anak"),
    "self_harm": Text("self-harm or suicide", "menyakiti diri atau bunuh diri"),
    "copyright": Text("somebody else's work or rights", "karya atau hak orang lain"),
    "misinformation": Text("dangerous false information", "informasi palsu yang berbahaya"),
    "other": Text("it breaks our rules", "melanggar aturan kami"),
}
