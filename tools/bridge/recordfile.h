/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef RECORD_FILE_H
#define RECORD_FILE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Where records go with --output: the end of a file, or stdout. */

typedef struct
{
  const char *name;             /* what --output says */
  /*< private > */
  int fd;
  int flags;                    /* of stdout, which it has again at the end; -1: as they are */
} RecordFile;

/** Opens the file @name, at its end, or takes stdout for -: from then on what is written to
 * stdout goes to stderr, so that other programs can read the records. The last line of a
 * file is ended if it is not: who wrote it did not come to its end.
 * Returns: whether there is no @error, whose text is for users */
gboolean record_file_open (RecordFile * self, const char *name,
    GError ** error);

void record_file_close (RecordFile * self);

/** Returns: (transfer floating): an element that writes what it gets; %NULL if there is an
 * @error */
GstElement *record_file_make_sink (RecordFile * self, GError ** error);

/** Returns: (transfer full): what an error of the sink means, and what users can do
 * @debug: (nullable): what came with it */
char *record_file_explain (RecordFile * self, const GError * error,
    const char *debug);

G_END_DECLS
#endif
