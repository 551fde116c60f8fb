/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:gstseimeta
 * @title: GstSeiMeta
 * @short_description: SEI messages of a frame, as metadata on its buffer
 *
 * #seiextract attaches a #GstSeiMeta to each access unit for every SEI message in it
 * that it is to read: those of the type user_data_unregistered, unless it is told of
 * others. #seiinject writes every #GstSeiMeta on a buffer into the access unit, with its
 * own type, wherever upstream it was attached.
 *
 * From Python, where a pad probe never holds a writable buffer:
 *
 * |[<!-- language="Python" -->
 * gi.require_version('GstSei', '1.0')
 * from gi.repository import GLib, Gst, GstSei
 *
 * def before_encoder(pad, info):
 *     GstSei.pad_probe_info_add_meta(info, UUID, GLib.Bytes.new(b'{"a":1}'))
 *     return Gst.PadProbeReturn.OK
 *
 * def after_seiextract(pad, info):
 *     for payload in GstSei.buffer_get_payloads(info.get_buffer()):
 *         print(payload.get_data())
 *     return Gst.PadProbeReturn.OK
 * ]|
 *
 * Since: 0.1
 */

#include <gst/sei/sei.h>

#include <string.h>

G_STATIC_ASSERT (sizeof (((GstSeiMeta *) NULL)->uuid) == GST_SEI_UUID_SIZE);

static gboolean
gst_sei_meta_init (GstMeta * meta, gpointer params, GstBuffer * buffer)
{
  GstSeiMeta *self = (GstSeiMeta *) meta;

  memset (self->uuid, 0, sizeof (self->uuid));
  self->payload = NULL;
  self->payload_type = GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED;

  return TRUE;
}

static void
gst_sei_meta_free (GstMeta * meta, GstBuffer * buffer)
{
  GstSeiMeta *self = (GstSeiMeta *) meta;

  g_clear_pointer (&self->payload, g_bytes_unref);
}

/* Whatever a transformation does to pixels or bytes, the message is about the same
 * frame, and so is a copy of a region. */
static gboolean
gst_sei_meta_transform (GstBuffer * dest, GstMeta * meta, GstBuffer * buffer,
    GQuark type, gpointer data)
{
  const GstSeiMeta *self = (GstSeiMeta *) meta;

  return gst_sei_buffer_add_meta_full (dest, self->payload_type, self->uuid,
      self->payload) != NULL;
}

#if GST_CHECK_VERSION (1, 24, 0)
/* Version 1: the payload type (4 bytes, big-endian), the UUID, then the payload.
 * Version 0 had no type, because there was one. */
#define SERIALIZED_VERSION 1

static gboolean
gst_sei_meta_serialize (const GstMeta * meta, GstByteArrayInterface * data,
    guint8 * version)
{
  const GstSeiMeta *self = (const GstSeiMeta *) meta;
  guint8 type[4];
  gsize size;
  const guint8 *payload = g_bytes_get_data (self->payload, &size);

  *version = SERIALIZED_VERSION;
  GST_WRITE_UINT32_BE (type, self->payload_type);
  return gst_byte_array_interface_append_data (data, type, sizeof (type))
      && gst_byte_array_interface_append_data (data, self->uuid,
      GST_SEI_UUID_SIZE)
      && (size == 0
      || gst_byte_array_interface_append_data (data, payload, size));
}

static GstMeta *
gst_sei_meta_deserialize (const GstMetaInfo * info, GstBuffer * buffer,
    const guint8 * data, gsize size, guint8 version)
{
  const gsize type_size = version == 0 ? 0 : 4;
  guint32 type = GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED;

  if (version > SERIALIZED_VERSION || size < type_size + GST_SEI_UUID_SIZE)
    return NULL;
  if (type_size > 0)
    type = GST_READ_UINT32_BE (data);
  data += type_size;
  size -= type_size;

  g_autoptr (GBytes) payload =
      g_bytes_new (data + GST_SEI_UUID_SIZE, size - GST_SEI_UUID_SIZE);

  return (GstMeta *) gst_sei_buffer_add_meta_full (buffer, type, data, payload);
}
#endif

static const GstMetaInfo *
register_meta (void)
{
#if GST_CHECK_VERSION (1, 24, 0)
  GstMetaInfo *info = gst_meta_info_new (GST_SEI_META_API_TYPE, "GstSeiMeta",
      sizeof (GstSeiMeta));

  info->init_func = gst_sei_meta_init;
  info->free_func = gst_sei_meta_free;
  info->transform_func = gst_sei_meta_transform;
  info->serialize_func = gst_sei_meta_serialize;
  info->deserialize_func = gst_sei_meta_deserialize;
  return gst_meta_info_register (info);
#else
  return gst_meta_register (GST_SEI_META_API_TYPE, "GstSeiMeta",
      sizeof (GstSeiMeta), gst_sei_meta_init, gst_sei_meta_free,
      gst_sei_meta_transform);
#endif
}

/**
 * gst_sei_meta_api_get_type:
 *
 * Returns: the #GType of the API of #GstSeiMeta
 *
 * Since: 0.1
 */
GType
gst_sei_meta_api_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    static const gchar *tags[] = { NULL };
    GType registered = gst_meta_api_type_register ("GstSeiMetaAPI", tags);

    g_once_init_leave (&type, registered);
  }
  return type;
}

/**
 * gst_sei_meta_get_info:
 *
 * With GStreamer 1.24 and later the meta can be serialized, so that it crosses from
 * unixfdsink to unixfdsrc in another process: version 1 has the payload type in 4 bytes,
 * big-endian, the 16 bytes of the UUID, then the payload. Version 0, without the type, is
 * read as well. A process that receives such buffers without using any of the
 * elements calls this function once to register the meta.
 *
 * Returns: (transfer none): the #GstMetaInfo of #GstSeiMeta
 *
 * Since: 0.1
 */
const GstMetaInfo *
gst_sei_meta_get_info (void)
{
  static const GstMetaInfo *info = NULL;

  if (g_once_init_enter ((GstMetaInfo **) & info)) {
    const GstMetaInfo *registered = register_meta ();

    g_once_init_leave ((GstMetaInfo **) & info, (GstMetaInfo *) registered);
  }
  return info;
}

/**
 * gst_sei_meta_get_uuid:
 * @meta: a #GstSeiMeta
 *
 * Gets the UUID, which says what format the payload has. It is all zero where the
 * payload type is not %GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED.
 *
 * Returns: (transfer none) (array fixed-size=16): the UUID
 *
 * Since: 0.1
 */
const guint8 *
gst_sei_meta_get_uuid (const GstSeiMeta * meta)
{
  g_return_val_if_fail (meta != NULL, NULL);

  return meta->uuid;
}

/**
 * gst_sei_meta_get_payload:
 * @meta: a #GstSeiMeta
 *
 * Gets the bytes of the message behind the UUID.
 *
 * Returns: (transfer none): the payload; may be empty
 *
 * Since: 0.1
 */
GBytes *
gst_sei_meta_get_payload (const GstSeiMeta * meta)
{
  g_return_val_if_fail (meta != NULL, NULL);

  return meta->payload;
}

/**
 * gst_sei_buffer_add_meta:
 * @buffer: (transfer none): a writable #GstBuffer
 * @uuid: (array fixed-size=16): the UUID that names the payload's format
 * @payload: (transfer none): the payload; a reference is taken
 *
 * Attaches one user_data_unregistered SEI message to @buffer. A buffer can carry
 * several.
 *
 * Returns: (transfer none) (nullable): the new #GstSeiMeta, owned by @buffer, or
 *   %NULL if @buffer is not writable
 *
 * Since: 0.1
 */
GstSeiMeta *
gst_sei_buffer_add_meta (GstBuffer * buffer, const guint8 * uuid,
    GBytes * payload)
{
  return gst_sei_buffer_add_meta_full (buffer,
      GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED, uuid, payload);
}

/**
 * gst_sei_buffer_add_meta_full:
 * @buffer: (transfer none): a writable #GstBuffer
 * @payload_type: payloadType of the message, as ITU-T H.264 and H.265 Annex D number
 *   them; #seiinject writes those up to 65535
 * @uuid: (nullable) (array fixed-size=16): the UUID that names the payload's format;
 *   only messages of %GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED have one, and must: for
 *   any other type it is ignored
 * @payload: (transfer none): the payload; a reference is taken
 *
 * Attaches one SEI message of any type to @buffer. A buffer can carry several.
 *
 * Returns: (transfer none) (nullable): the new #GstSeiMeta, owned by @buffer, or
 *   %NULL if @buffer is not writable
 *
 * Since: 0.1
 */
GstSeiMeta *
gst_sei_buffer_add_meta_full (GstBuffer * buffer, guint32 payload_type,
    const guint8 * uuid, GBytes * payload)
{
  const gboolean has_uuid =
      payload_type == GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED;

  g_return_val_if_fail (GST_IS_BUFFER (buffer), NULL);
  g_return_val_if_fail (gst_buffer_is_writable (buffer), NULL);
  g_return_val_if_fail (uuid != NULL || !has_uuid, NULL);
  g_return_val_if_fail (payload != NULL, NULL);

  GstSeiMeta *meta =
      (GstSeiMeta *) gst_buffer_add_meta (buffer, GST_SEI_META_INFO, NULL);

  if (has_uuid)
    memcpy (meta->uuid, uuid, sizeof (meta->uuid));
  meta->payload = g_bytes_ref (payload);
  meta->payload_type = payload_type;

  return meta;
}

/**
 * gst_sei_pad_probe_info_add_meta:
 * @info: (transfer none): the argument of a pad probe for buffers or buffer lists
 * @uuid: (array fixed-size=16): the UUID that names the payload's format
 * @payload: (transfer none): the payload; a reference is taken
 *
 * Attaches one user_data_unregistered SEI message to the buffer that passes the pad,
 * or to the first buffer of a list. If somebody else holds a reference to the buffer,
 * @info gets a writable copy instead, which shares its memory: a pointer that was
 * taken before does not point to what flows downstream.
 *
 * Returns: (transfer none) (nullable): the new #GstSeiMeta, owned by the buffer,
 *   or %NULL if @info has no buffer
 *
 * Since: 0.1
 */
GstSeiMeta *
gst_sei_pad_probe_info_add_meta (GstPadProbeInfo * info, const guint8 * uuid,
    GBytes * payload)
{
  return gst_sei_pad_probe_info_add_meta_full (info,
      GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED, uuid, payload);
}

/**
 * gst_sei_pad_probe_info_add_meta_full:
 * @info: (transfer none): the argument of a pad probe for buffers or buffer lists
 * @payload_type: as for gst_sei_buffer_add_meta_full()
 * @uuid: (nullable) (array fixed-size=16): as for gst_sei_buffer_add_meta_full()
 * @payload: (transfer none): the payload; a reference is taken
 *
 * Attaches one SEI message of any type, as gst_sei_pad_probe_info_add_meta() does.
 *
 * Returns: (transfer none) (nullable): the new #GstSeiMeta, owned by the buffer,
 *   or %NULL if @info has no buffer
 *
 * Since: 0.1
 */
GstSeiMeta *
gst_sei_pad_probe_info_add_meta_full (GstPadProbeInfo * info,
    guint32 payload_type, const guint8 * uuid, GBytes * payload)
{
  g_return_val_if_fail (info != NULL, NULL);
  g_return_val_if_fail (uuid != NULL
      || payload_type != GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED, NULL);
  g_return_val_if_fail (payload != NULL, NULL);

  GstBuffer *buffer = NULL;

  if (!info->data)
    return NULL;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
    info->data = buffer;
  } else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list =
        gst_buffer_list_make_writable (GST_PAD_PROBE_INFO_BUFFER_LIST (info));

    info->data = list;
    if (gst_buffer_list_length (list) > 0)
      buffer = gst_buffer_list_get_writable (list, 0);
  }
  if (!buffer)
    return NULL;

  return gst_sei_buffer_add_meta_full (buffer, payload_type, uuid, payload);
}

/**
 * gst_sei_buffer_get_meta:
 * @buffer: (transfer none): a #GstBuffer
 *
 * Gets the first SEI message on @buffer.
 *
 * Returns: (transfer none) (nullable): the first #GstSeiMeta, owned by @buffer,
 *   or %NULL
 *
 * Since: 0.1
 */
GstSeiMeta *
gst_sei_buffer_get_meta (GstBuffer * buffer)
{
  g_return_val_if_fail (GST_IS_BUFFER (buffer), NULL);

  return (GstSeiMeta *) gst_buffer_get_meta (buffer, GST_SEI_META_API_TYPE);
}

/**
 * gst_sei_buffer_iterate_meta:
 * @buffer: (transfer none): a #GstBuffer
 * @state: (inout) (transfer none): where the iteration is; %NULL at first
 *
 * Gets the next SEI message on @buffer, in the order of the stream.
 *
 * |[<!-- language="C" -->
 * gpointer state = NULL;
 * GstSeiMeta *meta;
 *
 * while ((meta = gst_sei_buffer_iterate_meta (buffer, &state)))
 *   use (meta);
 * ]|
 *
 * Returns: (transfer none) (nullable): the next #GstSeiMeta, owned by @buffer,
 *   or %NULL after the last
 *
 * Since: 0.1
 */
GstSeiMeta *
gst_sei_buffer_iterate_meta (GstBuffer * buffer, gpointer * state)
{
  g_return_val_if_fail (GST_IS_BUFFER (buffer), NULL);
  g_return_val_if_fail (state != NULL, NULL);

  return (GstSeiMeta *) gst_buffer_iterate_meta_filtered (buffer, state,
      GST_SEI_META_API_TYPE);
}

/**
 * gst_sei_buffer_get_meta_bytes:
 * @buffer: (transfer none): a #GstBuffer
 *
 * Gets the payload of the first SEI message on @buffer, without its UUID.
 *
 * Returns: (transfer full) (nullable): the payload, or %NULL if there is no
 *   message
 *
 * Since: 0.1
 */
GBytes *
gst_sei_buffer_get_meta_bytes (GstBuffer * buffer)
{
  GstSeiMeta *meta = gst_sei_buffer_get_meta (buffer);

  return meta ? g_bytes_ref (meta->payload) : NULL;
}

/**
 * gst_sei_buffer_get_payloads:
 * @buffer: (transfer none): a #GstBuffer
 *
 * Gets the payloads of all SEI messages on @buffer, without their UUIDs, in the order
 * of the stream. In Python it is a list of GLib.Bytes.
 *
 * Returns: (transfer full) (element-type GBytes): the payloads, %NULL if there is no
 *   message; free them with g_list_free_full() and g_bytes_unref()
 *
 * Since: 0.1
 */
GList *
gst_sei_buffer_get_payloads (GstBuffer * buffer)
{
  GList *payloads = NULL;
  gpointer state = NULL;
  GstSeiMeta *meta;

  g_return_val_if_fail (GST_IS_BUFFER (buffer), NULL);

  while ((meta = gst_sei_buffer_iterate_meta (buffer, &state)))
    payloads = g_list_prepend (payloads, g_bytes_ref (meta->payload));
  return g_list_reverse (payloads);
}
