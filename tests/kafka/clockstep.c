/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A wall clock that a test can step: a shared object for LD_PRELOAD. The file that
 * METAKAFKA_CLOCK_FILE names holds the seconds by which this process's wall clock
 * differs from the machine's. It is read at most every 50 ms; while it cannot be
 * read as a number, the clock stays as it is. The monotonic clock is never stepped.
 *
 * A wait until a time of the wall clock ends when the stepped clock gets there, as
 * it does where the machine's clock is stepped. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C (1000000000)
#define INTERVAL_NS (NS_PER_S / 20)

static atomic_int_least64_t offset_s;
static atomic_int_least64_t read_at_ns;

/* no function of libc, which would be the one below */
static int
read_clock (clockid_t clock, struct timespec *now)
{
  return (int) syscall (SYS_clock_gettime, clock, now);
}

static int64_t
monotonic_ns (void)
{
  struct timespec now;

  read_clock (CLOCK_MONOTONIC, &now);
  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void
read_file (void)
{
  const char *path = getenv ("METAKAFKA_CLOCK_FILE");
  const int before = errno;
  const int fd = path ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  char text[32];

  if (fd >= 0) {
    const ssize_t size = read (fd, text, sizeof (text) - 1);

    close (fd);
    if (size > 0) {
      char *end;

      text[size] = '\0';
      const long long seconds = strtoll (text, &end, 10);

      if (end != text)
        atomic_store (&offset_s, seconds);
    }
  }
  errno = before;
}

static int64_t
get_offset (void)
{
  const int64_t now = monotonic_ns ();
  int64_t last = atomic_load (&read_at_ns);

  /* one thread reads, the others go on with what there is */
  if ((last == 0 || now - last >= INTERVAL_NS)
      && atomic_compare_exchange_strong (&read_at_ns, &last, now))
    read_file ();
  return atomic_load (&offset_s);
}

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  const int result = read_clock (clock, now);

  if (result == 0
      && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += get_offset ();
  return result;
}

int
gettimeofday (struct timeval *now, void *zone)
{
  struct timespec time;

  clock_gettime (CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

int
timespec_get (struct timespec *now, int base)
{
  if (base != TIME_UTC)
    return 0;
  clock_gettime (CLOCK_REALTIME, now);
  return base;
}

time_t
time (time_t * result)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (result != NULL)
    *result = now.tv_sec;
  return now.tv_sec;
}

/* Waits for a short while, because the clock may be stepped meanwhile; a wait may
 * end for no reason. */
static int
wait_a_while (pthread_cond_t * cond, pthread_mutex_t * mutex,
    const struct timespec *until)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  int64_t left = (until->tv_sec - now.tv_sec) * NS_PER_S + until->tv_nsec
      - now.tv_nsec;

  if (left > INTERVAL_NS)
    left = INTERVAL_NS;
  const int64_t end = monotonic_ns () + (left > 0 ? left : 0);
  const struct timespec wake = { end / NS_PER_S, end % NS_PER_S };
  const int result = pthread_cond_clockwait (cond, mutex, CLOCK_MONOTONIC,
      &wake);

  return result == ETIMEDOUT && left == INTERVAL_NS ? 0 : result;
}

int
pthread_cond_timedwait (pthread_cond_t * cond, pthread_mutex_t * mutex,
    const struct timespec *until)
{
  /* glibc's own mark of a condition whose clock is the monotonic one */
  if (cond->__data.__wrefs & 2)
    return pthread_cond_clockwait (cond, mutex, CLOCK_MONOTONIC, until);
  return wait_a_while (cond, mutex, until);
}

/* glibc's cnd_t and mtx_t are those of pthread by another name */
int
cnd_timedwait (cnd_t * cond, mtx_t * mutex, const struct timespec *until)
{
  const int result = wait_a_while ((pthread_cond_t *) cond,
      (pthread_mutex_t *) mutex, until);

  return result == 0 ? thrd_success : result == ETIMEDOUT ? thrd_timedout :
      thrd_error;
}
