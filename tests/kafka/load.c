/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Records that can be counted.
 *
 *     load write RATE N     writes N records to stdout, RATE in a second
 *     load audit N          reads them, a record a line, and says whether all of
 *                           the first N are there, once, and in order of each key
 *
 * A record is a JSON object of exactly 300 bytes with the members "k", one of 64
 * keys, and "seq", its number. Written to a pipe, `fdsrc blocksize=300` makes one
 * buffer of each. */

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SIZE 300
#define N_KEYS 64
/* in one write, which a pipe takes whole (PIPE_BUF is 4096) */
#define AT_ONCE 13

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C (1000000000) + now.tv_nsec;
}

static void
sleep_until (int64_t ns)
{
  const struct timespec until = { ns / 1000000000, ns % 1000000000 };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
      EINTR);
}

static void
make (char *record, uint64_t seq)
{
  /* with the NUL that snprintf() wants */
  char text[SIZE + 1];
  const int head = snprintf (text, sizeof (text),
      "{\"k\":\"%02u\",\"seq\":%" PRIu64 ",\"text\":\"",
      (unsigned) (seq % N_KEYS), seq);

  memset (text + head, 'a' + seq % 26, SIZE - 2 - head);
  memcpy (text + SIZE - 2, "\"}", 2);
  memcpy (record, text, SIZE);
}

static int
write_records (double rate, uint64_t n)
{
  const int64_t start = now_ns ();
  char block[AT_ONCE * SIZE];

  for (uint64_t seq = 0; seq < n;) {
    size_t used = 0;

    while (used < sizeof (block) && seq < n) {
      make (block + used, seq++);
      used += SIZE;
    }
    sleep_until (start + (int64_t) (seq / rate * 1e9));
    if (write (1, block, used) != (ssize_t) used) {
      perror ("load: write");
      return 1;
    }
  }
  return 0;
}

static int
audit (uint64_t n)
{
  uint8_t *seen = calloc (n / 8 + 1, 1);
  int64_t last[N_KEYS];
  uint64_t n_seen = 0, n_twice = 0, n_disordered = 0, n_strange = 0;
  char line[4096];

  memset (last, 0xff, sizeof (last));
  while (fgets (line, sizeof (line), stdin) != NULL) {
    unsigned key;
    uint64_t seq;

    if (strlen (line) != SIZE + 1
        || sscanf (line, "{\"k\":\"%u\",\"seq\":%" SCNu64, &key, &seq) != 2
        || seq >= n || key != seq % N_KEYS) {
      n_strange++;
      continue;
    }
    if (seen[seq / 8] >> seq % 8 & 1) {
      n_twice++;
    } else {
      n_seen++;
      n_disordered += (int64_t) seq < last[key];
      last[key] = (int64_t) seq;
    }
    seen[seq / 8] |= (uint8_t) (1 << seq % 8);
  }
  printf ("%" PRIu64 " records: %" PRIu64 " lost, %" PRIu64 " duplicated, %"
      PRIu64 " out of order for their key, %" PRIu64 " of others\n", n,
      n - n_seen, n_twice, n_disordered, n_strange);
  for (uint64_t seq = 0, shown = 0; seq < n && shown < 10; seq++) {
    if (!(seen[seq / 8] >> seq % 8 & 1)) {
      printf ("lost: %" PRIu64 "\n", seq);
      shown++;
    }
  }
  free (seen);
  return n_seen == n && n_twice + n_disordered + n_strange == 0 ? 0 : 1;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "write") == 0 && atof (argv[2]) > 0)
    return write_records (atof (argv[2]), strtoull (argv[3], NULL, 10));
  if (argc == 3 && strcmp (argv[1], "audit") == 0)
    return audit (strtoull (argv[2], NULL, 10));
  fprintf (stderr, "usage: load write RATE N | load audit N\n");
  return 2;
}
