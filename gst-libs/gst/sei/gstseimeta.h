/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef GST_SEI_META_H
#define GST_SEI_META_H

#include <gst/gst.h>
#include <gst/sei/sei-prelude.h>

G_BEGIN_DECLS

/**
 * GST_SEI_META_API_TYPE:
 *
 * The #GType of the API of #GstSeiMeta.
 *
 * Since: 0.1
 */
#define GST_SEI_META_API_TYPE (gst_sei_meta_api_get_type ())

/**
 * GST_SEI_META_INFO:
 *
 * The #GstMetaInfo of #GstSeiMeta.
 *
 * Since: 0.1
 */
#define GST_SEI_META_INFO (gst_sei_meta_get_info ())

/**
 * GST_SEI_UUID_SIZE:
 *
 * Bytes of the UUID in front of the payload of a user_data_unregistered SEI
 * message (ITU-T H.264 D.1.7, H.265 D.2.7).
 *
 * Since: 0.1
 */
#define GST_SEI_UUID_SIZE 16

/**
 * GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED:
 *
 * The payloadType of a user_data_unregistered SEI message, the only one that has a
 * UUID (ITU-T H.264 D.1.7, H.265 D.2.7).
 *
 * Since: 0.1
 */
#define GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED 5

typedef struct _GstSeiMeta GstSeiMeta;

/**
 * GstSeiMeta:
 * @meta: parent #GstMeta
 * @uuid: the UUID that names the payload's format
 * @payload: the bytes behind the UUID; never %NULL, may be empty
 * @payload_type: payloadType of the message:
 *   %GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED, or another one, whose messages have
 *   no UUID: @uuid is all zero, and @payload all of the message
 *
 * One SEI message of the access unit or frame in a buffer. A buffer can carry
 * several, in the order of the stream.
 *
 * The meta has no tags, because it is about the frame, whatever becomes of the
 * bytes. It therefore survives encoders, decoders, parsers and queues. Copying a
 * buffer copies no payload.
 *
 * Since: 0.1
 */
struct _GstSeiMeta
{
  GstMeta meta;

  guint8 uuid[16];
  GBytes *payload;
  guint32 payload_type;
};

GST_SEI_API
GType               gst_sei_meta_api_get_type       (void);

GST_SEI_API
const GstMetaInfo * gst_sei_meta_get_info           (void);

GST_SEI_API
const guint8 *      gst_sei_meta_get_uuid           (const GstSeiMeta * meta);

GST_SEI_API
GBytes *            gst_sei_meta_get_payload        (const GstSeiMeta * meta);

GST_SEI_API
GstSeiMeta *        gst_sei_buffer_add_meta         (GstBuffer * buffer,
                                                     const guint8 * uuid,
                                                     GBytes * payload);

GST_SEI_API
GstSeiMeta *        gst_sei_buffer_add_meta_full    (GstBuffer * buffer,
                                                     guint32 payload_type,
                                                     const guint8 * uuid,
                                                     GBytes * payload);

GST_SEI_API
GstSeiMeta *        gst_sei_pad_probe_info_add_meta (GstPadProbeInfo * info,
                                                     const guint8 * uuid,
                                                     GBytes * payload);

GST_SEI_API
GstSeiMeta *        gst_sei_pad_probe_info_add_meta_full (GstPadProbeInfo * info,
                                                     guint32 payload_type,
                                                     const guint8 * uuid,
                                                     GBytes * payload);

GST_SEI_API
GstSeiMeta *        gst_sei_buffer_get_meta         (GstBuffer * buffer);

GST_SEI_API
GstSeiMeta *        gst_sei_buffer_iterate_meta     (GstBuffer * buffer,
                                                     gpointer * state);

GST_SEI_API
GBytes *            gst_sei_buffer_get_meta_bytes   (GstBuffer * buffer);

GST_SEI_API
GList *             gst_sei_buffer_get_payloads     (GstBuffer * buffer);

G_END_DECLS

#endif
