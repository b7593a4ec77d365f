"""Screenshots come from Slack's own host or not at all, and are what their bytes say."""

import gzip
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from PIL import Image
from yarl import URL

from handlers.fetchers import LARGEST, Fetcher, Unfetched, media
from handlers.slack.files import places
from tests.slack_door import TOKEN, Door, door


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, kind)
    return out.getvalue()


PNG = picture("PNG")


@pytest.fixture
async def school() -> AsyncIterator[Door]:
    async with door() as opened:
        yield opened


def lies(school: Door, content: bytes, *, status: int = 200, **more: Any) -> None:
    """Slack has a file F1 with this content."""
    headers = {"Content-Type": more.pop("media", "image/png"), **more.pop("headers", {})}
    school.api.files["F1"] = lambda _: web.Response(body=content, status=status, headers=headers)
    told = {"id": "F1", "size": len(content), "url_private_download": f"{base(school)}/files/F1", **more}
    school.api.says["files.info"] = lambda _: {"file": told}


def base(school: Door) -> str:
    return school.slack.client.base_url.removesuffix("/api/")


async def refused(school: Door) -> Unfetched:
    fetcher: Fetcher = school.slack.files
    with pytest.raises(Unfetched) as no:
        await fetcher.fetch("F1")
    return no.value


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_a_screenshot_comes_as_it_was_with_what_it_is(school: Door, kind: str) -> None:
    lies(school, picture(kind), media="application/octet-stream")
    fetched = await school.slack.files.fetch("F1")
    assert (fetched.content, fetched.media) == (picture(kind), f"image/{kind.lower()}")
    assert school.api.requested[-1].headers["Authorization"] == f"Bearer {TOKEN}"
    assert picture(kind)[:8] not in repr(fetched).encode()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files/F1",
        "http://127.0.0.1:1/files/F1",
        "//127.0.0.1/files/F1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[::1",
        "",
        None,
        "http://localhost:{port}/files/F1",
        "https://127.0.0.1:{port}/files/F1",
        "http://user:secret@127.0.0.1:{port}/files/F1",
        "http://127.0.0.1:{port}@evil.example/files/F1",
        "http://127.0.0.1.evil.example:{port}/files/F1",
        "http://127.0.0.1:{port}\\@evil.example/files/F1",
    ],
)
async def test_the_token_goes_to_no_other_host(school: Door, url: str | None) -> None:
    port = str(URL(base(school)).port)
    lies(school, PNG, url_private_download=url and url.replace("{port}", port), url_private="")
    assert (await refused(school)).reason == "place"
    assert [request.path for request in school.api.requested] == ["/api/files.info"]


async def test_slacks_own_host_follows_from_the_web_apis_address() -> None:
    assert places(URL("https://slack.com/api/")) == {
        ("https", "slack.com", 443),
        ("https", "files.slack.com", 443),
    }
    assert places(URL("http://127.0.0.1:8080/api/")) == {("http", "127.0.0.1", 8080)}


async def test_a_redirect_is_not_followed(school: Door) -> None:
    lies(school, b"", status=302, headers={"Location": f"{base(school)}/files/F2"})
    school.api.files["F2"] = lambda _: web.Response(body=PNG)
    no = await refused(school)
    assert (no.reason, no.final) == ("barred", True)
    assert len(school.api.requested) == 2


@pytest.mark.parametrize("media_said", ["text/html", "text/html; charset=utf-8", "image/png"])
async def test_slacks_login_page_is_not_taken_for_a_picture(school: Door, media_said: str) -> None:
    lies(school, b"\n <!DOCTYPE html><html>Sign in</html>", media=media_said)
    assert (await refused(school)).reason == "barred"


async def test_any_page_in_a_pictures_stead_means_that_we_may_not_read_it(school: Door) -> None:
    lies(school, b"Please sign in", media="text/html")
    assert (await refused(school)).reason == "barred"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"%PDF-1.7 ",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" + b"\x00" * 600,
        b"PK\x03\x04" + b"\x00" * 600,
        b"II*\x00" + b"\x00" * 600,
        b"RIFF\x00\x00\x00\x00WAVEfmt " + b"\x00" * 600,
        b"\x00\x00\x00\x18ftypheic" + b"\x00" * 600,
        b"%!PS-Adobe-3.0 EPSF-3.0",
    ],
)
async def test_what_is_no_picture_is_not_taken_whatever_it_is_called(school: Door, content: bytes) -> None:
    lies(school, content, name="screenshot.png", mimetype="image/png")
    no = await refused(school)
    assert (no.reason, no.final) == ("kind", True)


async def test_a_page_behind_a_pictures_first_bytes_is_only_ever_a_picture() -> None:
    assert media(PNG + b"<html><script>") == "image/png"


async def test_a_file_too_large_is_not_even_asked_for(school: Door) -> None:
    lies(school, PNG, size=LARGEST + 1)
    assert (await refused(school)).reason == "size"
    assert len(school.api.requested) == 1


async def test_a_file_that_lied_about_its_size_is_dropped_on_the_way(school: Door) -> None:
    sent = [0]

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "image/png"})
        await answer.prepare(request)
        for _ in range(400):
            await answer.write(PNG + b"\x00" * 100_000)
            sent[0] += 100_000
        return answer

    lies(school, PNG)
    school.api.files["F1"] = endless
    assert (await refused(school)).reason == "size"
    assert sent[0] < 3 * LARGEST


async def test_a_small_file_that_unpacks_to_a_huge_one_is_dropped_too(school: Door) -> None:
    packed = gzip.compress(b"\x00" * (LARGEST * 3))
    lies(school, packed, headers={"Content-Encoding": "gzip"})
    assert (await refused(school)).reason == "size"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("file_not_found", "gone"),
        ("file_deleted", "gone"),
        ("not_visible", "barred"),
        ("missing_scope", "barred"),
        ("fatal_error", "later"),
        ("ratelimited", "later"),
        (lambda _: {"file": {"mode": "tombstone"}}, "gone"),
        (lambda _: {"file": None}, "place"),
    ],
)
async def test_what_slack_says_of_a_file_decides_whether_to_ask_again(school: Door, said: Any, reason: str) -> None:
    school.api.says["files.info"] = said
    no = await refused(school)
    assert (no.reason, no.final) == (reason, reason != "later")


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "gone"), (403, "barred"), (401, "barred"), (429, "later"), (500, "later")]
)
async def test_a_download_refused_is_asked_for_again_only_when_that_may_help(
    school: Door, status: int, reason: str
) -> None:
    lies(school, b"", status=status, headers={"Retry-After": "30"})
    no = await refused(school)
    assert no.reason == reason
    assert no.retry_after == 30


async def test_a_line_that_drops_is_tried_again_later_and_names_no_file(school: Door) -> None:
    async def drop(request: web.Request) -> web.StreamResponse:
        assert request.transport
        request.transport.abort()
        return web.Response()

    lies(school, PNG, name="canary.png")
    school.api.files["F1"] = drop
    no = await refused(school)
    assert (no.reason, str(no)) == ("later", "later")
