"""The door that a link in an e-mail leads to: looking at it changes nothing, and a passphrase opens it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from handlers.web.front import Front
from handlers.web.posted import COOKIE, fields, one
from workflows import doors, passphrases
from workflows.refusals import Refused


class DoorPages:
    """Open a link, choose a passphrase, sign in, ask for a fresh link."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def show(self, request: Request) -> Response:
        """One page with one button, the same for any token: mail scanners look at links before people do."""
        return await self._front.show("door", token=_token(request))

    async def back(self, request: Request) -> Response:
        """Somebody reloaded a step of the door: to its beginning."""
        return RedirectResponse(f"/p/l/{_token(request)}", 303)

    async def open(self, request: Request) -> Response:
        """What is behind the button: choosing a passphrase, or giving it."""
        await fields(request)
        try:
            doorway = await self._front.look(doors.behind, _token(request))
        except Refused:
            return await self._gone(request)
        if doorway.purpose == "invite":
            return await self._front.show("choose", token=_token(request), problem="")
        if not doorway.has_passphrase:
            return await self._front.show("uninvited")
        return await self._ask(request, doorway.purpose, "shut" if doorway.shut else "")

    async def choose(self, request: Request) -> Response:
        """Keep the passphrase that was chosen, or say what is wrong with it."""
        posted, token = await fields(request), _token(request)
        words = one(posted, "passphrase")
        problem = passphrases.wrong_with(words, one(posted, "again"))
        if problem:
            return await self._front.show("choose", 422, token=token, problem=problem)
        salt = passphrases.salt()
        try:
            await self._front.look(doors.behind, token)
            stretched = await self._front.grind(passphrases.stretch, words, salt)
            await self._front.run(doors.choose, token, salt, stretched)
        except Refused:
            return await self._gone(request)
        return await self._front.show("chosen")

    async def sign_in(self, request: Request) -> Response:
        """Try a passphrase; the answer takes as long whether one was ever chosen or not."""
        posted, token = await fields(request), _token(request)
        try:
            purpose, salt = await self._front.look(doors.salt_for, token)
        except Refused:
            return await self._gone(request)
        # Longer words than anybody may choose cannot be right, and would only keep us busy.
        words = one(posted, "passphrase")[: 4 * passphrases.LONGEST]
        stretched = await self._front.grind(passphrases.stretch, words, salt)
        answer = await self._front.run(doors.sign_in, token, stretched)
        if answer.outcome == "gone":
            return await self._gone(request)
        if answer.outcome != "in":
            return await self._ask(request, purpose, answer.outcome, answer.tries_left)
        return self._let_in(answer.session)

    async def send_again(self, request: Request) -> Response:
        """Ask for a fresh link; the answer is the same whatever the old one was."""
        await fields(request)
        await self._front.run(doors.send_again, _token(request))
        return await self._front.show("resent")

    async def _ask(self, request: Request, purpose: str, problem: str, tries_left: int = 0) -> Response:
        status = {"": 200, "wrong": 422, "shut": 429}[problem]
        shown = {"token": _token(request), "purpose": purpose, "problem": problem, "tries_left": tries_left}
        return await self._front.show("signin", status, **shown)

    async def _gone(self, request: Request) -> Response:
        return await self._front.show("gone", 410, again=_token(request))

    def _let_in(self, session: str) -> Response:
        return self._front.let_in(COOKIE, session, "/p/c/", within="/p/")


def _token(request: Request) -> str:
    return str(request.path_params["token"])
