/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_TS_H
#define KLV_TS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "klvpmt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Sections of PMTs that may be unfinished at a time, one for each PID. The one that
 * began first makes room for another. */
#define KLV_TS_MAX_SECTIONS 8

/** Packets that a section may be spread over. 1024 bytes fit in 6. */
#define KLV_TS_MAX_RUNS 32

/** Bytes of the stream from the first of a section up to which its end is waited
 * for. */
#define KLV_TS_MAX_SPREAD (1u << 20)

/** The largest distance of packets that is known, 204 bytes, twice, and a sync byte. */
#define KLV_TS_WINDOW_SIZE (2 * 204 + 1)

/**
 * KlvTsRun:
 * @place: bytes of the stream before it
 * @size: number of bytes
 * @twin: the place of the same bytes in a duplicate of the packet (13818-1 2.4.3.3), or 0
 *
 * Adjacent bytes of a stream, in one packet.
 */
typedef struct {
  uint64_t place;
  size_t size;
  uint64_t twin;
} KlvTsRun;

/**
 * KlvTsSection:
 * @bytes: of the section
 * @size: number of them
 * @runs: where they are, in order
 * @n_runs: number of runs
 * @pid: PID of its packets
 */
typedef struct {
  uint8_t bytes[KLV_PMT_MAX_SIZE];
  size_t size;
  KlvTsRun runs[KLV_TS_MAX_RUNS];
  unsigned n_runs;
  uint16_t pid;
  /*< private >*/
  bool is_unfinished;
  uint64_t packet;              /* place of the last one */
  uint8_t counter;              /* of it */
  bool has_duplicate;
} KlvTsSection;

/**
 * KlvTs:
 * @n_packets: packets that were read
 * @n_pmts: sections of PMTs that were whole, with a right CRC
 * @n_rewritten: those among them that were rewritten
 * @n_sync_losses: how often there was no packet where one had to be
 * @rewritten: the section at which klv_ts_read() has stopped
 *
 * Reads a transport stream (ISO/IEC 13818-1 2.4.3), byte for byte and cut anywhere, and
 * rewrites the PMTs in which KLV is of type 0x15; see klv_pmt_rewrite(). Packets lie 188,
 * 192 or 204 bytes apart: whatever is between them is not read.
 *
 * A PMT is known by its table_id and its CRC, on whichever PID, so that the PAT need not
 * be known. No packet of PES looks like it: its payload begins with 00 00.
 */
typedef struct {
  uint64_t n_packets;
  uint64_t n_pmts;
  uint64_t n_rewritten;
  uint64_t n_sync_losses;
  const KlvTsSection *rewritten;
  /*< private >*/
  KlvTsSection sections[KLV_TS_MAX_SECTIONS];
  KlvTsSection other;           /* of another table */
  uint64_t place;               /* of the byte that is read next */

  /* the packet at hand */
  bool is_synced;               /* there is one */
  size_t spacing;               /* from its sync byte to the next */
  size_t at;                    /* in it, or behind it */
  uint64_t packet;              /* its place */
  uint8_t header[4];
  bool has_adaptation;          /* of a size that is not known yet */
  size_t payload;               /* where it begins */
  size_t next_start;            /* where the next section begins */
  KlvTsSection *section;        /* that the bytes belong to */
  bool is_duplicate;            /* of the last one of that section */
  bool is_done;                 /* nothing in the rest matters */

  /* bytes among which packets are looked for, and then read */
  bool is_start;                /* of the stream */
  uint8_t window[KLV_TS_WINDOW_SIZE];
  size_t n_window;
  size_t n_window_read;
} KlvTs;

void klv_ts_init (KlvTs * ts);

/** Forgets everything but the counts: a stream begins. */
void klv_ts_restart (KlvTs * ts);

/**
 * Reads on, up to the end of a section that it rewrites.
 *
 * @data: what the stream goes on with; gets shorter from the front
 *
 * Returns: true if @ts->rewritten is such a section. Its bytes belong at the places that
 *   its runs name, twins included, none of which that has to change was settled before. They are valid
 *   until the next call. False if all of @data was read.
 */
bool klv_ts_read (KlvTs * ts, BytesSpan * data);

/** Returns a place. What is before it will not be rewritten, whatever follows. That is all
 * that was read, but from a stream of type 0x15 on to the end of its section, and where
 * packets are looked for. */
uint64_t klv_ts_get_settled (const KlvTs * ts);

#ifdef __cplusplus
}
#endif
#endif
