/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "amftest.h"
#include "flvtag.h"

/* --- bodies that we write ---------------------------------------------------- */

static GByteArray *
write_body (const char *event, const char *object, gboolean is_text,
    gboolean * ok)
{
  const BytesSpan name = { (const guint8 *) event, strlen (event) };
  const BytesSpan json = { (const guint8 *) object, strlen (object) };
  GByteArray *body = g_byte_array_new ();

  *ok = TRUE;
  /* at first to know how large it is */
  for (guint i = 0; i < 2 && *ok; i++) {
    BytesWriter writer = { body->data, body->len, 0 };

    if (is_text)
      script_event_write_text (&writer, name, json);
    else
      *ok = script_event_write_members (&writer, name, json);
    g_assert_true (i == 0 || writer.size == body->len);
    g_byte_array_set_size (body, writer.size);
  }
  return body;
}

static Read
read_array (GByteArray * body)
{
  return read_body ((BytesSpan) {
      body->data, body->len}
  );
}

/* What is sent as a string comes back, byte for byte. */
static void
test_text_comes_back (void)
{
  static const char *const events[] =
      { "onTextData", "onMetaData", "", "\303\244" };
  g_autofree char *letters = g_strnfill (70000, 'x');
  g_autofree char *large = g_strdup_printf ("{\"a\":\"%s\"}", letters);
  const char *const objects[] = {
    "{}", " { \"a\" : 1.50 , \"a\":2 } ", "{\"\\u0041\":\"\303\244\"}", large
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    for (guint n = 0; n < G_N_ELEMENTS (objects); n++) {
      gboolean ok;
      GByteArray *body = write_body (events[i], objects[n], TRUE, &ok);
      Read read = read_array (body);
      JsonTextValue value;

      g_assert_cmpint (read.status, ==, AMF_OK);
      g_assert_cmpstr (read.object, ==, objects[n]);
      g_assert_true (json_text_is_object (read.json, strlen (read.json)));
      g_assert_true (json_text_find (read.json, strlen (read.json), "event",
              &value));
      g_assert_cmpuint (value.size, ==, strlen (events[i]) + 2);
      read_clear (&read);
      g_byte_array_unref (body);
    }
}

/* An object of so many in one another */
static char *
get_deep (guint depth)
{
  GString *object = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (object, "{\"a\":");
  g_string_append (object, "1");
  for (guint i = 0; i < depth; i++)
    g_string_append (object, "}");
  return g_string_free (object, FALSE);
}

/* What is sent as values comes back as the same values. */
static void
test_values_come_back (void)
{
  g_autofree char *deep = get_deep (AMF_MAX_DEPTH);
  const struct
  {
    const char *object, *wanted;
  } cases[] = {
    {"{}", "{}"},
    {"{ \"a\" : 1.50 }", "{\"a\":1.5}"},
    {"{\"a\":[1,\"b\",[],{}],\"c\":{\"d\":null,\"e\":true,\"f\":false}}",
        "{\"a\":[1,\"b\",[],{}],\"c\":{\"d\":null,\"e\":true,\"f\":false}}"},
    {"{\"\":\"\\\"\\n\\u00e4\"}", "{\"\":\"\\\"\\n\303\244\"}"},
    {"{\"a\":9007199254740993}", "{\"a\":9007199254740992}"},
    {"{\"a\":-1e-7,\"b\":1e300}", "{\"a\":-1e-7,\"b\":1e300}"},
    {"{\"a\":1,\"a\":2}", "{\"a\":2}"},
    {deep, deep}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean ok;
    GByteArray *body = write_body ("e", cases[i].object, FALSE, &ok);
    Read read = read_array (body);
    g_autofree char *wanted =
        g_strdup_printf
        ("{\"type\":\"flv\",\"event\":\"e\",\"timestamp_ms\":7,\"args\":[%s]}",
        cases[i].wanted);

    g_assert_true (ok);
    g_assert_cmpstr (read.json, ==, wanted);
    read_clear (&read);
    g_byte_array_unref (body);
  }
}

static void
test_values_that_amf_cannot_say (void)
{
  g_autofree char *name = g_strnfill (65536, 'n');
  g_autofree char *long_name = g_strdup_printf ("{\"%s\":1}", name);
  g_autofree char *fits = g_strdup_printf ("{\"%s\":1}", name + 1);
  const char *const objects[] =
      { "{\"a\":1e400}", "{\"a\":[-1e999]}", long_name };
  gboolean ok;

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
    g_byte_array_unref (write_body ("e", objects[i], FALSE, &ok));
    g_assert_false (ok);
  }
  g_byte_array_unref (write_body ("e", fits, FALSE, &ok));
  g_assert_true (ok);
}

/* --- objects in events ---------------------------------------------------------- */

#define TEXT "0004 74657874 "
#define METAKAFKA "0009 6d6574616b61666b61 "
#define OBJECT "02 0002 7b7d "
#define SPACED "02 0003 7b207d "
#define END "0000 09"

static void
test_objects (void)
{
  static const struct
  {
    const char *body, *object;
  } cases[] = {
    {E "03 " TEXT OBJECT END, "{}"},
    {E "08 00000000 " TEXT OBJECT END, "{}"},
    {E "10 0001 43 " TEXT OBJECT END, "{}"},
    {E "03 " METAKAFKA OBJECT END, "{}"},
    {E "03 " TEXT "0c 00000002 7b7d " END, "{}"},
    {E "03 0001 61 05 " TEXT OBJECT "0001 62 05 " END, "{}"},
    {"0c 00000001 65 03 " TEXT OBJECT END, "{}"},
    /* AMF3 */
    {E "11 0a 0b 01 09 74657874 06 05 7b7d 01", "{}"},
    /* the last of a name counts, and what is no object does not hide one */
    {E "03 " TEXT OBJECT TEXT SPACED END, "{ }"},
    {E "03 " TEXT OBJECT TEXT "05 " END, NULL},
    {E "03 " TEXT OBJECT TEXT "02 0001 61 " END, NULL},
    {E "03 " TEXT OBJECT METAKAFKA "02 0001 61 " END, "{}"},
    {E "03 " TEXT OBJECT METAKAFKA "05 " END, "{}"},
    {E "03 " METAKAFKA OBJECT TEXT "02 0001 61 " END, "{}"},
    {E "11 0a 0b 01 09 74657874 06 05 7b7d 00 01 01", NULL},
    {E "11 0a 0b 01 09 74657874 06 05 7b7d 13 6d6574616b61666b61 06 03 61 01",
        "{}"},
    /* where both are objects */
    {E "03 " TEXT OBJECT METAKAFKA SPACED END, "{ }"},
    {E "03 " METAKAFKA SPACED TEXT OBJECT END, "{ }"},
    /* @setDataFrame names the event */
    {"02 000d 40736574446174614672616d65 02 0001 65 03 " TEXT OBJECT END, "{}"},
    {"02 000d 40736574446174614672616d65 03 " TEXT OBJECT END, "{}"},
    /* two arguments, one that is none, what is no object, and where it is not looked for */
    {E "03 " TEXT OBJECT END " 05", NULL},
    {E "05 03 " TEXT OBJECT END, NULL},
    {E OBJECT, NULL},
    {E "03 " TEXT "02 0002 5b5d " END, NULL},
    {E "03 " TEXT "02 0001 61 " END, NULL},
    {E "03 " TEXT "05 " END, NULL},
    {E "03 0001 61 03 " TEXT OBJECT END END, NULL},
    {E "0a 00000001 03 " TEXT OBJECT END, NULL},
    {E "03 0004 54657874 " OBJECT END, NULL}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const BytesSpan body = amf_bytes (cases[i].body);
    Read read = read_body (body);

    g_assert_cmpint (read.status, ==, AMF_OK);
    g_assert_cmpstr (read.object, ==, cases[i].object);
    read_clear (&read);
    amf_bytes_free (body);
  }
}

/* --- vectors ---------------------------------------------------------------------- */

static BytesSpan
read_file (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("METAKAFKA_SRC"), "tests",
      "amf", "vectors", name, NULL);
  char *data;
  gsize size;
  GError *error = NULL;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return (BytesSpan) {
  (guint8 *) data, size};
}

/* Returns: an object of each tag of script data, a line each */
static GString *
read_events (BytesSpan stream, gsize piece_size)
{
  GByteArray *body = g_byte_array_new ();
  GString *lines = g_string_new (NULL);
  FlvReader reader;
  FlvEvent event;

  flv_reader_init (&reader);
  for (gsize i = 0; i < stream.size; i += piece_size) {
    BytesSpan data = { stream.data + i, MIN (piece_size, stream.size - i) };

    while ((event = flv_reader_next (&reader, &data)) != FLV_MORE) {
      g_assert_cmpint (event, !=, FLV_BROKEN);
      if (event == FLV_TAG)
        g_byte_array_set_size (body, 0);
      else if (event == FLV_BODY)
        g_byte_array_append (body, reader.body.data, reader.body.size);
      else if (reader.tag.type == FLV_SCRIPT) {
        Read read = read_array (body);

        g_assert_cmpint (read.status, ==, AMF_OK);
        g_string_append_printf (lines, "%u %s\n", reader.tag.timestamp_ms,
            read.object ? read.object : read.json);
        read_clear (&read);
      }
    }
  }
  g_assert_true (flv_reader_is_between_tags (&reader));
  g_byte_array_unref (body);
  return lines;
}

static void
test_vectors_in_any_pieces (void)
{
  static const gsize sizes[] = { 1, 7, 4096, G_MAXINT };
  const BytesSpan stream = read_file ("flvmux_injected.flv");
  g_autofree char *wanted = NULL;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    GString *lines = read_events (stream, sizes[i]);

    if (wanted)
      g_assert_cmpstr (lines->str, ==, wanted);
    else
      wanted = g_strdup (lines->str);
    g_string_free (lines, TRUE);
  }
  for (const char *c = wanted; *c; c++)
    n += *c == '\n';
  g_assert_cmpuint (n, ==, 1 + 90 + 9 + 3);
  for (guint i = 0; i < 90; i++) {
    g_autofree char *line = g_strdup_printf (" {\"seq\":%u}\n", i);

    g_assert_nonnull (strstr (wanted, line));
  }
  g_free ((guint8 *) stream.data);
}

static void
test_text_of_each_frame (void)
{
  const BytesSpan stream = read_file ("text_100.flv");
  GString *wanted = g_string_new (NULL);
  GString *lines = read_events (stream, 1000);

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (wanted, "%u {\"seq\":%u}\n", 40 * i, i);
  g_assert_cmpstr (lines->str, ==, wanted->str);
  g_string_free (lines, TRUE);
  g_string_free (wanted, TRUE);
  g_free ((guint8 *) stream.data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scripttag/text-comes-back", test_text_comes_back);
  g_test_add_func ("/scripttag/values-come-back", test_values_come_back);
  g_test_add_func ("/scripttag/values-that-amf-cannot-say",
      test_values_that_amf_cannot_say);
  g_test_add_func ("/scripttag/objects", test_objects);
  g_test_add_func ("/scripttag/vectors-in-any-pieces",
      test_vectors_in_any_pieces);
  g_test_add_func ("/scripttag/text-of-each-frame", test_text_of_each_frame);
  return g_test_run ();
}
