/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "parse.h"

#include <string.h>

#include "jsonscan.h"
#include "linesplit.h"
#include "nalsplit.h"

/* So much is looked at, if there is so much. */
#define MAX_PEEK (64 * 1024)

/* Gets what there is of the beginning. GStreamer may know how much that is, but not whether
 * more comes: the size that it gives can be that of what has come so far. */
static const guint8 *
peek (GstTypeFind * find, gsize * size)
{
  const guint64 length = gst_type_find_get_length (find);
  guint least = 0;
  guint most = length > 0 ? (guint) MIN (length, MAX_PEEK) : MAX_PEEK;

  if (gst_type_find_peek (find, 0, most))
    least = most;
  while (least < most) {
    const guint middle = least + (most - least + 1) / 2;

    if (gst_type_find_peek (find, 0, middle))
      least = middle;
    else
      most = middle - 1;
  }
  *size = least;
  return least > 0 ? gst_type_find_peek (find, 0, least) : NULL;
}

/* Whether what the scanner refuses as a token, because it is cut, may be one. */
static gboolean
may_go_on (const char *token, gsize size)
{
  const gboolean is_string = size > 0 && token[0] == '"';

  for (gsize i = is_string ? 1 : 0; i < size; i++) {
    if (!is_string) {
      if (!g_ascii_isalnum (token[i]) && !strchr ("+-.", token[i]))
        return FALSE;
    } else if (token[i] == '\\') {
      i++;
    } else if (token[i] == '"' || (guint8) token[i] < 0x20) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Whether an object begins with this text, which has no end of line */
static gboolean
begins_object (const char *text, gsize size)
{
  JsonScan scan;
  JsonToken token;

  json_scan_init (&scan, text, size);
  do
    token = json_scan_next (&scan);
  while (token != JSON_TOKEN_END && token != JSON_TOKEN_ERROR);
  return token == JSON_TOKEN_END || (scan.depth > 0
      && may_go_on (scan.token, (gsize) (text + size - scan.token)));
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
find_lines (GstTypeFind * find, gpointer data)
{
  gboolean is_line;
  const char *text, *end;
  gsize size;

  text = (const char *) peek (find, &size);
  if (text == NULL)
    return;
  json_text_skip_mark (&text, &size);
  while (size > 0 && is_blank (*text)) {
    text++;
    size--;
  }
  if (size == 0 || *text != '{')
    return;
  end = memchr (text, '\n', size);
  if (end != NULL)
    is_line = json_text_is_object (text,
        json_text_trim (text, (gsize) (end - text)));
  else
    is_line = begins_object (text, size);
  /* More than text/plain is suggested with */
  if (is_line)
    gst_type_find_suggest_empty_simple (find, GST_TYPE_FIND_NEARLY_CERTAIN,
        "application/x-ndjson");
}

/* A unit begins with a label of SMPTE (ST 336), and so does a file of MXF, whose own typefinder is
 * surer. */
static void
find_klv (GstTypeFind * find, gpointer data)
{
  static const guint8 label[] = { 0x06, 0x0e, 0x2b, 0x34 };
  const guint8 *bytes = gst_type_find_peek (find, 0, sizeof (label));

  if (bytes != NULL && memcmp (bytes, label, sizeof (label)) == 0)
    gst_type_find_suggest_empty_simple (find, GST_TYPE_FIND_NEARLY_CERTAIN,
        "meta/x-klv");
}

/* That of GStreamer's new demuxers gives video, sound and subtitles alone, and ends the program
 * where there are none of these, as in a playlist of KLV. */
static void
prefer_plain_hls (void)
{
  g_autoptr (GstPluginFeature) feature =
      gst_registry_lookup_feature (gst_registry_get (), "hlsdemux2");

  if (feature)
    gst_plugin_feature_set_rank (feature, GST_RANK_MARGINAL);
}

gboolean
bridge_parse_register (void)
{
  g_autoptr (GstCaps) lines =
      gst_caps_new_empty_simple ("application/x-ndjson");
  g_autoptr (GstCaps) klv = gst_caps_new_empty_simple ("meta/x-klv");

  prefer_plain_hls ();
  return gst_element_register (NULL, "nalsplit", GST_RANK_NONE, TYPE_NAL_SPLIT)
      && gst_element_register (NULL, "linesplit", GST_RANK_NONE,
      TYPE_LINE_SPLIT)
      && gst_type_find_register (NULL, "application/x-ndjson",
      GST_RANK_PRIMARY, find_lines, "jsonl,ndjson", lines, NULL, NULL)
      && gst_type_find_register (NULL, "meta/x-klv", GST_RANK_PRIMARY, find_klv,
      "klv", klv, NULL, NULL);
}
