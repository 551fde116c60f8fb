#!/usr/bin/python3
"""What the bridge says of an input without records, as somebody meets it who sets it up for the first time."""
import re
import threading

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

import harness  # noqa: E402
from cameras import Sender, camera_frames, rtp, send_together  # noqa: E402
from harness import start_bridge, start_broker, test  # noqa: E402

Gst.init(None)

OTHER_UUID = "00112233-4455-6677-8899-aabbccddeeff"
VIDEO = "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=15/1 ! "
WRITE = "let the cameras write metadata into the video"


def explanations(bridge):
    lines = [line.split(" given no records for ") for line in list(bridge.err)]
    return [parts[1] for parts in lines if len(parts) == 2]


def without_sei(frames):
    return ([packet for packet in packets if packet[1] != b"\x06\x05"] for packets in frames)


def with_broken_sei(count):
    """Each says that it is longer than it is."""
    for packets in camera_frames(0, count):
        packets[1][2] = b"\xff\x40"
        yield packets


def handmade(*frames):
    """A sender of frames, ten a second; each of frames is a camera at a port of its own."""
    def start(port):
        senders = [(Sender(port), camera) for camera in frames]
        threading.Thread(target=send_together, args=(senders, 10), daemon=True).start()
    return start


def pipeline(description):
    def start(port):
        running = Gst.parse_launch(description + f" ! udpsink host=127.0.0.1 port={port}")
        running.set_state(Gst.State.PLAYING)
        return running
    return start


def klv(port):
    running = pipeline("appsrc name=in is-live=true do-timestamp=true format=time caps=meta/x-klv,parsed=true"
                       " ! rtpklvpay")(port)
    # longer than what comes of it
    packet = bytes.fromhex("060e2b34020b01010e01030101000000") + b"\x7fhello"
    for _ in range(10):
        running.get_by_name("in").emit("push-buffer", Gst.Buffer.new_wrapped(packet))
    return running


# what is sent, the bridge's options, what it says
CASES = {
    "nothing": (lambda port: None, [], "It sees no packets of RTP: check the address and port"),
    "noise": (handmade([[[b"hello"]]] * 100), [], r"It sees datagrams that are not RTP \(\d+\): let the"),
    "H.264": (pipeline(VIDEO + "x264enc tune=zerolatency key-int-max=15 ! rtph264pay"), [],
              f"It sees H.264 with(out SEI| no SEI but .*): {WRITE}"),
    "H.264 without a banner": (pipeline(VIDEO + "openh264enc ! h264parse ! rtph264pay config-interval=1"), [],
                               f"It sees H.264 without SEI: {WRITE}"),
    "H.265": (pipeline(VIDEO + "x265enc tune=zerolatency key-int-max=15 ! rtph265pay"), [],
              f"It sees H.265 with(out SEI| no SEI but .*): {WRITE}"),
    "wrong codec": (pipeline(VIDEO + "x264enc tune=zerolatency ! h264parse ! seiinject metadata=a ! rtph264pay"),
                    ["--codec", "h265"], "check that it is --codec h265"),
    "wrong UUID": (handmade(camera_frames(0, 100)), ["--uuid", OTHER_UUID],
                   r"It sees messages of UUIDs that --uuid does not select \(\d+ of"
                   r" a4b00512-d794-5611-86b7-17406de2f1de\): --uuid a4b00512-d794-5611-86b7-17406de2f1de takes them$"),
    "SEI behind slices": (handmade(camera_frames(0, 100, is_behind=True)), [],
                          "It sees H.264 with SEI behind slices: --scan full reads them$"),
    "broken SEI": (handmade(with_broken_sei(100)), [],
                   r"It sees broken SEI \(\d+\): check what writes them, or changes them on the way$"),
    "MPEG-TS": (pipeline(VIDEO + "x264enc tune=zerolatency ! mpegtsmux alignment=7 ! rtpmp2tpay"), [],
                f"It sees H.264 with(out SEI| no SEI but .*): {WRITE}"),
    "KLV": (klv, [], "It sees KLV of which no unit is complete: check what writes it, and the network$"),
    "audio": (handmade([[[rtp(n, 7, bytes([0xd5, 0x55]) * 80)]] for n in range(100)]), [],
              "It sees RTP that is neither H.264 nor H.265: check what the cameras send"),
    "the wrong port": (lambda port: handmade(camera_frames(0, 100))(port + 1), [],
                       "It sees RTP at the port behind, which is for RTCP: let the cameras send to the port itself$"),
    "RTCP alone": (handmade([[[bytes.fromhex("80c80006") + bytes(24)]]] * 100), [],
                   "It sees RTCP, but no RTP: check which port the cameras send their video to"),
    "no place": (handmade(camera_frames(0, 100), camera_frames(1, 100)),
                 ["--max-streams", 1, "--uuid", OTHER_UUID], "; no place for more streams: raise --max-streams"),
}


@test
def what_comes_is_said_when_there_are_no_records():
    broker, address = start_broker("t:1")
    running = []
    for name, (start, options, expected) in CASES.items():
        bridge, port = start_bridge(address, "t", *options)
        running.append((name, bridge, start(port), expected))
    for name, bridge, _, expected in running:
        harness.wait_for(lambda b=bridge: explanations(b), f"explanation of {name}")
    for name, bridge, sender, expected in running:
        if sender:
            sender.set_state(Gst.State.NULL)
        status, seconds = bridge.end()
        said = explanations(bridge)
        assert status == 0 and seconds < 2, (name, status, seconds)
        assert len(said) == 1 and re.search(expected, said[0]), (name, said)
    assert harness.count_records(address, "t") == 0


@test
def records_end_an_explanation_and_their_end_begins_it_anew():
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t")
    sender = Sender(port)
    frames = iter(camera_frames(0, 100000))

    def send_until(condition, change=lambda frames: frames):
        for packets in change(frames):
            send_together([(sender, [packets])], 20)
            if condition():
                return

    send_until(lambda: len(explanations(bridge)) == 1, without_sei)
    send_until(lambda: harness.count_records(address, "t") >= 100)
    assert len(explanations(bridge)) == 1, bridge.err
    send_until(lambda: len(explanations(bridge)) == 2, without_sei)
    harness.wait_for(lambda: len(explanations(bridge)) == 3, "an explanation without packets")
    assert bridge.end()[0] == 0
    first, second, third = explanations(bridge)
    assert "It sees H.264 without SEI: " in first and "It sees H.264 without SEI: " in second, bridge.err
    assert "It sees no packets of RTP any more: " in third, bridge.err


harness.main()
