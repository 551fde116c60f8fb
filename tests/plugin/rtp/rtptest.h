/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RTP_TEST_H
#define RTP_TEST_H

#include "seitest.h"

/* rtpseisrc at free ports of this computer, with sink pads of its own kind, and senders.
 * All that comes out of it is kept, in order, until it is asked for. */
typedef struct {
  GstElement *element;
  gboolean links;               /* pads that appear */
  gboolean stops;               /* what is linked takes nothing */
  gulong delay_us;              /* what peers take for each buffer */

  GMutex lock;
  GCond changed;
  GPtrArray *outputs;
  GQueue messages;              /* but state changes */
} RtpTest;

/* With codec=h264, and at 127.0.0.1 */
RtpTest *rtp_test_new (void);

/* Also takes it to NULL */
void rtp_test_free (RtpTest * test);

/* With a clock, and without errors */
void rtp_test_set_state (RtpTest * test, GstState state);

/* What a user sends to end it */
void rtp_test_send_eos (RtpTest * test);

guint16 rtp_test_get_port (RtpTest * test, guint i);

/* Links a pad, on which what comes is kept. */
void rtp_test_link (RtpTest * test, GstPad * pad);

/* What the peer of a pad of that name answers from now on */
void rtp_test_set_flow (RtpTest * test, const gchar * pad, GstFlowReturn flow);

/* (transfer full): The next that came out at a pad, which may appear yet */
GstEvent *rtp_test_pull_event (RtpTest * test, const gchar * pad,
    GstEventType type);
GstBuffer *rtp_test_pull (RtpTest * test, const gchar * pad);

/* stream-start, caps and segment come next, as they have to. */
void rtp_test_pull_start (RtpTest * test, const gchar * pad,
    const gchar * caps);

/* The next is the end, and nothing comes after it. */
void rtp_test_pull_eos (RtpTest * test, const gchar * pad);

/* (transfer full): The next on the bus of a type; others before it are dropped */
GstMessage *rtp_test_pull_message (RtpTest * test, GstMessageType type);

/* That a warning or an error says @text. Returns its code. */
gint rtp_test_assert_told (RtpTest * test, GstMessageType type,
    const gchar * text);

/* That there is none; the system's limits are none of ours. */
void rtp_test_assert_not_told (RtpTest * test, GstMessageType type);

/* Waits until a field of "stats" has at least a value, and checks that it has just
 * that. */
void rtp_test_wait_stat (RtpTest * test, const gchar * name, guint64 value);

/* Another program at an address of this computer. Returns -1 if it has none. */
gint rtp_test_open (const gchar * ip);
void rtp_test_send (gint fd, guint16 port, const guint8 * data, gsize size);

/* payload: of hexadecimal digits */
void rtp_test_send_rtp (gint fd, guint16 port, guint32 ssrc, guint sequence,
    guint32 timestamp, const gchar * payload);

/* A message of a number, and a slice with the marker: of a key picture where the number
 * is even. They have the sequence numbers 2 n and 2 n + 1, and the timestamp 3600 n. */
void rtp_test_send_picture (gint fd, guint16 port, guint32 ssrc, guint n);

/* The next buffer has just that message. */
void rtp_test_pull_picture (RtpTest * test, const gchar * pad, guint n);

#endif
