/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "inputs.h"

#include "common.h"

#define LOOK_MS 50

/* What hangs for longer, such as a disk, keeps none of the others waiting. */
#define MAX_WAIT_US (5 * G_TIME_SPAN_SECOND)

/* An input that is in the list no more */
typedef struct
{
  Input *input;
  gint64 wait_until_us;         /* so long those that come wait for it */
} Leaving;

struct _Inputs
{
  const InputHost *host;
  GPtrArray *all;               /* of Input */
  GPtrArray *leaving;           /* of Leaving */
  GPtrArray *coming;            /* of InputSpec: opened when what leaves is closed, because
                                   it may have their port, or their place at the camera */
  guint timer_id;               /* while there are some that leave or come; else 0 */
};

static void
free_leaving (gpointer data)
{
  Leaving *leaving = data;

  input_free (leaving->input);
  g_free (leaving);
}

Inputs *
inputs_new (const GPtrArray * specs, const InputHost * host)
{
  Inputs *self = g_new0 (Inputs, 1);

  self->host = host;
  self->all = g_ptr_array_new_with_free_func ((GDestroyNotify) input_free);
  self->leaving = g_ptr_array_new_with_free_func (free_leaving);
  self->coming =
      g_ptr_array_new_with_free_func ((GDestroyNotify) input_spec_unref);
  for (guint i = 0; i < specs->len; i++)
    g_ptr_array_add (self->all, input_new (specs->pdata[i], host));
  return self;
}

gboolean
inputs_open (Inputs * self, GError ** error)
{
  for (guint i = 0; i < self->all->len; i++)
    if (!input_open (self->all->pdata[i], error))
      return FALSE;
  return TRUE;
}

static void
describe (Input * input)
{
  g_autofree char *text = input_describe (input);

  if (text)
    tool_say ("[Bridge] %s", text);
}

void
inputs_describe (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    describe (self->all->pdata[i]);
}

/* --- another list ------------------------------------------------------------------ */

/* For users: what an input is called whatever its URI */
static const char *
get_name (const InputSpec * spec)
{
  return spec->name ? spec->name : spec->shown;
}

static gboolean
has_name (gconstpointer a, gconstpointer b)
{
  return g_str_equal (get_name (a), get_name (b));
}

static gboolean
is_equal (gconstpointer a, gconstpointer b)
{
  return input_spec_equal (a, b);
}

static gboolean
has_spec (GPtrArray * specs, const InputSpec * spec, GEqualFunc equal)
{
  return g_ptr_array_find_with_equal_func (specs, spec, equal, NULL);
}

/* Returns: (transfer container) (element-type InputSpec): those of all inputs, or those that
 * go on if they are in the next list, too */
static GPtrArray *
list_specs (Inputs * self, gboolean are_all)
{
  GPtrArray *specs = g_ptr_array_new ();

  for (guint i = 0; i < self->all->len; i++)
    if (are_all || !input_has_come_to_nothing (self->all->pdata[i]))
      g_ptr_array_add (specs, (gpointer) input_get_spec (self->all->pdata[i]));
  return specs;
}

/* Says which of @specs are to be opened: those that do not run. Counts what is new, what has
 * changed, and what has gone before it was opened. */
static void
choose_coming (Inputs * self, GPtrArray * specs, InputsChange * change)
{
  g_autoptr (GPtrArray) running = list_specs (self, FALSE);
  g_autoptr (GPtrArray) all = list_specs (self, TRUE);
  g_autoptr (GPtrArray) before = self->coming;

  self->coming =
      g_ptr_array_new_with_free_func ((GDestroyNotify) input_spec_unref);
  for (guint i = 0; i < specs->len; i++) {
    const InputSpec *spec = specs->pdata[i];

    if (has_spec (running, spec, is_equal)) {
      change->n_same++;
      continue;
    }
    g_ptr_array_add (self->coming, input_spec_ref (spec));
    if (has_spec (before, spec, is_equal))
      change->n_same++;
    else if (has_spec (all, spec, has_name)
        || has_spec (before, spec, has_name))
      change->n_changed++;
    else
      change->n_new++;
  }
  /* what was to come has gone again */
  for (guint i = 0; i < before->len; i++)
    if (!has_spec (specs, before->pdata[i], has_name))
      change->n_gone++;
}

/* @input: (transfer full) */
static void
let_leave (Inputs * self, Input * input)
{
  Leaving *leaving = g_new (Leaving, 1);

  *leaving = (Leaving) {
  input, g_get_monotonic_time () + MAX_WAIT_US};
  g_ptr_array_add (self->leaving, leaving);
  input_end (input);
}

/* Ends the inputs that are not among @specs, and counts what is gone. */
static void
end_others (Inputs * self, GPtrArray * specs, InputsChange * change)
{
  for (guint i = self->all->len; i > 0; i--) {
    Input *input = self->all->pdata[i - 1];
    const InputSpec *spec = input_get_spec (input);

    if (has_spec (specs, spec, is_equal)
        && !has_spec (self->coming, spec, is_equal))
      continue;
    if (!has_spec (specs, spec, has_name))
      change->n_gone++;
    let_leave (self, g_ptr_array_steal_index (self->all, i - 1));
  }
}

static void
open_new (Inputs * self, const InputSpec * spec)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  Input *input = input_new (spec, self->host);

  g_ptr_array_add (self->all, input);
  if (input_open (input, &error)) {
    describe (input);
    return;
  }
  text = g_strdup_printf ("cannot be read (%s): install what is missing, and"
      " start the bridge again", error->message);
  input_give_up (input, text);
}

/* Forgets what has left.
 * Returns: whether those that come wait for one that has not */
static gboolean
look_after_leaving (Inputs * self)
{
  const gint64 now_us = g_get_monotonic_time ();
  gboolean is_waiting = FALSE;

  for (guint i = self->leaving->len; i > 0; i--) {
    const Leaving *leaving = self->leaving->pdata[i - 1];

    if (input_is_closed (leaving->input))
      g_ptr_array_remove_index (self->leaving, i - 1);
    else if (now_us < leaving->wait_until_us)
      is_waiting = TRUE;
  }
  return is_waiting;
}

static gboolean
on_look (gpointer data)
{
  Inputs *self = data;

  if (look_after_leaving (self))
    return G_SOURCE_CONTINUE;
  while (self->coming->len > 0) {
    g_autoptr (InputSpec) spec = g_ptr_array_steal_index (self->coming, 0);

    open_new (self, spec);
  }
  if (self->leaving->len > 0)
    return G_SOURCE_CONTINUE;
  self->timer_id = 0;
  return G_SOURCE_REMOVE;
}

InputsChange
inputs_change (Inputs * self, GPtrArray * specs)
{
  InputsChange change = { 0 };

  /* before anything is over, which would be the end of the bridge if nothing came */
  choose_coming (self, specs, &change);
  end_others (self, specs, &change);
  if (self->timer_id == 0)
    self->timer_id = g_timeout_add (LOOK_MS, on_look, self);
  /* what was to come may not any more */
  self->host->on_over (self->host->data);
  return change;
}

/* --- all ---------------------------------------------------------------------------- */

Input *
inputs_find (Inputs * self, GstObject * object)
{
  for (guint i = 0; i < self->all->len; i++)
    if (input_has (self->all->pdata[i], object))
      return self->all->pdata[i];
  for (guint i = 0; i < self->leaving->len; i++) {
    const Leaving *leaving = self->leaving->pdata[i];

    if (input_has (leaving->input, object))
      return leaving->input;
  }
  return NULL;
}

void
inputs_tick (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    input_tick (self->all->pdata[i]);
}

char *
inputs_summarize (Inputs * self)
{
  const guint n_all = self->all->len + self->coming->len;
  Input *example = NULL;
  guint n = 0;

  for (guint i = 0; i < self->all->len; i++)
    if (input_get_trouble (self->all->pdata[i])) {
      example = self->all->pdata[i];
      n++;
    }
  if (n == 0)
    return g_strdup_printf ("%u input%s", n_all, n_all == 1 ? "" : "s");
  return g_strdup_printf ("%u of %u inputs give nothing, such as %s, which"
      " %s", n, n_all, get_name (input_get_spec (example)),
      input_get_trouble (example));
}

void
inputs_get_status (Inputs * self, Status * status)
{
  for (guint i = 0; i < self->all->len; i++)
    input_get_status (self->all->pdata[i], status);
  for (guint i = 0; i < self->coming->len; i++) {
    const InputSpec *spec = self->coming->pdata[i];

    status_add_camera (status, get_name (spec), spec->shown)->state =
        STATUS_STARTING;
  }
}

void
inputs_end (Inputs * self)
{
  g_ptr_array_set_size (self->coming, 0);
  for (guint i = 0; i < self->all->len; i++)
    input_end (self->all->pdata[i]);
  /* there may be none but those that were to come */
  self->host->on_over (self->host->data);
}

gboolean
inputs_are_over (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    if (!input_is_over (self->all->pdata[i]))
      return FALSE;
  for (guint i = 0; i < self->leaving->len; i++)
    if (!input_is_over (((const Leaving *) self->leaving->pdata[i])->input))
      return FALSE;
  return self->coming->len == 0;
}

gboolean
inputs_have_failed (Inputs * self)
{
  for (guint i = 0; i < self->all->len; i++)
    if (input_has_failed (self->all->pdata[i]))
      return TRUE;
  return FALSE;
}

void
inputs_free (Inputs * self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_ptr_array_unref (self->all);
  g_ptr_array_unref (self->leaving);
  g_ptr_array_unref (self->coming);
  g_free (self);
}
