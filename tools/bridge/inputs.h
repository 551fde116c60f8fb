/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUTS_H
#define INPUTS_H

#include "input.h"

G_BEGIN_DECLS

/* All inputs of a bridge. */

typedef struct _Inputs Inputs;

/** How many inputs another list is about. */
typedef struct
{
  guint n_new;
  guint n_changed;
  guint n_gone;
  guint n_same;
} InputsChange;

/** @specs: (element-type InputSpec)
 * @host: outlives it
 * Returns: (transfer full) */
Inputs *inputs_new (const GPtrArray * specs, const InputHost * host);

/** Opens all.
 * Returns: whether the elements are there that they need; if not there is an @error */
gboolean inputs_open (Inputs * inputs, GError ** error);

/** Makes the inputs those of another list, while they run: those that are in both do not
 * notice, the others end, and then, within seconds, what is new begins.
 * @specs: (element-type InputSpec) */
InputsChange inputs_change (Inputs * inputs, GPtrArray * specs);

/** Reports what they do. */
void inputs_describe (Inputs * inputs);

/** Returns: (transfer none) (nullable): the input of which @object is a part */
Input *inputs_find (Inputs * inputs, GstObject * object);

/** To be called every second. */
void inputs_tick (Inputs * inputs);

/** Returns: (transfer full): how many there are, and which of them gives nothing, as part of
 * a sentence */
char *inputs_summarize (Inputs * inputs);

/** Adds how each does to @status. */
void inputs_get_status (Inputs * inputs, Status * status);

/** Takes nothing more: what has come goes through. */
void inputs_end (Inputs * inputs);

/** Returns: whether no input will give anything more */
gboolean inputs_are_over (Inputs * inputs);

/** Returns: whether an input has ended by an error */
gboolean inputs_have_failed (Inputs * inputs);

/** With the pipeline in NULL. */
void inputs_free (Inputs * inputs);

G_END_DECLS
#endif
