"""The case, or the appointment, for somebody who is signed in: read it, do what its buttons say, leave."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from handlers.web import surface
from handlers.web.front import FAULTS, STATUS, Front
from handlers.web.posted import COOKIE, fields, insist_on_mark, mark, one
from templates.shapes import Answers, Card, Form
from workflows import doors
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.visits import Visit

Posted = dict[str, list[str]]


class CasePages:
    """Everything that one session may do with its one case, or its one appointment."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def show(self, request: Request) -> Response:
        """The case as this person may see it; the desk records that it was opened."""
        visit = await self._visit(request)
        opening = "office" if visit.purpose == "office" else "open"
        result = await self._front.desk.press(opening, visit.case, _who(visit))
        return await self._render(request, result, home=True, office=opening == "office")

    async def back(self, request: Request) -> Response:
        """Somebody reloaded an answer: to the case."""
        return RedirectResponse("/p/c/", 303)

    async def press(self, request: Request) -> Response:
        """One of the card's buttons, always about the session's own case."""
        visit = await self._visit(request)
        posted = await fields(request)
        insist_on_mark(posted, _cookie(request))
        action = one(posted, "action")
        if action not in (surface.ANSWERS if visit.purpose == "office" else surface.ACTIONS):
            raise HTTPException(404)
        result = await self._front.desk.press(action, visit.case, _who(visit))
        return await self._render(request, result, action=action, office=visit.purpose == "office")

    async def answer(self, request: Request) -> Response:
        """A form that was filled in: what it led to, or the same form with its words and what to mend."""
        posted = await fields(request)
        try:
            visit = await self._visit(request)
        except Refused:
            return await self._front.show("out", 403, ended=True, written=surface.written(posted))
        insist_on_mark(posted, _cookie(request))
        # Whoever holds the cookie can work out a mark for anything: a session still writes on its own case alone.
        if one(posted, "step") not in surface.ACTIONS or one(posted, "token") != visit.case:
            raise HTTPException(403)
        typed, who = surface.answers(posted), _who(visit)
        try:
            result = await self._front.desk.answer(one(posted, "step"), one(posted, "token"), typed, who)
        except BadAnswers as bad:
            return await self._mend(request, posted, visit, bad)
        except tuple(FAULTS) as fault:
            return await self._keep(posted, FAULTS[type(fault)])
        return await self._render(request, result, action=one(posted, "action"))

    async def sign_out(self, request: Request) -> Response:
        """Leave, here and now."""
        posted = await fields(request)
        insist_on_mark(posted, _cookie(request))
        await self._front.run(doors.sign_out, _cookie(request))
        response = await self._front.show("out", ended=False)
        response.delete_cookie(COOKIE, path="/p/", httponly=True, samesite="strict")
        return response

    async def _mend(self, request: Request, posted: Posted, visit: Visit, bad: BadAnswers) -> Response:
        action = one(posted, "action")
        if action not in surface.ACTIONS:
            raise HTTPException(404)
        form = await self._front.desk.press(action, visit.case, _who(visit))
        if not isinstance(form, Form):
            return await self._render(request, form, action=action)
        return await self._ask(request, form, surface.answers(posted), bad.problems, action)

    async def _keep(self, posted: Posted, fault: str) -> Response:
        """It could not be kept: say so, and leave what was typed in the page, ready to be sent again."""
        return await self._front.show(
            "again",
            STATUS[fault],
            card=await self._front.desk.sorry(fault),
            mark=one(posted, "mark"),
            posted={name: values for name, values in posted.items() if name != "mark"},
        )

    async def _render(
        self,
        request: Request,
        result: Form | Card | None,
        *,
        action: str = "",
        home: bool = False,
        office: bool = False,
    ) -> Response:
        if result is None:
            return RedirectResponse("/p/c/", 303)
        if isinstance(result, Form):
            return await self._ask(request, result, {}, {}, action)
        shown: dict[str, Any] = {"card": result, "buttons": surface.pressable(result), "home": home, "office": office}
        return await self._front.show("case", mark=mark(_cookie(request)), **shown)

    async def _ask(
        self, request: Request, form: Form, typed: Answers, problems: dict[str, str], action: str
    ) -> Response:
        return await self._front.show(
            "form",
            422 if problems else 200,
            form=form,
            boxes=surface.boxes(form, typed, problems),
            problems=problems,
            action=action,
            mark=mark(_cookie(request), form.id, form.token),
        )

    async def _visit(self, request: Request) -> Visit:
        visit: Visit = await self._front.look(doors.visit, _cookie(request))
        return visit


def _cookie(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _who(visit: Visit) -> Who:
    return Who("person", "", visit.person)
