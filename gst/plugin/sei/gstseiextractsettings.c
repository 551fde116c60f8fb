/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseiextractsettings.h"

#include <string.h>

#include "seitypes.h"
#include "seiuuid.h"
#include "timedenum.h"

#define DEFAULT_PAYLOAD_TYPES "5"

enum
{
  PROP_UUID = 1,
  PROP_PAYLOAD_TYPES,
  PROP_SIGNAL_NEW_METADATA,
  PROP_POST_MESSAGES,
  PROP_REMOVE,
  PROP_SCAN,
  PROP_EXTRACT_ROI,
  N_PROPS
};

static const GEnumValue scans[] = {
  {SEI_SCAN_HEAD, "Up to the first slice, and the last 16 kB in H.265", "head"},
  {SEI_SCAN_FULL, "All of the access unit", "full"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstSeiExtractScan, gst_sei_extract_scan, scans);

static void
set_uuids (GstSeiExtractSettings * settings, const gchar * text)
{
  text = text ? text : "";
  gst_sei_text_set (&settings->uuids, text, sei_uuid_parse_list (text));
  settings->selection.uuids = settings->uuids.value;
}

static void
set_types (GstSeiExtractSettings * settings, const gchar * text)
{
  text = text ? text : "";
  gst_sei_text_set (&settings->types, text, sei_types_parse (text));
  settings->selection.types = settings->types.value;
}

void
gst_sei_extract_settings_init (GstSeiExtractSettings * settings)
{
  memset (settings, 0, sizeof (*settings));
  settings->selection.scan = SEI_SCAN_HEAD;
  set_uuids (settings, NULL);
  set_types (settings, DEFAULT_PAYLOAD_TYPES);
}

void
gst_sei_extract_settings_clear (GstSeiExtractSettings * settings)
{
  gst_sei_text_clear (&settings->uuids);
  gst_sei_text_clear (&settings->types);
}

gboolean
gst_sei_extract_settings_check (GstSeiExtractSettings * settings,
    GstElement * element)
{
  return gst_sei_text_check (&settings->uuids, element, SEI_UUID_FORM)
      && gst_sei_text_check (&settings->types, element, SEI_TYPES_FORM);
}

void
gst_sei_extract_settings_set (GstSeiExtractSettings * settings,
    GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_UUID:
      set_uuids (settings, g_value_get_string (value));
      break;
    case PROP_PAYLOAD_TYPES:
      set_types (settings, g_value_get_string (value));
      break;
    case PROP_SIGNAL_NEW_METADATA:
      settings->signal_new_metadata = g_value_get_boolean (value);
      break;
    case PROP_POST_MESSAGES:
      settings->post_messages = g_value_get_boolean (value);
      break;
    case PROP_REMOVE:
      settings->remove = g_value_get_boolean (value);
      break;
    case PROP_SCAN:
      settings->selection.scan = g_value_get_enum (value);
      break;
    case PROP_EXTRACT_ROI:
      settings->extract_roi = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

void
gst_sei_extract_settings_get (GstSeiExtractSettings * settings,
    GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_UUID:
      g_value_set_string (value, settings->uuids.text);
      break;
    case PROP_PAYLOAD_TYPES:
      g_value_set_string (value, settings->types.text);
      break;
    case PROP_SIGNAL_NEW_METADATA:
      g_value_set_boolean (value, settings->signal_new_metadata);
      break;
    case PROP_POST_MESSAGES:
      g_value_set_boolean (value, settings->post_messages);
      break;
    case PROP_REMOVE:
      g_value_set_boolean (value, settings->remove);
      break;
    case PROP_SCAN:
      g_value_set_enum (value, settings->selection.scan);
      break;
    case PROP_EXTRACT_ROI:
      g_value_set_boolean (value, settings->extract_roi);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

guint
gst_sei_extract_settings_install (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstSeiExtract:uuid:
   *
   * The UUIDs of the messages that are read, with commas between. If it is empty,
   * all are read except those in which x264 and x265 write their names and settings,
   * and those that say the time of the frame, which it always looks for.
   * The element does not start with a text that is no list of UUIDs; while it runs,
   * it keeps the UUIDs it had.
   */
  g_object_class_install_property (klass, PROP_UUID,
      g_param_spec_string ("uuid", "UUID",
          "Read only messages of these UUIDs, with commas between, each 32 "
          "hexadecimal digits, with or without dashes, or exactly 16 ASCII "
          "characters; if empty, all but the banners of encoders (x264, x265) and "
          "the times of frames", "", flags));

  /**
   * GstSeiExtract:payload-types:
   *
   * The types of the messages that are read: payloadTypes from 0 to 65535 with commas
   * between. Messages of other types than 5 (user_data_unregistered) are handed out as
   * they are, with a UUID that is all zero, and #GstSeiExtract:uuid does not concern
   * them. The element does not start with a text that is no such list; while it runs, it
   * keeps the types it had.
   *
   * With #GstSeiExtract:remove these messages are cut out of the video. Decoders need
   * those that belong to the codec itself, such as 0 (buffering_period) and 1
   * (pic_timing); closed captions are of type 4.
   */
  g_object_class_install_property (klass, PROP_PAYLOAD_TYPES,
      g_param_spec_string ("payload-types", "Payload types",
          "Read messages of these payload types, numbers from 0 to 65535 with "
          "commas between; 5 is user_data_unregistered, and only for this type "
          "uuid counts", DEFAULT_PAYLOAD_TYPES, flags));

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
   * Whether the messages that are read, which are those that
   * #GstSeiExtract:payload-types and #GstSeiExtract:uuid select, are cut out of the
   * video, together with their GstVideoSEIUserDataUnregisteredMetas. Other messages
   * stay as they are, even in the same NAL unit.
   */
  g_object_class_install_property (klass, PROP_REMOVE,
      g_param_spec_boolean ("remove", "Remove",
          "Cut the messages that are read out of the video", FALSE, flags));

  /**
   * GstSeiExtract:scan:
   *
   * How much of an access unit in a byte stream is searched for messages. Valid
   * streams have them before the first slice or, in H.265, behind the last. Streams
   * with length fields are always searched completely, which costs nothing.
   */
  g_object_class_install_property (klass, PROP_SCAN,
      g_param_spec_enum ("scan", "Scan",
          "Where messages are looked for in a byte stream",
          gst_sei_extract_scan_get_type (), SEI_SCAN_HEAD, flags));

  /**
   * GstSeiExtract:extract-roi:
   *
   * Whether the objects in messages are attached to the video as
   * GstVideoRegionOfInterestMetas, which go through decoders. Those are messages whose
   * payload is a JSON object with `objects`, as #GstSeiInject:inject-roi writes it.
   * Metas that are there already are not attached again.
   */
  g_object_class_install_property (klass, PROP_EXTRACT_ROI,
      g_param_spec_boolean ("extract-roi", "Extract regions of interest",
          "Attach the objects in JSON messages as GstVideoRegionOfInterestMetas",
          FALSE, flags));

  return N_PROPS;
}
