/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which inputs take a UDP port from each other */

#include "portclash.h"

/* @uris: with blanks between
 * Returns: (transfer full): what clashes, a word each: FIRST/SECOND:PORT, by their places, and r
 * for RTCP */
static char *
find (const char *uris)
{
  g_autoptr (GPtrArray) specs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) input_spec_unref);
  g_auto (GStrv) words = g_strsplit (uris, " ", -1);
  g_autoptr (GArray) clashes = NULL;
  GString *text = g_string_new (NULL);

  for (char **word = words; *word; word++) {
    g_autoptr (GError) error = NULL;

    g_ptr_array_add (specs, input_spec_parse (*word, &error));
    g_assert_no_error (error);
  }
  clashes = port_clashes_find (specs);
  for (guint i = 0; i < clashes->len; i++) {
    const PortClash *clash = &g_array_index (clashes, PortClash, i);
    guint first, second;

    g_assert_true (g_ptr_array_find (specs, clash->first, &first));
    g_assert_true (g_ptr_array_find (specs, clash->second, &second));
    g_string_append_printf (text, "%s%u%s/%u%s:%u", i > 0 ? " " : "", first,
        clash->is_first_rtcp ? "r" : "", second,
        clash->is_second_rtcp ? "r" : "", clash->port);
  }
  return g_string_free (text, FALSE);
}

static void
expect (const char *uris, const char *expected)
{
  g_autofree char *found = find (uris);

  g_test_message ("%s", uris);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_one_port_is_for_one_input (void)
{
  expect ("udp://:5000 udp://:5001 udp://:5000", "0/2:5000");
  expect ("udp://:5000 udp://:5000 udp://:5000", "0/1:5000 0/2:5000");
  expect ("rtp://:5000 udp://:5000", "0/1:5000");
  expect ("rtp://:5000-5009 rtp://:5005-5012", "0/1:5005");
  expect ("rtp://:5000-5009 rtp://:5010-5012", "");
  expect ("srt://:7000 srt://:7000", "0/1:7000");
  expect ("srt://:7000 udp://:7000", "0/1:7000");
  expect ("srt://127.0.0.1:7000?mode=listener udp://127.0.0.1:7000",
      "0/1:7000");
  expect ("srt://127.0.0.1:7000 udp://127.0.0.1:7000", "");
  expect ("rtsp://127.0.0.1:5000/x udp://127.0.0.1:5000 /x.ts", "");
}

static void
test_addresses_are_apart (void)
{
  expect ("udp://127.0.0.1:5000 udp://127.0.0.2:5000 udp://[::1]:5000", "");
  expect ("udp://127.0.0.1:5000 udp://127.0.0.1:5000", "0/1:5000");
  expect ("udp://[::1]:5000 udp://[0:0::1]:5000", "0/1:5000");
  expect ("udp://:5000 udp://127.0.0.1:5000", "0/1:5000");
  expect ("udp://[::1]:5000 udp://:5000", "0/1:5000");
  expect ("udp://0.0.0.0:5000 udp://127.0.0.1:5000", "0/1:5000");
  expect ("udp://0.0.0.0:5000 udp://[::1]:5000", "");
  expect ("udp://0.0.0.0:5000 udp://:5000", "0/1:5000");
  expect ("srt://:5000 udp://[::1]:5000", "");
  expect ("udp://box.example:5000 udp://box.example:5000", "0/1:5000");
  expect ("udp://box.example:5000 udp://other.example:5000", "");
  expect ("udp://box.example:5000 udp://:5000", "0/1:5000");
}

static void
test_multicast_groups_share_a_port (void)
{
  expect ("udp://239.1.2.3:5000 udp://239.1.2.4:5000 rtp://239.1.2.3:5000", "");
  expect ("udp://239.1.2.3:5000 udp://127.0.0.1:5000", "");
  expect ("udp://239.1.2.3:5000 udp://:5000", "0/1:5000");
  expect ("rtp://:5000 rtp://239.1.2.3:5000", "0/1:5000");
}

static void
test_rtp_takes_the_port_behind (void)
{
  expect ("rtp://127.0.0.1:6301 udp://127.0.0.1:6302", "0r/1:6302");
  expect ("udp://127.0.0.1:6302 rtp://127.0.0.1:6301", "0/1r:6302");
  expect ("rtp://:5000-5009 udp://127.0.0.1:5010", "0r/1:5010");
  expect ("rtp://:5000 rtp://:5001 rtp://:5002", "");
  expect ("rtp://:5000 srt://:5001", "0r/1:5001");
  expect ("rtp://239.1.2.3:5000 udp://239.1.2.3:5001", "");
  expect ("rtp://239.1.2.3:5000 udp://:5001", "0r/1:5001");
  expect ("rtp://239.1.2.3:5000 rtp://:5001", "0r/1:5001");
  expect ("rtp://:65535 udp://:5000", "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/portclash/one", test_one_port_is_for_one_input);
  g_test_add_func ("/portclash/addresses", test_addresses_are_apart);
  g_test_add_func ("/portclash/multicast", test_multicast_groups_share_a_port);
  g_test_add_func ("/portclash/rtcp", test_rtp_takes_the_port_behind);
  return g_test_run ();
}
