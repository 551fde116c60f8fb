/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "klvts.h"

#include <string.h>

#include "klvcrc.h"

#define PACKET_SIZE 188
#define HEADER_SIZE 4
#define SYNC_BYTE 0x47u

/* 13818-1 Table 2-3: those below are of other tables, the last one is of null packets */
#define PID_FIRST 0x0010u
#define PID_NULL 0x1fffu

/* A position that no packet has */
#define NOWHERE SIZE_MAX

/* The time stamp before each packet of M2TS */
#define PREFIX_SIZE 4
#define SPACING_PREFIX (PREFIX_SIZE + PACKET_SIZE)

/* 188 bytes, with the prefix of M2TS, with 16 bytes of Reed-Solomon code */
static const size_t spacings[] = { PACKET_SIZE, SPACING_PREFIX, 204 };

void
klv_ts_init (KlvTs * ts)
{
  ts->n_packets = 0;
  ts->n_pmts = 0;
  ts->n_rewritten = 0;
  ts->n_sync_losses = 0;
  klv_ts_restart (ts);
}

void
klv_ts_restart (KlvTs * ts)
{
  ts->rewritten = NULL;
  for (unsigned i = 0; i < KLV_TS_MAX_SECTIONS; i++)
    ts->sections[i].is_unfinished = false;
  ts->section = NULL;
  ts->place = 0;
  ts->is_synced = false;
  ts->is_start = true;
  ts->n_window = 0;
  ts->n_window_read = 0;
}

/* --- sections ------------------------------------------------------------ */

static uint16_t
get_pid (const KlvTs * ts)
{
  return (ts->header[1] & 0x1fu) << 8 | ts->header[2];
}

static bool
starts_section (const KlvTs * ts)
{
  return ts->header[1] & 0x40;
}

static uint8_t
get_counter (const KlvTs * ts)
{
  return ts->header[3] & 0x0f;
}

static KlvTsSection *
find_unfinished (KlvTs * ts)
{
  for (unsigned i = 0; i < KLV_TS_MAX_SECTIONS; i++) {
    KlvTsSection *section = &ts->sections[i];

    if (section->is_unfinished && section->pid == get_pid (ts))
      return section;
  }
  return NULL;
}

/* A free place, or the section that began first */
static KlvTsSection *
make_room (KlvTs * ts)
{
  KlvTsSection *oldest = &ts->sections[0];

  for (unsigned i = 0; i < KLV_TS_MAX_SECTIONS; i++) {
    KlvTsSection *section = &ts->sections[i];

    if (!section->is_unfinished)
      return section;
    if (section->runs[0].place < oldest->runs[0].place)
      oldest = section;
  }
  return oldest;
}

/* What is waited for must not be waited for without end. */
static void
give_up_spread (KlvTs * ts)
{
  for (unsigned i = 0; i < KLV_TS_MAX_SECTIONS; i++) {
    KlvTsSection *section = &ts->sections[i];

    if (section->is_unfinished
        && ts->place - section->runs[0].place > KLV_TS_MAX_SPREAD)
      section->is_unfinished = false;
  }
}

static void
leave_section (KlvTs * ts)
{
  if (ts->section != NULL)
    ts->section->is_unfinished = false;
  ts->section = NULL;
}

/* A section begins with this byte. Stuffing, FF, looks like one of another table that is
 * longer than any packet. */
static void
start_section (KlvTs * ts, uint8_t table_id)
{
  leave_section (ts);
  ts->next_start = NOWHERE;
  ts->section = table_id == KLV_PMT_TABLE_ID ? make_room (ts) : &ts->other;
  ts->section->size = 0;
  ts->section->n_runs = 0;
  ts->section->pid = get_pid (ts);
  ts->section->packet = ts->packet;
  ts->section->is_unfinished = true;
  ts->section->counter = get_counter (ts);
  ts->section->has_duplicate = false;
}

/* Returns false if the section is spread over too many packets. */
static bool
append (KlvTsSection * section, uint8_t byte, uint64_t place)
{
  KlvTsRun *run = section->runs + section->n_runs;

  if (section->n_runs > 0 && run[-1].place + run[-1].size == place) {
    run--;
  } else if (section->n_runs == KLV_TS_MAX_RUNS) {
    return false;
  } else {
    *run = (KlvTsRun) {
    .place = place};
    section->n_runs++;
  }
  run->size++;
  section->bytes[section->size++] = byte;
  return true;
}

/* 2.4.4.1: sections follow each other, but the first that starts in a packet is where the
 * pointer_field says. */
static void
expect_section (KlvTs * ts, size_t at)
{
  if (ts->next_start == NOWHERE)
    ts->next_start = at;
}

static void
finish_section (KlvTs * ts)
{
  KlvTsSection *section = ts->section;

  leave_section (ts);
  expect_section (ts, ts->at + 1);
  if (klv_crc32 (section->bytes, section->size) != 0)
    return;

  ts->n_pmts++;
  if (klv_pmt_rewrite (section->bytes, section->size)) {
    ts->n_rewritten++;
    ts->rewritten = section;
  }
}

static void
read_section (KlvTs * ts, uint8_t byte)
{
  KlvTsSection *section = ts->section;

  if (!append (section, byte, ts->place)) {
    leave_section (ts);
  } else if (section->size == KLV_PMT_HEAD_SIZE
      && !klv_pmt_is_head (section->bytes)) {
    leave_section (ts);
    expect_section (ts, ts->at + 1 - KLV_PMT_HEAD_SIZE
        + klv_pmt_section_size (section->bytes));
  } else if (section->size >= KLV_PMT_HEAD_SIZE
      && section->size == klv_pmt_section_size (section->bytes)) {
    finish_section (ts);
  }
}

/* --- packets ------------------------------------------------------------- */

/* The unfinished section that this packet goes on with, if there is one, or is a
 * duplicate of (2.4.3.3) */
static KlvTsSection *
continue_section (KlvTs * ts)
{
  KlvTsSection *section = find_unfinished (ts);
  const uint8_t counter = get_counter (ts);

  if (section == NULL)
    return NULL;
  if (counter == section->counter && !section->has_duplicate) {
    section->has_duplicate = true;
    ts->is_duplicate = true;
  } else if (counter == ((section->counter + 1) & 0x0f)) {
    section->packet = ts->packet;
    section->counter = counter;
    section->has_duplicate = false;
  } else {
    section->is_unfinished = false;
    section = NULL;
  }
  return section;
}

/* Nothing of a packet with an error, or a scrambled one, is to be believed. */
static bool
may_have_section (const KlvTs * ts)
{
  const uint16_t pid = get_pid (ts);
  const bool has_error = ts->header[1] & 0x80;
  const bool is_scrambled = ts->header[3] & 0xc0;
  const bool has_payload = ts->header[3] & 0x10;

  return !has_error && !is_scrambled && has_payload
      && pid >= PID_FIRST && pid < PID_NULL;
}

static void
begin_packet (KlvTs * ts)
{
  ts->n_packets++;
  ts->packet = ts->place - (HEADER_SIZE - 1);
  ts->section = NULL;
  ts->is_duplicate = false;
  ts->next_start = NOWHERE;
  ts->has_adaptation = ts->header[3] & 0x20;
  ts->payload = HEADER_SIZE;
  ts->is_done = !may_have_section (ts);
  give_up_spread (ts);
  if (!ts->is_done)
    ts->section = continue_section (ts);
  if (ts->section == NULL && !starts_section (ts))
    ts->is_done = true;
}

/* Some readers take the first of two equal packets, and some the second: both have to
 * change, or the section is wrong for some. It is left alone if they are not equal. */
static void
read_duplicate (KlvTs * ts, uint8_t byte)
{
  KlvTsSection *section = ts->section;
  KlvTsRun *run = &section->runs[section->n_runs - 1];
  const uint8_t *bytes = section->bytes + section->size - run->size;
  const uint64_t twin = run->place + (ts->packet - section->packet);

  if (ts->place < twin)
    return;
  if (byte != bytes[ts->place - twin])
    leave_section (ts);
  else if (ts->place - twin == run->size - 1)
    run->twin = twin;
  ts->is_done = ts->section == NULL || run->twin > 0;
}

static void
read_payload (KlvTs * ts, uint8_t byte)
{
  if (ts->is_duplicate) {
    read_duplicate (ts, byte);
  } else if (ts->has_adaptation) {
    ts->has_adaptation = false;
    ts->payload = ts->at + 1 + byte;
  } else if (ts->at == ts->payload && starts_section (ts)) {
    /* pointer_field */
    ts->next_start = ts->at + 1 + byte;
  } else if (ts->at >= ts->payload) {
    if (ts->at == ts->next_start)
      start_section (ts, byte);
    if (ts->section != NULL)
      read_section (ts, byte);
    ts->is_done = ts->section == NULL && ts->next_start >= PACKET_SIZE;
  }
}

/* Reads one byte of a packet, or as many as do not matter. Returns how many. */
static size_t
read_packet (KlvTs * ts, BytesSpan data)
{
  if (ts->at < HEADER_SIZE) {
    ts->header[ts->at] = data.data[0];
    if (ts->at == HEADER_SIZE - 1)
      begin_packet (ts);
  } else if (ts->is_done || ts->at >= PACKET_SIZE) {
    const size_t left = ts->spacing - ts->at;

    return left < data.size ? left : data.size;
  } else {
    read_payload (ts, data.data[0]);
  }
  return 1;
}

/* Reads packets, as long as they are there and nothing is rewritten. */
static void
read_packets (KlvTs * ts, BytesSpan * data)
{
  while (data->size > 0 && ts->rewritten == NULL) {
    if (ts->at == 0 && data->data[0] != SYNC_BYTE) {
      ts->n_sync_losses++;
      ts->is_synced = false;
      return;
    }

    const size_t n = read_packet (ts, *data);

    data->data += n;
    data->size -= n;
    ts->place += n;
    ts->at += n;
    if (ts->at == ts->spacing)
      ts->at = 0;
  }
}

/* --- synchronisation ----------------------------------------------------- */

/* Moves the window to the next sync byte in it, @n bytes on or more. */
static void
move_window (KlvTs * ts, size_t n)
{
  while (n < ts->n_window && ts->window[n] != SYNC_BYTE)
    n++;
  ts->n_window -= n;
  ts->place += n;
  memmove (ts->window, ts->window + n, ts->n_window);
  give_up_spread (ts);
}

/* A packet begins @n bytes on in the window. */
static bool
begin_packets (KlvTs * ts, size_t n, size_t spacing)
{
  ts->place += n;
  ts->n_window_read = n;
  ts->at = 0;
  ts->spacing = spacing;
  ts->is_start = false;
  ts->is_synced = true;
  return true;
}

/* A stream is taken to begin with a packet, so that the first one need not wait for
 * others. */
static bool
find_first_packet (KlvTs * ts)
{
  if (ts->window[0] == SYNC_BYTE)
    return begin_packets (ts, 0, PACKET_SIZE);
  if (ts->n_window <= PREFIX_SIZE)
    return false;
  if (ts->window[PREFIX_SIZE] == SYNC_BYTE)
    return begin_packets (ts, PREFIX_SIZE, SPACING_PREFIX);

  ts->is_start = false;
  move_window (ts, 1);
  return false;
}

/* Anywhere else there are packets where there are three at a distance. */
static bool
find_three_packets (KlvTs * ts)
{
  if (ts->window[0] == SYNC_BYTE && ts->n_window < KLV_TS_WINDOW_SIZE)
    return false;
  if (ts->window[0] == SYNC_BYTE) {
    for (unsigned i = 0; i < sizeof (spacings) / sizeof (spacings[0]); i++) {
      if (ts->window[spacings[i]] == SYNC_BYTE
          && ts->window[2 * spacings[i]] == SYNC_BYTE)
        return begin_packets (ts, 0, spacings[i]);
    }
  }
  move_window (ts, 1);
  return false;
}

/* Takes bytes into the window until there are packets in it. */
static bool
find_packets (KlvTs * ts, BytesSpan * data)
{
  while (data->size > 0) {
    ts->window[ts->n_window++] = data->data[0];
    data->data++;
    data->size--;
    if (ts->is_start ? find_first_packet (ts) : find_three_packets (ts))
      return true;
  }
  return false;
}

/* The window has three packets at most, the last of them cut, so they are all there. */
static void
read_window (KlvTs * ts)
{
  BytesSpan data = {
    ts->window + ts->n_window_read, ts->n_window - ts->n_window_read
  };

  read_packets (ts, &data);
  ts->n_window_read = ts->n_window - data.size;
  if (data.size == 0)
    ts->n_window = ts->n_window_read = 0;
}

bool
klv_ts_read (KlvTs * ts, BytesSpan * data)
{
  ts->rewritten = NULL;
  while (ts->rewritten == NULL) {
    if (!ts->is_synced && !find_packets (ts, data))
      return false;
    if (ts->n_window > 0)
      read_window (ts);
    else if (data->size > 0)
      read_packets (ts, data);
    else
      return false;
  }
  return true;
}

static uint64_t
find_place (const KlvTsSection * section, size_t offset)
{
  const KlvTsRun *run = section->runs;

  for (; offset >= run->size; run++)
    offset -= run->size;
  return run->place + offset;
}

uint64_t
klv_ts_get_settled (const KlvTs * ts)
{
  uint64_t settled = ts->place;

  for (unsigned i = 0; i < KLV_TS_MAX_SECTIONS; i++) {
    const KlvTsSection *section = &ts->sections[i];

    if (!section->is_unfinished)
      continue;

    const size_t offset = klv_pmt_find_metadata (section->bytes, section->size);
    if (offset < section->size) {
      const uint64_t place = find_place (section, offset);

      settled = place < settled ? place : settled;
    }
  }
  return settled;
}
