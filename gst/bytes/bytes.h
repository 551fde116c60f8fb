/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * BytesSpan:
 * @data: first byte
 * @size: number of bytes; may be 0
 *
 * A run of adjacent bytes, owned by somebody else.
 */
typedef struct {
  const uint8_t *data;
  size_t size;
} BytesSpan;

/**
 * Bytes:
 * @spans: the runs, in order
 * @n_spans: number of runs
 * @size: number of bytes in all of them
 *
 * Bytes that need not be adjacent in memory, such as an access unit in a
 * buffer of several memories. Every offset in this floor counts from the first
 * byte of the first span. The spans and the bytes belong to the caller and must
 * outlive the Bytes and everything that reads from it.
 */
typedef struct {
  const BytesSpan *spans;
  size_t n_spans;
  size_t size;
} Bytes;

/** Describes @n_spans runs starting at @spans. */
void bytes_init (Bytes * bytes, const BytesSpan * spans, size_t n_spans);

/** Copies up to @size bytes from @offset to @dst. Returns the number copied,
 * which is less than @size only where the bytes end. */
size_t bytes_copy (const Bytes * bytes, size_t offset, uint8_t * dst,
    size_t size);

/**
 * BytesCursor:
 *
 * Reads a Bytes forward, byte by byte, without looking for the span each
 * time. Copy it by assignment to keep a position.
 */
typedef struct {
  const Bytes *bytes;
  size_t offset;                /* of the next byte, from the start of all */
  size_t span;                  /* index of the span it is in */
  size_t in_span;               /* its offset in that span */
} BytesCursor;

/** Places the cursor before the byte at @offset, or at the end if the bytes
 * are fewer. */
void bytes_cursor_init (BytesCursor * cursor, const Bytes * bytes,
    size_t offset);

/** Bytes that are left in the span that the cursor is in. */
static inline size_t
bytes_cursor_left_in_span (const BytesCursor * cursor)
{
  return cursor->span < cursor->bytes->n_spans ?
      cursor->bytes->spans[cursor->span].size - cursor->in_span : 0;
}

/*< private >: where the span does not suffice */
const uint8_t *bytes_cursor_look_spans (BytesCursor cursor, size_t size,
    uint8_t * room, size_t * found);
int bytes_cursor_next_span (BytesCursor * cursor);
void bytes_cursor_skip_spans (BytesCursor * cursor, size_t size);

/** Returns the next @size bytes without stepping over them: where they are, or in @room
 * if they are not adjacent.
 * @found: (out): how many they are: fewer than @size only where the bytes end */
static inline const uint8_t *
bytes_cursor_look (const BytesCursor * cursor, size_t size, uint8_t * room,
    size_t * found)
{
  if (size >= bytes_cursor_left_in_span (cursor))
    return bytes_cursor_look_spans (*cursor, size, room, found);
  *found = size;
  return cursor->bytes->spans[cursor->span].data + cursor->in_span;
}

/** Returns the next byte and steps over it, or -1 at the end. */
static inline int
bytes_cursor_next (BytesCursor * cursor)
{
  if (bytes_cursor_left_in_span (cursor) == 0)
    return bytes_cursor_next_span (cursor);
  cursor->offset++;
  return cursor->bytes->spans[cursor->span].data[cursor->in_span++];
}

/** Steps over @size bytes, or to the end if the bytes are fewer. */
static inline void
bytes_cursor_skip (BytesCursor * cursor, size_t size)
{
  if (size >= bytes_cursor_left_in_span (cursor)) {
    bytes_cursor_skip_spans (cursor, size);
  } else {
    cursor->offset += size;
    cursor->in_span += size;
  }
}

#ifdef __cplusplus
}
#endif
#endif
