#!/usr/bin/python3
"""Writes the seeds of tests/fuzz/corpus, which are kept in the tree.

The first bytes of an input, which say how the rest is used, are described in
each target. Old seeds are removed, but not found-*: inputs that a target once
failed with.
"""
import pathlib
import struct

import flvcorpus
import klvcorpus

CORPUS = pathlib.Path(__file__).resolve().parent / 'corpus'

UUID = bytes.fromhex('a4b00512d794561186b717406de2f1de')
ZEROS_UUID = bytes.fromhex('00000100000000000000020000030000')
BANNER_UUID = bytes.fromhex('dc45e9bde6d948b7962cd820d923eeef')
X265_UUID = bytes.fromhex('2ca2de09b51747dbbb55a4fe7fc2fc4e')
MICRO_UUIDS = [b'MISPmicrosectime', bytes.fromhex('a8687dd4d7593758a5cef0338b6545f1')]
NANO_UUID = bytes.fromhex('cf848278ee23306c9265e8fef22fb8b8')
TIME = bytes.fromhex('1f0005ffa355ff156dffb09d')

PAYLOADS = [b'hello', b'{"a": 1}\n', bytes(9), b'',
            bytes(1 if i % 7 == 6 else 0 for i in range(300))]

H264, H265 = 0, 1
LENGTH_SIZES = [0, 1, 2, 4]


def format_byte(codec, length_size):
    return codec | LENGTH_SIZES.index(length_size) << 1


def escape(rbsp):
    out = bytearray()
    zeros = 0
    for byte in rbsp:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def number(n):
    return b'\xff' * (n // 255) + bytes([n % 255])


def message(kind, payload):
    return number(kind) + number(len(payload)) + payload


def user_data(uuid, payload):
    return message(5, uuid + payload)


def sei(codec, *messages, suffix=False, trailing=b'\x80'):
    header = b'\x06' if codec == H264 else b'\x50\x01' if suffix else b'\x4e\x01'
    return header + escape(b''.join(messages) + trailing)


def join(length_size, nals):
    out = b''
    for i, nal in enumerate(nals):
        if length_size:
            out += len(nal).to_bytes(length_size, 'big')
        else:
            out += b'\x00\x00\x01' if i % 3 == 2 else b'\x00\x00\x00\x01'
        out += nal
    return out


AUD = [b'\x09\xf0', b'\x46\x01\x50']
PARAMETERS = [[b'\x67\x4d\x40\x1f\xe9\x81', b'\x68\xef\x38\x80'],
              [b'\x40\x01\x0c\x01', b'\x42\x01\x01\x04\x08', b'\x44\x01\xc1\x72']]
SLICE = [b'\x65\x88\x84' + bytes(range(4, 40)), b'\x26\x01\xaf' + bytes(range(4, 40))]
DELTA_SLICE = [b'\x41\x9a\x21' + bytes(range(60, 80)), b'\x02\x03\xd0' + bytes(range(60, 80))]


def access_unit(codec, *seis, key=True, behind=()):
    return ([AUD[codec]] + (PARAMETERS[codec] if key else []) + list(seis)
            + [SLICE[codec] if key else DELTA_SLICE[codec]] + list(behind))


def units(codec, fits=255):
    """Access units that are worth while, each with a name."""
    hello = sei(codec, user_data(UUID, PAYLOADS[0]))
    several = sei(codec, message(1, b'\x01\x02\x03'), user_data(UUID, PAYLOADS[1]),
                  user_data(ZEROS_UUID, PAYLOADS[2]), message(300, bytes(20)))
    banner = sei(codec, user_data(BANNER_UUID, b'x264 - core 164'))
    long = sei(codec, user_data(UUID, PAYLOADS[4]))
    empty = sei(codec, user_data(UUID, b''))
    suffix = sei(codec, user_data(UUID, b'behind'), suffix=True)

    yield 'plain', access_unit(codec)
    yield 'hello', access_unit(codec, hello, key=False)
    yield 'several', access_unit(codec, banner, several, empty)
    if len(long) <= fits:
        yield 'long', access_unit(codec, long)
    yield 'types', access_unit(codec, sei(
        codec, message(100, PAYLOADS[2]), user_data(UUID, PAYLOADS[0]), message(300, b''),
        message(4, bytes([0, 0, 1])), message(0, b'\0')))
    yield 'wrapped', access_unit(codec, sei(
        codec, user_data(X265_UUID, UUID + PAYLOADS[0]), user_data(X265_UUID, UUID + PAYLOADS[2])),
        sei(codec, user_data(X265_UUID, X265_UUID + b'x265 (build 199)'),
            user_data(X265_UUID, X265_UUID + b'0123456789abcdef{}')))
    yield 'times', access_unit(codec, sei(
        codec, user_data(MICRO_UUIDS[codec], TIME[:-1]), user_data(MICRO_UUIDS[codec], TIME),
        user_data(UUID, PAYLOADS[0])), sei(codec, user_data(NANO_UUID, b'\x1f' + b'\xff' * 11),
                                           user_data(X265_UUID, MICRO_UUIDS[H264] + TIME)))
    yield 'behind', access_unit(codec, hello, behind=[suffix])
    if codec == H264:
        # prefix NAL units of SVC, a field pair, end of sequence
        yield 'prefix', [AUD[codec], hello, b'\x6e\x40\x80', SLICE[codec],
                         b'\x6e\x40\x80', DELTA_SLICE[codec], b'\x0a']
    else:
        # two layers
        yield 'layers', [AUD[codec], hello, b'\x26\x0a\xaf\x05\x06',
                         b'\x4e\x0a' + hello[2:], b'\x26\x0b\xaf\x05\x06', b'\x48\x01']


def broken(codec):
    """SEI NAL units that contradict the syntax, each with a name."""
    good = user_data(UUID, PAYLOADS[0])
    yield 'cut', [sei(codec, good, trailing=b'')[:-3], sei(codec, good)]
    yield 'sizes', [sei(codec, b'\x05\xff\xff\xff'), sei(codec, message(5, b'short'), good),
                    sei(codec, b'\x05\x80\x80'), sei(codec, b'\xff\xff')]
    yield 'bits', [sei(codec, good, trailing=b''), sei(codec, good, trailing=b'\x80\x00\x00\x03\x80'),
                   sei(codec), sei(codec, trailing=b'')]


def broken_bytes(codec, length_size):
    """Bytes that are no proper access unit, each with a name."""
    good = join(length_size, access_unit(codec, sei(codec, user_data(UUID, b'hello'))))
    if length_size:
        yield 'length', good + b'\xff' * length_size + b'rest'
        yield 'zero-lengths', bytes(3 * length_size) + good + bytes(length_size)
    else:
        yield 'zeros', bytes(5) + good.replace(b'\x00\x00\x00\x01', b'\x00\x00\x00\x00\x00\x01') + bytes(4)
        yield 'no-start', b'\x01\x00\x01' + good + b'\x00\x00\x01' + b'\x00\x00\x01\x00\x00\x01\x06'


def bytes_of_all(codec, length_size):
    for name, nals in units(codec, 255 if length_size == 1 else 65535):
        yield name, join(length_size, nals)
    for name, seis in broken(codec):
        yield name, join(length_size, access_unit(codec, *seis))
    yield from broken_bytes(codec, length_size)


def name_of(codec, length_size, name):
    return f'{"h264" if codec == H264 else "h265"}-{length_size}-{name}'


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if not old.name.startswith('found-'):
            old.unlink()
    for name, data in seeds:
        assert len(data) < 2048, name
        (folder / name).write_bytes(data)


def bare(names):
    """For the targets without GStreamer."""
    n = 0
    for codec in (H264, H265):
        for length_size in LENGTH_SIZES:
            for name, data in bytes_of_all(codec, length_size):
                if name in names.get(length_size, names[4]):
                    n += 37
                    yield (name_of(codec, length_size, name),
                           bytes([format_byte(codec, length_size), n & 255]) + data)


def writer():
    for name, codec, length_size, times, uuid, payload, kind in (
            ('text', H264, 0, 0, UUID, b'{"seq": 17, "label": "person"}', 0),
            ('empty', H265, 0, 0, UUID, b'', 0),
            ('zeros', H264, 4, 0, ZEROS_UUID, bytes(40), 0),
            ('last-zero', H265, 2, 0, UUID, b'\x01\x00\x00', 0),
            ('size-255', H264, 2, 0, UUID, b'x' * 239, 0),
            ('fits-1', H264, 1, 0, UUID, b'y' * 235, 0),
            ('too-large-1', H265, 1, 0, UUID, b'y' * 235, 0),
            ('fits-2', H264, 2, 247, UUID, b'z' * 1000, 0),
            ('too-large-2', H265, 2, 248, UUID, b'\x00\x00\x01' * 334, 0),
            ('nasty', H264, 0, 240, bytes(16), bytes([0, 0, 3, 0, 0, 0, 1, 0, 0, 2, 255]), 0),
            ('type-0', H264, 0, 0, UUID, bytes(3), 1),
            ('type-300', H265, 2, 0, b'', b'', 6),
            ('type-65535', H264, 1, 0, UUID, b'x', 7)):
        ids = b'\x21\x03' if codec == H265 else b''
        head = format_byte(codec, length_size) | kind << 3
        yield name, bytes([head]) + ids + bytes([times]) + uuid + payload


def buffers(chunks, head, lines=None):
    """head: what stands between the length and the bytes of each buffer.
    lines: what stands before the length."""
    return b''.join((lines(i) if lines else b'') + struct.pack('>H', len(data)) + head(i) + data
                    for i, data in enumerate(chunks))


def streams(names, start, head, lines=None):
    n = 0
    for codec in (H264, H265):
        for length_size in LENGTH_SIZES:
            chunks = [data for name, data in bytes_of_all(codec, length_size)
                      if name in names]
            caps = codec | LENGTH_SIZES.index(length_size) << 1
            yield (name_of(codec, length_size, 'stream'),
                   bytes([caps]) + start(n) + buffers(chunks, head, lines))
            n += 1


def by_nal(start, head):
    """Access units in buffers of one NAL unit each."""
    for caps, codec, length_size in ((8, H264, 0), (9, H265, 0), (10, H264, 4), (11, H265, 2)):
        chunks = [join(length_size, [nal]) for name, nals in units(codec)
                  if name in ('hello', 'several', 'behind') for nal in nals]
        yield (name_of(codec, length_size, 'nal'),
               bytes([caps]) + start(caps) + buffers(chunks, head))


def changing(start, head):
    """Other caps with each access unit, also those that are refused."""
    order = [(H264, 0, 0), (H264, 4, 6), (H265, 0, 1), (H264, 0, 14), (H265, 2, 5)]
    chunks = [join(length_size, access_unit(codec, sei(codec, user_data(UUID, PAYLOADS[1]))))
              for codec, length_size, _ in order]
    yield 'caps-change', bytes([0]) + start(0) + b''.join(
        struct.pack('>H', len(data)) + head(i, caps << 4 | 8) + data
        for i, (data, (_, _, caps)) in enumerate(zip(chunks, order)))


def inject_head(i, flags=0):
    # a few metas on each buffer, of both kinds
    return bytes([(i * 0x25 + 3) & 255, flags or i & 7, (1, 0x0a, 0x23, 0x40, 0x13)[i % 5]])


def inject_types(i):
    # metas of other types
    return bytes([(i * 0x25 + 3) & 255, i & 7, (0xc2, 0xce, 0xd5, 0xda, 0xdd)[i % 5]])


def inject_lines(i):
    lines = (b'{"line": 1}\n', b'', b'{"line": 2}\r\n\n{"li', b'ne": 3}\nlast')[i % 4]
    return bytes([len(lines) | (i & 2) << 6]) + lines


def extract_head(i, flags=0):
    return bytes([(i * 0x25 + 3) & 255, flags or i & 7])


def regions():
    """Objects in pictures of several sizes."""
    box = '{"x": 0.1, "y": 0.25, "w": 0.3, "h": 0.5}'
    for name, width, height, text in (
            ('sender', 640, 480, '{"seq": 7, "objects": [{"id": "obj-7", "label": "car", "confidence": 0.87, '
             f'"bbox": {box}}}]}}'),
            ('several', 1920, 1080, f'{{"objects":[{{"id":1,"bbox":{box}}},{{"id":"seven","label":"\\u0000\\"ä",'
             f'"bbox":{box}}},{{"bbox":{{"x":-1e9,"y":0,"w":2e9,"h":1}}}},[],{{}}]}}'),
            ('same', 64, 48, f'{{"objects":[{{"bbox":{box}}},{{"bbox":{box}}}]}}'),
            ('tiny', 1, 1, f'{{"objects":[{{"confidence":1e-300,"bbox":{box}}}]}}'),
            ('huge', 65535, 65535, '{"objects":[{"id":"obj--5","bbox":{"x":0.99999999,"y":1e-9,"w":1e308,"h":1}}]}'),
            ('no-size', 0, 0, f'{{"objects":[{{"bbox":{box}}}]}}')):
        yield name, width.to_bytes(2, 'big') + height.to_bytes(2, 'big') + text.encode()


def json():
    """Objects of records, and what is none."""
    for name, text in (
            ('record', '{"stream_id": "cam01", "seq": 7, "ts_ns": 1795694400123456789, "a": [1.50e3, {"a": null}]}'),
            ('sender', '{"stream_id": "cam01", "seq": 960, "ts_ns": 3600002980000000, "objects": [{"id": "obj-961", '
             '"label": "person", "confidence": 0.6, "bbox": {"x": 0.1, "y": 0.1, "w": 0.3, "h": 0.3}}, {}, []], '
             '"source": "seiinject"}'),
            ('words', '["' + 'abcdefgh' * 5 + 'é' + '0123456789' * 3 + '\\n' + 'x' * 23 + '"]'),
            ('twice', '{"a":1,"seq":"x","\\u0061":{"seq":[]},"s\\u0065q":true,"":-0,"é":"\\ud83d\\ude00"}'),
            ('spaces', ' {\t"a" :\r\n[ ] , "" : { } , "b" : false } '),
            ('text', '{"text":"a long text, in which \\"quotes\\", ä and \\\\ are", "seq":"0123456789abcdef"}'),
            ('deep', '{"a":' * 63 + '[]' + '}' * 63),
            ('array', '[{"a":1},"seq",{"seq":2,"a":3}]'),
            ('mark', '\ufeff{"a":1}'),
            ('cut', '{"a":1,"seq":"')):
        yield name, text.encode()


def rtp_packet(sequence, timestamp, payload, marker=False, extension=b'', csrcs=b'', padding=b''):
    first = 0x80 | bool(padding) << 5 | bool(extension) << 4 | len(csrcs) // 4
    return (bytes([first, 96 | marker << 7]) + struct.pack('>HII', sequence & 0xffff, timestamp, 0xcafebabe)
            + csrcs + extension + payload + padding)


def fragments(codec, nal, size, don=b''):
    """FU-A, with a decoding order number FU-B and FU-A, or FU of H.265."""
    header, content = nal[:codec + 1], nal[codec + 1:]
    pieces = [content[i:i + size] for i in range(0, len(content), size)]
    for i, piece in enumerate(pieces):
        flags = (i == 0) << 7 | (i == len(pieces) - 1) << 6
        number = don if i == 0 else b''
        if codec == H264:
            yield bytes([header[0] & 0xe0 | (29 if number else 28), flags | header[0] & 31]) + number + piece
        else:
            yield bytes([header[0] & 0x81 | 49 << 1, header[1], flags | header[0] >> 1 & 63]) + number + piece


def sized(nals, head=b'', number=b''):
    return b''.join((number if i else b'') + struct.pack('>H', len(nal)) + head + nal for i, nal in enumerate(nals))


def rtp():
    """Streams of a few packets, in all payload formats."""
    stap, ap = b'\x78', b'\x60\x01'
    for codec in (H264, H265):
        name = ('h264', 'h265')[codec]
        small = sei(codec, user_data(UUID, PAYLOADS[0]))
        long = sei(codec, user_data(UUID, PAYLOADS[4][:150]))
        suffix = sei(codec, user_data(UUID, b'behind'), suffix=True)
        start = [AUD[codec]] + PARAMETERS[codec]

        def stream(payloads, donl=False, room=255, first=0xfffe, change=lambda packets: packets):
            packets = [rtp_packet(first + i, 9000, payload, i == len(payloads) - 1)
                       for i, payload in enumerate(payloads)]
            return bytes([codec | donl << 1, room]) + b''.join(
                struct.pack('>H', len(p)) + p for p in change(packets))

        slices = list(fragments(codec, SLICE[codec], 10))
        parts = list(fragments(codec, long, 40))
        aggregate = (stap if codec == H264 else ap) + sized(start + [small])
        yield name + '-single', stream(start + [small, SLICE[codec], suffix])
        yield name + '-aggregate', stream([aggregate] + slices)
        yield name + '-fragments', stream([aggregate] + parts + slices + [suffix])
        yield name + '-lost', stream(parts + slices, change=lambda packets: packets[:1] + packets[2:])
        yield name + '-twice', stream(parts, change=lambda packets: packets[:2] + packets[1:] + packets)
        yield name + '-small', stream(parts + [small], room=30)
        yield name + '-restart', stream(slices * 2, change=lambda packets: packets * 4)
        if codec == H264:
            don = b'\xff\xff'
            yield 'stap-b', stream([b'\x79' + don + sized(start + [small])])
            yield 'mtap16', stream([b'\x7a' + don + sized([small, SLICE[0]], b'\x01\x0b\xb8')])
            yield 'mtap24', stream([b'\x7b' + don + sized([small, SLICE[0]], b'\x00\x00\x0b\xb8')])
            yield 'fu-b', stream(list(fragments(codec, long, 40, don)) + slices)
        else:
            don = b'\x00\x07'
            yield 'donl', stream([small[:2] + don + small[2:], ap + don + sized([small, SLICE[1]], number=b'\x02')]
                                 + list(fragments(codec, long, 40, don)), donl=True)
            yield 'paci', stream([b'\x64\x01\x26\x01' + SLICE[1], small])

    one = b'\xbe\xde\x00\x05' + b'\x17' + bytes(range(8)) + b'\x00\x26' + bytes(7) + b'\x30\x09'
    two = b'\x10\x00\x00\x03' + b'\x01\x07' + bytes(7) + b'\x00\x02\x00'
    onvif = b'\xab\xac\x00\x03' + bytes(range(8)) + b'\xe0\x01\x00\x00'
    packets = [rtp_packet(7, 0, SLICE[0], extension=one, csrcs=bytes(8)),
               rtp_packet(8, 0, SLICE[0], extension=two, padding=b'\x00\x00\x03'),
               rtp_packet(9, 0, b'', extension=onvif, padding=b'\x01'),
               b'\x80\xc8\x00\x00', b'\x00\x01']
    yield 'headers', b'\x00\x40' + b''.join(struct.pack('>H', len(p)) + p for p in packets)
    packets = [rtp_packet(i, 0, (b'\x47' + bytes(187)) * 3) for i in range(2)]
    yield 'mp2t', b'\x00\x40' + b''.join(struct.pack('>H', len(p)) + p for p in packets)
    packets = [rtp_packet(1, 0, bytes.fromhex('060e2b34020b01010e01030101000000') + b'\x02\x01\x02')]
    yield 'klv', b'\x00\x40' + b''.join(struct.pack('>H', len(p)) + p for p in packets)


def rtcp():
    """Compound packets."""
    def packet(kind, count, body, padded=False):
        return struct.pack('>BBH', 0x80 | padded << 5 | count, kind, len(body) // 4) + body

    report = packet(200, 1, b'\xca\xfe\xba\xbe' + bytes(range(8)) + bytes(12) + bytes(24))
    names = packet(202, 1, b'\xca\xfe\xba\xbe\x01\x02ab\x00\x00\x00\x00')
    yield 'report', report + names
    yield 'bye', packet(201, 0, bytes(4)) + names + packet(203, 2, bytes(range(8)) + b'\x03abc')
    yield 'feedback', packet(205, 1, bytes(12)) + report + packet(207, 0, bytes(8))
    yield 'padded', report + packet(203, 1, bytes(4) + b'\x00\x00\x00\x04', padded=True)
    yield 'cut', report + packet(203, 31, bytes(4))


def rtpreceiver():
    """Streams of several senders, and what is none."""
    def datagrams(settings, *items):
        """Items: sender, delay, datagram"""
        return bytes([settings]) + b''.join(
            struct.pack('>BH', sender | delay << 3, len(data)) + data for sender, delay, data in items)

    def report(timestamp):
        return struct.pack('>BBHIIIII', 0x80, 200, 6, 0xcafebabe, 0xee800000, 1 << 31, timestamp, 0) + bytes(4)

    def stream(codec, sender=0, delay=4, first=0xfffd, n=3):
        """Access units of several packets"""
        sequence = first
        for i in range(n):
            hello = sei(codec, user_data(UUID, PAYLOADS[0] + bytes([i])))
            long = list(fragments(codec, sei(codec, user_data(UUID, PAYLOADS[4][:90])), 40))
            payloads = access_unit(codec, hello, key=i == 0)[:-1] + long + [SLICE[codec][:20]]
            for k, payload in enumerate(payloads):
                yield sender, delay * (k == 0), rtp_packet(sequence, 3600 * i, payload, k == len(payloads) - 1)
                sequence += 1

    for codec, name in ((H264, 'h264'), (H265, 'h265')):
        one = list(stream(codec))
        other = list(stream(codec, sender=1, first=500))
        yield name, datagrams(0x70, *one)
        yield name + '-report', datagrams(0x70 | codec + 1, *one[:4], (5, 0, report(0)), *one[4:], (0, 1, report(3600)))
        yield name + '-wrong-port', datagrams(0x70 | codec + 1, *((sender | 4, *rest) for sender, *rest in one))
        yield name + '-two', datagrams(0x78 | codec + 1, *(item for pair in zip(one, other) for item in pair))
        yield name + '-no-place', datagrams(0x00 | codec + 1, *one[:5], *other[:5], (3, 16, b''), *other)
        yield name + '-swapped', datagrams(0x70 | codec + 1, *(one[i ^ 1] for i in range(len(one) // 2 * 2)))
        yield name + '-twice', datagrams(0x74 | codec + 1, *(item for item in one for _ in range(2)))
        yield name + '-lost', datagrams(0x6c | codec + 1, *one[:4], *one[6:9], *one[10:])
        yield name + '-restart', datagrams(0x70 | codec + 1, *one, (0, 17, one[0][2]), *one)
        yield name + '-jump', datagrams(0x70 | codec + 1, *one, *stream(codec, first=30000, n=1))
        yield name + '-silence', datagrams(0x70 | codec + 1, *one[:8], (2, 21, b'x'), *one[8:])
    ts = (b'\x47' + bytes(187)) * 2
    yield 'mp2t', datagrams(0x70, *((0, 2, rtp_packet(i, 0, ts)) for i in range(4)), (0, 0, b'\x80\xcb\0\1' + b'\xca\xfe\xba\xbe'))
    yield 'noise', datagrams(0x70, *((i & 3, i, bytes((i * k + 128) & 255 for k in range(i))) for i in range(0, 30, 3)))


def main():
    write('rtp', rtp())
    write('rtpreceiver', rtpreceiver())
    write('rtcp', rtcp())
    some = {0: ('plain', 'several', 'behind', 'prefix', 'layers', 'zeros', 'no-start'),
            1: ('length',), 2: ('several',), 4: ('prefix', 'layers', 'zero-lengths')}
    write('nal', bare(some))
    some = {0: ('several', 'long', 'cut', 'sizes', 'bits', 'behind'),
            1: ('sizes',), 2: ('cut',), 4: ('several', 'bits')}
    write('seireader', bare(some))
    write('seiwriter', writer())
    write('regions', regions())
    write('json', json())
    write('klvjson', klvcorpus.klvjson())
    write('klvwrite', klvcorpus.klvwrite())
    write('klvparse', klvcorpus.klvparse())
    write('klvtsfilter', klvcorpus.klvtsfilter())
    write('amfread', flvcorpus.amfread())
    write('amfwrite', flvcorpus.amfwrite())
    write('flvmetaextract', flvcorpus.flvmetaextract())
    write('flvmetainject', flvcorpus.flvmetainject())

    names = ('plain', 'hello', 'several', 'behind', 'prefix', 'layers', 'sizes', 'length', 'zeros')

    def inject_start(n):
        return bytes([(0x00, 0x21, 0x42, 0x04, 0x09, 0x12, 0x07, 0x41)[n % 8]])

    write('seiinject', list(streams(names, inject_start, inject_head))
          + list(by_nal(inject_start, inject_head))
          + list(changing(inject_start, inject_head))
          + [('joined-' + name, data) for name, data in
             streams(names[:4], lambda n: bytes([0x87]), inject_head, inject_lines)]
          + [('types-' + name, data) for name, data in
             streams(('hello', 'several', 'types'), inject_start, inject_types)]
          + [('times-' + name, data) for name, data in
             streams(('hello', 'times'), lambda n: bytes([(0x67, 0x6f)[n % 2]]), inject_head)])

    def extract_start(n):
        return bytes([(0, 4, 9, 2, 7, 0, 5, 8)[n % 8] | (0, 16, 48, 32)[n % 4]])

    write('seiextract', list(streams(names, extract_start, extract_head))
          + list(by_nal(extract_start, extract_head))
          + list(changing(extract_start, extract_head))
          + [('types-' + name, data) for name, data in
             streams(('several', 'types', 'wrapped', 'sizes'),
                     lambda n: bytes([(0x40, 0xd0, 0x90, 0x59)[n % 4]]), extract_head)]
          + [('times-' + name, data) for name, data in
             streams(('times', 'wrapped'), lambda n: bytes([(0x00, 0x11, 0x50, 0x93)[n % 4]]), extract_head)])


if __name__ == '__main__':
    main()
