/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PLAIN_H
#define PLAIN_H

#include "jsonparts.h"

/* JSON read in plain steps, as RFC 8259 has it: what gst/json reads in fewer must come to the
 * same. */

/** Whether gst/json says of any @text what plain steps say: its tokens and where they end, whether
 * it is a value or an object, its members, and what is written of it; and what it is as a string. */
bool plain_agrees (const char *text, size_t size);

#endif
