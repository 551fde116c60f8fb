/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "timedregions.h"

#include <math.h>
#include <string.h>

#include <gst/video/video.h>

#include "jsondup.h"
#include "jsonscan.h"
#include "timedpayloadpad.h"

/* The structure in which we attach what a meta has no field for, and its fields */
#define PARAMS "detection"
#define PARAM_CONFIDENCE "confidence"
#define PARAM_ID "id"
#define PARAM_LABEL "roi-type"

/* The roi_type of a label that is in a param */
#define OTHER_LABEL "object"

typedef struct
{
  guint x;
  guint y;
  guint w;
  guint h;
} Box;

/* What a text says of a region */
typedef struct
{
  gchar *id;
  gchar *label;                 /* or NULL */
  gdouble confidence;           /* NAN if there is none */
  Box box;                      /* within the picture */
} Region;

static void
region_clear (Region * region)
{
  g_free (region->id);
  g_free (region->label);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Region, region_clear);

static gchar *
id_from_number (gint number)
{
  return g_strdup_printf ("obj-%d", number);
}

/* --- writing ------------------------------------------------------------- */

/* As few digits as give the same number again: 0.6, not 0.59999999999999998. A float
 * in a double has no more than those of a float. */
static void
append_number (GString * json, gdouble value)
{
  static const gchar *const formats[] = {
    "%.6g", "%.7g", "%.8g", "%.9g", "%.15g", "%.16g", "%.17g"
  };
  const gfloat narrow = (gfloat) value;
  gchar text[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, sizeof (text), formats[i], value);

    const gdouble again = g_ascii_strtod (text, NULL);

    if (again == value || (narrow == value && (gfloat) again == narrow))
      break;
  }
  g_string_append (json, text);
}

/* @pixels: at most @size */
static void
append_fraction (GString * json, guint pixels, guint size)
{
  guint n_digits = 2;
  guint64 one = 100;

  for (guint rest = size; rest > 0; rest /= 10) {
    n_digits++;
    one *= 10;
  }

  const guint64 fraction = gst_util_uint64_scale_round (pixels, one, size);

  if (fraction == 0 || fraction == one) {
    g_string_append_c (json, fraction == 0 ? '0' : '1');
    return;
  }
  g_string_append_printf (json, "0.%0*" G_GUINT64_FORMAT, (int) n_digits,
      fraction);
  while (json->str[json->len - 1] == '0')
    g_string_truncate (json, json->len - 1);
}

static void
append_string (GString * json, const gchar * text)
{
  g_autofree gchar *quoted = json_dup_quoted (text, strlen (text), NULL);

  g_string_append (json, quoted);
}

static gchar *
region_to_json (const Region * region, const TimedPicture * picture)
{
  const Box *box = &region->box;
  GString *json = g_string_new ("{\"id\": ");

  append_string (json, region->id);
  if (region->label) {
    g_string_append (json, ", \"label\": ");
    append_string (json, region->label);
  }
  if (isfinite (region->confidence)) {
    g_string_append (json, ", \"confidence\": ");
    append_number (json, region->confidence);
  }
  g_string_append (json, ", \"bbox\": {\"x\": ");
  append_fraction (json, box->x, picture->width);
  g_string_append (json, ", \"y\": ");
  append_fraction (json, box->y, picture->height);
  g_string_append (json, ", \"w\": ");
  append_fraction (json, box->w, picture->width);
  g_string_append (json, ", \"h\": ");
  append_fraction (json, box->h, picture->height);
  g_string_append (json, "}}");

  return g_string_free (json, FALSE);
}

/* --- from metas ---------------------------------------------------------- */

/* Returns FALSE if nothing of it is in the picture. The position is negative where a
 * detector has found one so, although it is unsigned in the meta. */
static gboolean
clip (guint start, guint length, guint size, guint * clipped_start,
    guint * clipped_length)
{
  const gint64 from = (gint32) start;
  const gint64 to = MIN (from + length, size);

  if (to <= MAX (from, 0))
    return FALSE;
  *clipped_start = MAX (from, 0);
  *clipped_length = to - *clipped_start;
  return TRUE;
}

static const gchar *
get_string_param (const GstVideoRegionOfInterestMeta * meta, const gchar * name)
{
  for (GList * l = meta->params; l; l = l->next) {
    const gchar *text = gst_structure_get_string (l->data, name);

    if (text)
      return text;
  }
  return NULL;
}

/* Returns NAN if there is none. */
static gdouble
get_confidence (const GstVideoRegionOfInterestMeta * meta)
{
  for (GList * l = meta->params; l; l = l->next) {
    const GValue *value = gst_structure_get_value (l->data, PARAM_CONFIDENCE);
    gdouble confidence = NAN;

    if (value && G_VALUE_HOLDS_DOUBLE (value))
      confidence = g_value_get_double (value);
    else if (value && G_VALUE_HOLDS_FLOAT (value))
      confidence = g_value_get_float (value);
    else if (value && G_VALUE_HOLDS_INT (value))
      confidence = g_value_get_int (value);
    if (isfinite (confidence))
      return confidence;
  }
  return NAN;
}

/* Returns FALSE if nothing of it is in the picture. */
static gboolean
region_from_meta (Region * region, const GstVideoRegionOfInterestMeta * meta,
    const TimedPicture * picture)
{
  const gchar *id = get_string_param (meta, PARAM_ID);
  const gchar *label = get_string_param (meta, PARAM_LABEL);
  Box *box = &region->box;

  region->id = id ? g_strdup (id) : id_from_number (meta->id);
  region->label = g_strdup (label ? label : g_quark_to_string (meta->roi_type));
  region->confidence = get_confidence (meta);

  return clip (meta->x, meta->w, picture->width, &box->x, &box->w)
      && clip (meta->y, meta->h, picture->height, &box->y, &box->h);
}

static GstVideoRegionOfInterestMeta *
iterate_metas (GstBuffer * buffer, gpointer * state)
{
  return (GstVideoRegionOfInterestMeta *)
      gst_buffer_iterate_meta_filtered (buffer, state,
      GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
}

/* --- from text ----------------------------------------------------------- */

/* Finds a member of a type; counts one of another type. */
static gboolean
find (const JsonTextValue * object, const gchar * name, JsonTextType type,
    JsonTextValue * value, guint * n_wrong)
{
  if (!json_text_find (object->text, object->size, name, value))
    return FALSE;
  if (value->type == type)
    return TRUE;
  (*n_wrong)++;
  return FALSE;
}

/* What a string or number says. A C string has no NUL: it becomes U+FFFD. */
static gchar *
dup_text (const JsonTextValue * value)
{
  gsize size;
  g_autofree gchar *text = json_dup_unquoted (value, &size);
  GString *result;

  if (strlen (text) == size)
    return g_steal_pointer (&text);

  result = g_string_new (NULL);
  for (gsize i = 0; i < size; i++) {
    if (text[i])
      g_string_append_c (result, text[i]);
    else
      g_string_append (result, "\xef\xbf\xbd");
  }
  return g_string_free (result, FALSE);
}

static gboolean
find_number (const JsonTextValue * object, const gchar * name, gdouble * number,
    guint * n_wrong)
{
  JsonTextValue value;

  if (!find (object, name, JSON_TEXT_NUMBER, &value, n_wrong))
    return FALSE;

  g_autofree gchar *text = dup_text (&value);

  *number = g_ascii_strtod (text, NULL);
  return TRUE;
}

/* Returns FALSE if nothing of it is in the picture; what is has at least one pixel. */
static gboolean
round_fractions (gdouble start, gdouble length, guint size,
    guint * rounded_start, guint * rounded_length)
{
  const gdouble from = CLAMP (start, 0, 1);
  const gdouble to = CLAMP (start + length, 0, 1);

  /* Also if one is not a number, because the text said infinite ones */
  if (!(to > from) || size == 0)
    return FALSE;

  *rounded_start = MIN ((guint) (from * size + 0.5), size - 1);
  *rounded_length = CLAMP ((guint) ((to - from) * size + 0.5), 1,
      size - *rounded_start);
  return TRUE;
}

/* An id that is a whole number has the same meaning as "obj-" and the number. */
static gchar *
find_id (const JsonTextValue * object, guint * n_wrong)
{
  JsonTextValue value;

  if (!json_text_find (object->text, object->size, "id", &value))
    return id_from_number (0);
  if (value.type == JSON_TEXT_STRING)
    return dup_text (&value);
  if (value.type == JSON_TEXT_NUMBER) {
    g_autofree gchar *text = dup_text (&value);

    if (strspn (text, "-0123456789") == strlen (text))
      return g_strconcat ("obj-", text, NULL);
  }
  (*n_wrong)++;
  return id_from_number (0);
}

/* Returns FALSE if there is no box in the picture. Other members may be absent, and
 * those that cannot be used are counted. */
static gboolean
region_from_json (Region * region, const JsonTextValue * object,
    const TimedPicture * picture, guint * n_wrong)
{
  Box *box = &region->box;
  gdouble x, y, w, h;
  JsonTextValue value;
  guint n_wrong_in_box = 0;     /* they cost the object, which counts once */

  if (!find (object, "bbox", JSON_TEXT_OBJECT, &value, &n_wrong_in_box)
      || !find_number (&value, "x", &x, &n_wrong_in_box)
      || !find_number (&value, "y", &y, &n_wrong_in_box)
      || !find_number (&value, "w", &w, &n_wrong_in_box)
      || !find_number (&value, "h", &h, &n_wrong_in_box)
      || !round_fractions (x, w, picture->width, &box->x, &box->w)
      || !round_fractions (y, h, picture->height, &box->y, &box->h))
    return FALSE;

  region->id = find_id (object, n_wrong);
  if (find (object, "label", JSON_TEXT_STRING, &value, n_wrong))
    region->label = dup_text (&value);
  region->confidence = NAN;
  if (find_number (object, "confidence", &region->confidence, n_wrong)
      && !isfinite (region->confidence))
    (*n_wrong)++;
  return TRUE;
}

/* Returns 0 if the label is too much for one. */
static GQuark
intern_label (const gchar * label)
{
  static gint n_labels = 0;
  const GQuark quark = g_quark_try_string (label);

  if (quark || strlen (label) > TIMED_REGIONS_MAX_LABEL_SIZE
      || g_atomic_int_get (&n_labels) >= TIMED_REGIONS_MAX_LABELS)
    return quark;
  g_atomic_int_inc (&n_labels);
  return g_quark_from_string (label);
}

/* @buffer: writable */
static void
attach (GstBuffer * buffer, const Region * region)
{
  const Box *box = &region->box;
  GQuark roi_type = region->label ? intern_label (region->label) : 0;
  g_autoptr (GstStructure) params = gst_structure_new_empty (PARAMS);
  gint64 number = 0;

  if (region->label && !roi_type) {
    roi_type = g_quark_from_static_string (OTHER_LABEL);
    gst_structure_set (params, PARAM_LABEL, G_TYPE_STRING, region->label, NULL);
  }

  GstVideoRegionOfInterestMeta *meta =
      gst_buffer_add_video_region_of_interest_meta_id (buffer, roi_type,
      box->x, box->y, box->w, box->h);

  if (g_str_has_prefix (region->id, "obj-"))
    g_ascii_string_to_signed (region->id + 4, 10, G_MININT, G_MAXINT, &number,
        NULL);
  meta->id = number;

  g_autofree gchar *again = id_from_number (meta->id);

  /* Not "obj-7", but "seven" or "obj-07" */
  if (strcmp (again, region->id) != 0) {
    meta->id = g_str_hash (region->id) & G_MAXINT;
    gst_structure_set (params, PARAM_ID, G_TYPE_STRING, region->id, NULL);
  }
  if (isfinite (region->confidence))
    gst_structure_set (params, PARAM_CONFIDENCE, G_TYPE_DOUBLE,
        region->confidence, NULL);
  if (gst_structure_n_fields (params) > 0)
    gst_video_region_of_interest_meta_add_param (meta,
        g_steal_pointer (&params));
}

/* --- the regions of a frame ---------------------------------------------- */

void
timed_regions_init (TimedRegions * regions)
{
  memset (regions, 0, sizeof (*regions));
  regions->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
      NULL);
  regions->json = g_string_new (NULL);
}

void
timed_regions_clear (TimedRegions * regions)
{
  g_clear_pointer (&regions->known, g_hash_table_unref);
  if (regions->json)
    g_string_free (regions->json, TRUE);
  regions->json = NULL;
}

gboolean
timed_regions_reset (TimedRegions * regions)
{
  const gboolean unplaced = regions->n > 0 && !regions->taken;

  g_hash_table_remove_all (regions->known);
  g_string_truncate (regions->json, 0);
  regions->n = 0;
  regions->taken = FALSE;

  return unplaced;
}

/* Returns whether it is new. */
static gboolean
add (TimedRegions * regions, const Region * region,
    const TimedPicture * picture)
{
  gchar *json = region_to_json (region, picture);

  if (g_hash_table_contains (regions->known, json)) {
    g_free (json);
    return FALSE;
  }
  if (regions->n > 0)
    g_string_append (regions->json, ", ");
  g_string_append (regions->json, json);
  regions->n++;
  return g_hash_table_add (regions->known, json);
}

gboolean
timed_regions_has_metas (GstBuffer * buffer)
{
  return gst_buffer_get_meta (buffer,
      GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE) != NULL;
}

guint
timed_regions_add_metas (TimedRegions * regions, GstBuffer * buffer,
    const TimedPicture * picture)
{
  const GstVideoRegionOfInterestMeta *meta;
  gpointer state = NULL;
  guint n_dropped = 0;

  while ((meta = iterate_metas (buffer, &state))) {
    g_auto (Region) region = { NULL };

    /* Equal ones that are left out count once, too; no JSON object begins so */
    if (region_from_meta (&region, meta, picture))
      add (regions, &region, picture);
    else if (g_hash_table_add (regions->known,
            g_strdup_printf ("%u %u %u %u %s %s", meta->x, meta->y, meta->w,
                meta->h, region.id, region.label ? region.label : "")))
      n_dropped++;
  }
  return n_dropped;
}

GBytes *
timed_regions_take (TimedRegions * regions)
{
  regions->taken = TRUE;
  if (regions->n == 0)
    return NULL;

  gchar *text = g_strconcat ("{\"objects\": [", regions->json->str, "]}", NULL);

  return g_bytes_new_take (text, strlen (text));
}

/* Steps to the next element of an array, or returns FALSE.
 * @scan: about the array, its [ already read */
static gboolean
next_element (JsonScan * scan, JsonTextValue * element)
{
  JsonToken token;

  do {
    token = json_scan_next (scan);
    if (token == JSON_TOKEN_END || scan->depth == 0)
      return FALSE;
  } while (token == JSON_TOKEN_COMMA);

  element->text = scan->token;
  element->type = scan->type;
  while (scan->depth > 1)
    json_scan_next (scan);
  element->size = scan->token + scan->token_size - element->text;
  return TRUE;
}

GstBuffer *
timed_regions_attach (TimedRegions * regions, GstBuffer * buffer,
    GBytes * payload, const TimedPicture * picture, guint * n_dropped)
{
  g_autoptr (GBytes) json = timed_payload_to_json (payload);
  JsonTextValue object = {.type = JSON_TEXT_OBJECT };
  JsonTextValue objects, element;
  JsonScan scan;

  object.text = g_bytes_get_data (json, &object.size);
  if (!buffer || !find (&object, "objects", JSON_TEXT_ARRAY, &objects,
          n_dropped))
    return buffer;

  json_scan_init (&scan, objects.text, objects.size);
  json_scan_next (&scan);
  while (buffer && next_element (&scan, &element)) {
    g_auto (Region) region = { NULL };

    if (regions->n >= TIMED_REGIONS_MAX || element.type != JSON_TEXT_OBJECT
        || !region_from_json (&region, &element, picture, n_dropped)) {
      (*n_dropped)++;
    } else if (add (regions, &region, picture)) {
      buffer = gst_buffer_make_writable (buffer);
      if (buffer)
        attach (buffer, &region);
    }
  }
  return buffer;
}
