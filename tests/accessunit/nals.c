/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "nals.h"

#include <string.h>

typedef struct
{
  const gchar *name;
  const gchar *h264;
  const gchar *h265;
} Nal;

static const Nal nals[] = {
  {"aud", "\x09\xf0", "\x46\x01\x50"},
  {"vps", NULL, "\x40\x01\x0c"},
  {"sps", "\x67\x4d\x40\x1f", "\x42\x01\x01"},
  {"pps", "\x68\xef\x38\x80", "\x44\x01\xc1"},
  /* Messages of another type */
  {"sei", "\x06\x01\x01\x20\x80", "\x4e\x01\x01\x01\x20\x80"},
  {"suffix", NULL, "\x50\x01\x84\x01\x20\x80"},
  {"prefix", "\x6e\x40\x80", NULL},
  /* The first of a picture, and another */
  {"slice", "\x65\x88\x84", "\x02\x01\xd0"},
  {"slice2", "\x65\x48\x84", "\x02\x01\x50"},
  /* Of layer 1 */
  {"slice-layer", NULL, "\x02\x09\xd0"},
  /* Data partitions */
  {"slice-a", "\x42\x9a\x22", NULL},
  {"slice-b", "\x43\x9a\x22", NULL},
  {"slice-c", "\x44\x9a\x22", NULL},
  /* Auxiliary and in an extension: not of the primary picture */
  {"auxiliary", "\x13\x9a\x22", NULL},
  {"extension", "\x74\x40\x80\x9a", NULL},
  {"filler", "\x0c\xff\x80", "\x4c\x01\xff\x80"},
  {"end", "\x0a", "\x48\x01"},
  {"end-of-stream", "\x0b", "\x4a\x01"},
};

static GstBuffer *
append_named (const TestFormat * format, GstBuffer * buffer, const gchar * name)
{
  for (guint i = 0; i < G_N_ELEMENTS (nals); i++) {
    const gchar *bytes = format->format.codec == H26X_CODEC_H264 ?
        nals[i].h264 : nals[i].h265;

    if (bytes && strcmp (name, nals[i].name) == 0)
      return test_append_nal (format, buffer, (const guint8 *) bytes,
          strlen (bytes));
  }
  fail ("no NAL unit '%s'", name);
  return buffer;
}

GstBuffer *
nal_buffer (const TestFormat * format, const gchar * text)
{
  const gsize n_names = strcspn (text, "*@");
  const gchar *at = strchr (text, '@');
  gchar *joined = g_strndup (text, n_names);
  gchar **names = g_strsplit (joined, "+", -1);
  GstBuffer *buffer = gst_buffer_new ();

  for (guint i = 0; names[i]; i++) {
    if (strcmp (names[i], "none") != 0)
      buffer = append_named (format, buffer, names[i]);
  }
  if (text[n_names] == '*')
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_MARKER);
  if (at)
    GST_BUFFER_PTS (buffer) = atoi (at + 1) * GST_MSECOND;
  g_strfreev (names);
  g_free (joined);

  return buffer;
}
