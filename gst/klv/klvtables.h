/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef KLV_TABLES_H
#define KLV_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the standards say of each item, made by tables.py of the files in tables/. */

/** How a value is written in bytes, big-endian throughout. */
typedef enum {
  KLV_UINT,                     /* unsigned, of 1 to 8 bytes */
  KLV_INT,                      /* two's complement, of 1 to 8 bytes */
  KLV_TIME_US,                  /* KLV_UINT: microseconds since 1970 */
  KLV_ULIN,                     /* min to max over all codes */
  KLV_ILIN,                     /* min to max over all codes but the most negative */
  KLV_IMAPB,                    /* min to max as ST 1201 has it */
  KLV_FLOAT,                    /* IEEE 754, of 4 or 8 bytes */
  KLV_TEXT,                     /* UTF-8 */
  KLV_UTF16,                    /* UTF-16; ASCII from old writers */
  KLV_ENUM,                     /* KLV_UINT that has a name */
  KLV_FLAGS,                    /* KLV_UINT whose bits have names */
  KLV_CHECKSUM,                 /* running sum of 16 bits (ST 0601 6.5) */
  KLV_CRC32,                    /* CRC-32 of ISO/IEC 13818-1 annex A */
  KLV_OID,                      /* BER-OID */
  KLV_BER,                      /* BER length, as a number */
  KLV_OIDS,                     /* KLV_OID one after the other */
  KLV_BITS,                     /* numbers of the bits that are set, from the first byte's lowest */
  KLV_UUID,                     /* 16 bytes */
  KLV_RGB,                      /* 3 numbers of a byte each */
  KLV_MIIS,                     /* core identifier (ST 1204) */
  KLV_HEX,                      /* bytes of which no more is known */
  KLV_USER_DATA,                /* as its set's item 1 says (ST 0806) */
  KLV_SET,                      /* a set */
  KLV_PACK,                     /* fields one after the other */
  KLV_SERIES                    /* parts with a BER length, of another type each */
} KlvType;

typedef struct _KlvSet KlvSet;

/** A number, or bit, that has a name. */
typedef struct {
  uint8_t value;
  const char *name;
} KlvLabel;

typedef struct {
  const KlvLabel *labels;       /* by value */
  size_t n_labels;
} KlvLabels;

/* Sizes that are no number of bytes */
#define KLV_SIZE_REST 0         /* all that there is */
#define KLV_SIZE_HALF 0xfe      /* half of the pack */
#define KLV_SIZE_PART 0xff      /* a BER length is in front */

/**
 * KlvItem:
 *
 * An item of a set, or a field of a pack.
 */
typedef struct {
  const char *name;             /* in JSON */
  const char *member;           /* the same with quotes and a colon, */
  size_t member_size;           /* and its bytes */
  uint32_t tag;                 /* of an item of a local set */
  const uint8_t *key;           /* of an item of a universal set, KLV_KEY_SIZE bytes */
  KlvType type;
  KlvType part_type;            /* of the parts of a KLV_SERIES */
  uint8_t size;                 /* a number of bytes that it must have, or KLV_SIZE_*; of an
                                   item of a set a number or KLV_SIZE_REST */
  uint8_t write_size;           /* bytes to write; 0: as few as it takes */
  uint16_t max_size;            /* the most bytes that are written; 0: any */
  uint8_t decimals;             /* of KLV_ULIN and KLV_ILIN, so that each code has its text */
  double min, max;              /* of mapped values; of a number that is written; both 0: any */
  const char *special;          /* what the most negative code of KLV_ILIN means */
  bool is_one_if_absent;        /* a number at the end of a pack: 1 if it is left out */
  const KlvSet *set;            /* of KLV_SET, KLV_PACK, and a KLV_SERIES of these */
  const KlvLabels *labels;      /* of KLV_ENUM and KLV_FLAGS */
} KlvItem;

typedef enum {
  KLV_LOCAL_SET,                /* items have BER-OID tags (ST 0107) */
  KLV_UNIVERSAL_SET,            /* items have keys */
  KLV_FIELDS                    /* a pack: nothing is in front of a field but what its size says */
} KlvSetKind;

/** The most items that a set has. */
#define KLV_MAX_ITEMS 160

/**
 * KlvSet:
 *
 * A set, or a pack.
 */
struct _KlvSet {
  const char *standard;         /* as people call it; NULL: the set is no unit of its own */
  const uint8_t *ul;            /* its key, KLV_KEY_SIZE bytes, if it is a unit of its own */
  KlvSetKind kind;
  bool has_number;              /* the item of tag 0 comes first: a BER-OID number without a tag */
  const KlvItem *items;         /* of a local set by tag, of a pack in its order */
  size_t n_items;               /* at most KLV_MAX_ITEMS */
  const uint8_t *index;         /* of a local set: [tag] is the number of the item, from 1; 0: none */
  size_t n_index;
};

/** Whether @text, @size bytes, is @name, which has a terminating NUL. */
static inline bool
klv_is_name (const char *text, size_t size, const char *name)
{
  return strlen (name) == size && memcmp (text, name, size) == 0;
}

/** Whether its value is computed, of all that is before it. */
static inline bool
klv_item_is_checksum (const KlvItem * item)
{
  return item->type == KLV_CHECKSUM || item->type == KLV_CRC32;
}

/** Returns: the set whose universal label is @key, of KLV_KEY_SIZE bytes; NULL: it is none of
 * the tables */
const KlvSet *klv_set_of_key (const uint8_t * key);

/** Returns: the set that stands alone and is called so; NULL: none is
 * @standard: @size bytes, such as "ST 0601"; a universal set if it has no local one */
const KlvSet *klv_set_of_standard (const char *standard, size_t size);

/** Returns: the item; NULL: the tables have none of that tag */
static inline const KlvItem *
klv_set_find_tag (const KlvSet * set, uint64_t tag)
{
  return tag < set->n_index && set->index[tag] > 0
      ? &set->items[set->index[tag] - 1] : NULL;
}

/** Returns: the item of a universal set; NULL: the tables have none of that key */
const KlvItem *klv_set_find_key (const KlvSet * set, const uint8_t * key);

/** Returns: the item or field of that name, @size bytes; NULL: there is none */
const KlvItem *klv_set_find_name (const KlvSet * set, const char *name,
    size_t size);

/** Returns: the item that is a checksum; NULL: the set has none */
const KlvItem *klv_set_find_checksum (const KlvSet * set);

/** Returns: what the item 2 of a set of ST 0806 table 4 is
 * @id: its item 1, of which the two highest bits say it */
KlvType klv_user_type (uint8_t id);

/** Returns: what @value is called; NULL: it has no name */
const char *klv_labels_get (const KlvLabels * labels, uint64_t value);

/** Finds what is called so, @size bytes.
 * Returns: whether there is one */
bool klv_labels_find (const KlvLabels * labels, const char *name, size_t size,
    uint8_t * value);

/* What tables.py makes: */

/** The sets that are units of their own. */
extern const KlvSet *const klv_sets[];
extern const size_t klv_n_sets;

#ifdef __cplusplus
}
#endif
#endif
