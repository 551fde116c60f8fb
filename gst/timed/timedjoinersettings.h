/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_JOINER_SETTINGS_H
#define TIMED_JOINER_SETTINGS_H

#include "timedjoiner.h"

G_BEGIN_DECLS

/** What becomes of a payload that comes after its frame has left: it goes into the next one, or
 * it is dropped. */
typedef enum {
  TIMED_LATE_NEXT,
  TIMED_LATE_DROP
} TimedLate;

/**
 * TimedJoinerSettings:
 * @wait: whether a frame waits for its metadata
 * @latency_ms: how long a frame of live video may
 * @late: what becomes of metadata that has missed its frame
 * @max_per_frame: live payloads that go into one frame; 0 for any number
 *
 * What the properties wait-metadata, latency, late-metadata and max-per-frame of an element
 * hold. Not thread-safe: its owner locks.
 */
typedef struct {
  TimedWait wait;
  guint latency_ms;
  TimedLate late;
  guint max_per_frame;
} TimedJoinerSettings;

void timed_joiner_settings_init (TimedJoinerSettings * settings);

/** Installs the properties, from the id @first on.
 * Returns: the first free id */
guint timed_joiner_settings_install (GObjectClass * klass, guint first);

/** Sets a property in @settings.
 * @id: of the property, less @first
 * Returns: whether it is one of these */
gboolean timed_joiner_settings_set (TimedJoinerSettings * settings, guint id,
    const GValue * value);

/** Reads a property. The arguments are those of timed_joiner_settings_set(). */
gboolean timed_joiner_settings_get (const TimedJoinerSettings * settings,
    guint id, GValue * value);

/** Makes @joiner go by the settings, and posts a LATENCY message if another latency is one of
 * them. Without the lock of its element.
 * @settings: a copy */
void timed_joiner_apply (TimedJoiner * joiner,
    const TimedJoinerSettings * settings);

G_END_DECLS

#endif
