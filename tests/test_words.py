"""The words: every form and message is there, fits where it is shown, and says what its reader may know."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from every_word import CARDS, FORMS, NAMES, NEUTRAL, OPENED, OUTSIDE, PLAUSIBLE, STORY, WORDS, card

from templates.catalogue import Catalogue, CatalogueError
from templates.shapes import Card, Form
from workflows.soundness import RULES

TEMPLATES = Path(str(resources.files("templates")))
ROOT = TEMPLATES.parent
FLOOR = tomllib.loads((ROOT / "policies" / "floor.toml").read_text("utf-8"))

GROUPS = {
    "A child": ["pupil_concern", "indecent_images", "radicalisation"],
    "An adult who works here, or me": ["colleague_concern", "head_concern", "adult_material", "self_report"],
    "Something online about the school": ["pupil_contact", "parent_contact", "cyberbullying", "reputation"],
    "Equipment, data or an account": [
        "inappropriate_content",
        "official_account",
        "data_breach",
        "policy_breach",
    ],
}
TYPES = [report for reports in GROUPS.values() for report in reports]
WITH_SCREENSHOTS = {
    "pupil_contact",
    "parent_contact",
    "cyberbullying",
    "reputation",
    "official_account",
    "policy_breach",
}


def written(value: Any) -> Iterator[str]:
    """Every text in a word file that somebody reads; keys, ids and comments are not."""
    silent = {"id", "kind", "value", "part", "names", "flag", "becomes", "action", "subject", "style", "url"}
    silent |= {
        "needs",
        "options_from",
        "each",
        "when",
        "urgent_when",
        "by",
        "harmed",
        "school",
        "quotes_from",
    }
    silent |= {"body_from", "facts_from", "contacts_from", "small_from"}
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in silent or isinstance(each, dict):
                yield from written(each)
    elif isinstance(value, list):
        for each in value:
            yield from written(each)


FILES = {file: tomllib.loads(file.read_text("utf-8")) for file in sorted(TEMPLATES.rglob("*.toml"))}
TEXTS = {str(file.relative_to(TEMPLATES)): list(written(table)) for file, table in FILES.items()}


def said(shown: Card) -> str:
    pairs = [text for pair in (*shown.facts, *shown.quotes) for text in pair]
    return "\n".join([shown.title, shown.short, *shown.body, *pairs, *shown.small])


def test_the_first_step_lists_fifteen_things_in_four_groups() -> None:
    options = next(field for field in WORDS.first(OUTSIDE).fields if field.id == "about").options
    listed = {group: [each.value for each in options if each.group == group] for group in GROUPS}
    assert listed == GROUPS
    assert len(options) == 15


def test_the_floor_and_the_forms_know_the_same_fifteen_types() -> None:
    assert sorted(FLOOR["types"]) == sorted(WORDS.reports)


def test_one_school_is_not_asked_which_school() -> None:
    assert "school" not in {field.id for field in WORDS.first(OUTSIDE).fields}
    asked = WORDS.first(OUTSIDE, [("s1", "Brambledown"), ("s2", "Thistlebank")])
    assert [each.value for each in asked.fields[-1].options] == ["s1", "s2"]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.id} {form.title}")
def test_danger_and_the_outside_numbers_stand_before_every_box(form: Form) -> None:
    assert form.danger
    assert form.danger[0].startswith("If anyone is in danger now, call 999 first")
    numbers = dict(form.contacts)
    assert numbers["Emergency"] == "999"
    assert {*OUTSIDE.values(), "0800 028 0285"} <= set(numbers.values())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.id} {form.title}")
def test_a_form_fits_into_slack_and_teams_without_being_cut(form: Form) -> None:
    assert 0 < len(form.title) <= 24
    assert 0 < len(form.submit) <= 24
    assert len(form.fields) <= 16
    assert len({field.id for field in form.fields}) == len(form.fields)
    for text in (*form.danger, *form.intro):
        assert 0 < len(text) <= 600
    for field in form.fields:
        assert 0 < len(field.label) <= 150, field.label
        assert len(field.hint) <= 150 or not field.hint, field.hint
        assert len(field.id) <= 75
        assert bool(field.options) == (field.kind in ("choice", "many")), field.id
        assert field.at_most <= 3000
        if field.kind == "many":
            assert len(field.options) <= 10
        for option in field.options:
            assert 0 < len(option.label) <= 75
            assert 0 < len(option.value) <= 75
            assert len(option.group) <= 75
    assert "{{" not in repr(form)


@pytest.mark.parametrize("report", TYPES)
def test_a_form_is_short_enough_for_a_phone_at_five_past_four(report: str) -> None:
    """A list and the box for whoever is not in it are one question; so are a day and its time."""
    ids = {field.id for field in WORDS.reports[report].fields}
    second = {"subject_names", "close_names", "time"}
    second |= {"harmed_names", "harmed_staff"} if "harmed" in ids else {"harmed_staff"}
    assert len(ids - second) <= 12
    assert sum(field.required for field in WORDS.reports[report].fields) <= 4


@pytest.mark.parametrize("name", WORDS.messages)
def test_a_message_fits_where_it_is_shown(name: str) -> None:
    shown = CARDS[name]
    assert 0 < len(shown.title) <= 100
    assert len(shown.short) <= 150
    assert len(shown.buttons) <= (15 if name in OPENED else 5)  # a message has room for one row of them
    for text in (*shown.body, *shown.small, *(text for pair in shown.facts for text in pair)):
        assert 0 < len(text) <= 900
    for button in shown.buttons:
        assert 0 < len(button.label) <= 75
        assert bool(button.url) != bool(button.action)
        if asked := button.confirm:
            sizes = [len(asked.title), len(asked.text), len(asked.yes), len(asked.no)]
            assert all(size <= most for size, most in zip(sizes, [100, 300, 30, 30], strict=True))
    assert "{{" not in repr(shown)
    assert "  " not in said(shown)


@pytest.mark.parametrize("name", WORDS.messages)
def test_a_missing_value_is_an_error_and_never_a_gap(name: str) -> None:
    values = {key: PLAUSIBLE[key] for key in WORDS.messages[name].needs}
    for key in values:
        with pytest.raises(KeyError, match=key):
            WORDS.card(name, {each: value for each, value in values.items() if each != key})


@pytest.mark.parametrize("name", [each for each in WORDS.messages if each.startswith(("lead.", "reporter."))])
def test_what_is_sent_about_a_case_carries_no_story(name: str) -> None:
    if name in OPENED:
        return
    allowed = {*NEUTRAL, "who"} if name == "lead.taken" else set(NEUTRAL)
    assert WORDS.messages[name].needs <= allowed
    for report in WORDS.reports.values():
        assert report.label.lower() not in said(CARDS[name]).lower()
        assert report.title.lower() not in said(CARDS[name]).lower()
    assert not CARDS[name].quotes


def test_a_notification_never_says_what_or_whom_it_is_about() -> None:
    told = {STORY[key] for key in ("report", "reporter", "harmed_name", "lead_name")} | {NAMES["who"]}
    for name, shown in CARDS.items():
        if not name.startswith(("mail.in", "mail.re")):
            assert not [word for word in told if word in shown.short], name


def test_an_alarm_to_the_operator_names_the_fault_only() -> None:
    for name in (each for each in WORDS.messages if each.startswith("operator.")):
        assert not WORDS.messages[name].needs & {*STORY, "reference", "urgency", "who", "case_id", "sent"}
        assert "report that" not in said(CARDS[name])


def test_a_case_that_has_moved_on_says_neither_what_nor_why() -> None:
    assert WORDS.messages["lead.moved"].needs == frozenset()


def test_nothing_here_is_the_same_for_what_is_not_mine_and_what_is_not_there() -> None:
    assert WORDS.messages["refusals.not_yours"].needs == frozenset()
    assert not [each for each in WORDS.messages if each in ("refusals.missing", "refusals.forbidden")]


def test_a_mail_has_one_link_and_no_button_that_only_chat_could_press() -> None:
    for name in (each for each in WORDS.messages if each.startswith("mail.")):
        assert not [button for button in CARDS[name].buttons if button.action]
        assert len(CARDS[name].buttons) <= 1


def test_every_button_about_a_case_says_which() -> None:
    for name, shown in CARDS.items():
        for button in shown.buttons:
            about_oneself = button.action in ("report", "away", "back")
            assert button.subject or button.url or about_oneself, (name, button.label)
            if button.action == "recuse":
                assert button.confirm, name


def test_the_opened_case_shows_what_was_said_who_is_told_and_why() -> None:
    shown = CARDS["lead.case"]
    facts = dict((*shown.facts, *shown.more))
    assert facts["People named in it"] == "Sam Hollis: hurt or upset"
    assert facts["Who was told, and why"] == "Ruth Okafor, designated safeguarding lead: Oak Trees, §8"
    assert facts["What to do"] == "1. Who keeps the child safe?\n2. Save the evidence."
    assert shown.quotes == STORY["quotes"]
    assert "See the screenshots (1)" in [button.label for button in shown.buttons]
    read_only = {name: False for name in STORY | NEUTRAL if name.startswith("may_")}
    assert card("lead.case", pictures_link="", **read_only).buttons == ()


def test_the_receipt_tells_the_truth_about_where_it_went() -> None:
    inside, outside = CARDS["reporter.receipt"], card("reporter.receipt", outside=True, by_when="")
    assert "should acknowledge it by 16:25 today" in said(inside)
    assert "the right person is being told" not in said(outside)
    assert "Please phone one of the numbers below now" in said(outside)
    assert "Delete file" in said(inside)
    assert "Delete file" not in said(card("reporter.receipt", screenshots=0))
    for name in ("received", "opened"):
        assert "Please phone one of these numbers now" in said(card(f"reporter.{name}", outside=True))
        assert "16:25 today" not in said(card(f"reporter.{name}", outside=True))
        assert "16:25 today" in said(CARDS[f"reporter.{name}"])
    for name in ("receipt", "received", "opened", "acknowledged", "working", "closed", "late", "nobody"):
        numbers = dict(CARDS[f"reporter.{name}"].contacts)
        assert {*OUTSIDE.values(), "999", "0800 028 0285"} <= set(numbers.values())
    assert "confidential to those who need to know" in said(inside)


def test_a_picture_of_a_child_can_never_be_added_and_the_form_says_why() -> None:
    report = WORDS.reports["indecent_images"]
    assert not report.files
    assert not [field for field in report.fields if field.kind in ("files", "link")]
    advice = " ".join(report.advice)
    assert "This form takes no pictures. It is against the law" in advice
    assert "Don't save, print, forward or delete it" in advice
    texts = " ".join((*report.advice, *(field.label + field.hint for field in report.fields)))
    assert not re.search(r"screenshot|keep (it|everything|the)|delete nothing", texts, re.I)
    assert report.advice == WORDS.questions("indecent_images", OUTSIDE, without="words.keep_screenshots").intro


def test_screenshots_are_taken_where_they_are_lawful_and_help() -> None:
    assert {each.id for each in WORDS.reports.values() if each.files} == WITH_SCREENSHOTS
    for name in ("words.keep_screenshots", "words.add_screenshots"):
        keep = WORDS.sentence(name)
        for report in WORDS.reports:
            assert (keep in WORDS.questions(report, OUTSIDE, without=name).intro) == (report in WITH_SCREENSHOTS)
            assert keep not in WORDS.questions(report, OUTSIDE).intro
    assert not [field for kind in WORDS.reports.values() for field in kind.fields if field.kind == "files"]
    pictures = WORDS.form("pictures", {}, OUTSIDE).fields[0]
    assert {each.value for each in pictures.options} == {"yes", "no", "none"}


def test_a_question_keeps_its_id_for_ever() -> None:
    """Answers are stored under these ids: lines are added to field_ids.txt, never taken out or changed."""
    kept = (Path(__file__).parent / "field_ids.txt").read_text("utf-8").split("\n")[1:-1]
    now = {f"{kind.id} {field.id} {field.kind}" for kind in WORDS.reports.values() for field in kind.fields}
    now |= {f"step {each.field.id} {each.field.kind}" for step in WORDS.steps.values() for each in step.questions}
    assert not set(kept) - now, "these have stored answers: put them back"
    assert not now - set(kept), "new questions: add these lines to field_ids.txt"
    assert len(kept) == len(set(kept))


NEVER = (
    r"tickets?|anonym\w*|secre\w*|incidents?|users?|please note|kindly|submit\w*|submissions?|perpetrators?"
    r"|allegations?|victims?|behavior|colors?|center|organi[z]\w*|recogni[z]\w*|apologi[z]e|cell ?phone|moms?"
    r"|principal|counselor|e\.g\.|i\.e\.|asap|click|upload\w*|N/A|URL|valid|invalid|log ?in|banter"
)


@pytest.mark.parametrize("file", TEXTS)
def test_words_are_plain_british_and_promise_nothing_we_cannot_keep(file: str) -> None:
    for text in TEXTS[file]:
        said_so = re.sub(r"\{[{%].*?[%}]\}|“[^”]*”", "", text)
        assert not re.findall(rf"\b(?:{NEVER})\b", said_so, re.I), text
        assert "  " not in text.strip(), text
        assert " - " not in text, text
        assert "!" not in said_so, text


@pytest.mark.parametrize("file", TEXTS)
def test_no_sentence_is_longer_than_a_breath(file: str) -> None:
    for text in TEXTS[file]:
        for sentence in re.split(r"(?<=[.?:;])\s+", re.sub(r"\{[{%].*?[%}]\}", "", text)):
            assert len(sentence.split()) <= 26, sentence


@pytest.mark.parametrize("report", TYPES)
def test_the_reporter_is_never_asked_to_judge_to_investigate_or_to_keep_quiet(report: str) -> None:
    kind = WORDS.reports[report]
    for field in kind.fields:
        asked = f"{field.label} {' '.join(option.label for option in field.options)}".lower()
        assert not re.search(r"serious|threshold|low.level|evidence|proof|prove|lado|police", asked), asked
        assert not re.search(r"keep (it|this) (quiet|between)|should (it|this) stay|may we (say|share)", asked)
        assert not re.search(r"initials", asked)
    assert [field for field in kind.fields if field.id == "what" and field.required]
    assert [field for field in kind.fields if field.id == "told"]
    assert {"date", "time"} <= {field.id for field in kind.fields}


@pytest.mark.parametrize("report", TYPES)
def test_people_are_asked_for_in_full_and_in_their_part(report: str) -> None:
    kind = WORDS.reports[report]
    parts = {field.part for field in kind.fields if field.part}
    assert ("close" in parts) == kind.close == (report != "pupil_contact")
    for field in kind.fields:
        if field.part:
            assert field.kind in ("person", "text"), field.id
            assert field.id in kind.named
            assert field.kind != "person" or kind.named[field.id] == "colleague"
    if report != "self_report":
        assert "subject" in parts


def test_an_opinion_is_asked_apart_from_what_happened() -> None:
    for kind in WORDS.reports.values():
        order = [field.id for field in kind.fields]
        if "opinion" in order:
            assert order.index("opinion") > order.index("what")


def test_a_pupil_named_as_hurt_is_a_pupil_harmed_whatever_was_picked() -> None:
    kind = WORDS.reports["colleague_concern"]
    assert kind.gives({"harmed": "nobody"}).harmed == "nobody"
    assert kind.gives({"harmed": "nobody", "harmed_names": "Sam Hollis"}).harmed == "pupil"
    assert kind.gives({}) == ("colleague", "nobody", (), "")


def test_answers_settle_who_did_it_and_what_the_report_becomes() -> None:
    bullying = WORDS.reports["cyberbullying"].gives({"by": "pupil", "harmed": "staff"})
    assert (bullying.by, bullying.harmed) == ("pupil", "staff")
    assert WORDS.reports["pupil_contact"].gives({"family": "yes"}).flags == ("family",)
    assert WORDS.reports["pupil_contact"].gives({"family": "no"}).flags == ()
    assert WORDS.reports["policy_breach"].gives({"fits": ("contractor", "firewall")}).flags == (
        "contractor",
        "firewall",
    )
    assert WORDS.reports["official_account"].gives({"child_at_risk": "yes"}).becomes == "pupil_concern"
    assert WORDS.reports["official_account"].gives({"child_at_risk": "no"}).becomes == ""
    assert WORDS.reports["inappropriate_content"].gives({"child_shown": "yes"}).becomes == "indecent_images"


def test_nobody_who_was_named_is_lost_when_a_report_becomes_another() -> None:
    people = {field.id for kind in WORDS.reports.values() for field in kind.fields if field.part}
    for kind in WORDS.reports.values():
        assert {field.id for field in (*kind.fields, *kind.also) if field.part} == people
        assert people <= kind.named.keys()


def test_every_fact_a_policy_can_depend_on_is_one_that_the_floor_knows() -> None:
    flags = {flag for kind in WORDS.reports.values() for flag in kind.flags.values()}
    assert flags <= set(FLOOR["answers"])
    # The register says whether there is a site for that age; nobody is asked.
    assert set(FLOOR["answers"]) - flags == {"site_for_age"}
    for kind in WORDS.reports.values():
        for field in kind.fields:
            if field.id in ("by", "harmed"):
                assert {option.value for option in field.options} <= set(FLOOR["words"][field.id])


def test_every_state_class_part_and_role_has_a_word() -> None:
    roles = {
        *(role for held in FLOOR["roles"].values() for role in held),
        *FLOOR["held_by"],
        FLOOR["outside"],
    }
    names = [f"role.{role}" for role in roles] + [f"urgency.{each}" for each in FLOOR["classes"]]
    names += [f"state.{each}" for each in ("received", "opened", "acknowledged", "working", "closed")]
    names += [f"part.{each}" for each in ("lead", "informed", "choice", "support")]
    names += [f"part.{each}" for each in ("subject", "close", "harmed", "witness")]
    assert not [name for name in names if not WORDS.sentences.get(name)]


def test_the_code_names_no_words_that_are_not_there() -> None:
    spoken = r'"((?:lead|reporter|mail|operator|home|dm|refusals)\.[a-z_]+)"'
    renamed = {"mail.invited", "mail.again"}  # promises of a mail, whose words are mail.invite and mail.news
    tables = "|".join(sorted({name.partition(".")[0] for name in WORDS.sentences}))
    for file in (each for room in ("workflows", "handlers", "bot") for each in (ROOT / room).rglob("*.py")):
        code = file.read_text("utf-8")
        named = set(re.findall(spoken, code))
        named |= {f"refusals.{each}" for each in re.findall(r'Refused\("([a-z_]+)"', code)}
        assert not named - WORDS.messages.keys() - renamed, file.name
        lines = set(re.findall(rf'"((?:{tables})\.[a-z_]+)"', code))
        lines |= {f"errors.{each}" for each in re.findall(r'BadAnswers\(\{[^}]*: "([a-z_]+)"', code)}
        assert not lines - WORDS.sentences.keys(), file.name


def test_no_words_stand_there_that_nobody_is_told() -> None:
    rooms = ("workflows", "handlers", "bot", "templates")
    code = "\n".join(each.read_text("utf-8") for room in rooms for each in (ROOT / room).rglob("*.py"))
    lines = [name for name in WORDS.sentences if name.startswith(("errors.", "words.", "picture."))]
    named = {name: (name, f'"{name.partition(".")[2]}"') for name in (*lines, *WORDS.messages)}
    assert not [name for name, either in named.items() if not any(one in code for one in either)]


def test_every_rule_that_a_policy_may_cite_can_be_said() -> None:
    """A place's reason stands in the opened case: without words for it, that case would not open."""
    assert not [rule for rule in RULES if not WORDS.sentences.get(f"why.floor_{rule}")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "words"
    shutil.copytree(TEMPLATES, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__", "pages"))
    return copy


BULLYING, LEAD = "reports/cyberbullying.toml", "messages/lead.toml"
MISTAKES = [
    (
        BULLYING,
        'title = "Online bullying"',
        'titel = "Online bullying"',
        "cyberbullying.toml.*title.*missing",
    ),
    (BULLYING, "files = true", "files = true\nrecipients = 3", "cyberbullying.toml.*rename recipients"),
    (
        BULLYING,
        'title = "Online',
        'title = "Very very long online',
        "title: shorten it: 30 characters, at most 24",
    ),
    (BULLYING, "files = true", 'files = "yes"', "files: write it as bool"),
    (BULLYING, 'id = "told"', 'id = "date"', "ask date once"),
    (BULLYING, 'id = "told"', 'id = "tolled"', "field tolled, label: add it"),
    (BULLYING, 'id = "told"', 'id = "told"\nkind = "choice"', "field told, options: give options"),
    (BULLYING, 'id = "told"', 'id = "told"\nkind = "essay"', "kind: use one of line, text"),
    (BULLYING, 'id = "told"', 'id = "told"\npart = "subject"', "field told: say who these people are"),
    (BULLYING, 'group = "Something', 'group = "Anything', "group: use one of A child"),
    (BULLYING, "files = true", "files =", "cyberbullying.toml, top: mend the TOML"),
    (
        "reports/official_account.toml",
        '"pupil_concern"',
        '"nothing"',
        "child_at_risk: there is no type nothing",
    ),
    ("reports/self_report.toml", 'value = "pupil"', 'value = "child"', "field harmed: use the values pupil"),
    (
        "reports/reputation.toml",
        'id = "opinion"',
        'id = "account"\nlabel = "Which?"\nkind = "text"',
        "account: .*else",
    ),
    (LEAD, "{{ who }}", "{{ whom }}", r"lead.toml, \[taken\], needs: write exactly"),
    (LEAD, "{{ who }}", "{{ who", r"lead.toml, \[taken\], body: mend the blank"),
    (LEAD, 'action = "acknowledge"', 'action = "delete"', "button 2, action: use one of report"),
    (LEAD, 'yes = "Leave it"', "", "yes: add it"),
    ("forms.toml", 'number = "999"', 'number = "999"\ncolour = "red"', "contact 1: remove or rename colour"),
    ("forms.toml", "danger = [", "danger = []\nmore = [", "forms.toml.*more"),
    ("sentences.toml", 'now = "Now"', "now = 1", r"\[urgency\], now: write it as str"),
]


@pytest.mark.parametrize(("file", "right", "wrong", "sentence"), MISTAKES)
def test_a_mistake_in_a_word_file_is_found_at_start_and_says_where(
    folder: Path, file: str, right: str, wrong: str, sentence: str
) -> None:
    text = (folder / file).read_text("utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(CatalogueError, match=sentence):
        Catalogue.read(folder)


def test_the_words_as_they_stand_are_read_from_any_folder(folder: Path) -> None:
    assert Catalogue.read(folder).reports == WORDS.reports


def test_people_with_long_names_can_still_be_picked() -> None:
    long = "Wilhelmina " * 9
    form = WORDS.form("names", {"names": [{"id": "0", "name": long * 9, "people": [("p1", long)]}]}, OUTSIDE)
    assert len(form.fields[0].options[0].label) == 75
    assert len(form.fields[0].label) <= 150
