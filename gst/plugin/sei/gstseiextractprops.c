/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseiextractprops.h"

#include "seiuuid.h"
#include "timedenum.h"

static const GEnumValue scans[] = {
  {SEI_SCAN_HEAD, "Up to the first slice, and the last 16 kB in H.265", "head"},
  {SEI_SCAN_FULL, "All of the access unit", "full"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstSeiExtractScan, gst_sei_extract_scan, scans);

enum
{
  PROP_UUID = 1,
  PROP_SIGNAL_NEW_METADATA,
  PROP_POST_MESSAGES,
  PROP_REMOVE,
  PROP_SCAN,
  N_PROPS
};

guint
gst_sei_extract_props_install (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstSeiExtract:uuid:
   *
   * The UUIDs of the messages that are read, with commas between. Empty: all, but
   * not those in which x264 and x265 write their names and settings. With
   * anything that is none the element does not start; while it runs, it keeps the
   * UUIDs it had.
   */
  g_object_class_install_property (klass, PROP_UUID,
      g_param_spec_string ("uuid", "UUID",
          "Read only messages of these UUIDs, with commas between, each 32 "
          "hexadecimal digits, with or without dashes, or exactly 16 ASCII "
          "characters; empty reads all but the banners of encoders (x264, x265)",
          "", flags));

  /**
   * GstSeiExtract:signal-new-metadata:
   *
   * Whether #GstSeiExtract::new-metadata is emitted for each message.
   */
  g_object_class_install_property (klass, PROP_SIGNAL_NEW_METADATA,
      g_param_spec_boolean ("signal-new-metadata", "Signal new metadata",
          "Emit new-metadata for each message", FALSE, flags));

  /**
   * GstSeiExtract:post-messages:
   *
   * Whether an element message `sei-metadata` is posted on the bus for each
   * message.
   */
  g_object_class_install_property (klass, PROP_POST_MESSAGES,
      g_param_spec_boolean ("post-messages", "Post messages",
          "Post an element message \"sei-metadata\" on the bus for each message",
          FALSE, flags));

  /**
   * GstSeiExtract:remove:
   *
   * Whether the messages that are read are cut out of the video: exactly those that
   * #GstSeiExtract:uuid selects, and their
   * GstVideoSEIUserDataUnregisteredMetas. Other messages stay, as they are, also of
   * the same NAL unit.
   */
  g_object_class_install_property (klass, PROP_REMOVE,
      g_param_spec_boolean ("remove", "Remove",
          "Cut the messages that are read out of the video", FALSE, flags));

  /**
   * GstSeiExtract:scan:
   *
   * How much of an access unit in a byte stream is searched for messages. Valid
   * streams have them before the first slice or, in H.265, behind the last. With
   * length fields it is always all, which costs nothing.
   */
  g_object_class_install_property (klass, PROP_SCAN,
      g_param_spec_enum ("scan", "Scan",
          "Where messages are looked for in a byte stream",
          gst_sei_extract_scan_get_type (), SEI_SCAN_HEAD, flags));

  return N_PROPS;
}

static void
set_uuid (GstSeiExtractProps * props, const gchar * text)
{
  GST_OBJECT_LOCK (props->element);
  gst_sei_uuids_set (&props->uuids, text ? text : "", TRUE);
  GST_OBJECT_UNLOCK (props->element);
}

void
gst_sei_extract_props_set (GstSeiExtractProps * props, const GValue * value,
    GParamSpec * param)
{
  if (param->param_id == PROP_UUID) {
    set_uuid (props, g_value_get_string (value));
    return;
  }

  GST_OBJECT_LOCK (props->element);
  switch (param->param_id) {
    case PROP_SIGNAL_NEW_METADATA:
      props->now.signal_new_metadata = g_value_get_boolean (value);
      break;
    case PROP_POST_MESSAGES:
      props->now.post_messages = g_value_get_boolean (value);
      break;
    case PROP_REMOVE:
      props->now.remove = g_value_get_boolean (value);
      break;
    default:
      props->now.selection.scan = g_value_get_enum (value);
      break;
  }
  GST_OBJECT_UNLOCK (props->element);
}

void
gst_sei_extract_props_get (GstSeiExtractProps * props, GValue * value,
    GParamSpec * param)
{
  GST_OBJECT_LOCK (props->element);
  switch (param->param_id) {
    case PROP_UUID:
      g_value_set_string (value, props->uuids.text);
      break;
    case PROP_SIGNAL_NEW_METADATA:
      g_value_set_boolean (value, props->now.signal_new_metadata);
      break;
    case PROP_POST_MESSAGES:
      g_value_set_boolean (value, props->now.post_messages);
      break;
    case PROP_REMOVE:
      g_value_set_boolean (value, props->now.remove);
      break;
    default:
      g_value_set_enum (value, props->now.selection.scan);
      break;
  }
  GST_OBJECT_UNLOCK (props->element);
}

void
gst_sei_extract_props_read (GstSeiExtractProps * props,
    GstSeiExtractSettings * settings)
{
  GST_OBJECT_LOCK (props->element);
  *settings = props->now;
  settings->selection.uuids = g_bytes_ref (props->uuids.uuids);
  GST_OBJECT_UNLOCK (props->element);
}

void
gst_sei_extract_settings_clear (GstSeiExtractSettings * settings)
{
  g_clear_pointer (&settings->selection.uuids, g_bytes_unref);
}

void
gst_sei_extract_props_init (GstSeiExtractProps * props, GObject * element)
{
  props->element = element;
  props->now.selection.scan = SEI_SCAN_HEAD;
  set_uuid (props, NULL);
}

void
gst_sei_extract_props_clear (GstSeiExtractProps * props)
{
  gst_sei_uuids_clear (&props->uuids);
}
