/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Regions of interest: metas and JSON, there and back */

#include <math.h>
#include <string.h>

#include <gst/check/check.h>
#include <gst/video/video.h>

#include "timedregions.h"

static const TimedPicture hd = { 1920, 1080 };
static const TimedPicture unknown = { 0, 0 };

/* --- metas to text ------------------------------------------------------- */

static GstVideoRegionOfInterestMeta *
add_region (GstBuffer * buffer, const gchar * label, gint id, guint x, guint y,
    guint w, guint h)
{
  GstVideoRegionOfInterestMeta *meta =
      gst_buffer_add_video_region_of_interest_meta (buffer, label, x, y, w, h);

  meta->id = id;
  return meta;
}

static void
add_param (GstVideoRegionOfInterestMeta * meta, const gchar * structure)
{
  GstStructure *s = gst_structure_from_string (structure, NULL);

  fail_unless (s, "%s", structure);
  gst_video_region_of_interest_meta_add_param (meta, s);
}

/* Takes @buffer.
 * @expected: NULL for no text */
static void
assert_text (GstBuffer * buffer, const TimedPicture * picture,
    const gchar * expected, guint n_dropped)
{
  TimedRegions regions;
  GBytes *json;

  timed_regions_init (&regions);
  assert_equals_int (timed_regions_add_metas (&regions, buffer, picture),
      n_dropped);
  json = timed_regions_take (&regions);
  if (expected) {
    fail_unless (json, "nothing, not %s", expected);
    gchar *text = g_strndup (g_bytes_get_data (json, NULL),
        g_bytes_get_size (json));

    fail_unless_equals_string (text, expected);
    g_free (text);
    g_bytes_unref (json);
  } else {
    fail_if (json, "%s", json ? (gchar *) g_bytes_get_data (json, NULL) : NULL);
  }
  timed_regions_clear (&regions);
  gst_buffer_unref (buffer);
}

#define BBOX(x, y, w, h) \
    "\"bbox\": {\"x\": " x ", \"y\": " y ", \"w\": " w ", \"h\": " h "}}"
#define OBJECT(id, label, box) \
    "{\"id\": \"" id "\", \"label\": \"" label "\", " box
#define OBJECTS(objects) "{\"objects\": [" objects "]}"
#define QUARTER BBOX ("0.25", "0.5", "0.1", "0.3")
#define CAR_1 OBJECT ("obj-1", "car", QUARTER)
#define CAR_2 OBJECT ("obj-2", "car", QUARTER)

GST_START_TEST (test_regions_of_a_frame_become_one_object)
{
  GstBuffer *buffer = gst_buffer_new ();

  assert_text (gst_buffer_new (), &hd, NULL, 0);
  add_param (add_region (buffer, "car", 7, 480, 540, 192, 324),
      "detection, confidence=(double)0.87");
  add_region (buffer, "dog", 0, 0, 0, 1920, 1080);
  assert_text (buffer, &hd,
      OBJECTS ("{\"id\": \"obj-7\", \"label\": \"car\", \"confidence\": 0.87, "
          QUARTER ", " OBJECT ("obj-0", "dog", BBOX ("0", "0", "1", "1"))), 0);
}

GST_END_TEST;

#define MINUS(n) ((guint) -(n))

/* Boxes in a picture of 1920x1080, and what is left of them */
static const struct
{
  guint x, y, w, h;
  const gchar *box;
} boxes[] = {
  {480, 540, 192, 324, QUARTER},
  {0, 0, 1920, 1080, BBOX ("0", "0", "1", "1")},
  {1919, 1079, 1, 1, BBOX ("0.999479", "0.999074", "0.000521", "0.000926")},
  /* beyond the right and lower edges */
  {960, 540, 5000, 5000, BBOX ("0.5", "0.5", "0.5", "0.5")},
  {960, 540, G_MAXUINT, G_MAXUINT, BBOX ("0.5", "0.5", "0.5", "0.5")},
  {0, 0, G_MAXUINT, G_MAXUINT, BBOX ("0", "0", "1", "1")},
  /* negative positions */
  {MINUS (192), MINUS (108), 384, 216, BBOX ("0", "0", "0.1", "0.1")},
  {MINUS (1), MINUS (1), G_MAXUINT, G_MAXUINT, BBOX ("0", "0", "1", "1")},
  /* nothing in the picture */
  {MINUS (192), 0, 192, 10, NULL},
  {0, MINUS (10), 10, 9, NULL},
  {(guint) G_MININT, 0, (guint) G_MAXINT + 1, 10, NULL},
  {1920, 0, 10, 10, NULL},
  {0, 1080, 10, 10, NULL},
  {G_MAXINT, G_MAXINT, G_MAXUINT, G_MAXUINT, NULL},
  {100, 100, 0, 10, NULL},
  {100, 100, 10, 0, NULL},
  {0, 0, 0, 0, NULL},
};

GST_START_TEST (test_region_is_clipped_to_the_picture)
{
  GstBuffer *buffer = gst_buffer_new ();
  const gchar *box = boxes[__i__].box;
  gchar *expected = box ?
      g_strconcat ("{\"objects\": [{\"id\": \"obj-1\", \"label\": \"car\", ",
      box, "]}", NULL) : NULL;

  add_region (buffer, "car", 1, boxes[__i__].x, boxes[__i__].y,
      boxes[__i__].w, boxes[__i__].h);
  assert_text (gst_buffer_copy (buffer), &hd, expected, box ? 0 : 1);
  assert_text (buffer, &unknown, NULL, 1);
  g_free (expected);
}

GST_END_TEST;

GST_START_TEST (test_region_label_may_be_any_text)
{
  static const struct
  {
    const gchar *label;
    const gchar *json;
  } cases[] = {
    {"", OBJECTS (OBJECT ("obj-1", "", QUARTER))},
    {"Grüße, 車 \xf0\x9f\x9a\x97", OBJECTS (OBJECT ("obj-1",
                "Grüße, 車 \xf0\x9f\x9a\x97", QUARTER))},
    {"a \"b\"\\c\n", OBJECTS (OBJECT ("obj-1", "a \\\"b\\\"\\\\c\\n",
                QUARTER))},
    {"\x01\xff", OBJECTS (OBJECT ("obj-1", "\\u0001\xef\xbf\xbd", QUARTER))},
    {NULL, OBJECTS ("{\"id\": \"obj-1\", " QUARTER)},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstBuffer *buffer = gst_buffer_new ();

    add_region (buffer, cases[i].label, 1, 480, 540, 192, 324);
    assert_text (buffer, &hd, cases[i].json, 0);
  }
}

GST_END_TEST;

GST_START_TEST (test_region_params_say_confidence_and_id)
{
  static const struct
  {
    gint id;
    const gchar *params[2];
    const gchar *json;          /* up to the box */
  } cases[] = {
    {-3, {NULL}, "\"obj--3\""},
    {1, {"a, id=(string)seven"}, "\"seven\""},
    {1, {"a, id=(int)7"}, "\"obj-1\""},
    {1, {"a, id=(string)\"x\\\"y\""}, "\"x\\\"y\""},
    {1, {"a, confidence=(double)0.6"}, "\"obj-1\", \"confidence\": 0.6"},
    {1, {"a, confidence=(float)0.9"}, "\"obj-1\", \"confidence\": 0.9"},
    /* a float that was put into a double */
    {1, {"a, confidence=(double)0.89999997615814209"},
        "\"obj-1\", \"confidence\": 0.9"},
    {1, {"a, confidence=(double)0.1234567890123"},
        "\"obj-1\", \"confidence\": 0.1234567890123"},
    {1, {"a, confidence=(int)1"}, "\"obj-1\", \"confidence\": 1"},
    {1, {"a, confidence=(string)high"}, "\"obj-1\""},
    {1, {"a, b=1", "c, confidence=(double)0.5"},
        "\"obj-1\", \"confidence\": 0.5"},
    {1, {"a, confidence=(double)0.5, id=(string)x",
            "c, confidence=(double)0.6"},
        "\"x\", \"confidence\": 0.5"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstBuffer *buffer = gst_buffer_new ();
    GstVideoRegionOfInterestMeta *meta =
        add_region (buffer, NULL, cases[i].id, 480, 540, 192, 324);
    gchar *expected = g_strconcat ("{\"objects\": [{\"id\": ", cases[i].json,
        ", ", QUARTER, "]}", NULL);

    for (guint k = 0; k < G_N_ELEMENTS (cases[i].params); k++)
      if (cases[i].params[k])
        add_param (meta, cases[i].params[k]);
    assert_text (buffer, &hd, expected, 0);
    g_free (expected);
  }
}

GST_END_TEST;

GST_START_TEST (test_region_confidence_is_finite)
{
  const gdouble infinite[] = { NAN, INFINITY, -INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (infinite); i++) {
    GstBuffer *buffer = gst_buffer_new ();
    GstVideoRegionOfInterestMeta *meta =
        add_region (buffer, "car", 1, 480, 540, 192, 324);

    gst_video_region_of_interest_meta_add_param (meta,
        gst_structure_new ("a", "confidence", G_TYPE_DOUBLE, infinite[i],
            NULL));
    gst_video_region_of_interest_meta_add_param (meta,
        gst_structure_new ("b", "confidence", G_TYPE_FLOAT, infinite[i], NULL));
    assert_text (gst_buffer_copy (buffer), &hd, OBJECTS (CAR_1), 0);
    add_param (meta, "c, confidence=(double)0.5");
    assert_text (buffer, &hd, OBJECTS ("{\"id\": \"obj-1\", \"label\": "
            "\"car\", \"confidence\": 0.5, " QUARTER), 0);
  }
}

GST_END_TEST;

/* As a parser attaches them to every NAL unit of a frame */
GST_START_TEST (test_regions_that_are_equal_count_once)
{
  GstBuffer *buffer = gst_buffer_new ();
  TimedRegions regions;

  for (guint i = 0; i < 3; i++) {
    add_region (buffer, "car", 1, 480, 540, 192, 324);
    add_region (buffer, "car", 1, 5000, 5000, 10, 10);
  }
  add_region (buffer, "car", 2, 480, 540, 192, 324);

  timed_regions_init (&regions);
  for (guint i = 0; i < 3; i++)
    assert_equals_int (timed_regions_add_metas (&regions, buffer, &hd),
        i == 0 ? 1 : 0);
  assert_equals_int (regions.n, 2);
  fail_unless (timed_regions_reset (&regions));
  fail_if (timed_regions_reset (&regions));

  timed_regions_add_metas (&regions, buffer, &hd);
  g_bytes_unref (timed_regions_take (&regions));
  fail_if (timed_regions_reset (&regions));
  fail_if (regions.taken);
  timed_regions_clear (&regions);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

/* --- text to metas ------------------------------------------------------- */

/* Attaches what @text says.
 * Returns: (transfer full): the buffer */
static GstBuffer *
attach_size (const gchar * text, gsize size, const TimedPicture * picture,
    guint expected_dropped)
{
  GBytes *payload = g_bytes_new (text, size);
  GstBuffer *buffer = gst_buffer_new ();
  TimedRegions regions;
  guint n_dropped = 0;

  timed_regions_init (&regions);
  buffer = timed_regions_attach (&regions, buffer, payload, picture,
      &n_dropped);
  assert_equals_int (n_dropped, expected_dropped);
  assert_equals_int (regions.n, gst_buffer_get_n_meta (buffer,
          GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE));
  timed_regions_clear (&regions);
  g_bytes_unref (payload);
  return buffer;
}

static GstBuffer *
attach_text (const gchar * text, const TimedPicture * picture, guint n_dropped)
{
  return attach_size (text, strlen (text), picture, n_dropped);
}

GST_START_TEST (test_regions_are_attached_as_metas)
{
  GstBuffer *buffer = attach_text ("{\"seq\": 5, \"objects\": [{\"id\": "
      "\"obj-7\", \"label\": \"car\", \"confidence\": 0.87, " QUARTER "], "
      "\"source\": \"x\"}", &hd, 0);
  const GstVideoRegionOfInterestMeta *meta =
      gst_buffer_get_video_region_of_interest_meta (buffer);
  gdouble confidence;

  fail_unless_equals_string (g_quark_to_string (meta->roi_type), "car");
  assert_equals_int (meta->id, 7);
  assert_equals_int (meta->x, 480);
  assert_equals_int (meta->y, 540);
  assert_equals_int (meta->w, 192);
  assert_equals_int (meta->h, 324);
  assert_equals_int (g_list_length (meta->params), 1);
  fail_unless (gst_structure_has_name (meta->params->data, "detection"));
  fail_unless (gst_structure_get_double (meta->params->data, "confidence",
          &confidence));
  fail_unless_equals_float (confidence, 0.87);
  assert_equals_int (gst_structure_n_fields (meta->params->data), 1);
  gst_buffer_unref (buffer);
}

GST_END_TEST;

/* Texts that come out again as they went in, through metas */
static const gchar *const same[] = {
  OBJECTS (OBJECT ("obj-7", "car", QUARTER)),
  OBJECTS (OBJECT ("obj--7", "car", QUARTER)),
  OBJECTS (OBJECT ("obj-2147483647", "car", QUARTER)),
  OBJECTS (OBJECT ("obj-2147483648", "car", QUARTER)),
  OBJECTS (OBJECT ("obj-007", "car", QUARTER)),
  OBJECTS (OBJECT ("obj-+7", "car", QUARTER)),
  OBJECTS (OBJECT ("obj-", "car", QUARTER)),
  OBJECTS (OBJECT ("obj-7 ", "car", QUARTER)),
  OBJECTS (OBJECT ("", "", QUARTER)),
  OBJECTS (OBJECT ("7", "car", QUARTER)),
  OBJECTS (OBJECT ("seven \\\"7\\\" 車", "Grüße \\\"車\\\"", QUARTER)),
  OBJECTS ("{\"id\": \"obj-7\", " QUARTER),
  OBJECTS ("{\"id\": \"x\", \"confidence\": 0.6, " QUARTER),
  OBJECTS ("{\"id\": \"x\", \"confidence\": 0.59999999999999998e-7, " QUARTER),
  OBJECTS (OBJECT ("obj-7", "car", BBOX ("0", "0", "1", "1")) ", "
      OBJECT ("obj-8", "car", BBOX ("0.052083", "0.092593", "0.000521",
              "0.000926"))),
};

GST_START_TEST (test_regions_text_comes_back)
{
  const gchar *text = same[__i__];
  gchar *expected = g_strdup (text);
  gchar *number = strstr (expected, "0.59999999999999998e-7");

  /* as people write numbers */
  if (number) {
    memcpy (number, "6e-08", 5);
    memmove (number + 5, number + 22, strlen (number + 22) + 1);
  }
  assert_text (attach_text (text, &hd, 0), &hd, expected, 0);
  g_free (expected);
}

GST_END_TEST;

/* Also in pictures of unusual sizes */
GST_START_TEST (test_regions_pixels_come_back)
{
  static const guint sizes[] = { 1, 2, 3, 7, 96, 1919, 65535, G_MAXINT };
  GRand *rand = g_rand_new_with_seed (__i__);

  for (guint i = 0; i < 200; i++) {
    const TimedPicture picture = {
      sizes[g_rand_int_range (rand, 0, G_N_ELEMENTS (sizes))],
      sizes[g_rand_int_range (rand, 0, G_N_ELEMENTS (sizes))]
    };
    const guint x = g_rand_int (rand) % picture.width;
    const guint y = g_rand_int (rand) % picture.height;
    const guint w = 1 + g_rand_int (rand) % (picture.width - x);
    const guint h = 1 + g_rand_int (rand) % (picture.height - y);
    GstBuffer *buffer = gst_buffer_new ();
    const GstVideoRegionOfInterestMeta *meta;
    TimedRegions regions;
    GBytes *json;
    guint n_dropped = 0;

    add_region (buffer, "car", i, x, y, w, h);
    timed_regions_init (&regions);
    timed_regions_add_metas (&regions, buffer, &picture);
    json = timed_regions_take (&regions);
    gst_buffer_unref (buffer);

    timed_regions_reset (&regions);
    buffer = timed_regions_attach (&regions, gst_buffer_new (), json, &picture,
        &n_dropped);
    meta = gst_buffer_get_video_region_of_interest_meta (buffer);
    assert_equals_int (n_dropped, 0);
    fail_unless (meta->x == x && meta->y == y && meta->w == w && meta->h == h,
        "%u,%u %ux%u of %ux%u became %u,%u %ux%u as %s", x, y, w, h,
        picture.width, picture.height, meta->x, meta->y, meta->w, meta->h,
        (gchar *) g_bytes_get_data (json, NULL));
    g_bytes_unref (json);
    timed_regions_clear (&regions);
    gst_buffer_unref (buffer);
  }
  g_rand_free (rand);
}

GST_END_TEST;

/* What others write, and what is left of it */
static const struct
{
  const gchar *text;
  guint n_dropped;
  const gchar *left;            /* NULL for nothing */
} others[] = {
  /* no objects at all */
  {"", 0, NULL},
  {"{}", 0, NULL},
  {"hello", 0, NULL},
  {"[{\"objects\":[]}]", 0, NULL},
  {"{\"objects\":[]}", 0, NULL},
  {"{\"objects\":[{" QUARTER "}", 0, NULL},
  {"{\"Objects\":[{" QUARTER "]}", 0, NULL},
  /* malformed ones between others */
  {"{\"objects\":{}}", 1, NULL},
  {"{\"objects\":null}", 1, NULL},
  {"{\"objects\":[1,\"a\",null,[[{}]],{\"bbox\":[]},{\"bbox\":{}},{" QUARTER
        ",{\"bbox\":{\"x\":0,\"y\":0,\"w\":\"1\",\"h\":1}}]}", 7,
      OBJECTS ("{\"id\": \"obj-0\", " QUARTER)},
  {"{\"objects\":[{\"id\":null,\"label\":7,\"confidence\":\"high\"," QUARTER
        "]}", 3, OBJECTS ("{\"id\": \"obj-0\", " QUARTER)},
  {"{\"objects\":[{\"confidence\":1e999," QUARTER "]}", 1,
      OBJECTS ("{\"id\": \"obj-0\", " QUARTER)},
  /* a number as id, white space, members in any order, NULs at the end */
  {" {\"objects\" : [ {\"bbox\":{\"h\":0.3,\"w\":0.1,\"y\":0.5,\"x\":0.25,"
        "\"z\":[1]}, \"a\":{\"bbox\":1}, \"id\":7, \"label\":\"car\" } ] } ",
      0, OBJECTS (OBJECT ("obj-7", "car", QUARTER))},
  {"{\"objects\":[{\"id\":7.5," QUARTER "]}", 1,
      OBJECTS ("{\"id\": \"obj-0\", " QUARTER)},
  {"{\"objects\":[{\"id\":18446744073709551615," QUARTER "]}", 0,
      OBJECTS ("{\"id\": \"obj-18446744073709551615\", " QUARTER)},
  /* U+0000 and half a surrogate pair */
  {"{\"objects\":[{\"id\":\"a\\u0000b\",\"label\":\"c\\u0000\\ud800\","
        QUARTER "]}", 0,
        OBJECTS (OBJECT ("a\xef\xbf\xbd" "b", "c\xef\xbf\xbd\xef\xbf\xbd",
              QUARTER))},
  /* partly outside, outside, without a size */
  {"{\"objects\":[{" BBOX ("-0.1", "0.5", "0.2", "7") "]}", 0,
      OBJECTS ("{\"id\": \"obj-0\", " BBOX ("0", "0.5", "0.1", "0.5"))},
  {"{\"objects\":[{" BBOX ("-1e999", "-1", "1e999", "1e308") "]}", 1, NULL},
  {"{\"objects\":[{" BBOX ("0", "-1e300", "1e999", "1e999") "]}", 0,
      OBJECTS ("{\"id\": \"obj-0\", " BBOX ("0", "0", "1", "1"))},
  {"{\"objects\":[{" BBOX ("1", "0", "0.5", "0.5") "]}", 1, NULL},
  {"{\"objects\":[{" BBOX ("0.5", "0.5", "-0.5", "0.5") "]}", 1, NULL},
  {"{\"objects\":[{" BBOX ("0.5", "0.5", "0", "0.5") "]}", 1, NULL},
  /* less than half a pixel is one pixel, also at the edges */
  {"{\"objects\":[{" BBOX ("0.99999", "0", "1e-9", "1e-9") "]}", 0,
        OBJECTS ("{\"id\": \"obj-0\", " BBOX ("0.999479", "0", "0.000521",
              "0.000926"))},
};

GST_START_TEST (test_regions_of_others_are_read)
{
  const gchar *text = others[__i__].text;

  assert_text (attach_text (text, &hd, others[__i__].n_dropped), &hd,
      others[__i__].left, 0);
  /* with the NUL that senders count */
  assert_text (attach_size (text, strlen (text) + 1, &hd,
          others[__i__].n_dropped), &hd, others[__i__].left, 0);
}

GST_END_TEST;

GST_START_TEST (test_regions_without_picture_size_are_left_out)
{
  gst_buffer_unref (attach_text (OBJECTS (CAR_1 ", " CAR_2), &unknown, 2));
}

GST_END_TEST;

GST_START_TEST (test_regions_that_are_there_are_not_attached_again)
{
  const gchar *text = OBJECTS (CAR_1 ", " CAR_2);
  GBytes *json = g_bytes_new (text, strlen (text));
  GstBuffer *buffer = gst_buffer_new ();
  TimedRegions regions;
  guint n_dropped = 0;

  add_region (buffer, "car", 1, 480, 540, 192, 324);
  timed_regions_init (&regions);
  timed_regions_add_metas (&regions, buffer, &hd);
  for (guint i = 0; i < 2; i++) {
    buffer = timed_regions_attach (&regions, buffer, json, &hd, &n_dropped);
    assert_equals_int (gst_buffer_get_n_meta (buffer,
            GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE), 2);
  }
  assert_equals_int (n_dropped, 0);
  timed_regions_clear (&regions);
  gst_buffer_unref (buffer);
  g_bytes_unref (json);
}

GST_END_TEST;

/* @label: a format with the number */
static GString *
many_objects (guint n, const gchar * label)
{
  GString *text = g_string_new ("{\"objects\": [");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s{\"id\": \"obj-%u\", \"label\": \"%s%u\", "
        QUARTER, i > 0 ? ", " : "", i, label, i);
  g_string_append (text, "]}");
  return text;
}

GST_START_TEST (test_regions_of_a_frame_are_bounded)
{
  GString *text = many_objects (TIMED_REGIONS_MAX + 3, "car");

  gst_buffer_unref (attach_text (text->str, &hd, 3));
  g_string_free (text, TRUE);
}

GST_END_TEST;

/* No quark is ever freed, so a stream may not make as many as it likes. */
GST_START_TEST (test_regions_labels_beyond_the_bound_come_back)
{
  gchar *longest = g_strnfill (5000, 'x');

  for (guint i = 0; i < 3; i++) {
    gchar *label = g_strdup_printf ("%u-%s", i, i == 2 ? longest : "label");
    GString *text = many_objects (TIMED_REGIONS_MAX, label);
    GstBuffer *buffer = attach_text (text->str, &hd, 0);

    assert_text (gst_buffer_ref (buffer), &hd, text->str, 0);
    if (i > 0) {
      const GstVideoRegionOfInterestMeta *meta =
          gst_buffer_get_video_region_of_interest_meta (buffer);
      gchar *label_0 = g_strconcat (label, "0", NULL);

      fail_unless_equals_string (g_quark_to_string (meta->roi_type), "object");
      assert_equals_int (g_quark_try_string (label_0), 0);
      g_free (label_0);
    }
    gst_buffer_unref (buffer);
    g_string_free (text, TRUE);
    g_free (label);
  }
  g_free (longest);
}

GST_END_TEST;

/* Where others hold the buffer, too */
GST_START_TEST (test_regions_leave_the_buffer_of_others_alone)
{
  const gchar *text = OBJECTS (CAR_1);
  GBytes *json = g_bytes_new (text, strlen (text));
  GBytes *none = g_bytes_new ("{}", 2);
  GstBuffer *buffer = gst_buffer_new ();
  GstBuffer *out;
  TimedRegions regions;
  guint n_dropped = 0;

  timed_regions_init (&regions);
  out = timed_regions_attach (&regions, gst_buffer_ref (buffer), none, &hd,
      &n_dropped);
  fail_unless (out == buffer);
  out = timed_regions_attach (&regions, out, json, &hd, &n_dropped);
  fail_unless (out != buffer);
  fail_if (timed_regions_has_metas (buffer));
  fail_unless (timed_regions_has_metas (out));
  timed_regions_clear (&regions);
  gst_buffer_unref (buffer);
  gst_buffer_unref (out);
  g_bytes_unref (json);
  g_bytes_unref (none);
}

GST_END_TEST;

static Suite *
timedregions_suite (void)
{
  Suite *s = suite_create ("timedregions");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_regions_of_a_frame_become_one_object);
  tcase_add_loop_test (tc, test_region_is_clipped_to_the_picture, 0,
      G_N_ELEMENTS (boxes));
  tcase_add_test (tc, test_region_label_may_be_any_text);
  tcase_add_test (tc, test_region_params_say_confidence_and_id);
  tcase_add_test (tc, test_region_confidence_is_finite);
  tcase_add_test (tc, test_regions_that_are_equal_count_once);
  tcase_add_test (tc, test_regions_are_attached_as_metas);
  tcase_add_loop_test (tc, test_regions_text_comes_back, 0,
      G_N_ELEMENTS (same));
  tcase_add_loop_test (tc, test_regions_pixels_come_back, 0, 4);
  tcase_add_loop_test (tc, test_regions_of_others_are_read, 0,
      G_N_ELEMENTS (others));
  tcase_add_test (tc, test_regions_without_picture_size_are_left_out);
  tcase_add_test (tc, test_regions_that_are_there_are_not_attached_again);
  tcase_add_test (tc, test_regions_of_a_frame_are_bounded);
  tcase_add_test (tc, test_regions_labels_beyond_the_bound_come_back);
  tcase_add_test (tc, test_regions_leave_the_buffer_of_others_alone);

  return s;
}

GST_CHECK_MAIN (timedregions);
