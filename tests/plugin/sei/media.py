# gst-metakafka
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests with real video share: running programs and pipelines, and
FFmpeg as a witness."""

import re
import subprocess

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

OUR_UUID = 'a4b00512d794561186b717406de2f1de'
SOURCE = ('videotestsrc num-buffers=%d pattern=ball ! '
          'video/x-raw,width=176,height=144,framerate=25/1 ! ')


def run(*command, **options):
    result = subprocess.run(command, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            timeout=120, **options)
    if result.returncode != 0:
        raise AssertionError('%s: %s%s' % (
            ' '.join(command), result.stdout.decode(errors='replace')[-2000:],
            result.stderr.decode(errors='replace')[-2000:]))
    return result


def gst_launch(description):
    run('gst-launch-1.0', '-q', *description.split())


def run_pipeline(description, probes=(), stats=(), raw_probes=()):
    """Runs it to the end. probes: (element, pad, function called with element and
    buffer); raw_probes: with pad and info. Returns the statistics of the elements
    named in stats."""
    pipeline = Gst.parse_launch(description)
    errors = []

    def call(pad, info, element, function):
        try:
            if element is None:
                function(pad, info)
            else:
                function(element, info.get_buffer())
        except Exception as error:  # would else be printed and lost
            errors.append(repr(error))
        return Gst.PadProbeReturn.OK

    for name, pad, function in probes:
        element = pipeline.get_by_name(name)
        element.get_static_pad(pad).add_probe(
            Gst.PadProbeType.BUFFER, call, element, function)
    for name, pad, function in raw_probes:
        pipeline.get_by_name(name).get_static_pad(pad).add_probe(
            Gst.PadProbeType.BUFFER, call, None, function)
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        100 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    counted = []
    for name in stats:
        values = pipeline.get_by_name(name).get_property('stats')
        counted.append({values.nth_field_name(i): values.get_uint64(
            values.nth_field_name(i))[1] for i in range(values.n_fields())})
    pipeline.set_state(Gst.State.NULL)
    if message is None:
        raise AssertionError('not at its end in 100 s: ' + description)
    if message.type == Gst.MessageType.ERROR:
        raise AssertionError('%s: %s' % (description, message.parse_error()))
    if errors:
        raise AssertionError('%s: %s' % (description, errors[:3]))
    return counted


def pictures(path):
    """The md5 of each decoded picture"""
    lines = run('ffmpeg', '-v', 'error', '-i', path, '-f', 'framemd5', '-'
                ).stdout.decode().splitlines()
    return [line.split(',')[-1].strip() for line in lines
            if not line.startswith('#')]


def trace(path):
    """What trace_headers says of each user_data_unregistered message: its UUID"""
    text = run('ffmpeg', '-hide_banner', '-v', 'trace', '-i', path, '-c:v',
               'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'
               ).stderr.decode(errors='replace')
    uuids, current = [], None
    for line in text.splitlines():
        match = re.search(
            r'uuid_iso_iec_11578\[(\d+)\] +[01]+ = (\d+)', line)
        if match and match.group(1) == '0':
            current = ''
        if match:
            current += '%02x' % int(match.group(2))
            if match.group(1) == '15':
                uuids.append(current)
        if 'Failed to read' in line or 'Invalid value' in line:
            raise AssertionError(line)
    return uuids
