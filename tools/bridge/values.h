/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef VALUES_H
#define VALUES_H

#include "configfile.h"

G_BEGIN_DECLS

/* What users gave an option: on the command line, else in the file of --config, where those
 * that begin with --kafka- are in [kafka], without that, and the others in [bridge]. */

/** Of the options that are a number: what nobody would write */
#define VALUES_NOT_GIVEN G_MININT

typedef struct
{
  const GOptionEntry *entries;  /* with what the command line says: NULL, FALSE or
                                   VALUES_NOT_GIVEN where that is nothing */
  const ConfigFile *file;       /* NULL: there is none */
  GPtrArray *faults;            /* of config_faults_new(): what is wrong */
} Values;

/** All options are named as in @entries: "kafka-topic". */
gboolean values_are_on_line (const Values * values, const char *option);

/** Returns: (nullable): where the file has the option, and the command line has not */
const ConfigEntry *values_find (const Values * values, const char *option);

/** Returns: (transfer full): the option as users write it where they gave it, or would: with
 * -- on the command line, and without in a file, if there is one */
char *values_name_option (const Values * values, const char *option);

/** Returns: the text given, else @without */
const char *values_get_text (const Values * values, const char *option,
    const char *without);

/** Returns: whether it was given, and is not false in the file */
gboolean values_get_flag (const Values * values, const char *option);

/** @unit: with a blank in front, or ""
 * Returns: the number given, else @without; a fault is noted where it is not from @min to
 *   @max */
int values_get_number (const Values * values, const char *option, int min,
    int max, int without, const char *unit);

/** Whether a line of [kafka] is an option, and no setting of librdkafka. */
gboolean values_is_kafka_option (const Values * values, const char *key);

/** Whether a line of [kafka] would be an option without kafka- in front. */
gboolean values_is_kafka_option_in_full (const Values * values,
    const char *key);

/** Notes the lines of [bridge] that are no option.
 * @others: options that are for the command line alone */
void values_check_names (const Values * values, const char *const *others);

/** Notes what is wrong with an option: the rest of a sentence that begins with it. */
void values_fault (const Values * values, const char *option,
    const char *format, ...) G_GNUC_PRINTF (3, 4);

/** Notes what is wrong with an option: a sentence that names it. */
void values_add_fault (const Values * values, const char *option,
    const char *text);

/** Notes the fault of an option whose value is none of a few words.
 * @word: the value
 * @known: those words, with NULL behind them
 * @list: the same, for users */
void values_check_word (const Values * values, const char *option,
    const char *word, const char *const *known, const char *list);

/** Notes what is wrong with a line of the file; 0: with the command line. */
void values_error (const Values * values, guint line, const GError * error);

/** Notes what is wrong with a line of the file. */
#define values_line_fault(values, line, ...) \
  config_file_fault ((values)->file, (values)->faults, line, __VA_ARGS__)

G_END_DECLS
#endif
