/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "status.h"

static void
camera_free (gpointer data)
{
  StatusCamera *self = data;

  g_free (self->name);
  g_free (self->stream);
  g_free (self->uri);
  g_free (self->trouble);
  g_free (self);
}

static StatusCamera *
camera_new (const char *uri)
{
  StatusCamera *self = g_new0 (StatusCamera, 1);

  self->uri = g_utf8_make_valid (uri, -1);
  self->n_frames = self->n_lost = self->record_us = -1;
  return self;
}

Status *
status_new (void)
{
  Status *self = g_new0 (Status, 1);

  self->n_refs = 1;
  self->taken_us = g_get_monotonic_time ();
  self->taken_real_us = g_get_real_time ();
  self->cameras = g_ptr_array_new_with_free_func (camera_free);
  self->streams = g_ptr_array_new_with_free_func (camera_free);
  return self;
}

Status *
status_ref (const Status * self)
{
  Status *status = (Status *) self;

  g_atomic_int_inc (&status->n_refs);
  return status;
}

void
status_unref (Status * self)
{
  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;
  g_free (self->target);
  g_clear_pointer (&self->delivery, gst_structure_free);
  g_free (self->broker_text);
  g_ptr_array_unref (self->cameras);
  g_ptr_array_unref (self->streams);
  g_free (self);
}

const char *
status_state_get_name (StatusState state)
{
  static const char *const names[STATUS_N_STATES] = {
    [STATUS_FAILED] = "failed",
    [STATUS_DOWN] = "down",
    [STATUS_SILENT] = "silent",
    [STATUS_STARTING] = "starting",
    [STATUS_UP] = "up",
    [STATUS_ENDED] = "ended"
  };

  return names[state];
}

gboolean
status_state_is_bad (StatusState state)
{
  return state < STATUS_STARTING;
}

/* --- cameras ----------------------------------------------------------------------- */

static gboolean
has_name (const Status * self, const char *name)
{
  for (guint i = 0; i < self->cameras->len; i++)
    if (g_str_equal (((StatusCamera *) self->cameras->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

StatusCamera *
status_add_camera (Status * self, const char *name, const char *uri)
{
  StatusCamera *camera = camera_new (uri);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  camera->name = g_strdup (valid);
  for (guint n = 2; has_name (self, camera->name); n++) {
    g_free (camera->name);
    camera->name = g_strdup_printf ("%s (%u)", valid, n);
  }
  g_ptr_array_add (self->cameras, camera);
  return camera;
}

StatusCamera *
status_add_stream (Status * self, const char *name, const char *stream,
    const char *uri)
{
  StatusCamera *camera = camera_new (uri);

  camera->name = g_utf8_make_valid (name, -1);
  camera->stream = g_strdup (stream);
  g_ptr_array_add (self->streams, camera);
  return camera;
}

gint64
status_get_age_ms (const Status * self, const StatusCamera * camera)
{
  return camera->record_us < 0 ? -1 :
      MAX (self->taken_us - camera->record_us, 0) / 1000;
}

double
status_get_rate (const StatusCamera * camera)
{
  return camera->n_history == 0 ? -1 :
      camera->history[camera->n_history - 1] / (double) HISTORY_SLOT_S;
}

/* --- delivery ---------------------------------------------------------------------- */

guint64
status_get_count (const Status * self, const char *field)
{
  guint64 n = 0;

  gst_structure_get_uint64 (self->delivery, field, &n);
  return n;
}

guint64
status_get_bound_us (guint n)
{
  return G_GUINT64_CONSTANT (256) << n;
}

guint64
status_get_latency (const Status * self, guint n)
{
  g_autoptr (GstStructure) histogram = NULL;
  guint64 count = 0;

  gst_structure_get (self->delivery,
      "latency-histogram", GST_TYPE_STRUCTURE, &histogram, NULL);
  if (histogram && n < (guint) gst_structure_n_fields (histogram))
    gst_structure_get_uint64 (histogram,
        gst_structure_nth_field_name (histogram, n), &count);
  return count;
}

/* --- health ------------------------------------------------------------------------ */

/* Returns: (transfer full) (nullable): why no camera gives anything */
static char *
explain_cameras (const Status * self)
{
  const StatusCamera *worst = NULL;

  for (guint i = 0; i < self->cameras->len; i++) {
    const StatusCamera *camera = self->cameras->pdata[i];

    /* what has been read to its end says nothing of the others */
    if (camera->state == STATUS_ENDED)
      continue;
    if (!status_state_is_bad (camera->state))
      return NULL;
    if (!worst || camera->state < worst->state)
      worst = camera;
  }
  if (!worst)
    return NULL;
  return g_strdup_printf ("no camera gives records, such as %s, which %s",
      worst->name, worst->trouble ? worst->trouble : "gives none");
}

char *
status_explain_output (const Status * self)
{
  return self->stalled_s >
      0 ? g_strdup_printf ("--output %s has taken no record"
      " for %u s: let what reads it go on, or check the disk", self->output,
      self->stalled_s) : NULL;
}

char *
status_explain (const Status * self, gint64 now_us)
{
  const gint64 age_s = (now_us - self->taken_us) / G_TIME_SPAN_SECOND;

  if (self->is_ending)
    return g_strdup ("the bridge is shutting down");
  if (age_s > STATUS_MAX_AGE_S)
    return g_strdup_printf ("the bridge has hung for %" G_GINT64_FORMAT " s:"
        " check disks, and the network, or start it again", age_s);
  if (self->delivery && self->broker == BROKER_UNKNOWN)
    return g_strdup ("Kafka has not answered yet");
  if (self->delivery && self->broker_text)
    return g_strdup (self->broker_text);
  if (self->stalled_s > 0)
    return status_explain_output (self);
  return explain_cameras (self);
}
