/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUT_CLASS_H
#define INPUT_CLASS_H

#include <gst/gst.h>

#include "content.h"
#include "inputspec.h"
#include "silence.h"
#include "streams.h"

G_BEGIN_DECLS

/* What each kind of input has to know. A new kind is a new file with one of these, and
 * a line in input.c. */

/** What users may set for all inputs. */
typedef struct
{
  ContentSettings content;
  const char *codec;
  const char *interface;        /* NULL: the system chooses */
  int latency_ms;               /* negative: that of the kind */
  int max_streams;
} InputSettings;

/** An element message of what is in the bin, in any thread: somebody else wants the place of
 * the one that the source reads, who is silent. The source is to end. */
#define INPUT_REPLACED_MESSAGE "input-replaced"

typedef struct
{
  /** Puts its elements into @bin; what they receive goes to content_add_pad().
   * Returns: (transfer full) (nullable): the source; NULL if there is a @error */
  gpointer (*open) (const InputSpec * spec, const InputSettings * settings,
      GstBin * bin, Content * content, GError ** error);
  /** With @bin in NULL, in any thread. */
  void (*close) (gpointer source);

  /** Returns: (transfer full): what it does, for a line at the start; the bin is in
   * READY or above */
  char *(*describe) (gpointer source);
  /** Returns: (transfer full): as users know it who wrote no URI. NULL: they did */
  GStrv (*get_where) (gpointer source);
  /** Returns: how many bytes came so far. NULL: what it begins, it goes on with */
  guint64 (*get_n_bytes) (gpointer source);

  /** Takes an element message of the bin; NULL: needs none. @silence: of the input */
  void (*handle_message) (gpointer source, GstMessage * message,
      const Silence * silence);
  /** Returns: whether the source has given all, now that all streams have ended. NULL: it
   * never does */
  gboolean (*has_ended) (gpointer source);
  /** Returns: whether nothing reads it any more, which has not ended. NULL: it says so
   * itself */
  gboolean (*is_dead) (gpointer source);
  /** Returns: whether it has an end, like a file, so that reading it again would give the
   * same records once more. NULL: it has none */
  gboolean (*is_finite) (gpointer source);
  /** Returns: whether what it sees can be explained now; NULL: always */
  gboolean (*can_explain) (gpointer source, const Silence * silence,
      gint64 now_us);
  /** Adds what it sees, and why it gives no records. @has_data: something comes in */
  void (*explain) (gpointer source, Explanation * explanation,
      gboolean has_data);
  /** Returns: (nullable): what users mistook it for, as its data show. NULL: it does not
   * know */
  const char *(*get_mistake) (gpointer source);
  /** Counts what came since it was opened.
   * @n_frames: (out): of video; -1: there is none
   * @n_lost: (out): packets; -1: nobody can know */
  void (*count) (gpointer source, gint64 * n_frames, gint64 * n_lost);
  /** Gives @streams those of which its buffers say that they are, as count() has seen them. NULL:
   * they do not say */
  void (*list_streams) (gpointer source, Streams * streams);
  /** Shows what it has, if somebody looks.
   * @name: of the input, for users */
  void (*inspect) (gpointer source, const char *name);
  /** Returns: the options that the error of an element is about; NULL: none. NULL: of no
   * element */
  const char *(*get_options) (gpointer source, GstObject * object);
} InputClass;

extern const InputClass rtp_class;
extern const InputClass stream_class;

G_END_DECLS
#endif
