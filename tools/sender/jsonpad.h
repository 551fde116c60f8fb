/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef JSON_PAD_H
#define JSON_PAD_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* A pad of our own, from which JSON objects go to an element in the thread of the
 * video, just before their frame: nothing has to wait for anything. */

/** @in: takes application/x-json
 * Returns: (transfer full) */
GstPad *json_pad_new (const char *name, GstPad * in);

/** @json: (transfer full)
 * @running: the running time of the object */
void json_pad_push (GstPad * pad, char *json, gint64 running);

/** @pad: (transfer full) (nullable) */
void json_pad_free (GstPad * pad);

G_END_DECLS
#endif
