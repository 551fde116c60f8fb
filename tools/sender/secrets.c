/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "secrets.h"

#include <gio/gio.h>
#include <string.h>

typedef struct
{
  char *shown;                  /* ${NAME} */
  char *value;                  /* as it is in the environment */
  char *escaped;                /* as it is in the URI */
} Secret;

static GArray *secrets;         /* of Secret, for the life of the program */

/* Returns: (transfer none): the value as it stands in a URI */
static const char *
remember (const char *name, const char *value)
{
  const Secret secret = {
    g_strdup_printf ("${%s}", name), g_strdup (value),
    g_uri_escape_string (value, NULL, FALSE)
  };

  if (!secrets)
    secrets = g_array_new (FALSE, FALSE, sizeof (Secret));
  g_array_append_val (secrets, secret);
  return secret.escaped;
}

char *
secrets_expand (const char *option, const char *text, GError ** error)
{
  g_autoptr (GString) expanded = g_string_new (NULL);
  const char *begin, *end;

  while ((begin = strstr (text, "${")) && (end = strchr (begin, '}'))) {
    g_autofree char *name = g_strndup (begin + 2, end - begin - 2);
    const char *value = g_getenv (name);

    if (!value) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
          "there is no environment variable %s, which %s refers to: set it, or"
          " correct the name", name, option);
      return NULL;
    }
    g_string_append_len (expanded, text, begin - text);
    g_string_append (expanded, remember (name, value));
    text = end + 1;
  }
  g_string_append (expanded, text);
  return g_string_free (g_steal_pointer (&expanded), FALSE);
}

static gboolean
is_variable (const char *text, gsize size)
{
  return size > 3 && text[0] == '$' && text[1] == '{' && text[size - 1] == '}';
}

gboolean
secrets_are_shown (const char *text, const char **what)
{
  static const char *const names[] =
      { "passphrase", "password", "passwd", "token", "secret", "key" };
  const char *host = strstr (text, "://");
  const char *end, *at, *colon;
  const char *query = strchr (text, '?');

  if (!host)
    return FALSE;
  host += 3;
  end = host + strcspn (host, "/?#");
  at = g_strrstr_len (host, end - host, "@");
  colon = at ? memchr (host, ':', at - host) : NULL;
  if (colon && colon + 1 < at && !is_variable (colon + 1, at - colon - 1)) {
    *what = "a password";
    return TRUE;
  }
  while (query) {
    const char *name = query + 1;
    const char *next = strchr (name, '&');
    const char *value = strchr (name, '=');
    const gsize size = next ? (gsize) (next - name) : strlen (name);

    for (gsize i = 0; value && i < G_N_ELEMENTS (names); i++) {
      if (strlen (names[i]) == (gsize) (value - name)
          && !g_ascii_strncasecmp (name, names[i], value - name)
          && !is_variable (value + 1, name + size - value - 1)) {
        *what = names[i];
        return TRUE;
      }
    }
    query = next;
  }
  return FALSE;
}

char *
secrets_hide (const char *text)
{
  g_autoptr (GString) hidden = g_string_new (text);

  for (guint i = 0; secrets && i < secrets->len; i++) {
    const Secret *secret = &g_array_index (secrets, Secret, i);

    if (*secret->value == '\0')
      continue;
    g_string_replace (hidden, secret->value, secret->shown, 0);
    g_string_replace (hidden, secret->escaped, secret->shown, 0);
  }
  return g_string_free (g_steal_pointer (&hidden), FALSE);
}
