/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the file of --config has, and what is wrong with it */

#include "configfile.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *path;
  ConfigFile *file;
  GPtrArray *faults;
} Fixture;

static void
load (Fixture * f, const char *text, gssize size)
{
  int fd = g_file_open_tmp ("config-XXXXXX", &f->path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (f->path, text, size, NULL));
  f->faults = config_faults_new ();
  f->file = config_file_load (f->path, f->faults);
}

static void
unload (Fixture * f)
{
  g_unlink (f->path);
  g_free (f->path);
  g_ptr_array_unref (f->faults);
  g_clear_pointer (&f->file, config_file_free);
}

/* Returns: (transfer full): all entries, a line each */
static char *
list (const Fixture * f)
{
  const GPtrArray *entries = config_file_get_entries (f->file);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < entries->len; i++) {
    const ConfigEntry *entry = entries->pdata[i];

    g_string_append_printf (text, "%u %s", entry->line, entry->group);
    if (entry->camera)
      g_string_append_printf (text, " %s", entry->camera);
    if (entry->key)
      g_string_append_printf (text, " %s=%s", entry->key, entry->value);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

static void
expect (const char *text, const char *expected)
{
  Fixture f;
  g_autofree char *entries = NULL;

  load (&f, text, -1);
  g_assert_cmpuint (f.faults->len, ==, 0);
  entries = list (&f);
  g_assert_cmpstr (entries, ==, expected);
  unload (&f);
}

static void
test_lines_are_known_by_their_numbers (void)
{
  expect ("# all\n\n[kafka]\nbootstrap = k1:9092,k2:9092\n"
      "  linger.ms=5 \n\n[bridge]\nadd-time=true\n"
      "[camera gate]\nuri=rtsp://gate/1\n#rate=3/s\nevery=2\n"
      "[camera empty]\n\n[camera \303\266st-1.a_b]\nuri=udp://:5000",
      "4 kafka bootstrap=k1:9092,k2:9092\n5 kafka linger.ms=5\n"
      "8 bridge add-time=true\n10 camera gate uri=rtsp://gate/1\n"
      "12 camera gate every=2\n13 camera empty\n"
      "16 camera \303\266st-1.a_b uri=udp://:5000\n");
}

static void
test_what_editors_of_other_systems_write_is_read (void)
{
  expect ("\357\273\277[bridge]\r\ncodec=h264\r\n", "2 bridge codec=h264\n");
}

static void
test_values_are_unescaped (void)
{
  expect ("[bridge]\noutput=a\\\\b\\sc=d#e\n", "2 bridge output=a\\b c=d#e\n");
}

static void
test_lines_are_found_by_their_names (void)
{
  Fixture f;

  load (&f, "[camera topic]\nuri=a\n[kafka]\ntopic=x\n[bridge]\nport=1\n", -1);
  g_assert_cmpuint (config_file_find (f.file, CONFIG_KAFKA, "topic")->line, ==,
      4);
  g_assert_null (config_file_find (f.file, CONFIG_BRIDGE, "topic"));
  g_assert_null (config_file_find (f.file, CONFIG_KAFKA, "uri"));
  g_assert_cmpstr (config_file_get_path (f.file), ==, f.path);
  unload (&f);
}

static const char *
get_fault (const GPtrArray * faults, guint i)
{
  return ((const ConfigFault *) faults->pdata[i])->text;
}

static void
test_faults_name_their_lines (void)
{
  static const struct
  {
    const char *text;
    guint line;                 /* 0: of none */
    const char *sentence;       /* a part of it */
  } cases[] = {
    {"uri=a\n", 1, "KEY=VALUE below one of these"},
    {"[bridge]\n; a\n", 2, "comment, which begins with #"},
    {"[bridge]\nverbose\n", 2, "correct it"},
    {"[bridge\nverbose=true\n", 1, "correct it"},
    {"[bridge]\n=x\n", 2, "correct it"},
    {"[kafka]\na=1\n\n[]\n", 4, "correct it"},
    {"[camera]\nuri=a\n", 1, "[camera] is not known: write [kafka]"},
    {"[camra a]\nuri=a\n", 1, "[camra a] is not known"},
    {"[Bridge]\nport=1\n", 1, "[Bridge] is not known"},
    {"[kafka]\ntopic=a\ntopic=b\n", 3, "topic is there already, at line 2"},
    {"[bridge]\n[kafka]\n[bridge]\n", 3,
        "[bridge] is there already, at line 1"},
    {"[camera a]\nuri=x\n[camera a]\nuri=y\n", 3,
        "[camera a] is there already, at line 1"},
    {"[bridge]\noutput=a\\b\n", 2, "output has a value that is no UTF-8"},
    {"[bridge]\noutput=\377\n", 2, "no UTF-8"}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *start = NULL;
    Fixture f;

    load (&f, cases[i].text, -1);
    start = g_strdup_printf ("%s:%u: ", f.path, cases[i].line);
    g_test_message ("%s", cases[i].text);
    g_assert_cmpuint (f.faults->len, >=, 1);
    g_test_message ("%s", get_fault (f.faults, 0));
    g_assert_true (g_str_has_prefix (get_fault (f.faults, 0), start));
    g_assert_nonnull (strstr (get_fault (f.faults, 0), cases[i].sentence));
    unload (&f);
  }
}

static void
test_all_faults_are_told (void)
{
  Fixture f;

  load (&f, "[a]\nx=1\n[kafka]\ntopic=a\ntopic=b\n[c]\n", -1);
  g_assert_cmpuint (f.faults->len, ==, 3);
  unload (&f);
}

static void
test_a_group_that_is_there_already_is_one_fault (void)
{
  Fixture f;

  load (&f, "[camera a]\nuri=x\n[camera a]\nuri=y\nevery=2\nevery=3\n"
      "[camera  a]\nuri=z\n[bridge]\nport=1\n", -1);
  g_assert_cmpuint (f.faults->len, ==, 2);
  g_assert_cmpuint (config_file_get_entries (f.file)->len, ==, 2);
  unload (&f);
}

static void
test_faults_are_sorted (void)
{
  static const guint lines[] = { 14, 3, 0, 3, 5 };
  static const char *const texts[] = { ": 2", ":3: 1", ":3: 3", ":5: 4",
    ":14: 0"
  };
  Fixture f;

  load (&f, "[bridge]\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    config_file_fault (f.file, f.faults, lines[i], "%u", i);
  config_faults_sort (f.faults);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_true (g_str_has_suffix (get_fault (f.faults, i), texts[i]));
  unload (&f);
}

static void
test_a_file_that_is_not_there_or_no_text_is_told (void)
{
  static const char binary[] = "[kafka]\n\0\n";
  g_autoptr (GPtrArray) faults = config_faults_new ();
  Fixture f;

  g_assert_null (config_file_load ("/nonexistent/x.ini", faults));
  g_assert_cmpuint (faults->len, ==, 1);
  g_assert_nonnull (strstr (get_fault (faults, 0),
          "/nonexistent/x.ini: Could not read the configuration: "));
  load (&f, binary, sizeof (binary) - 1);
  g_assert_null (f.file);
  g_assert_nonnull (strstr (get_fault (f.faults, 0), "no text"));
  unload (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/configfile/lines", test_lines_are_known_by_their_numbers);
  g_test_add_func ("/configfile/editors",
      test_what_editors_of_other_systems_write_is_read);
  g_test_add_func ("/configfile/values", test_values_are_unescaped);
  g_test_add_func ("/configfile/find", test_lines_are_found_by_their_names);
  g_test_add_func ("/configfile/faults", test_faults_name_their_lines);
  g_test_add_func ("/configfile/all-faults", test_all_faults_are_told);
  g_test_add_func ("/configfile/group-twice",
      test_a_group_that_is_there_already_is_one_fault);
  g_test_add_func ("/configfile/sorted", test_faults_are_sorted);
  g_test_add_func ("/configfile/no-file",
      test_a_file_that_is_not_there_or_no_text_is_told);
  return g_test_run ();
}
