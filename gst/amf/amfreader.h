/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef AMF_READER_H
#define AMF_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "jsonoutput.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Objects and arrays that may be in one another; the outermost is 1 deep. */
#define AMF_MAX_DEPTH 64

/** So many of each kind of what can be referred to are known in a tag. */
#define AMF_MAX_REFERENCES 4096

/** So many names of members are known, in all objects that are open. Of the others some may
 * be there twice. */
#define AMF_MAX_MEMBERS 1024

/** Names of members that may have the JSON of somebody who has put it into an object of AMF:
 * `metakafka`, `text`. */
#define AMF_N_WRAPPED 2

typedef enum {
  AMF_OK,
  AMF_CUT,                      /* it ends within a value */
  AMF_TOO_DEEP,                 /* beyond AMF_MAX_DEPTH */
  AMF_UNKNOWN,                  /* a type that is not known */
  AMF_NO_NAME,                  /* it does not begin with a string */
  AMF_TOO_LARGE                 /* the JSON, or the number of references */
} AmfStatus;

/**
 * AmfPlace:
 * @offset: of its type
 * @end: behind it; 0: it has not been read to its end
 *
 * A value that may be referred to.
 */
typedef struct {
  size_t offset;
  size_t end;
} AmfPlace;

/** Those of one version of AMF, in the order in which they begin; @n_places may be more than
 * there is room for */
typedef struct {
  AmfPlace places[AMF_MAX_REFERENCES];
  size_t n_places;
} AmfPlaces;

/**
 * AmfMember:
 * @begin: where it begins, in the JSON
 * @end: behind it and its comma, once the next one begins
 * @name_size: bytes of its name there, with the quotes
 */
typedef struct {
  size_t begin;
  size_t end;
  size_t name_size;
} AmfMember;

/**
 * AmfTraits:
 * @offset: of the first name
 * @header: what is before the name of the class
 *
 * Which members objects of AMF3 have (3.12).
 */
typedef struct {
  size_t offset;
  uint32_t header;
} AmfTraits;

/**
 * AmfReader:
 * @data: AMF, of which @offset bytes were read
 * @json: gets the text
 * @status: AMF_OK as long as all can be
 * @wrapped: the strings that an argument has in members of those names; data is NULL where
 *   there is none
 *
 * Reads AMF and writes JSON on the way. It is large: about 250 kB.
 */
typedef struct {
  BytesSpan data;
  size_t offset;
  JsonOutput json;
  AmfStatus status;
  BytesSpan wrapped[AMF_N_WRAPPED];
  /*< private >*/
  unsigned depth;
  unsigned n_followed;          /* references that are being followed */
  size_t first_gap;             /* in the JSON; SIZE_MAX: there is none */
  /* of the objects that are open */
  uint32_t hashes[AMF_MAX_MEMBERS];
  AmfMember members[AMF_MAX_MEMBERS];
  size_t n_members;
  AmfPlaces objects;
  AmfPlaces objects3;           /* of AMF3, as the others */
  BytesSpan strings3[AMF_MAX_REFERENCES];
  size_t n_strings3;
  AmfTraits traits3[AMF_MAX_REFERENCES];
  size_t n_traits3;
} AmfReader;

/**
 * AmfScope:
 *
 * An object or array that is being read.
 */
typedef struct {
  /*< private >*/
  AmfPlace *place;
  size_t first;                 /* of its members */
  size_t member;                /* that is being read, if it is below AMF_MAX_MEMBERS */
} AmfScope;

/** @data: must live as long as @reader reads
 * @dst, @capacity: for the JSON; all that is ever written must fit */
void amf_reader_init (AmfReader * reader, BytesSpan data, char *dst,
    size_t capacity);

/** Returns: false */
bool amf_fail (AmfReader * reader, AmfStatus status);

/** Returns: what has not been read */
BytesSpan amf_get_rest (const AmfReader * reader);

/** Returns: the next @size bytes, or NULL if there are not so many */
const uint8_t *amf_take (AmfReader * reader, size_t size);

/** Reads an unsigned integer, most significant byte first. */
bool amf_take_uint (AmfReader * reader, size_t size, uint32_t * value);

/** Reads a double and writes it: null, if it is not finite. */
bool amf_read_number (AmfReader * reader);

/** Reads milliseconds since 1970 and writes the date: null, if it is none of four digits. */
bool amf_read_date (AmfReader * reader);

/** Notes a value at which a reference may point.
 * @offset: of its type
 * Returns: (nullable): its place, if it is read for the first time */
AmfPlace *amf_note_place (AmfReader * reader, AmfPlaces * places,
    size_t offset);

/** Reads a value again: null, if there is none that has ended before the reference. So what is
 * in itself ends, and an object reads the same wherever it is referred to.
 * @position: of the reference */
bool amf_follow (AmfReader * reader, AmfPlaces * places, size_t index,
    size_t position, bool (*read_value) (AmfReader * reader));

/** Begins an object or an array.
 * @place: (nullable):
 * @bracket: { or [ */
bool amf_open (AmfReader * reader, AmfScope * scope, AmfPlace * place,
    char bracket);

/** Finds where the string of a member goes.
 * Returns: (nullable): one of @reader->wrapped, in which there is none yet */
BytesSpan *amf_get_wrapped (AmfReader * reader, BytesSpan name);

/** Writes the name of a member. One of the same name that is there already goes. */
bool amf_begin_member (AmfReader * reader, AmfScope * scope, BytesSpan name);

/** Is behind each member and each element. */
bool amf_end_value (AmfReader * reader);

/** @bracket: } or ] */
bool amf_close (AmfReader * reader, const AmfScope * scope, char bracket);

#ifdef __cplusplus
}
#endif
#endif
