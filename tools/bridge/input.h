/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUT_H
#define INPUT_H

#include <gst/gst.h>

#include "inputclass.h"
#include "records.h"
#include "status.h"

G_BEGIN_DECLS

/* One input: its elements in a bin, its records in the pipeline's funnel, and its life.
 * What fails, breaks off or falls silent is opened again, after 1, 2, 4 ... 30 s; that is
 * said once, and so is that it is back. */

typedef struct _Input Input;

/** What inputs have in common. All of it outlives them. */
typedef struct
{
  const InputSettings *settings;
  Records *records;
  GstBin *pipeline;
  GstElement *funnel;
  GstElement *kafka;            /* kafkasink; NULL: the records go elsewhere */
  gboolean has_status;          /* somebody wants input_get_status() */
  void (*on_over) (gpointer data);      /* called when an input is over, or does not come */
  gpointer data;
} InputHost;

/** Returns: (transfer full) */
Input *input_new (const InputSpec * spec, const InputHost * host);

/** Opens it, with the pipeline in PLAYING. What fails later comes as a message of
 * the bus.
 * Returns: whether the elements that it needs are there; if not there is an @error */
gboolean input_open (Input * input, GError ** error);

/** Returns: (transfer full) (nullable): what it does, for a line at the start; NULL if it
 * could not begin */
char *input_describe (Input * input);

/** Returns: whether @object is part of it */
gboolean input_has (Input * input, GstObject * object);

/** Takes an element message of one of its parts. */
void input_handle_message (Input * input, GstMessage * message);

/** Takes an error of one of its parts: it is opened again later, unless it is a file. */
void input_handle_error (Input * input, const GError * error,
    const char *debug);

/** Takes a warning of one of its parts. */
void input_handle_warning (Input * input, const GError * error,
    const char *debug);

const InputSpec *input_get_spec (Input * input);

/** Returns: the options that the error of an element is about; NULL: none */
const char *input_get_options (Input * input, GstObject * object);

/** Returns: (nullable): why it gives nothing; NULL: it does, or nobody can know yet */
const char *input_get_trouble (Input * input);

/** To be called every second. */
void input_tick (Input * input);

/** Adds how it does to @status; its host has_status. */
void input_get_status (Input * input, Status * status);

/** Takes nothing more: what has come goes through, and it is over within a second. */
void input_end (Input * input);

/** Returns: whether all of its records are through the funnel, and no more will come */
gboolean input_is_over (Input * input);

/** Returns: whether it takes nothing more */
gboolean input_is_ending (Input * input);

/** Says of an input that could not be opened that it never will be.
 * @text: behind the input's name */
void input_give_up (Input * input, const char *text);

/** Returns: whether it is over, and nothing of it runs any more */
gboolean input_is_closed (Input * input);

/** Returns: whether it has ended by an error */
gboolean input_has_failed (Input * input);

/** Returns: whether it has ended by an error without a record, so that another try can do no
 * harm */
gboolean input_has_come_to_nothing (Input * input);

/** With the pipeline in NULL, or once it is closed. */
void input_free (Input * input);

G_END_DECLS
#endif
