/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The main() of a target without libFuzzer:
 *
 *     fuzz-NAME FILE...     runs each file
 *     fuzz-NAME FOLDER      runs each file in it, cut everywhere and changed in
 *                           ways that are the same every time; says so in TAP
 *
 * An input that fails is written to the file fuzz-NAME.failed in the current
 * folder. */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define N_CHANGED 2000          /* of each file */
#define MAX_CUTS 1000
#define MAX_SIZE (1 << 20)

static struct
{
  char path[4096];              /* of the file for an input that fails */
  const uint8_t *data;          /* the input at hand */
  size_t size;
} now;

static uint64_t random_state;

/* Also the sanitizers' if there is one; what it calls must be safe in a signal
 * handler */
static void
save_input (void)
{
  static const char saved[] = "# the input is in ";
  const int fd = open (now.path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

  if (fd < 0 || write (fd, now.data, now.size) != (ssize_t) now.size)
    return;
  close (fd);
  if (write (2, saved, sizeof (saved) - 1) > 0
      && write (2, now.path, strlen (now.path)) > 0)
    (void) !write (2, "\n", 1);
}

static void
on_signal (int number)
{
  save_input ();
  signal (number, SIG_DFL);
  raise (number);
}

void __sanitizer_set_death_callback (void (*callback) (void))
    __attribute__((weak));

/* xorshift64* */
static size_t
get_random (size_t below)
{
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (size_t) ((random_state * 0x2545f4914f6cdd1dull) >> 33) % below;
}

/* Runs a copy of exactly its size */
static void
run (const uint8_t * data, size_t size)
{
  uint8_t *copy = malloc (size);

  if (size > 0)
    memcpy (copy, data, size);
  now.data = copy;
  now.size = size;
  LLVMFuzzerTestOneInput (copy, size);
  free (copy);
}

/* One change of one to four bytes. Returns the new size; there is room for 4
 * more. */
static size_t
change (uint8_t * data, size_t size)
{
  static const uint8_t likely[] = { 0, 0, 0, 1, 2, 3, 4, 0x80, 0xff };
  const size_t n = 1 + get_random (4);
  const size_t at = get_random (size + 1);

  switch (get_random (4)) {
    case 0:                    /* a bit */
      if (at < size)
        data[at] ^= (uint8_t) (1u << get_random (8));
      break;
    case 1:                    /* other bytes */
      for (size_t i = at; i < at + n && i < size; i++)
        data[i] = likely[get_random (sizeof (likely))];
      break;
    case 2:                    /* more bytes */
      memmove (data + at + n, data + at, size - at);
      for (size_t i = at; i < at + n; i++)
        data[i] = likely[get_random (sizeof (likely))];
      return size + n;
    default:                   /* fewer bytes */
      if (at + n <= size) {
        memmove (data + at, data + at + n, size - at - n);
        return size - n;
      }
      break;
  }
  return size;
}

static void
run_changed (const uint8_t * data, size_t size)
{
  uint8_t *changed = malloc (size + 8 * 4);

  for (size_t i = 0; i < N_CHANGED; i++) {
    size_t changed_size = size;

    if (size > 0)
      memcpy (changed, data, size);
    for (size_t n = 1 + get_random (8); n > 0; n--)
      changed_size = change (changed, changed_size);
    run (changed, changed_size);
  }
  free (changed);
}

/* Returns whether the file can be read */
static bool
run_file (const char *path, bool change_it)
{
  FILE *file = fopen (path, "rb");
  if (file == NULL)
    return false;

  uint8_t *data = malloc (MAX_SIZE);
  const size_t size = fread (data, 1, MAX_SIZE, file);
  const bool ok = !ferror (file);

  fclose (file);
  if (ok)
    run (data, size);
  if (ok && change_it) {
    for (size_t cut = 0; cut < size; cut += 1 + size / MAX_CUTS)
      run (data, cut);
    random_state = 0x9e3779b97f4a7c15ull + size;
    run_changed (data, size);
  }
  free (data);
  return ok;
}

static int
is_visible (const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

static bool
run_folder (const char *folder)
{
  struct dirent **entries;
  const int n = scandir (folder, &entries, is_visible, alphasort);
  bool all_ok = n > 0;

  printf ("1..%d\n", n > 0 ? n : 1);
  if (n <= 0)
    printf ("not ok 1 - %s has no files\n", folder);
  for (int i = 0; i < n; i++) {
    char path[4096];

    snprintf (path, sizeof (path), "%s/%s", folder, entries[i]->d_name);
    const bool ok = run_file (path, true);

    printf ("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, entries[i]->d_name);
    fflush (stdout);
    all_ok &= ok;
    free (entries[i]);
  }
  if (n >= 0)
    free (entries);
  return all_ok;
}

int
main (int argc, char **argv)
{
  const char *name = strrchr (argv[0], '/');
  char *here = realpath (".", NULL);
  struct stat info;
  int status = 0;

  snprintf (now.path, sizeof (now.path), "%s/%s.failed",
      here != NULL ? here : ".", name != NULL ? name + 1 : argv[0]);
  free (here);
  signal (SIGABRT, on_signal);
  signal (SIGTRAP, on_signal);  /* GLib's fatal warnings */
  if (__sanitizer_set_death_callback != NULL)
    __sanitizer_set_death_callback (save_input);
  else
    signal (SIGSEGV, on_signal);

  if (argc < 2) {
    fprintf (stderr, "usage: %s FILE... | FOLDER\n", argv[0]);
    return 2;
  }
  for (int i = 1; i < argc; i++) {
    if (stat (argv[i], &info) == 0 && S_ISDIR (info.st_mode)) {
      status |= !run_folder (argv[i]);
    } else if (!run_file (argv[i], false)) {
      fprintf (stderr, "%s cannot be read\n", argv[i]);
      status = 1;
    }
  }
  return status;
}
