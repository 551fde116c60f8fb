/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <time.h>

#include "amftest.h"

static void
test_every_type (void)
{
  static const struct
  {
    const char *values, *wanted;
  } cases[] = {
    {"", ""},
    {"00 3ff0000000000000", "1"},
    {"00 3fb999999999999a", "0.1"},
    {"00 c340000000000000", "-9007199254740992"},
    {"00 7ff0000000000000", "null"},
    {"00 7ff8000000000000", "null"},
    {"01 00", "false"},
    {"01 02", "true"},
    {"02 0003 61 22 0a", "\"a\\\"\\n\""},
    {"02 0002 c3 28", "\"\357\277\275(\""},
    {"03 0001 61 05 0000 09", "{\"a\":null}"},
    {"03 0000 09", "{}"},
    {"03 0000 05 0000 09", "{\"\":null}"},
    {"04", "null"},
    {"05", "null"},
    {"06", "null"},
    {"08 00000000 0001 61 01 01 0000 09", "{\"a\":true}"},
    {"08 ffffffff 0000 09", "{}"},
    {"0a 00000000", "[]"},
    {"0a 00000002 05 01 01", "[null,true]"},
    {"0b 4271f71fb04cb000 0000", "\"2009-02-13T23:31:30.123Z\""},
    {"0b 4271f71fb04cb000 ff88", "\"2009-02-13T23:31:30.123Z\""},
    {"0b bff0000000000000 0000", "\"1969-12-31T23:59:59.999Z\""},
    {"0b 0000000000000000 0000", "\"1970-01-01T00:00:00.000Z\""},
    {"0b 7ff8000000000000 0000", "null"},
    {"0b 43f0000000000000 0000", "null"},
    {"0c 00000001 61", "\"a\""},
    {"0d", "null"},
    {"0e", "null"},
    {"0f 00000004 3c 61 2f 3e", "\"<a/>\""},
    {"10 0001 43 0001 61 05 0000 09", "{\"a\":null}"},
    {"11 04 01", "1"},
    {"05 01 00 0a 00000000", "null,false,[]"}
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
    /* the object, the array in it, and none */
    {"03 0001 61 0a 00000001 05 0000 09 07 0000 07 0001 07 0002",
        "{\"a\":[null]},{\"a\":[null]},[null],null"},
    {"03 0001 61 07 0000 0000 09", "{\"a\":null}"},
    {"0a 00000002 08 00000000 0000 09 07 0001", "[{},{}]"},
    {"10 0001 43 0000 09 07 0000", "{},{}"},
    /* an object that is read again has what it had before */
    {"03 0001 61 03 0001 62 07 0000 0000 09 0000 09 07 0001",
        "{\"a\":{\"b\":null}},{\"b\":null}"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_read (cases[i].values, AMF_OK, cases[i].wanted);
}

static void
test_the_last_of_a_name_counts (void)
{
  assert_read ("03 0001 61 01 00 0001 61 01 01 0000 09", AMF_OK,
      "{\"a\":true}");
  assert_read ("03 0001 61 0a 00000000 0001 62 05 0001 61 01 01 0001 63 05"
      " 0001 62 06 0000 09", AMF_OK, "{\"a\":true,\"c\":null,\"b\":null}");
  /* not in objects that are in one another */
  assert_read ("03 0001 61 03 0001 61 05 0001 62 05 0000 09 0001 62 05 0000 09",
      AMF_OK, "{\"a\":{\"a\":null,\"b\":null},\"b\":null}");
  /* an object that is there twice, of which one goes */
  assert_read ("03 0001 61 03 0001 78 05 0000 09 0001 61 03 0001 79 05 0000 09"
      " 0001 62 07 0001 0000 09", AMF_OK,
      "{\"a\":{\"y\":null},\"b\":{\"x\":null}}");
}

/* A value of @depth arrays in one another */
static char *
get_arrays (guint depth)
{
  GString *values = g_string_new (NULL);

  for (guint i = 1; i < depth; i++)
    g_string_append (values, "0a 00000001 ");
  g_string_append (values, "0a 00000000");
  return g_string_free (values, FALSE);
}

static void
test_what_cannot_be (void)
{
  static const struct
  {
    const char *values;
    AmfStatus status;
  } cases[] = {
    {"09", AMF_UNKNOWN}, {"12", AMF_UNKNOWN}, {"ff", AMF_UNKNOWN},
    {"03 0001 61 12 0000 09", AMF_UNKNOWN}, {"00 3ff00000000000", AMF_CUT},
    {"03 0001 61 05", AMF_CUT}, {"08 00000001 0001 61 05", AMF_CUT},
    {"0a ffffffff 05", AMF_CUT}, {"0c ffffffff 61", AMF_CUT}
  };
  char *deep = get_arrays (AMF_MAX_DEPTH);
  char *too_deep = get_arrays (AMF_MAX_DEPTH + 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_read (cases[i].values, cases[i].status, NULL);
  assert_read (deep, AMF_OK, NULL);
  assert_read (too_deep, AMF_TOO_DEEP, NULL);
  g_free (deep);
  g_free (too_deep);
}

static void
test_no_name (void)
{
  static const char *const bodies[] =
      { "", "02", "02 0001", "02 0002 61", "05", "0c 00000001" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    const BytesSpan body = amf_bytes (bodies[i]);
    BytesSpan name;
    Read read = read_body (body);

    g_assert_cmpint (read.status, ==, AMF_NO_NAME);
    g_assert_false (script_event_get_name (body, &name));
    amf_bytes_free (body);
  }
}

/* 500 bytes are 20 000 of JSON. */
static void
test_references_to_much_are_resolved (void)
{
  GString *values = g_string_new ("03 0001 61 02 00c8 ");
  GString *wanted = g_string_new (NULL);

  for (guint i = 0; i < 200; i++)
    g_string_append (values, "78 ");
  g_string_append (values, "0000 09 ");
  for (guint i = 0; i < 100; i++)
    g_string_append (values, "07 0000 ");
  for (guint i = 0; i <= 100; i++)
    g_string_append_printf (wanted, "%s{\"a\":\"%0200d\"}", i > 0 ? "," : "",
        0);
  for (gsize i = 0; i < wanted->len; i++)
    if (wanted->str[i] == '0')
      wanted->str[i] = 'x';
  assert_read (values->str, AMF_OK, wanted->str);
  g_string_free (values, TRUE);
  g_string_free (wanted, TRUE);
}

/* Each array refers to the one before twice: 2^30 values. */
static void
test_references_cannot_grow_without_end (void)
{
  GString *values = g_string_new ("0a 00000000 ");

  for (guint i = 0; i < 30; i++)
    g_string_append_printf (values, "0a 00000002 07 %04x 07 %04x ", i, i);
  assert_read (values->str, AMF_TOO_LARGE, NULL);
  g_string_free (values, TRUE);

  /* the same in members that go again, which is no text, but takes as long */
  values = g_string_new ("0a 00000000 ");
  for (guint i = 0; i < 30; i++)
    g_string_append_printf (values,
        "03 0001 61 07 %04x 0001 61 07 %04x 0000 09 ", i, i);
  assert_read (values->str, AMF_TOO_LARGE, NULL);
  g_string_free (values, TRUE);
}

static void
test_more_references_than_there_is_room_for (void)
{
  GString *values = g_string_new (NULL);

  for (guint i = 0; i < AMF_MAX_REFERENCES + 1; i++)
    g_string_append (values, "0a 00000000 ");
  g_string_append_printf (values, "07 %04x", AMF_MAX_REFERENCES - 1);
  assert_read (values->str, AMF_OK, NULL);
  g_string_append_printf (values, "07 %04x", AMF_MAX_REFERENCES);
  assert_read (values->str, AMF_TOO_LARGE, NULL);
  g_string_free (values, TRUE);
}

/* A member of four digits, which is null */
static void
append_member (GString * values, guint number)
{
  char name[5];

  g_snprintf (name, sizeof (name), "%04u", number);
  g_string_append_printf (values, "0004 %02x%02x%02x%02x 05 ", name[0],
      name[1], name[2], name[3]);
}

static void
append_json (GString * wanted, guint number)
{
  g_string_append_printf (wanted, "%s\"%04u\":null",
      wanted->len > 1 ? "," : "", number);
}

/* An object has so many members, and then some of them again. */
static void
assert_goes_again (guint n, const guint * again, guint n_again)
{
  GString *values = g_string_new ("03 ");
  GString *wanted = g_string_new ("{");

  for (guint i = 0; i < n; i++) {
    gboolean is_there_again = FALSE;

    for (guint k = 0; k < n_again; k++)
      is_there_again = is_there_again || again[k] == i;
    append_member (values, i);
    if (!is_there_again)
      append_json (wanted, i);
  }
  for (guint k = 0; k < n_again; k++) {
    append_member (values, again[k]);
    append_json (wanted, again[k]);
  }
  g_string_append (values, "0000 09");
  g_string_append (wanted, "}");
  assert_read (values->str, AMF_OK, wanted->str);
  g_string_free (values, TRUE);
  g_string_free (wanted, TRUE);
}

static void
test_many_members (void)
{
  static const guint last[] = { AMF_MAX_MEMBERS - 1 };
  static const guint some[] =
      { 5, AMF_MAX_MEMBERS - 1, 0, AMF_MAX_MEMBERS / 2 };

  assert_goes_again (3 * AMF_MAX_MEMBERS, NULL, 0);
  assert_goes_again (3 * AMF_MAX_MEMBERS, last, G_N_ELEMENTS (last));
  assert_goes_again (3 * AMF_MAX_MEMBERS, some, G_N_ELEMENTS (some));
  assert_goes_again (AMF_MAX_MEMBERS, some, G_N_ELEMENTS (some));
}

/* Members that go again have no room in which another one could be forgotten. */
static void
test_one_name_many_times (void)
{
  GString *values = g_string_new ("03 ");

  for (guint i = 0; i < 3 * AMF_MAX_MEMBERS; i++)
    g_string_append_printf (values, "0001 61 00 40%02x000000000000 "
        "0001 62 03 0001 61 05 0001 61 01 01 0000 09 ", i & 0xff);
  g_string_append (values, "0001 61 06 0000 09");
  assert_read (values->str, AMF_OK, "{\"b\":{\"a\":true},\"a\":null}");
  g_string_free (values, TRUE);
}

/* Returns what it costs to read members, a string, and the members of another number */
static clock_t
read_around_a_string (guint first, guint second)
{
  GString *text = g_string_new (E "03 ");
  clock_t before;

  for (guint i = 0; i < AMF_MAX_MEMBERS; i++)
    append_member (text, first + i);
  g_string_append_printf (text, "0001 61 0c %08x ", 4 << 20);
  for (guint i = 0; i < 4 << 20; i++)
    g_string_append (text, "01");
  for (guint i = 0; i < AMF_MAX_MEMBERS; i++)
    append_member (text, second + i);
  g_string_append (text, "0000 09");

  const BytesSpan body = amf_bytes (text->str);

  g_string_free (text, TRUE);
  before = clock ();
  Read read = read_body (body);
  const clock_t cost = clock () - before;

  g_assert_cmpint (read.status, ==, AMF_OK);
  read_clear (&read);
  amf_bytes_free (body);
  return cost;
}

/* What is behind members that go is not moved for each. */
static void
test_members_that_go_cost_no_more (void)
{
  const clock_t others = read_around_a_string (0, AMF_MAX_MEMBERS);

  g_assert_cmpint (read_around_a_string (0, 0), <, 10 * others);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/amf0/every-type", test_every_type);
  g_test_add_func ("/amf0/references", test_references);
  g_test_add_func ("/amf0/the-last-of-a-name-counts",
      test_the_last_of_a_name_counts);
  g_test_add_func ("/amf0/what-cannot-be", test_what_cannot_be);
  g_test_add_func ("/amf0/no-name", test_no_name);
  g_test_add_func ("/amf0/references-to-much-are-resolved",
      test_references_to_much_are_resolved);
  g_test_add_func ("/amf0/references-cannot-grow-without-end",
      test_references_cannot_grow_without_end);
  g_test_add_func ("/amf0/more-references-than-there-is-room-for",
      test_more_references_than_there_is_room_for);
  g_test_add_func ("/amf0/many-members", test_many_members);
  g_test_add_func ("/amf0/one-name-many-times", test_one_name_many_times);
  g_test_add_func ("/amf0/members-that-go-cost-no-more",
      test_members_that_go_cost_no_more);
  return g_test_run ();
}
