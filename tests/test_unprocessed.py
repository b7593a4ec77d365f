"""What something unexpected stopped is kept, told to the operator by its kind, and sent on once the cause is gone."""

import io
from contextlib import redirect_stdout

from sqlalchemy import create_engine, text
from sqlmodel import select

from bot.errands import retry_unprocessed
from storage.models import Case, Unprocessed
from tests.townspeople import words
from tests.world import World

STORY = "the marmalade was under his desk"
BROKEN = {
    "sqlite": (
        "create trigger out_of_order before insert on cases begin select raise(abort, 'out of order'); end",
        "drop trigger out_of_order",
    ),
    "postgresql": (
        "alter table cases add constraint out_of_order check (false) not valid",
        "alter table cases drop constraint out_of_order",
    ),
}


def does(world: World, sql: str) -> None:
    engine = create_engine(world.database)
    with engine.begin() as connection:
        connection.execute(text(sql))
    engine.dispose()


def tried_again(world: World) -> tuple[int, str]:
    with redirect_stdout(io.StringIO()) as said:
        code = retry_unprocessed(world.settings)
    return code, said.getvalue()


def test_a_report_that_something_unexpected_stopped_is_kept_and_goes_through_once_that_is_mended(world: World) -> None:
    breaks, mends = BROKEN[world.database.partition("+")[0].partition(":")[0]]
    does(world, breaks)
    shown = words(world.teacher.reports("pupil_concern", what=STORY, harmed_names="Jo Bloggs").receipt)
    assert "what you sent is kept" in shown
    assert "phone somebody now" in shown
    (kept,) = world.rows(select(Unprocessed))
    code, said = tried_again(world)
    assert code == 1
    assert f"stopped by {kept.fault}: kept, and stopped again" in said
    assert "0 went through, 1 did not." in said
    assert STORY not in said
    does(world, mends)
    assert tried_again(world) == (0, "1 went through, 0 did not.\n")
    assert tried_again(world) == (0, "Nothing is waiting.\n")
    assert len(world.rows(select(Case))) == 1
    assert world.ledger_is_whole()
