"""Seeds of FLV and AMF, for make-corpus.py."""
import pathlib

VECTORS = pathlib.Path(__file__).resolve().parents[1] / 'amf' / 'vectors'

NAME = '02 0001 65'
# Arguments of an event
VALUES = {
    'numbers': '00 3ff0000000000000 00 3fb999999999999a 00 7ff8000000000000 01 01',
    'strings': '02 0003 612241 0c 00000002 c328 0f 00000004 3c612f3e',
    'object': '03 0001 61 05 0001 62 03 0000 09 0001 61 06 0000 09',
    'arrays': '08 00000002 0001 61 0a 00000002 05 01 01 0000 09 0a 00000000',
    'typed': '10 0001 43 0001 61 0b 4271f71fb04cb000 0000 0000 09 0d 04 0e',
    'references': '0a 00000001 0a 00000000 07 0000 07 0001 0a 00000002 07 0000 07 0001 07 ffff',
    'text': '03 0004 74657874 02 0002 7b7d 0000 09',
    'amf3': '11 09 07 01 0a 2b 03 43 03 61 03 62 06 03 63 0c 03 07 03 64 04 ff 7f 01 0a 01 02 03 01 08 01'
            '0000000000000000',
    'amf3-array': '11 09 03 03 61 02 01 03 11 0a 0b 01 09 74657874 06 05 7b7d 01 11 09 00',
    'deep': '0a 00000001 ' * 64 + '05',
    'too-deep': '0a 00000001 ' * 65 + '05',
    'unknown': '05 12',
}

OBJECTS = {
    'plain': '{"seq":1,"time":1.5e3}',
    'nested': '{"a":[1,[true,false,null],{"b":"\\u00e4\\n"}],"":{}}',
    'twice': '{"a":1,"a":2,"b":{"a":3}}',
    'numbers': '{"a":-0,"b":1e400,"c":9007199254740993,"d":0.1}',
    'spaces': ' { "a" : "b" } ',
}


def data(text):
    return bytes.fromhex(text.replace(' ', ''))


def tag(kind, body, time=0):
    size = len(body)
    return bytes([kind]) + size.to_bytes(3, 'big') + (time & 0xffffff).to_bytes(3, 'big') \
        + bytes([time >> 24, 0, 0, 0]) + body + (size + 11).to_bytes(4, 'big')


def amfread():
    for i, (name, text) in enumerate(VALUES.items()):
        yield name, bytes([i & 1]) + data(NAME + text)


def amfwrite():
    for i, (name, text) in enumerate(OBJECTS.items()):
        for flags in (i & 2, 1 | i & 2):
            yield f'{name}-{flags}', bytes([flags]) + text.encode()


HEADER = data('464c5601050000000900000000')


def streams():
    metadata = tag(18, data('02 000a 6f6e4d65746144617461 08 00000001 0001 61 05 0000 09'))
    script = tag(18, data(NAME + VALUES['text']), 40)
    frame = tag(9, data('17 01 000000 aabb'), 40)
    yield 'frames', HEADER + metadata + tag(9, data('17 00 000000 01')) + script + frame + metadata
    yield 'values', HEADER + b''.join(tag(18, data(NAME + text), 1 << 31) for text in VALUES.values())
    yield 'broken', script + b'\x52' + script
    yield 'again', HEADER + script + HEADER + script
    yield 'cut', HEADER + script[:-9]
    yield 'vector', (VECTORS / 'text_100.flv').read_bytes()[:1000]


def flvmetaextract():
    for i, (name, stream) in enumerate(streams()):
        yield name, bytes([(7, 0, 63, 64, 130, 9)[i]]) + stream


def flvmetainject():
    for i, (name, stream) in enumerate(streams()):
        yield name, bytes([(31, 0, 0xa0 | 30, 0xc3, 0x2b, 0x69)[i]]) + stream
