/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Regions of interest in a JSON text: whatever it says, the metas are in the picture,
 * and what is written of them gives the same metas.
 *
 * Input: two bytes each of width and height, then the text */

#include "fuzz.h"

#include <gst/video/video.h>

#include "timedregions.h"

/* Attaches what the text says. Returns: (nullable): the text that the metas give */
static GBytes *
rewrite (GBytes * text, const TimedPicture * picture, guint * n,
    guint * n_dropped)
{
  GstBuffer *buffer = gst_buffer_new ();
  gpointer state = NULL;
  GstVideoRegionOfInterestMeta *meta;
  TimedRegions read, written;

  timed_regions_init (&read);
  timed_regions_init (&written);
  *n_dropped = 0;
  buffer = timed_regions_attach (&read, buffer, text, picture, n_dropped);
  *n = read.n;
  CHECK (*n <= TIMED_REGIONS_MAX);
  CHECK (gst_buffer_get_n_meta (buffer,
          GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE) == *n);
  while ((meta = (GstVideoRegionOfInterestMeta *)
          gst_buffer_iterate_meta_filtered (buffer, &state,
              GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    CHECK (meta->w > 0 && meta->x < picture->width
        && meta->w <= picture->width - meta->x);
    CHECK (meta->h > 0 && meta->y < picture->height
        && meta->h <= picture->height - meta->y);
  }
  CHECK (timed_regions_add_metas (&written, buffer, picture) == 0);
  CHECK (written.n == *n);

  GBytes *again = timed_regions_take (&written);

  CHECK (!again == (*n == 0));
  timed_regions_clear (&written);
  timed_regions_clear (&read);
  gst_buffer_unref (buffer);
  return again;
}

static guint
take_number (FuzzInput * in)
{
  const guint high = fuzz_take_byte (in);

  return high << 8 | fuzz_take_byte (in);
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  FuzzInput in = { data, size };
  TimedPicture picture;
  guint n, n_again, n_dropped;

  gst_init (NULL, NULL);
  picture.width = take_number (&in);
  picture.height = take_number (&in);

  GBytes *text = g_bytes_new (in.data, in.size);
  GBytes *written = rewrite (text, &picture, &n, &n_dropped);

  if (written) {
    GBytes *again = rewrite (written, &picture, &n_again, &n_dropped);

    CHECK (n_again == n && n_dropped == 0);
    CHECK (g_bytes_equal (again, written));
    g_bytes_unref (again);
    g_bytes_unref (written);
  }
  g_bytes_unref (text);
  return 0;
}
