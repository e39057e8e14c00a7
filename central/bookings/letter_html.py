"""A letter as HTML: inline styles, nothing fetched from anywhere, readable by screen readers.

Mail programs differ from browsers: many drop `<style>`, all but a few block what is remote, some
turn colours round at night. So every style stands in its element, the only picture travels in the
mail, and the code lies in a white box of its own. Tables are for facts, not for layout.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from central.bookings.letter import Code, Letter

_TEXT = "font-family:Arial,Helvetica,sans-serif;font-size:17px;line-height:1.5;color:#1a1a1a"
_BODY = f"margin:0;padding:0;background:#eef1f4;{_TEXT}"
_SHEET = "max-width:600px;margin:0 auto;padding:28px 20px 36px;background:#ffffff"
_OFFICE = "margin:0 0 20px;font-size:15px;color:#4a5560"
_H1 = "margin:0 0 8px;font-size:28px;line-height:1.25;font-weight:bold;color:#12304f"
_H2 = "margin:32px 0 8px;font-size:20px;line-height:1.3;font-weight:bold;color:#12304f"
_P = "margin:0 0 12px"
_TABLE = "margin:20px 0 0;border-collapse:collapse;width:100%;border-top:2px solid #12304f"
_LABEL = (
    "padding:11px 12px 10px 0;text-align:left;vertical-align:top;font-weight:normal;"
    "font-size:15px;color:#4a5560;width:84px;border-bottom:1px solid #d3dae1"
)
_VALUE = "padding:10px 0;vertical-align:top;border-bottom:1px solid #d3dae1"
_BOX = "margin:12px 0 0;padding:0;background:#ffffff;color:#000000;text-align:center"
_PICTURE = "display:block;margin:0 auto;width:{side}px;max-width:100%;height:auto;border:0"
_SHORT = (
    "margin:0;font-family:'Courier New',Courier,monospace;font-size:34px;line-height:1.2;"
    "font-weight:bold;letter-spacing:3px;color:#000000"
)
_STEP = "margin:0 0 8px"
_LINK = "color:#0b4f8a"
_SMALL = "margin:12px 0 0;font-size:14px;color:#4a5560"


class Picture(NamedTuple):
    """The code's picture: the id of its part of the mail, and its width in CSS pixels."""

    content_id: str
    side_px: int


def as_html(letter: Letter, picture: Picture) -> str:
    """Set a letter.

    Args:
        letter: Its content.
        picture: Of the code, if there is one.
    """
    words = {key: escape(text) for key, text in letter.words.entries.items()}
    parts = [
        f'<p style="{_OFFICE}">{escape(letter.office)}</p>',
        f'<h1 style="{_H1}">{escape(letter.heading)}</h1>',
        f'<p style="{_P}">{escape(letter.lead)}</p>',
        _facts(letter),
    ]
    if letter.code is None:
        link = f"{words['cancelled.next']}<br>{_link(letter.page)}"
        parts.append(f'<p style="margin:24px 0 0">{link}</p>')
    else:
        parts += _how_to(letter, letter.code, words, picture)
    questions = "<br>".join(_with_links(line, letter.page) for line in letter.questions)
    parts += [
        f'<h2 style="{_H2}">{escape(letter.ask)}</h2>',
        f'<p style="{_P}">{questions}</p>',
        f'<p style="{_SMALL}">{words["closing.privacy"]}</p>',
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(letter.language)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light">\n'
        f"<title>{escape(letter.subject)}</title>\n</head>\n"
        f'<body style="{_BODY}">\n<div role="article" style="{_SHEET}">\n'
        + "\n".join(parts)
        + "\n</div>\n</body>\n</html>\n"
    )


def _facts(letter: Letter) -> str:
    rows = []
    for n, (label, lines) in enumerate(letter.facts):
        # When it is stands out as a whole; of the others the first line does.
        size_px, strong = (20, len(lines)) if n == 0 else (17, 1)
        style = f"font-size:{size_px}px;font-weight:bold"
        bold, rest = "<br>".join(map(escape, lines[:strong])), map(escape, lines[strong:])
        value = "<br>".join([f'<span style="{style}">{bold}</span>', *rest])
        rows.append(
            f'<tr><th scope="row" style="{_LABEL}">{escape(label)}</th>'
            f'<td style="{_VALUE}">{value}</td></tr>'
        )
    return f'<table style="{_TABLE}">\n' + "\n".join(rows) + "\n</table>"


def _how_to(letter: Letter, code: Code, words: Mapping[str, str], picture: Picture) -> list[str]:
    side = picture.side_px
    steps = "\n".join(f'<li style="{_STEP}">{escape(step)}</li>' for step in letter.steps)
    alt, style = escape(code.picture), _PICTURE.format(side=side)
    box = [
        f'<div style="{_BOX}">',
        f'<img src="cid:{picture.content_id}" alt="{alt}" width="{side}" style="{style}">',
        f'<p style="margin:4px 0 0;color:#000000">{words["code.short"]}</p>',
        f'<p style="{_SHORT}">{escape(code.short)}</p>',
        "</div>",
    ]
    return [
        f'<h2 style="{_H2}">{words["code.heading"]}</h2>',
        *box,
        f'<h2 style="{_H2}">{words["steps.heading"]}</h2>',
        f'<ol style="margin:0;padding:0 0 0 24px">\n{steps}\n</ol>',
        f'<p style="margin:20px 0 0">{words["code.without"]}</p>',
        f'<p style="margin:12px 0 0">{words["code.paper"]} {words["code.keep"]}</p>',
    ]


def _with_links(line: str, page: str) -> str:
    return escape(line).replace(escape(page), _link(page))


def _link(page: str) -> str:
    return f'<a href="{escape(page)}" style="{_LINK}">{escape(page)}</a>'
