/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TIMED_ENUM_H
#define TIMED_ENUM_H

#include <gst/gst.h>

/**
 * Defines the function that returns, and at first registers, the type of a property
 * of an element. The plugin's documentation has the type, too.
 * @TypeName: as GObject knows it: GstSeiInjectMode
 * @type_name: what the function begins with: gst_sei_inject_mode
 * @values: a static array of GEnumValue that ends with zeros
 */
#define TIMED_DEFINE_ENUM(TypeName, type_name, values)                   \
static GType                                                             \
type_name##_get_type (void)                                              \
{                                                                        \
  static gsize type = 0;                                                 \
                                                                         \
  if (g_once_init_enter (&type)) {                                       \
    const GType registered = g_enum_register_static (#TypeName, values); \
                                                                         \
    gst_type_mark_as_plugin_api (registered, 0);                         \
    g_once_init_leave (&type, registered);                               \
  }                                                                      \
  return type;                                                           \
}

#endif
