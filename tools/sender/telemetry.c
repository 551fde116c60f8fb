/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "telemetry.h"

#include <math.h>
#include <string.h>

#include "jsondup.h"

/* Bytes of a text in ST 0601 */
#define MAX_TEXT_SIZE 127

/* The point: the middle of the runway of Oberpfaffenhofen */
#define POINT_LATITUDE 48.0814
#define POINT_LONGITUDE 11.2831
#define POINT_ELEVATION 590.0

/* The circle, clockwise as seen from above */
#define RADIUS 1000.0
#define HEIGHT 500.0
#define PERIOD_NS (120 * G_GINT64_CONSTANT (1000000000))

/* The camera: 16:9 */
#define HORIZONTAL_VIEW 10.0
#define VERTICAL_VIEW 5.6336

#define GRAVITY 9.80665
/* WGS84: semi-major axis, and the square of the eccentricity */
#define EARTH_AXIS 6378137.0
#define EARTH_E2 6.69437999014e-3

#define TO_RADIANS(degrees) ((degrees) * (G_PI / 180))
#define TO_DEGREES(radians) ((radians) * (180 / G_PI))

/* Metres from the point, on the plane that touches the earth there */
typedef struct
{
  double north, east;
} Place;

/* By the radii of curvature in the meridian and in the prime vertical */
static double
get_latitude_offset (Place place)
{
  const double s = sin (TO_RADIANS (POINT_LATITUDE));
  const double radius =
      EARTH_AXIS * (1 - EARTH_E2) / pow (1 - EARTH_E2 * s * s, 1.5);

  return TO_DEGREES (place.north / (radius + POINT_ELEVATION));
}

static double
get_longitude_offset (Place place)
{
  const double s = sin (TO_RADIANS (POINT_LATITUDE));
  const double radius = EARTH_AXIS / sqrt (1 - EARTH_E2 * s * s);

  return TO_DEGREES (place.east / ((radius + POINT_ELEVATION)
          * cos (TO_RADIANS (POINT_LATITUDE))));
}

/* Where the camera's picture has a corner on the ground.
 * @bearing: in which the camera looks, in radians
 * @right, @up: 1 or -1 */
static Place
find_corner (double bearing, int right, int up)
{
  const double depression = atan2 (HEIGHT, RADIUS);
  const double a = right * tan (TO_RADIANS (HORIZONTAL_VIEW / 2));
  const double b = up * tan (TO_RADIANS (VERTICAL_VIEW / 2));
  /* how far the ray to the corner goes until it is down */
  const double length = HEIGHT / (sin (depression) - b * cos (depression));
  const double ahead =
      length * (cos (depression) + b * sin (depression)) - RADIUS;
  const double aside = length * a;

  return (Place) {
  .north = ahead * cos (bearing) - aside * sin (bearing),.east =
        ahead * sin (bearing) + aside * cos (bearing)};
}

/* printf() would write the decimal point of the locale. */
static void
add_number (GString * json, const char *name, int decimals, double value)
{
  char format[8];
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_snprintf (format, sizeof (format), "%%.%df", decimals);
  g_string_append_printf (json, ",\"%s\":%s", name,
      g_ascii_formatd (text, sizeof (text), format, value));
}

static void
add_corners (GString * json, double bearing)
{
  /* from the upper left one, clockwise */
  static const struct
  {
    int right, up;
  } corners[] = { {-1, 1}, {1, 1}, {1, -1}, {-1, -1} };

  for (guint i = 0; i < G_N_ELEMENTS (corners); i++) {
    const Place place = find_corner (bearing, corners[i].right, corners[i].up);
    g_autofree char *latitude =
        g_strdup_printf ("offset_corner_latitude_point_%u", i + 1);
    g_autofree char *longitude =
        g_strdup_printf ("offset_corner_longitude_point_%u", i + 1);

    add_number (json, latitude, 7, get_latitude_offset (place));
    add_number (json, longitude, 7, get_longitude_offset (place));
  }
}

static void
add_platform (GString * json, double angle, double speed, double bank)
{
  add_number (json, "platform_heading_angle", 3,
      fmod (TO_DEGREES (angle) + 90, 360));
  add_number (json, "platform_pitch_angle", 1, 0);
  add_number (json, "platform_roll_angle", 3, TO_DEGREES (bank));
  add_number (json, "platform_ground_speed", 0, speed);
}

/* The wings lean towards the point, and the camera looks out over the right one: so it
 * is at a right angle to the heading, its picture level, and the bank is part of its
 * depression. */
static void
add_sensor (GString * json, double angle, double bank)
{
  const Place place = { RADIUS * cos (angle), RADIUS * sin (angle) };
  const double range = hypot (RADIUS, HEIGHT);

  add_number (json, "sensor_latitude", 8,
      POINT_LATITUDE + get_latitude_offset (place));
  add_number (json, "sensor_longitude", 8,
      POINT_LONGITUDE + get_longitude_offset (place));
  add_number (json, "sensor_true_altitude", 1, POINT_ELEVATION + HEIGHT);
  add_number (json, "sensor_horizontal_field_of_view", 3, HORIZONTAL_VIEW);
  add_number (json, "sensor_vertical_field_of_view", 3, VERTICAL_VIEW);
  add_number (json, "sensor_relative_azimuth_angle", 1, 90);
  add_number (json, "sensor_relative_elevation_angle", 7,
      TO_DEGREES (bank - atan2 (HEIGHT, RADIUS)));
  add_number (json, "sensor_relative_roll_angle", 1, 0);
  add_number (json, "slant_range", 3, range);
  add_number (json, "target_width", 1,
      2 * range * tan (TO_RADIANS (HORIZONTAL_VIEW / 2)));
}

/* As much of a text as ST 0601 has room for; no character is cut.
 * Returns: (transfer full): in quotes */
static char *
quote_cut (const char *text)
{
  gsize size = MIN (strlen (text), MAX_TEXT_SIZE);

  while (size > 0 && ((guchar) text[size] & 0xc0) == 0x80)
    size--;
  return json_dup_quoted (text, size, NULL);
}

char *
telemetry_make (gint64 unix_us, gint64 flown_ns, const char *tail_number)
{
  const double angle = 2 * G_PI * flown_ns / PERIOD_NS;
  const double speed = 2 * G_PI * RADIUS / (PERIOD_NS / 1e9);
  /* of a turn without slipping */
  const double bank = atan (speed * speed / (RADIUS * GRAVITY));
  g_autofree char *tail = quote_cut (tail_number);
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"precision_time_stamp\":%" G_GINT64_FORMAT
      ",\"mission_id\":\"Test flight\",\"platform_tail_number\":%s", unix_us,
      tail);
  add_platform (json, angle, speed, bank);
  g_string_append (json, ",\"platform_designation\":\"metakafka-sender\","
      "\"image_source_sensor\":\"EO\","
      "\"image_coordinate_system\":\"Geodetic WGS84\"");
  add_sensor (json, angle, bank);
  add_number (json, "frame_center_latitude", 8, POINT_LATITUDE);
  add_number (json, "frame_center_longitude", 8, POINT_LONGITUDE);
  add_number (json, "frame_center_elevation", 1, POINT_ELEVATION);
  add_corners (json, angle + G_PI);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}
