/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef AMF3_H
#define AMF3_H

#include "amfreader.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Reads a value of AMF3 and writes it as JSON. A vector, a dictionary and an object that
 * writes itself (externalizable) are AMF_UNKNOWN.
 * Returns: false, and @reader->status, if it cannot be */
bool amf3_read_value (AmfReader * reader);

#ifdef __cplusplus
}
#endif
#endif
