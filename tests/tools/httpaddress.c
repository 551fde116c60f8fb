/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The argument of --http */

#include "httpaddress.h"

static void
test_addresses (void)
{
  static const char *const right[][2] = {
    {"9464", "127.0.0.1:9464"},
    {":9464", "127.0.0.1:9464"},
    {"localhost:9464", "127.0.0.1:9464"},
    {"127.0.0.1:9464", "127.0.0.1:9464"},
    {"0.0.0.0:1", "0.0.0.0:1"},
    {"[::1]:9464", "[::1]:9464"},
    {"[::]:65535", "[::]:65535"},
    {"0", "127.0.0.1"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (right); i++) {
    g_autoptr (GSocketAddress) address = http_address_parse (right[i][0]);
    g_autofree char *text = NULL;

    g_assert_nonnull (address);
    text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
    g_assert_cmpstr (text, ==, right[i][1]);
  }
}

static void
test_what_is_none (void)
{
  static const char *const wrong[] = {
    "", ":", "x", "65536", "-1", "+1", " 1", "9464 ", "127.0.0.1", "127.0.0.1:",
    "127.0.0.1:x", "127.0.0.1:65536", "::1", "::1:9464", "[::1]", "[::1:9464",
    "[]:9464", "[127.0.0.1:9464", "camera:9464", "127.0.0.256:9464",
    "http://127.0.0.1:9464", "127.0.0.1:9464/"
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_test_message ("%s", wrong[i]);
    g_assert_null (http_address_parse (wrong[i]));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/httpaddress/right", test_addresses);
  g_test_add_func ("/httpaddress/wrong", test_what_is_none);
  return g_test_run ();
}
