#!/usr/bin/python3
"""What metakafka-print shows of records: formats, columns, colours, filters, fields and statistics."""
import base64
import fcntl
import json
import os
import re
import select
import struct
import subprocess
import termios
import time

import harness
from harness import Program, find, produce, run, start_broker, test

VALUE = (b'{"stream_id":"cam01","seq":%d,"confidence":0.60,"e":1e2,"name":"\xc3\xbc\\u00fc",'
         b'"objects":[{"label":"person","id":%d},{"label":"car"}]}')


def put(address, value, *args):
    """One record of any bytes."""
    subprocess.run(["kcat", "-P", "-b", address, "-t", "t", "-D", "\x02", *args], input=value, check=True,
                   timeout=harness.PATIENCE)


def read_bytes(address, *args):
    """All that is on stdout."""
    done = subprocess.run([find("print"), "--bootstrap", address, "--topic", "t", "--offset", "beginning",
                           "--exit-at-end", *map(str, args)],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=harness.PATIENCE)
    assert done.returncode == 0 and not done.stderr, (done.returncode, done.stderr)
    return done.stdout


def read_json(address, *args):
    return [json.loads(line) for line in read_bytes(address, "--format", "json", *args).splitlines()]


def read_text(address, *args):
    """The lines, without what is before all of them."""
    lines = read_bytes(address, *args).decode().splitlines()
    assert lines.pop(0) == f"[Kafka] reading t @ {address}", lines
    assert all(line.startswith("[Kafka] ") for line in lines), lines
    return [line[len("[Kafka] "):] for line in lines]


@test
def json_has_all_of_a_record():
    _, address = start_broker("t:2")
    before = int(time.time() * 1000)
    put(address, VALUE % (7, 7), "-p", "1", "-k", "cam01", "-H", "site=north", "-H", "a=\u00fc\"", "-H", "site=")
    [record] = read_json(address)
    assert before <= record.pop("timestamp") <= time.time() * 1000, record
    assert record == {
        "topic": "t", "partition": 1, "offset": 0, "key": "cam01", "value": json.loads(VALUE % (7, 7)),
        "headers": [{"name": "site", "value": "north"}, {"name": "a", "value": "\u00fc\""},
                    {"name": "site", "value": ""}]}, record
    assert list(json.loads(read_bytes(address, "--format", "json"))) == [
        "topic", "partition", "offset", "timestamp", "key", "headers", "value"]


@test
def json_has_the_value_byte_for_byte():
    _, address = start_broker("t:1")
    values = [VALUE % (7, 7), b"1e400", b'"\xe2\x80\xae\xc2\x85"', b'{"a":{"a":1,"a":1.0}}', b"-0.0", b"null"]
    for value in values:
        put(address, value)
    put(address, b'\xef\xbb\xbf{ "a" :\n [ 1 , 2 ] }\n\0')
    lines = read_bytes(address, "--format", "json").splitlines()
    assert [line.split(b'"value":', 1)[1][:-1] for line in lines] == values + [b'{"a":[1,2]}'], lines


@test
def json_has_every_byte_of_what_is_no_text():
    _, address = start_broker("t:1")
    values = [b"\xff\0", b"NaN\n", b"plain", b"{\xff", b"\0"]
    for value in values:
        put(address, value, "-k", "k\udcff", "-H", "h=\udcfe")
    records = read_json(address)
    assert [record["value"] for record in records] == [{"raw": "\ufffd"}, {"raw": "NaN"}, {"raw": "plain"},
                                                       {"raw": "{\ufffd"}, {"raw": ""}], records
    for record, value in zip(records, values):
        assert base64.b64decode(record.get("value_base64", "cGxhaW4=")) == value, record
        assert record["key"] == "k\ufffd" and base64.b64decode(record["key_base64"]) == b"k\xff", record
        assert record["headers"] == [{"name": "h", "value": "\ufffd", "value_base64": "/g=="}], record
    assert "value_base64" not in records[2]


@test
def json_has_a_depth():
    _, address = start_broker("t:1")
    for depth in (64, 65):
        put(address, b"[" * depth + b"]" * depth)
    deep, too_deep = read_json(address)
    assert deep["value"] != too_deep["value"] == {"raw": "[" * 65 + "]" * 65}, too_deep
    assert json.dumps(deep["value"]) == "[" * 64 + "]" * 64, deep


@test
def json_of_nothing_is_null():
    _, address = start_broker("t:1")
    produce(address, "t", b"k:\n", "-K", ":", "-Z")
    produce(address, "t", b"k:\n", "-K", ":")
    put(address, b"1")
    put(address, b"null")
    missing, empty, one, null = read_json(address)
    assert missing["value"] is None and missing["key"] == "k" and missing["headers"] == [], missing
    # to be told from what is there
    assert missing["tombstone"] is True and null["value"] is None, missing
    assert not any("tombstone" in record for record in (empty, one, null)), (empty, one, null)
    assert read_json(address, "--fields", "a")[0]["tombstone"] is True
    assert empty["value"] == {"raw": ""} and "value_base64" not in empty, empty
    assert one["value"] == 1 and one["key"] is None, one


@test
def raw_is_the_value_and_a_line_end():
    _, address = start_broker("t:1")
    values = [b'{ "a" : 1 }', b"\0\xff\x1b[31m\r\n", b"x\ny", bytes(range(3, 256))]
    for value in values:
        put(address, value)
    produce(address, "t", b"k:\n", "-K", ":", "-Z")
    assert read_bytes(address, "--format", "raw") == b"".join(value + b"\n" for value in values) + b"\n"


@test
def raw_records_of_many_lines_count_as_one():
    _, address = start_broker("t:1")
    for value in (b"1\n2\n3", b"4\n5", b"6"):
        put(address, value)
    status, out, err = run("print", "--bootstrap", address, "--topic", "t", "--format", "raw", "--count", 2)
    assert (status, out, err) == (0, ["1", "2", "3", "4", "5"], []), (status, out, err)
    status, out, _ = run("print", "--bootstrap", address, "--topic", "t", "--format", "raw", "--count", 1)
    assert (status, out) == (0, ["6"]), out


@test
def columns_have_an_order_of_their_own():
    _, address = start_broker("t:1")
    put(address, b"[ 1 ]", "-k", "k\udcff\x1b\"\u202e", "-H", "a=\udcfe", "-H", "b=x y")
    put(address, b"2")
    columns = r'"k\xff\u001b\"\u202e" {"a":"\xfe","b":"x y"} [1]'
    assert read_text(address, "--key", "--headers") == [columns, "null {} 2"]
    assert read_text(address, "--headers", "--key") == [columns, "null {} 2"]
    assert read_text(address, "--key")[1] == "null 2"
    first, second = read_text(address, "--headers", "--time", "--key")
    when, first = first.split(" ", 1)
    assert first == columns and second.endswith("Z null {} 2"), (first, second)
    [record, _] = read_json(address)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", when), when
    seconds = subprocess.run(["date", "-d", when, "+%s%3N"], capture_output=True, check=True).stdout
    assert int(seconds) == record["timestamp"], (when, record)


def read_terminal(address, *args, env=None):
    """What a terminal gets."""
    master, slave = os.openpty()
    reader = Program("print", "--bootstrap", address, "--topic", "t", "--offset", "beginning", "--exit-at-end",
                     *args, stdout=slave, env={"TERM": "xterm", "NO_COLOR": "", **(env or {})})
    os.close(slave)
    data = b""
    while reader.process.poll() is None or select.select([master], [], [], 0)[0]:
        if select.select([master], [], [], 0.05)[0]:
            try:
                data += os.read(master, 1 << 16)
            except OSError:
                break   # the other end is closed
    os.close(master)
    assert reader.wait() == 0 and not reader.err, reader.err
    return data.decode().replace("\r\n", "\n")


@test
def colours_are_for_a_terminal():
    _, address = start_broker("t:1")
    put(address, '{"a":["\u202e",-1.5,true]}'.encode(), "-k", "k")
    plain = '[Kafka] "k" {"a":["\\u202e",-1.5,true]}'
    coloured = ('\033[2m[Kafka]\033[0m \033[36m"k"\033[0m {\033[34m"a"\033[0m:[\033[32m"\\u202e"\033[0m,'
                '\033[33m-1.5\033[0m,\033[33mtrue\033[0m]}')
    assert read_terminal(address, "--key").splitlines()[1] == coloured
    assert read_terminal(address, "--key", env={"NO_COLOR": "1"}).splitlines()[1] == plain
    assert read_terminal(address, "--key", env={"TERM": "dumb"}).splitlines()[1] == plain
    assert read_text(address, "--key") == [plain[len("[Kafka] "):]]


@test
def json_on_a_terminal_is_escaped():
    _, address = start_broker("t:1")
    put(address, '"\u202e\u009b"'.encode())
    shown = read_terminal(address, "--format", "json")
    assert shown.endswith('"value":"\\u202e\\u009b"}\n') and "\033" not in shown, shown
    assert '"value":"\u202e\u009b"' in read_bytes(address, "--format", "json").decode()


@test
def people_are_told_apart_from_records():
    """With json and raw, stdout has records alone, and stderr nothing where nobody looks."""
    _, address = start_broker("t:1")
    put(address, b"1")
    for form in ("json", "raw"):
        reader = Program("print", "--bootstrap", address, "--topic", "t", "--format", form, "--group", form)
        reader.wait_line("1")
        assert reader.end()[0] == 0 and len(reader.out) <= 1 and not reader.err, reader.lines
        _, err = read_stderr(address, "--format", form)
        assert err[0] == f"metakafka-print: reading t @ {address}", err


def read_stderr(address, *args, seconds=0):
    """stdout's lines, and what a terminal at stderr gets. seconds: how long it runs, if it does not end by itself"""
    master, slave = os.openpty()
    command = (f'exec "$0" --bootstrap {address} --topic t --offset beginning "$@" 2>{os.ttyname(slave)}')
    ends = ("--idle-timeout", seconds) if seconds else ("--exit-at-end",)
    reader = Program("sh", "-c", command, find("print"), *ends, *args, path="/bin/sh")
    status = reader.wait()
    assert status == 0, status
    data = b""
    while select.select([master], [], [], 0)[0]:
        data += os.read(master, 1 << 16)
    os.close(slave)
    os.close(master)
    return reader.out, data.decode().replace("\r\n", "\n").splitlines()


@test
def filters_choose_what_is_shown():
    _, address = start_broker("t:1")
    for seq in range(4):
        put(address, VALUE % (seq, seq))
    put(address, b"no JSON, objects.label=person")
    produce(address, "t", b"k:\n", "-K", ":", "-Z")
    for filters, found in ((("objects.label=person",), [0, 1, 2, 3]), (("seq>=2",), [2, 3]),
                           (("seq>=1", "$.objects[0].id<3"), [1, 2]), (("objects.label=dog",), []),
                           (("name=\u00fc\u00fc", "seq=1"), [1]), (("stream_id~^cam0[1-3]$", "seq!=0"), [1, 2, 3])):
        args = [word for text in filters for word in ("--filter", text)]
        records = read_json(address, *args)
        assert [record["value"]["seq"] for record in records] == found, (filters, records)
        assert len(read_text(address, *args)) == len(read_bytes(address, *args, "--format", "raw").splitlines()) \
            == len(found)
    assert [line[:6] for line in read_text(address, "--filter", "seq!=1")] == ['{"stre'] * 3 + ['{"raw"', "null"]


@test
def a_filter_that_pcre_gives_up_on_is_no_silence():
    _, address = start_broker("t:1")
    # too long for the stack of PCRE's compiler
    produce(address, "t", b"".join(b'{"n":%d,"s":"%s"}\n' % (n, b"ab" * n) for n in (100, 2500, 25000, 50000)))
    produce(address, "t", b'{"n":1,"s":"ba"}\n')
    assert len(read_json(address, "--filter", "s~^(a|b|ab)*$")) == 5
    found = read_json(address, "--filter", "s~^(ab)*$")
    assert [record["value"]["n"] for record in found] == [100, 2500, 25000, 50000], found
    # more steps than PCRE makes
    _, address = start_broker("t:1")
    produce(address, "t", b'{"s":"%sb"}\n' % (b"a" * 60) * 2 + b'{"s":"c"}\n')
    status, out, err = run("print", "--bootstrap", address, "--topic", "t", "--offset", "beginning", "--exit-at-end",
                           "--format", "raw", "--filter", "s~^(a+)+$")
    assert status == 0 and len(out) == 2 and '"s":"aa' in out[1], (status, out)
    assert len(err) == 1 and "PCRE gives up on '^(a+)+$' (" in err[0] and err[0].endswith(
        "records like this one are shown; simplify the expression"), err


@test
def a_slow_filter_keeps_neither_a_line_nor_a_signal_waiting():
    _, address = start_broker("t:1")
    # each takes PCRE some millions of steps
    produce(address, "t", b'{"s":"x"}\n' + b'{"s":"aaaaaaaaaaaaaaaaaaaab"}\n' * 2000)
    reader = Program("print", "--bootstrap", address, "--topic", "t", "--offset", "beginning", "--exit-at-end",
                     "--format", "json", "--stats", "--filter", "s~^(x|(a+)+)$")
    reader.wait_line('"s":"x"')
    status, _ = reader.end()
    assert status == 0 and len(reader.out) == 1, reader.lines
    assert 0 < json.loads(reader.err[-1])["records"] < 2001, reader.err


@test
def fields_stay_as_they_came():
    _, address = start_broker("t:1")
    put(address, VALUE % (7, 8))
    put(address, b"x")
    produce(address, "t", b"k:\n", "-K", ":", "-Z")
    fields = ("--fields", "objects.id,confidence,e,name,$..label")
    expected = ('{"confidence":0.60,"e":1e2,"name":"\u00fc\\u00fc","objects":[{"id":8},{}],'
                '"$..label":["person","car"]}', '{"$..label":[]}')
    assert read_text(address, *fields) == [*expected, "null"]
    assert read_bytes(address, *fields, "--format", "raw").decode().splitlines() == [*expected, ""]
    lines = read_bytes(address, *fields, "--format", "json").decode().splitlines()
    assert [line.split('"value":')[1] for line in lines] == [expected[0] + "}", expected[1] + "}",
                                                             'null,"tombstone":true}']


@test
def statistics_are_told_at_the_end():
    _, address = start_broker("t:3")
    lines = [f'{{"stream_id":"a","seq":{seq}}}' for seq in (5, 6, 9, 9, 10)]
    lines += [f'{{"stream_id":"b","seq":{seq}}}' for seq in range(1000)]
    # in all partitions
    for partition in range(3):
        produce(address, "t", "".join(line + "\n" for line in lines[partition::3]).encode(), "-p", str(partition))
    args = ("--bootstrap", address, "--topic", "t", "--offset", "beginning", "--exit-at-end", "--stats")
    status, out, err = run("print", *args, "--filter", "seq<10")
    assert status == 0 and len(out) == 1 + 4 + 10, (status, out)
    assert err[0].split() == ["stream", "records", "shown", "rate/s", "missing", "repeated", "age", "p50", "p99",
                              "max", "bytes"], err
    rows = {words[0]: words[1:] for words in map(str.split, err[1:3])}
    assert rows["a"][:2] == ["5", "4"] and rows["a"][3:5] == ["2", "1"], err
    assert rows["b"][:2] == ["1000", "10"] and rows["b"][3:5] == ["0", "0"], err
    assert rows["b"][-1] == str(sum(map(len, lines[5:]))) and rows["b"][-2] in ("ms", "s"), err
    total = sum(map(len, lines))
    assert re.fullmatch(rf"1005 records, 14 shown, {total} bytes in \d+\.\d s: \d+ records/s", err[3]), err
    assert len(err) == 4, err

    status, out, err = run("print", *args, "--format", "json", "--filter", "stream_id=b")
    assert status == 0 and len(out) == 1000 and len(err) == 1, (status, err)
    stats = json.loads(err[0])
    streams = {stream["stream"]: stream for stream in stats["streams"]}
    assert (stats["records"], stats["shown"], stats["bytes"]) == (1005, 1000, total), stats
    assert (streams["a"]["missing"], streams["a"]["repeated"], streams["a"]["shown"]) == (2, 1, 0), stats
    ages = [streams["b"][name] for name in ("age_p50_ms", "age_p99_ms", "age_max_ms")]
    assert ages == sorted(ages) and 0 <= ages[0] < 600000, stats


@test
def statistics_at_the_end_wait_for_their_reader():
    _, address = start_broker("t:1")
    produce(address, "t", b"".join(b'{"stream_id":"%s%d"}\n' % (b"y" * 400, n) for n in range(400)))
    for form in ("json", "text"):
        read_end, write_end = os.pipe()
        with subprocess.Popen([find("print"), "--bootstrap", address, "--topic", "t", "--offset", "beginning",
                               "--exit-at-end", "--stats", "--format", form], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=write_end) as reader:
            harness.wait_for(lambda: not select.select([], [write_end], [], 0)[1], "the pipe to be full")
            os.close(write_end)
            with os.fdopen(read_end, "rb") as pipe:
                lines = pipe.read().splitlines()
            assert reader.wait(harness.PATIENCE) == 0
        assert len(lines) == (1 if form == "json" else 402), len(lines)
        assert len(json.loads(lines[0])["streams"]) == 400 if form == "json" else lines[-1].startswith(b"400 records")


@test
def rates_and_ages_are_of_the_records_times():
    broker, address = start_broker("t:1")
    port = harness.free_port()
    bridge = Program("bridge", "--port", port, "--kafka-bootstrap", address, "--kafka-topic", "t")
    bridge.wait_line("listening")
    assert run("sender", "--port", port, "--num-buffers", 100, "--fps", 50, "--stream-id", "c", "--session", "s")[0] == 0
    assert bridge.end()[0] == 0
    args = ("--bootstrap", address, "--topic", "t", "--offset", "beginning", "--exit-at-end", "--stats")
    stats = json.loads(run("print", *args, "--format", "json")[2][0])
    [stream] = stats["streams"]
    assert stream["stream"] == "c s" and stream["records"] == 100 and stream["missing"] == 0, stream
    # the sender is as fast as it can be, at most as fast as it should
    assert 5 < stream["rate"] < 60, stream
    assert 0 <= stream["age_p50_ms"] <= stream["age_max_ms"] < 1000 * harness.PATIENCE, stream
    assert broker.end()[0] == 0


@test
def statistics_are_redrawn_on_a_terminal():
    _, address = start_broker("t:1")
    put(address, b'{"stream_id":"a\\u001b","seq":1}')
    out, err = read_stderr(address, "--stats", seconds=3)
    assert len(out) == 2, out
    again = [line for line in err if line.startswith("\033[3A\033[J")]
    assert again and all(line.endswith("bytes") for line in again), err
    # nothing of a record gets there unescaped
    assert sum("a\\u001b" in line for line in err) == len(again) + 1, err
    # with records on the terminal, or for programs, only at the end
    _, err = read_stderr(address, "--stats", "--format", "json", seconds=3)
    assert len(err) == 2 and json.loads(err[1])["records"] == 1, err


def replay(text):
    """The lines that a terminal shows in the end."""
    lines = []
    for part in re.split(r"(\033\[\d+A\033\[J)", text):
        if part.startswith("\033"):
            del lines[-int(part[2:part.index("A")]):]
        else:
            lines += part.splitlines()
    return lines


@test
def statistics_leave_what_was_said_and_fit_the_terminal():
    broker, address = start_broker("t:1")
    put(address, b'{"stream_id":"%s","seq":1}' % ("\u00fc\u4e2d" * 50).encode())
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 80, 0, 0))
    command = f'exec "$0" --bootstrap {address} --topic t --offset beginning --stats 2>{os.ttyname(slave)}'
    reader = Program("sh", "-c", command, find("print"), path="/bin/sh")
    text = b""
    for what in (rb"bytes in.*bytes in", rb"Could not reach[^\n]*\n.*bytes in.*bytes in"):
        while not re.search(what, text, re.S):
            assert select.select([master], [], [], harness.PATIENCE)[0], text
            text += os.read(master, 1 << 16)
        if not broker.process.poll():
            broker.kill()
    cut = text.decode().replace("\r\n", "\n")
    assert reader.end()[0] == 0
    while select.select([master], [], [], 0)[0]:
        text += os.read(master, 1 << 16)
    os.close(slave)
    os.close(master)
    lines = replay(text.decode().replace("\r\n", "\n"))
    [said] = [n for n, line in enumerate(lines) if "Could not reach" in line]
    assert "bytes in" in lines[said - 1] and len(lines) >= said + 4 and "bytes in" in lines[-1], lines
    rows = [line for line in replay(cut) if line.startswith("\u00fc")]
    assert rows and all(sum(1 + (c == "\u4e2d") for c in row) in (78, 79) for row in rows), rows
    # at the end, all is there
    assert lines[-2].startswith("\u00fc\u4e2d" * 50 + " "), lines


@test
def wrong_ways_to_show_are_told_with_what_is_right():
    for args, words in ((("--format", "xml"), "give text, json or raw"), (("--format", ""), "give text, json or raw"),
                        (("--format", "raw", "--key"), "give --format json"),
                        (("--format", "raw", "--time"), "give --format json"),
                        (("--format", "raw", "--headers"), "give --format json"),
                        (("--filter", "a..b=1"), "lacks a name"), (("--filter", "=1"), "lacks a name"),
                        (("--filter", ""), "lacks a name"), (("--filter", "a!b"), "write one of ="),
                        (("--filter", "a>=0,5"), "'0,5' is no number of JSON"),
                        (("--filter", "a>4 && a<6"), "give each condition a --filter of its own"),
                        (("--filter", 'a="x'), "is no string of JSON: end it with one, and write \\\" for one within"),
                        (("--filter", "a~("), "no regular expression of PCRE"),
                        (("--filter", "$.a["), "no JSONPath from '[' on: write steps"),
                        (("--filter", "a=1", "--filter", "$x=1"), "no JSONPath from 'x'"),
                        (("--fields", ""), "lacks a name"), (("--fields", "a,,b"), "lacks a name"),
                        (("--fields", "a,$.b[?]"), "no JSONPath from '[?]'")):
        status, out, err = run("print", *args)
        assert status == 2 and not out and len(err) == 1 and words in err[0], (args, status, err)
        assert args[-2] in err[0] or args[0] == "--format", err


harness.main(at_once=4)
