/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_H
#define RTP_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* RTP at UDP ports:
 *
 *     rtpseisrc ! seiextract ! funnel
 *
 * with a seiextract for each codec. */

/** What users may set, as the properties of rtpseisrc and seiextract take it. */
typedef struct
{
  const char *ports;
  const char *listen;           /* NULL: IPv6 and IPv4 */
  const char *interface;        /* NULL: the system chooses */
  const char *codec;
  const char *uuid;             /* NULL: all */
  const char *scan;
  int latency_ms;
  int max_streams;
} RtpOptions;

typedef struct _RtpInput RtpInput;

/** Puts its elements into @pipeline, which outlives it. What they find goes to
 * @funnel as application/x-json, a buffer for each payload.
 * Returns: (transfer full) (nullable): NULL if there is a @error */
RtpInput *rtp_input_new (const RtpOptions * options, GstElement * pipeline,
    GstElement * funnel, GError ** error);

/** Returns: (transfer full): what it does, once @pipeline is in READY */
char *rtp_input_describe (RtpInput * input);

/** Returns: (nullable): the options that @object has of those that it can fail with */
const char *rtp_input_get_options (RtpInput * input, GstObject * object);

/** Takes a message about what comes in, if it is one. */
void rtp_input_handle_message (RtpInput * input, GstMessage * message);

/** To be called every second or so.
 * @n_records: how many there were so far
 * Returns: (transfer full) (nullable): why there are no more, and what the user can do
 *   about it; NULL if there are, or if that has been said */
char *rtp_input_explain (RtpInput * input, guint64 n_records);

/** Takes nothing more: EOS follows what has come. */
void rtp_input_end (RtpInput * input);

/** With the pipeline in NULL. */
void rtp_input_free (RtpInput * input);

G_END_DECLS
#endif
