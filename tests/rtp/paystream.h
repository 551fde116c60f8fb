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

/* From one frame to the next by RTP timestamps: 100 in a second */
#define PAY_STREAM_TICKS 900

/* From this mode on, packets are made here: of H.264 STAP-B, MTAP16 and MTAP24, and
 * FU-B; of H.265 aggregation packets of any number of NAL units */
#define PAY_STREAM_OWN_MODE 3

typedef struct
{
  H26xCodec codec;
  GPtrArray *access_units;      /* GBytes */
  GArray *timestamps;           /* guint32: the RTP timestamp of each */
  GPtrArray *seis;              /* GBytes: all SEI NAL units in them, in order */
  GArray *seis_at;              /* guint: the access unit of each */
  guint n_pictures;             /* their first slices */
  guint mode;                   /* aggregate-mode, or PAY_STREAM_OWN_MODE and on */
} PayStream;

#define PAY_STREAM_TIMESTAMP(stream, i) \
    g_array_index ((stream)->timestamps, guint32, i)

/* Looks at the packets, GBytes, that a payloader has made of a stream, in blocks of
 * exactly their sizes
 * where: what is payloaded and how, for messages */
typedef void (*PayStreamFunc) (const PayStream * stream,
    const GPtrArray * packets, const gchar * where);

/* Call the function for streams at many MTUs, in all modes of the payloader */
void pay_stream_check_h264 (PayStreamFunc func);
void pay_stream_check_h265 (PayStreamFunc func);
void pay_stream_check_vectors (PayStreamFunc func);

/* Mixes numbers from 0 to n: those from begin on, none further from its place than a
 * block */
guint *pay_stream_shuffle (guint n, guint begin, guint block, GRand * rand);

G_END_DECLS

#endif
