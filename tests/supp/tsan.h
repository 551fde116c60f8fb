/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Force-included (-include) into the build for ThreadSanitizer, which does not see
 * GLib's locks: they are futexes in a library without instrumentation. The
 * wrappers tell it what the locks mean; the real functions still do the work. */

#ifndef TSAN_H
#define TSAN_H

/* the floor of bytes is built without GLib, and without threads */
#if __has_include (<glib.h>)
#include <glib.h>

void __tsan_acquire (void *addr);
void __tsan_release (void *addr);

static inline void
tsan_mutex_lock (GMutex * mutex)
{
  (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

static inline gboolean
tsan_mutex_trylock (GMutex * mutex)
{
  gboolean locked = (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

static inline void
tsan_mutex_unlock (GMutex * mutex)
{
  __tsan_release (mutex);
  (g_mutex_unlock) (mutex);
}

static inline void
tsan_cond_wait (GCond * cond, GMutex * mutex)
{
  __tsan_release (mutex);
  (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

static inline gboolean
tsan_cond_wait_until (GCond * cond, GMutex * mutex, gint64 end_time)
{
  gboolean signalled;

  __tsan_release (mutex);
  signalled = (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

static inline GThread *
tsan_thread_new (const char *name, GThreadFunc func, gpointer data)
{
  __tsan_release (data);
  return (g_thread_new) (name, func, data);
}

static inline gpointer
tsan_thread_join (GThread * thread)
{
  gpointer result = (g_thread_join) (thread);

  __tsan_acquire (thread);
  return result;
}

#define g_mutex_lock tsan_mutex_lock
#define g_mutex_trylock tsan_mutex_trylock
#define g_mutex_unlock tsan_mutex_unlock
#define g_cond_wait tsan_cond_wait
#define g_cond_wait_until tsan_cond_wait_until
#define g_thread_new tsan_thread_new
#define g_thread_join tsan_thread_join

#endif
#endif
