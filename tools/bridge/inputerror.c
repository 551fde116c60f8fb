/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "inputerror.h"

#include <gst/gst.h>
#include <string.h>

#include "hostname.h"

#define NOTHING "has nothing of that name: check the address and the path"
#define UNKNOWN_HOST "has a host whose name is not known: check it, and DNS"
#define CLOSED "closes the connection: check the application, which is the" \
    " first part of the path, and whether it may be played from here"
static const char no_answer[] = INPUT_NO_ANSWER ": check that it runs, its"
    " address and port, and the firewall";

/* Of a certificate no source says more than that it does not go on. */
static const char no_answer_tls[] = INPUT_NO_ANSWER ", or not with a"
    " certificate that this computer trusts: check that it runs, its address and"
    " port, and the firewall, and add its CA to those of the system";

/* What sources post says less than what it means. */
static const struct
{
  GQuark (*domain) (void);
  int code;
  const char *text;
} sentences[] = {
  {gst_resource_error_quark, GST_RESOURCE_ERROR_NOT_FOUND, NOTHING},
  {gst_resource_error_quark, GST_RESOURCE_ERROR_NOT_AUTHORIZED,
      "refuses the login: check the user name and the password"},
  {gst_resource_error_quark, GST_RESOURCE_ERROR_OPEN_READ, no_answer},
  {gst_resource_error_quark, GST_RESOURCE_ERROR_OPEN_READ_WRITE, no_answer},
  {gst_resource_error_quark, GST_RESOURCE_ERROR_READ, no_answer},
  {gst_stream_error_quark, GST_STREAM_ERROR_TYPE_NOT_FOUND,
      "has a format that is not known: check what it is"},
  {gst_stream_error_quark, GST_STREAM_ERROR_WRONG_TYPE,
      "has a format that is not known: check what it is"},
  {gst_stream_error_quark, GST_STREAM_ERROR_CODEC_NOT_FOUND,
      "has a format for which there is no plugin: install the GStreamer"
        " plugins good and bad"},
  {gst_stream_error_quark, GST_STREAM_ERROR_DEMUX,
      "is not what its format asks for: check what writes it"},
};

/* Of files the error says what is wrong with which. */
static char *
explain_file (const GError * error)
{
  if (error->code == GST_RESOURCE_ERROR_NOT_FOUND)
    return g_strdup ("is not there: check the path");
  return g_strdup_printf ("cannot be read (%s): check the path, and who may"
      " read it", error->message);
}

/* Whether it is about who is at the other end: sources that read over a network may say
 * no more than that they stop. */
static gboolean
is_of_source (const GError * error, const char *debug, InputKind kind)
{
  return error->domain == GST_RESOURCE_ERROR || (kind != INPUT_FILE
      && g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED)
      && debug && strstr (debug, "reason error"));
}

/* With what it thinks of the login or the path; behind a proxy its name may be unknown here. */
static gboolean
has_answered (const GError * error)
{
  return g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_NOT_AUTHORIZED)
      || g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_NOT_FOUND);
}

static gboolean
has_unknown_host (const InputSpec * spec)
{
  const char *host = spec->host ? spec->host :
      spec->written ? spec->written->host : NULL;

  /* in brackets it is an address */
  return host && *host != '\0' && *host != '[' && hostname_is_unknown (host);
}

static gboolean
has_tls (const InputSpec * spec)
{
  return spec->written && spec->written->scheme
      && (g_str_equal (spec->written->scheme, "https")
      || g_str_equal (spec->written->scheme, "rtmps")
      || g_str_has_prefix (spec->written->scheme, "rtsps"));
}

/* rtmp2src has one code for all. What the server has answered is in braces: it says best why it
 * refuses, but where it has no such stream.
 * Returns: (nullable): what it means */
static const char *
explain_rtmp (const GError * error)
{
  if (strstr (error->message, "NetStream.Play.StreamNotFound"))
    return NOTHING;
  if (strchr (error->message, '{'))
    return NULL;
  return strstr (error->message, "'connect' cmd failed") ? CLOSED : no_answer;
}

/* Returns: (nullable): what it means that the source of a stream gives nothing, or stops */
static const char *
explain_source (const GError * error, const InputSpec * spec, gboolean has_data)
{
  if (has_data && spec->kind != INPUT_RTP)
    return "broke off: check that it runs, and the network";
  if (!has_answered (error) && has_unknown_host (spec))
    return UNKNOWN_HOST;
  if (spec->is_listener)
    return "is not free: end the program that uses the port, or give another"
        " one if that is an input of this bridge (RTP takes the port behind its"
        " own, too), and check that the address is one of this computer";
  if (spec->kind == INPUT_RTMP && g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_FAILED))
    return explain_rtmp (error);
  return error->domain == GST_STREAM_ERROR ? no_answer : NULL;
}

/* Returns: (nullable): what it means, by its code */
static const char *
explain_code (const GError * error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (error->domain == sentences[i].domain ()
        && error->code == sentences[i].code)
      return sentences[i].text;
  return NULL;
}

char *
input_error_explain (const GError * error, const char *debug,
    const InputSpec * spec, gboolean has_data)
{
  g_autofree char *said = NULL;
  const char *text = NULL;

  if (spec->kind == INPUT_SRT && debug && strstr (debug, "authenticate"))
    return g_strdup ("refuses the passphrase: give the one of the other end, or"
        " none if it has none");
  if (is_of_source (error, debug, spec->kind)) {
    if (spec->kind == INPUT_FILE)
      return explain_file (error);
    text = explain_source (error, spec, has_data);
  } else if (spec->kind == INPUT_FILE && !has_data) {
    text = "is empty: check what writes it";
  }
  if (!text)
    text = explain_code (error);
  if (text)
    return g_strdup (text == no_answer && has_tls (spec) ? no_answer_tls :
        text);
  if (spec->written)
    said = tool_uri_hide (spec->written, error->message);
  return g_strdup_printf ("fails: %s: check it, or look closer with"
      " GST_DEBUG=3", said ? said : error->message);
}

const char *
input_error_explain_start (const InputSpec * spec)
{
  return has_unknown_host (spec) ? UNKNOWN_HOST :
      "cannot be opened: check its address";
}
