#!/usr/bin/env python3
"""klvtables.py [--write]

Compares the tables in docs/klvtojson.md, and docs/klv.schema.json, with the tables that
the code is made of, gst/klv/tables. With --write makes them anew. Prints TAP.
"""
import json
import os
import pathlib
import sys

SRC = pathlib.Path(os.environ.get('METAKAFKA_SRC', pathlib.Path(__file__).parents[1]))
TABLES = SRC / 'gst' / 'klv' / 'tables'
PAGE = SRC / 'docs' / 'klvtojson.md'
SCHEMA = SRC / 'docs' / 'klv.schema.json'
BEGIN = '<!-- made by klvtables.py -->\n'

sys.dont_write_bytecode = True
sys.path.insert(0, str(TABLES.parent))
import tables  # noqa: E402

TITLES = {
    'st0601': 'ST 0601, UAS datalink', 'st0102': 'ST 0102, security',
    'rvt': 'ST 0806, remote video terminal', 'user': 'ST 0806, user-defined data',
    'poi': 'ST 0806, point of interest', 'aoi': 'ST 0806, area of interest',
    'vmti': 'ST 0903, moving targets', 'vtarget': 'ST 0903, a target', 'vmask': 'ST 0903, mask',
    'vobject': 'ST 0903, object', 'vfeature': 'ST 0903, feature', 'vtracker': 'ST 0903, tracker',
    'vchip': 'ST 0903, chip', 'algorithm': 'ST 0903, algorithm', 'ontology': 'ST 0903, ontology',
    'eg0104': 'EG 0104, by key',
}
HEX = {'type': 'string', 'pattern': '^([0-9a-f]{2})*$'}
HIDDEN = ('checksum', 'crc32')
NUMBERS = {'uint': 'integer', 'int': 'integer', 'time_us': 'integer', 'oid': 'integer',
           'ber': 'integer', 'ulin': 'number', 'ilin': 'number', 'imapb': 'number',
           'float': 'number'}


def bounds(row):
    """What jsontoklv writes, where that is less than there can be."""
    if row['type'] == 'uint' and row['max']:
        return f', {row["min"]} to {row["max"]}'
    if row['most']:
        return f', at most {row["most"]} bytes'
    return ''


def meaning(row, labels):
    """What a value is, for people."""
    kind, _, of = row['type'].partition(':')
    if kind in ('ulin', 'ilin', 'imapb'):
        return f'number, {row["min"]} to {row["max"]}'
    if kind in ('enum', 'flags'):
        names = ', '.join(f'`{label["label"]}`' for label in labels[of])
        return ('one of ' if kind == 'enum' else 'booleans ') + names
    if kind == 'series':
        return f'array of numbers' if of == 'uint' else f'array of {of}'
    if kind in ('set', 'pack'):
        return f'object, {of}'
    return {'uint': 'integer', 'int': 'integer', 'oid': 'integer', 'ber': 'integer',
            'time_us': 'integer, microseconds since 1970', 'float': 'number', 'text': 'string',
            'utf16be': 'string', 'oids': 'array of integers', 'bits': 'array of integers',
            'uuid': 'UUID', 'rgb': 'array of 3 integers, red, green, blue',
            'miis': 'object, miis', 'hex': 'hexadecimal digits',
            'user_data': 'string or integer, as `data_type_id` says'}[kind] + bounds(row)


def make_tables():
    """The Markdown of all sets and packs."""
    items, _, labels = tables.read_sets(TABLES)
    lines = []
    order = list(TITLES) + sorted(name for name in items if tables.is_pack(items[name]))
    for name in order:
        rows = [row for row in items[name] if row['type'] not in HIDDEN]
        is_pack = tables.is_pack(rows)
        lines += [f'### {TITLES.get(name, "pack " + name)}', '']
        if is_pack:
            lines += ['| name | unit | value |', '| --- | --- | --- |']
        else:
            lines += ['| tag | name | unit | value |', '| --- | --- | --- | --- |']
        for row in rows:
            cells = [f'`{row["json"]}`', row['unit'], meaning(row, labels)]
            if not is_pack:
                cells.insert(0, row['tag'] or f'`{row["key"]}`')
            lines.append('| ' + ' | '.join(cells) + ' |')
        lines.append('')
    lines += ['### miis', '', '`version`, `sensor_quality` and `platform_quality` are integers; `sensor`,'
              ' `platform`, `window` and `minor` are', 'UUIDs, of which only those are there that the'
              ' core identifier has (ST 1204).', '']
    return '\n'.join(lines)


def nullable(schema):
    return dict(schema, type=[schema['type'], 'null'])


def value_schema(row, items, labels):
    """The schema of one value."""
    kind, _, of = row['type'].partition(':')
    if kind in NUMBERS:
        return nullable({'type': NUMBERS[kind]})
    if kind == 'enum':
        names = '|'.join(label['label'] for label in labels[of])
        return nullable({'type': 'string', 'pattern': f'^({names}|[0-9]+)$'})
    if kind == 'flags':
        flags = {label['label']: {'type': 'boolean'} for label in labels[of]}
        return nullable({'type': 'object', 'properties': flags,
                         'additionalProperties': {'type': 'boolean'}})
    if kind in ('set', 'pack'):
        return {'anyOf': [{'$ref': f'#/$defs/{of}'}, {'type': 'null'}]}
    if kind == 'series':
        part = ({'anyOf': [{'$ref': f'#/$defs/{of}'}, {'type': 'null'}]} if of in items
                else nullable({'type': 'integer'}))
        return nullable({'type': 'array', 'items': part})
    return {'oids': nullable({'type': 'array', 'items': {'type': 'integer'}}),
            'bits': nullable({'type': 'array', 'items': {'type': 'integer'}}),
            'rgb': nullable({'type': 'array', 'items': {'type': 'integer'},
                             'minItems': 3, 'maxItems': 3}),
            'text': nullable({'type': 'string'}), 'utf16be': nullable({'type': 'string'}),
            'uuid': nullable({'type': 'string', 'format': 'uuid'}),
            'hex': nullable(HEX), 'miis': {'anyOf': [{'$ref': '#/$defs/miis'}, {'type': 'null'}]},
            'user_data': {'type': ['string', 'integer', 'null']}}[kind]


def set_schema(rows, items, labels):
    """The schema of a set or pack. Items of a set may be repeated."""
    properties = {}
    for row in rows:
        if row['type'] in HIDDEN:
            continue
        schema = value_schema(row, items, labels)
        if not tables.is_pack(rows):
            schema = {'anyOf': [schema, {'type': 'array', 'items': schema}]}
        description = ', '.join(filter(None, (row['name'], row['unit'])))
        properties[row['json']] = dict(schema, **({'description': description}
                                                  if description else {}))
    properties['special'] = {'$ref': '#/$defs/special'}
    if not tables.is_pack(rows):
        properties['unknown'] = {'$ref': '#/$defs/unknown'}
        properties['errors'] = {'$ref': '#/$defs/errors'}
    return {'type': 'object', 'properties': properties}


def dump(value, depth=0):
    """JSON whose objects begin new lines down to a set's properties."""
    if not isinstance(value, dict) or depth == 4 or not value:
        return json.dumps(value)
    indent = ' ' * (depth + 1)
    members = (f'{indent}{json.dumps(name)}: {dump(member, depth + 1)}'
               for name, member in value.items())
    return '{\n' + ',\n'.join(members) + '\n' + ' ' * depth + '}'


def make_schema():
    """The JSON Schema of what klvtojson writes."""
    items, units, labels = tables.read_sets(TABLES)
    definitions = {name: set_schema(rows, items, labels) for name, rows in items.items()}
    uuid = {'type': 'string', 'format': 'uuid'}
    definitions['miis'] = {'type': 'object', 'properties': dict(
        {name: {'type': 'integer'} for name in ('version', 'sensor_quality', 'platform_quality')},
        **{name: uuid for name in ('sensor', 'platform', 'window', 'minor')})}
    definitions['special'] = {
        'type': 'object', 'description': 'what the code of an item means that is null; of one that is'
        ' repeated, an array that goes with that of its values',
        'additionalProperties': {'anyOf': [
            {'type': 'string'}, {'type': 'array', 'items': {'type': ['string', 'null']}}]}}
    definitions['unknown'] = {
        'type': 'object', 'description': 'items that the tables do not know, by tag or key',
        'additionalProperties': {'anyOf': [HEX, {'type': 'array', 'items': HEX}]}}
    definitions['errors'] = {
        'type': 'array', 'items': {
            'type': 'object', 'required': ['reason'], 'properties': {
                'tag': {'type': ['integer', 'string']}, 'reason': {'type': 'string'},
                'hex': HEX}}}
    head = {
        'stream_id': {'type': 'string'},
        'type': {'enum': ['klv', 'text', 'data']},
        'standard': {'enum': sorted({row['standard'] for row in units.values()}) + ['unknown']},
        'ul': {'type': 'string', 'pattern': '^[0-9a-f]{32}$'},
        'ts_ns': {'type': 'integer', 'description': 'nanoseconds since 1970'},
        'time': {'type': 'string', 'format': 'date-time'},
        'checksum': {'enum': ['valid', 'wrong', 'missing', 'none']},
        'raw': {'type': 'string'}, 'text': {'type': 'string'}, 'hex': HEX}
    by_standard = []
    for standard in sorted({row['standard'] for row in units.values()}):
        sets = [{'$ref': f'#/$defs/{name}'} for name, row in units.items()
                if row['standard'] == standard]
        by_standard.append({
            'if': {'properties': {'standard': {'const': standard}}, 'required': ['standard']},
            'then': sets[0] if len(sets) == 1 else {'anyOf': sets}})
    return dump({
        '$schema': 'https://json-schema.org/draft/2020-12/schema',
        'title': 'KLV as klvtojson writes it', 'type': 'object', 'required': ['type'],
        'properties': head, 'allOf': by_standard, '$defs': definitions}) + '\n'


def make_page():
    """The page, with what is written by hand as it is."""
    by_hand = PAGE.read_text(encoding='utf-8').partition(BEGIN)[0]
    return by_hand + BEGIN + '\n' + make_tables()


def main():
    made = {PAGE: make_page(), SCHEMA: make_schema()}
    if sys.argv[1:] == ['--write']:
        for path, text in made.items():
            path.write_text(text, encoding='utf-8')
        return 0
    n_failed = 0
    print(f'1..{len(made)}')
    for i, (path, text) in enumerate(made.items()):
        is_same = path.exists() and path.read_text(encoding='utf-8') == text
        print(f'{"ok" if is_same else "not ok"} {i + 1} - {path.name} is what the tables say')
        if not is_same:
            print('# docs/klvtables.py --write makes it anew')
            n_failed += 1
    return 1 if n_failed else 0


if __name__ == '__main__':
    sys.exit(main())
