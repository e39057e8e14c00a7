"""What the visitor gets by mail: the same words twice, a code that reads, an entry that moves."""

from __future__ import annotations

import email
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image

from central.bookings.letter import Occasion
from central.bookings.mail import AddressError, check_address, mail_for
from tests.central.world import ADVISER, NOW, ORDER, SLOT

if TYPE_CHECKING:
    from central.bookings.issuer import Issued, Issuer
    from central.bookings.kept import Kept
    from tests.central.world import World

TO = "erika@visitor.example"


def book(issuer: Issuer, adviser: bool = False) -> Issued:  # noqa: FBT001, FBT002  (a test's)
    with issuer.store.writing():
        return issuer.book(ADVISER if adviser else ORDER)


def mail(
    world: World,
    kept: Kept,
    code: str | None,
    language: str = "de",
    occasion: Occasion = Occasion.BOOKED,
) -> EmailMessage:
    content = mail_for(kept, world.office, TO, language, occasion, code, now=NOW)
    read = email.message_from_bytes(content, policy=SMTP)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def unwrapped(message: EmailMessage) -> str:
    return " ".join(body(message, "plain").split())


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


def entry(message: EmailMessage) -> Calendar:
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert isinstance(calendar, Calendar)
    assert part.get_param("method") == calendar["METHOD"]
    return calendar


def test_the_mail_says_when_where_what_and_how(world: World, issuer: Issuer) -> None:
    issued = book(issuer)
    message = mail(world, issued.kept, issued.code)
    text = body(message, "plain")
    for words in (
        "Dienstag, 3. März 2026",
        "um 9:10 Uhr",
        "Kommen Sie bitte um 9:00 Uhr.",
        "Unterlagen abgeben",
        "Ihren Ausweis.",
        "Eingangszone, Erdgeschoss",
        "Musterstraße 1",
        "vor die Kamera",
        f"Ihre Kurznummer: {issued.kept.short[:4]} {issued.kept.short[4:]}",
        "Tippen Sie die",
        "0211 555 0123",
        "https://termine.musterstadt.example",
    ):
        assert words in text
    assert message["Subject"] == "Ihr Termin: Dienstag, 3. März 2026, 9:10 Uhr"
    assert (message["To"], message["Content-Language"]) == (TO, "de")
    assert message["From"] == '"Jobcenter Musterstadt, Termine" <termine@musterstadt.example>'


@pytest.mark.parametrize("adviser", [False, True])
@pytest.mark.parametrize("language", ["de", "en"])
def test_text_and_html_say_the_same(
    world: World,
    issuer: Issuer,
    language: str,
    adviser: bool,  # noqa: FBT001  (a test's)
) -> None:
    issued = book(issuer, adviser)
    message = mail(world, issued.kept, issued.code, language)
    html = body(message, "html")
    seen = re.sub(r"<(head)>.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)
    seen = seen.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    said = re.findall(r"\w+", re.sub(r"^\d\. ", "", body(message, "plain"), flags=re.MULTILINE))
    missing = {word.lower() for word in said} - {word.lower() for word in re.findall(r"\w+", seen)}
    assert missing == set()


def test_an_adviser_appointment_says_floor_and_room(world: World, issuer: Issuer) -> None:
    issued = book(issuer, adviser=True)
    for language, room in (("de", "3. Etage, Zimmer 401"), ("en", "3rd floor, room 401")):
        message = mail(world, issued.kept, issued.code, language)
        assert unwrapped(message).count(room) == 2
        assert body(message, "html").count(room) == 2
        assert room.replace(",", "") in str(entry(message).events[0]["LOCATION"]).replace(",", "")
    assert "Nummer brauchen Sie nicht" in unwrapped(mail(world, issued.kept, issued.code))


def test_the_picture_in_the_mail_is_read_by_a_camera(world: World, issuer: Issuer) -> None:
    issued = book(issuer)
    message = mail(world, issued.kept, issued.code)
    (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
    image = Image.open(io.BytesIO(picture.get_content())).convert("L")
    (found,) = zxingcpp.read_barcodes(image)
    assert (found.text, found.ec_level) == (issued.code, "M")
    border = [image.getpixel((x, y)) for x in range(image.width) for y in range(4 * 12)]
    assert set(border) == {255}
    assert picture["Content-ID"][1:-1] in body(message, "html")
    assert picture.get_content_disposition() == "inline"


def test_the_html_fetches_nothing_and_can_be_read_aloud(world: World, issuer: Issuer) -> None:
    issued = book(issuer)
    html = body(mail(world, issued.kept, issued.code), "html")
    assert re.findall(r"""(?:src|href)=["']?(\w+):""", html) == ["cid", "https"]
    assert not re.search(r"<(style|script|link|iframe|form|object)\b|url\(|@import", html)
    assert '<html lang="de">' in html
    spelled = ", ".join(issued.kept.short)
    assert f"Ihre Kurznummer ist {spelled}." in re.findall(r'alt="([^"]*)"', html)[0]
    assert "background:#ffffff" in html.partition("<img")[0].rpartition("<div")[2]


def test_what_stands_in_the_office_file_is_no_html(world: World, issuer: Issuer) -> None:
    issued = book(issuer, adviser=True)
    html = body(mail(world, issued.kept, issued.code), "html")
    assert "Beratung &lt;persönlich&gt; &amp; vertraulich" in html


@pytest.mark.parametrize(
    "address",
    [
        "",
        "erika",
        "erika@",
        "erika@host",
        "erika@visitor.example\nBcc: all@visitor.example",
        "erika@visitor.example\r\n\r\nHello",
        "erika@visitor.example, all@visitor.example",
        "Erika <erika@visitor.example>",
        "erika@müller.example",
        "e\x00rika@visitor.example",
        "erika@visitor.example ",
        "a" * 250 + "@visitor.example",
    ],
)
def test_no_address_adds_a_header_or_a_reader(address: str) -> None:
    with pytest.raises(AddressError) as told:
        check_address(address)
    assert len(address) < 5 or address not in str(told.value)


def test_no_text_of_the_office_adds_a_header(world: World, issuer: Issuer) -> None:
    issued = book(issuer)
    sly = replace(world.office.mail, name="Jobcenter\r\nBcc: all@visitor.example")
    office = replace(world.office, mail=sly)
    with pytest.raises(ValueError, match=r"CR or LF|linefeed"):
        mail_for(issued.kept, office, TO, "de", Occasion.BOOKED, issued.code, now=NOW)


def test_a_mail_passes_through_old_servers(world: World, issuer: Issuer) -> None:
    issued = book(issuer)
    content = mail_for(issued.kept, world.office, TO, "de", Occasion.BOOKED, issued.code, now=NOW)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.replace(b"\r\n", b"").count(b"\n") == 0


@pytest.mark.parametrize(
    "slot",
    [
        datetime(2026, 3, 27, 8, 10, tzinfo=UTC),  # the Friday before the clocks go forward
        datetime(2026, 3, 30, 7, 10, tzinfo=UTC),  # and the Monday after
    ],
)
def test_the_entry_is_right_when_the_clocks_change(
    world: World, issuer: Issuer, slot: datetime
) -> None:
    with issuer.store.writing():
        issued = issuer.book(replace(ORDER, slot=slot))
    message = mail(world, issued.kept, issued.code)
    event = entry(message).events[0]
    assert event.decoded("dtstart") == slot
    assert event.decoded("dtend") == slot + timedelta(minutes=15)
    assert "um 9:10 Uhr" in body(message, "plain")


def test_the_entry_does_not_tell_what_it_is_about(world: World, issuer: Issuer) -> None:
    issued = book(issuer)
    calendar = entry(mail(world, issued.kept, issued.code))
    assert "Unterlagen" not in calendar.to_ical().decode()
    assert calendar["METHOD"] == "PUBLISH"
    assert b"\r\n" in calendar.to_ical()


def test_a_moved_appointment_moves_its_entry(world: World, issuer: Issuer) -> None:
    first = book(issuer)
    second = issuer.move(first.kept.booking.id, SLOT + timedelta(days=1))
    old = entry(mail(world, first.kept, first.code)).events[0]
    message = mail(world, second.kept, second.code, occasion=Occasion.MOVED)
    new = entry(message).events[0]
    assert new["UID"] == old["UID"]
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (0, 1)
    assert "Der alte Code gilt nicht mehr." in unwrapped(message)


@pytest.mark.parametrize(("language", "said"), [("de", "abgesagt"), ("en", "cancelled")])
def test_a_cancellation_takes_the_entry_away(
    world: World, issuer: Issuer, language: str, said: str
) -> None:
    first = book(issuer)
    gone = issuer.cancel(first.kept.booking.id)
    message = mail(world, gone.kept, None, language, Occasion.CANCELLED)
    calendar = entry(message)
    event = calendar.events[0]
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (event["UID"], event["SEQUENCE"]) == (first.kept.entry, 1)
    assert said in message["Subject"]
    for kind in ("plain", "html"):
        assert said in body(message, kind)
        assert first.kept.short[:4] not in body(message, kind)
    assert not [part for part in message.walk() if part.get_content_maintype() == "image"]
