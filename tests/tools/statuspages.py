#!/usr/bin/python3
"""What the bridge shows of itself: the page, the metrics and the JSON that status-sample makes, whose path is the
first argument."""
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

import harness
from harness import Skip, test

SAMPLE = sys.argv.pop(1)
VOID = {"meta", "link", "br"}


def sample(form, n):
    return subprocess.run([SAMPLE, form, str(n)], stdout=subprocess.PIPE, check=True).stdout.decode()


class Page(html.parser.HTMLParser):
    """A page whose elements are closed in their order. rows: the texts of the cells of each; links: what it names"""

    def __init__(self, text):
        super().__init__()
        self.open, self.rows, self.links, self.tags, self.labels = [], [], [], set(), []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "action", "xlink:href")]
        self.labels += [value for name, value in attrs if name == "aria-label"]
        assert not [name for name, _ in attrs if name.startswith("on")], attrs
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.rows and self.rows[-1] and "tr" in self.open:
            self.rows[-1][-1] += data


# --- the page ----------------------------------------------------------------------------

@test
def the_page_is_whole_and_loads_nothing():
    for n in (1, 3, 200):
        page = Page(sample("page", n))
        assert page.links == ["data:,"], page.links
        assert not page.tags & {"script", "img", "iframe", "object", "embed"}, page.tags
        assert len(page.rows) == n + 1, len(page.rows)
        assert {len(row) for row in page.rows} == {9}, page.rows
        style = sample("page", n).split("<style>")[1].split("</style>")[0]
        assert "url(" not in style and "@import" not in style and "prefers-color-scheme:dark" in style


@test
def bad_cameras_come_first_and_the_others_in_their_order():
    rows = Page(sample("page", 200)).rows[1:]
    assert "down" in rows[0][1] and "does not answer" in rows[0][1], rows[0]
    assert all("up" in row[1] for row in rows[1:])
    names = [camera["name"] for camera in json.loads(sample("json", 200))["cameras"]]
    shown = [re.split("rtsp:", row[0])[0] for row in rows]
    names.insert(0, names.pop(names.index(shown[0])))
    assert shown == names


@test
def streams_have_rows_and_their_inputs_are_no_cameras():
    text = sample("page", 2)
    rows = Page(text).rows[1:]
    assert [row[0] for row in rows] == ["yardrtsp://10.0.0.11/stream1", "gate10.0.0.9:40001 00c0ffee",
                                        "gatertsp://10.0.0.10/stream1", "gate10.0.0.8:35295 45781a12"], rows
    assert "2 of 3 bad" in text
    status = json.loads(sample("json", 2))
    assert [stream["stream"] for stream in status["streams"]] == ["10.0.0.8:35295 45781a12", "10.0.0.9:40001 00c0ffee"]
    assert len(status["cameras"]) == 2 and "stream" not in status["cameras"][0]
    line = 'metakafka_stream_up{camera="gate",stream="10.0.0.9:40001 00c0ffee"} 0\n'
    assert line in sample("metrics", 2)


@test
def a_graph_shows_what_the_history_has():
    text = sample("page", 3)
    cameras = {camera["name"]: camera["history"] for camera in json.loads(sample("json", 3))["cameras"]}
    for row in re.findall(r"<tr[^>]*><td.*</tr>", text):
        name = re.search(r"<b>(.*?)</b>", row)[1]
        history = cameras[name]
        path = re.search(r'<path d="(.*?)"', row)[1]
        start, steps = re.fullmatch(r"M(\d+) 100((?:V\d+h\d+)+)V100z", path).groups()
        assert int(start) == 60 - len(history)
        heights = []
        for y, width in re.findall(r"V(\d+)h(\d+)", steps):
            heights += [100 - int(y)] * int(width)
        assert len(heights) == len(history), name
        for height, count in zip(heights, history):
            assert height == -(-count * 100 // max(history)), (name, height, count)
        assert f"up to {max(history) / 10:.1f} records a second" in row


@test
def what_is_special_is_escaped_in_each_form():
    text = sample("page", 1)
    assert "<b>\"a" not in text and "\x1b" not in text and "\u202e" not in text
    row = Page(text).rows[1]
    assert '<b>"a\\' in row[0] and "\\u001b[31m" in row[0] and "\\u202e" in row[0], row
    name = json.loads(sample("json", 1))["cameras"][0]["name"]
    assert name == "<b>\"a\\\n&'\u202e\x1b[31m", name
    line = next(line for line in sample("metrics", 1).splitlines() if line.startswith("metakafka_camera_up"))
    assert line.startswith('metakafka_camera_up{camera="<b>\\"a\\\\\\n&\''), line


# --- metrics and JSON --------------------------------------------------------------------

@test
def promtool_takes_the_metrics():
    if not shutil.which("promtool"):
        raise Skip("there is no promtool (Debian: prometheus)")
    for n in (1, 2, 3, 200):
        done = subprocess.run(["promtool", "check", "metrics"], input=sample("metrics", n).encode(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0 and not done.stdout, done.stdout.decode()


@test
def metrics_of_one_name_stand_together_and_differ():
    seen, names = set(), []
    for line in sample("metrics", 200).splitlines():
        if line.startswith("# HELP"):
            names.append(line.split()[2])
        elif line.startswith("# TYPE"):
            assert line.split()[2] == names[-1], line
        else:
            series = line.rsplit(" ", 1)[0]
            assert series not in seen, line
            seen.add(series)
            assert re.fullmatch(names[-1] + r"(_bucket|_sum|_count)?(\{.*\})?", series), line
    assert len(names) == len(set(names))
    assert sum(series.startswith("metakafka_camera_records_total{") for series in seen) == 200


def read_docs(page):
    with open(os.path.join(os.environ["METAKAFKA_SRC"], "docs", page), encoding="utf-8") as file:
        return file.read()


@test
def the_page_of_the_bridge_has_all_metrics():
    table = read_docs("metakafka-bridge.md").split("### Metrics")[1].split("\n### ")[0]
    said = re.findall(r"`((?:metakafka|process)_\w+)(?:\{\w+\})?`", table)
    # of several streams and Kafka, and of --output
    there = {name for n in (1, 2) for name in re.findall("# HELP (.*?) ", sample("metrics", n))}
    assert sorted(said) == sorted(there), said


@test
def the_alerts_of_the_operations_are_right():
    section = read_docs("operations.md").split("## Alerts")[1].split("\n## ")[0]
    config, rules = re.findall(r"((?:^    .*\n)+)", section, re.M)
    known = set(re.findall("# HELP (.*?) ", sample("metrics", 3)))
    assert set(re.findall(r"metakafka_\w+?(?=_bucket|\W)", rules)) <= known, rules
    if not shutil.which("promtool"):
        raise Skip("there is no promtool (Debian: prometheus)")
    with tempfile.TemporaryDirectory() as folder:
        for name, kind, text in (("prometheus.yml", "config", config), ("rules.yml", "rules", rules)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(textwrap.dedent(text))
            done = subprocess.run(["promtool", "check", kind, file.name], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            assert done.returncode == 0, done.stdout.decode()


@test
def the_histogram_grows_to_its_count():
    text = sample("metrics", 3)
    buckets = re.findall(r'metakafka_kafka_latency_seconds_bucket\{le="(.*?)"\} (\d+)', text)
    bounds = [float(bound) for bound, _ in buckets]
    counts = [int(count) for _, count in buckets]
    assert bounds[:3] == [0.000256, 0.000512, 0.001024] and bounds[-2:] == [67.108864, float("inf")], bounds
    assert counts == sorted(counts)
    assert re.search(r"metakafka_kafka_latency_seconds_count (\d+)", text)[1] == buckets[-1][1]
    assert re.search(r"metakafka_kafka_latency_seconds_sum \d+\.\d{9}\n", text)


@test
def what_is_not_known_has_no_sample_and_is_null():
    text = sample("metrics", 1)
    for metric in ("frames_total", "lost_packets_total", "last_record_age_seconds"):
        assert f"\nmetakafka_camera_{metric}{{" not in text, metric
    assert "metakafka_kafka_" not in text
    status = json.loads(sample("json", 1))
    camera = status["cameras"][0]
    assert camera["frames"] is camera["lost_packets"] is camera["last_record_age_ms"] is None
    assert status["kafka"] is None and status["time"] == "2026-11-29T22:00:00Z", status["time"]


harness.main()
