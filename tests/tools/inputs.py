#!/usr/bin/python3
"""That each kind of input gives each record once and in order, whatever it is and wherever it is joined."""
import pathlib
import subprocess
import tempfile

import harness
import sources
from harness import Program, run, test, wait_for
from sources import Http, Ts, make_lines, make_video, plain, records, send_udp

COUNT = 100
# what is live goes on: the last frame of a transport stream ends where the next begins
MORE = 10


def read(inputs, *args, env=None):
    """A bridge that writes its records to stdout. inputs: pairs of name and URI"""
    words = [word for name, uri in inputs.items() for word in ("--input", f"{name}={uri}")]
    return Program("bridge", *words, "--output", "-", *args, env=env)


def expect(bridge, wanted, silent=True, n_heads=0):
    """It has ended with these records of each input, in order: name to lines. n_heads: how many inputs have an
    onMetaData before them, as FLV has"""
    heads = [line for line in bridge.out if line.startswith('{"type":"flv","event":"onMetaData"')]
    assert len(heads) == n_heads, heads
    for name, lines in wanted.items():
        got = [line for line in plain(bridge.out) if f'"stream_id":"{name}"' in line and line not in plain(heads)]
        assert got == lines, (name, len(got), got[:2], got[-2:], bridge.err)
    assert len(bridge.out) == sum(map(len, wanted.values())) + n_heads, bridge.err
    if silent:
        lines = [line for line in bridge.err if not line.startswith("[Bridge] ")]
        assert not lines, lines


def expect_live(bridge, names, first=0, count=COUNT, is_file=False):
    """These inputs give count records or more, in order, until it is ended. A server of files begins anew for who
    comes back at their end, which is sooner than the last of them where the machine is busy."""
    wait_for(lambda: all(len(sources.seqs(bridge.out, name)) >= count for name in names),
             f"{count} records of each of {names}: " +
             str([(name, len(sources.seqs(bridge.out, name))) for name in names]))
    status, seconds = bridge.end()
    assert status == 0 and seconds < harness.PATIENCE, (status, bridge.err)
    for name in names:
        got = [line for line in plain(bridge.out) if f'"stream_id":"{name}"' in line]
        if is_file:
            got = got[:count]
        assert got == records(len(got), name, first) and len(got) <= count + MORE, (name, got)


@test
def files_give_each_record_once_and_in_order():
    with tempfile.TemporaryDirectory() as folder:
        inputs = {
            "ts": make_video(folder, "ts", COUNT, bframes=2),
            "mp4": make_video(folder, "mp4", COUNT, bframes=2),
            "mkv": make_video(folder, "mkv", COUNT, bframes=2),
            "flv": make_video(folder, "flv", COUNT),
            "h264": make_video(folder, "h264", COUNT, bframes=2),
            "ts5": make_video(folder, "ts", COUNT, "h265", bframes=2),
            "mp45": make_video(folder, "mp4", COUNT, "h265", bframes=2),
            "mkv5": make_video(folder, "mkv", COUNT, "h265"),
            "h265": make_video(folder, "h265", COUNT, "h265"),
            "uri": make_video(folder, "mp4", COUNT).as_uri(),
            "lines": make_lines(folder, COUNT),
        }
        bridge = read(inputs)
        assert bridge.wait() == 0, bridge.err
        expect(bridge, {name: records(COUNT, name) for name in inputs}, n_heads=1)


@test
def a_file_of_video_alone_is_read_whatever_pieces_it_comes_in():
    """So long that some SEI lie across the pieces"""
    with tempfile.TemporaryDirectory() as folder:
        for codec in ("h264", "h265"):
            bridge = read({codec: make_video(folder, codec, 6 * COUNT, codec)})
            assert bridge.wait() == 0, bridge.err
            expect(bridge, {codec: records(6 * COUNT, codec)})


@test
def a_file_of_records_is_what_stdout_gets():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "records.jsonl")
        inputs = {"lines": make_lines(folder, COUNT), "mp4": make_video(folder, "mp4", COUNT),
                  "ts": make_video(folder, "ts", COUNT), "more": make_lines(folder, COUNT, COUNT)}
        assert run("bridge", *(word for name, uri in inputs.items() for word in ("--input", f"{name}={uri}")),
                   "--output", path)[0] == 0
        got = plain(path.read_text("utf-8").splitlines())
        for name in inputs:
            assert [line for line in got if f'"stream_id":"{name}"' in line] \
                == records(COUNT, name, COUNT if name == "more" else 0), (name, got)
        assert len(got) == len(inputs) * COUNT
        # it is there as soon as it came
        lines = pathlib.Path(folder, "lines")
        with Http(folder, live=make_video(folder, "mkv", COUNT).read_bytes()) as server:
            bridge = Program("bridge", "--input", f"http://{server.address}/live", "--output", lines)
            wait_for(lambda: lines.exists() and len(lines.read_text("utf-8").splitlines()) >= COUNT - MORE,
                     "records in the file")
            assert bridge.end()[0] == 0
            server.kill()


@test
def rtp_gives_each_record_once_and_in_order():
    with tempfile.TemporaryDirectory() as folder:
        for codec, bframes in (("h264", 2), ("h265", 0)):
            port = harness.free_port()
            bridge = read({codec: f"rtp://127.0.0.1:{port}"})
            bridge.wait_line("listening udp://127.0.0.1")
            sources.send_rtp(make_video(folder, "mp4", COUNT, codec, bframes), codec, port)
            expect_live(bridge, [codec])


@test
def udp_gives_each_record_once_and_in_order():
    with tempfile.TemporaryDirectory() as folder:
        hosts = {"v4": "127.0.0.1", "group": "239.255.77.1", "v6": "[::1]", "h265": "127.0.0.1"}
        ports = {name: harness.free_port() for name in hosts}
        bridge = read({name: f"udp://{host}:{ports[name]}" for name, host in hosts.items()}, "--interface", "lo")
        for name, port in ports.items():
            bridge.wait_line(rf"reading udp://.*:{port}$")
        for name, host in hosts.items():
            codec = "h265" if name == "h265" else "h264"
            video = make_video(folder, "ts", COUNT + MORE, codec, bframes=2)
            send_udp(video.read_bytes(), host.strip("[]"), ports[name])
        expect_live(bridge, hosts)


@test
def srt_gives_each_record_once_and_in_order():
    passphrase = "a long passphrase"
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(folder, "ts", COUNT + MORE, bframes=2)
        called, listened, secret, called_secret = (harness.free_port() for _ in range(4))
        for uri in (f"srt://:{called}?latency=500", f"srt://127.0.0.1:{listened}?latency=500",
                    f"srt://127.0.0.1:{secret}?latency=500&passphrase={passphrase.replace(' ', '%20')}",
                    f"srt://:{called_secret}?latency=500&passphrase={passphrase.replace(' ', '%20')}"):
            sources.start_srt(uri, video)
        # calls one that may not yet listen
        bridge = read({"caller": f"srt://127.0.0.1:{called}", "listener": f"srt://:{listened}",
                       "secret": "srt://:%d?passphrase=${WORD}" % secret,
                       "called": "srt://127.0.0.1:%d?passphrase=${WORD}&pbkeylen=32" % called_secret},
                      env={"WORD": passphrase})
        expect_live(bridge, ["caller", "listener", "secret", "called"])
        assert not any(passphrase in line or "long%20" in line for line in bridge.lines), bridge.lines


@test
def rtsp_gives_each_record_once_and_in_order():
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(folder, "mp4", COUNT, bframes=2)
        _, port = sources.start_rtsp(video)
        _, port5 = sources.start_rtsp(make_video(folder, "mp4", COUNT, "h265"))
        _, secret = sources.start_rtsp(video, "user:pass word")
        inputs = {"udp": f"rtsp://127.0.0.1:{port}/video", "tcp": f"rtspt://127.0.0.1:{port}/video",
                  "only-tcp": f"rtsp://127.0.0.1:{port}/tcp", "h265": f"rtsp://127.0.0.1:{port5}/video",
                  "login": "rtsp://user:${WORD}@127.0.0.1:%d/video" % secret}
        bridge = read(inputs, env={"WORD": "pass word"})
        expect_live(bridge, inputs, is_file=True)
        assert not any("pass word" in line or "pass%20" in line for line in bridge.lines), bridge.lines


@test
def http_gives_each_record_once_and_in_order():
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("ts", "mp4", "mkv"):
            make_video(folder, kind, COUNT, bframes=2)
        video = make_video(folder, "ts", COUNT + MORE, gop=25)
        sources.ffmpeg("-i", make_video(folder, "ts", COUNT, gop=25), "-c", "copy", "-f", "hls", "-hls_time", 0.5,
                       "-hls_list_size", 0, pathlib.Path(folder, "list.m3u8"))
        assert len(list(pathlib.Path(folder).glob("list*.ts"))) > 2
        with Http(folder, login="user:pass word") as server:
            base = "http://user:${WORD}@" + server.address
            files = {name: f"{base}/h264-2-0-{COUNT}-10.{name}" for name in ("ts", "mp4", "mkv")}
            files["hls"] = f"{base}/list.m3u8"
            bridge = read(files, env={"WORD": "pass word"})
            assert bridge.wait() == 0, bridge.err
            expect(bridge, {name: records(COUNT, name) for name in files})
            assert not any("pass word" in line or "pass%20" in line for line in bridge.lines), bridge.lines
            server.kill()
        with Http(folder, live=video.read_bytes()) as server:
            bridge = read({"live": f"http://{server.address}/live"})
            expect_live(bridge, ["live"])
            server.kill()


@test
def a_live_playlist_is_read_as_long_as_it_lasts():
    """Its source gives bytes once: longer than an input may be silent"""
    count = 20 * sources.FPS + sources.FPS // 2
    with tempfile.TemporaryDirectory() as folder:
        video, playlist = make_video(folder, "ts", count), pathlib.Path(folder, "live", "list.m3u8")
        playlist.parent.mkdir()
        camera = subprocess.Popen(["ffmpeg", "-v", "error", "-re", "-i", video, "-c", "copy", "-f", "hls", "-hls_time",
                                   "1", "-hls_list_size", "5", "-hls_flags", "delete_segments", playlist],
                                  stdin=subprocess.DEVNULL)
        wait_for(lambda: playlist.exists() and playlist.read_text("utf-8").count(".ts") >= 2, "a playlist")
        with Http(playlist.parent) as server:
            bridge = read({"live": f"http://{server.address}/list.m3u8"})
            # an end that is marked may keep the last segments from being read
            wait_for(lambda: bridge.out[-1:] and sources.seqs(bridge.out[-1:], "live")[0] >= count - 3 * sources.FPS,
                     "the last seconds")
            assert camera.wait() == 0 and bridge.end()[0] == 0, bridge.err
            got = sources.seqs(bridge.out, "live")
            assert got == list(range(got[0], got[0] + len(got))), got
            assert all(line.startswith("[Bridge] ") for line in bridge.err), bridge.err
            server.kill()


# --- joined in the middle of a group of pictures -------------------------------------------

def expect_joined(bridge, name, ts, cut, count):
    """All frames that begin after the tables are there, perhaps some before these, none that was cut"""
    got = sources.seqs(bridge.out, name)
    assert got and got == list(range(got[0], count)), (name, cut, got)
    assert ts.whole_after(cut) <= got[0] <= ts.known_after(cut), (name, cut, got[0], ts.known_after(cut))


@test
def a_file_that_begins_anywhere_loses_no_complete_frame():
    with tempfile.TemporaryDirectory() as folder:
        for codec in ("h264", "h265"):
            ts = Ts(make_video(folder, "ts", 60, codec, bframes=2, gop=30).read_bytes())
            cuts = range(1, ts.frames[15], max(1, ts.frames[15] // 25))
            inputs = {}
            for cut in cuts:
                inputs[f"c{cut}"] = path = pathlib.Path(folder, f"{codec}{cut}.ts")
                path.write_bytes(ts.cut(cut))
            bridge = read(inputs)
            assert bridge.wait() == 0, bridge.err
            for cut in cuts:
                expect_joined(bridge, f"c{cut}", ts, cut, 60)


@test
def a_stream_that_is_joined_anywhere_loses_no_complete_frame():
    count = 40
    with tempfile.TemporaryDirectory() as folder:
        ts = Ts(make_video(folder, "ts", count + MORE, bframes=2, gop=30).read_bytes())
        for frame in (3, 7, 12):
            cut = ts.frames[frame] + 1
            path = pathlib.Path(folder, "cut.ts")
            path.write_bytes(ts.cut(cut))
            udp, srt = harness.free_port(), harness.free_port()
            with Http(folder, live=ts.cut(cut)) as server:
                bridge = read({"udp": f"udp://127.0.0.1:{udp}", "srt": f"srt://:{srt}",
                               "http": f"http://{server.address}/live"})
                bridge.wait_line("reading udp://")
                send_udp(ts.cut(cut), "127.0.0.1", udp)
                sources.start_srt(f"srt://127.0.0.1:{srt}", path)
                names = ("udp", "srt", "http")
                wait_for(lambda: all(max(sources.seqs(bridge.out, name), default=0) >= count for name in names),
                         f"{count} frames")
                assert bridge.end()[0] == 0
                for name in names:
                    expect_joined(bridge, name, ts, cut, max(sources.seqs(bridge.out, name)) + 1)
                server.kill()


# --- streams that change -------------------------------------------------------------------------

@test
def a_transport_stream_whose_pids_change_loses_nothing():
    with tempfile.TemporaryDirectory() as folder:
        first = make_video(folder, "ts", COUNT)
        second, other = pathlib.Path(folder, "second.ts"), pathlib.Path(folder, "other.ts")
        sources.ffmpeg("-i", make_video(folder, "ts", COUNT, first=COUNT), "-c", "copy",
                       "-mpegts_start_pid", 0x200, "-mpegts_pmt_start_pid", 0x1100, second)
        sources.ffmpeg("-i", make_video(folder, "ts", COUNT, "h265", first=2 * COUNT), "-c", "copy",
                       "-mpegts_start_pid", 0x300, "-mpegts_pmt_start_pid", 0x1100, "-tables_version", 3, other)
        both = pathlib.Path(folder, "both.ts")
        both.write_bytes(first.read_bytes() + second.read_bytes() + other.read_bytes())
        bridge = read({"changes": both})
        assert bridge.wait() == 0, bridge.err
        expect(bridge, {"changes": records(3 * COUNT, "changes")})


@test
def the_first_program_of_a_transport_stream_is_read():
    """tsdemux takes one alone"""
    with tempfile.TemporaryDirectory() as folder:
        two = pathlib.Path(folder, "two.ts")
        sources.ffmpeg("-i", make_video(folder, "ts", COUNT), "-i", make_video(folder, "ts", COUNT, first=COUNT),
                       "-map", "0:v", "-map", "1:v", "-c", "copy", "-program", "program_num=1:st=0",
                       "-program", "program_num=2:st=1", two)
        bridge = read({"two": two})
        assert bridge.wait() == 0, bridge.err
        expect(bridge, {"two": records(COUNT, "two")})


harness.main()
