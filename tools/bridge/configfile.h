/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <glib.h>

G_BEGIN_DECLS

/* The file of --config: [kafka], [bridge] and any number of [camera NAME], with lines of
 * KEY=VALUE as GKeyFile reads them. Every line is known by its number, for what is
 * wrong with it. */

#define CONFIG_KAFKA "kafka"
#define CONFIG_BRIDGE "bridge"
#define CONFIG_CAMERA "camera"

/** A line of KEY=VALUE; or, of a camera that has none, its header, with neither */
typedef struct
{
  const char *group;            /* one of the above */
  const char *camera;           /* NAME, of a camera; else NULL */
  const char *key;
  const char *value;            /* UTF-8 */
  guint line;                   /* from 1 on */
} ConfigEntry;

typedef struct _ConfigFile ConfigFile;

/** What is wrong */
typedef struct
{
  guint line;                   /* of the file; 0: of none, or not with the file */
  char *text;                   /* a sentence, that begins with the file and the line */
} ConfigFault;

/** Returns: (transfer full) (element-type ConfigFault): none */
GPtrArray *config_faults_new (void);

/** Appends what is wrong, but not with the file. */
void config_faults_add (GPtrArray * faults, const char *text);

/** Brings them into the order of their lines. */
void config_faults_sort (GPtrArray * faults);

/** Reads a file.
 * @faults: of config_faults_new(): what is wrong with it is appended
 * Returns: (transfer full) (nullable): what could be read; NULL: nothing */
ConfigFile *config_file_load (const char *path, GPtrArray * faults);

void config_file_free (ConfigFile * file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigFile, config_file_free)

const char *config_file_get_path (const ConfigFile * file);

/** Returns: (element-type ConfigEntry): all lines of [kafka] and [bridge], and of the
 * cameras, in the order of the file */
const GPtrArray *config_file_get_entries (const ConfigFile * file);

/** Returns: (nullable): that line of [kafka] or [bridge] */
const ConfigEntry *config_file_find (const ConfigFile * file, const char *group,
    const char *key);

/** Appends what is wrong with a line to @faults. */
void config_file_fault (const ConfigFile * file, GPtrArray * faults, guint line,
    const char *format, ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS
#endif
