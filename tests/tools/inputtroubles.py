#!/usr/bin/python3
"""What becomes of inputs that fail, break off or come back, and what users are told of it."""
import contextlib
import pathlib
import signal
import socket
import ssl
import subprocess
import tempfile
import threading

import harness
import sources
from cameras import Sender, camera_frames, send_together
from harness import Program, test, wait_for
from sources import Http, make_lines, make_video, plain, records, send_udp

COUNT = 60
MORE = 10
# a minute, and the first frame of the second time
LONG, SECOND = 3000, 10000
AGAIN = "it is opened again until it gives data"
SECRET = "s3cret w%rd"


def said(bridge, text=""):
    """What it told of troubles and silence, but for what the machine allows sockets"""
    return [line for line in list(bridge.err) if line.startswith("metakafka-bridge: ") and text in line
            and "receive buffer" not in line]


def read(inputs, *args, **env):
    words = [word for name, uri in inputs.items() for word in ("--input", f"{name}={uri}")]
    return Program("bridge", *words, "--output", "-", *args, env=env)


class Steady:
    """A camera that sends by RTP until it is told to stop."""

    def __init__(self, port):
        self.is_over = threading.Event()
        self.n_sent = 0
        self.thread = threading.Thread(target=self._send, args=(Sender(port),), daemon=True)
        self.thread.start()

    def _send(self, sender):
        for packets in camera_frames(0, 10 ** 6):
            if self.is_over.is_set():
                return
            send_together([(sender, [packets])], 30)
            self.n_sent += 1

    def stop(self):
        self.is_over.set()
        self.thread.join()
        return self.n_sent


# --- what comes back -----------------------------------------------------------------

@test
def a_source_that_is_killed_and_comes_back_goes_on():
    """The others do not notice, each way gets one line, and no record comes twice."""
    with tempfile.TemporaryDirectory() as folder:
        rtp, called, listened = (harness.free_port() for _ in range(3))
        ts = [make_video(folder, "ts", COUNT + MORE, first=first) for first in (0, SECOND)]
        # RTSP says when it ends, and the bridge believes it
        mp4 = [make_video(folder, "mp4", LONG, first=first) for first in (0, SECOND)]
        port = {}

        def start_all(n):
            """Returns what kills each."""
            camera, port["rtsp"] = sources.start_rtsp(mp4[n], port=port.get("rtsp", 0))
            tcp, port["tcp"] = sources.start_rtsp(mp4[n], port=port.get("tcp", 0))
            web = Http(folder, live=ts[n].read_bytes(), port=port.get("http", 0))
            port["http"] = web.port
            caller = sources.start_srt(f"srt://127.0.0.1:{listened}", ts[n])
            listener = sources.start_srt(f"srt://:{called}", ts[n])
            return [program.kill for program in (camera, tcp, caller, listener)] + [web.kill]

        kills = start_all(0)
        inputs = {"rtsp": f"rtsp://127.0.0.1:{port['rtsp']}/video", "tcp": f"rtspt://127.0.0.1:{port['tcp']}/video",
                  "http": f"http://127.0.0.1:{port['http']}/live", "listener": f"srt://:{listened}",
                  "caller": f"srt://127.0.0.1:{called}"}
        bridge = read({"steady": f"rtp://127.0.0.1:{rtp}", **inputs})
        bridge.wait_line("listening udp://")
        steady = Steady(rtp)

        def wait_until(condition, what):
            wait_for(lambda: all(condition(name) for name in inputs), what)

        # what breaks off with the last frame may lose that
        wait_until(lambda name: COUNT - 1 in sources.seqs(bridge.out, name), "the first frames")
        for kill in kills:
            kill()
        wait_until(lambda name: said(bridge, inputs[name]), "lines of what is away")
        start_all(1)
        wait_until(lambda name: SECOND + COUNT - 1 in sources.seqs(bridge.out, name), "frames of what is back")
        wait_until(lambda name: len(said(bridge, inputs[name])) >= 2, "lines of what is back")
        n_sent = steady.stop()
        wait_for(lambda: bridge.out[-1:] and sum("cam00" in line for line in list(bridge.out)) == n_sent,
                 f"all {n_sent} frames of the steady camera")
        assert bridge.end()[0] == 0, bridge.err
        for name, uri in inputs.items():
            got = sources.seqs(bridge.out, name)
            first = [n for n in got if n < SECOND]
            assert first == list(range(len(first))), (name, first)
            assert got[len(first):] == list(range(SECOND, SECOND + len(got) - len(first))), (name, got)
            lines = said(bridge, uri)
            assert len(lines) == 2 and AGAIN in lines[0] and lines[1].endswith("is back"), lines
        assert sources.seqs(bridge.out, "cam00") == list(range(n_sent))


@test
def rtsp_that_is_silent_over_udp_is_read_over_tcp():
    with tempfile.TemporaryDirectory() as folder:
        _, port = sources.start_rtsp(make_video(folder, "mp4", COUNT))
        bridge = read({"camera": f"rtsp://{sources.hide_udp(port)}/video"})
        wait_for(lambda: len(bridge.out) >= COUNT, "frames")
        assert bridge.end()[0] == 0 and plain(bridge.out) == records(COUNT, "camera"), bridge.out
        assert len(said(bridge)) == 1 and "is read over TCP: check the firewall" in said(bridge)[0], bridge.err


@test
def what_cannot_be_read_is_told_once_and_is_not_back_because_it_sends():
    """Bytes of another format come all the time; a camera that sends what it should ends that."""
    with tempfile.TemporaryDirectory() as folder:
        port = harness.free_port()
        bridge = read({"camera": f"udp://127.0.0.1:{port}"})
        bridge.wait_line("reading udp://")
        # what an attempt needs until it gives up: so slowly that all of them are seen at work
        rtp = b"".join(bytes([0x80, 96]) + bytes(sources.DATAGRAM - 2) for _ in range(100))
        for _ in range(5):
            send_udp(rtp, "127.0.0.1", port, 1.5)
        bridge.wait_line("has RTP: give rtp:// in place of udp://; " + AGAIN)
        ts = make_video(folder, "ts", COUNT + MORE).read_bytes()

        def came():
            send_udp(ts, "127.0.0.1", port)
            return sources.seqs(bridge.out, "camera")
        wait_for(came, "records")
        bridge.wait_line("is back")
        assert bridge.end()[0] == 0
        lines = said(bridge)
        assert len(lines) == 2 and lines[1].endswith(f"udp://127.0.0.1:{port} is back"), lines


# --- what cannot be read ---------------------------------------------------------------

def start_web(folder, **keys):
    return Http(folder, **keys).address


class Https(Http):
    """With a certificate that no CA knows"""

    def __init__(self, folder):
        files = [str(pathlib.Path(folder, name)) for name in ("server.pem", "server.key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
                       check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(*files)
        super().__init__(folder)

    def get_request(self):
        connection, address = super().get_request()
        return self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


def troubles(folder, stack):
    """Name: URI, and what is said of it"""
    mp4, ts = make_video(folder, "mp4", COUNT), make_video(folder, "ts", COUNT)
    secret_web, web = start_web(folder, login="user:good"), start_web(folder)
    strange = Https(folder).address
    _, secret_camera = sources.start_rtsp(mp4, "user:good")
    _, camera = sources.start_rtsp(mp4)
    closed = harness.free_port(socket.SOCK_STREAM)
    silent, locked, open_, listening, taken, rtp = (harness.free_port() for _ in range(6))
    sources.start_srt(f"srt://:{locked}?passphrase=another%20one%20here", ts)
    sources.start_srt(f"srt://:{open_}", ts)
    sources.start_srt(f"srt://127.0.0.1:{listening}?passphrase=another%20one%20here", ts)
    holder = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    holder.bind(("127.0.0.1", taken))
    steady = Steady(rtp)
    stack.callback(steady.stop)
    login, name = "refuses the login: check the user name and the password; ", "has nothing of that name: check the"
    no_answer, unknown = "does not answer: check that it runs, its address and port", "has a format that is not known"
    untrusted = "does not answer, or not with a certificate that this computer trusts: .* add its CA to those of the sys"
    passphrase, not_free = "refuses the passphrase: give the one of the other end", "is not free: end the program that"
    return {
        "http login": ("http://user:${SECRET}@%s/%s" % (secret_web, mp4.name), login),
        "http without login": (f"http://{secret_web}/{mp4.name}", login),
        "rtsp login": ("rtsp://user:${SECRET}@127.0.0.1:%d/video" % secret_camera, login),
        "rtsp without login": (f"rtsp://127.0.0.1:{secret_camera}/video", login),
        "https certificate": ("https://user:${SECRET}@%s/%s" % (strange, mp4.name), untrusted),
        "https of http": (f"https://{web}/{mp4.name}", untrusted),
        "rtsps certificate": ("rtsps://user:${SECRET}@%s/video" % strange, untrusted),
        "rtsps of rtsp": (f"rtspst://127.0.0.1:{camera}/video", untrusted),
        "http path": (f"http://{web}/nothing", name),
        "rtsp path": (f"rtsp://127.0.0.1:{camera}/nothing", name),
        "http closed": ("http://user:${SECRET}@127.0.0.1:%d/x" % closed, no_answer),
        "rtsp closed": ("rtsp://user:${SECRET}@127.0.0.1:%d/x" % closed, no_answer),
        "srt closed": ("srt://127.0.0.1:%d?passphrase=${SECRET}" % silent, no_answer),
        "srt passphrase": ("srt://127.0.0.1:%d?passphrase=${SECRET}" % locked, passphrase),
        "srt without passphrase": (f"srt://127.0.0.1:{locked}", passphrase),
        "srt with passphrase": ("srt://127.0.0.1:%d?passphrase=${SECRET}" % open_, passphrase),
        "srt called": ("srt://:%d?passphrase=${SECRET}" % listening,
                       "It sees no data: check the address that .* the passphrase"),
        "udp taken": (f"udp://127.0.0.1:{taken}", not_free),
        "rtp taken": (f"rtp://127.0.0.1:{taken}", not_free),
        "srt taken": (f"srt://127.0.0.1:{taken}?mode=listener", not_free),
        # what is kept for no name (RFC 6761)
        **{f"name of {uri}": (uri, "has a host whose name is not known: check it, and DNS; ") for uri in (
            "udp://user.invalid:5000", "srt://user.invalid:5000", "srt://user.invalid:5000?mode=listener",
            "rtsp://user:${SECRET}@user.invalid/x", "http://user.invalid/x", "https://user.invalid/x")},
        "udp with rtp": (f"udp://127.0.0.1:{rtp}", "It sees RTP: give rtp:// in place of udp://"),
        "http noise": (f"http://{web}/noise.ts", unknown),
        "http half": (f"http://{web}/half.mp4", "is not what its format asks for: check what writes it"),
    }


@test
def a_login_is_that_of_one_input():
    """Others of the same server do not get in with it."""
    with tempfile.TemporaryDirectory() as folder:
        name = make_video(folder, "mp4", COUNT).name
        with Http(folder, login="user:good") as web:
            bridge = read({"good": "http://user:${SECRET}@%s/%s" % (web.address, name),
                           "without": f"http://{web.address}/{name}",
                           "again": "http://user:${SECRET}@%s/%s" % (web.address, name)}, SECRET="good")
            bridge.wait_line("^metakafka-bridge: http://" + web.address + ".* refuses the login")
            wait_for(lambda: len(bridge.out) >= 2 * COUNT, "records of those that have it")
            assert bridge.end()[0] == 0 and not sources.seqs(bridge.out, "without"), bridge.out
            web.kill()


def make_bad_files(folder):
    """Path: what is said of it"""
    pathlib.Path(folder, "empty.ts").touch()
    pathlib.Path(folder, "loop.ts").symlink_to("loop.ts")
    pathlib.Path(folder, "text.mp4").write_text("hello\n" * 100)
    # nothing in it is what a typefinder looks for
    pathlib.Path(folder, "noise.ts").write_bytes(bytes(n * n % 251 for n in range(20000)))
    pathlib.Path(folder, "half.mp4").write_bytes(make_video(folder, "mp4", COUNT).read_bytes()[:5000])
    unknown = "has a format that is not known: check what"
    return {
        "nothing.ts": "is not there: check the path",
        "empty.ts": "is empty: check what writes it",
        "loop.ts": "cannot be read .*: check the path, and who may read it",
        "text.mp4": unknown,
        "noise.ts": unknown,
        "half.mp4": "is not what its format asks for: check what writes it",
    }


@test
def what_cannot_be_read_says_what_to_do():
    """And is ended at once; no secret is shown; what belongs to the network is tried again."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        make_bad_files(folder)
        env = {"SECRET": SECRET}
        bridges = {}
        for name, (uri, expected) in troubles(folder, stack).items():
            bridges[name] = Program("bridge", "--input", uri, "--output", "-", env=env), expected
        for name, (bridge, expected) in bridges.items():
            bridge.wait_line(expected)
        for name, (bridge, expected) in bridges.items():
            lines = said(bridge)
            # a busy computer may miss data before the connection has failed
            assert "It sees" in expected or any(line.endswith(AGAIN) for line in lines), (name, lines)
            status, seconds = bridge.end()
            assert status == 0 and seconds < harness.PATIENCE / 10, (name, status, seconds)
            assert not bridge.out and all(line.startswith(("[Bridge]", "metakafka-bridge: "))
                                          for line in bridge.err), bridge.lines
            assert not any(SECRET[:4] in line for line in bridge.lines), bridge.lines


@test
def a_file_that_cannot_be_read_does_not_keep_others():
    with tempfile.TemporaryDirectory() as folder:
        expected = make_bad_files(folder)
        lines = make_lines(folder, COUNT)
        bridge = read({"good": make_video(folder, "mp4", COUNT), "lines": lines,
                       **{f"bad{n}": pathlib.Path(folder, name) for n, name in enumerate(expected)}})
        assert bridge.wait() == 1, bridge.err
        for name, text in expected.items():
            bridge.wait_line(f"^metakafka-bridge: {folder}/{name} {text}")
        assert len(said(bridge)) == len(expected), bridge.err
        for name in ("good", "lines"):
            got = [line for line in plain(bridge.out) if f'"stream_id":"{name}"' in line]
            assert got == records(COUNT, name), got


# --- the end ----------------------------------------------------------------------------

@test
def a_signal_ends_every_input_and_loses_nothing_that_came():
    """Connected or not; the last frame of a transport stream is known to be whole only then."""
    with tempfile.TemporaryDirectory() as folder:
        ts = make_video(folder, "ts", COUNT)
        _, camera = sources.start_rtsp(make_video(folder, "mp4", COUNT))
        udp, listened, called, rtp, *nobody = (harness.free_port() for _ in range(8))
        web = Http(folder, live=ts.read_bytes())
        sources.start_srt(f"srt://127.0.0.1:{listened}", ts)
        sources.start_srt(f"srt://:{called}", ts)
        connected = {"udp": f"udp://127.0.0.1:{udp}", "listener": f"srt://:{listened}",
                     "caller": f"srt://127.0.0.1:{called}", "http": f"http://{web.address}/live",
                     "rtsp": f"rtsp://127.0.0.1:{camera}/video", "rtp": f"rtp://127.0.0.1:{rtp}"}
        silent = harness.listen(lambda connection: connection.recv(1) and threading.Event().wait())
        unconnected = {"n0": f"rtp://127.0.0.1:{nobody[0]}", "n1": f"udp://127.0.0.1:{nobody[1]}",
                       "n2": f"srt://:{nobody[2]}", "n3": f"srt://127.0.0.1:{nobody[3]}",
                       "n4": "http://127.0.0.1:1/x", "n5": "rtsp://127.0.0.1:1/x",
                       "n6": f"http://{silent}/x", "n7": f"rtsp://{silent}/x"}
        bridges = {name: read({name: uri}) for name, uri in {**connected, **unconnected}.items()}
        for name in ("udp", "rtp", "n6", "n7"):
            bridges[name].wait_line("reading|listening")
        send_udp(ts.read_bytes(), "127.0.0.1", udp)
        sources.send_rtp(make_video(folder, "mp4", COUNT), "h264", rtp)
        for name in connected:
            # but for the one that waits for the next
            wait_for(lambda: len(bridges[name].out) >= COUNT - 1, f"frames of {name}")
        for name in ("n4", "n5"):
            bridges[name].wait_line(AGAIN)
        for number, (name, bridge) in enumerate(bridges.items()):
            status, seconds = bridge.end((signal.SIGINT, signal.SIGTERM)[number % 2])
            assert status == 0 and seconds < harness.PATIENCE / 10, (name, status, seconds, bridge.err)
            wanted = records(COUNT, name) if name in connected else []
            # a file begins anew for who comes back at its end, perhaps before all others have given theirs
            got = plain(bridge.out)[:COUNT] if name == "rtsp" else plain(bridge.out)
            assert got == wanted, (name, len(bridge.out), bridge.err)
            assert sum("Shutting down" in line for line in bridge.err) == 1, bridge.err
        web.kill()


@test
def what_breaks_off_all_the_time_is_said_six_times():
    with tempfile.TemporaryDirectory() as folder:
        data = make_video(folder, "ts", COUNT).read_bytes()
        served, over = [], threading.Event()

        def serve(connection):
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + data)
                # as long as the bridge needs to see that it is back
                over.wait(2.5)
            served.append(connection)

        address = harness.listen(serve)
        bridge = Program("bridge", "--input", f"http://{address}/live", "--output", "-")
        wait_for(lambda: len(served) >= 8, "eight connections", 90)
        over.set()
        assert bridge.end()[0] == 0
    lines = said(bridge, f"http://{address}/live")
    assert [line.endswith("is back") for line in lines] == 6 * [False, True], lines
    assert all("has ended; it is opened again" in line for line in lines[::2]), lines


harness.main()
