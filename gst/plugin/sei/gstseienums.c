/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseienums.h"

#include "timedjoiner.h"

#define DEFINE_ENUM(get_type, name, ...)                               \
GType                                                                  \
get_type (void)                                                        \
{                                                                      \
  static gsize type = 0;                                               \
  static const GEnumValue values[] = { __VA_ARGS__, {0, NULL, NULL} }; \
                                                                       \
  if (g_once_init_enter (&type)) {                                     \
    GType registered = g_enum_register_static (name, values);          \
                                                                       \
    g_once_init_leave (&type, registered);                             \
  }                                                                    \
  return type;                                                         \
}

/* *INDENT-OFF* */
DEFINE_ENUM (gst_sei_inject_mode_get_type, "GstSeiInjectMode",
    {GST_SEI_INJECT_EVERY_FRAME, "Into every access unit", "every-frame"},
    {GST_SEI_INJECT_KEYFRAME, "Into every key frame", "keyframe"},
    {GST_SEI_INJECT_ONCE, "Once for each time the value is set", "once"})

DEFINE_ENUM (gst_sei_inject_wait_get_type, "GstSeiInjectWait",
    {TIMED_WAIT_AUTO, "Where neither video nor metadata is live",
        "auto"},
    {TIMED_WAIT_NEVER, "Never", "never"},
    {TIMED_WAIT_ALWAYS, "Also where one is live", "always"})

DEFINE_ENUM (gst_sei_extract_scan_get_type, "GstSeiExtractScan",
    {SEI_SCAN_HEAD, "Up to the first slice, and the last 16 kB in H.265",
        "head"},
    {SEI_SCAN_FULL, "All of the access unit", "full"})
/* *INDENT-ON* */
