/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What hostile input costs: time and memory */

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "splittertest.h"

/* --- time ---------------------------------------------------------------- */

/* Seconds of this thread's processor, whatever else runs */
static double
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* How long it takes. @bytes: (transfer full):
 * @piece: bytes of a buffer; 0 for a bit more than half of them, an odd number, so that no
 *   fragment ends there, whatever the size */
static double
measure (GByteArray * bytes, gsize piece)
{
  if (piece == 0)
    piece = bytes->len / 9 * 5 | 1;

  KlvSplitter *splitter = klv_splitter_new (bytes->len);
  const double begin = get_cpu_time ();
  KlvPart part;

  for (gsize at = 0; at < bytes->len; at += piece) {
    klv_splitter_push (splitter, gst_buffer_new_memdup (bytes->data + at,
            MIN (piece, bytes->len - at)));
    while (klv_splitter_next (splitter, &part))
      gst_buffer_unref (part.buffer);
  }
  klv_splitter_end (splitter);
  while (klv_splitter_next (splitter, &part))
    gst_buffer_unref (part.buffer);
  klv_splitter_free (splitter);
  g_byte_array_unref (bytes);
  return get_cpu_time () - begin;
}

static GByteArray *
tiny_units (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE + 1);
  return bytes;
}

static GByteArray *
tiny_cells (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    put_cell (bytes, i, KLV_CELL_WHOLE, 0);
  return bytes;
}

/* First fragments, of a byte each, without end */
static GByteArray *
tiny_fragments (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++) {
    put_cell (bytes, i, KLV_CELL_FIRST, 1);
    put_bytes (bytes, "\6", 1);
  }
  return bytes;
}

/* A unit of letters with garbage behind it, or without end */
static GByteArray *
long_unit (gsize n)
{
  GByteArray *bytes = false_unit ('a', 60000, 0);

  put_letters (bytes, 'b', 10 * n);
  return bytes;
}

/* Heads of units that all say they end where the last third of the bytes begins, where no
 * unit does */
static GByteArray *
nested (gsize n, gboolean same)
{
  GByteArray *bytes = g_byte_array_new ();
  const gsize head = KLV_KEY_SIZE + 4;

  for (gsize i = 0; i < n; i++) {
    const gsize length = (2 * n - i - 1) * head;
    const char ber[] = { (char) 0x83, length >> 16, length >> 8, length };
    const guint8 kind[] = { i >> 16, i >> 8, i };

    put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
    if (!same)
      memcpy (bytes->data + bytes->len - sizeof (kind), kind, sizeof (kind));
    put_bytes (bytes, ber, sizeof (ber));
  }
  put_letters (bytes, 'x', 2 * n * head);
  return bytes;
}

static GByteArray *
nested_same (gsize n)
{
  return nested (n, TRUE);
}

static GByteArray *
nested_others (gsize n)
{
  return nested (n, FALSE);
}

/* Units that say they go on behind the bytes */
static GByteArray *
endless (gsize n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (gsize i = 0; i < n; i++)
    put_head (bytes, 60000);
  return bytes;
}

/* Four times the bytes take four times as long, not sixteen. */
static void
test_time_is_linear (void)
{
  static GByteArray *(*const makers[]) (gsize) = {
    tiny_units, tiny_cells, tiny_fragments, long_unit, nested_same,
    nested_others, endless
  };
  static const gsize pieces[] = { 1 << 30, 0, 7 };

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++) {
    for (guint k = 0; k < G_N_ELEMENTS (pieces); k++) {
      const gsize n = pieces[k] == 7 ? 4000 : 25000;
      const double one = measure (makers[i] (n), pieces[k]);
      const double four = measure (makers[i] (4 * n), pieces[k]);

      g_test_message ("%u in pieces of %zu: %.0f ms, %.0f ms", i, pieces[k],
          one * 1e3, four * 1e3);
      g_assert_cmpfloat (four, <, 9 * one + 0.1);
    }
  }
}

static gsize
get_memory (void)
{
  g_autofree gchar *text = NULL;
  guint64 size, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
          &size, &resident), ==, 2);
  return resident * sysconf (_SC_PAGESIZE);
}

/* Each unit says it ends a little behind the head of the next, and each buffer ends behind
 * such a head, so that something is always kept. */
static void
test_memory_is_bounded (void)
{
  const gsize size = KLV_SPLITTER_MAX_SIZE, period = size - 40, head = 25;
  KlvSplitter *splitter = klv_splitter_new (size);
  GByteArray *bytes = g_byte_array_new ();
  KlvPart part;
  gsize before;

  put_bytes (bytes, KLV_BYTES_SET, KLV_KEY_SIZE);
  put_bytes (bytes, "\x83\x0f\xff\xec", 4);
  put_letters (bytes, 'x', period - bytes->len);
  klv_splitter_push (splitter, gst_buffer_new_memdup (bytes->data, head));
  g_assert_false (klv_splitter_next (splitter, &part));
  g_byte_array_append (bytes, bytes->data, head);
  before = get_memory ();
  for (guint i = 0; i < 600; i++) {
    klv_splitter_push (splitter, gst_buffer_new_memdup (bytes->data + head,
            period));
    g_assert_false (klv_splitter_next (splitter, &part));
  }
  g_assert_cmpuint (klv_splitter_get_counts (splitter)->errors, ==, 599);
  /* ASAN keeps up to 256 MiB of what is freed */
  g_assert_cmpuint (get_memory (), <, before + 400 * size);
  klv_splitter_free (splitter);
  g_byte_array_unref (bytes);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/klv/splitter/time-is-linear", test_time_is_linear);
  g_test_add_func ("/klv/splitter/memory-is-bounded", test_memory_is_bounded);
  return g_test_run ();
}
