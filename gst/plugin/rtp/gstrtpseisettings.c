/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "gstrtpseisettings.h"

#include "timedenum.h"

#define DEFAULT_PORTS "5000"
#define DEFAULT_CODEC RTP_CODEC_UNKNOWN
#define DEFAULT_LATENCY_MS 50
#define DEFAULT_SCAN FALSE

/* Packets that wait have a bound of their own. */
#define MAX_LATENCY_MS 10000

enum
{
  PROP_ADDRESS = 1,
  PROP_PORT,
  PROP_INTERFACE,
  PROP_CODEC,
  PROP_LATENCY,
  PROP_SCAN,
  PROP_MAX_STREAMS,
  N_PROPS
};

static const GEnumValue codecs[] = {
  {RTP_CODEC_UNKNOWN, "What each stream turns out to be", "auto"},
  {RTP_CODEC_H264, "H.264 in every stream", "h264"},
  {RTP_CODEC_H265, "H.265 in every stream", "h265"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstRtpSeiSrcCodec, gst_rtp_sei_src_codec, codecs);

static const GEnumValue scans[] = {
  {FALSE, "SEI before the slices of a picture, and all of H.265", "head"},
  {TRUE, "All SEI, at the end of the access unit", "full"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstRtpSeiSrcScan, gst_rtp_sei_src_scan, scans);

void
gst_rtp_sei_settings_init (GstRtpSeiSettings * settings)
{
  *settings = (GstRtpSeiSettings) {
  .ports = g_strdup (DEFAULT_PORTS),.codec = DEFAULT_CODEC,.latency_ms =
        DEFAULT_LATENCY_MS,.is_full = DEFAULT_SCAN,.max_streams =
        RTP_SOURCES_DEFAULT_MAX};
}

void
gst_rtp_sei_settings_clear (GstRtpSeiSettings * settings)
{
  g_clear_pointer (&settings->address, g_free);
  g_clear_pointer (&settings->interface, g_free);
  g_clear_pointer (&settings->ports, g_free);
}

void
gst_rtp_sei_settings_copy (const GstRtpSeiSettings * settings,
    GstRtpSeiSettings * copy)
{
  *copy = *settings;
  copy->address = g_strdup (settings->address);
  copy->interface = g_strdup (settings->interface);
  copy->ports = g_strdup (settings->ports);
}

void
gst_rtp_sei_settings_get_config (const GstRtpSeiSettings * settings,
    RtpReceiverConfig * config)
{
  *config = (RtpReceiverConfig) {
  .codec = settings->codec,.is_full = settings->is_full,.latency =
        settings->latency_ms * GST_MSECOND,.max_streams =
        settings->max_streams};
}

/* An empty text is none. */
static void
set_text (gchar ** text, const GValue * value)
{
  g_free (*text);
  *text = g_value_dup_string (value);
  if (*text != NULL && **text == '\0')
    g_clear_pointer (text, g_free);
}

void
gst_rtp_sei_settings_set_property (GstRtpSeiSettings * settings,
    GObject * object, guint id, const GValue * value, GParamSpec * pspec)
{
  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_ADDRESS:
      set_text (&settings->address, value);
      break;
    case PROP_PORT:
      set_text (&settings->ports, value);
      if (settings->ports == NULL)
        settings->ports = g_strdup (DEFAULT_PORTS);
      break;
    case PROP_INTERFACE:
      set_text (&settings->interface, value);
      break;
    case PROP_CODEC:
      settings->codec = g_value_get_enum (value);
      break;
    case PROP_LATENCY:
      settings->latency_ms = g_value_get_uint (value);
      break;
    case PROP_SCAN:
      settings->is_full = g_value_get_enum (value);
      break;
    case PROP_MAX_STREAMS:
      settings->max_streams = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

void
gst_rtp_sei_settings_get_property (GstRtpSeiSettings * settings,
    GObject * object, guint id, GValue * value, GParamSpec * pspec)
{
  GST_OBJECT_LOCK (object);
  switch (id) {
    case PROP_ADDRESS:
      g_value_set_string (value, settings->address);
      break;
    case PROP_PORT:
      g_value_set_string (value, settings->ports);
      break;
    case PROP_INTERFACE:
      g_value_set_string (value, settings->interface);
      break;
    case PROP_CODEC:
      g_value_set_enum (value, settings->codec);
      break;
    case PROP_LATENCY:
      g_value_set_uint (value, settings->latency_ms);
      break;
    case PROP_SCAN:
      g_value_set_enum (value, settings->is_full);
      break;
    case PROP_MAX_STREAMS:
      g_value_set_uint (value, settings->max_streams);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (object);
}

guint
gst_rtp_sei_settings_install (GObjectClass * klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;

  /**
   * GstRtpSeiSrc:address:
   *
   * An IPv4 or IPv6 address of this computer, at which alone to listen, or a multicast
   * group, which is joined. %NULL: all addresses, IPv6 and IPv4 at once. Read when the
   * element goes to READY.
   */
  g_object_class_install_property (klass, PROP_ADDRESS,
      g_param_spec_string ("address", "Address",
          "Address of this computer, or multicast group; nothing: IPv6 and IPv4 at"
          " once", NULL, flags));

  /**
   * GstRtpSeiSrc:port:
   *
   * UDP ports: numbers and ranges such as `5000,5002-5010`; 0 is any port that is
   * free. The port behind each is read as well, for RTCP, unless another program
   * uses it. Read when the element goes to READY.
   */
  g_object_class_install_property (klass, PROP_PORT,
      g_param_spec_string ("port", "Port",
          "UDP ports: numbers and ranges such as 5000,5002-5010; 0: any port that is"
          " free", DEFAULT_PORTS, flags));

  /**
   * GstRtpSeiSrc:interface:
   *
   * The network interface, such as `eth0`, at which to join the multicast group. %NULL:
   * the system chooses. Read when the element goes to READY.
   */
  g_object_class_install_property (klass, PROP_INTERFACE,
      g_param_spec_string ("interface", "Interface",
          "Network interface at which to join the multicast group; nothing: the"
          " system chooses", NULL, flags));

  /**
   * GstRtpSeiSrc:codec:
   *
   * What is in the streams. Read when the element goes to PAUSED.
   */
  g_object_class_install_property (klass, PROP_CODEC,
      g_param_spec_enum ("codec", "Codec", "What is in the streams",
          gst_rtp_sei_src_codec_get_type (), DEFAULT_CODEC, flags));

  /**
   * GstRtpSeiSrc:latency:
   *
   * For how many milliseconds a packet waits for those before it that have not come. A
   * packet that is next waits for nothing. Read when the element goes to PAUSED.
   */
  g_object_class_install_property (klass, PROP_LATENCY,
      g_param_spec_uint ("latency", "Latency",
          "For how long a packet waits for those before it, in milliseconds; 0: not"
          " at all", 0, MAX_LATENCY_MS, DEFAULT_LATENCY_MS, flags));

  /**
   * GstRtpSeiSrc:scan:
   *
   * Where SEI are looked for. `full` also finds those of H.264 that stand behind
   * slices, where no standard wants them, and waits for the end of each access unit
   * for that. Read when the element goes to PAUSED.
   */
  g_object_class_install_property (klass, PROP_SCAN,
      g_param_spec_enum ("scan", "Scan", "Where SEI are looked for",
          gst_rtp_sei_src_scan_get_type (), DEFAULT_SCAN, flags));

  /**
   * GstRtpSeiSrc:max-streams:
   *
   * How many streams there may be at once. Where all places are taken, one that has
   * never had a message gives up its place first. Read when the element goes to PAUSED.
   */
  g_object_class_install_property (klass, PROP_MAX_STREAMS,
      g_param_spec_uint ("max-streams", "Maximum of streams",
          "How many streams there may be at once", 1, 65536,
          RTP_SOURCES_DEFAULT_MAX, flags));

  return N_PROPS;
}
