/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "input.h"

#include <string.h>

#include "closing.h"
#include "common.h"
#include "inputcounts.h"
#include "inputerror.h"
#include "notice.h"
#include "timedclock.h"

/* An input that is connected to something, and gives nothing for so long, is opened
 * again: that is longer than rtspsrc waits for UDP before it takes TCP. */
#define SILENT_US (15 * G_TIME_SPAN_SECOND)

/* rtspsrc waits 5 s for UDP before it takes TCP. */
#define RTSP_UDP_US (8 * G_TIME_SPAN_SECOND)

/* After that what comes from an input is not waited for any more */
#define END_MS 1000

/* So long are the pauses at most between attempts; users wait for a camera that is back,
 * and cameras shut out who tries wrong passwords all the time */
#define MAX_PAUSE_S 3
#define MAX_REFUSED_PAUSE_S 30

/* An element message of the bin: it was begun in another thread, or it could not be. */
#define BEGUN_MESSAGE "input-begun"

/* A file is read no faster than Kafka takes it. */
#define MAX_WAITING 10000
#define LOOK_EVERY 256
#define THROTTLE_US (10 * G_TIME_SPAN_MILLISECOND)

struct _Input
{
  InputSpec *spec;
  const InputHost *host;
  const InputClass *class;
  GstPad *funnel_pad;

  /* an attempt; NULL between two */
  GstElement *bin;
  Content *content;
  gpointer source;
  guint64 n_bytes;              /* at the last look */
  gint64 data_us;               /* when bytes came last, or it began */
  Closing *closing;             /* the attempt before; NULL: it is closed */

  gboolean is_eos_sent;         /* to what is in the bin */
  gboolean was_dead;            /* at the last look */

  Silence silence;
  Notice troubles, silences;    /* what is said of them */
  Notice losses;                /* of RTP */
  char *trouble;                /* why it gives nothing; NULL: all is well */
  GHashTable *told;             /* the troubles since it gave something */
  char *warning;                /* the last one */
  guint n_failures;             /* since it gave something */
  gboolean is_refused;          /* the login was, at the last attempt */
  guint timer_id;               /* of the next attempt, or of the end */
  gboolean is_ending;
  gboolean is_begun;            /* the attempt is */
  gboolean is_beginning;        /* it is, in another thread */
  gboolean is_over;
  gboolean has_failed;

  guint n_opened;
  InputCounts counts;
  gint n_inspected;             /* at the last print of --inspect */
  gint is_untimed;              /* atomic: that messages have no times was said */
  guint n_since_look;           /* streaming thread */
};

static gboolean
is_file (const Input * self)
{
  return self->spec->kind == INPUT_FILE;
}

/* Whether its data come as fast as they are read */
static gboolean
can_wait (const Input * self)
{
  return is_file (self) || self->spec->kind == INPUT_HTTP;
}

/* Whether what comes says at all when that was: the times of a file are those of when it was
 * made, or begin at 0, and those of RTMP begin anywhere, and anew within a stream. */
static gboolean
has_clock (const Input * self)
{
  return !can_wait (self) && self->spec->kind != INPUT_RTMP;
}

/* For users: in tables */
static const char *
get_name (const Input * self)
{
  return self->spec->name ? self->spec->name : self->spec->shown;
}

/* And in lines */
static const char *
get_said (const Input * self)
{
  return input_spec_get_said (self->spec);
}

/* --- records ------------------------------------------------------------------ */

static guint64
get_n_waiting (GstElement * kafka)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 n = 0;

  g_object_get (kafka, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "in-flight", &n);
  return n;
}

/* A live source cannot wait, and neither does kafkasink: it would drop what is read faster
 * than Kafka takes it. */
static void
wait_for_kafka (Input * self, GstPad * pad)
{
  if (++self->n_since_look < LOOK_EVERY)
    return;
  self->n_since_look = 0;
  /* linked: the attempt goes on */
  while (get_n_waiting (self->host->kafka) > MAX_WAITING
      && !GST_PAD_IS_FLUSHING (pad) && gst_pad_is_linked (pad)
      && !g_atomic_int_get (&self->is_ending))
    g_usleep (THROTTLE_US);
}

static void
add_arrival (GstBuffer * record)
{
  static GstStaticCaps unix_time = GST_STATIC_CAPS ("timestamp/x-unix");
  GstCaps *caps;

  if (gst_buffer_get_reference_timestamp_meta (record, NULL))
    return;
  caps = gst_static_caps_get (&unix_time);
  gst_buffer_add_reference_timestamp_meta (record, caps,
      g_get_real_time () * GST_USECOND, GST_CLOCK_TIME_NONE);
  gst_caps_unref (caps);
}

/* Positions in what was read are none in what is written: fdsink would go back to the
 * start of its file at that of each input. */
static GstPadProbeReturn
on_event (GstPadProbeInfo * info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  const GstSegment *segment;
  GstSegment times;

  /* the bridge ends with all inputs, and an input may come again; what one flushes is not
   * that of the others */
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS
      || GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START
      || GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    return GST_PAD_PROBE_DROP;
  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;
  gst_event_parse_segment (event, &segment);
  if (segment->format == GST_FORMAT_TIME)
    return GST_PAD_PROBE_OK;
  gst_segment_init (&times, GST_FORMAT_TIME);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&times);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

/* When a message is, for its rate: when it comes, or, of what comes as fast as it is read, what
 * it says itself.
 * Returns: nanoseconds, or TIMED_NO_TIME */
static gint64
get_message_ns (const Input * self, GstBuffer * message)
{
  const GstClockTime pts = GST_BUFFER_PTS (message);

  if (!can_wait (self))
    return g_get_monotonic_time () * 1000;
  if (GST_CLOCK_TIME_IS_VALID (pts))
    return (gint64) pts;
  return timed_capture_ns (message, self->host->funnel, NULL);
}

/* A #ContentFilter. Without a time there is no rate. */
static gboolean
takes (GstBuffer * message, Thin * thin, gpointer data)
{
  Input *self = data;
  const gint64 ns = get_message_ns (self, message);

  if (ns == TIMED_NO_TIME && thin->settings.interval_ns > 0
      && g_atomic_int_compare_and_exchange (&self->is_untimed, FALSE, TRUE))
    tool_warn ("%s has messages without a time, of which rate takes all: give"
        " every=N in its place", get_said (self));
  if (thin_takes (thin, ns == TIMED_NO_TIME ? THIN_NO_TIME : ns))
    return TRUE;
  input_counts_skip (&self->counts, message);
  records_skip (self->host->records);
  return FALSE;
}

static GstPadProbeReturn
on_funnel (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Input *self = data;
  GstBuffer *record;

  if (!(info->type & GST_PAD_PROBE_TYPE_BUFFER))
    return on_event (info);
  input_counts_message (&self->counts);
  record = records_make (self->host->records, self->spec->name,
      has_clock (self) ? pad : NULL, GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_DATA (info) = record;
  if (!record)
    return GST_PAD_PROBE_HANDLED;
  input_counts_record (&self->counts, record);
  if (!has_clock (self))
    add_arrival (record);
  if (can_wait (self) && self->host->kafka)
    wait_for_kafka (self, pad);
  return GST_PAD_PROBE_OK;
}

static void
set_trouble (Input * self, const char *text)
{
  g_free (self->trouble);
  self->trouble = g_strdup (text);
}

/* Asks the source what it counts, which takes time. */
static void
count_source (Input * self)
{
  if (self->host->has_status && self->source)
    input_counts_ask (&self->counts, self->class, self->source,
        g_get_monotonic_time ());
}

/* --- attempts ------------------------------------------------------------------ */

Input *
input_new (const InputSpec * spec, const InputHost * host)
{
  Input *self = g_new0 (Input, 1);

  self->spec = input_spec_ref (spec);
  self->host = host;
  self->losses.adds_up = TRUE;
  self->class = spec->kind == INPUT_RTP ? &rtp_class : &stream_class;
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->funnel_pad = gst_element_request_pad_simple (host->funnel, "sink_%u");
  gst_pad_add_probe (self->funnel_pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_funnel, self, NULL);
  silence_init (&self->silence, g_get_monotonic_time ());
  input_counts_init (&self->counts, host->has_status
      && self->class->list_streams, g_get_monotonic_time ());
  return self;
}

/* Nothing of it comes any more. */
static void
close_attempt (Input * self)
{
  if (!self->bin)
    return;
  count_source (self);
  input_counts_end_attempt (&self->counts);
  gst_object_ref (self->bin);
  gst_bin_remove (self->host->pipeline, self->bin);
  self->closing = closing_new (self->class, self->bin, self->content,
      self->source);
  self->bin = NULL;
  self->content = NULL;
  self->source = NULL;
  self->is_beginning = FALSE;
}

/* Whether its host has a name, which may take long to be looked up, and is by sources of
 * these kinds before they begin. Others do so in threads of their own. */
static gboolean
waits_for_name (const Input * self)
{
  const InputSpec *spec = self->spec;
  const char *host = spec->host ? spec->host :
      spec->written ? spec->written->host : NULL;

  return (spec->kind == INPUT_UDP || spec->kind == INPUT_RTP
      || spec->kind == INPUT_SRT) && host && *host != '\0' && *host != '['
      && !g_hostname_is_ip_address (host);
}

/* What is removed meanwhile has no parent any more, and does not begin: under the lock, or else
 * the closing might come to NULL between the look at the parent and what follows. */
static void
begin_in_thread (GstElement * bin, gpointer data)
{
  gboolean is_begun;

  GST_STATE_LOCK (bin);
  is_begun = gst_element_sync_state_with_parent (bin);
  GST_STATE_UNLOCK (bin);
  gst_element_post_message (bin, gst_message_new_element (GST_OBJECT (bin),
          gst_structure_new (BEGUN_MESSAGE, "is-begun", G_TYPE_BOOLEAN,
              is_begun, NULL)));
}

/* A bin that has not begun would keep the pipeline from its way to NULL. */
static void
note_begun (Input * self, gboolean is_begun)
{
  self->is_beginning = FALSE;
  self->is_begun = is_begun;
  self->data_us = g_get_monotonic_time ();
  gst_element_set_locked_state (self->bin, !is_begun);
}

static void
begin (Input * self)
{
  if (!waits_for_name (self)) {
    note_begun (self, gst_element_sync_state_with_parent (self->bin));
    return;
  }
  self->is_begun = FALSE;
  self->is_beginning = TRUE;
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_call_async (self->bin, begin_in_thread, NULL, NULL);
}

gboolean
input_open (Input * self, GError ** error)
{
  GstPad *pad;

  self->n_opened++;
  self->bin = gst_bin_new (NULL);
  self->content = content_new (GST_BIN (self->bin),
      &self->host->settings->content, get_name (self),
      self->class == &rtp_class);
  if (self->spec->thin.every > 0 || self->spec->thin.interval_ns > 0)
    content_set_filter (self->content, &self->spec->thin, takes, self);
  gst_bin_add (self->host->pipeline, self->bin);
  self->source = self->class->open (self->spec, self->host->settings,
      GST_BIN (self->bin), self->content, error);
  if (!self->source) {
    close_attempt (self);
    return FALSE;
  }
  pad = gst_element_get_static_pad (self->bin, "src");
  gst_pad_link (pad, self->funnel_pad);
  gst_object_unref (pad);
  self->n_bytes = 0;
  self->is_eos_sent = self->was_dead = FALSE;
  begin (self);
  return TRUE;
}

static gboolean
has_records (Input * self)
{
  return input_counts_get_messages (&self->counts) != 0;
}

static gboolean
has_data (Input * self)
{
  return !self->class->get_n_bytes
      || self->class->get_n_bytes (self->source) > 0;
}

static gboolean
is_finite (Input * self)
{
  return self->class->is_finite && self->class->is_finite (self->source);
}

/* Adds what it sees, and why it gives no records. */
static void
explain (Input * self, Explanation * explanation, gint64 now_us)
{
  explanation_init (explanation);
  self->class->explain (self->source, explanation,
      has_data (self) && now_us - self->data_us + SILENCE_TOLERANCE_US
      < SILENCE_SECONDS * G_TIME_SPAN_SECOND);
}

/* Returns: (transfer full): the input, for a sentence: what users wrote, or, of --port, where
 * it listens */
static GStrv
get_where (Input * self)
{
  const char *const written[] = { get_said (self), NULL };

  return self->spec->uri ? g_strdupv ((GStrv) written) :
      self->class->get_where (self->source);
}

static void
tell_silence (Input * self, gint64 now_us)
{
  g_auto (GStrv) where = get_where (self);
  g_autofree char *text = NULL;
  Explanation explanation;

  explain (self, &explanation, now_us);
  text = silence_tell (&self->silence, &explanation,
      (const char *const *) where, now_us);
  explanation_clear (&explanation);
  if (text)
    tool_warn_take (notice_say (&self->silences, text, now_us));
}

static void
tell_end_of_silence (Input * self)
{
  g_auto (GStrv) where = get_where (self);
  g_autofree char *text = silence_tell_end ((const char *const *) where);

  if (notice_end (&self->silences))
    tool_warn ("%s", text);
}

/* Returns: (transfer full) (nullable): why it gives nothing; NULL if it does */
static char *
make_note (Input * self)
{
  const gint64 now_us = g_get_monotonic_time ();
  const gint n_messages = input_counts_get_messages (&self->counts);
  const gboolean is_silent = n_messages == self->n_inspected;
  Explanation explanation;

  self->n_inspected = n_messages;
  if (self->trouble)
    return g_strdup (self->trouble);
  if (!is_silent || !self->source)
    return NULL;
  if (now_us - self->silence.since_us + SILENCE_TOLERANCE_US
      < SILENCE_SECONDS * G_TIME_SPAN_SECOND || (self->class->can_explain
          && !self->class->can_explain (self->source, &self->silence, now_us)))
    return g_strdup (has_records (self) ? NULL : "nothing yet");
  explain (self, &explanation, now_us);
  return g_string_free (explanation.text, FALSE);
}

/* Says what --inspect shows of it. */
static void
inspect (Input * self)
{
  g_autofree char *note = make_note (self);

  if (self->source && self->is_begun)
    self->class->inspect (self->source, get_name (self));
  inspect_note (self->host->settings->content.inspect, get_name (self), note);
}

/* It has ended, and all are told what it had. */
static void
tell_end (Input * self)
{
  Explanation explanation;

  if (self->host->settings->content.inspect) {
    self->class->inspect (self->source, get_name (self));
    inspect_end (self->host->settings->content.inspect, get_name (self));
  }
  if (has_records (self))
    return;
  explain (self, &explanation, g_get_monotonic_time ());
  tool_warn ("%s has ended without a record. It has %s", get_said (self),
      explanation.text->str);
  set_trouble (self, explanation.text->str);
  explanation_clear (&explanation);
}

static void
finish (Input * self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  close_attempt (self);
  self->is_over = TRUE;
  self->host->on_over (self->host->data);
}

/* Says each once: that what broke off does not answer for a while is no news. */
static void
tell_trouble (Input * self, const char *text)
{
  g_autofree char *line = g_strdup_printf ("%s %s; it is opened again until it"
      " gives data", get_said (self), text);

  if (self->trouble && g_str_has_prefix (text, INPUT_NO_ANSWER))
    return;
  if (g_hash_table_add (self->told, g_strdup (text)))
    tool_warn_take (notice_say (&self->troubles, line,
            g_get_monotonic_time ()));
  set_trouble (self, text);
}

static gboolean
on_retry (gpointer data)
{
  Input *self = data;

  /* the port may be taken until then */
  if (self->closing && !closing_is_over (self->closing))
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->closing, closing_free);
  if (!input_open (self, NULL))
    return G_SOURCE_CONTINUE;
  self->timer_id = 0;
  return G_SOURCE_REMOVE;
}

/* Whether there is something in what comes, which random bytes have not */
static gboolean
gives_something (Input * self)
{
  return self->class->get_n_bytes ?
      content_get_n_buffers (self->content) > 0 : self->is_begun;
}

static void
try_again (Input * self, const char *text)
{
  guint pause_s;

  if (gives_something (self))
    self->n_failures = 0;
  pause_s = MIN (1u << MIN (self->n_failures, 5),
      self->is_refused ? MAX_REFUSED_PAUSE_S : MAX_PAUSE_S);
  close_attempt (self);
  tell_trouble (self, text);
  self->n_failures++;
  self->is_refused = FALSE;
  self->timer_id = g_timeout_add_seconds (pause_s, on_retry, self);
}

/* Returns: (transfer full): what users read, behind the input's name */
static char *
explain_error (Input * self, const GError * error, const char *debug)
{
  const char *mistake = self->class->get_mistake ?
      self->class->get_mistake (self->source) : NULL;

  if (mistake && error->domain == GST_STREAM_ERROR
      && (error->code == GST_STREAM_ERROR_TYPE_NOT_FOUND
          || error->code == GST_STREAM_ERROR_WRONG_TYPE))
    return g_strconcat ("has ", mistake, NULL);
  return input_error_explain (error, debug, self->spec, has_data (self));
}

void
input_give_up (Input * self, const char *text)
{
  tool_warn ("%s %s", get_said (self), text);
  set_trouble (self, text);
  self->has_failed = TRUE;
  finish (self);
}

void
input_handle_error (Input * self, const GError * error, const char *debug)
{
  g_autofree char *text = explain_error (self, error, debug);

  self->is_refused = g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_NOT_AUTHORIZED);
  if (self->is_ending)
    finish (self);
  else if (is_file (self) || (has_records (self) && is_finite (self)))
    input_give_up (self, text);
  else
    try_again (self, text);
}

static void
handle_rtp_warning (Input * self, const char *message)
{
  /* those of --port are one */
  g_autofree char *line = g_strconcat (self->spec->uri ? get_said (self) : "",
      self->spec->uri ? ": " : "", message, NULL);

  /* of rtpseisrc, which has all that was lost so far each time, and at the end */
  if (g_str_has_prefix (message, "lost since the start: "))
    tool_warn_take (notice_say (&self->losses, line, g_get_monotonic_time ()));
  else
    tool_warn ("%s", line);
}

void
input_handle_warning (Input * self, const GError * error, const char *debug)
{
  if (self->class == &rtp_class) {
    handle_rtp_warning (self, error->message);
    return;
  }
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ)) {
    /* of rtspsrc, whose error follows if it cannot go on */
    if (debug && strstr (debug, "UDP packets"))
      tool_warn ("%s sends nothing over UDP, and is read over TCP: check the"
          " firewall, or give rtspt:// in place of rtsp:// to begin so",
          get_said (self));
    return;
  }
  if (is_file (self) && g_error_matches (error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_DEMUX))
    self->has_failed = TRUE;
  /* some elements repeat theirs all the time */
  if (g_strcmp0 (self->warning, error->message) != 0)
    tool_warn ("%s: %s", get_said (self), error->message);
  g_free (self->warning);
  self->warning = g_strdup (error->message);
}

static void
on_content_ended (Input * self)
{
  if (self->is_ending) {
    finish (self);
  } else if (self->class->has_ended && self->class->has_ended (self->source)) {
    if (is_finite (self)) {
      tell_end (self);
      finish (self);
    } else
      try_again (self, "has ended");
  }
}

static void
send_eos (GstElement * bin, gpointer data)
{
  gst_element_send_event (bin, gst_event_new_eos ());
}

/* Sources wait with it for their threads, which may wait for what takes the records. Two of
 * them at once are more than they stand. */
static void
end_source (Input * self)
{
  if (!self->is_eos_sent)
    gst_element_call_async (self->bin, send_eos, NULL, NULL);
  self->is_eos_sent = TRUE;
}

/* Another thread has begun the first attempt, and nobody has said so yet. */
static void
on_begun (Input * self, const GstStructure * structure)
{
  gboolean is_begun = FALSE;
  g_autofree char *text = NULL;

  gst_structure_get_boolean (structure, "is-begun", &is_begun);
  note_begun (self, is_begun);
  text = self->n_opened == 1 ? input_describe (self) : NULL;
  if (text)
    tool_say ("[Bridge] %s", text);
}

void
input_handle_message (Input * self, GstMessage * message)
{
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->bin)
      && gst_message_has_name (message, BEGUN_MESSAGE))
    on_begun (self, gst_message_get_structure (message));
  else if (GST_MESSAGE_SRC (message) == GST_OBJECT (self->bin)
      && gst_message_has_name (message, "content-ended"))
    on_content_ended (self);
  else if (gst_message_has_name (message, INPUT_REPLACED_MESSAGE))
    end_source (self);
  else if (self->class->handle_message)
    self->class->handle_message (self->source, message, &self->silence);
}

/* --- what users see -------------------------------------------------------------- */

char *
input_describe (Input * self)
{
  return self->is_begun ? self->class->describe (self->source) : NULL;
}

gboolean
input_has (Input * self, GstObject * object)
{
  return self->bin && (object == GST_OBJECT (self->bin)
      || gst_object_has_as_ancestor (object, GST_OBJECT (self->bin)));
}

const char *
input_get_trouble (Input * self)
{
  if (self->trouble)
    return self->trouble;
  return self->silence.told != 0 ? "gives no records" : NULL;
}

const InputSpec *
input_get_spec (Input * self)
{
  return self->spec;
}

const char *
input_get_options (Input * self, GstObject * object)
{
  return self->class->get_options ?
      self->class->get_options (self->source, object) : NULL;
}

/* Returns whether data came since the last look: from its source, or, of playlists, from
 * what they name. */
static gboolean
look (Input * self)
{
  guint64 n_bytes;

  if (!self->class->get_n_bytes)
    return self->is_begun;
  n_bytes = self->class->get_n_bytes (self->source)
      + content_get_n_buffers (self->content);
  if (n_bytes == self->n_bytes)
    return FALSE;
  self->n_bytes = n_bytes;
  return TRUE;
}

/* Whether a record of it waits for what takes the records, which is not its fault: for
 * Kafka, or for a program that reads them */
static gboolean
is_held_up (Input * self)
{
  GRecMutex *lock = GST_PAD_GET_STREAM_LOCK (self->funnel_pad);

  if (!g_rec_mutex_trylock (lock))
    return TRUE;
  g_rec_mutex_unlock (lock);
  return FALSE;
}

static void
end_trouble (Input * self)
{
  self->n_failures = 0;
  if (!self->trouble)
    return;
  if (notice_end (&self->troubles))
    tool_warn ("%s is back", get_said (self));
  self->silence.told = 0;
  g_clear_pointer (&self->trouble, g_free);
  g_hash_table_remove_all (self->told);
}

/* Whether it is connected to somebody, who may have gone without a word */
static gboolean
has_peer (const Input * self)
{
  return self->spec->kind == INPUT_RTSP || self->spec->kind == INPUT_RTMP
      || self->spec->kind == INPUT_HTTP;
}

/* Whether the protocol may find out by itself that nothing comes, and says so then: who has
 * gone, and, of RTSP, that nothing comes over UDP. */
static gboolean
may_break_off (Input * self, gint64 now_us)
{
  const gint64 silent_us = now_us - self->data_us;

  if (!has_data (self))
    return self->spec->kind == INPUT_RTSP && silent_us < RTSP_UDP_US;
  return (has_peer (self) || self->spec->kind == INPUT_SRT)
      && silent_us > G_TIME_SPAN_SECOND && silent_us < SILENT_US;
}

/* What is ending is for a moment. */
static gboolean
is_dead (Input * self)
{
  const gboolean was_dead = self->was_dead;

  self->was_dead = self->class->is_dead && self->class->is_dead (self->source);
  return was_dead && self->was_dead;
}

static void
handle_death (Input * self)
{
  g_autoptr (GError) error = g_error_new_literal (GST_STREAM_ERROR,
      GST_STREAM_ERROR_DEMUX, "nothing reads it any more");

  input_handle_error (self, error, NULL);
}

static void
look_after (Input * self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!self->bin || self->is_beginning || self->is_ending)
    return;
  if (!self->is_begun) {
    /* without an error: udpsrc that cannot resolve a name, for one */
    try_again (self, input_error_explain_start (self->spec));
    return;
  }
  if (is_held_up (self)) {
    self->data_us = self->silence.since_us = now_us;
  } else if (look (self)) {
    self->data_us = now_us;
    if (gives_something (self))
      end_trouble (self);
  }
  if (silence_take_records (&self->silence,
          input_counts_get_messages (&self->counts), now_us))
    tell_end_of_silence (self);
  if (is_dead (self))
    handle_death (self);
  else if (has_peer (self) && now_us - self->data_us > SILENT_US)
    try_again (self, "gives nothing: check the camera, and the network");
  else if (silence_is_due (&self->silence, now_us) && !self->trouble
      && !may_break_off (self, now_us) && (!self->class->can_explain
          || self->class->can_explain (self->source, &self->silence, now_us)))
    tell_silence (self, now_us);
}

void
input_tick (Input * self)
{
  const gint64 now_us = g_get_monotonic_time ();

  look_after (self);
  tool_warn_take (notice_tick (&self->troubles, now_us));
  tool_warn_take (notice_tick (&self->silences, now_us));
  tool_warn_take (notice_tick (&self->losses, now_us));
  input_counts_look (&self->counts, now_us);
  count_source (self);
  if (self->host->settings->content.inspect)
    inspect (self);
}

/* --- how it does ------------------------------------------------------------------- */

static StatusState
get_state (Input * self)
{
  if (self->has_failed)
    return STATUS_FAILED;
  if (self->is_over)
    return self->trouble ? STATUS_SILENT : STATUS_ENDED;
  if (self->trouble)
    return STATUS_DOWN;
  if (self->silence.told != 0)
    return STATUS_SILENT;
  return has_records (self) ? STATUS_UP : STATUS_STARTING;
}

/* Returns: (transfer full) (nullable): as StatusCamera has it */
static char *
describe_trouble (Input * self)
{
  g_autofree char *text = g_strdup (self->trouble);
  Explanation explanation;

  if (text && self->is_over && !self->has_failed)
    return g_strconcat ("has ended without a record: ", text, NULL);
  if (text || self->silence.told == 0 || !self->source)
    return g_steal_pointer (&text);
  explain (self, &explanation, g_get_monotonic_time ());
  text = g_string_free (explanation.text, FALSE);
  return g_strconcat ("gives no records: ", text, NULL);
}

void
input_get_status (Input * self, Status * status)
{
  StatusCamera *camera = status_add_camera (status, get_name (self),
      self->spec->shown);

  camera->state = get_state (self);
  camera->trouble = describe_trouble (self);
  camera->n_opened = self->n_opened;
  input_counts_get_status (&self->counts, status, camera);
}

/* --- the end ---------------------------------------------------------------------- */

static gboolean
on_end_timeout (gpointer data)
{
  Input *self = data;

  self->timer_id = 0;
  finish (self);
  return G_SOURCE_REMOVE;
}

void
input_end (Input * self)
{
  if (self->is_over || self->is_ending)
    return;
  g_atomic_int_set (&self->is_ending, TRUE);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (!self->bin || !has_data (self)) {
    finish (self);
    return;
  }
  self->timer_id = g_timeout_add (END_MS, on_end_timeout, self);
  end_source (self);
}

gboolean
input_is_ending (Input * self)
{
  return self->is_ending;
}

gboolean
input_has_come_to_nothing (Input * self)
{
  return self->has_failed && !has_records (self);
}

gboolean
input_is_over (Input * self)
{
  return self->is_over;
}

gboolean
input_is_closed (Input * self)
{
  return self->is_over && (!self->closing || closing_is_over (self->closing));
}

gboolean
input_has_failed (Input * self)
{
  return self->has_failed;
}

void
input_free (Input * self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  close_attempt (self);
  g_clear_pointer (&self->closing, closing_free);
  gst_element_release_request_pad (self->host->funnel, self->funnel_pad);
  gst_object_unref (self->funnel_pad);
  input_spec_unref (self->spec);
  tool_warn_take (notice_flush (&self->losses));
  notice_clear (&self->troubles);
  notice_clear (&self->silences);
  g_hash_table_unref (self->told);
  input_counts_clear (&self->counts);
  g_free (self->trouble);
  g_free (self->warning);
  g_free (self);
}
