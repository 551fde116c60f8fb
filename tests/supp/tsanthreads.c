/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Linked into tests for ThreadSanitizer alone. librdkafka starts its threads with
 * C11's thrd_create(), which the sanitizer's runtime does not intercept: the first
 * function in such a thread that it does intercept crashes. In glibc a thrd_t is a
 * pthread_t, so the real thing is at hand. */

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

/* found by librdkafka before the C library's */
#pragma GCC visibility push(default)

typedef struct
{
  thrd_start_t func;
  void *arg;
} Start;

static void *
run (void *data)
{
  Start start = *(Start *) data;

  free (data);
  return (void *) (intptr_t) start.func (start.arg);
}

int
thrd_create (thrd_t * thread, thrd_start_t func, void *arg)
{
  Start *start = malloc (sizeof (*start));

  *start = (Start) {
  func, arg};
  return pthread_create (thread, NULL, run, start) == 0 ? thrd_success :
      thrd_error;
}

int
thrd_join (thrd_t thread, int *result)
{
  void *value;

  if (pthread_join (thread, &value) != 0)
    return thrd_error;
  if (result)
    *result = (int) (intptr_t) value;
  return thrd_success;
}
