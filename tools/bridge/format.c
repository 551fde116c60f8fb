/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "format.h"

static const Format formats[] = {
  {FORMAT_H264, "video/x-h264", NULL, "H.264"},
  {FORMAT_H265, "video/x-h265", NULL, "H.265"},
  {FORMAT_KLV, "meta/x-klv", NULL, "KLV", {"klvtojson"}},
  {FORMAT_KLV, "application/x-rtp", "SMPTE336M", "KLV", {"rtpklvdepay",
          "klvtojson"}},
  {FORMAT_LINES, "application/x-ndjson", NULL, "JSON lines", {"linesplit"}},
  {FORMAT_SCRIPT, "application/x-json", NULL, "script data", {"capsfilter"}},
  {FORMAT_FLV, "video/x-flv", NULL, "FLV", {"flvmetaextract", "flvdemux"}},
  {FORMAT_MPEG_TS, "video/mpegts", NULL, "MPEG-TS", {"klvtsfilter",
          "tsdemux"}},
  {FORMAT_MPEG_TS, "application/x-rtp", "MP2T", "MPEG-TS", {"rtpmp2tdepay",
          "klvtsfilter", "tsdemux"}},
};

const Format *
format_find (const GstStructure * caps)
{
  const char *media_type = gst_structure_get_name (caps);
  const char *encoding_name = gst_structure_get_string (caps, "encoding-name");

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i].media_type, media_type)
        && (!formats[i].encoding_name
            || g_strcmp0 (formats[i].encoding_name, encoding_name) == 0))
      return &formats[i];
  return NULL;
}

gboolean
format_has_streams (const Format * self)
{
  return self->id == FORMAT_MPEG_TS || self->id == FORMAT_FLV;
}

gboolean
format_has_factories (const Format * self)
{
  gboolean has_all = TRUE;

  for (guint i = 0; i < FORMAT_MAX_ELEMENTS && self->factories[i]; i++) {
    g_autoptr (GstElementFactory) factory =
        gst_element_factory_find (self->factories[i]);

    has_all &= factory != NULL;
  }
  return has_all;
}
