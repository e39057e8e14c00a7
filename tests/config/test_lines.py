from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from appliance.config.lines import line_numbers


def test_every_key_stands_where_it_is_written() -> None:
    text = """\
# A comment
[printer] # and another
host = "a"

[[service]]
code = "A10"
[[service]]
code = "B20"
text = { de = "x", en = "y" }
[service.redirect]
de = "[not.a.section]"
[site]
a.b = 1
"quoted key" = 1
"""
    assert line_numbers(text) == {
        "printer": 2,
        "printer.host": 3,
        "service[1]": 5,
        "service[1].code": 6,
        "service[2]": 7,
        "service[2].code": 8,
        "service[2].text": 9,
        "service[2].text.de": 9,
        "service[2].text.en": 9,
        "service[2].redirect": 10,
        "service[2].redirect.de": 11,
        "site": 12,
        "site.a": 13,
        "site.a.b": 13,
        'site."quoted key"': 14,
    }


def test_a_value_of_many_lines_stands_where_it_begins() -> None:
    text = '''\
[counter]
services = [
  "A10",
  # [counter]
  "B20",
]
note = """
[printer]
host = 1
"""
place = ""
'''
    assert line_numbers(text) == {
        "counter": 1,
        "counter.services": 2,
        "counter.note": 7,
        "counter.place": 11,
    }


def test_lines_of_windows_count_once() -> None:
    assert line_numbers("[a]\r\nb = 1\r\n") == {"a": 1, "a.b": 2}


def test_a_list_of_thousands_of_lines_is_not_waited_for() -> None:
    text = "[a]\nlong = [\n" + "1,\n" * 60_000 + "]\nlast = 1\n"
    tomllib.loads(text)
    assert line_numbers(text) == {"a": 1}


names = st.text("abc", min_size=1, max_size=2)


@given(st.lists(st.tuples(names, st.lists(names, unique=True, max_size=3)), max_size=6))
def test_the_line_of_a_key_holds_it(sections: list[tuple[str, list[str]]]) -> None:
    text = "".join(
        f"[[{name}]]\n" + "".join(f"{key} = 1\n" for key in keys) for name, keys in sections
    )
    lines = text.splitlines()
    tomllib.loads(text)
    found = line_numbers(text)
    assert len(found) == len(lines)
    for key, number in found.items():
        assert lines[number - 1].strip("[]").startswith(key.split(".")[-1].split("[")[0])
