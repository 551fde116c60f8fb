/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TS_TEST_H
#define TS_TEST_H

#include <glib.h>

/* Transport streams, packet by packet */

#define TEST_PMT_PID 0x1000
#define TEST_PACKET_SIZE 188

/** Begins the PMT of a program, with descriptors of the program. */
GByteArray *test_pmt_new (guint16 program, guint version,
    const guint8 * descriptors, gsize size);

/** Adds a stream. */
void test_pmt_add (GByteArray * pmt, guint8 type, guint16 pid,
    const guint8 * descriptors, gsize size);

/** Writes length and CRC. Returns @pmt. */
GByteArray *test_pmt_finish (GByteArray * pmt);

/** A PMT with H.264 and, after @n_before bytes of other descriptors, KLV: of type 15 by a
 * metadata descriptor or, @rewritten, what is to become of it. */
GByteArray *test_pmt_klv (guint version, gsize n_before, gboolean rewritten);

/**
 * TestPids:
 * @counters: of the next packet with payload, by PID
 *
 * What goes on from packet to packet.
 */
typedef struct
{
  guint8 counters[0x2000];
} TestPids;

/** Adds a packet with as much of the payload as there is room for, in front of it an
 * adaptation field of @n_adaptation bytes, 0 for none, and behind it stuffing. */
void test_ts_add (GByteArray * ts, TestPids * pids, guint16 pid,
    gboolean starts, guint n_adaptation, const guint8 * payload, gsize size);

/** Adds packets with sections, one behind the other. Each has @room bytes of payload, of
 * which a pointer_field is one where a section starts. */
void test_ts_add_sections (GByteArray * ts, TestPids * pids, guint16 pid,
    const GByteArray * sections, gsize room);

/** Adds packets of video: every third begins a PES packet. */
void test_ts_add_video (GByteArray * ts, TestPids * pids, guint n);

/** Puts the packets at another distance: 192 bytes with 4 before, 204 with 16 behind. */
GByteArray *test_ts_space (const GByteArray * ts, gsize spacing);

#endif
