/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "gstkafkasettings.h"
#include "timedenum.h"

#define DEFAULT_BOOTSTRAP_SERVERS "localhost:9092"
#define DEFAULT_PAYLOAD GST_KAFKA_SINK_PAYLOAD_AUTO
#define DEFAULT_TIMESTAMP GST_KAFKA_SINK_TIMESTAMP_CAPTURE
#define DEFAULT_OVERFLOW GST_KAFKA_SINK_OVERFLOW_BLOCK
#define DEFAULT_MAX_QUEUED_MESSAGES 100000
#define DEFAULT_MAX_QUEUED_BYTES (256 * 1024 * 1024)
#define DEFAULT_DRAIN_TIMEOUT 30000
#define DEFAULT_STOP_TIMEOUT 1000
#define DEFAULT_STALL_TIMEOUT 30000

enum
{
  PROP_BOOTSTRAP_SERVERS = 1,
  PROP_TOPIC,
  PROP_KEY,
  PROP_HEADERS,
  PROP_PAYLOAD,
  PROP_TIMESTAMP,
  PROP_TIMESTAMP_MEMBER,
  PROP_CONFIG,
  PROP_CONFIG_FILE,
  PROP_MAX_QUEUED_MESSAGES,
  PROP_MAX_QUEUED_BYTES,
  PROP_OVERFLOW,
  PROP_DRAIN_TIMEOUT,
  PROP_STOP_TIMEOUT,
  PROP_STALL_TIMEOUT,
  N_PROPS
};

static const GEnumValue payloads[] = {
  {GST_KAFKA_SINK_PAYLOAD_AUTO,
      "sei-meta if the caps are video/*, each line if they are"
        " application/x-ndjson, else buffer", "auto"},
  {GST_KAFKA_SINK_PAYLOAD_BUFFER, "Each buffer is one record", "buffer"},
  {GST_KAFKA_SINK_PAYLOAD_SEI_META,
      "Each GstSeiMeta on a buffer is one record", "sei-meta"},
  {0, NULL, NULL}
};

static const GEnumValue timestamps[] = {
  {GST_KAFKA_SINK_TIMESTAMP_CAPTURE,
      "When the buffer was captured, if that can be known", "capture"},
  {GST_KAFKA_SINK_TIMESTAMP_BROKER,
      "When the record is sent, or stored if the topic says so", "broker"},
  {0, NULL, NULL}
};

static const GEnumValue overflows[] = {
  {GST_KAFKA_SINK_OVERFLOW_BLOCK, "Wait until there is room", "block"},
  {GST_KAFKA_SINK_OVERFLOW_DROP, "Drop the new record and count it", "drop"},
  {0, NULL, NULL}
};

TIMED_DEFINE_ENUM (GstKafkaSinkPayload, gst_kafka_sink_payload, payloads);
TIMED_DEFINE_ENUM (GstKafkaSinkTimestamp, gst_kafka_sink_timestamp, timestamps);
TIMED_DEFINE_ENUM (GstKafkaSinkOverflow, gst_kafka_sink_overflow, overflows);

void
gst_kafka_settings_init (GstKafkaSettings * settings)
{
  memset (settings, 0, sizeof (*settings));
  settings->bootstrap_servers = g_strdup (DEFAULT_BOOTSTRAP_SERVERS);
  settings->headers = g_atomic_rc_box_new0 (GstKafkaFields);
  settings->config = g_atomic_rc_box_new0 (GstKafkaFields);
  settings->payload = DEFAULT_PAYLOAD;
  settings->timestamp = DEFAULT_TIMESTAMP;
  settings->overflow = DEFAULT_OVERFLOW;
  settings->max_queued_messages = DEFAULT_MAX_QUEUED_MESSAGES;
  settings->max_queued_bytes = DEFAULT_MAX_QUEUED_BYTES;
  settings->drain_timeout_ms = DEFAULT_DRAIN_TIMEOUT;
  settings->stop_timeout_ms = DEFAULT_STOP_TIMEOUT;
  settings->stall_timeout_ms = DEFAULT_STALL_TIMEOUT;
}

GstKafkaSettings
gst_kafka_settings_copy (const GstKafkaSettings * settings, gboolean whole)
{
  GstKafkaSettings copy = *settings;

  copy.bootstrap_servers =
      whole ? g_strdup (settings->bootstrap_servers) : NULL;
  copy.topic = whole ? g_strdup (settings->topic) : NULL;
  copy.key_text = whole ? g_strdup (settings->key_text) : NULL;
  if (copy.key)
    g_ptr_array_ref (copy.key);
  if (copy.timestamp_member)
    g_ref_string_acquire (copy.timestamp_member);
  g_atomic_rc_box_acquire (copy.headers);
  g_atomic_rc_box_acquire (copy.config);
  copy.config_file = whole ? g_strdup (settings->config_file) : NULL;
  return copy;
}

static void
clear_header (gpointer header)
{
  g_ptr_array_unref (((GstKafkaHeader *) header)->value);
}

static void
clear_fields (gpointer data)
{
  GstKafkaFields *fields = data;

  gst_clear_structure (&fields->structure);
  g_clear_pointer (&fields->headers, g_array_unref);
  g_free (fields->error);
  g_free (fields->warning);
}

static void
release_fields (GstKafkaFields * fields)
{
  g_atomic_rc_box_release_full (fields, clear_fields);
}

void
gst_kafka_settings_clear (GstKafkaSettings * settings)
{
  g_free (settings->bootstrap_servers);
  g_free (settings->topic);
  g_free (settings->key_text);
  g_clear_pointer (&settings->key, g_ptr_array_unref);
  g_clear_pointer (&settings->timestamp_member, g_ref_string_release);
  release_fields (settings->headers);
  release_fields (settings->config);
  g_free (settings->config_file);
}

guint
gst_kafka_settings_install (GObjectClass * klass)
{
  const GParamFlags ready = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_READY;
  const GParamFlags playing = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
      GST_PARAM_MUTABLE_PLAYING;

  /**
   * GstKafkaSink:bootstrap-servers:
   *
   * The brokers to ask first for the cluster: HOST:PORT, several with commas
   * between.
   */
  g_object_class_install_property (klass, PROP_BOOTSTRAP_SERVERS,
      g_param_spec_string ("bootstrap-servers", "Bootstrap servers",
          "Brokers to ask first: HOST:PORT, several with commas between",
          DEFAULT_BOOTSTRAP_SERVERS, ready));
  /**
   * GstKafkaSink:topic:
   *
   * The topic that gets the records. Must be set.
   */
  g_object_class_install_property (klass, PROP_TOPIC,
      g_param_spec_string ("topic", "Topic",
          "Topic that gets the records; must be set", NULL, ready));
  /**
   * GstKafkaSink:key:
   *
   * Template of the records' keys: text and {name}, which stands for the
   * top-level member of that name in a JSON payload: a string without quotes and
   * escapes, anything else as written, nothing if it is missing. {{ and }} are
   * braces. An empty result means no key. Records of one key stay in order. Set
   * from a probe on the sink pad it goes for that very buffer.
   */
  g_object_class_install_property (klass, PROP_KEY,
      g_param_spec_string ("key", "Key",
          "Template of the keys: text and {name} for the top-level member of "
          "that name in a JSON payload; {{ and }} are braces; an empty result "
          "means no key", NULL, playing));
  /**
   * GstKafkaSink:headers:
   *
   * Headers that every record gets: the fields of the structure, as text. Strings
   * are templates as #GstKafkaSink:key has them, with names of letters, digits, '_',
   * '.' and '-'; where a member is missing, that record does not get the header.
   * Added are `content-type` (application/json or application/octet-stream) and
   * `pts` (decimal nanoseconds, absent if the buffer has none).
   */
  g_object_class_install_property (klass, PROP_HEADERS,
      g_param_spec_boxed ("headers", "Headers",
          "Headers of every record, such as \"headers,site=(string)north,"
          "id=(string)\\\"{id}\\\"\": strings are templates as in key, and left out "
          "if a member is missing; content-type and pts (ns) are added",
          GST_TYPE_STRUCTURE, playing));
  /**
   * GstKafkaSink:payload:
   *
   * What becomes a record.
   */
  g_object_class_install_property (klass, PROP_PAYLOAD,
      g_param_spec_enum ("payload", "Payload", "What becomes a record",
          gst_kafka_sink_payload_get_type (), DEFAULT_PAYLOAD, ready));
  /**
   * GstKafkaSink:timestamp:
   *
   * The records' time. `capture` is the buffer's GstReferenceTimestampMeta in
   * Unix or NTP time, else in a live pipeline the wall clock of its running
   * time. Without either, or more than 24 hours behind or 10 minutes ahead of the
   * wall clock, it is the wall clock at render, counted as `timestamp-replaced`.
   */
  g_object_class_install_property (klass, PROP_TIMESTAMP,
      g_param_spec_enum ("timestamp", "Timestamp", "The records' time",
          gst_kafka_sink_timestamp_get_type (), DEFAULT_TIMESTAMP, playing));
  /**
   * GstKafkaSink:timestamp-member:
   *
   * The top-level member of a JSON payload that says the record's time, whatever
   * #GstKafkaSink:timestamp is: a Unix time in seconds, milliseconds, microseconds
   * or nanoseconds, which its magnitude tells, as number or string, or RFC 3339.
   * Without such a member, or more than 24 hours behind or 10 minutes ahead of the
   * wall clock, the time is as #GstKafkaSink:timestamp has it, counted as
   * `timestamp-replaced`.
   */
  g_object_class_install_property (klass, PROP_TIMESTAMP_MEMBER,
      g_param_spec_string ("timestamp-member", "Timestamp member",
          "Top-level member of a JSON payload that says the record's time: Unix "
          "time (s, ms, us or ns, by magnitude) or RFC 3339", NULL, playing));
  /**
   * GstKafkaSink:config:
   *
   * Settings of librdkafka, values of any type, over those of config-file. Not
   * the place for secrets: structures show up in logs.
   */
  g_object_class_install_property (klass, PROP_CONFIG,
      g_param_spec_boxed ("config", "Configuration",
          "Settings of librdkafka (its CONFIGURATION.md), such as "
          "\"config,linger.ms=50\"; secrets belong into config-file",
          GST_TYPE_STRUCTURE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS |
          GST_PARAM_MUTABLE_READY));
  /**
   * GstKafkaSink:config-file:
   *
   * A file with settings of librdkafka: lines of key=value as kcat takes them, #
   * begins a comment. The place for secrets.
   */
  g_object_class_install_property (klass, PROP_CONFIG_FILE,
      g_param_spec_string ("config-file", "Configuration file",
          "File with lines of key=value for librdkafka; the place for secrets",
          NULL, ready));
  /**
   * GstKafkaSink:max-queued-messages:
   *
   * Records that may wait for their acknowledgement.
   */
  g_object_class_install_property (klass, PROP_MAX_QUEUED_MESSAGES,
      g_param_spec_uint64 ("max-queued-messages", "Maximum queued messages",
          "Records that may wait for their acknowledgement", 1, G_MAXUINT64,
          DEFAULT_MAX_QUEUED_MESSAGES, ready));
  /**
   * GstKafkaSink:max-queued-bytes:
   *
   * Bytes of memory for records that wait for their acknowledgement.
   */
  g_object_class_install_property (klass, PROP_MAX_QUEUED_BYTES,
      g_param_spec_uint64 ("max-queued-bytes", "Maximum queued bytes",
          "Bytes of memory for records that wait for their acknowledgement",
          1, G_MAXUINT64, DEFAULT_MAX_QUEUED_BYTES, ready));
  /**
   * GstKafkaSink:overflow:
   *
   * What to do with a record when the queue is full.
   */
  g_object_class_install_property (klass, PROP_OVERFLOW,
      g_param_spec_enum ("overflow", "Overflow",
          "What to do with a record when the queue is full",
          gst_kafka_sink_overflow_get_type (), DEFAULT_OVERFLOW, playing));
  /**
   * GstKafkaSink:drain-timeout:
   *
   * Milliseconds that EOS waits for acknowledgements: 0 not at all, -1 for ever.
   */
  g_object_class_install_property (klass, PROP_DRAIN_TIMEOUT,
      g_param_spec_int ("drain-timeout", "Drain timeout",
          "Milliseconds that EOS waits for acknowledgements (0 = not at all, "
          "-1 = for ever)", -1, G_MAXINT, DEFAULT_DRAIN_TIMEOUT, playing));
  /**
   * GstKafkaSink:stop-timeout:
   *
   * Milliseconds that the change to READY waits for acknowledgements, where no
   * EOS did: 0 not at all, -1 for ever.
   */
  g_object_class_install_property (klass, PROP_STOP_TIMEOUT,
      g_param_spec_int ("stop-timeout", "Stop timeout",
          "Milliseconds that the change to READY waits for acknowledgements "
          "(0 = not at all, -1 = for ever)", -1, G_MAXINT,
          DEFAULT_STOP_TIMEOUT, playing));
  /**
   * GstKafkaSink:stall-timeout:
   *
   * Milliseconds that the oldest record may wait without moving until
   * `delivery-stalled` says why. Where a new Kafka client can help, there is one
   * after five times that.
   */
  g_object_class_install_property (klass, PROP_STALL_TIMEOUT,
      g_param_spec_int ("stall-timeout", "Stall timeout",
          "Milliseconds that the oldest record may wait until delivery-stalled "
          "says why", 100, G_MAXINT, DEFAULT_STALL_TIMEOUT, ready));
  return N_PROPS;
}

/* A value of any type as text, or %NULL for what cannot be one. */
static char *
value_to_text (const GValue * value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  GValue text = G_VALUE_INIT;

  if (G_VALUE_HOLDS_STRING (value))
    return g_strdup (g_value_get_string (value) ?
        g_value_get_string (value) : "");
  if (G_VALUE_HOLDS_BOOLEAN (value))
    return g_strdup (g_value_get_boolean (value) ? "true" : "false");
  if (G_VALUE_HOLDS_DOUBLE (value))
    return g_strdup (g_ascii_dtostr (number, sizeof (number),
            g_value_get_double (value)));
  g_value_init (&text, G_TYPE_STRING);
  if (g_value_transform (value, &text)) {
    char *result = g_value_dup_string (&text);

    g_value_unset (&text);
    return result;
  }
  return gst_value_serialize (value);
}

/* --- headers --------------------------------------------------------------- */

/* Appends to *@sentences, which may be %NULL. */
static void
G_GNUC_PRINTF (2, 3)
add_sentence (char **sentences, const char *format, ...)
{
  g_autofree char *before = *sentences;
  g_autofree char *sentence = NULL;
  va_list args;

  va_start (args, format);
  sentence = g_strdup_vprintf (format, args);
  va_end (args);
  *sentences = before ? g_strconcat (before, "; ", sentence, NULL) :
      g_steal_pointer (&sentence);
}

/* What {name} means, or %NULL. */
static KafkaTemplate *
parse (const char *text)
{
  g_autoptr (KafkaTemplate) template = kafka_template_parse (text, NULL);

  return template && kafka_template_has_plain_names (template) ?
      g_steal_pointer (&template) : NULL;
}

/* gst-launch-1.0 makes a list of {name} without quotes. */
static void
refuse_list (GstKafkaFields * fields, const char *name, const GValue * list)
{
  const GValue *first =
      gst_value_list_get_size (list) > 0 ? gst_value_list_get_value (list, 0) :
      NULL;
  g_autofree char *text = first && G_VALUE_HOLDS_STRING (first) ?
      g_strdup_printf ("{%s}", g_value_get_string (first)) : NULL;
  g_autoptr (KafkaTemplate) template = text ? parse (text) : NULL;

  add_sentence (&fields->error, "The header '%s' cannot be a list, which braces"
      " without quotes are: write %s=(string)\"%s\"", name, name,
      template ? text : "{name}");
}

static KafkaTemplate *
parse_header (GstKafkaFields * fields, const char *name, const char *text)
{
  KafkaTemplate *template = parse (text);
  g_autoptr (GString) doubled = NULL;

  if (template)
    return template;
  doubled = g_string_new (text);
  g_string_replace (doubled, "{", "{{", 0);
  g_string_replace (doubled, "}", "}}", 0);
  add_sentence (&fields->warning,
      "The braces in the header '%s' name no member,"
      " so it is sent as it is: write %s to mean this text, or {name} for a"
      " member, with letters, digits, '_', '.' and '-'", name, doubled->str);
  return kafka_template_new_constant (text);
}

static void
add_header (GstKafkaFields * fields, const char *name, const GValue * value)
{
  GstKafkaHeader header = {.name = name };
  g_autofree char *text = NULL;

  if (GST_VALUE_HOLDS_LIST (value)) {
    refuse_list (fields, name, value);
    return;
  }
  text = value_to_text (value);
  if (!text)
    return;
  header.value = G_VALUE_HOLDS_STRING (value) ?
      parse_header (fields, name, text) : kafka_template_new_constant (text);
  g_array_append_val (fields->headers, header);
}

static GstKafkaFields *
new_fields (const GValue * value, gboolean are_headers)
{
  GstKafkaFields *fields = g_atomic_rc_box_new0 (GstKafkaFields);
  const GstStructure *s = fields->structure = g_value_dup_boxed (value);
  const int n = s && are_headers ? gst_structure_n_fields (s) : 0;

  if (n > 0) {
    fields->headers = g_array_new (FALSE, FALSE, sizeof (GstKafkaHeader));
    g_array_set_clear_func (fields->headers, clear_header);
  }
  for (int i = 0; i < n; i++) {
    const char *name = gst_structure_nth_field_name (s, i);

    add_header (fields, name, gst_structure_get_value (s, name));
  }
  return fields;
}

/* --- set and get ------------------------------------------------------------ */

static void
set_string (char **field, const GValue * value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

void
gst_kafka_settings_set (GstKafkaSettings * settings, GObject * sink, guint id,
    const GValue * value, GParamSpec * pspec)
{
  GstKafkaFields *fields = NULL, *old = NULL;
  KafkaTemplate *key = NULL;
  g_autofree char *fault = NULL;
  guint kind = 0;               /* of fault */
  gboolean is_late;

  if (G_VALUE_HOLDS (value, GST_TYPE_STRUCTURE)) {
    fields = new_fields (value, id == PROP_HEADERS);
    fault = g_strdup (fields->error ? fields->error : fields->warning);
    kind = fields->error ? 1 << 1 : 1 << 2;
  } else if (id == PROP_KEY && g_value_get_string (value)) {
    g_autoptr (GError) error = NULL;

    key = kafka_template_parse (g_value_get_string (value), &error);
    fault = error ? g_strdup (error->message) : NULL;
    kind = 1 << 0;
  }
  GST_OBJECT_LOCK (sink);
  switch (id) {
    case PROP_BOOTSTRAP_SERVERS:
      set_string (&settings->bootstrap_servers, value);
      break;
    case PROP_TOPIC:
      set_string (&settings->topic, value);
      break;
    case PROP_KEY:
      set_string (&settings->key_text, value);
      g_clear_pointer (&settings->key, g_ptr_array_unref);
      settings->key = key;
      break;
    case PROP_HEADERS:
      old = settings->headers;
      settings->headers = fields;
      break;
    case PROP_PAYLOAD:
      settings->payload = g_value_get_enum (value);
      break;
    case PROP_TIMESTAMP:
      settings->timestamp = g_value_get_enum (value);
      break;
    case PROP_TIMESTAMP_MEMBER:
      g_clear_pointer (&settings->timestamp_member, g_ref_string_release);
      if (g_value_get_string (value) && *g_value_get_string (value))
        settings->timestamp_member =
            g_ref_string_new (g_value_get_string (value));
      break;
    case PROP_CONFIG:
      old = settings->config;
      settings->config = fields;
      break;
    case PROP_CONFIG_FILE:
      set_string (&settings->config_file, value);
      break;
    case PROP_MAX_QUEUED_MESSAGES:
      settings->max_queued_messages = g_value_get_uint64 (value);
      break;
    case PROP_MAX_QUEUED_BYTES:
      settings->max_queued_bytes = g_value_get_uint64 (value);
      break;
    case PROP_OVERFLOW:
      settings->overflow = g_value_get_enum (value);
      break;
    case PROP_DRAIN_TIMEOUT:
      settings->drain_timeout_ms = g_value_get_int (value);
      break;
    case PROP_STOP_TIMEOUT:
      settings->stop_timeout_ms = g_value_get_int (value);
      break;
    case PROP_STALL_TIMEOUT:
      settings->stall_timeout_ms = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (sink, id, pspec);
  }
  if (fault || pspec->flags & GST_PARAM_MUTABLE_READY)
    settings->changed = TRUE;
  is_late = GST_STATE (sink) >= GST_STATE_PAUSED
      || GST_STATE_NEXT (sink) >= GST_STATE_PAUSED;
  /* at most once, as a probe may set them for each buffer */
  if (fault && is_late && !(settings->told & kind))
    settings->told |= kind;
  else
    g_clear_pointer (&fault, g_free);
  GST_OBJECT_UNLOCK (sink);
  g_clear_pointer (&old, release_fields);
  if (fault)
    GST_ELEMENT_WARNING (sink, RESOURCE, SETTINGS, ("%s", fault), (NULL));
}

void
gst_kafka_settings_get (const GstKafkaSettings * settings, GObject * sink,
    guint id, GValue * value, GParamSpec * pspec)
{
  switch (id) {
    case PROP_BOOTSTRAP_SERVERS:
      g_value_set_string (value, settings->bootstrap_servers);
      break;
    case PROP_TOPIC:
      g_value_set_string (value, settings->topic);
      break;
    case PROP_KEY:
      g_value_set_string (value, settings->key_text);
      break;
    case PROP_HEADERS:
      g_value_set_boxed (value, settings->headers->structure);
      break;
    case PROP_PAYLOAD:
      g_value_set_enum (value, settings->payload);
      break;
    case PROP_TIMESTAMP:
      g_value_set_enum (value, settings->timestamp);
      break;
    case PROP_TIMESTAMP_MEMBER:
      g_value_set_string (value, settings->timestamp_member);
      break;
    case PROP_CONFIG_FILE:
      g_value_set_string (value, settings->config_file);
      break;
    case PROP_MAX_QUEUED_MESSAGES:
      g_value_set_uint64 (value, settings->max_queued_messages);
      break;
    case PROP_MAX_QUEUED_BYTES:
      g_value_set_uint64 (value, settings->max_queued_bytes);
      break;
    case PROP_OVERFLOW:
      g_value_set_enum (value, settings->overflow);
      break;
    case PROP_DRAIN_TIMEOUT:
      g_value_set_int (value, settings->drain_timeout_ms);
      break;
    case PROP_STOP_TIMEOUT:
      g_value_set_int (value, settings->stop_timeout_ms);
      break;
    case PROP_STALL_TIMEOUT:
      g_value_set_int (value, settings->stall_timeout_ms);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (sink, id, pspec);
  }
}

KafkaConf *
gst_kafka_settings_make_conf (const GstKafkaSettings * settings,
    GError ** error)
{
  g_autoptr (KafkaConf) conf = kafka_conf_new ();
  const GstStructure *config = settings->config->structure;
  const int n = config ? gst_structure_n_fields (config) : 0;

  /* with a template that is wrong every record would lack its key, or a header */
  if (settings->key_text && !settings->key) {
    kafka_template_parse (settings->key_text, error);
    return NULL;
  }
  if (settings->headers->error) {
    g_set_error_literal (error, KAFKA_ERROR, KAFKA_ERROR_SETTINGS,
        settings->headers->error);
    return NULL;
  }
  kafka_conf_set (conf, "bootstrap.servers", settings->bootstrap_servers ?
      settings->bootstrap_servers : DEFAULT_BOOTSTRAP_SERVERS);
  if (settings->config_file
      && !kafka_conf_load (conf, settings->config_file, error))
    return NULL;
  for (int i = 0; i < n; i++) {
    const char *key = gst_structure_nth_field_name (config, i);
    g_autofree char *text = value_to_text (gst_structure_get_value
        (config, key));

    kafka_conf_set (conf, key, text ? text : "");
  }
  return g_steal_pointer (&conf);
}

const char *
gst_kafka_settings_find_secret (const GstKafkaSettings * settings)
{
  const GstStructure *config = settings->config->structure;
  const int n = config ? gst_structure_n_fields (config) : 0;

  for (int i = 0; i < n; i++) {
    const char *key = gst_structure_nth_field_name (config, i);
    const char *value = gst_structure_get_string (config, key);

    if (kafka_conf_shows_secret (key, value ? value : ""))
      return key;
  }
  return NULL;
}
