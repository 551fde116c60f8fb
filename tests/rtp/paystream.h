/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PAY_STREAM_H
#define PAY_STREAM_H

#include <gst/check/gstcheck.h>

#include "nal.h"

G_BEGIN_DECLS

/* Streams of encoders, and those of the folder METAKAFKA_VECTORS, if that is set, as
 * GStreamer's own elements packetise them. */

/* RTP timestamp of an access unit: 10 in a second */
#define PAY_STREAM_TIMESTAMP(i) ((guint32) (i) * 9000)

typedef struct
{
  H26xCodec codec;
  GPtrArray *access_units;      /* GBytes */
  GPtrArray *seis;              /* GBytes: all SEI NAL units in them, in order */
  GArray *seis_at;              /* guint: the access unit of each */
  guint n_pictures;             /* their first slices */
} PayStream;

/* Looks at the packets, GBytes, that a payloader has made of a stream, in blocks of
 * exactly their sizes
 * where: what is payloaded and how, for messages */
typedef void (*PayStreamFunc) (const PayStream * stream,
    const GPtrArray * packets, const gchar * where);

/* Call the function for streams at many MTUs, in all modes of the payloader */
void pay_stream_check_h264 (PayStreamFunc func);
void pay_stream_check_h265 (PayStreamFunc func);
void pay_stream_check_vectors (PayStreamFunc func);

G_END_DECLS

#endif
