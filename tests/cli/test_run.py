"""`lobby run`, which starts the processes: quick, and otherwise a verb like all others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from appliance.cli import main


def test_it_is_told_among_all_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "run one of the processes" in told
    assert "doctor" in told


def test_it_is_asked_for_as_any_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "printer"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("usage: lobby run ")
    assert "invalid choice: 'printer'" in told


def test_a_process_that_starts_knows_no_other_verb() -> None:
    code = (
        "import sys; from appliance.cli import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: print(*(n for n in sys.modules if n.startswith('appliance.verbs.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert set(done.stdout.splitlines()[-1].split()) == {
        "appliance.verbs.asked",
        "appliance.verbs.run",
    }
