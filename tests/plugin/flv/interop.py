#!/usr/bin/python3
"""What flvmetainject writes, as flvmeta and ffprobe read it: 10 000 objects, each on its frame, and the video as it was; and
objects that find their frames by time, behind flvmux and in its files."""
import json
import pathlib
import re
import subprocess
import tempfile

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
COUNT = 10000


def run_pipeline(description, objects=()):
    """@objects: those that an appsrc gives, and their times"""
    pipeline = Gst.parse_launch(description)
    for text, time in objects:
        buffer = Gst.Buffer.new_wrapped(text.encode())
        buffer.pts = time
        pipeline.get_by_name("objects").emit("push-buffer", buffer)
    if objects:
        pipeline.get_by_name("objects").emit("end-of-stream")
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(600 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    assert message and message.type == Gst.MessageType.EOS, message and message.parse_error()


def read_with_flvmeta(path):
    """Its tags: those of script data, and those of the others without where they are in the file"""
    dump = subprocess.run(["flvmeta", "--full-dump", "--json", path], capture_output=True, check=True).stdout
    tags = json.loads(dump.decode("utf-8"))["tags"]
    others = [{key: value for key, value in tag.items() if key != "offset"} for tag in tags
              if tag["type"] != "scriptData"]
    return tags, others


def tags_of(data):
    """The bytes of all tags"""
    at, found = 9 + 4, []
    while at < len(data):
        end = at + 11 + int.from_bytes(data[at + 1:at + 4], "big")
        found.append(data[at:end])
        at = end + 4
    return found


def without_script(tags):
    return [tag for tag in tags if tag[0] != 18]


def count_frames(path):
    return int(subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries",
                               "stream=nb_read_packets", "-of", "csv=p=0", path], capture_output=True, check=True,
                              text=True).stdout.split(",")[0])


def make_line(n):
    """Characters that JSON and AMF write in other ways"""
    return '{"n":%d, "value" :%s,"text":"\u00e4\u20ac\U0001f681\\n \\"%s"}' % (n, 0.1 * n, "y" * (n % 60))


def check(folder, event, bframes):
    video, injected, lines, out = (pathlib.Path(folder, name) for name in ("video.flv", "injected.flv", "lines", "out"))
    wanted = [make_line(n) for n in range(COUNT)]
    lines.write_text("".join(line + "\n" for line in wanted), "utf-8")
    run_pipeline(f"videotestsrc num-buffers={COUNT} pattern=ball ! video/x-raw,width=32,height=32,framerate=50/1"
                 f" ! x264enc speed-preset=ultrafast bframes={bframes} key-int-max=100 ! h264parse"
                 f" ! flvmux streamable=true ! filesink location={video}")
    run_pipeline(f"filesrc location={video} ! flvmetainject name=i event={event} ! filesink location={injected}"
                 f" filesrc location={lines} ! application/x-ndjson ! i.metadata")
    tags, others = read_with_flvmeta(injected)
    assert others == read_with_flvmeta(video)[1]
    assert without_script(tags_of(injected.read_bytes())) == without_script(tags_of(video.read_bytes()))
    assert count_frames(injected) == count_frames(video) == COUNT
    check_tags(tags, wanted, event)
    run_pipeline(f"filesrc location={injected} ! flvmetaextract name=x x.metadata ! application/x-ndjson"
                 f" ! filesink location={out}")
    got = [line for line in out.read_text("utf-8").splitlines() if '"type":"flv"' not in line]
    assert got == wanted, (len(got), got[:2], wanted[:2])


def check_tags(tags, wanted, event):
    """Before each frame, and with its time, there is the next object"""
    member = "metakafka" if event == "onMetaData" else "text"
    found, last = [], None
    for tag in tags:
        is_frame = tag["type"] == "video" and tag["videoData"]["AVCData"]["packetType"] == "AVC NALU"
        if is_frame:
            assert last["timestamp"] == tag["timestamp"] and last["scriptDataObject"]["name"] == event, (last, tag)
            found.append(last["scriptDataObject"]["metadata"][member])
        last = tag
    assert found == wanted, (len(found), found[:2], wanted[:2])


def find_objects(path):
    """For each frame: when it is shown, in milliseconds, and the numbers of the objects in front of it"""
    found, before = [], []
    for tag in tags_of(path.read_bytes()):
        number = re.search(rb'{"n":(\d+)}', tag) if tag[0] == 18 else None
        if number:
            before.append(int(number[1]))
        elif tag[0] == 9 and tag[12] == 1:
            found.append((int.from_bytes(tag[4:7], "big") + int.from_bytes(tag[13:16], "big"), before))
            before = []
    return found


def check_times(folder, encoder, fps, count, late_ms):
    """Object n has the time at which frame n is shown, or is a little later."""
    video, injected, joined = (pathlib.Path(folder, name) for name in ("video.flv", "injected.flv", "joined.flv"))
    objects = [('{"n":%d}' % n, n * Gst.SECOND // fps + late_ms * Gst.MSECOND) for n in range(count)]
    source = (f"videotestsrc num-buffers={count} ! video/x-raw,width=32,height=32,framerate={fps}/1 ! x264enc {encoder}"
              f" ! h264parse ! flvmux streamable=true")
    metadata = "appsrc name=objects format=time caps=application/x-json max-bytes=0 ! queue ! i.metadata"
    run_pipeline(f"{source} ! queue ! flvmetainject name=i ! filesink location={joined} {metadata}", objects)
    run_pipeline(f"{source} ! filesink location={video}")
    run_pipeline(f"filesrc location={video} ! flvmetainject name=i ! filesink location={injected} {metadata}", objects)
    for path in (joined, injected):
        found = find_objects(path)
        assert len(found) == count, (path, len(found))
        for shown_ms, numbers in found:
            assert numbers == [round(shown_ms * fps / 1000)], (path, encoder, fps, count, late_ms, found)


def main():
    print("1..6")
    for number, (event, bframes) in enumerate((("onTextData", 0), ("onMetaData", 0), ("onSensor", 2)), 1):
        with tempfile.TemporaryDirectory() as folder:
            check(folder, event, bframes)
        print(f"ok {number} - {event} with {bframes} B-frames", flush=True)
    for number, encoder in enumerate(("bframes=0", "bframes=2", "bframes=3 b-pyramid=true"), 4):
        with tempfile.TemporaryDirectory() as folder:
            for fps, count, late_ms in ((25, 5, 0), (25, 30, 15), (30, 30, 0), (30, 30, 15)):
                check_times(folder, encoder, fps, count, late_ms)
        print(f"ok {number} - by time, {encoder}", flush=True)


main()
