#!/usr/bin/python3
"""What the bridge takes for a stream, and what a stream loses: nothing, whatever comes beside it."""
import itertools
import multiprocessing
import os
import time

import harness
from cameras import (PPS, SPS, Sender, camera_frames, check_few_lines, endless_sei, flood, h264_noise, lost, noise,
                     noise_of_many_streams, packets_of, rtp, send_together, well_formed_noise)
from harness import start_bridge, start_broker, test


# so much that the kernel has room for it on a busy machine, too
FLOOD_RATE = 10000  # packets a second


def start(*args):
    broker, address = start_broker("t:1")
    bridge, port = start_bridge(address, "t", "--kafka-key", "{stream_id}/{seq}", *args)
    return address, bridge, port


def keys_of(camera, count):
    return [b"cam%02d/%d" % (camera, n) for n in range(count)]


def expect(address, bridge, keys, n_lost=0):
    """All these records, each once, and those of a camera in order; and the bridge tells of nothing else."""
    keys = list(keys)
    harness.wait_for(lambda: harness.count_records(address, "t") >= len(keys), f"{len(keys)} records")
    assert bridge.end()[0] == 0
    got = harness.read_keys(address, "t")
    assert sorted(got) == sorted(keys), set(keys) ^ set(got)
    for camera in {key.split(b"/")[0] for key in keys}:
        assert [k for k in got if k.startswith(camera + b"/")] == [k for k in keys if k.startswith(camera + b"/")]
    assert lost(bridge) == n_lost, bridge.err


@test
def two_cameras_with_one_ssrc_are_two_streams():
    address, bridge, port = start()
    send_together([(Sender(port), camera_frames(n, 120, ssrc=7)) for n in range(2)])
    expect(address, bridge, keys_of(0, 120) + keys_of(1, 120))


@test
def a_new_ssrc_at_every_key_frame_loses_nothing():
    address, bridge, port = start()
    ssrcs = itertools.count(100)

    def frames(camera):
        for first in range(0, 120, 30):
            ssrc = next(ssrcs)
            yield from camera_frames(camera, 30, first=first, ssrc=ssrc, seq=ssrc * 7919)

    send_together([(Sender(port), frames(n)) for n in range(16)])
    expect(address, bridge, itertools.chain(*(keys_of(n, 120) for n in range(16))))


def send_one_by_one(sender, cameras, fps=30):
    """Frames of cameras from one socket, each as a whole, as a relay sends them"""
    due = time.monotonic()
    for frames in zip(*cameras):
        for packet in itertools.chain(*frames):
            sender.send(packet)
        now = time.monotonic()
        due = max(due + 1 / fps, now)
        time.sleep(due - now)


def group_of_pictures(camera, count, first, ssrc):
    """Only the first says which codec it is."""
    seq = ssrc * 7919
    frames = camera_frames(camera, count, first=first, ssrc=ssrc, seq=seq + 2)
    key_frame = packets_of([[SPS], [PPS]], seq, first * 3000, ssrc) + next(frames)
    return itertools.chain([key_frame], frames)


@test
def many_cameras_of_one_socket_lose_nothing():
    address, bridge, port = start()
    send_one_by_one(Sender(port), [group_of_pictures(n, 60, 0, 1000 + n) for n in range(50)])
    expect(address, bridge, itertools.chain(*(keys_of(n, 60) for n in range(50))))


@test
def a_new_ssrc_at_every_key_frame_of_many_cameras_of_one_socket_loses_nothing():
    address, bridge, port = start()

    def frames(camera):
        for first in range(0, 150, 30):
            yield from group_of_pictures(camera, 30, first, 100 * first + camera)

    send_one_by_one(Sender(port), [frames(n) for n in range(16)])
    expect(address, bridge, itertools.chain(*(keys_of(n, 150) for n in range(16))))


@test
def cameras_of_one_socket_beyond_the_last_place_cost_the_others_nothing():
    address, bridge, port = start("--max-streams", 16)
    send_one_by_one(Sender(port), [group_of_pictures(n, 90, 0, 1000 + n) for n in range(50)])
    bridge.wait_line("packets of streams for which there was no room")
    assert bridge.end()[0] == 0
    keys = set(harness.read_keys(address, "t"))
    whole = [n for n in range(50) if keys.issuperset(keys_of(n, 90))]
    assert len(whole) == 16, (len(whole), len(keys), bridge.err)


@test
def a_sender_that_starts_again_at_once_loses_nothing():
    """With SSRC, sequence numbers and timestamps of before, from the same port and from another"""
    address, bridge, port = start()
    first = Sender(port)
    send_together([(first, camera_frames(0, 60, ssrc=7))])
    send_together([(first, camera_frames(1, 60, ssrc=7))])
    send_together([(Sender(port), camera_frames(2, 60, ssrc=7))])
    expect(address, bridge, itertools.chain(*(keys_of(n, 60) for n in range(3))))


@test
def sequence_numbers_that_jump_lose_nothing():
    address, bridge, port = start()
    seqs = [30000, 25000, 55000, 54900, 10, 50, 0]
    frames = (camera_frames(0, 20, first=20 * n, ssrc=7, seq=seq) for n, seq in enumerate(seqs))
    send_together([(Sender(port), itertools.chain(*frames))])
    expect(address, bridge, keys_of(0, 140))


@test
def a_dead_senders_place_is_taken_at_once():
    address, bridge, port = start("--max-streams", 1)
    sender = Sender(port)
    for n in range(5):
        send_together([(sender, camera_frames(n, 30, seq=n * 12345))])
    expect(address, bridge, itertools.chain(*(keys_of(n, 30) for n in range(5))))


def send_noise(port, n_ssrcs, rate, is_over):
    """Tiny packets in sequence, of so many SSRCs, so many a second of each"""
    sender = Sender(port)
    for seq in itertools.count():
        for ssrc in range(n_ssrcs):
            sender.send([rtp(seq, 1000 + ssrc, b"\0\0")])
        if is_over.wait(1 / rate):
            return


@test
def noise_in_all_places_keeps_no_camera_out():
    address, bridge, port = start("--max-streams", 64)
    is_over = multiprocessing.Event()
    beside = multiprocessing.Process(target=send_noise, args=(port, 64, 21, is_over), daemon=True)
    beside.start()
    send_together([(Sender(port), camera_frames(0, 240))], 30)
    is_over.set()
    beside.join()
    harness.wait_for(lambda: harness.count_records(address, "t") >= 240, "240 records")
    assert bridge.end()[0] == 0
    assert harness.read_keys(address, "t") == keys_of(0, 240)


@test
def streams_beyond_the_last_place_are_counted():
    """Two that have messages keep their places while they go on. Then a third comes."""
    address, bridge, port = start("--max-streams", 2)
    frames = [list(camera_frames(n, count)) for n, count in enumerate((120, 120, 40))]
    frames[2] = [[]] * 40 + frames[2]
    send_together([(Sender(port), f) for f in frames])
    bridge.wait_line("packets of streams for which there was no room")
    expect(address, bridge, keys_of(0, 120) + keys_of(1, 120), 40 * 4)
    assert lost(bridge, "no room") == 160, bridge.err


@test
def cameras_that_begin_together_do_not_take_each_others_places():
    """Three in the middle of their streams, and two places: two cameras are complete."""
    address, bridge, port = start("--max-streams", 2)
    send_together([(Sender(port), camera_frames(n, 90)) for n in range(3)])
    bridge.wait_line("packets of streams for which there was no room")
    assert bridge.end()[0] == 0
    keys = harness.read_keys(address, "t")
    whole = [n for n in range(3) if set(keys_of(n, 90)) <= set(keys)]
    assert len(whole) == 2, (len(keys), bridge.err)


def hostile_fragments(n):
    return h264_noise(n // 2) if n % 2 else endless_sei(n // 2)


@test
def floods_cost_established_cameras_nothing():
    """Beside 50 cameras. Of them only those may be missing that the kernel had no room for."""
    seconds = float(os.environ.get("METAKAFKA_FLOOD_SECONDS", "2"))
    address, bridge, port = start()
    started = time.monotonic()
    cameras = [Sender(port) for _ in range(50)]
    kinds = (noise, well_formed_noise, noise_of_many_streams, hostile_fragments)
    n_frames = 0
    for make in kinds:
        count = int(30 * (seconds + 1))

        def frames(n):
            return camera_frames(n, count, 1, first=n_frames, seq=3 * n_frames)

        beside = multiprocessing.Process(target=flood, args=(port, seconds, make, FLOOD_RATE), daemon=True)
        beside.start()
        send_together([(camera, frames(n)) for n, camera in enumerate(cameras)], 30)
        beside.join()
        n_frames += count
    want = [key for n in range(50) for key in keys_of(n, n_frames)]

    def is_complete():
        return harness.count_records(address, "t") + lost(bridge, "buffer was full") >= len(want)

    harness.wait_for(is_complete, "all records", 60)
    assert bridge.end()[0] == 0
    got = harness.read_keys(address, "t")
    missing = set(want) - set(got)
    assert len(missing) <= lost(bridge, "buffer was full"), (len(missing), bridge.err)
    check_few_lines(bridge, started)


harness.main()
