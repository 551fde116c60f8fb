/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef FLV_SCRIPTS_H
#define FLV_SCRIPTS_H

#include <glib.h>

#include "flvtag.h"
#include "scripttag.h"

G_BEGIN_DECLS

/**
 * FlvScriptsRules:
 * @events: (nullable): names of the events that are wanted; "*" is all but
 *   |RtmpSampleAccess, with which Adobe's servers say what players may copy
 * @suppress_duplicates: whether an onMetaData is left out whose arguments are those of the one
 *   before, byte for byte, unless it carries an object of somebody
 * @unwrap: whether an object that an event carries is the payload, in place of the event
 * @max_size: bytes of the largest body that is read
 */
typedef struct {
  GStrv events;
  gboolean suppress_duplicates;
  gboolean unwrap;
  gsize max_size;
} FlvScriptsRules;

/**
 * FlvFault:
 * @status: why a tag of script data cannot be read
 * @time_ms: of the tag
 */
typedef struct {
  AmfStatus status;
  gint64 time_ms;
} FlvFault;

/** Counted since flv_scripts_new() or flv_scripts_reset() */
typedef struct {
  guint64 tags;                 /* of all types */
  guint64 events;               /* that are payloads now */
  guint64 ignored;              /* that are not wanted, or encrypted */
  guint64 duplicates;
  guint64 broken;               /* that cannot be read */
  guint64 too_large;
  guint64 lost_streams;         /* what is no FLV any more */
} FlvScriptsStats;

/**
 * FlvScript:
 * @event: (transfer full): its name, in UTF-8; of @setDataFrame, the name of the event that it
 *   names
 * @payload: (transfer full): a JSON object
 * @time_ms: of its tag
 */
typedef struct {
  gchar *event;
  GBytes *payload;
  gint64 time_ms;
} FlvScript;

/**
 * FlvScripts:
 *
 * Finds the events in script data of a stream of FLV, which is cut anywhere. Knows no
 * buffers.
 */
typedef struct _FlvScripts FlvScripts;

FlvScripts *flv_scripts_new (void);

void flv_scripts_free (FlvScripts * scripts);

/** A stream begins. */
void flv_scripts_reset (FlvScripts * scripts);

/** Forgets the stream, and keeps the counts. */
void flv_scripts_flush (FlvScripts * scripts);

/** Reads on.
 * @data: what the stream goes on with
 * @found: (element-type FlvScript): is appended to
 * Returns: whether it has got to a tag */
gboolean flv_scripts_read (FlvScripts * scripts, BytesSpan data,
    const FlvScriptsRules * rules, GArray * found);

/** The stream ends. A tag that is not whole is counted as broken, unless it is known to be no
 *  script data. */
void flv_scripts_finish (FlvScripts * scripts);

/** Returns: the time of the first tag that the last flv_scripts_read() got to, or else of the one
 *   at hand, as flv_time_follow() has it */
gint64 flv_scripts_get_first_time (const FlvScripts * scripts);

/** Returns: the time of the last tag */
gint64 flv_scripts_get_time (const FlvScripts * scripts);

/** Returns: (element-type FlvFault): what the last flv_scripts_read() or flv_scripts_finish() counted as
 *   broken */
const GArray *flv_scripts_get_faults (const FlvScripts * scripts);

const FlvScriptsStats *flv_scripts_get_stats (const FlvScripts * scripts);

/** Returns: (element-type FlvScript): an empty array, which frees its elements */
GArray *flv_scripts_new_array (void);

G_END_DECLS

#endif
