/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "http.h"

#include <string.h>

#include <libsoup/soup.h>

#include "metrics.h"
#include "statusjson.h"
#include "statuspage.h"

/* One more takes the place of the oldest: what holds connections open shuts nobody out. */
#define MAX_CONNECTIONS 64

/* Callers that have connected, and wait until the thread has time: one more would try again
 * only a second later. */
#define MAX_WAITING 128

/* What neither sends nor takes anything for so long is closed. */
#define IDLE_S 10

/* Until then there may be a descriptor again */
#define PAUSE_S 1

struct _Http
{
  GSocket *socket;
  char *uri;
  GMainContext *context;        /* of the thread */
  GMainLoop *loop;
  GThread *thread;

  GMutex lock;
  Status *status;               /* NULL: there is none yet */

  /* the thread's */
  SoupServer *server;
  GQueue connections;           /* of GSocketConnection, which libsoup has; the oldest first */
};

static const struct
{
  const char *path;
  const char *type;
  char *(*make) (const Status * status, gint64 now_us);
} pages[] = {
  {"/", STATUS_PAGE_TYPE, status_page_make},
  {"/metrics", METRICS_TYPE, metrics_make},
  {"/status.json", STATUS_JSON_TYPE, status_json_make},
};

gboolean
http_is_built (void)
{
  return TRUE;
}

/* --- answers ---------------------------------------------------------------------- */

/* @body: (transfer full) */
static void
answer (SoupServerMessage * message, guint code, const char *type, char *body)
{
  soup_server_message_set_status (message, code, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, body,
      strlen (body));
}

/* @text: a sentence without its end */
static void
answer_line (SoupServerMessage * message, guint code, const char *text)
{
  g_autofree char *line = g_strdelimit (g_strdup (text), "\r\n", ' ');

  answer (message, code, "text/plain; charset=utf-8",
      g_strconcat (line, "\n", NULL));
}

/* Returns: (transfer full) (nullable): the last one; NULL: there is none yet */
static Status *
get_status (Http * self)
{
  Status *status;

  g_mutex_lock (&self->lock);
  status = self->status ? status_ref (self->status) : NULL;
  g_mutex_unlock (&self->lock);
  return status;
}

static void
answer_health (SoupServerMessage * message, const Status * status)
{
  g_autofree char *trouble = status ?
      status_explain (status, g_get_monotonic_time ()) :
      g_strdup ("the bridge is starting");

  if (trouble)
    answer_line (message, SOUP_STATUS_SERVICE_UNAVAILABLE, trouble);
  else
    answer_line (message, SOUP_STATUS_OK, "ok");
}

static void
answer_page (SoupServerMessage * message, const Status * status,
    const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (path, pages[i].path)) {
      if (status)
        answer (message, SOUP_STATUS_OK, pages[i].type,
            pages[i].make (status, g_get_monotonic_time ()));
      else
        answer_line (message, SOUP_STATUS_SERVICE_UNAVAILABLE,
            "the bridge is starting");
      return;
    }
  answer_line (message, SOUP_STATUS_NOT_FOUND,
      "there is no such page: see /, /metrics, /healthz and /status.json");
}

/* For each of them: nothing is kept, and a page has nothing but what is in it. */
static void
add_headers (SoupServerMessage * message)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
      " frame-ancestors 'none'");
  /* libsoup does so anyhow with what it has not accepted itself */
  soup_message_headers_replace (headers, "Connection", "close");
}

/* With the headers of a request. Its body, which no page needs, is not kept. */
static void
on_headers (SoupServer * server, SoupServerMessage * message, const char *path,
    GHashTable * query, gpointer data)
{
  const char *method = soup_server_message_get_method (message);
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  soup_message_body_set_accumulate (soup_server_message_get_request_body
      (message), FALSE);
  /* libsoup would make an answer of as many parts as somebody writes ranges */
  soup_message_headers_remove (soup_server_message_get_request_headers
      (message), "Range");
  if (g_str_equal (method, "GET") || g_str_equal (method, "HEAD"))
    return;
  answer_line (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
      "only GET and HEAD are answered: nothing can be changed here");
  add_headers (message);
  soup_message_headers_replace (headers, "Allow", "GET, HEAD");
}

static void
on_request (SoupServer * server, SoupServerMessage * message, const char *path,
    GHashTable * query, gpointer data)
{
  Status *status = get_status (data);
  /* libsoup leaves the query there if the request names no host */
  g_autofree char *name = g_strndup (path, strcspn (path, "?"));

  if (g_str_equal (name, "/healthz"))
    answer_health (message, status);
  else
    answer_page (message, status, name);
  add_headers (message);
  g_clear_pointer (&status, status_unref);
}

/* --- connections ------------------------------------------------------------------ */

static void
on_closed (gpointer data, GObject * connection)
{
  Http *self = data;

  g_queue_remove (&self->connections, connection);
}

/* libsoup then finds that it has ended. */
static void
close_oldest (Http * self)
{
  GSocketConnection *oldest = g_queue_pop_head (&self->connections);

  g_object_weak_unref (G_OBJECT (oldest), on_closed, self);
  g_socket_shutdown (g_socket_connection_get_socket (oldest), TRUE, TRUE, NULL);
}

/* @socket: (transfer full) */
static void
take_connection (Http * self, GSocket * socket)
{
  GSocketConnection *connection =
      g_socket_connection_factory_create_connection (socket);
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (connection, NULL);

  g_socket_set_timeout (socket, IDLE_S);
  if (g_queue_get_length (&self->connections) >= MAX_CONNECTIONS)
    close_oldest (self);
  /* who has gone meanwhile has no address */
  if (local && remote) {
    g_object_weak_ref (G_OBJECT (connection), on_closed, self);
    g_queue_push_tail (&self->connections, connection);
    soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local,
        remote, NULL);
  }
  g_object_unref (connection);
  g_object_unref (socket);
}

static gboolean on_caller (GSocket * socket, GIOCondition condition,
    gpointer data);

/* @callback: of the thread; @source: (transfer full) */
static void
attach (Http * self, GSource * source, GSourceFunc callback)
{
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static gboolean
begin_to_accept (gpointer data)
{
  Http *self = data;

  attach (self, g_socket_create_source (self->socket, G_IO_IN, NULL),
      G_SOURCE_FUNC (on_caller));
  return G_SOURCE_REMOVE;
}

static gboolean
on_caller (GSocket * socket, GIOCondition condition, gpointer data)
{
  Http *self = data;
  g_autoptr (GError) error = NULL;
  GSocket *caller = g_socket_accept (socket, NULL, &error);

  if (caller) {
    take_connection (self, caller);
    return G_SOURCE_CONTINUE;
  }
  /* it has gone again */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    return G_SOURCE_CONTINUE;
  /* there are no descriptors left, and it would be tried again all the time */
  attach (self, g_timeout_source_new_seconds (PAUSE_S), begin_to_accept);
  return G_SOURCE_REMOVE;
}

/* --- its life --------------------------------------------------------------------- */

static void
forget_connections (Http * self)
{
  while (!g_queue_is_empty (&self->connections))
    g_object_weak_unref (g_queue_pop_head (&self->connections), on_closed,
        self);
}

static gpointer
run (gpointer data)
{
  Http *self = data;

  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new ("server-header", "metakafka-bridge", NULL);
  soup_server_add_early_handler (self->server, NULL, on_headers, self, NULL);
  /* OPTIONS * is about all pages, and below none of them */
  soup_server_add_early_handler (self->server, "*", on_headers, self, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  begin_to_accept (self);
  g_main_loop_run (self->loop);
  forget_connections (self);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* Returns: (transfer full): the address as a URI has it */
static char *
make_uri (GSocketAddress * address)
{
  g_autofree char *text = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE
      (address));

  return g_strdup_printf ("http://%s/", text);
}

/* Returns: (transfer full) (nullable): a socket that listens */
static GSocket *
listen_at (GSocketAddress * address, GError ** error)
{
  GSocket *socket = g_socket_new (g_socket_address_get_family (address),
      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (!socket)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, MAX_WAITING);
  if (g_socket_bind (socket, address, TRUE, error)
      && g_socket_listen (socket, error))
    return socket;
  g_object_unref (socket);
  return NULL;
}

Http *
http_new (GSocketAddress * address, GError ** error)
{
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *wanted = make_uri (address);
  g_autoptr (GError) why = NULL;
  GSocket *socket = listen_at (address, &why);
  Http *self;

  if (!socket) {
    g_set_error (error, why->domain, why->code, "--http cannot listen at %s"
        " (%s): give an address of this computer, and a port at which nothing"
        " else listens", wanted, why->message);
    return NULL;
  }
  bound = g_socket_get_local_address (socket, NULL);
  self = g_new0 (Http, 1);
  self->socket = socket;
  self->uri = make_uri (bound ? bound : address);
  g_mutex_init (&self->lock);
  g_queue_init (&self->connections);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("http", run, self);
  return self;
}

const char *
http_get_uri (Http * self)
{
  return self->uri;
}

void
http_take_status (Http * self, Status * status)
{
  Status *before;

  g_mutex_lock (&self->lock);
  before = self->status;
  self->status = status;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&before, status_unref);
}

static gboolean
on_end (gpointer data)
{
  Http *self = data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

void
http_free (Http * self)
{
  /* in the loop: before it runs there is nothing to quit */
  attach (self, g_idle_source_new (), on_end);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_object_unref (self->socket);
  g_clear_pointer (&self->status, status_unref);
  g_mutex_clear (&self->lock);
  g_free (self->uri);
  g_free (self);
}
