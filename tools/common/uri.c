/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "uri.h"

#include <string.h>

typedef struct
{
  gsize start, end;
} Range;

/* --- Variables ------------------------------------------------------------- */

/* Returns: the size of ${NAME} at the beginning of @text, or 0 if there is none */
static gsize
get_token_size (const char *text)
{
  const char *end = g_str_has_prefix (text, "${") ? strchr (text, '}') : NULL;

  return end && end > text + 2 ? (gsize) (end + 1 - text) : 0;
}

/* Returns: (nullable): the value of the variable that @token names */
static const char *
get_value (const char *token, gsize size)
{
  g_autofree char *name = g_strndup (token + 2, size - 3);

  return g_getenv (name);
}

static gboolean
check_variables (const char *text, GError ** error)
{
  for (const char *next = text; (next = strstr (next, "${")) != NULL;) {
    const gsize size = get_token_size (next);

    if (size == 0) {
      g_set_error_literal (error, TOOL_URI_ERROR, TOOL_URI_ERROR_BAD,
          "${ has no name or no } behind it: write ${NAME} for the value of an"
          " environment variable");
      return FALSE;
    }
    if (!get_value (next, size)) {
      g_set_error (error, TOOL_URI_ERROR, TOOL_URI_ERROR_BAD, "There is no"
          " environment variable %.*s: set it, or correct the name",
          (int) size - 3, next + 2);
      return FALSE;
    }
    next += size;
  }
  return TRUE;
}

/* Begins with the value of the variable that @text begins with, if it does. */
static void
expand_first (ToolUri * self, const char *text)
{
  const gsize size = get_token_size (text);
  const char *value = size > 0 ? get_value (text, size) : "";

  self->first = size > 0 ? g_strndup (text, size) : NULL;
  self->first_size = strlen (value);
  self->text = g_strconcat (value, text + size, NULL);
}

/* Returns: the size of the variable there, or 0 */
static gsize
token_at (const ToolUri * self, gsize i)
{
  return i < self->first_size ? 0 : get_token_size (self->text + i);
}

/* Returns: where the first of @characters is from @start on, outside of variables; @end if
 *   there is none */
static gsize
find (const ToolUri * self, gsize start, gsize end, const char *characters)
{
  for (gsize i = start; i < end; i++) {
    const gsize size = token_at (self, i);

    if (size > 0)
      i += size - 1;
    else if (strchr (characters, self->text[i]))
      return i;
  }
  return end;
}

/* --- Parts ------------------------------------------------------------------ */

/* What a value may keep where it stands; NULL: no delimiter */
static const char *
get_allowed (const ToolUri * self, gsize i, gsize size)
{
  if (i >= self->query)
    return "/:@,!";
  if (i >= self->path)
    return "/:@!$&'()*+,;=";
  /* a whole login */
  return i == self->user && i + size == self->at ? ":" : NULL;
}

static gboolean
is_as_written (const ToolUri * self, gsize i)
{
  return !self->scheme || (i >= self->host_start && i < self->path);
}

static char *
expand (const ToolUri * self, gsize start, gsize end)
{
  GString *text = g_string_new (NULL);
  gsize size;

  for (gsize i = start; i < end; i += size) {
    size = token_at (self, i);
    if (size == 0) {
      size = 1;
      g_string_append_c (text, self->text[i]);
      continue;
    }

    const char *value = get_value (self->text + i, size);

    if (is_as_written (self, i))
      g_string_append (text, value);
    else
      g_string_append_uri_escaped (text, value, get_allowed (self, i, size),
          FALSE);
  }
  return g_string_free (text, FALSE);
}

static gboolean
is_host (const char *text)
{
  for (; *text; text++)
    if (!g_ascii_isalnum (*text) && !strchr (".-_:[]%~", *text)
        && (*text & 0x80) == 0)
      return FALSE;
  return TRUE;
}

static gboolean
is_number (const char *text)
{
  return *text && strspn (text, "0123456789-") == strlen (text);
}

/* Divides HOST[:PORT]. Returns FALSE if it is none. */
static gboolean
divide_host (ToolUri * self, const char *text)
{
  const char *colon = strrchr (text, ':');
  const char *bracket = strchr (text, ']');

  if (!is_host (text))
    return FALSE;
  if (*text == '[') {
    if (!bracket || (bracket[1] != '\0' && bracket[1] != ':'))
      return FALSE;
    colon = bracket[1] == ':' ? bracket + 1 : NULL;
  } else if (colon != strchr (text, ':') || strpbrk (text, "[]")) {
    return FALSE;
  }
  self->host = colon ? g_strndup (text, colon - text) : g_strdup (text);
  self->port = colon ? g_strdup (colon + 1) : NULL;
  return !self->port || is_number (self->port);
}

/* The text itself is not shown: it is not known what in it is a password. */
static gboolean
divide (ToolUri * self, gsize start, GError ** error)
{
  const gsize size = strlen (self->text);
  g_autofree char *host = NULL;

  self->path = find (self, start, size, "/?#");
  self->query = find (self, self->path, size, "?");
  self->user = self->at = self->host_start = start;
  for (gsize i = start; (i = find (self, i, self->path, "@")) < self->path; i++) {
    self->at = i;
    self->host_start = i + 1;
  }
  host = expand (self, self->host_start, self->path);
  if (divide_host (self, host))
    return TRUE;
  if (find (self, self->path, size, "@") < size)
    g_set_error (error, TOOL_URI_ERROR, TOOL_URI_ERROR_BAD,
        "The user or the password"
        " of the %s:// URI has a / or ? or #: write it as %%2F, %%3F or %%23, or"
        " put it into an environment variable and write ${NAME} in its place",
        self->scheme);
  else
    g_set_error (error, TOOL_URI_ERROR, TOOL_URI_ERROR_BAD,
        "The %s:// URI has no"
        " HOST:PORT between // and the next /: write it as %s://192.0.2.7:5000,"
        " and an IPv6 address in brackets, as %s://[2001:db8::7]:5000",
        self->scheme, self->scheme, self->scheme);
  return FALSE;
}

/* Returns: the size of the scheme, or 0 if there is none */
static gsize
get_scheme_size (const char *text)
{
  gsize size = 0;

  if (!g_ascii_isalpha (*text))
    return 0;
  while (g_ascii_isalnum (text[size]) || strchr ("+.-", text[size]))
    if (text[size++] == '\0')
      return 0;
  return g_str_has_prefix (text + size, "://")
      || g_ascii_strncasecmp (text, "file:/", 6) == 0 ? size : 0;
}

static gboolean
check_characters (const ToolUri * self, GError ** error)
{
  for (gsize i = 0; self->text[i]; i++) {
    const gsize size = token_at (self, i);

    if (size > 0) {
      i += size - 1;
    } else if ((guchar) self->text[i] <= ' ' || self->text[i] == 0x7f) {
      g_set_error (error, TOOL_URI_ERROR, TOOL_URI_ERROR_BAD,
          "The %s:// URI has a"
          " space or a control character: write a space as %%20", self->scheme);
      return FALSE;
    }
  }
  return TRUE;
}

ToolUri *
tool_uri_new (const char *text, GError ** error)
{
  g_autoptr (ToolUri) self = g_new0 (ToolUri, 1);
  gsize size;

  if (!check_variables (text, error))
    return NULL;
  expand_first (self, text);
  size = get_scheme_size (self->text);
  if (size == 0)
    return g_steal_pointer (&self);
  self->scheme = g_ascii_strdown (self->text, size);
  if (!check_characters (self, error))
    return NULL;
  if (g_str_equal (self->scheme, "file")) {
    self->user = self->at = self->host_start = self->path = size + 1;
    self->query = strlen (self->text);
  } else if (!divide (self, size + 3, error)) {
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
tool_uri_free (ToolUri * self)
{
  g_free (self->scheme);
  g_free (self->host);
  g_free (self->port);
  g_free (self->text);
  g_free (self->first);
  g_free (self);
}

char *
tool_uri_expand (const ToolUri * self)
{
  return expand (self, 0, strlen (self->text));
}

char *
tool_uri_expand_rest (const ToolUri * self)
{
  return expand (self, self->path, strlen (self->text));
}

gboolean
tool_uri_has_user (const ToolUri * self)
{
  return self->at > self->user;
}

gboolean
tool_uri_has_variable (const ToolUri * self)
{
  return self->first != NULL || strstr (self->text, "${") != NULL;
}

gboolean
tool_uri_check_rtmp (const ToolUri * self, GError ** error)
{
  g_autofree char *shown = tool_uri_show (self);
  g_autofree char *path = tool_uri_expand_rest (self);
  const char *problem = "names no application and no stream";
  const char *slash;

  path[strcspn (path, "?#")] = '\0';
  slash = *path == '/' ? strchr (path + 1, '/') : NULL;
  if (*self->host == '\0')
    problem = "names no host";
  else if (self->port && !g_ascii_string_to_unsigned (self->port, 10, 1,
          G_MAXUINT16, NULL, NULL))
    problem = "has a port that is not from 1 to 65535";
  else if (slash && slash > path + 1 && slash[1] != '\0')
    return TRUE;
  g_set_error (error, TOOL_URI_ERROR, TOOL_URI_ERROR_BAD, "%s %s: write"
      " %s://HOST/APPLICATION/STREAM, or %s://HOST:PORT/APPLICATION/STREAM",
      shown, problem, self->scheme, self->scheme);
  return FALSE;
}

/* --- Parameters and secrets ------------------------------------------------- */

static gboolean
is_name_character (const ToolUri * self, gsize i)
{
  /* cameras have /user=admin_password=1234_channel=1, too */
  return g_ascii_isalnum (self->text[i]) || strchr (".-", self->text[i])
      || (self->text[i] == '_' && i >= self->query);
}

/* Returns: whether the text goes on with _NAME= there */
static gboolean
begins_parameter (const ToolUri * self, gsize i)
{
  if (self->text[i] != '_' || !g_ascii_isalpha (self->text[i + 1]))
    return FALSE;
  for (i++; g_ascii_isalnum (self->text[i]); i++);
  return self->text[i] == '=';
}

static gsize
find_value_end (const ToolUri * self, gsize start)
{
  const gsize end = start < self->query ? self->query : strlen (self->text);

  if (start >= self->query)
    return find (self, start, end, "&;#");
  for (gsize i = start; (i = find (self, i, end, "&;/#_")) < end; i++)
    if (self->text[i] != '_' || begins_parameter (self, i))
      return i;
  return end;
}

/* Looks for the next NAME=VALUE in path and query.
 * @from: (inout): where to look
 * @name: (out) (transfer full): in lower case
 * Returns: whether there is one */
static gboolean
next_parameter (const ToolUri * self, gsize * from, char **name, Range * value)
{
  const gsize end = strlen (self->text);
  const gsize equals = find (self, *from, end, "=");
  gsize start = equals;

  if (equals == end)
    return FALSE;
  while (start > self->path && is_name_character (self, start - 1))
    start--;
  *name = g_ascii_strdown (self->text + start, equals - start);
  *value = (Range) {
  equals + 1, find_value_end (self, equals + 1)};
  *from = equals + 1;
  return TRUE;
}

static gboolean
is_secret (const char *name)
{
  static const char *const parts[] = {
    "passw", "passphrase", "secret", "token", "signature", "credential"
  };
  static const char *const ends[] = { "key", "auth", "sig", "pwd", "pw" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (name, parts[i]))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (name, ends[i]))
      return TRUE;
  return g_str_equal (name, "pass") || g_str_equal (name, "authorization");
}

/* Returns: (transfer full) (element-type Range): in order */
static GArray *
list_secrets (const ToolUri * self)
{
  GArray *secrets = g_array_new (FALSE, FALSE, sizeof (Range));
  const gsize colon = find (self, self->user, self->at, ":");
  gsize from = self->path;
  char *name;
  Range value;

  if (!self->scheme || g_str_equal (self->scheme, "file"))
    return secrets;
  if (colon < self->at) {
    value = (Range) {
    colon + 1, self->at};
    g_array_append_val (secrets, value);
  }
  while (next_parameter (self, &from, &name, &value)) {
    if (is_secret (name)) {
      g_array_append_val (secrets, value);
      from = value.end;
    }
    g_free (name);
  }
  return secrets;
}

char *
tool_uri_get_parameter (const ToolUri * self, const char *name)
{
  gsize from = self->query;
  char *found;
  Range value;

  while (next_parameter (self, &from, &found, &value)) {
    const gboolean is_it = g_str_equal (found, name);

    g_free (found);
    if (is_it) {
      g_autofree char *text = expand (self, value.start, value.end);

      return g_uri_unescape_string (text, NULL);
    }
    from = value.end;
  }
  return NULL;
}

/* Appends a part that is no secret. */
static void
append_open (const ToolUri * self, GString * shown, gsize start, gsize end)
{
  start = MAX (start, self->first_size);
  if (start < end)
    g_string_append_len (shown, self->text + start, end - start);
}

/* Appends a secret: the names of its variables alone. */
static void
append_secret (const ToolUri * self, GString * shown, Range secret)
{
  gboolean is_hidden = FALSE;
  gsize size;

  for (gsize i = MAX (secret.start, self->first_size); i < secret.end;
      i += size) {
    size = token_at (self, i);
    if (size > 0)
      g_string_append_len (shown, self->text + i, size);
    else if (!is_hidden)
      g_string_append (shown, "***");
    is_hidden = size == 0;
    size = MAX (size, 1);
  }
}

char *
tool_uri_show (const ToolUri * self)
{
  g_autoptr (GArray) secrets = list_secrets (self);
  GString *shown = g_string_new (self->first);
  gsize next = 0;

  for (guint i = 0; i < secrets->len; i++) {
    const Range secret = g_array_index (secrets, Range, i);

    append_open (self, shown, next, secret.start);
    append_secret (self, shown, secret);
    next = secret.end;
  }
  append_open (self, shown, next, strlen (self->text));
  return g_string_free (shown, FALSE);
}

static gboolean
is_in_word (char c)
{
  return g_ascii_isalnum (c) || (c & 0x80) != 0;
}

/* Replaces @old where it is no part of a longer word: a short one is in many. */
static void
replace_words (GString * text, const char *old, const char *new)
{
  const gsize size = strlen (old);
  const char *found;
  gsize i = 0;

  while (size > 0 && (found = strstr (text->str + i, old)) != NULL) {
    i = found - text->str;
    if ((i > 0 && is_in_word (old[0]) && is_in_word (found[-1]))
        || (is_in_word (old[size - 1]) && is_in_word (found[size]))) {
      i++;
      continue;
    }
    g_string_erase (text, i, size);
    g_string_insert (text, i, new);
    i += strlen (new);
  }
}

static void
hide_secret (const ToolUri * self, GString * text, Range secret)
{
  g_autofree char *written = expand (self, secret.start, secret.end);
  g_autofree char *decoded = g_uri_unescape_string (written, NULL);
  g_autoptr (GString) shown = g_string_new (NULL);

  append_secret (self, shown, secret);
  /* in the variable that the text begins with */
  if (shown->len == 0)
    g_string_append (shown, "***");
  replace_words (text, written, shown->str);
  if (decoded)
    replace_words (text, decoded, shown->str);
}

char *
tool_uri_hide (const ToolUri * self, const char *text)
{
  g_autoptr (GArray) secrets = list_secrets (self);
  g_autofree char *all = tool_uri_expand (self);
  g_autofree char *shown = tool_uri_show (self);
  GString *hidden = g_string_new (text);

  replace_words (hidden, all, shown);
  for (guint i = 0; i < secrets->len; i++)
    hide_secret (self, hidden, g_array_index (secrets, Range, i));
  return g_string_free (hidden, FALSE);
}

static gboolean
shows_secret (const ToolUri * self)
{
  g_autoptr (GArray) secrets = list_secrets (self);

  for (guint i = 0; i < secrets->len; i++) {
    const Range secret = g_array_index (secrets, Range, i);
    gsize size;

    for (gsize j = MAX (secret.start, self->first_size); j < secret.end;
        j += size)
      if ((size = token_at (self, j)) == 0)
        return TRUE;
  }
  return FALSE;
}

gboolean
tool_uri_check_secrets (const ToolUri * self, const char *instead,
    GError ** error)
{
  g_autofree char *shown = NULL;

  if (!shows_secret (self))
    return TRUE;
  shown = tool_uri_show (self);
  g_set_error (error, TOOL_URI_ERROR, TOOL_URI_ERROR_BAD, "%s shows a secret to"
      " everybody who can list processes: put it into an environment variable"
      " and write ${NAME} in its place, in single quotes%s%s", shown,
      instead ? ", or " : "", instead ? instead : "");
  return FALSE;
}

char *
tool_hide_passwords (const char *text)
{
  g_autoptr (GRegex) password =
      g_regex_new (":(?!//|\\$\\{[^}]*\\}@)\\S*@", G_REGEX_RAW, 0, NULL);

  return g_regex_replace_literal (password, text, -1, 0, ":***@", 0, NULL);
}
