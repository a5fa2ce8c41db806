"""How a story says who speaks: the verbs of saying, and what is left of a sentence without its tag."""

import re
from typing import Literal

Manner = Literal["say", "ask", "shout", "whisper", "think", "reply", "pray"]

# “…,” kata Kancil: the bare word stands before the speaker, so it counts only right behind direct speech.
_TAGS: dict[Manner, str] = {
    "say": """kata ujar ucap tutur sambung lanjut ajak pinta keluh tegur sapa rayu bujuk puji desak tegas jelas celetuk cetus
        ratap rintih isak omel gerutu tantang ancam usul saran sela potong protes kilah terang ungkap imbuh tambah simpul elak
        goda canda hibur nasihat pesan janji tukas hitung said says told continued added begged promised suggested agreed explained
        warned complained joked insisted sighed laughed began""",
    "ask": "tanya asked asks wondered inquired",
    "shout": """seru teriak bentak hardik jerit pekik raung aum panggil perintah sorak shouted shouts yelled cried called
        exclaimed screamed roared ordered commanded cheered growled""",
    "whisper": "bisik desis whispered hissed",
    "think": "gumam batin pikir muttered murmured thought mumbled",
    "reply": "jawab sahut balas timpal replied answered responded answers replies",
    "pray": "doa prayed",
}
# Kancil berkata, “…”: these have a subject before them.
_VERBS: dict[Manner, str] = {
    "say": """berkata berujar berucap bertutur mengatakan mengucapkan melanjutkan menyambung menambahkan menjelaskan menyapa menegur
        mengeluh meratap merintih memohon meminta mengajak merayu membujuk memuji mendesak menantang mengancam mengusulkan
        menyarankan menyela memprotes mengaku bercerita berpesan berjanji bersumpah menggerutu mengomel menghibur
        menasihati mengingatkan berhitung menghitung bernyanyi berterima menawarkan mengumumkan tertawa menangis terisak""",
    "ask": "bertanya menanyakan",
    "shout": """berseru berteriak membentak menghardik menjerit memekik meraung mengaum memanggil memerintah memerintahkan
        bersorak menyuruh berteriak-teriak""",
    "whisper": "berbisik mendesis",
    "think": "bergumam membatin berpikir",
    "reply": "menjawab menyahut membalas menimpali",
    "pray": "berdoa",
}
_ENGLISH = frozenset(
    word for words in _TAGS.values() for word in words.split() if re.search(r"(ed|said|says|told|cried|thought|began)$", word)
)


def _manners(listed: dict[Manner, str]) -> dict[str, Manner]:
    return {word: manner for manner, words in listed.items() for word in words.split()}


_TAG_MANNERS = _manners(_TAGS)
_MANNERS = {**{word: _TAG_MANNERS[word] for word in _ENGLISH}, **_manners(_VERBS)}
PRONOUN = re.compile(r"\b(?:ia|dia|beliau|he|she)\b", re.IGNORECASE)
_TAG = re.compile(r"^[\s,;–—-]*(" + "|".join(sorted(_TAG_MANNERS, key=len, reverse=True)) + r")(nya|ku)?\b\s*", re.IGNORECASE)
_VERB = re.compile(r"\b(?:" + "|".join(sorted(_MANNERS, key=len, reverse=True)) + r")\b", re.IGNORECASE)
# What a speaker's name ends at: “kata sang buaya | sambil tertawa”.
_NAME_ENDS = re.compile(
    r"[,.;:!?…–—(]|\b(?:sambil|seraya|sembari|dengan|kepada|pada|dan|lalu|kemudian|penuh|yang|itu|ini|di|ke|dari|dalam|untuk|karena|ketika|saat"
    r"|tanpa|lagi|pelan|lirih|lantang|keras|heran|marah|gembira|senang|sedih|kesal|bersemangat|tersenyum|ketakutan|akhirnya|terus|tiba-tiba|pun"
    r"|with|to|and|as|while|in|from|at|who|softly|loudly|quietly|angrily|happily|again|then)\b",
    re.IGNORECASE,
)
_ARTICLES = re.compile(r"^(?:(?:sang|si|para|seekor|seorang|sebuah|semua|the|a|an|his|her|their|old|little|young)\s+)+", re.IGNORECASE)
_CONNECTED = re.compile(
    r"(?:,?\s+(?:dan|lalu|sambil|seraya|sembari|kemudian|serta|and|then|while)|,)\s+(?:langsung |segera |then )?(?:"
    + "|".join(sorted(_MANNERS, key=len, reverse=True))
    + r")\b[^,.;:!?]{0,50}[,:]?$",
    re.IGNORECASE,
)

# “Dodi gugup, tetapi ibunya (berkata …)”: what comes before the clause of the speaker is a sentence of its own.
_EARLIER = re.compile(r"^(\S+\s.*\w),?\s+(?:tetapi|tapi|lalu|dan|namun|maka|but|and|then)\s+\S+(?:\s+\S+)?\s*$", re.IGNORECASE)


def manner_of(text: str, before: str, after: str) -> Manner:
    """How `text` is said, by the verb of its tag (`after` or `before` it), else by its punctuation."""
    tag = _TAG.match(after)
    if tag:
        return _TAG_MANNERS[tag[1].lower()]
    verbs = _VERB.findall(before[-80:]) or _VERB.findall(" ".join(after.split()[:6]))
    if verbs and _MANNERS[verbs[-1].lower()] != "say":
        return _MANNERS[verbs[-1].lower()]
    return "ask" if text.endswith("?") else "shout" if text.endswith("!") else "say"


def tagged_speaker(after: str) -> str | None:
    """The words that name the speaker right behind direct speech; "" for a pronoun, None when there is no tag."""
    tag = _TAG.match(after)
    if tag:
        return {"nya": "", "ku": "aku"}[tag[2].lower()] if tag[2] else _name(after[tag.end() :])
    opening = " ".join(after.split()[:7])
    verb = _VERB.search(opening)
    return _name(opening[: verb.start()]) if verb and not re.search(r"[,.;]", opening[: verb.start()]) else None


def introduced_speaker(before: str) -> str | None:
    """The words of the clause that introduces direct speech before its verb; None when nothing introduces it."""
    verbs = list(_VERB.finditer(before))
    if verbs and len(before[verbs[-1].end() :].split()) <= 8:
        clause = before[: verbs[-1].start()]
    elif before.rstrip().endswith((":", ",")):
        clause = before.rstrip(" :,")
    else:
        return None
    last = re.split(r",\s+", clause)[-1]
    return last if re.search(r"\w+\s*$", last) and len(last.split()) <= 12 else clause


def _name(text: str) -> str:
    end = _NAME_ENDS.search(text)
    name = _ARTICLES.sub("", text[: end.start()] if end else text).strip()
    return "" if PRONOUN.fullmatch(name) else " ".join(name.split()[:3])


def head(name: str) -> str:
    """The word of a speaker's `name` that says what the speaker is, lower case; "" when there is none."""
    words = _ARTICLES.sub("", name).split()
    return words[0].lower() if words and words[0].isalpha() else ""


def without_tag(before: str, after: str, speaker: str) -> list[str]:
    """What a sentence tells besides that `speaker` speaks: for its narrated text `before` and `after` a quote.

    “Kancil tersenyum dan berkata,” leaves “Kancil tersenyum.”; “kata Kancil sambil melompat pergi.” leaves
    “Kancil melompat pergi.”; a bare “kata Kancil.” leaves nothing.
    """
    return [text for text in (_without_introduction(before), _without_attribution(after, speaker)) if text]


def _without_introduction(before: str) -> str:
    told = _CONNECTED.sub("", before).rstrip(" ,:;–—-")
    if told != before.rstrip(" ,:;–—-"):
        return told + "." if len(told.split()) >= 2 else ""
    verbs = list(_VERB.finditer(told))
    if not verbs or verbs[-1].end() < len(told) - 40:
        return before.rstrip(" ,:;–—-") + "." if len(told.split()) > 2 else ""
    opening = told[: verbs[-1].start()]
    earlier = _EARLIER.match(opening)
    if earlier:
        return earlier[1] + "."
    return "" if len(opening.split()) <= 4 else told + "."


def _without_attribution(after: str, speaker: str) -> str:
    tag = _TAG.match(after)
    if not tag and tagged_speaker(after) is None:
        return after.strip(" ,;–—-")
    doing = re.search(r"\b(?:sambil|seraya|sembari|while|lalu|kemudian|and then|then|and|dan)\s+(.+)$", after, re.IGNORECASE)
    if not doing or len(doing[1]) < 6 or not speaker:
        return ""
    told = doing[1].strip(" ,")
    subject = re.match(r"(?:ia|dia|he|she)\s+", told, re.IGNORECASE)
    return f"{speaker} {told[subject.end() :] if subject else told}"
