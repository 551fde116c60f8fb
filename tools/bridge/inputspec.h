/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUT_SPEC_H
#define INPUT_SPEC_H

#include "thin.h"
#include "uri.h"

G_BEGIN_DECLS

#define INPUT_ERROR TOOL_URI_ERROR
#define INPUT_ERROR_BAD TOOL_URI_ERROR_BAD

/** What an input comes by. */
typedef enum {
  INPUT_RTP,                    /* RTP at UDP ports */
  INPUT_UDP,                    /* MPEG-TS at a UDP port */
  INPUT_SRT,
  INPUT_RTSP,                   /* and rtsps, and what rtspsrc knows beside them */
  INPUT_RTMP,                   /* and rtmps */
  INPUT_HTTP,                   /* and https */
  INPUT_FILE
} InputKind;

/**
 * InputSpec:
 * @name: (nullable): UTF-8: letters, digits, . _ - of 1 to 255 bytes
 * @uri: complete, with its secrets; for files file:// and an absolute path
 * @host: (nullable): of INPUT_RTP and INPUT_UDP: the address or multicast group, without
 *   brackets; NULL: all addresses, IPv6 and IPv4
 * @port: (nullable): of INPUT_RTP and INPUT_UDP: 5000; of INPUT_RTP also 5000-5009
 * @path: (nullable): of INPUT_FILE: absolute
 * @is_listener: whether the other side comes to this computer: INPUT_RTP, INPUT_UDP, and
 *   INPUT_SRT as listener
 * @shown: @uri without its secrets, for users
 * @said: (nullable): of a camera of a configuration file: its name, and @shown in brackets
 * @written: (nullable): the URI as users wrote it, to hide its secrets in what others say
 * @thin: which of its messages become records
 * @line: of the configuration file that has it; 0: of the command line
 *
 * One argument of --input: [NAME=]URI; or one [camera NAME] of a configuration file. It
 * does not change.
 */
typedef struct {
  char *name;
  InputKind kind;
  char *uri;
  char *host;
  char *port;
  char *path;
  gboolean is_listener;
  char *shown;
  char *said;
  ToolUri *written;
  ThinSettings thin;
  guint line;
} InputSpec;

/** Returns: (transfer full): one of which nothing is known, to be filled in */
InputSpec *input_spec_new (void);
InputSpec *input_spec_ref (const InputSpec * spec);
void input_spec_unref (InputSpec * spec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InputSpec, input_spec_unref)

/** Returns: what lines call it: @said, or @shown of an input of the command line */
const char *input_spec_get_said (const InputSpec * spec);

/** Returns: whether both name the same, and want the same of it */
gboolean input_spec_equal (const InputSpec * a, const InputSpec * b);

/** Reads [NAME=]URI: there is a NAME if a = comes before any : / ? of the text. A URI
 * without SCHEME:// is a path.
 * Returns: (transfer full) (nullable): NULL with @error set: a sentence that says what to
 *   do, and shows no secret */
InputSpec *input_spec_parse (const char *text, GError ** error);

/** Reads a camera of a configuration file, whose URI may have secrets.
 * @line: of the file, that has the URI
 * Returns: (transfer full) (nullable): as input_spec_parse() */
InputSpec *input_spec_parse_camera (const char *name, const char *uri,
    guint line, GError ** error);

/** Reads an argument of --input: [NAME=]URI, or @FILE, which names a file that has one of
 * these on each line. Empty lines are passed over, and comments: what stands behind a # that
 * begins the line or has white space in front of it. What everybody could read on the
 * command line must have no secret.
 * @specs: (element-type InputSpec): what it says is appended
 * Returns: FALSE with @error set, of which the sentence begins with --input or FILE:LINE */
gboolean input_specs_load (const char *argument, GPtrArray * specs,
    GError ** error);

/** Checks that no two inputs have the same name.
 * @line: (out): that of the second of them, which InputSpec has
 * Returns: FALSE with @error set if two have */
gboolean input_specs_check_names (const GPtrArray * specs, guint * line,
    GError ** error);

G_END_DECLS
#endif
