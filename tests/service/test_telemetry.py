"""Errors in the log: told by kind and place, whatever they say and whatever stands behind them."""

import io
import json

import structlog

from service.telemetry import places_of, set_up_log

NIP = "199001012015011001"


def test_an_error_raised_from_itself_and_one_in_a_circle_are_told_once():
    own = ValueError(NIP)
    own.__cause__ = own
    assert places_of(own) == ["ValueError"]
    one, other = ValueError(NIP), KeyError(NIP)
    one.__cause__, other.__cause__ = other, one
    assert places_of(one) == ["ValueError", "KeyError"]


def fail():
    raise ValueError(NIP)


def test_the_error_at_hand_is_told_without_its_words():
    stream, before = io.BytesIO(), structlog.get_config()
    try:
        set_up_log("info", stream)
        try:
            fail()
        except ValueError:
            structlog.get_logger().exception("broken")
    finally:
        structlog.configure(**before)
    told = json.loads(stream.getvalue())
    assert told["event"] == "broken"
    assert told["exception"][0] == "ValueError"
    assert __name__.rpartition(".")[2] in told["exception"][2]
    assert NIP not in stream.getvalue().decode()
