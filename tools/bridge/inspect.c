/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "inspect.h"

#include <gio/gio.h>
#include <gst/sei/sei.h>
#include <string.h>

#include "common.h"
#include "shown.h"
#include "timedreception.h"

/* characters of an example that are shown */
#define SHOWN 60

/* Kinds of messages of a stream that have a line of their own */
#define MAX_KINDS 16

/* Messages of one kind in a stream */
typedef struct
{
  char *type;                   /* payload type, or the name of an event, for users */
  char *uuid;
  guint64 n, n_then;            /* at all, and at the last print */
  gsize size;                   /* of the last one */
  char *example;                /* its beginning */
} Kind;

typedef struct
{
  char *input;
  guint place;                  /* of the input: when it was seen first */
  char *name;
  char *order;                  /* of the names in the table: that of their numbers */
  char *codec;
  gboolean is_there;            /* was spoken of since the last print */
  gboolean has_ended;           /* it stays, and shows totals */
  gint64 n_frames, n_frames_then;
  gint64 n_lost;
  GPtrArray *kinds;
} Row;

/* Why an input gives nothing */
typedef struct
{
  char *input;
  char *text;
} Note;

struct _Inspect
{
  GMutex lock;
  GPtrArray *rows;
  GPtrArray *notes;             /* until the next print */
  gint64 printed_us;
};

typedef struct
{
  Inspect *inspect;
  gboolean is_message;
  char *input;
  char *stream;
} Watch;

static void
kind_free (gpointer data)
{
  Kind *self = data;

  g_free (self->type);
  g_free (self->uuid);
  g_free (self->example);
  g_free (self);
}

static void
row_free (gpointer data)
{
  Row *self = data;

  g_free (self->input);
  g_free (self->name);
  g_free (self->order);
  g_free (self->codec);
  g_ptr_array_unref (self->kinds);
  g_free (self);
}

static void
note_free (gpointer data)
{
  Note *self = data;

  g_free (self->input);
  g_free (self->text);
  g_free (self);
}

static void
watch_free (gpointer data)
{
  Watch *self = data;

  g_free (self->input);
  g_free (self->stream);
  g_free (self);
}

Inspect *
inspect_new (void)
{
  Inspect *self = g_new0 (Inspect, 1);

  g_mutex_init (&self->lock);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->notes = g_ptr_array_new_with_free_func (note_free);
  self->printed_us = g_get_monotonic_time ();
  return self;
}

void
inspect_free (Inspect * self)
{
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->notes);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The streams of an input one behind the other, and what is in MPEG-TS behind that */
static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  const Row *one = *(const Row * const *) a;
  const Row *other = *(const Row * const *) b;

  return one->place != other->place ? (one->place > other->place ? 1 : -1) :
      strcmp (one->order, other->order);
}

/* Returns: the place of an input, which is the last if it is new */
static guint
get_place (const Inspect * self, const char *input)
{
  guint last = 0;

  for (guint i = 0; i < self->rows->len; i++) {
    const Row *row = self->rows->pdata[i];

    if (g_str_equal (row->input, input))
      return row->place;
    last = MAX (last, row->place);
  }
  return last + 1;
}

/* With the lock. Returns: (transfer none): the row, which is new if need be */
static Row *
get_row (Inspect * self, const char *input, const char *name)
{
  Row *row;

  for (guint i = 0; i < self->rows->len; i++) {
    row = self->rows->pdata[i];
    if (g_str_equal (row->input, input) && g_str_equal (row->name, name))
      return row;
  }
  row = g_new0 (Row, 1);
  row->input = g_strdup (input);
  row->place = get_place (self, input);
  row->name = g_strdup (name);
  row->order = g_utf8_collate_key_for_filename (name, -1);
  row->n_lost = -1;
  row->kinds = g_ptr_array_new_with_free_func (kind_free);
  g_ptr_array_add (self->rows, row);
  g_ptr_array_sort (self->rows, compare_rows);
  return row;
}

static Kind *
get_kind (Row * row, const char *type, const char *uuid)
{
  Kind *kind = NULL;

  for (guint i = 0; i < row->kinds->len; i++) {
    kind = row->kinds->pdata[i];
    if (g_strcmp0 (kind->type, type) == 0 && g_strcmp0 (kind->uuid, uuid) == 0)
      return kind;
  }
  if (row->kinds->len > MAX_KINDS)
    return kind;
  kind = g_new0 (Kind, 1);
  kind->type = g_strdup (row->kinds->len < MAX_KINDS ? type : "others");
  kind->uuid = g_strdup (row->kinds->len < MAX_KINDS ? uuid : "others");
  g_ptr_array_add (row->kinds, kind);
  return kind;
}

/* --- what comes ------------------------------------------------------------------ */

/* The beginning of a payload, as text or, if it is none, in hexadecimal */
static char *
make_example (const guint8 * data, gsize size)
{
  const gsize length = MIN (size, SHOWN);
  const char *end;
  GString *hex;

  /* a character may be cut at the end */
  if (g_utf8_validate_len ((const char *) data, length, &end)
      || (end - (const char *) data) + 4 > (gssize) length)
    return tool_escape ((const char *) data, end - (const char *) data);
  hex = g_string_new (NULL);
  for (gsize i = 0; i < MIN (length, SHOWN / 3); i++)
    g_string_append_printf (hex, "%02x ", data[i]);
  return g_string_free (hex, FALSE);
}

static void
add_message (Watch * watch, const char *name, const char *type,
    const char *uuid, const guint8 * data, gsize size)
{
  g_autofree char *message = NULL;
  Inspect *self = watch->inspect;
  Kind *kind;

  g_mutex_lock (&self->lock);
  kind = get_kind (get_row (self, watch->input, name), type, uuid);
  kind->size = size;
  if (kind->n++ == kind->n_then) {
    g_free (kind->example);
    message = shown_dup ((const char *) data, &size);
    kind->example = make_example ((const guint8 *) message, size);
  }
  g_mutex_unlock (&self->lock);
}

static char *
name_reception (const TimedReception * reception)
{
  g_autoptr (GInetAddress) v6 = g_inet_address_new_from_bytes (reception->ip,
      G_SOCKET_FAMILY_IPV6);
  static const guint8 mapped[12] = {[10] = 0xff, 0xff };
  const gboolean is_v4 = memcmp (reception->ip, mapped, sizeof (mapped)) == 0;
  g_autoptr (GInetAddress) v4 = g_inet_address_new_from_bytes (reception->ip +
      sizeof (mapped), G_SOCKET_FAMILY_IPV4);
  g_autofree char *ip = g_inet_address_to_string (is_v4 ? v4 : v6);
  g_autofree char *source = g_strdup_printf (is_v4 ? "%s:%u" : "[%s]:%u", ip,
      reception->port);

  return inspect_name_rtp (source, reception->ssrc);
}

char *
inspect_name_rtp (const char *source, guint ssrc)
{
  return g_strdup_printf ("%s %08x", source, ssrc);
}

char *
inspect_name_buffer (GstBuffer * buffer)
{
  const TimedReception *reception = timed_buffer_get_reception (buffer);

  return reception ? name_reception (reception) : g_strdup ("-");
}

/* RFC 9562, 4 */
static char *
format_uuid (const guint8 * uuid)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < GST_SEI_UUID_SIZE; i++)
    g_string_append_printf (text, "%s%02x",
        i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
  return g_string_free (text, FALSE);
}

static void
add_metas (Watch * watch, const char *name, GstBuffer * buffer)
{
  gpointer state = NULL;
  GstSeiMeta *meta;

  while ((meta = gst_sei_buffer_iterate_meta (buffer, &state))) {
    const gboolean has_uuid =
        meta->payload_type == GST_SEI_PAYLOAD_TYPE_USER_DATA_UNREGISTERED;
    g_autofree char *uuid = has_uuid ? format_uuid (meta->uuid) :
        g_strdup ("-");
    g_autofree char *type = g_strdup_printf ("%u", meta->payload_type);
    gsize size;
    const guint8 *data = g_bytes_get_data (meta->payload, &size);

    add_message (watch, name, type, uuid, data, size);
  }
}

static GstPadProbeReturn
on_buffer (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Watch *watch = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autofree char *name = watch->stream ? g_strdup (watch->stream) :
      inspect_name_buffer (buffer);
  GstMapInfo map;

  if (!watch->is_message) {
    add_metas (watch, name, buffer);
  } else if (gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    add_message (watch, name, "-", "-", map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  return GST_PAD_PROBE_OK;
}

static void
on_event (GstElement * extract, GBytes * payload, const char *event,
    gpointer data)
{
  Watch *watch = data;
  g_autofree char *type = make_example ((const guint8 *) event, strlen (event));
  gsize size;
  const guint8 *bytes = g_bytes_get_data (payload, &size);

  add_message (watch, watch->stream, type, "-", bytes, size);
}

static Watch *
watch_new (Inspect * self, const char *input, const char *stream)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->inspect = self;
  watch->input = g_strdup (input);
  watch->stream = g_strdup (stream);
  return watch;
}

static void
release (gpointer data, GClosure * closure)
{
  watch_free (data);
}

void
inspect_watch_events (Inspect * self, GstElement * extract, const char *input,
    const char *stream)
{
  g_signal_connect_data (extract, "new-payload", G_CALLBACK (on_event),
      watch_new (self, input, stream), release, G_CONNECT_DEFAULT);
}

void
inspect_watch (Inspect * self, GstPad * pad, gboolean is_message,
    const char *input, const char *stream)
{
  Watch *watch = watch_new (self, input, stream);

  watch->is_message = is_message;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, watch,
      watch_free);
}

void
inspect_stream (Inspect * self, const char *input, const char *stream,
    const char *codec, gint64 n_frames, gint64 n_lost)
{
  Row *row;

  g_mutex_lock (&self->lock);
  row = get_row (self, input, stream);
  row->is_there = TRUE;
  g_free (row->codec);
  row->codec = g_strdup (codec);
  row->n_frames = n_frames;
  row->n_lost = n_lost;
  g_mutex_unlock (&self->lock);
}

void
inspect_end (Inspect * self, const char *input)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = self->rows->pdata[i];

    row->has_ended |= g_str_equal (row->input, input);
  }
  g_mutex_unlock (&self->lock);
}

/* With the lock. Returns: (transfer full) (nullable): the text of the input's note, which
 * it has no more */
static char *
take_note (Inspect * self, const char *input)
{
  for (guint i = 0; i < self->notes->len; i++) {
    Note *note = self->notes->pdata[i];

    if (g_str_equal (note->input, input)) {
      char *text = g_steal_pointer (&note->text);

      g_ptr_array_remove_index (self->notes, i);
      return text;
    }
  }
  return NULL;
}

void
inspect_note (Inspect * self, const char *input, const char *note)
{
  g_autofree char *before = NULL;

  g_mutex_lock (&self->lock);
  before = take_note (self, input);
  if (note) {
    Note *last = g_new0 (Note, 1);

    last->input = g_strdup (input);
    last->text = g_strdup (note);
    g_ptr_array_add (self->notes, last);
  }
  g_mutex_unlock (&self->lock);
}

/* --- the table -------------------------------------------------------------------- */

typedef enum
{
  COLUMN_INPUT, COLUMN_STREAM, COLUMN_CODEC, COLUMN_FRAMES, COLUMN_MESSAGES,
  COLUMN_TYPE, COLUMN_UUID, COLUMN_BYTES, COLUMN_LOST, COLUMN_EXAMPLE,
  N_COLUMNS
} Column;

static const char *const titles[N_COLUMNS + 1] = {
  "INPUT", "STREAM", "CODEC", "FRAMES/S", "MESSAGES/S", "TYPE", "UUID", "BYTES",
  "LOST", "EXAMPLE"
};

/* How many there were in each second; of what has ended, in all. @n: -1: nobody knows */
static char *
format_count (const Row * row, gint64 n, gint64 n_then, double seconds)
{
  if (n < 0)
    return g_strdup ("-");
  if (row->has_ended)
    return g_strdup_printf ("%" G_GINT64_FORMAT " in all", n);
  return g_strdup_printf ("%.1f", (n - n_then) / seconds);
}

/* @example: (transfer full) (nullable) */
static GStrv
make_line (const Row * row, const Kind * kind, char *example, double seconds)
{
  GStrv cells = g_new0 (char *, N_COLUMNS + 1);

  cells[COLUMN_INPUT] = g_strdup (row->input);
  cells[COLUMN_STREAM] = g_strdup (row->name);
  cells[COLUMN_CODEC] = g_strconcat (row->codec,
      row->has_ended ? ", ended" : NULL, NULL);
  cells[COLUMN_FRAMES] = format_count (row, row->n_frames, row->n_frames_then,
      seconds);
  cells[COLUMN_MESSAGES] = format_count (row, kind ? kind->n : 0,
      kind ? kind->n_then : 0, seconds);
  cells[COLUMN_TYPE] = g_strdup (kind ? kind->type : "-");
  cells[COLUMN_UUID] = g_strdup (kind ? kind->uuid : "-");
  cells[COLUMN_BYTES] = kind ? g_strdup_printf ("%" G_GSIZE_FORMAT,
      kind->size) : g_strdup ("-");
  cells[COLUMN_LOST] = row->n_lost < 0 ? g_strdup ("-") :
      g_strdup_printf ("%" G_GINT64_FORMAT, row->n_lost);
  cells[COLUMN_EXAMPLE] = example ? example : g_strdup ("");
  return cells;
}

static GStrv
make_line_of_note (const Note * note)
{
  GStrv cells = g_new0 (char *, N_COLUMNS + 1);

  cells[COLUMN_INPUT] = g_strdup (note->input);
  for (guint c = COLUMN_STREAM; c < COLUMN_EXAMPLE; c++)
    cells[c] = g_strdup ("-");
  cells[COLUMN_EXAMPLE] = g_strdup (note->text);
  return cells;
}

/* Adds the lines of a row, and begins to count anew. */
static void
add_lines (Inspect * self, GPtrArray * lines, Row * row, double seconds)
{
  for (guint i = 0; i < row->kinds->len; i++) {
    const Kind *kind = row->kinds->pdata[i];

    g_ptr_array_add (lines, make_line (row, kind, g_strdup (kind->example),
            seconds));
  }
  if (row->kinds->len == 0)
    g_ptr_array_add (lines, make_line (row, NULL, take_note (self, row->input),
            seconds));
  for (guint i = 0; i < row->kinds->len; i++) {
    Kind *kind = row->kinds->pdata[i];

    kind->n_then = kind->n;
  }
  row->n_frames_then = row->n_frames;
  row->is_there = FALSE;
}

static void
print_lines (GPtrArray * lines)
{
  glong widths[N_COLUMNS] = { 0 };

  for (guint i = 0; i < lines->len; i++)
    for (guint c = 0; c < N_COLUMNS; c++)
      widths[c] = MAX (widths[c], g_utf8_strlen (((GStrv) lines->pdata[i])[c],
              -1));
  for (guint i = 0; i < lines->len; i++) {
    GStrv cells = lines->pdata[i];
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint c = 0; c < N_COLUMNS; c++)
      g_string_append_printf (text, "%s%*s", cells[c],
          (int) (c + 1 < N_COLUMNS ? widths[c] - g_utf8_strlen (cells[c],
                  -1) + 2 : 0), "");
    tool_say ("%s", text->str);
  }
  tool_say ("%s", "");
}

void
inspect_print (Inspect * self)
{
  const gint64 now_us = g_get_monotonic_time ();
  const double seconds = MAX ((now_us - self->printed_us) / 1e6, 0.001);
  g_autoptr (GPtrArray) lines =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  self->printed_us = now_us;
  g_ptr_array_add (lines, g_strdupv ((GStrv) titles));
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->rows->len;) {
    Row *row = self->rows->pdata[i];

    if (row->is_there || row->has_ended) {
      add_lines (self, lines, row, seconds);
      i++;
    } else if (row->codec) {
      g_ptr_array_remove_index (self->rows, i);
    } else {
      i++;                      /* its first message was quicker than we are */
    }
  }
  for (guint i = 0; i < self->notes->len; i++)
    g_ptr_array_add (lines, make_line_of_note (self->notes->pdata[i]));
  g_ptr_array_set_size (self->notes, 0);
  g_mutex_unlock (&self->lock);
  if (lines->len > 1)
    print_lines (lines);
}
