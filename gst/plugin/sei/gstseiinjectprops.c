/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstseiinjectprops.h"

#include <string.h>

#include "seiuuid.h"
#include "timedenum.h"

#define DEFAULT_MODE GST_SEI_INJECT_EVERY_FRAME
#define DEFAULT_WAIT_METADATA TIMED_WAIT_AUTO
#define DEFAULT_MAX_PAYLOAD 65536

static const GEnumValue modes[] = {
  {GST_SEI_INJECT_EVERY_FRAME, "Into every access unit", "every-frame"},
  {GST_SEI_INJECT_KEYFRAME, "Into every key frame", "keyframe"},
  {GST_SEI_INJECT_ONCE, "Once for each time the value is set", "once"},
  {0, NULL, NULL}
};

static const GEnumValue waits[] = {
  {TIMED_WAIT_AUTO, "Where neither video nor metadata is live", "auto"},
  {TIMED_WAIT_NEVER, "Never", "never"},
  {TIMED_WAIT_ALWAYS, "Also where one is live", "always"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstSeiInjectMode, gst_sei_inject_mode, modes);
TIMED_DEFINE_ENUM (GstSeiInjectWait, gst_sei_inject_wait, waits);

enum
{
  PROP_METADATA = 1,
  PROP_METADATA_BINARY,
  PROP_METADATA_BYTES,
  PROP_MODE,
  PROP_UUID,
  PROP_WAIT_METADATA,
  PROP_MAX_PAYLOAD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

guint
gst_sei_inject_props_install (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstSeiInject:metadata:
   *
   * The payload to inject, as text: its bytes without a terminating NUL. %NULL
   * and the empty string inject nothing. Reads as %NULL if the payload was set
   * through one of the other two properties and is no text.
   */
  properties[PROP_METADATA] = g_param_spec_string ("metadata", "Metadata",
      "Payload to inject, as text (without a terminating NUL); NULL or empty "
      "injects nothing", NULL, flags);

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
   * The same value as #GstSeiInject:metadata, as any bytes, and without copying
   * them. Of the two properties for bytes, this is the one that language bindings
   * can set.
   */
  properties[PROP_METADATA_BYTES] = g_param_spec_boxed ("metadata-bytes",
      "Metadata, bytes", "The value of metadata, as GBytes of any bytes",
      G_TYPE_BYTES, flags);

  /**
   * GstSeiInject:mode:
   *
   * How often the value of #GstSeiInject:metadata is injected. Metas on buffers
   * and what comes in at the pad "metadata" are injected always.
   */
  properties[PROP_MODE] = g_param_spec_enum ("mode", "Mode",
      "How often the value of metadata is injected",
      gst_sei_inject_mode_get_type (), DEFAULT_MODE, flags);

  /**
   * GstSeiInject:uuid:
   *
   * The UUID under which the value of #GstSeiInject:metadata and what comes in at
   * the pad "metadata" are injected. With anything that is none the element does
   * not start; while it runs, it keeps the UUID it had.
   */
  properties[PROP_UUID] = g_param_spec_string ("uuid", "UUID",
      "UUID of the value and of the pad metadata: 32 hexadecimal digits, with "
      "or without dashes, or exactly 16 ASCII characters", SEI_UUID_DEFAULT,
      flags);

  /**
   * GstSeiInject:wait-metadata:
   *
   * Whether a frame waits until the metadata that belongs into it must have come
   * in at the pad "metadata": when some of a later time, a GAP event or EOS has, or
   * some without time. Or when so much is ahead of the video that the pad takes no
   * more.
   */
  properties[PROP_WAIT_METADATA] = g_param_spec_enum ("wait-metadata",
      "Wait for metadata",
      "Whether a frame waits for the metadata that belongs into it",
      gst_sei_inject_wait_get_type (), DEFAULT_WAIT_METADATA, flags);

  /**
   * GstSeiInject:max-payload:
   *
   * The largest payload that is injected. The frame of a larger one passes without
   * it, and it is counted as `too-large`. Decoders and players read SEI messages of
   * any size, but many cannot bear one that is larger than their buffers.
   */
  properties[PROP_MAX_PAYLOAD] = g_param_spec_uint ("max-payload",
      "Maximum payload", "Largest payload in bytes that is injected, 0 for any",
      0, G_MAXUINT, DEFAULT_MAX_PAYLOAD, flags);

  for (guint i = 1; i < N_PROPS; i++)
    g_object_class_install_property (klass, i, properties[i]);

  return N_PROPS;
}

/* Reads a value of type string, GByteArray or GBytes. Returns: (transfer full)
 * (nullable): NULL if there is nothing in it */
static GBytes *
payload_from_value (const GValue * value)
{
  GBytes *payload = NULL;

  if (G_VALUE_HOLDS_STRING (value)) {
    const gchar *text = g_value_get_string (value);

    if (text != NULL)
      payload = g_bytes_new (text, strlen (text));
  } else if (G_VALUE_HOLDS (value, G_TYPE_BYTE_ARRAY)) {
    const GByteArray *array = g_value_get_boxed (value);

    if (array != NULL)
      payload = g_bytes_new (array->data, array->len);
  } else {
    payload = g_value_dup_boxed (value);
  }

  if (payload != NULL && g_bytes_get_size (payload) == 0)
    g_clear_pointer (&payload, g_bytes_unref);
  return payload;
}

/* A string stays NULL where the bytes are no text. */
static void
payload_to_value (GBytes * payload, GValue * value)
{
  gsize size;
  gconstpointer data;

  if (payload == NULL)
    return;

  data = g_bytes_get_data (payload, &size);
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

static void
set_uuid (GstSeiInjectProps * props, const gchar * text)
{
  GST_OBJECT_LOCK (props->element);
  gst_sei_uuids_set (&props->uuid,
      text && *text ? text : SEI_UUID_DEFAULT, FALSE);
  GST_OBJECT_UNLOCK (props->element);
}

/* Takes @payload, which may be NULL. */
static void
set_payload (GstSeiInjectProps * props, GBytes * payload)
{
  GST_OBJECT_LOCK (props->element);
  GBytes *old = props->now.payload;

  props->now.payload = payload;
  props->now.serial++;
  GST_OBJECT_UNLOCK (props->element);

  g_clear_pointer (&old, g_bytes_unref);
  /* Three names for one value */
  g_object_notify_by_pspec (props->element, properties[PROP_METADATA]);
  g_object_notify_by_pspec (props->element, properties[PROP_METADATA_BINARY]);
  g_object_notify_by_pspec (props->element, properties[PROP_METADATA_BYTES]);
}

static void
get_payload (GstSeiInjectProps * props, GValue * value)
{
  GstSeiInjectSettings settings;

  gst_sei_inject_props_read (props, &settings);
  payload_to_value (settings.payload, value);
  gst_sei_inject_settings_clear (&settings);
}

void
gst_sei_inject_props_set (GstSeiInjectProps * props, const GValue * value,
    GParamSpec * param)
{
  switch (param->param_id) {
    case PROP_METADATA:
    case PROP_METADATA_BINARY:
    case PROP_METADATA_BYTES:
      set_payload (props, payload_from_value (value));
      return;
    case PROP_UUID:
      set_uuid (props, g_value_get_string (value));
      return;
    default:
      break;
  }

  GST_OBJECT_LOCK (props->element);
  switch (param->param_id) {
    case PROP_MODE:
      props->now.mode = g_value_get_enum (value);
      break;
    case PROP_WAIT_METADATA:
      props->now.wait_metadata = g_value_get_enum (value);
      break;
    default:
      props->now.max_payload = g_value_get_uint (value);
      break;
  }
  GST_OBJECT_UNLOCK (props->element);
}

void
gst_sei_inject_props_get (GstSeiInjectProps * props, GValue * value,
    GParamSpec * param)
{
  switch (param->param_id) {
    case PROP_METADATA:
    case PROP_METADATA_BINARY:
    case PROP_METADATA_BYTES:
      get_payload (props, value);
      return;
    default:
      break;
  }

  GST_OBJECT_LOCK (props->element);
  switch (param->param_id) {
    case PROP_UUID:
      g_value_set_string (value, props->uuid.text);
      break;
    case PROP_MODE:
      g_value_set_enum (value, props->now.mode);
      break;
    case PROP_WAIT_METADATA:
      g_value_set_enum (value, props->now.wait_metadata);
      break;
    default:
      g_value_set_uint (value, props->now.max_payload);
      break;
  }
  GST_OBJECT_UNLOCK (props->element);
}

void
gst_sei_inject_props_read (GstSeiInjectProps * props,
    GstSeiInjectSettings * settings)
{
  GST_OBJECT_LOCK (props->element);
  *settings = props->now;
  settings->uuid = g_bytes_ref (props->uuid.uuids);
  if (settings->payload)
    g_bytes_ref (settings->payload);
  GST_OBJECT_UNLOCK (props->element);
}

void
gst_sei_inject_settings_clear (GstSeiInjectSettings * settings)
{
  g_clear_pointer (&settings->payload, g_bytes_unref);
  g_clear_pointer (&settings->uuid, g_bytes_unref);
}

void
gst_sei_inject_props_init (GstSeiInjectProps * props, GObject * element)
{
  props->element = element;
  props->now.mode = DEFAULT_MODE;
  props->now.wait_metadata = DEFAULT_WAIT_METADATA;
  props->now.max_payload = DEFAULT_MAX_PAYLOAD;
  set_uuid (props, NULL);
}

void
gst_sei_inject_props_clear (GstSeiInjectProps * props)
{
  gst_sei_inject_settings_clear (&props->now);
  gst_sei_uuids_clear (&props->uuid);
}
