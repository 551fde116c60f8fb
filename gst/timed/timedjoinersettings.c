/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedjoinersettings.h"

#include "timedenum.h"

#define DEFAULT_WAIT_METADATA TIMED_WAIT_AUTO
#define DEFAULT_LATENCY 0
#define DEFAULT_LATE_METADATA TIMED_LATE_NEXT
#define DEFAULT_MAX_PER_FRAME 16

enum
{
  PROP_WAIT_METADATA,
  PROP_LATENCY,
  PROP_LATE_METADATA,
  PROP_MAX_PER_FRAME,
  N_PROPS
};

static const GEnumValue waits[] = {
  {TIMED_WAIT_AUTO, "Where video and metadata are both live, or neither is",
      "auto"},
  {TIMED_WAIT_NEVER, "Never", "never"},
  {TIMED_WAIT_ALWAYS, "Also where only one of them is live", "always"},
  {0, NULL, NULL}
};

static const GEnumValue lates[] = {
  {TIMED_LATE_NEXT, "It goes into the next frame", "next"},
  {TIMED_LATE_DROP, "It is dropped", "drop"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstMetakafkaWait, gst_metakafka_wait, waits);
TIMED_DEFINE_ENUM (GstMetakafkaLate, gst_metakafka_late, lates);

void
timed_joiner_settings_init (TimedJoinerSettings * settings)
{
  *settings = (TimedJoinerSettings) {
  .wait = DEFAULT_WAIT_METADATA,.latency_ms = DEFAULT_LATENCY,.late =
        DEFAULT_LATE_METADATA,.max_per_frame = DEFAULT_MAX_PER_FRAME};
}

gboolean
timed_joiner_settings_set (TimedJoinerSettings * settings, guint id,
    const GValue * value)
{
  switch (id) {
    case PROP_WAIT_METADATA:
      settings->wait = g_value_get_enum (value);
      return TRUE;
    case PROP_LATENCY:
      settings->latency_ms = g_value_get_uint (value);
      return TRUE;
    case PROP_LATE_METADATA:
      settings->late = g_value_get_enum (value);
      return TRUE;
    case PROP_MAX_PER_FRAME:
      settings->max_per_frame = g_value_get_uint (value);
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
timed_joiner_settings_get (const TimedJoinerSettings * settings, guint id,
    GValue * value)
{
  switch (id) {
    case PROP_WAIT_METADATA:
      g_value_set_enum (value, settings->wait);
      return TRUE;
    case PROP_LATENCY:
      g_value_set_uint (value, settings->latency_ms);
      return TRUE;
    case PROP_LATE_METADATA:
      g_value_set_enum (value, settings->late);
      return TRUE;
    case PROP_MAX_PER_FRAME:
      g_value_set_uint (value, settings->max_per_frame);
      return TRUE;
    default:
      return FALSE;
  }
}

guint
timed_joiner_settings_install (GObjectClass * klass, guint first)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /* Whether a frame waits until all metadata that belongs to it has come in at the pad
   * "metadata". That is so when metadata of a later time or without a time has come in, or a
   * GAP event, or EOS; or when so much is ahead of the video that the pad takes no more. Where
   * the video or the metadata is live, a frame waits no longer than the latency allows, and
   * not for metadata that has been silent for 1 s, or for twice the longest of its last 8
   * intervals. */
  g_object_class_install_property (klass, first + PROP_WAIT_METADATA,
      g_param_spec_enum ("wait-metadata", "Wait for metadata",
          "Whether a frame waits for the metadata that belongs to it",
          gst_metakafka_wait_get_type (), DEFAULT_WAIT_METADATA, flags));

  /* A frame leaves when the clock is at its running time (that of its DTS, else PTS), plus
   * the minimum latency of upstream, plus this, at the latest. The element adds this to the
   * latency of live video. Where the video has no queue before the element that can hold as
   * much, frames may get lost at the source. */
  g_object_class_install_property (klass, first + PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "How long a frame of live video may wait for its metadata, in ms", 0,
          G_MAXUINT, DEFAULT_LATENCY, flags));

  /* Metadata that comes in after its frame has left is counted all the same. */
  g_object_class_install_property (klass, first + PROP_LATE_METADATA,
      g_param_spec_enum ("late-metadata", "Late metadata",
          "What becomes of metadata that comes after its frame has left",
          gst_metakafka_late_get_type (), DEFAULT_LATE_METADATA, flags));

  /* The newest go into the frame; others are counted as dropped. */
  g_object_class_install_property (klass, first + PROP_MAX_PER_FRAME,
      g_param_spec_uint ("max-per-frame", "Maximum per frame",
          "How many payloads of a live source on the pad metadata "
          "go into one frame, 0 for any number", 0, G_MAXUINT,
          DEFAULT_MAX_PER_FRAME, flags));

  return first + N_PROPS;
}

void
timed_joiner_apply (TimedJoiner * joiner, const TimedJoinerSettings * settings)
{
  GstElement *element = joiner->pad.element;
  const TimedJoinRules rules = {
    .max_live = settings->max_per_frame,
    .drop_late = settings->late == TIMED_LATE_DROP
  };

  timed_join_set_rules (joiner->join, &rules);
  if (timed_joiner_set_latency (joiner, settings->latency_ms * GST_MSECOND))
    gst_element_post_message (element,
        gst_message_new_latency (GST_OBJECT (element)));
}
