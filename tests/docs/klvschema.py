#!/usr/bin/python3
"""What klvtojson writes is what docs/klv.schema.json says. Prints TAP.

Environment: as for docs/check.py.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

SRC = pathlib.Path(os.environ['METAKAFKA_SRC'])
VECTORS = SRC / 'tests' / 'klv' / 'vectors'
UL = {'ST 0601': '060e2b34020b01010e01030101000000',
      'ST 0102': '060e2b34020301010e01030302000000',
      'ST 0903': '060e2b34020b01010e01030306000000',
      'EG 0104': '060e2b34020101010e01010201010000',
      'unknown': '060e2b34020b01010e0103017f000000'}
# items of each kind: what is right, repeated, null, unknown, and what cannot be
ITEMS = (('ST 0601', '0602 8000 2201 09 2f01 81 5e02 0100 730501 0141 7304020142'),
         ('ST 0601', '3003 010101 7902 1503 8116 01 aa 0501 00 0300 810b02 0380'),
         ('ST 0601', '7002 c800 7002 0040'),
         ('ST 0102', '0d06 005500530041 1602 000a'),
         ('ST 0903', '650d 0c 01 08 03 ff8000 68 04 0a 02 3e80'),
         ('EG 0104', '060e2b34010101070701100105000000 04 3f4ccccd'),
         ('EG 0104', '060e2b340101010707011001050000ff 01 3f'),
         ('unknown', '0102'))
WRONG = ({'standard': 'ST 0601'}, {'type': 'klv', 'ul': 'ff'},
         {'type': 'klv', 'standard': 'ST 0601', 'sensor_latitude': '60'},
         {'type': 'klv', 'standard': 'ST 0601', 'icing_detected': 'maybe'},
         {'type': 'klv', 'standard': 'ST 0601', 'security_local_set': {'version': 'x'}},
         {'type': 'klv', 'standard': 'ST 0903', 'targets': [{'target_id': 'x'}]},
         {'type': 'klv', 'standard': 'ST 0601', 'special': {'platform_course_angle': [5]}},
         {'type': 'klv', 'standard': 'EG 0104', 'unknown': {'x': 5}})


def units():
    for name in ('packet_228.bin', 'packet_114.bin', 'made_packets.bin'):
        yield (VECTORS / name).read_bytes()
    for standard, items in ITEMS:
        value = bytes.fromhex(items)
        yield bytes.fromhex(UL[standard]) + bytes([len(value)]) + value
    yield b'plain text'
    yield b'\xff'


def convert(unit):
    """The objects that klvtojson makes of some bytes."""
    with tempfile.NamedTemporaryFile(suffix='.klv') as file:
        file.write(unit)
        file.flush()
        text = subprocess.run(
            ['gst-launch-1.0', '-q', 'filesrc', f'location={file.name}', '!', 'meta/x-klv', '!',
             'klvtojson', 'stream-id=a', 'raw=hex', '!', 'fdsink'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout.decode()
    objects, at = [], 0
    while at < len(text):
        value, at = json.JSONDecoder().raw_decode(text, at)
        objects.append(value)
    return objects


def main():
    schema = json.loads((SRC / 'docs' / 'klv.schema.json').read_text(encoding='utf-8'))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)
    problems = []
    n = 0
    for unit in units():
        for value in convert(unit):
            n += 1
            problems += [f'{error.json_path}: {error.message[:200]}'
                         for error in validator.iter_errors(value)]
    if n != 62 + len(ITEMS) + 2:
        problems.append(f'{n} objects')
    print('1..2')
    print('not ok' if problems else 'ok', '1 - what klvtojson writes is right')
    for problem in problems:
        print('#', problem)
    accepted = [value for value in WRONG if validator.is_valid(value)]
    print('not ok' if accepted else 'ok', '2 - what it never writes is wrong')
    for value in accepted:
        print('#', value)
    return 1 if problems or accepted else 0


if __name__ == '__main__':
    sys.exit(main())
