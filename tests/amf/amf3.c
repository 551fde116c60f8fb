/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "amftest.h"

static void
test_every_type (void)
{
  static const struct
  {
    const char *values, *wanted;
  } cases[] = {
    {"11 00", "null"},
    {"11 01", "null"},
    {"11 02", "false"},
    {"11 03", "true"},
    {"11 04 00", "0"},
    {"11 04 7f", "127"},
    {"11 04 81 00", "128"},
    {"11 04 ff 7f", "16383"},
    {"11 04 81 80 00", "16384"},
    {"11 04 ff ff 7f", "2097151"},
    {"11 04 80 c0 80 00", "2097152"},
    {"11 04 bf ff ff ff", "268435455"},
    {"11 04 c0 80 80 00", "-268435456"},
    {"11 04 ff ff ff ff", "-1"},
    {"11 05 3fe0000000000000", "0.5"},
    {"11 05 fff0000000000000", "null"},
    {"11 06 03 61", "\"a\""},
    {"11 06 01", "\"\""},
    {"11 07 09 3c 61 2f 3e", "\"<a/>\""},
    {"11 08 01 4271f71fb04cb000", "\"2009-02-13T23:31:30.123Z\""},
    {"11 09 01 01", "[]"},
    {"11 09 05 01 03 02", "[true,false]"},
    {"11 09 03 03 61 02 01 03", "{\"a\":false,\"0\":true}"},
    {"11 0a 0b 01 03 61 03 01", "{\"a\":true}"},
    {"11 0a 13 03 43 03 61 03", "{\"a\":true}"},
    {"11 0a 1b 03 43 03 61 03 03 62 02 01", "{\"a\":true,\"b\":false}"},
    {"11 0b 09 3c 61 2f 3e", "\"<a/>\""},
    {"11 0c 07 00 0f ff", "\"000fff\""},
    {"11 0c 01", "\"\""}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_read (cases[i].values, AMF_OK, cases[i].wanted);
}

static void
test_references (void)
{
  static const struct
  {
    const char *values, *wanted;
  } cases[] = {
    /* strings, names among them; the empty one is none of them */
    {"11 09 07 01 06 03 61 06 01 06 00", "[\"a\",\"\",\"a\"]"},
    {"11 0a 0b 01 03 61 06 00 01", "{\"a\":\"a\"}"},
    {"11 06 02", "null"},
    /* objects, arrays, dates, XML and bytes are counted together */
    {"11 09 0b 01 08 01 0000000000000000 0c 03 07 08 02 0c 04 08 00",
        "[\"1970-01-01T00:00:00.000Z\",\"07\","
          "\"1970-01-01T00:00:00.000Z\",\"07\",null]"},
    /* what objects have in common */
    {"11 09 05 01 0a 13 01 03 61 03 0a 01 02", "[{\"a\":true},{\"a\":false}]"},
    {"11 09 05 01 0a 1b 01 03 61 03 01 0a 01 02 03 62 03 01",
        "[{\"a\":true},{\"a\":false,\"b\":true}]"},
    /* an object with names that are read again */
    {"11 09 05 01 0a 13 01 03 61 06 03 62 0a 02",
        "[{\"a\":\"b\"},{\"a\":\"b\"}]"},
    /* in the values of a tag they go on */
    {"11 06 03 61 11 06 00", "\"a\",\"a\""},
    /* AMF0 counts its own */
    {"0a 00000000 11 09 01 01 07 0000 07 0001", "[],[],[],null"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_read (cases[i].values, AMF_OK, cases[i].wanted);
}

static void
append_u29 (GString * values, guint value)
{
  g_assert_cmpuint (value, <, 1 << 21);
  g_string_append_printf (values, "%02x%02x%02x ", 0x80 | value >> 14,
      0x80 | (value >> 7 & 0x7f), value & 0x7f);
}

/* Elements of one byte each get names. */
static void
test_array_that_grows (void)
{
  const guint n = 100000;
  GString *values = g_string_new ("11 09 ");
  GString *wanted = g_string_new ("{\"a\":null");

  append_u29 (values, n << 1 | 1);
  g_string_append (values, "03 61 01 01 ");
  for (guint i = 0; i < n; i++) {
    g_string_append (values, "02");
    g_string_append_printf (wanted, ",\"%u\":false", i);
  }
  g_string_append (wanted, "}");
  assert_read (values->str, AMF_OK, wanted->str);
  g_string_free (values, TRUE);
  g_string_free (wanted, TRUE);
}

static void
test_what_cannot_be (void)
{
  static const struct
  {
    const char *values;
    AmfStatus status;
  } cases[] = {
    {"11", AMF_CUT}, {"11 0d 01 00", AMF_UNKNOWN}, {"11 11 01 00", AMF_UNKNOWN},
    {"11 ff", AMF_UNKNOWN},
    /* externalizable, and traits that are not there */
    {"11 0a 07 03 43 00", AMF_UNKNOWN}, {"11 0a 05", AMF_UNKNOWN},
    {"11 04 ff ff ff", AMF_CUT}, {"11 05 3fe00000000000", AMF_CUT},
    {"11 06 05 61", AMF_CUT}, {"11 06 ff ff ff ff", AMF_CUT},
    {"11 09 ff ff ff ff 01 03", AMF_CUT}, {"11 09 03 03 61 02", AMF_CUT},
    {"11 0a ff ff ff fb 01 01", AMF_CUT}, {"11 0a 0b 01 03 61", AMF_CUT},
    {"11 0c ff ff ff ff", AMF_CUT}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_read (cases[i].values, cases[i].status, NULL);
}

/* An object with so many members, and objects that have the same */
static void
test_every_cut (void)
{
  const BytesSpan whole = amf_bytes (E "11 09 07 01 0a 2b 03 43 03 61 03 62 "
      "06 03 63 0c 03 07 03 64 04 ff 7f 01 0a 01 02 03 03 65 05 "
      "3fe0000000000000 01 08 01 0000000000000000");

  for (gsize size = 0; size <= whole.size; size++) {
    uint8_t *block = g_memdup2 (whole.data, size);
    Read read = read_body ((BytesSpan) {
          block, size
        }
    );

    g_assert_cmpint (read.status, ==, size < 4 ? AMF_NO_NAME :
        size > 4 && size < whole.size ? AMF_CUT : AMF_OK);
    if (read.json)
      g_assert_true (json_text_is_object (read.json, strlen (read.json)));
    read_clear (&read);
    g_free (block);
  }
  amf_bytes_free (whole);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/amf3/every-type", test_every_type);
  g_test_add_func ("/amf3/references", test_references);
  g_test_add_func ("/amf3/array-that-grows", test_array_that_grows);
  g_test_add_func ("/amf3/what-cannot-be", test_what_cannot_be);
  g_test_add_func ("/amf3/every-cut", test_every_cut);
  return g_test_run ();
}
