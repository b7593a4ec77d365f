"""The school's official accounts online: each is somebody's, two can get in, and whoever leaves takes no password."""

import io
from contextlib import redirect_stdout
from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot.accounts_command import show_accounts
from bot.school_year import apply_calendar
from bot.staff import apply_people
from bot.staff_list import apply_staff
from storage.models import Task
from tests.test_nudges import at, morning, press, tuesday
from tests.townspeople import Somebody, words
from tests.world import World

TEACHER, OTHER = "t.oyelaran@brambledown.example", "i.pemberton@brambledown.example"
PHASE_LEAD, COMMUNICATIONS = "d.espinosa@brambledown.example", "p.bhatt@brambledown.example"
NAMES = {
    TEACHER: "Tolu Oyelaran",
    OTHER: "Isla Pemberton",
    PHASE_LEAD: "Daniel Espinosa",
    COMMUNICATIONS: "Priya Bhatt",
}


def account(**changed: object) -> str:
    """One [[account]]; a day as a date, people as they stand in the file."""
    said: dict[str, object] = {
        "id": "brambledown-page",
        "service": "Facebook",
        "name": "Brambledown Primary School",
        "school": "brambledown",
        "owner": "social-media",
        "administrators": ["social-media", TEACHER],
        **changed,
    }
    lines = (f"{name} = {value if isinstance(value, date) else repr(value)}" for name, value in said.items())
    return "\n[[account]]\n" + "\n".join(lines) + "\n"


def applies(world: World, *accounts: str) -> tuple[int, str]:
    """`lanyard people apply` with these accounts in the file, and what it says."""
    file = world.folder / "school.toml"
    file.write_text(world.school.partition("[[account]]")[0] + "".join(accounts))
    with redirect_stdout(io.StringIO()) as said:
        code = apply_people(world.settings, file, world.clock.file, yes=True)
    world.settled()
    return code, said.getvalue()


def lists(world: World, **leaves: date) -> None:
    """The list of staff; somebody named with a day leaves then, with none they are not on it."""
    rows = [f"{email},{name},{leaves.get(name.split()[0], '')}" for email, name in NAMES.items()]
    kept = [row for row in rows if not row.endswith(str(date.min))]
    file = world.folder / "staff.csv"
    file.write_text("email,name,leaves\n" + "\n".join(kept) + "\n")
    with redirect_stdout(io.StringIO()) as said:
        assert apply_staff(world.settings, file, yes=True) == 0, said.getvalue()


@pytest.fixture
def school(world: World) -> World:
    """The school on the first Monday of a term, with its staff on a list."""
    monday = tuesday(world) + timedelta(days=13)
    calendar = world.folder / "calendar.toml"
    calendar.write_text(f'[[term]]\nname = "Autumn"\nfirst = {monday}\nlast = {monday + timedelta(days=88)}\n')
    lists(world)
    with redirect_stdout(io.StringIO()) as said:
        assert apply_calendar(world.settings, calendar, "brambledown", yes=True) == 0, said.getvalue()
    world.clock.reaches(at(monday, 7, 30))
    world.settled()
    return world


def asked(world: World, somebody: Somebody) -> list[str]:
    """What somebody is asked about accounts, and still open."""
    person = world.person_of(somebody)
    rows: list[Task] = world.rows(select(Task))
    mine = [row for row in rows if row.person == person and row.state == "open"]
    return sorted(row.duty for row in mine if row.period.startswith("account "))


def test_an_account_is_closed_and_evaluated_by_its_owner_a_month_ahead(school: World) -> None:
    monday = tuesday(school)
    closes, evaluate = monday + timedelta(days=40), monday + timedelta(days=20)
    code, said = applies(school, account(closes=closes, evaluate=evaluate))
    assert code == 0
    assert "Official account: Brambledown Primary School (Facebook)" in said
    assert "Tolu Oyelaran is administrator" in said
    morning(school, monday)
    assert asked(school, school.communications) == ["account_evaluation", "account_privacy"]
    assert asked(school, school.teacher) == []
    morning(school, monday + timedelta(days=10))
    assert "account_closing" in asked(school, school.communications)
    seen = words(school.communications.home())
    assert "Brambledown Primary School (Facebook)" in seen
    later = closes + timedelta(days=28)
    applies(school, account(closes=later, evaluate=evaluate))
    morning(school, monday + timedelta(days=11))
    assert "account_closing" not in asked(school, school.communications)  # a new day: nobody is asked about the old one
    assert "closes on" in words(school.head.home())
    code, said = applies(school)
    assert "no longer in the file" in said
    morning(school, monday + timedelta(days=14))
    assert asked(school, school.communications) == []


def test_whoever_posts_for_the_school_is_trained_before(school: World) -> None:
    applies(school, account(posters=[OTHER]))
    morning(school, tuesday(school))
    rows: list[Task] = school.rows(select(Task).where(Task.duty == "posters_training"))
    assert [row.person for row in rows] == [school.person_of(school.other_teacher)]


def test_whoever_leaves_leaves_no_password_behind_and_the_others_are_told_to_change_it(school: World) -> None:
    monday = tuesday(school)
    applies(school, account())
    lists(school, Tolu=monday + timedelta(days=1))
    morning(school, monday)
    assert "account_departure" not in asked(school, school.communications)
    morning(school, monday + timedelta(days=1))
    assert "account_departure" in asked(school, school.communications)
    assert asked(school, school.teacher) == []
    assert "Tolu Oyelaran, until" in words(school.communications.home())
    # From the next day on one person alone can get in.
    assert "account_short" not in asked(school, school.communications)
    morning(school, monday + timedelta(days=2))
    assert "account_short" in asked(school, school.communications)
    assert "fewer than two administrators" in words(school.head.home())
    applies(school, account(administrators=["social-media", OTHER]))
    morning(school, monday + timedelta(days=3))
    assert asked(school, school.communications) == ["account_departure", "account_privacy"]
    assert "account_departure" not in asked(school, school.other_teacher)


def test_whoever_goes_off_the_list_and_whoever_is_taken_out_of_the_file_is_a_leaver_too(school: World) -> None:
    monday = tuesday(school)
    three = ["social-media", TEACHER, OTHER]
    applies(school, account(administrators=three))
    morning(school, monday)
    lists(school, Tolu=date.min)
    morning(school, monday + timedelta(days=1))
    assert asked(school, school.communications) == ["account_departure", "account_privacy"]
    assert asked(school, school.other_teacher) == ["account_departure"]
    applies(school, account(administrators=["social-media", TEACHER]))
    morning(school, monday + timedelta(days=2))
    # Isla may get in no more, and is asked to change nothing.
    assert asked(school, school.other_teacher) == []
    assert asked(school, school.communications).count("account_departure") == 2


def test_an_account_that_nobody_owns_any_more_is_the_heads_to_give_to_somebody(school: World) -> None:
    monday = tuesday(school)
    _, said = applies(school, account(owner=TEACHER, administrators=[TEACHER]))
    assert "give at least 2 administrators" in said
    morning(school, monday)
    assert asked(school, school.teacher) == ["account_privacy", "account_short"]
    lists(school, Tolu=monday)
    morning(school, monday + timedelta(days=1))
    assert asked(school, school.teacher) == []
    assert asked(school, school.head) == ["account_departure", "account_privacy", "account_short"]
    assert "nobody owns it" in words(school.head.home())


def test_done_keeps_what_was_done_for_which_account_and_somebody_who_marries_keeps_their_accounts(
    school: World, capsys: pytest.CaptureFixture[str]
) -> None:
    applies(school, account(), account(id="brambledown-choir", name="Brambledown Choir", service="YouTube"))
    morning(school, tuesday(school))
    assert asked(school, school.communications) == ["account_privacy"] * 2
    form = press(school.communications, "duty_done")
    school.communications.sends(form, done_on=str(tuesday(school)))
    school.settled()
    school.school = school.school.replace('name = "Priya Bhatt"', 'name = "Priya Lowther"')
    applies(school, account(), account(id="brambledown-choir", name="Brambledown Choir", service="YouTube"))
    capsys.readouterr()
    assert show_accounts(school.settings) == 0
    register = capsys.readouterr().out
    assert register.count("Owner: Priya Lowther") == 2
    assert "Brambledown Choir (YouTube), Brambledown Primary School" in register
    assert school.ledger_is_whole()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"owner": "nobody-here"}, "'nobody-here' is neither a person's id in this file nor an e-mail address"),
        ({"school": "elsewhere"}, "there is no school 'elsewhere' in this file"),
        ({"opens": date(2026, 9, 2), "closes": date(2026, 9, 1)}, "it closes before it opens"),
        ({"password": "x"}, "account.0.password: Extra inputs are not permitted"),
    ],
)
def test_a_register_that_cannot_be_right_is_refused_whole(
    school: World, wrong: dict[str, object], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert applies(school, account(**wrong))[0] == 2
    assert said in capsys.readouterr().err
