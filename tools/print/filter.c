/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "filter.h"

#include <string.h>

#include "common.h"
#include "jsondup.h"
#include "jsonnumber.h"
#include "jsonparts.h"
#include "path.h"

typedef enum
{
  FILTER_EXISTS,
  FILTER_EQUAL,
  FILTER_NOT_EQUAL,
  FILTER_LESS,
  FILTER_LESS_OR_EQUAL,
  FILTER_GREATER,
  FILTER_GREATER_OR_EQUAL,
  FILTER_MATCHES
} FilterOperator;

/* Each before those that begin it */
static const struct
{
  const char *text;
  FilterOperator operator;
} operators[] = {
  {"!=", FILTER_NOT_EQUAL}, {"<=", FILTER_LESS_OR_EQUAL},
  {">=", FILTER_GREATER_OR_EQUAL}, {"==", FILTER_EQUAL}, {"=", FILTER_EQUAL},
  {"<", FILTER_LESS}, {">", FILTER_GREATER}, {"~", FILTER_MATCHES}
};

struct _Filter
{
  Path *path;
  FilterOperator operator;
  JsonTextValue value;          /* a number, or a string without quotes */
  gboolean is_quoted;           /* and so a string, whatever it looks like */
  char *text;                   /* what value points to */
  GRegex *regex;                /* of FILTER_MATCHES */
  GRegex *patient;              /* the same without a just-in-time compiler, once needed */
  gboolean has_given_up;        /* which was told */
};

/* Returns the size of the operator that @text begins with, or 0 if there is none. */
static gsize
read_operator (Filter * filter, const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++) {
    if (g_str_has_prefix (text, operators[i].text)) {
      filter->operator = operators[i].operator;
      return strlen (operators[i].text);
    }
  }
  return 0;
}

static gboolean
is_json_of (const char *text, const char *first)
{
  return *text != '\0' && strchr (first, *text)
      && json_text_is_value (text, strlen (text));
}

/* Takes what is behind the operator. */
static gboolean
read_value (Filter * filter, const char *text, GError ** error)
{
  const JsonTextValue string = { JSON_TEXT_STRING, text, strlen (text) };

  filter->is_quoted = is_json_of (text, "\"");
  filter->text = filter->is_quoted ? json_dup_unquoted (&string, NULL) :
      g_strdup (text);
  filter->value = (JsonTextValue) {
  JSON_TEXT_STRING, filter->text, strlen (filter->text)};
  if (is_json_of (text, "-0123456789"))
    filter->value.type = JSON_TEXT_NUMBER;
  if (filter->operator == FILTER_MATCHES)
    filter->regex = g_regex_new (filter->text, G_REGEX_OPTIMIZE, 0, error);
  return filter->operator != FILTER_MATCHES || filter->regex;
}

static gboolean
is_order (FilterOperator operator)
{
  return operator >= FILTER_LESS && operator <= FILTER_GREATER_OR_EQUAL;
}

/* YYYY-MM-DD, whatever is behind it */
static gboolean
is_date (const char *text)
{
  return strspn (text, "0123456789") == 4 && text[4] == '-'
      && strspn (text + 5, "0123456789") == 2 && text[7] == '-';
}

/* Numbers as other languages and people have them, which no number would be compared with */
static gboolean
is_foreign_number (const char *text)
{
  const char *digits = text + strspn (text, "+-.");

  if (!g_ascii_isdigit (*digits) || is_date (text))
    return FALSE;
  if (strpbrk (digits, ",% \t") || g_ascii_strncasecmp (digits, "0x", 2) == 0)
    return TRUE;
  return digits > text && strspn (digits, "0123456789.eE+-") == strlen (digits)
      && !is_json_of (text, "-");
}

/* Conditions of other languages, where others follow */
static gboolean
is_more_than_a_value (const char *text)
{
  return g_ascii_isdigit (text[strspn (text, "+-.")]) && strpbrk (text, "&|");
}

static gboolean
check_order (const char *value, GError ** error)
{
  if (is_more_than_a_value (value)) {
    g_set_error (error, PATH_ERROR, 0, "'%s' is more than a value: give each"
        " condition a --filter of its own, or write text in double quotes",
        value);
    return FALSE;
  }
  if (is_foreign_number (value)) {
    g_set_error (error, PATH_ERROR, 0, "'%s' is no number of JSON: write it as"
        " 0.4, -0.4 or 4e-1, or in double quotes if it is text", value);
    return FALSE;
  }
  return TRUE;
}

/* Says what is wrong with a comparison that is certainly not what was meant. */
static gboolean
check_value (const Filter * filter, const char *comparison, const char *value,
    GError ** error)
{
  /* an expression may begin with all of these */
  if (filter->operator == FILTER_MATCHES)
    return TRUE;
  if (*value != '\0' && strchr ("=<>!~", *value)) {
    g_set_error (error, PATH_ERROR, 0, "'%s' begins with more than one of = !="
        " < <= > >= ~: write one, and a value that begins so in double quotes",
        comparison);
    return FALSE;
  }
  if (*value == '"' && !is_json_of (value, "\"")) {
    g_set_error (error, PATH_ERROR, 0, "'%s' begins with a double quote and is"
        " no string of JSON: end it with one, and write \\\" for one within",
        value);
    return FALSE;
  }
  return !is_order (filter->operator) || check_order (value, error);
}

Filter *
filter_new (const char *text, GError ** error)
{
  g_autoptr (Filter) filter = g_new0 (Filter, 1);
  const gsize path_size = path_measure (text, "!=<>~");
  g_autofree char *path = g_strstrip (g_strndup (text, path_size));
  const char *rest = text + path_size;
  g_autofree char *value = NULL;
  gsize operator_size;

  filter->path = path_new (path, error);
  if (!filter->path)
    return NULL;
  if (*rest == '\0')
    return g_steal_pointer (&filter);
  operator_size = read_operator (filter, rest);
  if (operator_size == 0) {
    g_set_error (error, PATH_ERROR, 0, "'%s' is no comparison: write one of ="
        " != < <= > >= ~ before the value", rest);
    return NULL;
  }
  value = g_strstrip (g_strdup (rest + operator_size));
  if (!check_value (filter, rest, value, error))
    return NULL;
  if (!read_value (filter, value, error)) {
    g_prefix_error (error, "'%s' is no regular expression of PCRE: ", value);
    return NULL;
  }
  return g_steal_pointer (&filter);
}

void
filter_free (Filter * filter)
{
  g_clear_pointer (&filter->path, path_free);
  g_clear_pointer (&filter->regex, g_regex_unref);
  g_clear_pointer (&filter->patient, g_regex_unref);
  g_free (filter->text);
  g_free (filter);
}

static gboolean
is_integer (const JsonTextValue * number)
{
  const gsize sign_size = *number->text == '-';

  for (gsize i = sign_size; i < number->size; i++)
    if (!g_ascii_isdigit (number->text[i]))
      return FALSE;
  return TRUE;
}

static int
compare_text (const char *a, gsize a_size, const char *b, gsize b_size)
{
  const int order = memcmp (a, b, MIN (a_size, b_size));

  return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* Of any size: JSON has no zeros before others (RFC 8259, 6). */
static int
compare_integers (const JsonTextValue * a, const JsonTextValue * b)
{
  const gsize a_sign = *a->text == '-', b_sign = *b->text == '-';
  const gsize a_size = a->size - a_sign, b_size = b->size - b_sign;
  int order;

  if (a_sign != b_sign) {
    if (a->text[a_sign] == '0' && b->text[b_sign] == '0')
      return 0;
    return a_sign ? -1 : 1;
  }
  order = a_size == b_size ? memcmp (a->text + a_sign, b->text + b_sign,
      a_size) : (a_size > b_size) - (a_size < b_size);
  return a_sign ? -order : order;
}

static int
compare_numbers (const JsonTextValue * a, const JsonTextValue * b)
{
  double a_double, b_double;

  /* a double would not be exact */
  if (is_integer (a) && is_integer (b))
    return compare_integers (a, b);
  /* what is too large is infinite */
  json_number_read (a->text, a->size, &a_double);
  json_number_read (b->text, b->size, &b_double);
  return (a_double > b_double) - (a_double < b_double);
}

/* What a string says, without a copy where it can be */
static const char *
unquote (const JsonTextValue * string, gsize * size, char **to_free)
{
  if (memchr (string->text, '\\', string->size))
    return *to_free = json_dup_unquoted (string, size);
  *size = string->size - 2;
  return string->text + 1;
}

/* Whether the filter's value can be compared with @value. @order: as of strcmp() */
static gboolean
compare (const Filter * filter, const JsonTextValue * value, int *order)
{
  const JsonTextValue *other = &filter->value;
  g_autofree char *copy = NULL;
  const char *text;
  gsize size;

  switch (value->type) {
    case JSON_TEXT_NUMBER:
      if (other->type != JSON_TEXT_NUMBER)
        return FALSE;
      *order = compare_numbers (value, other);
      return TRUE;
    case JSON_TEXT_STRING:
      text = unquote (value, &size, &copy);
      *order = compare_text (text, size, other->text, other->size);
      return TRUE;
    case JSON_TEXT_TRUE:
    case JSON_TEXT_FALSE:
    case JSON_TEXT_NULL:
      *order = 0;
      return !filter->is_quoted && compare_text (value->text, value->size,
          other->text, other->size) == 0;
    default:
      return FALSE;
  }
}

/* What the compiled expression has no stack for, PCRE can still interpret. What that
 * gives up on, too, is shown: nobody knows whether it matches. */
static gboolean
matches_patiently (Filter * filter, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  gboolean found;

  if (!filter->patient)
    filter->patient = g_regex_new (filter->text, 0, 0, NULL);
  found = g_regex_match_full (filter->patient, text, size, 0, 0, NULL, &error);
  if (error && !filter->has_given_up) {
    tool_warn ("PCRE gives up on '%s' (%s): records like this one are shown;"
        " simplify the expression", filter->text, error->message);
    filter->has_given_up = TRUE;
  }
  return found || error;
}

static gboolean
matches (Filter * filter, const JsonTextValue * value)
{
  g_autofree char *copy = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  gboolean found;
  gsize size;

  if (value->type != JSON_TEXT_STRING)
    return FALSE;
  text = unquote (value, &size, &copy);
  found = g_regex_match_full (filter->regex, text, size, 0, 0, NULL, &error);
  return error ? matches_patiently (filter, text, size) : found;
}

/* Whether it holds of a value that is no array */
static gboolean
holds_of (Filter * filter, const JsonTextValue * value)
{
  int order;

  if (filter->operator == FILTER_EXISTS)
    return TRUE;
  if (filter->operator == FILTER_MATCHES)
    return matches (filter, value);
  if (!compare (filter, value, &order))
    return FALSE;
  switch (filter->operator) {
    case FILTER_LESS:
      return order < 0;
    case FILTER_LESS_OR_EQUAL:
      return order <= 0;
    case FILTER_GREATER:
      return order > 0;
    case FILTER_GREATER_OR_EQUAL:
      return order >= 0;
    default:
      return order == 0;
  }
}

static gboolean
holds_of_any (Filter * filter, const JsonTextValue * value)
{
  JsonTextValue name, element;
  JsonParts parts;

  if (value->type != JSON_TEXT_ARRAY || filter->operator == FILTER_EXISTS)
    return holds_of (filter, value);
  json_parts_init (&parts, value);
  while (json_parts_next (&parts, &name, &element))
    if (holds_of_any (filter, &element))
      return TRUE;
  return FALSE;
}

typedef struct
{
  Filter *filter;
  gboolean holds;
} Check;

static gboolean
visit (const JsonTextValue * value, gpointer data)
{
  Check *check = data;

  check->holds = holds_of_any (check->filter, value);
  return !check->holds;
}

gboolean
filter_holds (Filter * filter, Record * record)
{
  Check check = { filter, FALSE };

  path_foreach (filter->path, record, visit, &check);
  return check.holds != (filter->operator == FILTER_NOT_EQUAL);
}
