/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUT_H
#define INPUT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Where payloads come from. All that the bridge knows of it is its kind: a new kind
 * is a new file, and a line in input.c. */

typedef struct _Input Input;

typedef struct
{
  const char *scheme;           /* of its URIs */

  /** Puts its elements into @pipeline, which outlives it. What they find goes to
   * @funnel as application/x-json, a buffer for each payload. */
  Input *(*open) (const GstUri * uri, GstElement * pipeline,
      GstElement * funnel, GError ** error);

  /** What it does, for people, once @pipeline is in READY. */
  char *(*describe) (Input * self);

  /** What was lost since the start, and what the user can do about it; NULL if
   * nothing was.
   * @is_over: the pipeline is in NULL; what is on its way is lost, too */
  char *(*describe_losses) (Input * self, gboolean is_over);

  /** Takes a warning or an error. Returns FALSE if it is not from this input.
   * @why: (out): why the input cannot go on, and what the user can do; else NULL */
  gboolean (*handle_message) (Input * self, GstMessage * message, char **why);

  /** Takes nothing more, and lets EOS follow to the funnel; can be called again. */
  void (*end) (Input * self);

  /** Frees it, after end(), with the pipeline in NULL. */
  void (*close) (Input * self);
} InputKind;

/** What the struct of every input begins with. */
struct _Input
{
  const InputKind *kind;
};

extern const InputKind rtp_input;

/** Opens what @uri names. */
Input *input_open (const char *uri, GstElement * pipeline,
    GstElement * funnel, GError ** error);

G_END_DECLS
#endif
