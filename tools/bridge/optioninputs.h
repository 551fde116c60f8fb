/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef OPTION_INPUTS_H
#define OPTION_INPUTS_H

#include "options.h"
#include "values.h"

G_BEGIN_DECLS

/* Options, while they are read. */
typedef struct
{
  Options *options;
  Values values;
  char **inputs, **ports;       /* (nullable): each --input, and each --port */
} OptionsReading;

/** Reads the inputs, and what they have in common. */
void option_inputs_read (OptionsReading * reading);

/** Returns: (transfer full): where users gave an input, for sentences */
char *option_inputs_name (const OptionsReading * reading,
    const InputSpec * spec);

G_END_DECLS
#endif
