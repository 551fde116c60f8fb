/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseiinjectsettings.h"

#include <string.h>

#include "seiuuid.h"
#include "timedenum.h"

#define DEFAULT_MODE GST_SEI_INJECT_EVERY_FRAME
#define DEFAULT_MAX_PAYLOAD 65536
#define DEFAULT_MISP_TIME GST_SEI_INJECT_MISP_TIME_NONE

enum
{
  PROP_METADATA = 1,
  PROP_METADATA_BINARY,
  PROP_METADATA_BYTES,
  PROP_MODE,
  PROP_UUID,
  PROP_MAX_PAYLOAD,
  PROP_INJECT_ROI,
  PROP_MISP_TIME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const GEnumValue modes[] = {
  {GST_SEI_INJECT_EVERY_FRAME, "Into every access unit", "every-frame"},
  {GST_SEI_INJECT_KEYFRAME, "Into every key frame", "keyframe"},
  {GST_SEI_INJECT_ONCE, "Once for each time the value is set", "once"},
  {0, NULL, NULL}
};

static const GEnumValue misp_times[] = {
  {GST_SEI_INJECT_MISP_TIME_NONE, "No time", "none"},
  {GST_SEI_INJECT_MISP_TIME_MICRO, "Microseconds", "micro"},
  {GST_SEI_INJECT_MISP_TIME_NANO, "Nanoseconds", "nano"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstSeiInjectMode, gst_sei_inject_mode, modes);
TIMED_DEFINE_ENUM (GstSeiInjectMispTime, gst_sei_inject_misp_time, misp_times);

static void
set_uuid (GstSeiInjectSettings * settings, const gchar * text)
{
  GBytes *value = NULL;

  text = text && *text ? text : SEI_UUID_DEFAULT;
  if (sei_uuid_parse (text, settings->uuid))
    value = g_bytes_new (settings->uuid, SEI_UUID_SIZE);
  gst_sei_text_set (&settings->uuid_text, text, value);
}

void
gst_sei_inject_settings_init (GstSeiInjectSettings * settings)
{
  memset (settings, 0, sizeof (*settings));
  settings->mode = DEFAULT_MODE;
  timed_joiner_settings_init (&settings->joiner);
  settings->max_payload = DEFAULT_MAX_PAYLOAD;
  settings->misp_time = DEFAULT_MISP_TIME;
  set_uuid (settings, NULL);
}

void
gst_sei_inject_settings_clear (GstSeiInjectSettings * settings)
{
  g_clear_pointer (&settings->payload, g_bytes_unref);
  gst_sei_text_clear (&settings->uuid_text);
}

gboolean
gst_sei_inject_settings_check (GstSeiInjectSettings * settings,
    GstElement * element)
{
  return gst_sei_text_check (&settings->uuid_text, element, SEI_UUID_FORM);
}

/* Reads a value of type string, GByteArray or GBytes.
 * Returns: (transfer full) (nullable): NULL if the value is empty */
static GBytes *
payload_from_value (const GValue * value)
{
  GBytes *payload = NULL;

  if (G_VALUE_HOLDS_STRING (value)) {
    const gchar *text = g_value_get_string (value);

    if (text)
      payload = g_bytes_new (text, strlen (text));
  } else if (G_VALUE_HOLDS (value, G_TYPE_BYTE_ARRAY)) {
    const GByteArray *array = g_value_get_boxed (value);

    if (array)
      payload = g_bytes_new (array->data, array->len);
  } else {
    payload = g_value_dup_boxed (value);
  }

  if (payload && g_bytes_get_size (payload) == 0)
    g_clear_pointer (&payload, g_bytes_unref);
  return payload;
}

/* A string stays NULL if the bytes are no text. */
static void
payload_to_value (GBytes * payload, GValue * value)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (payload, &size);

  if (G_VALUE_HOLDS_STRING (value)) {
    if (g_utf8_validate (data, size, NULL))
      g_value_take_string (value, g_strndup (data, size));
  } else if (G_VALUE_HOLDS (value, G_TYPE_BYTE_ARRAY)) {
    g_value_take_boxed (value,
        g_byte_array_append (g_byte_array_new (), data, size));
  } else {
    g_value_set_boxed (value, payload);
  }
}

/* @payload: (transfer full) (nullable): */
static void
set_payload (GstSeiInjectSettings * settings, GObject * object,
    GBytes * payload)
{
  GST_OBJECT_LOCK (object);
  GBytes *old = settings->payload;

  settings->payload = payload;
  settings->serial++;
  GST_OBJECT_UNLOCK (object);

  g_clear_pointer (&old, g_bytes_unref);
  /* Three names for one value */
  for (guint id = PROP_METADATA; id <= PROP_METADATA_BYTES; id++)
    g_object_notify_by_pspec (object, properties[id]);
}

gboolean
gst_sei_inject_settings_set (GstSeiInjectSettings * settings, GObject * object,
    guint id, const GValue * value, GParamSpec * pspec)
{
  gboolean joins = FALSE;

  if (id <= PROP_METADATA_BYTES) {
    set_payload (settings, object, payload_from_value (value));
    return FALSE;
  }

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_MODE:
      settings->mode = g_value_get_enum (value);
      break;
    case PROP_UUID:
      set_uuid (settings, g_value_get_string (value));
      break;
    case PROP_MAX_PAYLOAD:
      settings->max_payload = g_value_get_uint (value);
      break;
    case PROP_INJECT_ROI:
      settings->inject_roi = g_value_get_boolean (value);
      break;
    case PROP_MISP_TIME:
      settings->misp_time = g_value_get_enum (value);
      break;
    default:
      joins =
          timed_joiner_settings_set (&settings->joiner, id - N_PROPS, value);
      break;
  }
  GST_OBJECT_UNLOCK (object);
  return joins;
}

void
gst_sei_inject_settings_get (GstSeiInjectSettings * settings, GObject * object,
    guint id, GValue * value, GParamSpec * pspec)
{
  g_autoptr (GBytes) payload = NULL;

  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_METADATA:
    case PROP_METADATA_BINARY:
    case PROP_METADATA_BYTES:
      if (settings->payload)
        payload = g_bytes_ref (settings->payload);
      break;
    case PROP_MODE:
      g_value_set_enum (value, settings->mode);
      break;
    case PROP_UUID:
      g_value_set_string (value, settings->uuid_text.text);
      break;
    case PROP_MAX_PAYLOAD:
      g_value_set_uint (value, settings->max_payload);
      break;
    case PROP_INJECT_ROI:
      g_value_set_boolean (value, settings->inject_roi);
      break;
    case PROP_MISP_TIME:
      g_value_set_enum (value, settings->misp_time);
      break;
    default:
      timed_joiner_settings_get (&settings->joiner, id - N_PROPS, value);
      break;
  }
  GST_OBJECT_UNLOCK (object);

  if (payload)
    payload_to_value (payload, value);
}

guint
gst_sei_inject_settings_install (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstSeiInject:metadata:
   *
   * The payload to inject, as text: its bytes without a terminating NUL. %NULL
   * and the empty string inject nothing. It reads as %NULL if one of the other two
   * properties has set a payload that is no text.
   */
  properties[PROP_METADATA] = g_param_spec_string ("metadata", "Metadata",
      "Payload to inject, as text (without a terminating NUL); NULL or an empty "
      "text injects nothing", NULL, flags);

  /**
   * GstSeiInject:metadata-binary:
   *
   * The same value as #GstSeiInject:metadata, as any bytes.
   */
  properties[PROP_METADATA_BINARY] = g_param_spec_boxed ("metadata-binary",
      "Metadata, binary", "The value of metadata, as a GByteArray of any bytes",
      G_TYPE_BYTE_ARRAY, flags);

  /**
   * GstSeiInject:metadata-bytes:
   *
   * The same value as #GstSeiInject:metadata, as any bytes, which are not copied.
   * Of the two properties for bytes, language bindings can set this one.
   */
  properties[PROP_METADATA_BYTES] = g_param_spec_boxed ("metadata-bytes",
      "Metadata, bytes", "The value of metadata, as GBytes of any bytes",
      G_TYPE_BYTES, flags);

  /**
   * GstSeiInject:mode:
   *
   * How often the value of #GstSeiInject:metadata is injected. Metas on buffers
   * and payloads from the pad "metadata" are always injected.
   */
  properties[PROP_MODE] = g_param_spec_enum ("mode", "Mode",
      "How often the value of metadata is injected",
      gst_sei_inject_mode_get_type (), DEFAULT_MODE, flags);

  /**
   * GstSeiInject:uuid:
   *
   * The UUID of messages that carry the value of #GstSeiInject:metadata or a payload
   * from the pad "metadata". The element does not start with a text that is no UUID;
   * while it runs, it keeps the UUID it had.
   */
  properties[PROP_UUID] = g_param_spec_string ("uuid", "UUID",
      "UUID of the value and of payloads from the pad metadata: 32 hexadecimal "
      "digits, with or without dashes, or exactly 16 ASCII characters",
      SEI_UUID_DEFAULT, flags);

  /**
   * GstSeiInject:max-payload:
   *
   * The largest payload that is injected. A larger one is left out of its frame and
   * counted as `too-large`. Decoders and players may read SEI messages of any size,
   * but many fail at one that is larger than their buffers.
   */
  properties[PROP_MAX_PAYLOAD] = g_param_spec_uint ("max-payload",
      "Maximum payload", "Largest payload in bytes that is injected, 0 for any",
      0, G_MAXUINT, DEFAULT_MAX_PAYLOAD, flags);

  /**
   * GstSeiInject:inject-roi:
   *
   * Whether the GstVideoRegionOfInterestMetas of a frame are injected, as one message
   * with the UUID #GstSeiInject:uuid. Its payload is a JSON object such as
   * `{"objects": [{"id": "obj-7", "label": "car", "confidence": 0.87, "bbox": {"x": 0.1,
   * "y": 0.25, "w": 0.3, "h": 0.5}}]}`, with boxes in fractions of the picture. A frame
   * without regions gets no message.
   */
  properties[PROP_INJECT_ROI] = g_param_spec_boolean ("inject-roi",
      "Inject regions of interest",
      "Inject the GstVideoRegionOfInterestMetas of a frame, as a JSON object",
      FALSE, flags);

  /**
   * GstSeiInject:misp-time:
   *
   * Whether the time at which a frame was captured is injected, as MISB ST 0604 has it:
   * that of the buffer's #GstReferenceTimestampMeta in `timestamp/x-unix` or
   * `timestamp/x-ntp`, else, of live video, the wall clock of its running time, else the
   * wall clock. An access unit that has a time keeps that. ST 0604 has nanoseconds for
   * H.265 alone; in H.264 they have the same UUID.
   */
  properties[PROP_MISP_TIME] = g_param_spec_enum ("misp-time", "MISP time",
      "Inject the time at which each frame was captured, as MISB ST 0604 has it, "
      "in this unit", gst_sei_inject_misp_time_get_type (), DEFAULT_MISP_TIME,
      flags);

  g_object_class_install_properties (klass, N_PROPS, properties);
  return timed_joiner_settings_install (klass, N_PROPS);
}
