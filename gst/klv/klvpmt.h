/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_PMT_H
#define KLV_PMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Program map tables (ISO/IEC 13818-1 2.4.4.8), and what they say of KLV. */

/** What every section of a PMT begins with. */
#define KLV_PMT_TABLE_ID 0x02

/** The longest section that a table of MPEG-2 has. */
#define KLV_PMT_MAX_SIZE 1024

/** The bytes of a section that say how long it is. */
#define KLV_PMT_HEAD_SIZE 3

/** Returns the size of the section, of any table, with these KLV_PMT_HEAD_SIZE bytes. */
size_t klv_pmt_section_size (const uint8_t * head);

/** Whether a section with these KLV_PMT_HEAD_SIZE bytes is one of a PMT, whose size is
 * at most KLV_PMT_MAX_SIZE. */
bool klv_pmt_is_head (const uint8_t * head);

/** Returns the offset of the first stream of type 0x15 in @size bytes from the start of a
 * section, which may be longer, or @size if there is none among them. Nothing before
 * that offset will be rewritten. */
size_t klv_pmt_find_metadata (const uint8_t * section, size_t size);

/**
 * Makes each stream of type 0x15 (metadata in PES packets) that is KLV one of type 0x06
 * (private data) with the registration "KLVA" (SMPTE RP 217), which all readers know.
 * Its size, that of its descriptors and all others of the section stay.
 *
 * KLV is what has that registration already, and then nothing but the type changes, or
 * what has a metadata descriptor of the format "KLVA". The registration goes before all
 * other descriptors, because some readers know but the first one, and what is left of
 * the metadata descriptor behind them becomes a private one.
 *
 * @section: of a PMT, whole, with a right CRC; it gets a new one
 *
 * Returns: whether anything was changed
 */
bool klv_pmt_rewrite (uint8_t * section, size_t size);

#ifdef __cplusplus
}
#endif
#endif
