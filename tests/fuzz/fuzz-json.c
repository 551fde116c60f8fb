/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* JSON as text: each way to read or to write a text says the same of it, and so do plain
 * steps; what is written is JSON again.
 *
 * Input: the text */

#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "jsontext.h"
#include "plain.h"

#define N_MEMBERS 4
#define N_PAGES 16

static const char *const names[N_MEMBERS] = { "a", "seq", "", "\xc3\xa9" };
static const char *const removed[] = { "seq", "", NULL };

static void
init_members (JsonTextMember members[N_MEMBERS])
{
  for (unsigned i = 0; i < N_MEMBERS; i++)
    members[i] = (JsonTextMember) {
    .name = names[i],.found = i & 1};
}

static void
check_same (const JsonTextMember * member, const JsonTextMember * other)
{
  CHECK (member->found == other->found);
  if (member->found) {
    CHECK (member->value.type == other->value.type);
    CHECK (member->value.text == other->value.text);
    CHECK (member->value.size == other->value.size);
  }
}

static void
check_value (const JsonTextValue * value, const char *text, size_t size)
{
  int64_t integer;

  CHECK (value->text > text && value->text < text + size);
  CHECK (value->size > 0 && value->size < (size_t) (text + size - value->text));
  CHECK (json_text_is_value (value->text, value->size));
  json_text_to_int64 (value, &integer);
  if (value->type == JSON_TEXT_STRING)
    CHECK (json_text_unquote (value, NULL, 0) <= value->size - 2);
}

/* What stays of an object without @removed */
static void
check_edited (const char *text, size_t size)
{
  JsonTextMember members[N_MEMBERS];

  init_members (members);
  CHECK (json_text_read_object (text, size, members, N_MEMBERS));
  CHECK (text[0] == '{' && text[size - 1] == '}');
  CHECK (!members[1].found && !members[2].found);
}

static void
check_object (const char *text, size_t size, char *written)
{
  JsonTextMember members[N_MEMBERS], edited[N_MEMBERS], kept[N_MEMBERS];
  const size_t compact_size = json_text_compact (text, size, written, size);
  char *other = malloc (size);

  init_members (members);
  CHECK (json_text_read_object (text, size, members, N_MEMBERS));
  init_members (edited);
  CHECK (json_text_edit (text, size, NULL, edited, N_MEMBERS, other, size)
      == compact_size);
  CHECK (memcmp (written, other, compact_size) == 0);
  init_members (kept);
  const size_t kept_size =
      json_text_edit (text, size, removed, kept, N_MEMBERS, other, size);
  CHECK (kept_size <= compact_size);
  check_edited (other, kept_size);
  for (unsigned i = 0; i < N_MEMBERS; i++) {
    JsonTextMember member = {.name = names[i] };

    member.found = json_text_find (text, size, names[i], &member.value);
    check_same (&members[i], &member);
    check_same (&members[i], &edited[i]);
    check_same (&members[i], &kept[i]);
    if (member.found)
      check_value (&member.value, text, size);
  }
  free (other);
}

/* Words are read at once: at each alignment, in blocks of exactly the size needed */
static void
check_alignments (const uint8_t * data, size_t size)
{
  for (size_t at = 0; at < sizeof (uint64_t); at++) {
    char *block = malloc (at + size);

    if (size > 0)
      memcpy (block + at, data, size);
    CHECK (plain_agrees (block + at, size));
    free (block);
  }
}

/* Any read behind the text is one of a page that must not be read. */
static void
check_end_of_page (const uint8_t * data, size_t size)
{
  static char *pages, *end;
  const size_t page_size = (size_t) sysconf (_SC_PAGESIZE);

  if (size > N_PAGES * page_size)
    return;
  if (pages == NULL) {
    pages = mmap (NULL, (N_PAGES + 1) * page_size, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK (pages != MAP_FAILED);
    end = pages + N_PAGES * page_size;
    CHECK (mprotect (end, page_size, PROT_NONE) == 0);
  }
  if (size > 0)
    memcpy (end - size, data, size);
  CHECK (plain_agrees (end - size, size));
}

int
LLVMFuzzerTestOneInput (const uint8_t * data, size_t size)
{
  char *text = malloc (size), *written = malloc (size);
  JsonTextMember members[N_MEMBERS];

  if (size > 0)
    memcpy (text, data, size);
  if (json_text_is_value (text, size)) {
    const size_t n = json_text_compact (text, size, written, size);

    CHECK (n <= size && json_text_is_value (written, n));
    CHECK (json_text_compact (written, n, NULL, 0) == n);
  } else {
    CHECK (json_text_compact (text, size, written, size) == 0);
  }
  if (json_text_is_object (text, size)) {
    CHECK (json_text_is_value (text, size));
    check_object (text, size, written);
  } else {
    init_members (members);
    CHECK (!json_text_read_object (text, size, members, N_MEMBERS));
    for (unsigned i = 0; i < N_MEMBERS; i++)
      CHECK (!members[i].found);
    /* against the contract, but never out of the memory */
    CHECK (json_text_edit (text, size, removed, members, N_MEMBERS, written,
            size) <= size);
  }
  free (written);
  free (text);
  check_alignments (data, size);
  check_end_of_page (data, size);
  return 0;
}
