"""What a policy asks of staff comes as one message a day, in school time, with one clear thing to do."""

import csv
import hashlib
import io
import re
from contextlib import redirect_stdout
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.adoption import Approval, adopt
from bot.duties_command import show_duties
from bot.school_year import apply_calendar
from bot.settings import Settings
from bot.staff_list import apply_staff
from storage import sealed
from storage.models import Person, Promise, Task
from tests.test_doors_of_the_chair import Reader
from tests.test_right_person import about_the_head
from tests.townspeople import Somebody, actions, words
from tests.world import World, until
from workflows.calendar import LONDON
from workflows.duties import duties_of

TEACHER, OTHER = "t.oyelaran@brambledown.example", "i.pemberton@brambledown.example"
MANAGER = "d.espinosa@brambledown.example"
STAFF = f"""email,name,manager_email,team,teaches,works,joined,leaves
{TEACHER},Tunde Oyelaran,{MANAGER},Year 4,yes,,,
{OTHER},Isla Pemberton,{MANAGER},Year 2,yes,mon tue,,
{MANAGER},Daniel Espinosa,,Leadership,no,,,
"""


def tuesday(world: World) -> date:
    return world.clock.now().astimezone(LONDON).date()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


@pytest.fixture
def school(world: World) -> World:
    return before_term(world)


def before_term(world: World) -> World:
    """The school with its staff on a list, early on the Monday on which a term of its own begins."""
    monday = tuesday(world) + timedelta(days=13)
    calendar = world.folder / "calendar.toml"
    last = monday - timedelta(days=7)
    calendar.write_text(
        f'[[term]]\nname = "Before"\nfirst = {last - timedelta(days=60)}\nlast = {last}\n'
        f'[[term]]\nname = "Autumn"\nfirst = {monday}\nlast = {monday + timedelta(days=88)}\n'
    )
    staff = world.folder / "staff.csv"
    staff.write_text(STAFF)
    with redirect_stdout(io.StringIO()) as said:
        assert apply_staff(world.settings, staff, yes=True) == 0, said.getvalue()
        assert apply_calendar(world.settings, calendar, "brambledown", yes=True) == 0, said.getvalue()
    world.clock.reaches(at(monday, 7, 30))
    world.settled()
    return world


def morning(world: World, day: date) -> World:
    """From before school to noon."""
    world.clock.reaches(at(day, 7, 50))
    ticks(world)
    world.clock.reaches(at(day, 8, 5))
    world.settled()
    world.clock.reaches(at(day, 12))
    return world.settled()


def ticks(world: World) -> None:
    """The clock's tick, which a start brings at once and every minute after it."""
    world.settled()  # on PostgreSQL what a stop interrupts is somebody's again only when its lease ends
    world.stops()
    world.starts()
    once = f"%{world.clock.now().astimezone(LONDON).date()}"
    begun = select(Promise).where(col(Promise.kind) == "day", col(Promise.once).like(once))
    until(lambda: bool(world.rows(begun)), "the school's day")


def nudges(somebody: Somebody) -> list[str]:
    return [
        each for each in somebody.hears() if "please, by" in each or each.startswith(("Done", "Later", "Something"))
    ]


def press(somebody: Somebody, label: str) -> dict[str, Any]:
    card = [each for each in somebody.messages() if label in actions(each)][-1]
    shown = somebody.presses(label, card)
    somebody.world.settled()
    return shown or {}


def tasks(world: World) -> list[Task]:
    return world.rows(select(Task).order_by(col(Task.opened_on)))


def test_a_terms_first_morning_brings_everybody_one_thing_to_do(school: World) -> None:
    first = tuesday(school)
    assert nudges(school.teacher) == []
    morning(school, first)
    assert len(nudges(school.teacher)) == 1
    card = school.teacher.messages()[-1]
    assert actions(card) == ["duty_done", "duty_show", "duty_later", "duty_cannot"]
    assert "Also open" in words(card)
    assert school.ear.heard > 2, "what every reminder is held to is heard"


def test_what_could_not_be_said_by_the_evening_waits_for_the_morning(school: World) -> None:
    first = tuesday(school)
    ticks(school)
    for hour, minute in ((8, 5), (20, 0)):  # what comes now is heard, and is too late
        school.clock.reaches(at(first, hour, minute))
        school.settled()
    morning(school, first + timedelta(days=1))
    assert len(nudges(school.teacher)) == 1


def test_what_is_due_on_one_day_is_asked_for_as_the_policy_lists_it(school: World) -> None:
    morning(school, tuesday(school))
    assert school.bot
    rules = school.bot.ground.rules
    listed = [duty.id for duty in duties_of(rules.pack, rules.floor)]
    compared = 0
    for somebody in (school.teacher, school.head, school.dsl, school.deputy_dsl, school.phase_lead):
        mine = [each for each in tasks(school) if each.person == school.person_of(somebody) and each.state == "open"]
        mine.sort(key=lambda each: (each.due_on, listed.index(each.duty)))
        home = words(somebody.home())
        places = [home.index(rules.words.nudges[each.duty].label) for each in mine]
        assert places == sorted(places), f"{[each.duty for each in mine]} at {places}"
        compared += len(mine) - len({each.due_on for each in mine})
    assert compared, "nobody has two things that are due on one day"


def test_the_message_says_how_it_stands_once_it_is_done_and_what_was_done_stays(school: World) -> None:
    morning(school, tuesday(school))
    shown = press(school.teacher, "duty_show")
    assert "Show" not in words(shown)
    form = press(school.teacher, "duty_done")
    today = tuesday(school)
    wrong = school.teacher.sends(form, done_on=str(today + timedelta(days=1)))
    assert "a day that has been" in wrong["errors"]["done_on"]
    school.teacher.sends(form, done_on=str(today))
    school.settled()
    assert nudges(school.teacher)[-1].startswith("Done:")
    (done,) = [task for task in tasks(school) if task.state == "done"]
    assert (done.done_on, done.next_on) == (today, None)
    assert [each for each in school.events() if each.startswith("duty.")].count("duty.done") == 1
    school.teacher.shuts()
    again = [each for each in school.teacher.messages() if each["text"].startswith("Done:")]
    assert actions(again[-1]) == ["duty_certificate"]
    assert school.ledger_is_whole()


def test_not_today_is_twice_at_most_and_moves_nothing_but_the_reminder(school: World) -> None:
    day = tuesday(school)
    due = {}
    for times in (1, 2):
        morning(school, day)
        asked = len(school.teacher.messages())
        press(school.teacher, "duty_later")
        school.teacher.shuts()
        mine = [task for task in tasks(school) if task.put_off == times]
        assert len(mine) == 1
        due.setdefault(mine[0].id, mine[0].due_on)
        assert due == {mine[0].id: mine[0].due_on}
        assert len(school.teacher.messages()) == asked
        day += timedelta(days=1)
    morning(school, day)
    card = [each for each in school.teacher.messages() if "duty_done" in actions(each)][-1]
    assert "duty_later" not in actions(card) or mine[0].id not in str(card)


def test_somebody_part_time_hears_on_their_own_days_and_nobody_at_night_or_weekends(school: World) -> None:
    monday = tuesday(school)
    wednesday, thursday = monday + timedelta(days=2), monday + timedelta(days=3)
    morning(school, wednesday)
    assert nudges(school.other_teacher) == []
    assert len(nudges(school.teacher)) == 1
    morning(school, thursday)
    assert nudges(school.other_teacher) == []
    school.clock.reaches(at(monday + timedelta(days=5), 10))
    school.settled()
    assert nudges(school.other_teacher) == []
    morning(school, monday + timedelta(days=7))
    assert len(nudges(school.other_teacher)) == 1


def test_what_somebody_cannot_do_reaches_their_line_manager_and_what_is_late_the_headteacher(school: World) -> None:
    first = tuesday(school)
    morning(school, first)
    press(school.teacher, "duty_cannot")
    morning(school, first + timedelta(days=1))
    told = school.phase_lead.card("Tunde Oyelaran")
    assert "Overdue" in words(told)
    late = first + timedelta(days=7 * 6)
    morning(school, late)
    assert "Isla Pemberton" in words(school.phase_lead.messages()[-1]) + words(school.head.messages()[-1])
    behind = words(school.head.home()).rpartition("Overdue")[2]
    assert behind.count("Isla Pemberton") == 1, "each is named once, with all of theirs"
    assert "Helen Whitlock" not in behind


def test_what_is_done_is_settled_whatever_is_pressed_later(school: World) -> None:
    morning(school, tuesday(school))
    press(school.teacher, "duty_done")
    school.teacher.sends(school.teacher.modal(), done_on=str(tuesday(school)))
    school.teacher.shuts()
    (done,) = [task.id for task in tasks(school) if task.state == "done"]
    for action in ("duty_later", "duty_cannot"):
        assert "settled already" in " ".join(school.teacher.forges(action, done).calls)
    assert [task.state for task in tasks(school) if task.id == done] == ["done"]


def test_another_persons_task_is_nobody_elses_to_press(school: World) -> None:
    morning(school, tuesday(school))
    (task,) = {task.id for task in tasks(school) if task.person == school.person_of(school.teacher)} & {
        value
        for each in school.teacher.messages()
        for value in [element.get("value") for block in each["blocks"] for element in block.get("elements", ())]
    }
    answered = school.other_teacher.forges("duty_later", task)
    assert "There is nothing here for you" in " ".join(answered.calls)
    assert all(each.put_off == 0 for each in tasks(school))


# -- somebody without chat, Home, the terminal, and a policy that changes


def test_somebody_without_chat_gets_an_e_mail_and_says_on_a_page_that_it_is_done(school: World) -> None:
    morning(school, tuesday(school))
    letter = next(each for each in reversed(school.chair.inbox()) if "please, by" in each["subject"])
    link = next(word for word in letter["text"].split() if "/p/t/" in word)
    browser = school.browser()
    for _ in range(2):
        page = browser.get(link)
        assert (page.status_code, "On which day was it done?" in page.text) == (200, True)
    assert "duty.shown" not in school.events()
    late = str(tuesday(school) + timedelta(days=1))
    assert browser.post(link, data={"act": "done", "done_on": late}).status_code == 422
    done = browser.post(link, data={"act": "done", "done_on": str(tuesday(school))})
    assert "Thank you. It is kept as done" in done.text
    assert [task.state for task in tasks(school) if task.person == chair_of(school)].count("done") == 1
    assert "settled already" in browser.get(link).text
    assert browser.get(f"{link}x").status_code == 410


def chair_of(world: World) -> str:
    return str(world.rows(select(col(Person.id)).where(col(Person.key) == "chair"))[0])


def test_home_shows_ones_own_duties_and_the_headteacher_how_far_the_school_has_come(school: World) -> None:
    morning(school, tuesday(school))
    mine = words(school.teacher.home())
    assert "For you to do" in mine
    assert "How far Brambledown" not in mine
    press(school.teacher, "duty_done")
    school.teacher.sends(school.teacher.modal(), done_on=str(tuesday(school)))
    school.settled()
    seen = words(school.head.home())
    assert "How far Brambledown Primary School has come" in seen
    assert "1 of " in seen
    assert "Year 4" in seen


def test_the_terminal_shows_bars_and_a_spreadsheet_that_runs_no_formula(
    school: World, capsys: pytest.CaptureFixture[str]
) -> None:
    morning(school, tuesday(school))
    assert show_duties(school.settings, as_csv=True) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(table) == len(tasks(school))
    assert {row["state"] for row in table} == {"open"}
    assert show_duties(school.settings, as_csv=False) == 0
    assert "0 of " in capsys.readouterr().out


def adopts(world: World, version: str, text: str, suffix: str = ".md", changes: str = "") -> int:
    file = world.folder / f"policy-{version}{suffix}"
    file.write_text(text)
    day = str(tuesday(world))
    approval = Approval(version, "Asha Bramley", "chair of governors", day, changes)
    return adopt(world.settings, file, approval, yes=True)


def read_page(world: World, task: Task) -> str:
    """The page behind "Read the policy", as whoever has this task opens it."""
    shown = world.teacher.forges("duty_show", task.id)
    link = next(word for word in " ".join(shown.calls).split('"') if "/p/policy/" in word)
    return world.browser().get(link).text


def test_a_changed_policy_is_read_anew_and_what_was_confirmed_names_its_version_for_ever(
    school: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert adopts(school, "2026-1", "# Social media\n\nTell the headteacher.\n") == 0
    morning(school, tuesday(school))
    reading = [task for task in tasks(school) if task.duty == "new_version" and task.period == "2026-1"]
    assert len(reading) >= 3
    (mine,) = [task for task in reading if task.person == school.person_of(school.teacher)]
    page = read_page(school, mine)
    assert "Tell the headteacher." in page
    assert "changed" not in page
    form = school.teacher.forges("duty_done", mine.id)
    assert "version 2026-1" in " ".join(form.calls)
    school.teacher.sends(school.teacher.modal(), done_on=str(tuesday(school)))
    school.settled()
    capsys.readouterr()
    assert adopts(school, "2026-1", "# Another text\n") == 2
    assert "A version never changes" in capsys.readouterr().err
    assert adopts(school, "2026-2", "# Social media\n\nTell the headteacher at once.\n") == 0
    assert "+Tell the headteacher at once." in capsys.readouterr().out
    morning(school, tuesday(school) + timedelta(days=1))
    kept = next(task for task in tasks(school) if task.id == mine.id)
    digest = hashlib.sha256(b"# Social media\n\nTell the headteacher.\n").hexdigest()
    assert (kept.state, kept.version, kept.sha256) == ("done", "2026-1", digest)
    again = [task for task in tasks(school) if task.duty == "new_version" and task.person == mine.person]
    assert {task.period: task.state for task in again} == {"2026-1": "done", "2026-2": "open"}


def test_a_reader_sees_first_what_has_changed_since_the_version_that_they_confirmed(
    school: World, capsys: pytest.CaptureFixture[str]
) -> None:
    same = "# Social media\n\nWrite to parents through the school's own accounts alone.\n\n"
    assert adopts(school, "1", same + "- Tell the headteacher on the same day.\n") == 0
    assert adopts(school, "2", same + "- Tell the headteacher within two days.\n- Ask.\n") == 0
    morning(school, tuesday(school))
    (mine,) = [
        task
        for task in tasks(school)
        if task.duty == "new_version" and task.person == school.person_of(school.teacher) and task.period == "2"
    ]
    page = read_page(school, mine)
    assert "What has changed since version 1" in page  # there before they confirmed anything
    school.teacher.forges("duty_done", mine.id)
    school.teacher.sends(school.teacher.modal(), done_on=str(tuesday(school)))
    text = same + "- Tell the safeguarding lead within two days.\n"
    assert adopts(school, "3", text, changes="Everything goes to the safeguarding lead now.") == 0
    assert adopts(school, "4", text + "\nNobody gets into trouble for asking.\n") == 0
    morning(school, tuesday(school) + timedelta(days=1))
    (newest,) = [task for task in tasks(school) if task.person == mine.person and task.period == "4"]
    page = read_page(school, newest)
    assert "What has changed since version 2" in page
    assert "<strong>Before:</strong> Tell the <del>headteacher</del> within two days." in page
    assert "<strong>Now:</strong> Tell the <ins>safeguarding lead</ins> within two days." in page
    assert "<strong>Taken out:</strong> Ask." in page
    assert "<strong>New:</strong> Nobody gets into trouble for asking." in page
    assert page.count("through the school") == 1
    capsys.readouterr()
    assert adopts(school, "5", "%PDF-1.7 a picture of a policy", ".pdf") == 2
    assert "--changes" in capsys.readouterr().err
    assert adopts(school, "5", "%PDF-1.7 a picture of a policy", ".pdf", "Parents are asked, too.") == 0
    morning(school, tuesday(school) + timedelta(days=1))
    (pdf,) = [task for task in tasks(school) if task.person == mine.person and task.period == "5"]
    page = read_page(school, pdf)
    assert "As the school put it: Parents are asked, too." in page
    assert "is a PDF" in page
    link = page.split('class="button go" href="')[1].split('"')[0]
    assert school.browser().get(link).headers["content-type"] == "application/pdf"


# -- after a serious case, with a certificate, and the termly drill


def refreshers(world: World) -> list[Task]:
    return [task for task in tasks(world) if task.duty == "refresher"]


def seen_by(somebody: Somebody) -> str:
    return words(somebody.home()) + " ".join(map(words, somebody.messages()))


def test_a_serious_case_brings_a_debrief_to_somebody_who_knows_of_it_and_is_counted_nowhere(
    school: World, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = school.teacher.reports("pupil_concern", what="He says that he is followed home.", harmed_names="Jo")
    school.settled()
    school.dsl.opens(sent.reference)
    school.dsl.acknowledges(sent.reference)
    school.settled()
    school.dsl.shuts()
    form = school.dsl.presses("close", on=school.dsl.opens(sent.reference))
    assert "serious case that the school should learn from" in words(form)
    school.dsl.sends(form or {}, reason="His mother fetches him now.", serious="yes")
    school.settled()
    (asked,) = refreshers(school)
    assert asked.person == school.person_of(school.dsl)
    assert sent.reference not in asked.period
    school.dsl.shuts()
    morning(school, tuesday(school) + timedelta(days=1))
    assert "serious case" in seen_by(school.dsl)
    assert show_duties(school.settings, as_csv=True) == 0
    assert show_duties(school.settings, as_csv=False) == 0
    assert "serious case" not in capsys.readouterr().out
    morning(school, tuesday(school) + timedelta(days=48))
    assert asked.due_on < tuesday(school)
    assert "Overdue" in seen_by(school.head)
    for other in (school.head, school.teacher, school.phase_lead, school.ict):
        assert "serious case" not in seen_by(other)


def test_the_head_never_learns_that_there_was_a_serious_case_about_them(school: World) -> None:
    chair = Reader(school, school.chair)
    chair.chooses()
    about_the_head(school)
    page = chair.enters(chair.link(school.case().reference))
    chair.presses(page, "acknowledge")
    form = chair.presses(chair.browser.get("/p/c/"), "close")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.text))
    (box,) = re.findall(r'<textarea id="[^"]*" name="([^"]*)"', form.text)
    (choice, _) = re.findall(r'type="radio" name="([^"]*serious[^"]*)"', form.text)
    chair.browser.post("/p/c/answer", data={**hidden, box: "The trust deals with it.", choice: "yes"})
    assert school.settled().case().state == "closed"
    (asked,) = refreshers(school)
    assert asked.person == chair_of(school)
    for later in (1, 48):
        morning(school, tuesday(school) + timedelta(days=later))
        for other in (school.head, school.teacher, school.phase_lead):
            assert "serious case" not in seen_by(other)


def test_a_practice_report_from_the_termly_drill_settles_it_when_somebody_acknowledges(school: World) -> None:
    morning(school, tuesday(school))
    (drill,) = [task for task in tasks(school) if task.duty == "drill"]
    assert drill.person == school.person_of(school.head)
    refused = school.teacher.forges("duty_drill", drill.id)
    assert "There is nothing here for you" in " ".join(refused.calls)
    for _ in range(2):
        said = school.head.forges("duty_drill", drill.id)
        assert "says PRACTICE wherever it is read" in " ".join(said.calls)
    case = school.settled().case()
    assert case.practice
    assert school.leads() == {"dsl"}
    school.dsl.acknowledges(case.reference)
    school.settled()
    (kept,) = [task for task in tasks(school) if task.duty == "drill"]
    assert (kept.state, kept.done_on) == ("done", tuesday(school))


def test_a_school_without_pages_keeps_sealed_where_a_certificate_lies(school: World) -> None:
    chat_alone = {name: value for name, value in (school.env() | school.chats()).items() if name != "LANYARD_URL"}
    school.settings = Settings.read(chat_alone)
    morning(school, tuesday(school))
    training = next(
        task
        for task in tasks(school)
        if task.duty == "staff_training" and task.person == school.person_of(school.teacher)
    )
    school.teacher.forges("duty_done", training.id)
    form = school.teacher.modal()
    assert "Where is the certificate kept?" in words(form)
    school.teacher.sends(form, done_on=str(tuesday(school)), proof="In the blue folder")
    school.settled()
    last = [each for each in school.teacher.messages() if each["text"].startswith("Done:")][-1]
    assert actions(last) == []
    assert school.look(lambda unit: sealed.opened_field(unit, training.id, "proof")) == "In the blue folder"
