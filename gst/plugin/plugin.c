/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * plugin-metakafka:
 *
 * Facts about video inside the video, and from there into Apache Kafka:
 * #seiinject writes them into H.264 and H.265 as SEI messages, #seiextract
 * reads them back, #rtpseisrc receives them over RTP without building a frame, and
 * #kafkasink publishes one record per buffer. #klvtojson and #jsontoklv are for the KLV of
 * drones, #flvmetainject and #flvmetaextract for the script data of FLV and RTMP.
 */

#include <gst/gst.h>

#include <gst/sei/sei.h>
#include "gstflvelements.h"
#include "gstklvelements.h"
#include "gstrtpseielements.h"
#include "gstseielements.h"
#ifdef HAVE_KAFKA
#include "gstkafkasink.h"
#endif

static gboolean
plugin_init (GstPlugin * plugin)
{
  gboolean ok = GST_ELEMENT_REGISTER (seiinject, plugin);

  /* To be known before a buffer with it comes in through unixfdsrc */
  gst_sei_meta_get_info ();
  ok &= GST_ELEMENT_REGISTER (seiextract, plugin);
  ok &= GST_ELEMENT_REGISTER (rtpseisrc, plugin);
  ok &= GST_ELEMENT_REGISTER (klvparse, plugin);
  ok &= GST_ELEMENT_REGISTER (klvtsfilter, plugin);
  ok &= GST_ELEMENT_REGISTER (klvtojson, plugin);
  ok &= GST_ELEMENT_REGISTER (jsontoklv, plugin);
  ok &= GST_ELEMENT_REGISTER (flvmetaextract, plugin);
  ok &= GST_ELEMENT_REGISTER (flvmetainject, plugin);
#ifdef HAVE_KAFKA
  ok &= GST_ELEMENT_REGISTER (kafkasink, plugin);
#endif
  return ok;
}

/* GST_PLUGIN_DEFINE takes the package from here */
#define PACKAGE "gst-metakafka"

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, metakafka,
    "Frame-accurate metadata in H.264/H.265 SEI, and its way into Apache Kafka",
    plugin_init, METAKAFKA_VERSION, "LGPL", PACKAGE, "Unknown package origin");
