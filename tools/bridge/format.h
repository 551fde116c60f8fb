/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FORMAT_H
#define FORMAT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* The kinds of streams that are read, and what takes the metadata out of each. */

/* nalsplit, seiextract, capsfilter; rtpmp2tdepay, klvtsfilter, tsdemux */
#define FORMAT_MAX_ELEMENTS 3

typedef enum
{
  FORMAT_H264,
  FORMAT_H265,
  FORMAT_KLV,
  FORMAT_LINES,
  FORMAT_SCRIPT,                /* the events of FLV */
  FORMAT_MPEG_TS,
  FORMAT_FLV,
  N_FORMATS
} FormatId;

typedef struct
{
  FormatId id;
  const char *media_type;
  const char *encoding_name;    /* of RTP; NULL: it is none */
  const char *codec;            /* for users */
  const char *factories[FORMAT_MAX_ELEMENTS];   /* but of video, which depends on its caps */
} Format;

/** Returns: (nullable): the format of a stream; NULL: it is not read */
const Format *format_find (const GstStructure * caps);

/** Returns: whether it has streams of its own, which the last of its elements takes out */
gboolean format_has_streams (const Format * format);

/** Returns: whether there are plugins for all that it names */
gboolean format_has_factories (const Format * format);

G_END_DECLS
#endif
