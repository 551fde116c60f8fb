/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvtest.h"

#include "jsontext.h"
#include "klvchecksum.h"

#define UL_0601 "060e2b34020b01010e01030101000000"
#define UL_0102 "060e2b34020301010e01030302000000"
#define UL_0806 "060e2b34020b01010e01030102000000"
#define UL_0903 "060e2b34020b01010e01030306000000"
#define UL_0104 "060e2b34020101010e01010201010000"

static const KlvJsonSettings plain;

static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; *hex; hex++) {
    if (*hex == ' ')
      continue;
    const guint8 byte =
        g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);

    g_byte_array_append (bytes, &byte, 1);
    hex++;
  }
  return bytes;
}

static void
append_ber (GByteArray * bytes, gsize size)
{
  const guint8 long_form[] = { 0x84, size >> 24, size >> 16, size >> 8, size };
  const guint8 short_form = size;

  if (size < 0x80)
    g_byte_array_append (bytes, &short_form, 1);
  else
    g_byte_array_append (bytes, long_form, sizeof (long_form));
}

/* Key, length, value */
static GByteArray *
make_unit (const char *ul, const guint8 * value, gsize size)
{
  GByteArray *unit = from_hex (ul);

  append_ber (unit, size);
  g_byte_array_append (unit, value, size);
  return unit;
}

static char *
to_json (GByteArray * unit, const KlvJsonSettings * settings,
    KlvJsonReport * report)
{
  /* of exactly that size, so that a read too far is seen */
  g_autofree guint8 *copy = g_memdup2 (unit->data, unit->len);
  const BytesSpan bytes = { copy, unit->len };
  const gsize size = klv_json_write (bytes, settings, report, NULL, 0);
  char *json = g_malloc (size + 1);

  g_assert_cmpuint (klv_json_write (bytes, settings, report, json, size), ==,
      size);
  json[size] = '\0';
  g_assert_true (json_text_is_object (json, size));
  return json;
}

static char *
set_to_json (const char *ul, const char *items,
    const KlvJsonSettings * settings, KlvJsonReport * report)
{
  GByteArray *value = from_hex (items);
  GByteArray *unit = make_unit (ul, value->data, value->len);
  char *json = to_json (unit, settings, report);

  g_byte_array_unref (value);
  g_byte_array_unref (unit);
  return json;
}

/* @wanted: what follows the head */
static void
assert_items (const char *ul, const char *items, const char *wanted)
{
  KlvJsonReport report;
  g_autofree char *json = set_to_json (ul, items, &plain, &report);
  const char *head = strstr (json, "\"checksum\":");
  g_autofree char *tail = NULL;

  g_assert_nonnull (head);
  tail = g_strdup (strchr (head + strlen ("\"checksum\":\"x"), '"') + 1);
  if (tail[0] == ',')
    memmove (tail, tail + 1, strlen (tail));
  tail[strlen (tail) - 1] = '\0';
  g_assert_cmpstr (tail, ==, wanted);
}

static void
test_packet (void)
{
  KlvJsonReport report;
  g_autofree char *json = set_to_json (UL_0601,
      "020800046050584e0180 03094d697373696f6e3132 050271c2 410106 01020000",
      &plain, &report);

  g_assert_cmpstr (json, ==, "{\"type\":\"klv\",\"standard\":\"ST 0601\","
      "\"ul\":\"" UL_0601 "\",\"ts_ns\":1231798102000000000,"
      "\"time\":\"2009-01-12T22:08:22.000000Z\",\"checksum\":\"wrong\","
      "\"precision_time_stamp\":1231798102000000,\"mission_id\":\"Mission12\","
      "\"platform_heading_angle\":159.974,"
      "\"uas_datalink_ls_version_number\":6}");
  g_assert_cmpuint (report.n_items, ==, 4);
  g_assert_true (report.has_wrong_checksum);
  g_assert_true (report.has_time);
  g_assert_cmpuint (report.time_us, ==, G_GUINT64_CONSTANT (1231798102000000));
}

/* A checksum is of all bytes before it, wherever it is. */
static void
test_checksum (void)
{
  GByteArray *value = from_hex ("410106 0102 0000");
  GByteArray *unit = make_unit (UL_0601, value->data, value->len);
  const guint16 sum = klv_checksum (unit->data, unit->len - 2);
  g_autofree char *valid = NULL, *wrong = NULL, *missing = NULL;
  KlvJsonReport report;

  unit->data[unit->len - 2] = sum >> 8;
  unit->data[unit->len - 1] = sum;
  valid = to_json (unit, &plain, &report);
  g_assert_nonnull (strstr (valid, "\"checksum\":\"valid\""));
  g_assert_false (report.has_wrong_checksum);
  unit->data[unit->len - 5] ^= 1;
  wrong = to_json (unit, &plain, &report);
  g_assert_nonnull (strstr (wrong, "\"checksum\":\"wrong\""));
  g_assert_true (report.has_wrong_checksum);
  missing = set_to_json (UL_0601, "410106", &plain, &report);
  g_assert_nonnull (strstr (missing, "\"checksum\":\"missing\""));
  g_assert_false (report.has_wrong_checksum);
  g_byte_array_unref (value);
  g_byte_array_unref (unit);
}

static void
test_standards (void)
{
  static const struct
  {
    const char *ul;
    const char *items;
    const char *start;
  } sets[] = {
    {UL_0102, "010105", "\"standard\":\"ST 0102\",\"ul\":\"" UL_0102
          "\",\"checksum\":\"none\",\"security_classification\":\"top_secret\"}"},
    {UL_0806, "04020102", "\"standard\":\"ST 0806\",\"ul\":\"" UL_0806
          "\",\"checksum\":\"missing\",\"platform_indicated_airspeed\":258}"},
    {UL_0806, "04020102 010400000000", "\"standard\":\"ST 0806\",\"ul\":\""
          UL_0806
          "\",\"checksum\":\"wrong\",\"platform_indicated_airspeed\":258}"},
    {UL_0903, "040106",
        "\"standard\":\"ST 0903\",\"ul\":\"" UL_0903
          "\",\"checksum\":\"missing\",\"version\":6}"},
    /* byte 8 is the version of the registry */
    {"060e2b34020301070e01030302000000", "010101", "\"standard\":\"ST 0102\","
          "\"ul\":\"060e2b34020301070e01030302000000\",\"checksum\":\"none\","
          "\"security_classification\":\"unclassified\"}"},
    {"060e2b34020b01010e0103017f000000", "0102ab", "\"standard\":\"unknown\","
          "\"ul\":\"060e2b34020b01010e0103017f000000\",\"checksum\":\"none\","
          "\"hex\":\"0102ab\"}"},
    {"060e2b34020101010208020000000000",
          "060e2b34010101030208020100000000 08 5345435245542f2f",
        "\"standard\":\"ST 0102\","
          "\"ul\":\"060e2b34020101010208020000000000\",\"checksum\":\"none\","
          "\"security_classification\":\"SECRET//\"}"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++) {
    KlvJsonReport report;
    g_autofree char *json =
        set_to_json (sets[i].ul, sets[i].items, &plain, &report);

    g_assert_true (g_str_has_prefix (json, "{\"type\":\"klv\","));
    g_assert_cmpstr (json + strlen ("{\"type\":\"klv\","), ==, sets[i].start);
  }
}

static void
test_types (void)
{
  static const char *const values[][2] = {
    /* integers of any length; unsigned ones that fill it */
    {"08 01 ff", "\"platform_true_airspeed\":255"},
    {"08 08 ffffffffffffffff",
        "\"platform_true_airspeed\":18446744073709551615"},
    {"08 03 000102", "\"platform_true_airspeed\":258"},
    {"27 01 80", "\"outside_air_temperature\":-128"},
    {"27 02 ff7f", "\"outside_air_temperature\":-129"},
    {"8109 08 8000000000000000", "\"correction_offset\":-9223372036854775808"},
    /* both ends of the maps */
    {"05 02 0000", "\"platform_heading_angle\":0"},
    {"05 02 ffff", "\"platform_heading_angle\":360"},
    {"06 02 7fff", "\"platform_pitch_angle\":20"},
    {"06 02 8001", "\"platform_pitch_angle\":-20"},
    {"06 02 0001", "\"platform_pitch_angle\":0.0006"},
    {"0d 04 80000001", "\"sensor_latitude\":-90"},
    {"1a 02 7fff", "\"offset_corner_latitude_point_1\":0.075"},
    {"4f 02 8001", "\"sensor_north_velocity\":-327"},
    /* lengths of ST 1201 */
    {"60 01 7f", "\"target_width_extended\":2080768"},
    {"60 03 000d92", "\"target_width_extended\":868.5"},
    {"70 02 1f40", "\"platform_course_angle\":125"},
    {"70 04 1f400000", "\"platform_course_angle\":125"},
    {"75 02 3e80", "\"sensor_azimuth_rate\":0"},
    {"75 02 0000", "\"sensor_azimuth_rate\":-1000"},
    /* text */
    {"03 00", "\"mission_id\":null"},
    {"03 03 41c3bc", "\"mission_id\":\"Aü\""},
    {"03 03 41fc42", "\"mission_id\":\"A\xef\xbf\xbd" "B\""},
    {"03 04 41220a5c", "\"mission_id\":\"A\\\"\\n\\\\\""},
    {"03 05 4100420000", "\"mission_id\":\"A\xef\xbf\xbd" "B\""},
    /* what has names */
    {"22 01 02", "\"icing_detected\":\"icing_detected\""},
    {"22 01 09", "\"icing_detected\":\"9\""},
    {"2f 01 05",
        "\"generic_flag_data\":{\"laser_range\":true,\"auto_track\":false,"
          "\"ir_black_hot\":true,\"icing_detected\":false,"
          "\"slant_range_measured\":false,\"image_invalid\":false}"},
    {"2f 01 80",
        "\"generic_flag_data\":{\"laser_range\":false,\"auto_track\":false,"
          "\"ir_black_hot\":false,\"icing_detected\":false,"
          "\"slant_range_measured\":false,\"image_invalid\":false,\"bit_7\":true}"},
    {"48 08 00046050584e0180", "\"event_start_time\":1231798102000000"},
    /* what has no table */
    {"61 03 0aff00", "\"range_image_local_set\":\"0aff00\""},
    {"42 01 7f", "\"deprecated_tag\":\"7f\""}
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    assert_items (UL_0601, values[i][0], values[i][1]);
}

static void
test_packs (void)
{
  static const char *const values[][2] = {
    {"51 04 0a141e28",
        "\"image_horizon_pixel_pack\":{\"start_x\":10,\"start_y\":20,"
          "\"end_x\":30,\"end_y\":40}"},
    {"51 08 0a141e28 80000000",
        "\"image_horizon_pixel_pack\":{\"start_x\":10,"
          "\"start_y\":20,\"end_x\":30,\"end_y\":40,\"start_latitude\":null,"
          "\"special\":{\"start_latitude\":\"off_earth\"}}"},
    {"5e 12 0140 00112233445566778899aabbccddeeff",
        "\"miis_core_identifier\":{\"version\":1,\"sensor_quality\":2,"
          "\"platform_quality\":0,"
          "\"sensor\":\"00112233-4455-6677-8899-aabbccddeeff\"}"},
    {"73 06 05 04 464c5920",
        "\"control_command\":{\"id\":5,\"command\":\"FLY \"}"},
    {"73 0b 05 01 46 00046050584e0180",
        "\"control_command\":{\"id\":5,\"command\":\"F\","
          "\"time\":1231798102000000}"},
    {"74 04 03 05 8100", "\"control_command_verification_list\":[3,5,128]"},
    {"79 02 1503", "\"active_wavelength_list\":[21,3]"},
    {"7a 0b 010e 03434144 00 03465241",
        "\"country_codes\":{\"coding_method\":14,\"overflight_country\":\"CAD\","
          "\"operator_country\":null,\"country_of_manufacture\":\"FRA\"}"},
    {"7f 05 83d460 8769",
        "\"sensor_frame_rate_pack\":{\"numerator\":60000,\"denominator\":1001}"},
    {"7f 01 1e",
        "\"sensor_frame_rate_pack\":{\"numerator\":30,\"denominator\":1}"},
    {"810b 02 0380", "\"active_payloads\":[0,1,15]"},
    {"810c 09 08 01 02 03 04 8105 01 61",
        "\"weapons_stores\":[{\"station\":1,\"hardpoint\":2,\"carriage\":3,"
          "\"store\":4,\"status\":133,\"type\":\"a\"}]"},
    {"810d 04 03 01 0002", "\"waypoint_list\":[{\"id\":1,\"order\":2}]"},
    {"810d 04 03 01 ffff", "\"waypoint_list\":[{\"id\":1,\"order\":-1}]"},
    {"810e 0b 04 0000 2d00 00 04 0000 0b40",
        "\"view_domain\":{\"azimuth\":{\"start\":0,\"range\":180},"
          "\"elevation\":null,\"roll\":{\"start\":0,\"range\":45}}"},
    {"810f 01 07", "\"metadata_substream_id\":{\"local_id\":7}"},
    {"810f 11 00 00112233445566778899aabbccddeeff",
        "\"metadata_substream_id\":{\"local_id\":0,"
          "\"uuid\":\"00112233-4455-6677-8899-aabbccddeeff\"}"},
    {"8102 09 08 2d000000 2d000000",
        "\"airbase_locations\":{\"takeoff\":{\"latitude\":0,\"longitude\":0}}"},
    {"8102 0a 00 08 2d000000 2d000000",
        "\"airbase_locations\":{\"takeoff\":null,"
          "\"recovery\":{\"latitude\":0,\"longitude\":0}}"},
    {"810a 08 01 06 05 01 03 454f31",
        "\"payload_list\":{\"count\":1,\"payloads\":[{\"id\":5,\"type\":1,"
          "\"name\":\"EO1\"}]}"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    assert_items (UL_0601, values[i][0], values[i][1]);
}

static void
test_security (void)
{
  assert_items (UL_0102, "0d06 005500530041",
      "\"object_country_codes\":\"USA\"");
  assert_items (UL_0102, "0d08 feff005500530041",
      "\"object_country_codes\":\"USA\"");
  assert_items (UL_0102, "0d03 555341", "\"object_country_codes\":\"USA\"");
  assert_items (UL_0102, "0d04 55534120", "\"object_country_codes\":\"USA \"");
  assert_items (UL_0102, "0d04 d83dde00",
      "\"object_country_codes\":\"\xf0\x9f\x98\x80\"");
  assert_items (UL_0102, "0d04 0041d83d",
      "\"object_country_codes\":\"A\xef\xbf\xbd\"");
  assert_items (UL_0601, "30 06 010101 0c010e", "\"security_local_set\":"
      "{\"security_classification\":\"unclassified\","
      "\"object_country_coding_method\":\"genc_three_letter\"}");
  assert_items (UL_0601, "30 00", "\"security_local_set\":null");
}

static void
test_targets (void)
{
  static const char *const values[][2] = {
    {"0b 02 0b40", "\"horizontal_fov\":22.5"},
    {"65 07 06 05 01 03 0186a0",
        "\"targets\":[{\"target_id\":5,\"centroid\":100000}]"},
    {"65 08 07 8105 01 03 0186a0",
        "\"targets\":[{\"target_id\":133,\"centroid\":100000}]"},
    {"65 0a 04 01 05 01 32 04 02 05 01 64",
        "\"targets\":[{\"target_id\":1,\"confidence\":50},"
          "{\"target_id\":2,\"confidence\":100}]"},
    {"65 07 06 01 08 03 ff8000",
        "\"targets\":[{\"target_id\":1,\"color\":[255,128,0]}]"},
    {"65 06 05 01 15 02 0708",
        "\"targets\":[{\"target_id\":1,\"fpa_index\":{\"row\":7,\"column\":8}}]"},
    {"65 05 04 01 17 01 03",
        "\"targets\":[{\"target_id\":1,\"detection_status\":\"active_stopped\"}]"},
    {"65 0e 0d 01 11 0a 2d000000 2d000000 0384",
        "\"targets\":[{\"target_id\":1,\"location\":{\"latitude\":0,\"longitude\":0,"
          "\"height_above_ellipsoid\":0}}]"},
    {"65 0c 0b 01 65 08 01 06 02 0102 02 0304",
        "\"targets\":[{\"target_id\":1,\"mask\":{\"pixel_contour\":[258,772]}}]"},
    {"65 0b 0a 01 65 07 02 05 04 02 4a44 0f",
        "\"targets\":[{\"target_id\":1,\"mask\":{\"bitmask\":[{\"pixel\":19012,"
          "\"run\":15}]}}]"},
    /* the lowest and the highest code, either of which is beyond the bounds */
    {"65 07 06 01 0a 03 000000",
        "\"targets\":[{\"target_id\":1,\"location_offset_latitude\":-19.200004}]"},
    {"65 07 06 01 0a 03 800000",
        "\"targets\":[{\"target_id\":1,\"location_offset_latitude\":44.799996}]"},
    {"66 08 07 01 01 05 02 02 4142",
        "\"algorithms\":[{\"id\":5,\"name\":\"AB\"}]"},
    {"67 04 03 01 01 05", "\"ontologies\":[{\"id\":5}]"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    assert_items (UL_0903, values[i][0], values[i][1]);
}

static void
test_user_data (void)
{
  assert_items (UL_0806, "0b 07 01 01 01 02 02 6162",
      "\"user_defined_local_set\":{\"data_type_id\":1,\"data\":\"ab\"}");
  assert_items (UL_0806, "0b 07 01 01 41 02 02 ffff",
      "\"user_defined_local_set\":{\"data_type_id\":65,\"data\":-1}");
  assert_items (UL_0806, "0b 07 01 01 81 02 02 ffff",
      "\"user_defined_local_set\":{\"data_type_id\":129,\"data\":65535}");
  assert_items (UL_0806, "0b 07 01 01 c1 02 02 ffff",
      "\"user_defined_local_set\":{\"data_type_id\":193,\"data\":\"ffff\"}");
  assert_items (UL_0806, "0b 0e 01 01 41 02 09 ffffffffffffffffff",
      "\"user_defined_local_set\":{\"data_type_id\":65,"
      "\"data\":\"ffffffffffffffffff\"}");
  assert_items (UL_0806, "0c 06 02 04 80000000",
      "\"point_of_interest_local_set\":{\"poi_latitude\":null,"
      "\"special\":{\"poi_latitude\":\"reserved\"}}");
}

static void
test_specials (void)
{
  assert_items (UL_0601, "06 02 8000 07 02 0000",
      "\"platform_pitch_angle\":null,\"platform_roll_angle\":0,"
      "\"special\":{\"platform_pitch_angle\":\"out_of_range\"}");
  assert_items (UL_0601, "60 03 c80000 67 03 e80000 68 02 d000 69 01 f0",
      "\"target_width_extended\":null,\"density_altitude_extended\":null,"
      "\"sensor_ellipsoid_height_extended\":null,"
      "\"alternate_platform_ellipsoid_height_extended\":null,\"special\":{"
      "\"target_width_extended\":\"positive_infinity\","
      "\"density_altitude_extended\":\"negative_infinity\","
      "\"sensor_ellipsoid_height_extended\":\"positive_quiet_nan\","
      "\"alternate_platform_ellipsoid_height_extended\":\"negative_quiet_nan\"}");
  /* zero length is unknown, and no special value */
  assert_items (UL_0601, "06 00", "\"platform_pitch_angle\":null");
}

static void
test_repeated (void)
{
  assert_items (UL_0601, "73 03 01 01 61 0801 05 73 03 02 01 62",
      "\"control_command\":[{\"id\":1,\"command\":\"a\"},"
      "{\"id\":2,\"command\":\"b\"}],\"platform_true_airspeed\":5");
  /* what each of them means, if any is no number */
  assert_items (UL_0601, "7002 c800 7003 000000 7000 7002 e800 7002 c000 7009"
      "ffffffffffffffffff 0602 8000", "\"platform_course_angle\":["
      "null,0,null,null,null],\"platform_pitch_angle\":null,\"special\":{"
      "\"platform_course_angle\":[\"positive_infinity\",null,null,"
      "\"negative_infinity\",\"user_defined\"],"
      "\"platform_pitch_angle\":\"out_of_range\"},\"errors\":[{\"tag\":112,"
      "\"reason\":\"9 bytes, wanted 1 to 8\",\"hex\":\"ffffffffffffffffff\"}]");
  /* what cannot be is no part of the array */
  assert_items (UL_0601, "0501 ff 0502 0000 0502 ffff",
      "\"platform_heading_angle\":[0,360],"
      "\"errors\":[{\"tag\":5,\"reason\":\"1 byte, wanted 2\",\"hex\":\"ff\"}]");
  assert_items (UL_0601, "0501 ff 0501 fe 0801 05",
      "\"platform_true_airspeed\":5,"
      "\"errors\":[{\"tag\":5,\"reason\":\"1 byte, wanted 2\",\"hex\":\"ff\"},"
      "{\"tag\":5,\"reason\":\"1 byte, wanted 2\",\"hex\":\"fe\"}]");
}

static void
test_unknown (void)
{
  assert_items (UL_0601, "8116 02 0a0b 0801 05",
      "\"platform_true_airspeed\":5,\"unknown\":{\"150\":\"0a0b\"}");
  assert_items (UL_0601, "8116 01 0a 8117 00 8116 01 0b",
      "\"unknown\":{\"150\":[\"0a\",\"0b\"],\"151\":\"\"}");
  assert_items (UL_0104, "060e2b34010101010105050000000000 01 41"
      "060e2b340101010101050500000000ff 01 42", "\"mission_id\":\"A\","
      "\"unknown\":{\"060e2b340101010101050500000000ff\":\"42\"}");
}

/* 64 bytes */
#define FF16 "ffffffffffffffffffffffffffffffff"
#define FFFF FF16 FF16 FF16 FF16

static void
test_errors (void)
{
  assert_items (UL_0601, "0d03 5595b6 0801 05", "\"platform_true_airspeed\":5,"
      "\"errors\":[{\"tag\":13,\"reason\":\"3 bytes, wanted 4\","
      "\"hex\":\"5595b6\"}]");
  assert_items (UL_0601, "0809 000000000000000001", "\"errors\":[{\"tag\":8,"
      "\"reason\":\"9 bytes, wanted 1 to 8\",\"hex\":\"000000000000000001\"}]");
  assert_items (UL_0601, "810b 8181" FFFF FFFF "ff", "\"errors\":[{\"tag\":139,"
      "\"reason\":\"129 bytes, wanted 1 to 128\",\"hex\":\"" FFFF FFFF
      "ff\"}]");
  assert_items (UL_0601, "5e03 014000",
      "\"errors\":[{\"tag\":94,"
      "\"reason\":\"a part is cut, or its length is wrong\",\"hex\":\"014000\"}]");
  assert_items (UL_0601, "5105 0a141e2800",
      "\"errors\":[{\"tag\":81,"
      "\"reason\":\"a part is cut, or its length is wrong\","
      "\"hex\":\"0a141e2800\"}]");
  assert_items (UL_0601, "810f12 07 00112233445566778899aabbccddeeff 00",
      "\"errors\":[{\"tag\":143,\"reason\":\"more bytes than the last part has\","
      "\"hex\":\"0700112233445566778899aabbccddeeff00\"}]");
  assert_items (UL_0601, "0801 05 0308 4142",
      "\"platform_true_airspeed\":5,"
      "\"errors\":[{\"reason\":\"an item is cut, or its length is wrong\","
      "\"hex\":\"03084142\"}]");
  assert_items (UL_0601, "0801 05 0380 4142",
      "\"platform_true_airspeed\":5,"
      "\"errors\":[{\"reason\":\"an item is cut, or its length is wrong\","
      "\"hex\":\"03804142\"}]");
  /* those of a set in the set are its own */
  assert_items (UL_0601, "3006 010101 0d ff41 0801 05",
      "\"security_local_set\":{"
      "\"security_classification\":\"unclassified\",\"errors\":[{\"reason\":"
      "\"an item is cut, or its length is wrong\",\"hex\":\"0dff41\"}]},"
      "\"platform_true_airspeed\":5");
}

static void
test_padding (void)
{
  assert_items (UL_0601, "0801 05 0000 0000 00",
      "\"platform_true_airspeed\":5");
  assert_items (UL_0601, "0801 05 0000 0301 41",
      "\"platform_true_airspeed\":5,"
      "\"mission_id\":\"A\",\"unknown\":{\"0\":\"\"}");
}

static void
test_floats (void)
{
#define LATITUDE "060e2b34010101030701020102040200"
#define PITCH "060e2b34010101070701100105000000"
  assert_items (UL_0104, LATITUDE " 08 40432049c5058322" PITCH " 04 3f4ccccd",
      "\"sensor_latitude\":38.25225127,\"platform_pitch_angle\":0.8");
  assert_items (UL_0104, PITCH " 04 7f800000 " LATITUDE " 08 fff8000000000000",
      "\"platform_pitch_angle\":null,\"sensor_latitude\":null,\"special\":{"
      "\"platform_pitch_angle\":\"positive_infinity\",\"sensor_latitude\":\"nan\"}");
  assert_items (UL_0104, PITCH " 03 3f4ccc",
      "\"errors\":[{\"tag\":\"" PITCH "\","
      "\"reason\":\"3 bytes, wanted 4 or 8\",\"hex\":\"3f4ccc\"}]");
}

static void
test_settings (void)
{
  const KlvJsonSettings tags = {
    .stream_id = {(const guint8 *) "a\"b", 3},.style = KLV_TAGS,.raw =
        KLV_RAW_HEX
  };
  const KlvJsonSettings base64 = {.raw = KLV_RAW_BASE64 };
  KlvJsonReport report;
  g_autofree char *by_tag = set_to_json (UL_0601,
      "0602 8000 3003 010101 0501 00 8116 01 aa", &tags, &report);
  g_autofree char *raw = set_to_json (UL_0601, "0801 05", &base64, &report);

  g_assert_cmpstr (by_tag, ==, "{\"stream_id\":\"a\\\"b\",\"type\":\"klv\","
      "\"standard\":\"ST 0601\",\"ul\":\"" UL_0601
      "\",\"checksum\":\"missing\","
      "\"6\":null,\"48\":{\"1\":\"unclassified\"},\"special\":{\"6\":"
      "\"out_of_range\"},\"unknown\":{\"150\":\"aa\"},\"errors\":[{\"tag\":5,"
      "\"reason\":\"1 byte, wanted 2\",\"hex\":\"00\"}],\"raw\":\"" UL_0601 "10"
      "06028000" "3003010101" "050100" "811601aa" "\"}");
  g_assert_nonnull (strstr (raw, "\"raw\":\"Bg4rNAILAQEOAQMBAQAAAAMIAQU=\"}"));
}

static void
test_other (void)
{
  static const struct
  {
    const char *hex;
    const char *json;
  } others[] = {
    {"48692c20796f75", "{\"type\":\"text\",\"text\":\"Hi, you\"}"},
    {"48690000", "{\"type\":\"text\",\"text\":\"Hi\"}"},
    {"ff00", "{\"type\":\"data\",\"hex\":\"ff00\"}"},
    /* a NUL could not be shown */
    {"41004200", "{\"type\":\"data\",\"hex\":\"41004200\"}"},
    {"060e2b34", "{\"type\":\"text\",\"text\":\"\\u0006\\u000e+4\"}"},
    /* a length that is not that of the bytes */
    {UL_0601 "02 0801 05", "{\"type\":\"data\",\"hex\":\"" UL_0601 "02080105\"}"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    GByteArray *bytes = from_hex (others[i].hex);
    KlvJsonReport report;
    g_autofree char *json = to_json (bytes, &plain, &report);

    g_assert_cmpstr (json, ==, others[i].json);
    g_assert_false (report.has_time);
    g_byte_array_unref (bytes);
  }
}

/* Times that are beyond what a signed integer of nanoseconds, or a date-time, can say */
static void
test_far_times (void)
{
  KlvJsonReport report;
  /* of several the first that can be one */
  g_autofree char *later = set_to_json (UL_0601, "0209000000000000000001 0200"
      "02020007 020108", &plain, &report);
  g_autofree char *near = set_to_json (UL_0601, "02080020000000000000", &plain,
      &report);
  g_autofree char *far = set_to_json (UL_0601, "02080380000000000000", &plain,
      &report);
  g_autofree char *never = set_to_json (UL_0601, "0208ffffffffffffffff", &plain,
      &report);

  g_assert_nonnull (strstr (later, "\"ts_ns\":7000,"));
  g_assert_nonnull (strstr (near, "\"ts_ns\":9007199254740992000,"
          "\"time\":\"2255-06-05T23:47:34.740992Z\","));
  g_assert_null (strstr (far, "\"ts_ns\""));
  g_assert_nonnull (strstr (far, "\"time\":\"9961-12-"));
  g_assert_null (strstr (never, "\"ts_ns\""));
  g_assert_null (strstr (never, "\"time\""));
  g_assert_nonnull (strstr (never,
          "\"precision_time_stamp\":18446744073709551615"));
  g_assert_true (report.has_time);
}

static void
test_nested (void)
{
  assert_items (UL_0601, "4a 0c 65 0a 09 01 6a 06 05 01 03 504e47",
      "\"vmti_local_set\":{\"targets\":[{\"target_id\":1,\"chips\":[{"
      "\"image_type\":\"PNG\"}]}]}");
  assert_items (UL_0601, "49 03 0e0112",
      "\"rvt_local_set\":{\"mgrs_zone\":18}");
}

/* Hostile sets: what they make is linear in what they are. */
static void
test_hostile (void)
{
  static const char *const items[] = { "0300", "05 00", "8116 00", "0801 01" };

  for (guint i = 0; i < G_N_ELEMENTS (items); i++) {
    GByteArray *item = from_hex (items[i]);
    GByteArray *value = g_byte_array_new ();
    GByteArray *unit;
    KlvJsonReport report;
    g_autofree char *json = NULL;

    for (guint n = 0; n < 100000; n++)
      g_byte_array_append (value, item->data, item->len);
    unit = make_unit (UL_0601, value->data, value->len);
    json = to_json (unit, &plain, &report);
    g_assert_cmpuint (strlen (json), <, 24 * value->len);
    g_assert_cmpuint (report.n_items + report.n_unknown_items, ==, 100000);
    g_byte_array_unref (item);
    g_byte_array_unref (value);
    g_byte_array_unref (unit);
  }
}

static GByteArray *
repeat_item (const char *hex, gsize size)
{
  GByteArray *item = from_hex (hex);
  GByteArray *value = g_byte_array_new ();
  GByteArray *unit;

  while (value->len + item->len <= size)
    g_byte_array_append (value, item->data, item->len);
  unit = make_unit (UL_0601, value->data, value->len);
  g_byte_array_unref (item);
  g_byte_array_unref (value);
  return unit;
}

/* What grows most of all: of 64 KiB it is shown, of more as bytes, which become the unit again. */
static void
test_too_long (void)
{
  static const char *const items[] = { "2f01 00", "2f08 ffffffffffffffff",
    "6001 7f"
  };

  for (guint i = 0; i < G_N_ELEMENTS (items); i++) {
    GByteArray *shown = repeat_item (items[i], 65000);
    GByteArray *unit = repeat_item (items[i], 200000);
    KlvJsonReport report;
    g_autofree char *json = to_json (shown, &plain, &report);
    g_autofree char *bytes = to_json (unit, &plain, &report);

    g_assert_null (strstr (json, "too long"));
    g_assert_cmpuint (strlen (bytes), <, KLV_JSON_MAX_ITEMS_SIZE + 200);
    if (strstr (bytes, "too long")) {
      KlvWriteReport write_report;
      GByteArray *written = json_to_unit (bytes, &write_report);
      g_autofree char *again = to_json (written, &plain, &report);

      g_assert_true (g_str_has_suffix (bytes,
              "\",\"errors\":[{\"reason\":\"its text is too long\"}]}"));
      g_assert_cmpuint (report.n_errors, ==, 1);
      g_assert_cmpuint (report.n_items, ==, 0);
      g_assert_cmpstr (again, ==, bytes);
      g_byte_array_unref (written);
    } else {
      g_assert_cmpuint (i, >, 1);
    }
    g_byte_array_unref (shown);
    g_byte_array_unref (unit);
  }
}

/* Of user data, each item needs what another one says. */
static void
test_hostile_user_data (void)
{
  static const guint8 number[] = { 1, 1, 0x41 }, data[] = { 2, 1, 7 };
  GByteArray *set = g_byte_array_new ();
  GByteArray *value = g_byte_array_new ();
  GByteArray *unit;
  KlvJsonReport report;
  g_autofree char *json = NULL;

  g_byte_array_append (set, number, sizeof (number));
  for (guint n = 0; n < 300000; n++)
    g_byte_array_append (set, data, sizeof (data));
  g_byte_array_append (value, (const guint8 *) "\x0b", 1);
  append_ber (value, set->len);
  g_byte_array_append (value, set->data, set->len);
  unit = make_unit (UL_0806, value->data, value->len);
  /* for ever, if each looks for it */
  json = to_json (unit, &plain, &report);
  g_assert_cmpuint (report.n_items, ==, 300002);
  g_assert_nonnull (strstr (json, "\"data\":[7,7,"));
  g_byte_array_unref (set);
  g_byte_array_unref (value);
  g_byte_array_unref (unit);
}

/* Unknown tags without end: the first are shown by tag, each of the others is told. */
static void
test_many_unknown (void)
{
  GByteArray *value = g_byte_array_new ();
  GByteArray *unit;
  KlvJsonReport report;
  g_autofree char *json = NULL;

  for (guint n = 0; n < 300; n++) {
    const guint8 item[] = { 0x82, n >> 7 | 0x80, n & 0x7f, 1, n };

    g_byte_array_append (value, item, sizeof (item));
  }
  unit = make_unit (UL_0601, value->data, value->len);
  json = to_json (unit, &plain, &report);
  g_assert_cmpuint (report.n_unknown_items, ==, 300);
  g_assert_cmpuint (report.n_errors, ==, 300 - KLV_MAX_UNKNOWN);
  g_assert_nonnull (strstr (json, "\"33023\":\"ff\"}"));
  g_assert_nonnull (strstr (json, "{\"tag\":33024,\"reason\":"
          "\"more than 256 unknown tags\",\"hex\":\"00\"}"));
  g_byte_array_unref (value);
  g_byte_array_unref (unit);
}

/* Each packet cut at each byte, with its length made right: one object, always. */
static void
test_cut (void)
{
  GByteArray *value =
      from_hex ("020800046050584e0180 0d03 5595b6 3006 010101 0c010e"
      "4a14 65 12 09 01 6a 06 05 01 03 504e47 07 02 08 03 ff8000 00 5e03 014000"
      "810d 04 03 01 0002 810a 08 01 06 05 01 03 454f31 8116 02 0a0b 0102 0000");

  for (guint size = 0; size <= value->len; size++) {
    GByteArray *unit = make_unit (UL_0601, value->data, size);
    KlvJsonReport report;
    g_autofree char *json = to_json (unit, &plain, &report);

    g_assert_true (g_str_has_prefix (json, "{\"type\":\"klv\""));
    g_byte_array_unref (unit);
  }
  g_byte_array_unref (value);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/json/packet", test_packet);
  g_test_add_func ("/klv/json/checksum", test_checksum);
  g_test_add_func ("/klv/json/standards", test_standards);
  g_test_add_func ("/klv/json/types", test_types);
  g_test_add_func ("/klv/json/packs", test_packs);
  g_test_add_func ("/klv/json/security", test_security);
  g_test_add_func ("/klv/json/targets", test_targets);
  g_test_add_func ("/klv/json/user-data", test_user_data);
  g_test_add_func ("/klv/json/specials", test_specials);
  g_test_add_func ("/klv/json/repeated", test_repeated);
  g_test_add_func ("/klv/json/unknown", test_unknown);
  g_test_add_func ("/klv/json/errors", test_errors);
  g_test_add_func ("/klv/json/padding", test_padding);
  g_test_add_func ("/klv/json/floats", test_floats);
  g_test_add_func ("/klv/json/settings", test_settings);
  g_test_add_func ("/klv/json/other", test_other);
  g_test_add_func ("/klv/json/far-times", test_far_times);
  g_test_add_func ("/klv/json/nested", test_nested);
  g_test_add_func ("/klv/json/hostile", test_hostile);
  g_test_add_func ("/klv/json/too-long", test_too_long);
  g_test_add_func ("/klv/json/hostile-user-data", test_hostile_user_data);
  g_test_add_func ("/klv/json/many-unknown", test_many_unknown);
  g_test_add_func ("/klv/json/cut", test_cut);
  return g_test_run ();
}
