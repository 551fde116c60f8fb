/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvtest.h"

#include "klvchecksum.h"
#include "klvcrc.h"
#include "klvkey.h"
#include "klvset.h"

#define UL_0601 "060e2b34020b01010e01030101000000"

static char *
to_hex (const guint8 * data, gsize size)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return g_string_free (hex, FALSE);
}

/* The items of a unit as "TAG=HEX TAG=HEX", without those that every unit of ST 0601 has */
static char *
list_items (const GByteArray * unit, gboolean with_all)
{
  const KlvSet *set = klv_set_of_key (unit->data);
  KlvReader reader = klv_reader (unit->data + KLV_KEY_SIZE,
      unit->len - KLV_KEY_SIZE);
  KlvSetReader items = klv_set_reader (set, klv_read_part (&reader));
  GString *list = g_string_new (NULL);
  KlvSetItem item;

  g_assert_false (reader.failed);
  g_assert_cmpuint (reader.left, ==, 0);
  while (klv_set_next (&items, &item)) {
    g_autofree char *value = to_hex (item.value.data, item.value.size);
    g_autofree char *key = item.key ? to_hex (item.key, KLV_KEY_SIZE) : NULL;

    if (!with_all && !key && (item.tag < 3 || item.tag == 65)
        && g_str_equal (set->standard, "ST 0601"))
      continue;
    if (list->len > 0)
      g_string_append_c (list, ' ');
    if (key)
      g_string_append_printf (list, "%s=%s", key, value);
    else
      g_string_append_printf (list, "%u=%s", (guint) item.tag, value);
  }
  g_assert_cmpuint (klv_set_get_rest (&items).size, ==, 0);
  return g_string_free (list, FALSE);
}

static char *
write_and_list (const char *json, gboolean with_all, KlvWriteReport * report)
{
  GByteArray *unit = json_to_unit (json, report);
  char *list;

  g_assert_cmpstr (report->reason, ==, NULL);
  list = list_items (unit, with_all);
  g_byte_array_unref (unit);
  return list;
}

/* @members: in single quotes
 * @items: as list_items() has it
 * @left_out: what the report says */
static void
assert_written (const char *members, const char *items, const char *left_out)
{
  g_auto (GStrv) parts = g_strsplit (members, "'", -1);
  g_autofree char *quoted = g_strjoinv ("\"", parts);
  g_autofree char *json =
      g_strdup_printf ("{\"checksum\":\"none\",%s}", quoted);
  KlvWriteReport report;
  g_autofree char *list = write_and_list (json, FALSE, &report);

  g_assert_cmpstr (list, ==, items);
  g_assert_cmpstr (report.left_out, ==, left_out);
  g_assert_cmpint (report.n_left_out > 0, ==, left_out[0] != '\0');
}

/* --- whole units --------------------------------------------------------- */

/* What was read is written as it was. */
static void
test_packets (void)
{
  static const char *const names[] = { "packet_228.bin", "packet_114.bin",
    "packet_60_a.bin", "packet_60_b.bin", "made_packets.bin"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GBytes) file = read_vector (names[i]);
    gsize left, n = 0;
    const guint8 *next = g_bytes_get_data (file, &left);

    while (left > 0) {
      KlvReader reader = klv_reader (next + KLV_KEY_SIZE, left - KLV_KEY_SIZE);
      const BytesSpan value = klv_read_part (&reader);
      const gsize size = value.data + value.size - next;
      KlvJsonReport json_report;
      KlvWriteReport report;
      g_autofree char *json = unit_to_json (next, size, &json_report);
      GByteArray *unit = json_to_unit (json, &report);

      g_assert_cmpmem (unit->data, unit->len, next, size);
      g_assert_cmpuint (report.n_left_out, ==, 0);
      g_byte_array_unref (unit);
      next += size;
      left -= size;
      n++;
    }
    g_assert_cmpuint (n, ==, i == 4 ? 60 : 1);
  }
}

/* What people write: the members in any order, and numbers as strings */
static void
test_by_hand (void)
{
  g_autoptr (GBytes) wanted = read_vector ("packet_228.bin");
  gsize size;
  gconstpointer data = g_bytes_get_data (wanted, &size);
  KlvWriteReport report;
  GByteArray *unit = json_to_unit (" { \"uas_datalink_ls_version_number\": 6,\n"
      "\"miis_core_identifier\":{\"platform\":\"16B74341-0008-41A0-BE36-5B5AB96A3645\","
      "\"sensor\":\"f592f02373364af8aa9162c00f2eb2da\","
      "\"sensor_quality\":3,\"platform_quality\":2},"
      "\"security_local_set\":{\"object_country_codes\":\"USA\","
      "\"security_classification\":\"unclassified\","
      "\"object_country_coding_method\":\"stanag_1059_three_letter\","
      "\"classifying_country\":\"\\/\\/USA\",\"version\":10,"
      "\"classifying_country_coding_method\":\"7\"},"
      "\"frame_center_elevation\":3216.0,\"frame_center_longitude\":29.15789012,"
      "\"frame_center_latitude\":-1.054238863e1,\"target_width\":722.8,"
      "\"slant_range\":68590.983,\"sensor_relative_roll_angle\":176.865437649,"
      "\"sensor_relative_elevation_angle\":-168.792324834,"
      "\"sensor_relative_azimuth_angle\":160.719211437,"
      "\"sensor_vertical_field_of_view\":152.6436,"
      "\"sensor_horizontal_field_of_view\":\"144.5713\","
      "\"sensor_true_altitude\":\"14190.7\",\"sensor_longitude\":128.42675904,"
      "\"sensor_latitude\":\"60.17682297\","
      "\"image_coordinate_system\":\"Geodetic WGS84\","
      "\"image_source_sensor\":\"EO Nose\",\"platform_designation\":\"Predator\","
      "\"platform_roll_angle\":3.4059,\"platform_pitch_angle\":-0.4315,"
      "\"platform_heading_angle\":159.974,\"mission_id\":\"Missio\\u006e 12\","
      "\"ts_ns\":1231798102000000999}\n", &report);

  g_assert_cmpstr (report.left_out, ==, "");
  g_assert_cmpmem (unit->data, unit->len, data, size);
  g_byte_array_unref (unit);
}

/* Every capacity: what fits is the same, and the size is that of all. */
static void
test_capacity (void)
{
  static const char json[] = "{\"mission_id\":\"0123456789012345678901234567890"
      "123456789012345678901234567890123456789012345678901234567890123456789"
      "01234567890123456789012345678901234\",\"security_local_set\":{"
      "\"version\":10,\"caveats\":\"0123456789012345678901234567890123456789"
      "01234567890123456789012345678901234567890123456789012345678901234567890\"},"
      "\"active_payloads\":[0,70],\"sensor_latitude\":7}";
  KlvWriteReport report;
  GByteArray *unit = json_to_unit (json, &report);

  for (gsize capacity = 0; capacity < unit->len; capacity++) {
    g_autofree guint8 *dst = g_malloc (capacity);

    g_assert_cmpuint (klv_write (json, strlen (json), &WRITE_SETTINGS, &report,
            dst, capacity), ==, unit->len);
  }
  g_byte_array_unref (unit);
}

static void
test_defaults (void)
{
  static const struct
  {
    const char *json;
    const char *items;
  } cases[] = {
    {"{\"checksum\":\"none\"}", "2=00000000000f4240 65=13"},
    {"{\"checksum\":\"missing\",\"ts_ns\":2000}", "2=0000000000000002 65=13"},
    {"{\"checksum\":\"none\",\"ts_ns\":\"2000\"}", "2=0000000000000002 65=13"},
    {"{\"checksum\":\"none\",\"ts_ns\":2000,\"precision_time_stamp\":3,"
          "\"uas_datalink_ls_version_number\":6}", "2=0000000000000003 65=06"},
    /* a row of a database has null for what it has not; a unit that was read, items of no
     * bytes */
    {"{\"checksum\":\"none\",\"precision_time_stamp\":null,\"ts_ns\":2000,"
          "\"uas_datalink_ls_version_number\":null}",
        "2=0000000000000002 65=13"},
    {"{\"checksum\":\"none\",\"ul\":\"" UL_0601 "\","
          "\"precision_time_stamp\":null,"
          "\"uas_datalink_ls_version_number\":null}", "2= 65="},
    {"{\"checksum\":\"none\",\"ul\":\"" UL_0601 "\",\"ts_ns\":0,"
          "\"uas_datalink_ls_version_number\":300}",
        "2=0000000000000000 65=012c"},
    {"{\"checksum\":\"none\",\"precision_time_stamp\":\"noon\","
          "\"uas_datalink_ls_version_number\":300,\"ts_ns\":-1}",
        "2=00000000000f4240 65=13"},
    {"{\"checksum\":\"none\",\"time_airborne\":1,\"sensor_latitude\":null}",
        "2=00000000000f4240 13= 65=13 110=01"},
    {"{\"checksum\":\"none\",\"standard\":\"ST 0903\"}", ""},
    {"{\"checksum\":\"none\",\"standard\":\"ST 0903\",\"ts_ns\":2000}",
        "2=0000000000000002"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    KlvWriteReport report;
    g_autofree char *list = write_and_list (cases[i].json, TRUE, &report);

    g_assert_cmpstr (list, ==, cases[i].items);
  }
}

/* By tag, but where the like of a unit that was read is to be written, and the members have
 * not been shuffled since; what is no item of the tables comes behind. */
static void
test_order (void)
{
#define HEAD "\"type\":\"klv\",\"standard\":\"ST 0601\","
#define UL "\"ul\":\"" UL_0601 "\","
#define MARK "\"checksum\":\"none\","
#define VERSION "\"uas_datalink_ls_version_number\":19,"
#define MEMBERS "\"weapon_load\":1,\"mission_id\":\"A\"," \
    "\"precision_time_stamp\":1," \
    "\"security_local_set\":{\"version\":1,\"caveats\":\"A\"}," \
    "\"unknown\":{\"150\":\"0a0b\"}," \
    "\"errors\":[{\"tag\":13,\"reason\":\"3 bytes\",\"hex\":\"5595b6\"}]"
  static const char as_read[] = "65=13 60=0001 3=41 2=0000000000000001 "
      "48=16020001050141 150=0a0b 13=5595b6";
  static const char by_tag[] = "2=0000000000000001 3=41 48=05014116020001 "
      "60=0001 65=13 150=0a0b 13=5595b6";
  static const struct
  {
    const char *json;
    const char *items;
  } cases[] = {
    {"{" HEAD UL MARK VERSION MEMBERS "}", as_read},
    {"{\"stream_id\":\"a\"," HEAD UL "\"ts_ns\":1000,\"time\":\"\"," MARK
          "\"sender_ts_ns\":1," VERSION MEMBERS "}", as_read},
    {"{" HEAD MARK VERSION MEMBERS "}", by_tag},
    {"{" HEAD UL VERSION MARK MEMBERS "}", by_tag},
    {"{" VERSION HEAD UL MARK MEMBERS "}", by_tag},
    {"{" UL HEAD MARK VERSION MEMBERS "}", by_tag},
    {"{" HEAD MARK UL VERSION MEMBERS "}", by_tag},
    {"{" UL MARK VERSION MEMBERS "}", by_tag}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    KlvWriteReport report;
    g_autofree char *list = write_and_list (cases[i].json, TRUE, &report);

    g_assert_cmpstr (list, ==, cases[i].items);
    g_assert_cmpuint (report.n_items, ==, 9);
  }
}

/* It is the last item, and of all that is before it. */
static void
test_checksums (void)
{
  static const char *const marks[] = { "", "\"checksum\":\"valid\",",
    "\"checksum\":\"wrong\","
  };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    g_autofree char *json = g_strdup_printf ("{\"standard\":\"ST 0806\",%s"
        "\"frag_circle_radius\":5}", marks[i]);
    KlvWriteReport report;
    GByteArray *unit = json_to_unit (json, &report);
    const guint8 *end = unit->data + unit->len;

    g_assert_cmpmem (end - 6, 2, "\1\4", 2);
    g_assert_cmphex (klv_crc32 (unit->data, unit->len - 4), ==,
        (guint32) end[-4] << 24 | end[-3] << 16 | end[-2] << 8 | end[-1]);
    g_byte_array_unref (unit);

    g_free (json);
    json = g_strdup_printf ("{\"standard\":\"ST 0903\",%s\"version\":5}",
        marks[i]);
    unit = json_to_unit (json, &report);
    end = unit->data + unit->len;
    g_assert_cmpmem (end - 4, 2, "\1\2", 2);
    g_assert_cmphex (klv_checksum (unit->data, unit->len - 2), ==,
        end[-2] << 8 | end[-1]);
    g_byte_array_unref (unit);
  }
}

/* Which set it is, and what its key is */
static void
test_sets (void)
{
  static const struct
  {
    const char *json;
    const char *key;
    const char *reason;
  } cases[] = {
    {"{}", UL_0601, NULL},
    {"\xef\xbb\xbf{} \n", UL_0601, NULL},
    {"{\"type\":\"klv\",\"standard\":\"ST 0601\"}", UL_0601, NULL},
    {"{\"standard\":\"ST 0102\"}", "060e2b34020301010e01030302000000", NULL},
    {"{\"standard\":\"ST 0102\",\"ul\":\"060e2b34020101010208020000000000\"}",
        "060e2b34020101010208020000000000", NULL},
    {"{\"standard\":\"ST 0806\"}", "060e2b34020b01010e01030102000000", NULL},
    {"{\"standard\":\"ST 0903\"}", "060e2b34020b01010e01030306000000", NULL},
    {"{\"standard\":\"EG 0104\"}", "060e2b34020101010e01010201010000", NULL},
    /* another version of the registry is kept, the key of another set is not */
    {"{\"standard\":\"EG 0104\",\"ul\":\"060E2B34020101030e01010201010000\"}",
        "060e2b34020101030e01010201010000", NULL},
    {"{\"standard\":\"ST 0903\",\"ul\":\"" UL_0601 "\"}",
        "060e2b34020b01010e01030306000000", NULL},
    {"{\"ul\":\"060e2b34020101010e01010201010000\"}",
        "060e2b34020101010e01010201010000", NULL},
    {"{\"ul\":\"060e2b34\"}", UL_0601, NULL},
    {"{\"standard\":\"unknown\",\"ul\":\"060e2b34010203040506070809101112\","
          "\"hex\":\"0a0b\"}", "060e2b34010203040506070809101112020a0b", NULL},
    {"{\"standard\":\"unknown\",\"ul\":\"060e2b34010203040506070809101112\"}",
        "", "its standard is not known, and it has no member \"hex\" of "
          "hexadecimal digits"},
    {"{\"standard\":\"unknown\",\"hex\":\"00\"}", "",
        "its standard is not known"},
    {"{\"standard\":\"ST 9999\"}", "", "its standard is not known"},
    {"{\"standard\":7}", "", "its standard is not known"},
    {"{\"type\":\"text\",\"text\":\"a\"}", "",
        "its type says that it never was KLV"},
    {"{\"type\":\"data\",\"hex\":\"00\"}", "",
        "its type says that it never was KLV"},
    {"[1]", "", "it is no JSON object"},
    {"{\"a\":1", "", "it is no JSON object"},
    {"", "", "it is no JSON object"},
    /* raw wins over everything, if it can be */
    {"{\"standard\":\"ST 9999\",\"mission_id\":\"A\","
          "\"raw\":\"060e2b3401020304050607080910111201ff\"}",
        "060e2b3401020304050607080910111201ff", NULL},
    {"{\"raw\":\"Bg4rNAECAwQFBgcICRAREgH/\",\"standard\":\"ST 0903\"}",
        "060e2b3401020304050607080910111201ff", NULL},
    {"{\"raw\":\"Bg4rNAECAwQFBgcICRAREgH\\/\"}",
        "060e2b3401020304050607080910111201ff", NULL},
    {"{\"raw\":\"Bg4rNAECAwQFBgcICRAREgL//w==\"}",
        "060e2b3401020304050607080910111202ffff", NULL},
    {"{\"raw\":\"hello\"}", UL_0601, NULL},
    {"{\"raw\":\"0a0b\"}", UL_0601, NULL},
    {"{\"raw\":\"060e2b34\"}", UL_0601, NULL},
    /* cut, or with something behind it */
    {"{\"raw\":\"060e2b3401020304050607080910111202ff\"}", UL_0601, NULL},
    {"{\"raw\":\"060e2b3401020304050607080910111201ffff\"}", UL_0601, NULL},
    {"{\"raw\":\"060e2b3401020304050607080910111280ffff\"}", UL_0601, NULL},
    {"{\"raw\":12}", UL_0601, NULL}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    KlvWriteReport report;
    GByteArray *unit = json_to_unit (cases[i].json, &report);
    g_autofree char *hex = to_hex (unit->data, unit->len);

    g_assert_cmpstr (report.reason, ==, cases[i].reason);
    if (cases[i].reason)
      g_assert_cmpuint (unit->len, ==, 0);
    if (!g_str_has_prefix (hex, cases[i].key))
      g_error ("%s: %s", cases[i].json, hex);
    g_byte_array_unref (unit);
  }
}

/* --- values -------------------------------------------------------------- */

#define COPY "'ul':'" UL_0601 "',"
#define VMTI "'standard':'ST 0903',"
#define RVT "'standard':'ST 0806',"
#define SECURITY "'standard':'ST 0102',"
#define UNIVERSAL "'standard':'EG 0104',"

/* As many bytes as ST 0601 gives to a text */
#define A8 "AAAAAAAA"
#define HEX8 "4141414141414141"
#define LETTERS A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 A8 "AAAAAAA"
#define LETTERS_HEX HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 HEX8 \
    HEX8 HEX8 HEX8 HEX8 "41414141414141"

static void
test_values (void)
{
  static const struct
  {
    const char *members;
    const char *items;
  } cases[] = {
    /* integers: what the tables say, or as few bytes as it takes */
    {"'platform_true_airspeed':255", "8=ff"},
    {"'weapon_load':'45'", "60=002d"},
    {"'weapon_load':44.6", "60=002d"},
    {"'weapon_load':4.5e1", "60=002d"},
    {"'time_airborne':0,'propulsion_unit_speed':256", "110=00 111=0100"},
    {"'time_airborne':4294967295", "110=ffffffff"},
    {"'correction_offset':9223372036854775807", "137=7fffffffffffffff"},
    {"'outside_air_temperature':-128", "39=80"},
    {"'leap_seconds':-129,'correction_offset':128", "136=ff7f 137=0080"},
    {"'correction_offset':-9223372036854775808", "137=8000000000000000"},
    {"'correction_offset':127", "137=7f"},
    {"'take_off_time':1231798102000000", "131=046050584e0180"},
    /* maps */
    {"'platform_heading_angle':0", "5=0000"},
    {"'platform_heading_angle':360", "5=ffff"},
    {"'platform_pitch_angle':-20,'platform_roll_angle':50", "6=8001 7=7fff"},
    {"'sensor_latitude':-90", "13=80000001"},
    {"'wind_speed':'50.2'", "36=80"},
    {"'target_width_extended':13898.5463", "96=00d92a"},
    {"'sensor_elevation_rate':-50", "118=3b6000"},
    {VMTI "'horizontal_fov':12.5,'vertical_fov':10", "11=0640 12=0500"},
    {UNIVERSAL "'platform_heading_angle':0.8,'target_width':38.25",
        "060e2b34010101070701100106000000=3f4ccccd"
          " 060e2b34010101010701090201000000=42190000"},
    {UNIVERSAL "'target_width':38.2523361234",
        "060e2b34010101010701090201000000=4043204c8cd2cd1c"},
    {UNIVERSAL "'sensor_latitude':0.5",
        "060e2b34010101030701020102040200=3fe0000000000000"},
    /* what they mean that are no numbers */
    {"'platform_pitch_angle':null", "6="},
    {"'platform_pitch_angle':null,'special':{'platform_pitch_angle':"
          "'out_of_range'}", "6=8000"},
    {"'sensor_latitude':null,'special':{'sensor_latitude':'reserved'}",
        "13=80000000"},
    {"'sensor_latitude':1,'special':{'sensor_latitude':'reserved'}",
        "13=016c16c1"},
    {"'target_width_extended':null,'special':{'target_width_extended':"
          "'above_maximum'}", "96=e10000"},
    {"'target_width_extended':null,'special':{'target_width_extended':"
          "'reserved'}", "96=810000"},
    {UNIVERSAL "'slant_range':null,'special':{'slant_range':"
          "'negative_infinity'}",
        "060e2b34010101010701080101000000=ff800000"},
    {UNIVERSAL "'sensor_latitude':null,'special':{'sensor_latitude':'nan'}",
        "060e2b34010101030701020102040200=7ff8000000000000"},
    /* text */
    {"'mission_id':'\\u00e9\\n\\ud83d\\ude81'", "3=c3a90af09f9a81"},
    {"'mission_id':''", "3=00"},
    {SECURITY "'object_country_codes':'USA;\\ud83d\\ude81'",
        "13=005500530041003bd83dde81"},
    {SECURITY "'object_country_codes':'\xe4\xb8\xad'", "13=feff4e2d"},
    {SECURITY "'object_country_codes':'\xe4\xb9\x8d'", "13=feff4e4d"},
    {SECURITY "'object_country_codes':'\xe6\x96\x87'", "13=6587"},
    {SECURITY "'object_country_codes':''", "13=00"},
    /* labels */
    {"'platform_status':'landing','operational_mode':'77'", "77=4d 125=0a"},
    {"'operational_mode':3", "77=03"},
    {"'generic_flag_data':{'laser_range':true,'auto_track':false,"
          "'image_invalid':true,'bit_7':true}", "47=a1"},
    {"'generic_flag_data':{}", "47=00"},
    {"'generic_flag_data':5", "47=05"},
    /* bytes */
    {"'sar_motion_imagery_local_set':'0A0b'", "95=0a0b"},
    {"'miis_core_identifier':{'version':1,'sensor_quality':1,"
          "'platform_quality':0,'sensor':'00010203-0405-0607-0809-0a0b0c0d0e0f',"
          "'window':'10111213-1415-1617-1819-1a1b1c1d1e1f','minor':"
          "'20212223-2425-2627-2829-2a2b2c2d2e2f'}",
        "94=0126000102030405060708090a0b0c0d0e0f"
          "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"},
    /* lists */
    {"'active_wavelength_list':[1,'128',34359738367]",
        "121=018100ffffffff7f"},
    {"'active_payloads':[0,3,9]", "139=0902"},
    {"'active_payloads':[]", "139=00"},
    /* items that are repeated */
    {"'weapon_load':[1,null,2]", "60=0001 60= 60=0002"},
    {"'active_wavelength_list':[[1],[2,3]]", "121=01 121=0203"},
    {"'active_wavelength_list':[null]", "121="},
    {"'wavelengths_list':[null]", "128=00"},
    {"'wavelengths_list':[[{'id':1}],null]", "128=0101 128="},
    {"'weapon_load':[]", ""},
    {"'platform_course_angle':[null,null,1,null],'special':{"
          "'platform_course_angle':['positive_infinity','user_defined',null,"
          "null]}", "112=c800 112=c000 112=0040 112="},
    {"'platform_course_angle':[null,null],'special':{"
          "'platform_course_angle':['user_defined']}", "112=c000 112="},
    {"'platform_course_angle':[null,null],'special':{"
          "'platform_course_angle':'user_defined'}", "112=c000 112=c000"},
    /* packs */
    {"'image_horizon_pixel_pack':{'end_y':4,'start_x':1,'start_y':2,'end_x':3}",
        "81=01020304"},
    {"'image_horizon_pixel_pack':{'start_x':1,'start_y':2,'end_x':3,'end_y':4,"
          "'start_latitude':null,'special':{'start_latitude':'off_earth'}}",
        "81=0102030480000000"},
    {"'control_command':{'id':5,'command':'Fly','time':1}",
        "115=0503466c790000000000000001"},
    {"'country_codes':{'coding_method':14,'country_of_manufacture':'CAN'}",
        "122=010e000003" "43414e"},
    {"'sensor_frame_rate_pack':{'numerator':30000,'denominator':1001}",
        "127=81ea308769"},
    {"'sensor_frame_rate_pack':{'numerator':30,'denominator':1}", "127=1e"},
    {"'airbase_locations':{'takeoff':{'latitude':0,'longitude':0},"
          "'recovery':null}", "130=082d0000002d00000000"},
    {"'payload_list':{'count':2,'payloads':[{'id':0,'type':1,'name':'A'},"
          "{'id':1,'type':2,'name':'B'}]}", "138=02040001014104010201" "42"},
    {"'waypoint_list':[{'id':1,'order':-2,'info':1}]", "141=0401fffe01"},
    {"'view_domain':{'azimuth':{'start':0,'range':180},'elevation':null}",
        "142=08000000002d00000000"},
    {"'metadata_substream_id':{'local_id':1,"
          "'uuid':'00010203-0405-0607-0809-0a0b0c0d0e0f'}",
        "143=01000102030405060708090a0b0c0d0e0f"},
    /* sets */
    {"'rvt_local_set':{'frag_circle_radius':5,'point_of_interest_local_set':"
          "[{'poi_aoi_number':1},{'poi_aoi_number':2}]}",
        "73=060200050c04010200010c0401020002"},
    {"'security_local_set':null", "48="},
    {VMTI "'targets':[{'color':[1,2,3],'target_id':300},{'target_id':1}]",
        "101=078" "22c08030102030101"},
    {VMTI "'targets':[{'target_id':[7,8]},null]", "101=040700010800"},
    {VMTI "'targets':[{'target_id':1,'mask':{'pixel_contour':[1,256],"
          "'bitmask':[{'pixel':1,'run':200}]}}]",
        "101=1101650e01050101020100020504010181c8"},
    {RVT "'user_defined_local_set':[{'data_type_id':1,'data':'A'},"
          "{'data_type_id':65,'data':-2},{'data_type_id':129,'data':258},"
          "{'data_type_id':193,'data':'0a'},{'data':'0b'}]",
        "11=010101020141 11=0101410201fe 11=01018102020102"
          " 11=0101c102010a 11=02010b"},
    /* what the tables do not know */
    {"'unknown':{'150':'0a0b','16384':['01',null,'']}",
        "150=0a0b 16384=01 16384= 16384="},
    {UNIVERSAL "'unknown':{'00112233445566778899aabbccddeeff':'01'},"
          "'errors':[{'tag':'10112233445566778899aabbccddeeff','hex':'02'}]",
        "00112233445566778899aabbccddeeff=01"
          " 10112233445566778899aabbccddeeff=02"},
    {"'security_local_set':{'unknown':{'99':'01'},'errors':[{'tag':1,"
          "'hex':'0102'}]}", "48=63010101020102"},
    /* what was read may be beyond all bounds but those of its own bytes */
    {"'mission_id':'" LETTERS "'", "3=" LETTERS_HEX},
    {COPY "'mission_id':'" LETTERS "A'", "3=" LETTERS_HEX "41"},
    {COPY "'time_airborne':18446744073709551615", "110=ffffffffffffffff"},
    {COPY "'weapon_load':65536,'weapon_fired':300", "60=010000 61=012c"},
    {COPY "'platform_course_angle':360.5,'target_width_extended':2080768",
        "96=7f0000 112=5a20"},
    {COPY VMTI "'targets':[{'target_id':1,'confidence':101,"
          "'percentage_of_target_pixels':0}]", "101=07010501650701" "00"},
    /* the last of several of the same name */
    {"'weapon_load':1,'weapon_l\\u006fad':2", "60=0002"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_written (cases[i].members, cases[i].items, "");
}

static void
test_left_out (void)
{
  static const struct
  {
    const char *members;
    const char *items;
    const char *left_out;
  } cases[] = {
    {"'weapon_lod':1,'time_airborne':1", "110=01", "weapon_lod (unknown name)"},
    {"'weapon_load':65536", "", "weapon_load (out of range)"},
    {"'weapon_load':-1", "", "weapon_load (out of range)"},
    {"'weapon_load':1e300", "", "weapon_load (out of range)"},
    {"'weapon_load':'much'", "", "weapon_load (wrong type)"},
    {"'weapon_load':' 1'", "", "weapon_load (wrong type)"},
    {"'weapon_load':'1 '", "", "weapon_load (wrong type)"},
    {"'weapon_load':''", "", "weapon_load (wrong type)"},
    {"'weapon_load':true", "", "weapon_load (wrong type)"},
    {"'weapon_load':{}", "", "weapon_load (wrong type)"},
    {"'time_airborne':4294967296", "", "time_airborne (out of range)"},
    {"'leap_seconds':2147483648", "", "leap_seconds (out of range)"},
    {"'mission_id':'" LETTERS "A'", "", "mission_id (out of range)"},
    {VMTI "'targets':[{'target_id':1,'confidence':101},{'target_id':2,"
          "'percentage_of_target_pixels':0}]", "101=01010102",
        "targets.confidence (out of range), "
          "targets.percentage_of_target_pixels (out of range)"},
    {"'platform_course_angle':360.5", "",
        "platform_course_angle (out of range)"},
    {COPY "'time_airborne':18446744073709551616", "",
        "time_airborne (out of range)"},
    {"'correction_offset':9223372036854775808", "",
        "correction_offset (out of range)"},
    {"'outside_air_temperature':128", "",
        "outside_air_temperature (out of range)"},
    {"'sensor_latitude':90.1,'sensor_longitude':-180.1", "",
        "sensor_latitude (out of range), sensor_longitude (out of range)"},
    {"'sensor_latitude':1e400", "", "sensor_latitude (out of range)"},
    {"'target_width_extended':-0.1", "",
        "target_width_extended (out of range)"},
    {"'platform_pitch_angle':null,'special':{'platform_pitch_angle':'odd'}", "",
        "platform_pitch_angle (unknown label)"},
    {"'target_width_extended':null,'special':{'target_width_extended':'odd'}",
        "", "target_width_extended (unknown label)"},
    {"'weapon_load':null,'special':{'weapon_load':'odd'}", "",
        "weapon_load (wrong type)"},
    {"'mission_id':12", "", "mission_id (wrong type)"},
    {"'platform_status':'flying'", "", "platform_status (unknown label)"},
    {"'platform_status':300", "", "platform_status (out of range)"},
    {"'generic_flag_data':{'odd':true}", "",
        "generic_flag_data (unknown label)"},
    {"'generic_flag_data':{'bit_64':true}", "",
        "generic_flag_data (unknown label)"},
    {"'generic_flag_data':{'bit_8':true}", "",
        "generic_flag_data (out of range)"},
    {"'generic_flag_data':{'auto_track':1}", "",
        "generic_flag_data (wrong type)"},
    {"'sar_motion_imagery_local_set':'0'", "",
        "sar_motion_imagery_local_set (no hexadecimal digits)"},
    {"'sar_motion_imagery_local_set':'0g'", "",
        "sar_motion_imagery_local_set (no hexadecimal digits)"},
    {"'miis_core_identifier':{'sensor_quality':1}", "",
        "miis_core_identifier (missing)"},
    {"'miis_core_identifier':{'sensor_quality':4}", "",
        "miis_core_identifier (out of range)"},
    {"'miis_core_identifier':{'window':'00'}", "",
        "miis_core_identifier (no hexadecimal digits)"},
    {"'active_payloads':[1024]", "", "active_payloads (out of range)"},
    {"'active_wavelength_list':[34359738368]", "",
        "active_wavelength_list (out of range)"},
    {"'active_wavelength_list':7", "", "active_wavelength_list (wrong type)"},
    {"'weapon_load':[1,'a',2]", "60=0001 60=0002", "weapon_load (wrong type)"},
    {"'security_local_set':{'classification':1,'version':1}", "48=16020001",
        "security_local_set.classification (unknown name)"},
    {"'security_local_set':7", "", "security_local_set (wrong type)"},
    {"'image_horizon_pixel_pack':{'start_x':1,'end_x':3}", "",
        "image_horizon_pixel_pack.start_y (missing)"},
    {"'image_horizon_pixel_pack':{'start_x':256}", "",
        "image_horizon_pixel_pack.start_x (out of range)"},
    {"'airbase_locations':{'takeoff':{'latitude':91}}", "",
        "airbase_locations.takeoff.latitude (out of range)"},
    {"'view_domain':{'azimuth':{'start':1}}", "",
        "view_domain.azimuth.range (missing)"},
    {"'vmti_local_set':{'targets':[{'priority':1},{'target_id':2}]}",
        "74=65020102", "vmti_local_set.targets.target_id (missing)"},
    {"'vmti_local_set':{'targets':[{'target_id':null}]}",
        "", "vmti_local_set.targets.target_id (missing)"},
    {"'vmti_local_set':{'checksum':1}", "",
        "vmti_local_set.checksum (is computed)"},
    {"'unknown':{'x':'00','34359738368':'00','150':'0','151':'01'}", "151=01",
        "unknown.x (no tag), unknown.34359738368 (no tag), "
          "unknown.150 (no hexadecimal digits)"},
    {"'unknown':{'1':'00'},'errors':[{'tag':1,'hex':'00'}]", "",
        "unknown.1 (is computed), errors (is computed)"},
    {UNIVERSAL "'unknown':{'0011':'00','001122':'00'}", "",
        "unknown.0011 (no key), unknown.001122 (no key)"},
    {"'errors':[{'reason':'cut','hex':'00'},7]", "",
        "errors (no tag), errors (missing)"},
    {"'ts_ns':'noon'", "", "ts_ns (no time)"},
    {"'errors':[{'tag':13},{'tag':14,'hex':null},{'tag':15,'hex':''}]", "15=",
        "errors (missing), errors (missing)"},
    /* what has no bytes would be unknown */
    {"'airbase_locations':{},'active_wavelength_list':[]", "",
        "active_wavelength_list (nothing in it), "
          "airbase_locations (nothing in it)"},
    {"'security_local_set':[{'version':1},{}]", "48=16020001",
        "security_local_set (nothing in it)"},
    {"'security_local_set':{},'wavelengths_list':[]", "",
        "security_local_set (nothing in it), "
          "wavelengths_list (nothing in it)"},
    {"'platform_course_angle':null,'special':{'platform_course_angle':"
          "['user_defined']}", "", "platform_course_angle (wrong type)"},
    {VMTI "'targets':[{'target_id':1,'color':[1,2]},{'target_id':2,"
          "'color':[1,2,256]}]", "101=01010102",
        "targets.color (wrong type), targets.color (out of range)"},
    {RVT "'user_defined_local_set':{'data':'hello'}", "",
        "user_defined_local_set.data (no hexadecimal digits)"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_written (cases[i].members, cases[i].items, cases[i].left_out);
}

/* However many and long the names are, there is room for the first; no character and no entry
 * is cut. */
static void
test_many_left_out (void)
{
  for (guint n = 1; n < 300; n += 7) {
    GString *json = g_string_new (NULL);
    KlvWriteReport report;

    g_string_printf (json, "{\"%.*s", 1 + n % 3, "aaa");
    for (guint i = 0; i < n; i++)
      g_string_append (json, "\xe2\x82\xac");
    g_string_append (json, "\":0,\"b\":1,\"unknown\":{");
    for (guint i = 0; i < n; i++)
      g_string_append_printf (json, "%s\"x%u\":0", i > 0 ? "," : "", i);
    g_string_append (json, "}}");
    g_byte_array_unref (json_to_unit (json->str, &report));
    g_assert_cmpuint (report.n_left_out, ==, n + 2);
    g_assert_true (g_str_has_prefix (report.left_out, "a"));
    g_assert_nonnull (strstr (report.left_out,
            " (unknown name), b (unknown name)"));
    g_assert_cmpint (strstr (report.left_out, "...") != NULL, ==,
        1 + n % 3 + 3 * n > 64);
    g_assert_true (g_str_has_suffix (report.left_out, ")"));
    g_assert_true (g_utf8_validate (report.left_out, -1, NULL));
    g_string_free (json, TRUE);
  }
}

/* A row of a database has null for what is not there. */
static void
test_nulls_in_the_head (void)
{
  static const char *const names[] =
      { "raw", "type", "standard", "ul", "checksum", "ts_ns", "hex" };
  KlvWriteReport report;
  GByteArray *wanted = json_to_unit ("{\"mission_id\":\"a\"}", &report);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *json =
        g_strdup_printf ("{\"%s\":null,\"mission_id\":\"a\"}", names[i]);
    GByteArray *unit = json_to_unit (json, &report);

    g_assert_cmpstr (report.reason, ==, NULL);
    g_assert_cmpstr (report.left_out, ==, "");
    g_assert_cmpmem (unit->data, unit->len, wanted->data, wanted->len);
    g_byte_array_unref (unit);
  }
  g_byte_array_unref (wanted);
}

/* No bytes are no value of a set that has items. */
static void
test_empty_hex (void)
{
  KlvWriteReport report;
  GByteArray *wanted = json_to_unit ("{\"ul\":\"" UL_0601
      "\",\"mission_id\":\"a\"}", &report);
  GByteArray *unit = json_to_unit ("{\"ul\":\"" UL_0601
      "\",\"mission_id\":\"a\",\"hex\":\"\"}", &report);

  g_assert_cmpmem (unit->data, unit->len, wanted->data, wanted->len);
  g_byte_array_unref (unit);
  g_byte_array_unref (wanted);
}

/* 1 MB of whatever takes longest */
static void
test_hostile (void)
{
  static const char *const parts[] = { "\"x\":0", "\"special\":{\"a\":\"b\"}",
    "\"weapon_load\":[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]",
    "\"security_local_set\":{\"security_local_set\":{}}",
    "\"unknown\":{\"1\":[]}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    GString *json = g_string_new ("{\"weapon_load\":null");
    KlvWriteReport report;

    while (json->len < 1000000)
      g_string_append_printf (json, ",%s", parts[i]);
    g_string_append (json, "}");
    g_byte_array_unref (json_to_unit (json->str, &report));
    g_string_assign (json, "{\"weapon_load\":[");
    while (json->len < 1000000)
      g_string_append (json, i % 2 == 0 ? "null," : "[0],");
    g_string_append (json, "0],\"special\":{\"weapon_load\":\"x\"}}");
    g_byte_array_unref (json_to_unit (json->str, &report));
    g_string_free (json, TRUE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/write/packets", test_packets);
  g_test_add_func ("/klv/write/by-hand", test_by_hand);
  g_test_add_func ("/klv/write/capacity", test_capacity);
  g_test_add_func ("/klv/write/defaults", test_defaults);
  g_test_add_func ("/klv/write/order", test_order);
  g_test_add_func ("/klv/write/checksums", test_checksums);
  g_test_add_func ("/klv/write/sets", test_sets);
  g_test_add_func ("/klv/write/values", test_values);
  g_test_add_func ("/klv/write/left-out", test_left_out);
  g_test_add_func ("/klv/write/many-left-out", test_many_left_out);
  g_test_add_func ("/klv/write/nulls-in-the-head", test_nulls_in_the_head);
  g_test_add_func ("/klv/write/empty-hex", test_empty_hex);
  g_test_add_func ("/klv/write/hostile", test_hostile);
  return g_test_run ();
}
