/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvtables.h"

#include "klvkey.h"

const KlvSet *
klv_set_of_key (const uint8_t * key)
{
  for (size_t i = 0; i < klv_n_sets; i++)
    if (klv_key_equal (klv_sets[i]->ul, key))
      return klv_sets[i];
  return NULL;
}

const KlvSet *
klv_set_of_standard (const char *standard, size_t size)
{
  for (size_t i = 0; i < klv_n_sets; i++)
    if (klv_is_name (standard, size, klv_sets[i]->standard))
      return klv_sets[i];
  return NULL;
}

const KlvItem *
klv_set_find_key (const KlvSet * set, const uint8_t * key)
{
  for (size_t i = 0; i < set->n_items; i++)
    if (klv_key_equal (set->items[i].key, key))
      return &set->items[i];
  return NULL;
}

const KlvItem *
klv_set_find_name (const KlvSet * set, const char *name, size_t size)
{
  for (size_t i = 0; i < set->n_items; i++)
    if (klv_is_name (name, size, set->items[i].name))
      return &set->items[i];
  return NULL;
}

const KlvItem *
klv_set_find_checksum (const KlvSet * set)
{
  for (size_t i = 0; i < set->n_items; i++)
    if (klv_item_is_checksum (&set->items[i]))
      return &set->items[i];
  return NULL;
}

KlvType
klv_user_type (uint8_t id)
{
  static const KlvType types[] = { KLV_TEXT, KLV_INT, KLV_UINT, KLV_HEX };

  return types[id >> 6];
}

const char *
klv_labels_get (const KlvLabels * labels, uint64_t value)
{
  for (size_t i = 0; i < labels->n_labels; i++)
    if (labels->labels[i].value == value)
      return labels->labels[i].name;
  return NULL;
}

bool
klv_labels_find (const KlvLabels * labels, const char *name, size_t size,
    uint8_t * value)
{
  for (size_t i = 0; i < labels->n_labels; i++) {
    if (klv_is_name (name, size, labels->labels[i].name)) {
      *value = labels->labels[i].value;
      return true;
    }
  }
  return false;
}
