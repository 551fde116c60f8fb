/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef DESTINATION_H
#define DESTINATION_H

#include <gst/gst.h>

#include "options.h"

G_BEGIN_DECLS

/* Where the video, and what is beside it, goes: RTP, MPEG-TS in datagrams or SRT, RTMP, a file. */

typedef enum {
  DESTINATION_RTP,
  DESTINATION_UDP,
  DESTINATION_SRT,
  DESTINATION_RTMP,
  DESTINATION_TS,               /* and the other files */
  DESTINATION_FLV,
  DESTINATION_MP4,
  DESTINATION_MKV,
  DESTINATION_ELEMENTARY
} DestinationKind;

typedef struct {
  DestinationKind kind;
  SenderCodec codec;            /* that an elementary file has by its name, or ANY */
  char *shown;                  /* for lines; without secrets */
  char *address;                /* RTP and UDP: of the host */
  int port;
  char *uri;                    /* SRT: without secrets; RTMP */
  GHashTable *query;            /* SRT: with secrets */
  char *path;                   /* of a file */
} Destination;

/** Where the options say. Resolves a host, and looks for a route to it.
 * Returns: TOOL_DONE, or what to exit with after saying what is wrong */
int destination_init (Destination * self, const SenderOptions * options);

void destination_clear (Destination * self);

gboolean destination_is_file (const Destination * self);

/** What stands in front of the arrow in the first line, such as "RTP/H264". Behind it
 * stands shown.
 * Returns: (transfer full) */
char *destination_format (const Destination * self, SenderCodec codec,
    gboolean klv);

/** The elements behind seiinject, as gst_parse_launch() has them. With --klv there is one
 * of the name "klv", which takes JSON, and with --script-data one of the name "script", which
 * has a pad "metadata" for it.
 * @codec: of the video
 * @is_paced: whether frames come when they are due, and the sinks need not wait
 * Returns: (transfer full) */
char *destination_describe (const Destination * self,
    const SenderOptions * options, SenderCodec codec, gboolean is_paced);

/** Sets the properties of those elements that a description cannot have.
 * @bin: that they are in */
void destination_set_up (const Destination * self,
    const SenderOptions * options, GstBin * bin);

/** For how long the sink has to stay open behind EOS until the other end has all. */
guint destination_linger_ms (const Destination * self, GstBin * bin);

/** Whether the sink has sent nothing as yet, and may be waiting for the other end. */
gboolean destination_is_waiting (const Destination * self, GstBin * bin);

G_END_DECLS
#endif
