"""What must be heard now: sent until somebody takes it, and never when it is too old."""

from __future__ import annotations

from appliance.bus.courier import AGAIN_S, PATIENCE_S, Courier
from appliance.bus.link import Acknowledged, Connected, Disconnected


class Post:
    """A courier, its clock, and what it sent."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.up = True
        self.sent: list[bytes] = []
        self.courier = Courier(self._send, lambda: self.now_s)

    def after(self, seconds: float) -> None:
        self.now_s += seconds
        self.courier.go_round()

    def _send(self, _topic: str, payload: bytes) -> int:
        if not self.up:
            return 0
        self.sent.append(payload)
        return len(self.sent)


def test_message_that_was_heard_is_sent_once() -> None:
    post = Post()
    post.courier.post("scan", b"a", keep_s=5)
    post.courier.hear(Acknowledged(1, heard=True))
    post.after(PATIENCE_S)
    assert post.sent == [b"a"]


def test_message_that_nobody_heard_is_sent_again() -> None:
    post = Post()
    post.courier.post("scan", b"a", keep_s=5)
    post.courier.hear(Acknowledged(1, heard=False))
    post.after(AGAIN_S)
    post.courier.hear(Acknowledged(2, heard=True))
    post.after(PATIENCE_S)
    assert post.sent == [b"a", b"a"]


def test_message_without_any_acknowledgement_is_sent_again() -> None:
    post = Post()
    post.courier.post("scan", b"a", keep_s=5)
    post.after(PATIENCE_S / 2)
    assert post.sent == [b"a"]
    post.after(PATIENCE_S / 2)
    assert post.sent == [b"a", b"a"]


def test_message_waits_for_the_connection_and_goes_at_once_when_it_is_back() -> None:
    post = Post()
    post.up = False
    post.courier.post("scan", b"a", keep_s=5)
    post.courier.hear(Disconnected())
    post.after(AGAIN_S)
    post.up = True
    post.courier.hear(Connected())
    post.courier.go_round()
    assert post.sent == [b"a"]


def test_message_that_is_too_old_is_not_sent() -> None:
    post = Post()
    post.up = False
    post.courier.post("scan", b"a", keep_s=5)
    post.up = True
    post.after(5)
    assert post.sent == []
