/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whether the test flight is one that can be flown: what its members say of platform,
 * sensor and ground goes together */

#include "telemetry.h"

#include <math.h>
#include <string.h>

#include "jsondup.h"

#define STEP_NS (250 * G_GINT64_CONSTANT (1000000))
#define PERIOD_NS (120 * G_GINT64_CONSTANT (1000000000))
#define GRAVITY 9.80665

typedef struct
{
  double x, y, z;
} Vector;

static Vector
combine (double a, Vector u, double b, Vector v)
{
  return (Vector) {
  a *u.x + b * v.x, a * u.y + b * v.y, a * u.z + b * v.z};
}

static double
dot (Vector u, Vector v)
{
  return u.x * v.x + u.y * v.y + u.z * v.z;
}

static double
length (Vector v)
{
  return sqrt (dot (v, v));
}

static double
get_number (const char *json, const char *name)
{
  JsonTextValue value;
  g_autofree char *text = NULL;
  char *end;
  double number;

  g_assert_true (json_text_find (json, strlen (json), name, &value));
  text = g_strndup (value.text, value.size);
  number = g_ascii_strtod (text, &end);
  g_assert_cmpint (*end, ==, '\0');
  return number;
}

static double
get_radians (const char *json, const char *name)
{
  return get_number (json, name) * G_PI / 180;
}

/* Earth-centred, on the ellipsoid WGS84 */
static Vector
find_place (double latitude, double longitude, double height)
{
  const double e2 = 6.69437999014e-3;
  const double radius =
      6378137 / sqrt (1 - e2 * sin (latitude) * sin (latitude));

  return (Vector) {
  (radius + height) * cos (latitude) * cos (longitude),
        (radius + height) * cos (latitude) * sin (longitude),
        (radius * (1 - e2) + height) * sin (latitude)};
}

static Vector
find_sensor (const char *json)
{
  return find_place (get_radians (json, "sensor_latitude"),
      get_radians (json, "sensor_longitude"),
      get_number (json, "sensor_true_altitude"));
}

static Vector
find_center (const char *json)
{
  return find_place (get_radians (json, "frame_center_latitude"),
      get_radians (json, "frame_center_longitude"),
      get_number (json, "frame_center_elevation"));
}

static Vector
find_corner (const char *json, int number)
{
  g_autofree char *latitude =
      g_strdup_printf ("offset_corner_latitude_point_%d", number);
  g_autofree char *longitude =
      g_strdup_printf ("offset_corner_longitude_point_%d", number);

  return find_place (get_radians (json, "frame_center_latitude")
      + get_radians (json, latitude), get_radians (json,
          "frame_center_longitude") + get_radians (json, longitude),
      get_number (json, "frame_center_elevation"));
}

/* Three axes at right angles: forwards, to the right, down */
typedef struct
{
  Vector forwards, right, down;
} Axes;

/* North, east and down at the point */
static Axes
find_level (const char *json)
{
  const double b = get_radians (json, "frame_center_latitude");
  const double l = get_radians (json, "frame_center_longitude");

  return (Axes) {
    {
    -sin (b) * cos (l), -sin (b) * sin (l), cos (b)}
    , {
    -sin (l), cos (l), 0}
    , {
    -cos (b) * cos (l), -cos (b) * sin (l), -sin (b)}
  };
}

/* A turn to the right about the axis down, then of the nose up, then clockwise about
 * the axis forwards */
static Axes
turn (Axes axes, double azimuth, double elevation, double roll)
{
  Axes a = axes, b;

  a.forwards = combine (cos (azimuth), axes.forwards, sin (azimuth),
      axes.right);
  a.right = combine (cos (azimuth), axes.right, -sin (azimuth), axes.forwards);
  b = a;
  b.forwards = combine (cos (elevation), a.forwards, -sin (elevation), a.down);
  b.down = combine (cos (elevation), a.down, sin (elevation), a.forwards);
  a = b;
  a.right = combine (cos (roll), b.right, sin (roll), b.down);
  a.down = combine (cos (roll), b.down, -sin (roll), b.right);
  return a;
}

static Axes
find_platform (const char *json)
{
  return turn (find_level (json), get_radians (json, "platform_heading_angle"),
      get_radians (json, "platform_pitch_angle"),
      get_radians (json, "platform_roll_angle"));
}

static Axes
find_camera (const char *json)
{
  return turn (find_platform (json),
      get_radians (json, "sensor_relative_azimuth_angle"),
      get_radians (json, "sensor_relative_elevation_angle"),
      get_radians (json, "sensor_relative_roll_angle"));
}

static void
assert_near (double value, double wanted, double tolerance)
{
  g_assert_cmpfloat_with_epsilon (value, wanted, tolerance);
}

/* The camera sees the point in the middle, as far away as it says. */
static void
check_camera (const char *json)
{
  const Vector ray = combine (1, find_center (json), -1, find_sensor (json));
  const Axes camera = find_camera (json);

  assert_near (length (ray), get_number (json, "slant_range"), 0.5);
  assert_near (dot (ray, camera.forwards), length (ray), 0.1);
  assert_near (dot (ray, camera.right), 0, 0.5);
  assert_near (dot (ray, camera.down), 0, 0.5);
  assert_near (get_number (json, "target_width"), 2 * length (ray) *
      tan (get_radians (json, "sensor_horizontal_field_of_view") / 2), 0.2);
}

/* The corners on the ground are those of the picture. */
static void
check_corners (const char *json)
{
  static const int rights[] = { -1, 1, 1, -1 };
  static const int downs[] = { -1, -1, 1, 1 };
  const double width =
      tan (get_radians (json, "sensor_horizontal_field_of_view") / 2);
  const double height =
      tan (get_radians (json, "sensor_vertical_field_of_view") / 2);
  const Axes camera = find_camera (json);

  for (int i = 0; i < 4; i++) {
    const Vector ray =
        combine (1, find_corner (json, i + 1), -1, find_sensor (json));
    const double depth = dot (ray, camera.forwards);

    assert_near (dot (ray, camera.right) / depth, rights[i] * width, 1e-3);
    assert_near (dot (ray, camera.down) / depth, downs[i] * height, 1e-3);
  }
}

/* The platform flies where its nose points, as fast as it says, and as steeply as the
 * turn wants. */
static void
check_flight (const char *json, const char *next)
{
  const double seconds = STEP_NS / 1e9;
  const Vector way = combine (1, find_sensor (next), -1, find_sensor (json));
  const Axes before = find_platform (json), after = find_platform (next);
  const Vector middle = combine (1, before.forwards, 1, after.forwards);
  const double speed = length (way) / seconds;
  const double turned = acos (dot (before.forwards, after.forwards));

  assert_near (speed, get_number (json, "platform_ground_speed"), 0.6);
  /* the nose points along the way when it is half way */
  assert_near (dot (way, middle), length (way) * length (middle), 1e-4);
  /* it turns to the right, which is why its right wing is the lower one */
  g_assert_cmpfloat (dot (before.right, after.forwards), >, 0);
  assert_near (tan (get_radians (json, "platform_roll_angle")) * GRAVITY,
      speed * turned / seconds, 0.02);
}

static void
test_flight (void)
{
  g_autofree char *json = telemetry_make (0, 0, "a");

  for (gint64 flown = STEP_NS; flown <= 2 * PERIOD_NS; flown += STEP_NS) {
    char *next = telemetry_make (0, flown, "a");

    check_camera (json);
    check_corners (json);
    check_flight (json, next);
    g_free (json);
    json = next;
  }
}

/* It begins in the north of the point, on its way to the east, and is there again after
 * each circle. */
static void
test_circle (void)
{
  for (int n = 0; n <= 1000; n += 250) {
    g_autofree char *json = telemetry_make (0, n * PERIOD_NS, "a");

    assert_near (remainder (get_number (json, "platform_heading_angle") - 90,
            360), 0, 1e-3);
    assert_near (get_number (json, "sensor_longitude"), get_number (json,
            "frame_center_longitude"), 1e-7);
    g_assert_cmpfloat (get_number (json, "sensor_latitude"), >,
        get_number (json, "frame_center_latitude"));
  }
}

/* Quotes and backslashes are part of a name, and 64 bits of a time. */
static void
test_text (void)
{
  g_autofree char *json = telemetry_make (1795799192989706, 0, "a\"\\ü");
  g_autofree char *text = NULL;
  JsonTextValue value;

  g_assert_true (json_text_is_object (json, strlen (json)));
  g_assert_true (json_text_find (json, strlen (json), "precision_time_stamp",
          &value));
  text = g_strndup (value.text, value.size);
  g_assert_cmpstr (text, ==, "1795799192989706");
  g_free (text);
  g_assert_true (json_text_find (json, strlen (json), "platform_tail_number",
          &value));
  text = json_dup_unquoted (&value, NULL);
  g_assert_cmpstr (text, ==, "a\"\\ü");
}

/* jsontoklv leaves out what is longer. */
static void
test_long_name (void)
{
  g_autofree char *letters = g_strnfill (125, 'a');

  for (guint n = 123; n <= 125; n++) {
    g_autofree char *name = g_strdup_printf ("%.*s\342\202\254", n, letters);
    g_autofree char *json = telemetry_make (0, 0, name);
    JsonTextValue value;

    g_assert_true (json_text_find (json, strlen (json), "platform_tail_number",
            &value));
    g_assert_cmpuint (value.size - 2, ==, n + 3 <= 127 ? n + 3 : n);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/telemetry/flight", test_flight);
  g_test_add_func ("/telemetry/circle", test_circle);
  g_test_add_func ("/telemetry/text", test_text);
  g_test_add_func ("/telemetry/long-name", test_long_name);
  return g_test_run ();
}
