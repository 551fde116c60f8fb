/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* metakafka-sender: video with a JSON object in every frame: test video, or what there
 * is, as RTP, MPEG-TS or a file. */

#include <gst/gst.h>
#include <string.h>

#include "common.h"
#include "destination.h"
#include "files.h"
#include "klvstream.h"
#include "metadata.h"
#include "options.h"
#include "progress.h"
#include "source.h"

/* How long the end may take after a signal, when the other side takes nothing */
#define PATIENCE_MS 5000

typedef struct
{
  SenderOptions options;
  Destination destination;
  Metadata metadata;
  KlvStream klv;
  Source *source;               /* NULL: test video */
  GMainLoop *loop;
  GstElement *pipeline;
  GstBin *output;               /* what the sink is in */
  gboolean is_ending;           /* by a signal */
  gboolean is_stuck;            /* in a write that nobody can end */
  gboolean is_klv_told;
  char *missing;                /* the decoder that there is no plugin for */
  int status;
} Sender;

static void
stop (Sender * sender, int status)
{
  sender->status = status;
  g_main_loop_quit (sender->loop);
}

static void
say_missing (const GError * error)
{
  tool_warn ("%s: install the GStreamer plugins good, bad and ugly, and set"
      " GST_PLUGIN_PATH to the folder that has libgstmetakafka.so",
      error->message);
}

/* Returns: (transfer full): what GStreamer says, without its full stop and without secrets
 * @debug: (nullable): what it says to developers, whose last line is the reason */
static char *
explain_error (const ToolUri * uri, const GError * error, const char *debug)
{
  const char *reason = debug ? strrchr (debug, '\n') : NULL;
  g_autofree char *said = g_strdup (error->message);
  g_autofree char *text = NULL;

  if (g_str_has_suffix (said, "."))
    said[strlen (said) - 1] = '\0';
  text = reason ? g_strdup_printf ("%s (%s)", said, reason + 1) :
      g_steal_pointer (&said);
  return tool_uri_hide (uri, text);
}

/* Why --input gives nothing, and what to do */
static void
say_input_failed (const Sender * sender, const GError * error)
{
  const char *input = sender->options.input;
  g_autofree char *text =
      explain_error (sender->options.input_uri, error, NULL);

  if (!g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN)
      && !g_error_matches (error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_CODEC_NOT_FOUND)) {
    tool_warn ("%s: check --input %s", text, input);
  } else if (sender->missing) {
    tool_warn ("the GStreamer plugin for %s is missing: install it, or check"
        " --input %s", sender->missing, input);
  } else {
    tool_warn ("there is no video that can be decoded: check --input %s",
        input);
  }
}

/* What failed, and the option that may change it. */
static void
on_error (Sender * sender, GstMessage * message)
{
  const SenderOptions *options = &sender->options;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *debug = NULL;
  g_autoptr (GstElement) sink = sender->output ?
      gst_bin_get_by_name (sender->output, "sink") : NULL;

  /* a source that is cut off calls that an error */
  if (sender->is_ending && sender->source
      && source_has (sender->source, message->src))
    return;
  gst_message_parse_error (message, &error, &debug);
  progress_clear ();
  if (sender->source && source_has (sender->source, message->src)) {
    say_input_failed (sender, error);
  } else if (options->output && message->src == GST_OBJECT (sink)) {
    text = explain_error (options->output_uri, error, debug);
    tool_warn ("%s: check --output %s", text, options->output);
  } else {
    tool_warn ("%s: stopped; try again, or look closer with GST_DEBUG=3",
        error->message);
  }
  stop (sender, TOOL_FAILED);
}

static gboolean
on_lingered (gpointer data)
{
  Sender *sender = data;

  g_main_loop_quit (sender->loop);
  return G_SOURCE_REMOVE;
}

static void
on_eos (Sender * sender)
{
  const guint linger_ms =
      destination_linger_ms (&sender->destination, sender->output);

  progress_end ();
  tool_say ("[Sender] EOS");
  if (linger_ms > 0)
    g_timeout_add (linger_ms, on_lingered, sender);
  else
    g_main_loop_quit (sender->loop);
}

/* Who sends a recording of a drone may expect its own telemetry. */
static void
tell_klv (Sender * sender)
{
  if (!sender->options.klv || sender->is_klv_told)
    return;
  sender->is_klv_told = TRUE;
  tool_warn ("the KLV of --input %s is left out: --klv sends that of a test"
      " flight in its place", sender->options.input);
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Sender *sender = data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      on_eos (sender);
      break;
    case GST_MESSAGE_ERROR:
      on_error (sender, message);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (sender->pipeline));
      break;
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, "missing-plugin") && !sender->missing)
        sender->missing =
            g_strdup (gst_structure_get_string (gst_message_get_structure
                (message), "name"));
      break;
    case GST_MESSAGE_APPLICATION:
      if (gst_message_has_name (message, SOURCE_FIRST_MESSAGE))
        gst_element_set_state (sender->pipeline, GST_STATE_PLAYING);
      else if (gst_message_has_name (message, SOURCE_AGAIN_MESSAGE))
        source_again (sender->source);
      else if (gst_message_has_name (message, SOURCE_KLV_MESSAGE))
        tell_klv (sender);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_impatient (gpointer data)
{
  Sender *sender = data;

  tool_warn ("the other end does not take what is left: ended without it");
  sender->is_stuck = TRUE;
  stop (sender, TOOL_FAILED);
  return G_SOURCE_REMOVE;
}

/* Whether nothing was sent as yet, so that nothing needs an end. */
static gboolean
is_waiting (const Sender * sender)
{
  if (sender->source && (!sender->metadata.inject
          || GST_STATE (sender->pipeline) < GST_STATE_PLAYING))
    return TRUE;
  return destination_is_waiting (&sender->destination, sender->output);
}

/* In a thread of its own, because it waits for a frame that is on its way. Of test
 * video the source sends EOS. One that reads a file may be anywhere, so EOS stands
 * behind the frame that is due. */
static void
send_eos (GstElement * pipeline, gpointer data)
{
  Sender *sender = data;

  if (sender->source) {
    g_autoptr (GstPad) pad =
        gst_element_get_static_pad (sender->metadata.inject, "sink");

    gst_pad_send_event (pad, gst_event_new_eos ());
  } else {
    gst_element_send_event (pipeline, gst_event_new_eos ());
  }
}

static void
on_signal (gpointer data)
{
  Sender *sender = data;

  sender->is_ending = TRUE;
  progress_clear ();
  tool_say ("[Sender] Shutting down...");
  if (sender->source)
    source_stop (sender->source);
  if (is_waiting (sender)) {
    tool_say ("[Sender] EOS");
    g_main_loop_quit (sender->loop);
    return;
  }
  gst_element_call_async (sender->pipeline, send_eos, sender, NULL);
  g_timeout_add (PATIENCE_MS, on_impatient, sender);
}

/* What makes H.264 or H.265 of I420: a key frame every second at 30 frames per second,
 * so that a receiver can begin at any time. */
static char *
describe_encoder (const SenderOptions * options, SenderCodec codec)
{
  const gboolean is_h265 = codec == SENDER_CODEC_H265;

  return
      g_strdup_printf ("%s name=first tune=zerolatency speed-preset=superfast"
      " key-int-max=30 bitrate=%d ! %s", is_h265 ? "x265enc" : "x264enc",
      options->bitrate ? options->bitrate : 1000,
      is_h265 ? "h265parse" : "h264parse");
}

static SenderCodec
get_encoded_codec (const Sender * sender)
{
  if (sender->options.codec != SENDER_CODEC_ANY)
    return sender->options.codec;
  return sender->destination.codec == SENDER_CODEC_H265 ?
      SENDER_CODEC_H265 : SENDER_CODEC_H264;
}

static void
say_first_line (const Sender * sender, SenderCodec codec)
{
  const SenderOptions *options = &sender->options;
  g_autofree char *format = destination_format (&sender->destination, codec,
      options->klv);
  g_autofree char *frames = options->num_buffers < 0 ? g_strdup ("∞") :
      g_strdup_printf ("%d", options->num_buffers);
  const char *session = sender->metadata.session;

  tool_say ("[Sender] %s → %s , stream_id=%s, num-buffers=%s%s%s", format,
      sender->destination.shown, options->stream_id, frames,
      session ? ", session=" : "", session ? session : "");
}

static char *
describe_test (const Sender * sender, SenderCodec codec)
{
  const SenderOptions *options = &sender->options;
  g_autofree char *encoder = describe_encoder (options, codec);
  g_autofree char *output = destination_describe (&sender->destination, options,
      codec, FALSE);

  return g_strdup_printf ("videotestsrc is-live=true num-buffers=%d !"
      " video/x-raw,format=I420,width=%d,height=%d,framerate=%d/%d ! %s !"
      " seiinject name=inject ! %s", options->num_buffers,
      options->width ? options->width : 640,
      options->height ? options->height : 360, options->fps_n, options->fps_d,
      encoder, output);
}

/* Connects what seiinject is in. */
static void
set_up (Sender * sender, GstBin * bin)
{
  g_autoptr (GstElement) inject = gst_bin_get_by_name (bin, "inject");
  g_autoptr (GstElement) script = gst_bin_get_by_name (bin, "script");

  sender->output = bin;
  destination_set_up (&sender->destination, &sender->options, bin);
  metadata_start (&sender->metadata, inject, script);
  klv_stream_start (&sender->klv, bin);
}

static gboolean
check_encoded (const Sender * sender, SenderCodec codec)
{
  const SenderOptions *options = &sender->options;
  const SenderCodec wanted = options->codec != SENDER_CODEC_ANY ?
      options->codec : sender->destination.codec;

  if (wanted != SENDER_CODEC_ANY && wanted != codec) {
    tool_warn ("the video of --input %s is %s, and encoded video is sent as it"
        " is: leave out --codec, or choose another --output", options->input,
        sender_codec_name (codec));
    return FALSE;
  }
  if (options->width || options->bitrate || options->has_fps)
    tool_warn ("the video of --input %s is encoded and sent as it is: --size,"
        " --bitrate and --fps change nothing", options->input);
  return TRUE;
}

/* The bin takes the video at the pad "sink" of the element "first". A ghost pad is not
 * made for others, such as those of rtpbin, which are linked when they appear. */
static GstPad *
add_to_pipeline (Sender * sender, GstElement * bin)
{
  g_autoptr (GstElement) first = gst_bin_get_by_name (GST_BIN (bin), "first");
  g_autoptr (GstPad) in = gst_element_get_static_pad (first, "sink");
  GstPad *pad = gst_ghost_pad_new ("sink", in);

  gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (bin, pad);
  gst_bin_add (GST_BIN (sender->pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  return gst_object_ref (pad);
}

/* The video of --input is there: only now it shows what is needed behind it. Frames
 * wait in the queue, so that none is late when a file begins again. */
static GstPad *
on_video (SenderCodec codec, gpointer data)
{
  Sender *sender = data;
  const SenderOptions *options = &sender->options;
  const gboolean is_encoded = codec != SENDER_CODEC_ANY;
  g_autofree char *encoder = NULL;
  g_autofree char *output = NULL;
  g_autofree char *description = NULL;
  g_autoptr (GError) error = NULL;
  GstElement *bin;

  if (!is_encoded)
    codec = get_encoded_codec (sender);
  else if (!check_encoded (sender, codec)) {
    stop (sender, TOOL_FAILED);
    return NULL;
  }
  encoder = describe_encoder (options, codec);
  output = destination_describe (&sender->destination, options, codec, TRUE);
  description = g_strdup_printf ("%s ! queue max-size-time=2000000000"
      " max-size-buffers=0 max-size-bytes=67108864 ! %s seiinject name=inject !"
      " %s", is_encoded ? "identity name=first" : encoder,
      source_is_live (sender->source) ||
      destination_is_file (&sender->destination) ? "" : "clocksync !", output);
  bin = gst_parse_bin_from_description_full (description, FALSE, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (!bin) {
    say_missing (error);
    stop (sender, TOOL_FAILED);
    return NULL;
  }
  say_first_line (sender, codec);
  set_up (sender, GST_BIN (bin));
  return add_to_pipeline (sender, bin);
}

static int
make_test_pipeline (Sender * sender)
{
  const SenderCodec codec = get_encoded_codec (sender);
  g_autofree char *description = describe_test (sender, codec);
  g_autoptr (GError) error = NULL;

  say_first_line (sender, codec);
  if (sender->options.num_buffers == 0) {
    tool_say ("[Sender] EOS");
    return TOOL_DONE;
  }
  sender->pipeline = gst_parse_launch_full (description, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (!sender->pipeline) {
    say_missing (error);
    return TOOL_FAILED;
  }
  set_up (sender, GST_BIN (sender->pipeline));
  return TOOL_DONE;
}

/* The output would be emptied before it is read. */
static gboolean
is_other_file (const Sender * sender, const char *option, const char *value,
    const char *path)
{
  if (!path || !destination_is_file (&sender->destination)
      || !tool_is_same_file (path, sender->destination.path))
    return TRUE;
  tool_usage ("--output %s is the file that %s %s reads: give another one",
      sender->options.output, option, value);
  return FALSE;
}

static gboolean
check_metadata (const Sender * sender)
{
  const char *metadata = sender->options.metadata;

  return is_other_file (sender, "--metadata", metadata,
      g_strcmp0 (metadata, "-") == 0 ? "/dev/stdin" : metadata);
}

static int
make_input_pipeline (Sender * sender)
{
  const SenderOptions *options = &sender->options;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *uri = source_make_uri (options->input_uri, &path, &error);

  if (!uri) {
    g_autofree char *shown = tool_uri_hide (options->input_uri, error->message);

    return tool_usage ("--input %s: %s: give a file, URI or device",
        options->input, shown);
  }
  if (!is_other_file (sender, "--input", options->input, path))
    return TOOL_USAGE;
  sender->pipeline = gst_pipeline_new (NULL);
  sender->source = source_new (sender->pipeline, options, uri, on_video,
      sender);
  if (options->loop && source_is_live (sender->source))
    return tool_usage ("--loop needs a file: --input %s has no end to begin"
        " again from", options->input);
  if (!source_start (sender->source, &error)) {
    say_missing (error);
    return TOOL_FAILED;
  }
  return TOOL_DONE;
}

/* An output that waits for the other end holds up what reads for it, which cannot end
 * before. The pipeline is not to start it again on its own way to a state. */
static void
end_source (Sender * sender)
{
  if (sender->output
      && destination_is_waiting (&sender->destination, sender->output)) {
    gst_element_set_locked_state (GST_ELEMENT (sender->output), TRUE);
    gst_element_set_state (GST_ELEMENT (sender->output), GST_STATE_NULL);
  }
  source_end (sender->source);
}

/* A file is sent from when its first frame is there, so that none is late. */
static void
run (Sender * sender)
{
  const gboolean waits = sender->source && !source_is_live (sender->source);
  g_autoptr (GstBus) bus = gst_element_get_bus (sender->pipeline);

  gst_bus_add_watch (bus, on_message, sender);
  progress_start (&sender->metadata, sender->options.klv ? &sender->klv : NULL);
  gst_element_set_state (sender->pipeline,
      waits ? GST_STATE_PAUSED : GST_STATE_PLAYING);
  g_main_loop_run (sender->loop);
  progress_end ();
  metadata_end (&sender->metadata);
  gst_bus_remove_watch (bus);
  if (sender->is_stuck)
    return;
  if (sender->source)
    end_source (sender);
  gst_element_set_state (sender->pipeline, GST_STATE_NULL);
}

static void
clear (Sender * sender)
{
  destination_clear (&sender->destination);
  sender_options_clear (&sender->options);
  metadata_clear (&sender->metadata);
  klv_stream_clear (&sender->klv);
  g_clear_pointer (&sender->source, source_free);
  g_free (sender->missing);
  gst_clear_object (&sender->pipeline);
  g_clear_pointer (&sender->loop, g_main_loop_unref);
}

static int
send_video (Sender * sender)
{
  g_autoptr (GError) error = NULL;
  int status = destination_init (&sender->destination, &sender->options);

  if (status != TOOL_DONE)
    return status;
  if (!check_metadata (sender))
    return TOOL_USAGE;
  if (!metadata_init (&sender->metadata, &sender->options, &error)) {
    tool_warn ("%s", error->message);
    return TOOL_FAILED;
  }
  klv_stream_init (&sender->klv, sender->options.stream_id);
  sender->loop = g_main_loop_new (NULL, FALSE);
  tool_on_signals (on_signal, sender);
  status = sender->options.input ? make_input_pipeline (sender) :
      make_test_pipeline (sender);
  if (status != TOOL_DONE || !sender->pipeline)
    return status;
  run (sender);
  return sender->status;
}

int
main (int argc, char **argv)
{
  Sender sender = { {NULL} };
  int status;

  if (!tool_start (&argc, &argv, "metakafka-sender",
          "Sends live test video, or video of your own, with a JSON object as SEI"
          " in every frame.", sender_option_entries,
          gst_init_get_option_group (), TOOL_OUTPUT_NEVER_BLOCK, &status))
    return status;
  status = sender_options_check (&sender.options) ? send_video (&sender) :
      TOOL_USAGE;
  if (!sender.is_stuck)
    clear (&sender);
  return status;
}
