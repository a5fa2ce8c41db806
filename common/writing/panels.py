"""From beats to panels: what is seen, what the caption says, and who says what in the balloons."""

import re
from collections import Counter
from dataclasses import dataclass

from common.clients.writer import Dialogue, ScriptPanel
from common.i18n import Language, Text
from common.writing.beats import Beat
from common.writing.condense import condensed, trimmed
from common.writing.figures import Cast
from common.writing.limits import DESCRIPTION, SPEAKER, capitalized, ended, shorten
from common.writing.moments import Line
from common.writing.sentences import split
from common.writing.speech import Manner
from common.writing.words import VOICE

# What fits a panel on a phone: a caption of three short lines and balloons of two.
CAPTION = 220
BALLOON = 90
BALLOONS = 2
_ACTION = 320

_WIDE = Text("Wide shot", "Bidikan lebar")
_MEDIUM = Text("Medium shot", "Bidikan sedang")
_CLOSE = Text("Close-up", "Bidikan dekat")
_TWO = Text("Two-shot, face to face", "Bidikan berdua, saling berhadapan")
_LOW = Text("Low angle", "Sudut rendah")
_SHOULDER = Text("Over-the-shoulder shot", "Bidikan dari balik bahu")
_BETWEEN = (_MEDIUM, _SHOULDER, _MEDIUM, _LOW)
_STRONG = re.compile(
    r"\b(?:menangis|marah|terkejut|kaget|takut|malu|tertawa|tersenyum|terdiam|hancur|terharu|putus asa|memeluk"
    r"|cried|angry|afraid|shocked|laughed|smiled|hugg?ed)",
    re.IGNORECASE,
)
_SAYS: dict[Manner, tuple[Text, Text]] = {
    "say": (Text("{who} speaks.", "{who} berbicara."), Text("{who} speaks to {to}.", "{who} berbicara kepada {to}.")),
    "ask": (Text("{who} asks a question.", "{who} bertanya."), Text("{who} asks {to}.", "{who} bertanya kepada {to}.")),
    "shout": (Text("{who} calls out.", "{who} berseru."), Text("{who} calls out to {to}.", "{who} berseru kepada {to}.")),
    "reply": (Text("{who} answers.", "{who} menjawab."), Text("{who} answers {to}.", "{who} menjawab {to}.")),
    "think": (Text("{who} murmurs.", "{who} bergumam."), Text("{who} murmurs.", "{who} bergumam.")),
    "whisper": (Text("{who} whispers.", "{who} berbisik."), Text("{who} whispers to {to}.", "{who} berbisik kepada {to}.")),
    "pray": (Text("{who} prays.", "{who} berdoa."), Text("{who} prays.", "{who} berdoa.")),
}
_IN_SIGHT = Text("In sight: {who}.", "Tampak {who}.")
_SOMEBODY = Text("the main character", "tokoh utama")
_SOMEWHERE = Text("the place", "tempat itu")
_AT = Text("{shot}. Setting: {place}.", "{shot}. Latar: {place}.")

# Views that add no words and no events: what a director shoots when a moment lasts longer than its sentence.
_OPENING = Text(
    "Opening view of {place}, wide and still; {who} is only a small shape.",
    "Pemandangan pembuka: {place}, luas dan tenang; {who} hanya tampak kecil.",
)
_CLOSING = Text(
    "Closing shot: the camera moves away from {who} and the story ends. ({what})",
    "Bidikan penutup: kamera menjauh dari {who}, cerita pun usai. ({what})",
)
_VIEWS = (
    Text(
        "Close-up of {who}: the face tells what the moment means. ({what})",
        "Bidikan dekat wajah {who}: raut mukanya menceritakan saat ini. ({what})",
    ),
    Text("A detail fills the panel, the heart of this moment: {what}", "Sebuah detail memenuhi panel, inti saat ini: {what}"),
    Text("Seen from behind {who}, looking out over {place}. ({what})", "Dari belakang {who}, memandang ke arah {place}. ({what})"),
    Text(
        "Bird's-eye view: {who} small, {place} all around. ({what})",
        "Dari atas: {who} tampak kecil, {place} terhampar di sekelilingnya. ({what})",
    ),
    Text("Medium shot: {who} pauses for a breath. ({what})", "Bidikan sedang: {who} berhenti sejenak. ({what})"),
    Text("Low angle: {who} tall against {place}. ({what})", "Sudut rendah: {who} tampak besar dengan latar {place}. ({what})"),
    Text(
        "Only {place}, empty for a moment, so that the mood can sink in. ({what})",
        "Hanya {place}, kosong sejenak, agar suasananya terasa. ({what})",
    ),
    Text("Extreme close-up of the eyes of {who}. ({what})", "Bidikan sangat dekat mata {who}. ({what})"),
    Text("Silhouette of {who} against the light. ({what})", "Siluet {who} di depan cahaya. ({what})"),
    Text("Side view of {who} from head to foot. ({what})", "{who} dari samping, dari kepala sampai kaki. ({what})"),
    Text("A movement of {who}, close enough to feel it. ({what})", "Gerak tubuh {who} dari dekat. ({what})"),
    Text(
        "Half hidden behind the foreground of {place}: {who}. ({what})", "Separuh tersembunyi di balik latar depan {place}: {who}. ({what})"
    ),
    Text("Reaction: {who} takes in what has happened. ({what})", "Reaksi: {who} menyadari apa yang terjadi. ({what})"),
    Text("Long shot: {who} and much empty space. ({what})", "Bidikan jauh: {who} dengan banyak ruang kosong. ({what})"),
    Text("Tilted view of {who}: the moment feels unsteady. ({what})", "Sudut miring ke arah {who}: saat ini terasa goyah. ({what})"),
)
_AFTER_SPEECH = (
    Text("Reaction of {to} to the words of {who}: “{what}”", "Reaksi {to} atas ucapan {who}: “{what}”"),
    Text("Both are silent for a moment after the words of {who}: “{what}”", "Keduanya diam sejenak setelah ucapan {who}: “{what}”"),
    Text("Close-up of {who} right after speaking: “{what}”", "Bidikan dekat {who} sesaat setelah berbicara: “{what}”"),
)
_AGAIN = (
    Text("{view}", "{view}"),
    Text("Closer than before. {view}", "Lebih dekat dari sebelumnya. {view}"),
    Text("From the other side. {view}", "Dari sisi lain. {view}"),
    Text("Farther away. {view}", "Lebih jauh. {view}"),
)
# How to shoot somebody who only speaks, in turn, so that a long talk does not look the same in every panel.
_TALKING = (
    Text("Close-up of {who}", "Bidikan dekat {who}"),
    Text("Over the shoulder of {to}", "Dari balik bahu {to}"),
    Text("Medium shot, {to} listens", "Bidikan sedang, {to} mendengarkan"),
    Text("Low angle, {who} large in the foreground", "Sudut rendah, {who} besar di latar depan"),
)
_ALONE = (_CLOSE, _LOW, _MEDIUM)
_WORDS = Text("The words: “{text}”", "Yang diucapkan: “{text}”")


@dataclass(frozen=True)
class Setting:
    """What is the same for all panels of a story.

    `importance` counts the word roots of the whole story; `hero` and `place` stand in for whom and
    where as long as the story does not say.
    """

    cast: Cast
    language: Language
    importance: Counter[str]
    hero: str
    place: str
    per_page: int


def panel(beat: Beat, number: int, total: int, before: str, setting: Setting) -> ScriptPanel:
    """Panel `number` (from 0) of `total` for `beat`; `before` is the place of the panel before it."""
    return ScriptPanel(
        page_number=number // setting.per_page + 1,
        panel_number=number % setting.per_page + 1,
        description=shorten(_description(beat, number, total, before, setting), DESCRIPTION),
        narration=_narration(beat, number, total, setting),
        dialogues=tuple(
            Dialogue(shorten(line.speaker, SPEAKER) or VOICE.say(setting.language), _balloon(line.text)) for line in _lines(beat)
        ),
    )


def place_of(beat: Beat) -> str:
    """Where `beat` plays: the last place that its moments tell."""
    return next((moment.place for moment in reversed(beat) if moment.place), "")


def _narration(beat: Beat, number: int, total: int, setting: Setting) -> str:
    keep = (*((0,) if number == 0 else ()), *((-1,) if number == total - 1 else ()))
    told = [(moment.told, moment.shown) for moment in beat if moment.told]
    return condensed(told, CAPTION, setting.importance, setting.cast, setting.language, keep)


def _chosen(lines: list[Line]) -> list[Line]:
    """At most two of `lines`: the first, and the last (of somebody else if there is one); short ones by one speaker joined."""
    joined: list[Line] = []
    for line in lines:
        if joined and joined[-1].speaker == line.speaker and len(joined[-1].text) + len(line.text) < BALLOON:
            joined[-1] = Line(line.speaker, f"{joined[-1].text} {line.text}", line.manner, line.listener)
        else:
            joined.append(line)
    if len(joined) > BALLOONS:
        answer = next((line for line in reversed(joined[1:]) if line.speaker != joined[0].speaker), joined[-1])
        joined = [joined[0], answer]
    return joined


def _balloon(text: str) -> str:
    """`text` in at most `BALLOON` characters: its first sentences, the last of them down to its first clause."""
    said = ""
    for sentence in split(text):
        room = BALLOON - len(said) - 1
        part = sentence if len(sentence) <= room else trimmed(sentence, room) if room > 30 or not said else ""
        if not part or (part.endswith("…") and said):
            break
        said = f"{said} {part}".strip()
        if part != sentence:
            break
    return said


def _description(beat: Beat, number: int, total: int, before: str, setting: Setting) -> str:
    if len(beat) == 1 and beat[0].camera is not None:
        return _view(beat, beat[0].camera, number == total - 1, setting)
    language = setting.language
    place = place_of(beat)
    told = " ".join(filter(None, (_action(beat, setting), _speaking(_lines(beat), language))))
    shot = _shot(beat, number, total, bool(place) and place != before, language)
    opening = _AT.say(language, shot=shot, place=place) if place and place.lower() not in told.lower() else shot + "."
    return " ".join(filter(None, (opening, told, _others(beat, told, setting))))


def _lines(beat: Beat) -> list[Line]:
    return _chosen([line for moment in beat if moment.camera is None for line in moment.lines])


def _action(beat: Beat, setting: Setting) -> str:
    """What happens in `beat`; a phrase is followed by the sentence it is part of."""
    if len(beat) == 1 and beat[0].scene:
        return f"{capitalized(ended(beat[0].shown.strip('…')))} ({beat[0].scene})"
    shown = [(moment.shown, moment.shown) for moment in beat if moment.shown]
    return condensed(shown, _ACTION, setting.importance, setting.cast, setting.language)


def _shot(beat: Beat, number: int, total: int, is_new_place: bool, language: Language) -> str:
    lines = _lines(beat)
    speakers = {line.speaker for line in lines}
    actors = {actor for moment in beat for actor in moment.actors}
    shown = " ".join(moment.shown for moment in beat)
    if number in (0, total - 1) or is_new_place:
        return _WIDE.say(language)
    if len(speakers) == 2:
        return _TWO.say(language)
    if lines and not shown:
        shots = _TALKING if lines[0].listener else _ALONE
        return shots[number % len(shots)].say(language, who=lines[0].speaker, to=lines[0].listener)
    if len(actors) == 1 and _STRONG.search(shown):
        return _CLOSE.say(language)
    return (_BETWEEN[number % len(_BETWEEN)] if actors else _WIDE).say(language)


def _speaking(lines: list[Line], language: Language) -> str:
    """Who speaks to whom, once for each speaker and at most twice."""
    acts: dict[str, str] = {}
    for line in lines:
        if line.speaker and line.speaker not in acts:
            alone, to = _SAYS[line.manner]
            acts[line.speaker] = (to if line.listener else alone).say(language, who=line.speaker, to=line.listener)
    return " ".join(list(acts.values())[:2])


def _others(beat: Beat, told: str, setting: Setting) -> str:
    """The figures in sight whom the description has not named yet."""
    said = {figure.name for _, figure in setting.cast.mentioned(told)}
    others = [actor for actor in dict.fromkeys(actor for m in beat for actor in m.actors) if actor not in said and actor not in told]
    return _IN_SIGHT.say(setting.language, who=", ".join(others[:4])) if others else ""


def _view(beat: Beat, camera: int, is_last: bool, setting: Setting) -> str:
    language = setting.language
    moment = beat[0]
    joint = " dan " if language == "id" else " and "
    who = joint.join(moment.actors[:2]) or setting.hero or _SOMEBODY.say(language)
    place = moment.place or setting.place or _SOMEWHERE.say(language)
    turn, view = divmod(max(camera - 1, 0), len(_VIEWS))
    template = _CLOSING if is_last else _OPENING if camera == 0 else _VIEWS[view]
    line = moment.lines[0] if moment.lines else None
    if line and line.listener and camera and not is_last:
        template, who = _AFTER_SPEECH[view % len(_AFTER_SPEECH)], line.speaker
    what = shorten(moment.scene or moment.shown or (line.text if line else ""), 160)
    text = template.say(language, who=who, place=place, what=what, to=line.listener if line else "").removesuffix(" ()")
    if is_last or camera == 0:
        return text
    text = _AGAIN[turn % len(_AGAIN)].say(language, view=text)
    return text if turn < len(_AGAIN) else f"{text} ({turn + 1})"


def with_words(description: str, panel: ScriptPanel, language: Language) -> str:
    """`description` with the words of the panel's balloons, to tell it from a panel that looks the same."""
    said = " ".join(dialogue.text for dialogue in panel.dialogues)
    return shorten(f"{description} {_WORDS.say(language, text=said)}", DESCRIPTION) if said else description
