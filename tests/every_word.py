"""Every form and card there is, filled as they would be at a school: for tests that look at them all."""

from collections.abc import Iterator
from typing import Any

from templates.catalogue import Catalogue
from templates.shapes import Card, Form

WORDS = Catalogue.read()
OUTSIDE = {"social_care": "01632 960101", "out_of_hours": "01632 960102", "lado": "01632 960103"}

# Something for every blank.  Those of NEUTRAL may stand in any message; the others only where a case is open.
NEUTRAL: dict[str, Any] = {
    "reference": "K7-3FQ",
    "state": "Received",
    "urgency": "Now",
    "replies": "mention",
    "chat": "teams",
    "sent_pictures": 2,
    "urgent": True,
    "by_when": "16:25 today",
    "sent": "16:05 today",
    "case_id": "0123456789abcdef0123456789abcdef",
    "draft": "fedcba9876543210fedcba9876543210",
    "kept_until": "16:05 tomorrow",
    "proof": "9f" * 32,
    "phones": (("Designated safeguarding lead", "01632 960111"), ("The school", "01632 960110")),
    "contacts": WORDS.contacts(OUTSIDE),
    "screenshots": 3,
    "missing": 1,
    "outside": False,
    "alone": True,
    "above": "chair of governors (01632 960115)",
    "may_acknowledge": True,
    "takes_pictures": True,
    "which_school": "Brambledown Primary School",
    "link": "https://lanyard.brambledown.example/p/l/4f8bca",
    "task_id": "00112233445566778899aabbccddeeff",
    "label": "Checking your own privacy settings",
    "school_id": "0123456789abcdef0123456789abcdef",
    "adds": True,
    "added": False,
    "about": (("Account", "Brambledown Primary School (Facebook)"),),
    "accounts": (("Brambledown Primary School (Facebook)", "2 administrators; closes on Friday 18 December 2026"),),
    "ask": "Please look through the privacy settings of your own accounts.",
    "done": "I have checked",
    "due": "Friday 18 December 2026",
    "done_on": "Tuesday 24 November 2026",
    "next_on": "Wednesday 25 November 2026",
    "late": True,
    "clause": "§4",
    "may_put_off": True,
    "may_say_no": True,
    "practises": True,
    "others": ("Online-safety training this term",),
    "completion": (("Online-safety training this term", "▓▓▓▓▓▓▓░░░ 14 of 20"),),
    "more": 3,
    "material": ("Settings change without asking, so look once a term.",),
    "version": "2026-1",
    "term": "Autumn term",
    "year": True,
    "changes": "Former pupils who are still at a school are not followed, either.",
    "approved": "Joan Fairweather, chair of governors",
    "text": "https://lanyard.brambledown.example/p/policy/1",
    # The reader's own policy, on the reader's own screen.
    "family": False,
}
NAMES: dict[str, Any] = {
    "who": "Joan Fairweather",
    "school": "Brambledown Primary School",
    "role": "chair of governors",
    "valid": "seven days",
    "when": "16:05 today",
    "count": 2,
    "overdue": (("Priya Ashdown", "Online-safety training this term"),),
    "first": "Friday 18 December 2026",
    "last": "Tuesday 5 January 2027",
    "standing_in": (("Designated safeguarding lead", "Sam Hollis (deputy designated safeguarding lead)"),),
    "appointment": "0123456789abcdef0123456789abcdef",
    "asked": "16:05 today",
    "until": "16:05 on Friday 27 November",
    "answered_by": "Ruth Okafor",
    "answered": "16:10 today",
}
STORY: dict[str, Any] = {
    "advice": ("Don't answer.",),
    "report": "Online bullying",
    "reporter": "Priya Ashdown",
    "part": "you lead on it",
    "facts": (("What day was it?", "2026-11-20"),),
    "quotes": (("What did you see or hear?", "Canary"),),
    "involved": (("Sam Hollis", "hurt or upset"),),
    "told": (("Ruth Okafor, designated safeguarding lead", "Oak Trees, §8"),),
    "lost": (("Ruth Okafor, designated safeguarding lead", "opened it 16:07 today"),),
    "evidence": (("Picture 1", "day: missing"),),
    "pictures": 1,
    "pictures_link": "https://lanyard.brambledown.example/p/e/77",
    "steps": ("Who keeps the child safe?", "Save the evidence."),
    "history": ("Ruth Okafor opened it, 16:07 today",),
    "may_note": True,
    "may_screenshots": True,
    "may_steps": True,
    "may_involve": True,
    "may_decide": True,
    "may_refer": True,
    "may_heard": True,
    "may_ask": True,
    "lado_by": "16:05 tomorrow",
    "may_close": True,
    "may_reopen": True,
    "may_handover": True,
    "may_recuse": True,
    "did": "Your note is kept.",
    "next": "acknowledge",
    "policy": "Oak Trees Multi Academy Trust",
    "many": True,
    "harmed_name": "Priya Ashdown",
    "lead_name": "Ruth Okafor",
}
PLAUSIBLE = {**NEUTRAL, **NAMES, **STORY}
# What may carry a story, because it is opened and never sent.
OPENED = {"lead.case", "lead.kept_out", "lead.to_lado", "lead.support", "reporter.receipt"}

FACES = [("p1", "Joan Fairweather"), ("p2", "Ruth Okafor")]
ASKED: dict[str, dict[str, Any]] = {
    "school": {"schools": [("s1", "Brambledown"), ("s2", "Thistlebank")]},
    "names": {"names": [{"id": "0", "name": "Mrs Fairwether", "people": FACES}]},
    "keep_pictures": {"cases": [("c1", "K7-3FQ"), ("c2", "M2-9RT, your own report")]},
    "keep_note": {"cases": [("c1", "K7-3FQ"), ("c2", "M2-9RT")]},
    "choice": {"people": FACES},
    "choices": {"people": FACES},
    "handover": {"people": FACES},
    "involve": {"named": [("i1", "Sam Hollis: hurt or upset")], "near": FACES},
    "decide": {"decisions": [("monitor", "Keep watching")], "decider": False},
    "answer": {"exchange": ["Asked at 16:05 today: “What did she say?”"]},
    "refer": {"bodies": [("csc", "Children's social care")], "ways": [("telephone", "By telephone")]},
    "heard": {"referrals": [("w1", "the LADO, Tuesday 24 November 2026")], "senses": [("taken", "They act on it")]},
    "steps": {"steps": [{"id": "save", "say": "Save it.", "stands": "still to do", "ways": [("done", "Done")]}]},
    "duty_done": {"label": "Reading the policy's new version", "version": "2026-1", "certificate": True},
    "close": {"learns": True},
    "away": {"now": ["You are down as away from Friday 18 December 2026 until Tuesday 5 January 2027."]},
    "details": {"pictures": [{"id": "1", "number": "1"}, {"id": "2", "number": "2"}]},
}


def forms() -> Iterator[Form]:
    yield WORDS.first(OUTSIDE, [("s1", "Brambledown"), ("s2", "Thistlebank")], message=True)
    yield from (WORDS.form(step, ASKED.get(step, {}), OUTSIDE) for step in WORDS.steps if step != "start")
    for report in WORDS.reports:
        yield WORDS.questions(report, OUTSIDE)
        for without in ("words.keep_screenshots", "words.add_screenshots"):
            yield WORDS.questions(report, OUTSIDE, without=without)


def card(name: str, **other: Any) -> Card:
    values = {**PLAUSIBLE, **other}
    return WORDS.card(name, {key: values[key] for key in WORDS.messages[name].needs})


FORMS = list(forms())
CARDS = {name: card(name) for name in WORDS.messages}
