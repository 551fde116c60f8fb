/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "input.h"

static const InputKind *const kinds[] = { &rtp_input };

Input *
input_open (const char *uri, GstElement * pipeline, GstElement * funnel,
    GError ** error)
{
  g_autoptr (GstUri) parsed = gst_uri_from_string (uri);

  for (gsize i = 0; parsed && i < G_N_ELEMENTS (kinds); i++) {
    if (g_strcmp0 (gst_uri_get_scheme (parsed), kinds[i]->scheme) == 0) {
      Input *input = kinds[i]->open (parsed, pipeline, funnel, error);

      if (input)
        input->kind = kinds[i];
      return input;
    }
  }
  g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_UNSUPPORTED_PROTOCOL,
      "%s is not a supported input", uri);
  return NULL;
}
