"""Seeds of KLV, for make-corpus.py."""
import pathlib

VECTORS = pathlib.Path(__file__).resolve().parents[1] / 'klv' / 'vectors'

# The number of each set in gst/klv/tables/sets.tsv
ST0601, ST0102, ST0102_UNIVERSAL, ST0806, ST0903, EG0104 = range(6)
WHOLE_UNIT = 7

VALUES = {
    'numbers': (ST0601, '080105 0502ffff 06028000 0d048000ffff 270180 8109088000000000000000'),
    'mapped': (ST0601, '6003000d92 70021f40 60080123456789abcdef 7503c80000 6001e1 7004d0000000'),
    'text': (ST0601, '03034d3132 040341fc42 0300 0a054100420000'),
    'names': (ST0601, '220102 220109 2f0185 7c0103 61030aff00 420100'),
    'packs': (ST0601, '51080a141e2880000000 5e12014000112233445566778899aabbccddeeff'
                      '730b050146 00046050584e0180 7404030581 00 79021503'),
    'lists': (ST0601, '7a0b010e03434144000346524100 7f0583d4608769 8100100f15000001900000'
                      '02bc4e495220 81020a00082d0000002d000000 810a0801060501 03454f31'),
    'ways': (ST0601, '810b020380 810c0908010203048105 0161 810d0403010002'
                     '810e0b0400002d000004 00000b40 810f0107'),
    'sets': (ST0601, '3006010101 0c010e 4a0c650a09016a06050103504e47 49030e0112'),
    'repeated': (ST0601, '7303010161 080105 7303020162 0501ff 05020000 05010f'),
    'unknown': (ST0601, '8116020a0b 8117 00 8116010b 0000'),
    'errors': (ST0601, '0d035595b6 5e03014000 0308ffff'),
    'security': (ST0102, '010101 020107 03052f2f555341 0c0107 0d06005500530041 1602000a'),
    'targets': (ST0903, '0b020b40 65070601080 3ff8000 650e0d01110a2d0000002d0000000384'),
    'masks': (ST0903, '650c0b01650801060201 02020304 650b0a016507020504 024a440f'
                      '660807010105 02024142 6704030101 05'),
    'terminal': (ST0806, '0b07010141 0202ffff 0c06020480000000 0f03414243 010400000000'),
    'floats': (EG0104, '060e2b34010101030701020102040200 08 40432049c5058322'
                       '060e2b34010101070701100105000000 04 3f4ccccd'
                       '060e2b340101010101010101010101ff 01 00'),
    'keys': (ST0102_UNIVERSAL, '060e2b34010101030208020100000000 01 02'),
    'specials': (ST0601, '7002c800 7002e800 7002001f 7000 70027fff 60018000 06028000 06020000'),
}


def values():
    """(name, number of the set, value)"""
    for name, (number, text) in VALUES.items():
        yield name, number, bytes.fromhex(text.replace(' ', ''))


def units():
    """(name, unit)"""
    for name in ('packet_228', 'packet_114'):
        yield name, (VECTORS / f'{name}.bin').read_bytes()


def klvjson():
    for i, (name, number, value) in enumerate(values()):
        yield name, bytes([number << 4 | i % 16]) + value
    for name, unit in units():
        yield name, bytes([WHOLE_UNIT << 4]) + unit
    yield 'plain', bytes([WHOLE_UNIT << 4]) + b'plain text'


# Members of objects, with ' for "
OBJECTS = {
    'numbers': "'platform_true_airspeed':255,'weapon_load':'45','take_off_time':1e15,"
               "'outside_air_temperature':-5,'time_airborne':18446744073709551615,'wind_speed':1.5",
    'mapped': "'ul':'060e2b34020b01010e01030101000000','sensor_latitude':60.17682297,"
              "'sensor_longitude':-1e-3,'target_width_extended':13898.5,'zoom_percentage':55.125,"
              "'sensor_azimuth_rate':0.0001",
    'special': "'platform_pitch_angle':null,'sensor_latitude':null,'zoom_percentage':null,"
               "'mission_id':null,'special':{'platform_pitch_angle':'out_of_range',"
               "'zoom_percentage':'above_maximum'}",
    'text': "'mission_id':'\\u00e9\\ud83d\\ude81\\n','platform_designation':'','broadcast_source':'a\\u0000'",
    'labels': "'icing_detected':'icing_detected','platform_status':'77','operational_mode':3,"
              "'generic_flag_data':{'laser_range':true,'bit_7':true,'auto_track':false}",
    'lists': "'active_wavelength_list':[1,'128',34359738367],'active_payloads':[0,9,17],"
             "'weapon_load':[1,null,2],'security_local_set':[{'version':1},{}]",
    'packs': "'image_horizon_pixel_pack':{'start_x':1,'start_y':2,'end_x':3,'end_y':4,"
             "'start_latitude':null,'special':{'start_latitude':'off_earth'}},"
             "'sensor_frame_rate_pack':{'numerator':30,'denominator':1},"
             "'airbase_locations':{'takeoff':{'latitude':1,'longitude':2},'recovery':null},"
             "'view_domain':{'azimuth':{'start':0.5,'range':180}}",
    'series': "'wavelengths_list':[{'id':1,'minimum':1000,'maximum':2000,'name':'NIR'},null],"
              "'payload_list':{'count':1,'payloads':[{'id':0,'type':1,'name':'A'}]},"
              "'waypoint_list':[{'id':1,'order':-2,'info':1,'location':{'latitude':1,'longitude':2}}]",
    'security': "'security_local_set':{'security_classification':'secret','object_country_codes':"
                "'USA;\u4e2d','unknown':{'99':'01'}},'miis_core_identifier':{'version':1,"
                "'sensor_quality':1,'platform_quality':0,'sensor':'00010203-0405-0607-0809-0a0b0c0d0e0f'}",
    'targets': "'standard':'ST 0903','targets':[{'target_id':300,'color':[1,2,3],'mask':{'pixel_contour':"
               "[1,256],'bitmask':[{'pixel':1,'run':200}]},'location':{'latitude':1,'longitude':2}}]",
    'terminal': "'standard':'ST 0806','user_defined_local_set':[{'data_type_id':1,'data':'A'},"
                "{'data_type_id':65,'data':-2},{'data_type_id':193,'data':'0a'}]",
    'floats': "'standard':'EG 0104','platform_heading_angle':0.8,'target_width':38.2523361234,"
              "'slant_range':null,'special':{'slant_range':'nan'},'sensor_latitude':1e30",
    'unknown': "'unknown':{'150':'0a0b','16384':['01','']},'errors':[{'tag':13,'reason':'3 bytes',"
               "'hex':'5595b6'}],'checksum':'missing'",
    'other': "'standard':'unknown','ul':'060e2b34010203040506070809101112','hex':'0a0b'",
    'in-order': "'type':'klv','standard':'ST 0601','ul':'060e2b34020b01010e01030101000000','checksum':'valid',"
                "'weapon_load':65536,'platform_course_angle':[null,511.984375,null],'precision_time_stamp':1,"
                "'special':{'platform_course_angle':['user_defined',null,'below_minimum']}",
    'bytes': "'standard':'ST 0601','ul':'060e2b34020b01010e01030101000000','hex':'0501ff03024142',"
             "'errors':[{'reason':'its text is too long'}]",
    'raw': "'raw':'Bg4rNAILAQEOAQMBAQAAABICCAAEYFBYTgGAQQETAQIAAA=='",
    'left-out': "'frame':7,'sensor_latitude':91,'security_local_set':{'version':-1},'ts_ns':'x'",
}


def klvwrite():
    for name, members in OBJECTS.items():
        yield name, '{{{}}}'.format(members).replace("'", '"').encode()


def klvparse():
    """Buffers of units, of parts of them, and of cells"""
    def buffers(first, *parts, discont=()):
        return bytes([first]) + b''.join(
            bytes([i in discont]) + len(part).to_bytes(2, 'big') + part for i, part in enumerate(parts))

    key = bytes.fromhex('060e2b34020b01010e01030101000000')

    def unit(value, more=0):
        return key + bytes([0x82, 0, len(value) + more]) + value

    def cell(sequence, flags, payload, more=0):
        return bytes([0, sequence, flags]) + (len(payload) + more).to_bytes(2, 'big') + payload

    a, b, c = unit(b'a' * 9), unit(b'b' * 12), unit(b'')
    items = b''.join(bytes.fromhex('060e2b34010101030701020102040200') + bytes([n]) + b'u' * n for n in (3, 5))
    yield 'several', buffers(20, a + b + c, a, c + b)
    yield 'cut', buffers(6, a + b[:7], b[7:], c[:3], c[3:] + a[:25], b'', a[25:])
    yield 'small', buffers(128, a, unit(b'x' * 50), b + unit(b'y' * 45), c)
    yield 'garbage', buffers(9, b'garbage' + a + b'\x06\x0e' + b + b'the end', b'plain text', c)
    yield 'lost', buffers(40, a[:20], b + c, b[20:], a, b[:30], b[30:], discont=(0, 5))
    yield 'lengths', buffers(1, unit(b'x', 9) + a + b, unit(b'y', 90), a, key + b'\x84\x7f\xff\xff\xff' + b,
                             key + b'\x80' + c, key + b'\x89' + bytes(9) + a)
    yield 'universal', buffers(3, unit(items)[:19], unit(items)[19:], unit(items)[:30], a, unit(items))
    yield 'cells', buffers(5, cell(0, 0xdf, a), cell(1, 0xdf, b) + cell(2, 0xdf, c + a), a)
    yield 'cells-wrong', buffers(5, cell(0, 0xdf, a, 2) + cell(1, 0xdf, b, -3) + cell(2, 0xdf, c, 99),
                                 cell(3, 0xdf, b'') + cell(4, 0xdf, a), cell(5, 0xdf, unit(b'x', 3)))
    yield 'fragments', buffers(5, cell(0, 0x9f, a[:10]) + cell(1, 0x1f, a[10:15]) + cell(2, 0x5f, a[15:]),
                               cell(3, 0x9f, b[:9]), cell(4, 0x5f, b[9:]) + cell(5, 0xdf, c))
    yield 'fragments-lost', buffers(5, cell(0, 0x9f, a[:10]), cell(2, 0x5f, a[15:]), cell(3, 0x9f, b[:9]),
                                    cell(4, 0x9f, b), cell(5, 0x1f, b), cell(6, 0x5f, b), c)


# --- transport streams ------------------------------------------------------

REGISTRATION = b'\x05\x04KLVA'
METADATA = b'\x26\x09\x01\x00\xffKLVA\x00\x0f'


def crc32(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04c11db7 if crc >> 31 else 0)) & 0xffffffff
    return crc.to_bytes(4, 'big')


def pmt(*descriptors, before=0):
    """A stream of type 15 for each, behind one of video with so many bytes of descriptors."""
    streams = b'\x1b\xe1\x00' + (0xf000 | before).to_bytes(2, 'big') + (b'\xf1\x02xy' * 60)[:before]
    for i, text in enumerate(descriptors):
        streams += bytes([0x15, 0xe1, 1 + i, 0xf0, len(text)]) + text
    section = b'\x00\x01\xc1\x00\x00\xe1\x00\xf0\x00' + streams
    section = b'\x02' + (0xb000 | len(section) + 4).to_bytes(2, 'big') + section
    return section + crc32(section)


def packets(payload, counter=0, pid=0x1000, room=184):
    """The pointer_field is in front of the payload."""
    for at in range(0, len(payload), room):
        part = payload[at:at + room]
        adaptation = bytes([183 - room, 0]).ljust(184 - room, b'\xff') if room < 184 else b''
        head = bytes([0x47, (0x40 if at == 0 else 0) | pid >> 8, pid & 255,
                      (0x30 if adaptation else 0x10) | (counter + at // room) & 15])
        yield head + adaptation + part.ljust(room, b'\xff')


def klvtsfilter():
    video = list(packets(b'\x00\x00\x01\xe0' + bytes(range(256)), pid=0x100))
    one = list(packets(b'\x00' + pmt(METADATA)))
    spread = list(packets(b'\x00' + pmt(METADATA, REGISTRATION, before=170)))
    small = list(packets(b'\x00' + pmt(METADATA), room=20))
    several = list(packets(b'\x00' + pmt(b'\x0a\x00' + METADATA) + b'\xfc\x30\x02ab' + pmt(REGISTRATION, METADATA)))
    for i, (name, stream) in enumerate((
            ('one', one + video), ('spread', spread[:1] + video + spread[1:]), ('small', small),
            ('several', several + several), ('twice', [p for p in spread for _ in range(2)]),
            ('m2ts', [bytes([0, 1, 2, i]) + p for i, p in enumerate(video + one + spread)]),
            ('parity', [p + bytes(range(16)) for p in video + one + spread + video]),
            ('junk', [b'no \x47 packets'] + video + one + video), ('cut', video + [one[0][:60]] + one + video * 2))):
        yield name, bytes([i * 0x1d, i & 1]) + b''.join(stream)
