"""What a member of staff without chat has to do: one page where they read about it, and say that it is done."""

from collections.abc import Mapping
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from handlers.web.front import Front
from handlers.web.posted import fields, one
from storage.unit import Unit
from templates.shapes import Message
from workflows import certificates, doors, tasks
from workflows.calendar import day_of
from workflows.people import Who
from workflows.refusals import BadAnswers
from workflows.rules import Rules
from workflows.tasked import adds_certificate


class TaskPages:
    """One task by its link; looking at it changes nothing: mail scanners look at links before people do."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def show(self, request: Request) -> Response:
        token = str(request.path_params["token"])
        return await self._page(token, await self._looked(token))

    async def answer(self, request: Request) -> Response:
        """Keep that it is done, or that they cannot; a wrong day is asked for again."""
        token, posted = str(request.path_params["token"]), await fields(request)
        act = "cannot" if one(posted, "act") == "cannot" else "done"
        try:
            given = {box: one(posted, box) for box in ("done_on", "proof")}
            said, certificate = await self._front.desk.run(answered, token, act, given)
        except BadAnswers:
            return await self._page(token, await self._looked(token), problem=True)
        if certificate:
            return RedirectResponse(f"/p/k/{certificate}", 303)
        return await self._front.show("said", card=self._front.desk.say(said))

    async def _looked(self, token: str) -> tuple[Message, str, date]:
        found: tuple[Message, str, date] = await self._front.desk.look(shown, self._front.desk.rules, token)
        return found

    async def _page(self, token: str, found: tuple[Message, str, date], *, problem: bool = False) -> Response:
        message, state, today = found
        card = self._front.desk.say(message)
        status = 422 if problem else 200
        done = str(message.values["done"])
        asks = {"certificate": message.values["certificate"], "may_say_no": message.values["may_say_no"]}
        stands = {"open": state == "open", "today": str(today), "problem": problem}
        return await self._front.show("task", status, token=token, card=card, done=done, **asks, **stands)


def shown(unit: Unit, rules: Rules, token: str) -> tuple[Message, str, date]:
    id, person = doors.task_for(unit, token)
    task = tasks.own(unit, id, Who("person", "", person))
    return tasks.material(unit, rules, task), task.state, day_of(unit.now)


def answered(unit: Unit, rules: Rules, token: str, act: str, given: Mapping[str, str]) -> tuple[Message, str]:
    """What is to be said, and a link to where the certificate is added, "" where there is none to add."""
    task, person = doors.task_for(unit, token)
    who = Who("person", "", person)
    if act == "cannot":
        return tasks.cannot(unit, rules, task, who), ""
    said, done = tasks.finish(unit, rules, task, given, who), tasks.own(unit, task, who)
    return said, certificates.link_for(unit, done) if adds_certificate(rules, done) else ""
