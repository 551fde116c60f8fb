/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef OPTIONS_H
#define OPTIONS_H

#include "uri.h"

G_BEGIN_DECLS

/* The command line: what may be given, and whether it is right. */

typedef enum {
  SENDER_CODEC_ANY,             /* what the input has; h264 of what is encoded here */
  SENDER_CODEC_H264,
  SENDER_CODEC_H265
} SenderCodec;

typedef enum {
  RTP_TIMES_NONE,
  RTP_TIMES_RTCP,               /* sender reports */
  RTP_TIMES_ALL                 /* and header extensions */
} RtpTimes;

/** Strings are NULL, and numbers 0, where an option was not given and has no default. */
typedef struct {
  const char *host;
  int port;
  const char *output;           /* as it was given, without secrets */
  ToolUri *output_uri;
  const char *interface;
  int mtu;
  int ttl;
  RtpTimes rtp_times;
  const char *input;            /* as it was given; NULL: test video */
  ToolUri *input_uri;
  gboolean loop;
  SenderCodec codec;
  int width, height;
  int bitrate;                  /* kbit/s */
  gboolean has_fps;
  int fps_n, fps_d;
  int num_buffers;              /* -1: no end */
  const char *stream_id;
  const char *session;          /* "auto", or what it is */
  const char *metadata;         /* "-", a path, or NULL */
  const char *time_member;
  gboolean klv;
  const char *script_data;      /* the event, or NULL */
} SenderOptions;

/** For tool_start() */
extern const GOptionEntry sender_option_entries[];

/** What was given.
 * Returns: whether it is right; if not, tool_usage() has said what is wrong */
gboolean sender_options_check (SenderOptions * options);

void sender_options_clear (SenderOptions * options);

/** "H264" or "H265" */
const char *sender_codec_name (SenderCodec codec);

G_END_DECLS
#endif
