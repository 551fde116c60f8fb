/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef INPUT_ERROR_H
#define INPUT_ERROR_H

#include "inputspec.h"

G_BEGIN_DECLS

/** How an explanation begins if nobody is there */
#define INPUT_NO_ANSWER "does not answer"

/** What an error of a source means to its user.
 * @debug: (nullable): what it says to developers
 * @has_data: whether it had given any before
 * Returns: (transfer full): what is wrong, and what to do, to stand behind the name of
 *   the input */
char *input_error_explain (const GError * error, const char *debug,
    const InputSpec * spec, gboolean has_data);

/** What it means to its user that a source did not begin, and did not say why.
 * Returns: as input_error_explain() */
const char *input_error_explain_start (const InputSpec * spec);

G_END_DECLS
#endif
