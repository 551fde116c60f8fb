/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "seqs.h"

/* A bit for each number */
#define CHUNK_SIZE 4096
#define WORD_SIZE 64

/* Half a MiB. A sequence has few that are not full: one for each gap. */
#define MAX_OPEN 1024

typedef struct
{
  gint64 number;                /* of its first bit / CHUNK_SIZE */
  guint n;                      /* bits that are set */
  guint64 *words;               /* NULL when all are */
} Chunk;

struct _Seqs
{
  GHashTable *chunks;           /* by their number */
  Chunk *last;                  /* used */
  guint n_open;
  gint64 min, max;
  guint64 n, n_different;
};

static void
chunk_free (gpointer data)
{
  Chunk *chunk = data;

  g_free (chunk->words);
  g_free (chunk);
}

Seqs *
seqs_new (void)
{
  Seqs *seqs = g_new0 (Seqs, 1);

  seqs->chunks = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
      chunk_free);
  seqs->min = G_MAXINT64;
  return seqs;
}

void
seqs_free (Seqs * seqs)
{
  g_hash_table_unref (seqs->chunks);
  g_free (seqs);
}

static gboolean
is_given_up (const Seqs * seqs)
{
  return seqs->n_open > MAX_OPEN;
}

static Chunk *
get_chunk (Seqs * seqs, gint64 number)
{
  Chunk *chunk = seqs->last;

  if (chunk && chunk->number == number)
    return chunk;
  chunk = g_hash_table_lookup (seqs->chunks, &number);
  if (!chunk) {
    chunk = g_new0 (Chunk, 1);
    chunk->number = number;
    chunk->words = g_new0 (guint64, CHUNK_SIZE / WORD_SIZE);
    g_hash_table_insert (seqs->chunks, &chunk->number, chunk);
    seqs->n_open++;
  }
  return seqs->last = chunk;
}

/* Returns whether it was not set yet. */
static gboolean
set_bit (Seqs * seqs, Chunk * chunk, guint bit)
{
  const guint64 mask = G_GUINT64_CONSTANT (1) << (bit % WORD_SIZE);

  if (!chunk->words || (chunk->words[bit / WORD_SIZE] & mask))
    return FALSE;
  chunk->words[bit / WORD_SIZE] |= mask;
  if (++chunk->n == CHUNK_SIZE) {
    g_clear_pointer (&chunk->words, g_free);
    seqs->n_open--;
  }
  return TRUE;
}

void
seqs_add (Seqs * seqs, gint64 seq)
{
  if (is_given_up (seqs))
    return;
  seqs->n++;
  seqs->n_different += set_bit (seqs, get_chunk (seqs, seq / CHUNK_SIZE),
      seq % CHUNK_SIZE);
  seqs->min = MIN (seqs->min, seq);
  seqs->max = MAX (seqs->max, seq);
}

gboolean
seqs_get (const Seqs * seqs, guint64 * missing, guint64 * repeated)
{
  if (seqs->n == 0 || is_given_up (seqs))
    return FALSE;
  *missing = (guint64) (seqs->max - seqs->min) + 1 - seqs->n_different;
  *repeated = seqs->n - seqs->n_different;
  return TRUE;
}
