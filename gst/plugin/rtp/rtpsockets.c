/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "rtpsockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define N_PORTS 65536

/* Room for the longest datagram, of which the system gives memory to what is used.
 * The line more keeps the beginnings of all from one place of the processor's cache. */
#define SLOT_SIZE (65536 + 64)

/* How long datagrams are gathered that come one by one: each would wake the thread */
#define GATHER_US 1000

/* So many errors in a row, and a socket is left alone */
#define MAX_ERRORS 16
#define RETRY_US G_TIME_SPAN_SECOND

/* sa_family says which */
typedef union
{
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} Address;

typedef struct
{
  gint fd;
  gint lending_fd;              /* as long as the port is lent; else negative */
  guint16 port;
  gboolean is_for_rtcp;
  guint n_errors;               /* in a row */
  gint error;                   /* because of which it is left alone; else 0 */
} Socket;

struct _RtpSockets
{
  Address address;              /* without port */
  GArray *sockets;              /* of Socket; those of ports, then those for RTCP */
  guint n_ports;
  gsize buffer_size;
  gint wake_fd;
  gint epoll_fd;
  guint n_failed;
  gint64 retry_us;

  struct epoll_event events[RTP_SOCKETS_BATCH];
  gint n_events;                /* of which some may be done */
  gint next_event;
  gint64 read_us;               /* when all that was there had been read */
  gboolean has_more;            /* one of the sockets, perhaps */

  guint8 *block;
  struct mmsghdr messages[RTP_SOCKETS_BATCH];
  struct iovec spans[RTP_SOCKETS_BATCH];
  Address sources[RTP_SOCKETS_BATCH];
  RtpDatagram datagrams[RTP_SOCKETS_BATCH];
};

static gboolean
read_port (const gchar * text, guint64 min, guint64 * port)
{
  return g_ascii_string_to_unsigned (text, 10, min, N_PORTS - 1, port, NULL);
}

/* Adds the ports of "5000" or "5002-5010", without those that are there. */
static gboolean
add_ports (gchar * text, GArray * ports, guint8 * is_there)
{
  gchar *hyphen = strchr (text, '-');
  guint64 first, last;

  if (hyphen != NULL) {
    *hyphen = '\0';
    if (!read_port (g_strstrip (text), 1, &first)
        || !read_port (g_strstrip (hyphen + 1), first, &last))
      return FALSE;
  } else {
    if (!read_port (g_strstrip (text), 0, &first))
      return FALSE;
    last = first;
  }
  for (guint64 i = first; i <= last; i++) {
    const guint16 port = (guint16) i;

    if (port == 0 || !is_there[port])
      g_array_append_val (ports, port);
    is_there[port] = TRUE;
  }
  return TRUE;
}

/* is_there: N_PORTS of zeros, to become TRUE for each port in the list */
static GArray *
read_ports (const gchar * text, guint8 * is_there, GError ** error)
{
  g_autoptr (GArray) ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  gboolean is_good = words[0] != NULL;

  for (gchar ** word = words; *word != NULL && is_good; word++)
    is_good = add_ports (*word, ports, is_there);
  if (is_good)
    return g_steal_pointer (&ports);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
      "\"%s\" is no list of UDP ports: give numbers from 1 to %d and ranges, such"
      " as 5000,5002-5010, or 0 for any port that is free", text, N_PORTS - 1);
  return NULL;
}

static gboolean
read_interface (const gchar * name, guint * index, GError ** error)
{
  *index = 0;
  if (name == NULL || name[0] == '\0')
    return TRUE;
  *index = if_nametoindex (name);
  if (*index == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "There is no network interface \"%s\": \"ip link\" lists those that are"
        " there", name);
  return *index != 0;
}

/* "[::1]" and "fe80::1%eth0" are fine, too; index: that of the interface, or 0, to be
 * replaced by that in the text. */
static gboolean
read_address (const gchar * text, Address * address, guint * index,
    GError ** error)
{
  g_autofree gchar *plain = g_strdup (text);
  gchar *begin = g_strstrip (plain);
  gchar *scope;

  memset (address, 0, sizeof (*address));
  if (inet_pton (AF_INET, begin, &address->v4.sin_addr) == 1) {
    address->any.sa_family = AF_INET;
    return TRUE;
  }
  if (begin[0] == '[' && g_str_has_suffix (begin, "]")) {
    begin[strlen (begin) - 1] = '\0';
    begin++;
  }
  scope = strchr (begin, '%');
  if (scope != NULL)
    *scope++ = '\0';
  if (inet_pton (AF_INET6, begin, &address->v6.sin6_addr) != 1) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"%s\" is no address: give an IPv4 or IPv6 address of this computer or of"
        " a multicast group, such as 192.0.2.7 or ff05::7", text);
    return FALSE;
  }
  address->any.sa_family = AF_INET6;
  if (scope != NULL && !read_interface (scope, index, error))
    return FALSE;
  if (IN6_IS_ADDR_LINKLOCAL (&address->v6.sin6_addr)
      || IN6_IS_ADDR_MC_LINKLOCAL (&address->v6.sin6_addr))
    address->v6.sin6_scope_id = *index;
  return TRUE;
}

static gboolean
is_multicast (const Address * address)
{
  return address->any.sa_family == AF_INET ?
      IN_MULTICAST (ntohl (address->v4.sin_addr.s_addr)) :
      IN6_IS_ADDR_MULTICAST (&address->v6.sin6_addr);
}

static gboolean
is_link_local (const Address * address)
{
  return address->any.sa_family == AF_INET6
      && IN6_IS_ADDR_LINKLOCAL (&address->v6.sin6_addr);
}

static void
to_public (const Address * address, RtpAddress * result)
{
  if (address->any.sa_family == AF_INET) {
    memset (result->ip, 0, 10);
    memset (result->ip + 10, 0xff, 2);
    memcpy (result->ip + 12, &address->v4.sin_addr, 4);
    result->port = ntohs (address->v4.sin_port);
  } else {
    memcpy (result->ip, &address->v6.sin6_addr, 16);
    result->port = ntohs (address->v6.sin6_port);
  }
}

static gchar *
address_to_string (const Address * address, guint16 port)
{
  RtpAddress result;

  to_public (address, &result);
  result.port = port;
  return rtp_address_to_string (&result);
}

static const gchar *
advise (gint code)
{
  switch (code) {
    case EADDRINUSE:
      return "end the program that uses it, or give another port";
    case EACCES:
    case EPERM:
      return "give a port from 1024 on, or run this with the capability"
          " CAP_NET_BIND_SERVICE";
    case EADDRNOTAVAIL:
    case ENODEV:
      return "\"ip address\" lists the addresses of this computer";
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return "give fewer ports, or raise the limit of open files (ulimit -n)";
    case EAFNOSUPPORT:
      return "this computer has no IPv6; give an IPv4 address";
    case EINVAL:
      return "an address of one network alone (fe80::...) needs its network"
          " interface, as in fe80::1%eth0";
    default:
      return "check the address and the network";
  }
}

static void
set_open_error (const Address * address, guint16 port, gint code,
    GError ** error)
{
  g_autofree gchar *where = address_to_string (address, port);

  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
      "Could not listen at UDP %s (%s): %s", where, g_strerror (code),
      advise (code));
}

static void
set_join_error (const Address * address, guint16 port, gint code,
    GError ** error)
{
  g_autofree gchar *where = address_to_string (address, port);

  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
      "Could not join the multicast group %s (%s): %s", where,
      g_strerror (code), code == ENOBUFS ?
      "raise net.ipv4.igmp_max_memberships" :
      "name the network interface that leads to it");
}

/* Returns 0 or errno. */
static gint
join_group (gint fd, const Address * address, guint index)
{
  const gint off = 0;
  gint result;

  /* What another socket has joined at another interface is not for this one. Linux
   * before 4.20 cannot do so for IPv6. */
  if (address->any.sa_family == AF_INET) {
    const struct ip_mreqn request = {
      .imr_multiaddr = address->v4.sin_addr,.imr_ifindex = (gint) index
    };

    setsockopt (fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof (off));
    result = setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request,
        sizeof (request));
  } else {
    const struct ipv6_mreq request = {
      .ipv6mr_multiaddr = address->v6.sin6_addr,.ipv6mr_interface = index
    };

    setsockopt (fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof (off));
    result = setsockopt (fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request,
        sizeof (request));
  }
  return result == 0 ? 0 : errno;
}

static void
set_port (Address * address, guint16 port)
{
  /* at the same place in both */
  G_STATIC_ASSERT (G_STRUCT_OFFSET (struct sockaddr_in, sin_port)
      == G_STRUCT_OFFSET (struct sockaddr_in6, sin6_port));

  address->v4.sin_port = htons (port);
}

static void
set_option (gint fd, gint option, gint value)
{
  setsockopt (fd, SOL_SOCKET, option, &value, sizeof (value));
}

/* @option: SO_REUSEADDR, which lets all share the port that have set it; 0: the port is
 *   for this socket alone
 * @port: (inout): 0 becomes the one that is taken
 * Returns: the descriptor, or the negative errno */
static gint
try_to_bind (const Address * address, gint option, guint16 * port)
{
  const gint v6_only = 0;
  Address bound = *address;
  socklen_t size = address->any.sa_family == AF_INET ?
      sizeof (bound.v4) : sizeof (bound.v6);
  const gint fd = socket (address->any.sa_family,
      SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);

  if (fd < 0)
    return -errno;
  set_port (&bound, *port);
  if (address->any.sa_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof (v6_only));
  if (option != 0)
    set_option (fd, option, TRUE);
  if (bind (fd, &bound.any, size) != 0
      || getsockname (fd, &bound.any, &size) != 0) {
    const gint code = errno;

    close (fd);
    return -code;
  }
  *port = ntohs (bound.v4.sin_port);
  return fd;
}

/* Says to all rtpseisrc of this network namespace that a port is there for RTCP alone: a
 * name of an AF_UNIX socket, which is gone with it.
 * Returns: the descriptor, or the negative errno; -EADDRINUSE if one has said so */
static gint
claim_lending (guint16 port)
{
  struct sockaddr_un name = {.sun_family = AF_UNIX };
  const gint fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gint length;

  if (fd < 0)
    return -errno;
  length = g_snprintf (name.sun_path + 1, sizeof (name.sun_path) - 1,
      "gst-metakafka-rtcp-%u", port);
  if (bind (fd, (struct sockaddr *) &name, (socklen_t)
          (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + 1 + length)) == 0)
    return fd;
  length = errno;
  close (fd);
  return -length;
}

/* Takes a port that another rtpseisrc has only for RTCP, and lends. Linux gives
 * datagrams to the socket that was bound last.
 * Returns: the descriptor, or the negative errno */
static gint
borrow_port (const Address * address, guint16 port)
{
  gint fd = claim_lending (port);

  if (fd >= 0)
    close (fd);
  if (fd != -EADDRINUSE)
    return -EADDRINUSE;
  fd = try_to_bind (address, SO_REUSEADDR, &port);
  if (fd >= 0)
    set_option (fd, SO_REUSEADDR, FALSE);
  return fd;
}

/* As try_to_bind() */
static gint
bind_socket (const Address * address, gboolean is_for_rtcp, guint16 * port)
{
  gint fd;

  if (is_multicast (address))
    return try_to_bind (address, SO_REUSEADDR, port);
  fd = try_to_bind (address, 0, port);
  if (fd == -EADDRINUSE && !is_for_rtcp)
    fd = borrow_port (address, *port);
  return fd;
}

/* Returns: what the system gives, of which it counts its own overhead as well */
static gsize
enlarge_buffer (gint fd)
{
  gint size = RTP_SOCKETS_BUFFER_SIZE;
  socklen_t length = sizeof (size);

  /* The first needs CAP_NET_ADMIN */
  if (setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof (size)) != 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof (size));
  if (getsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, &length) != 0)
    return 0;
  return (gsize) size / 2;
}

static gboolean
watch (RtpSockets * self, gint fd, guint64 which)
{
  struct epoll_event event = {.events = EPOLLIN,.data.u64 = which };

  return epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Returns 0 or errno; is_joining says whether that is of the group. */
static gint
add_socket (RtpSockets * self, guint16 * port, guint index,
    gboolean is_for_rtcp, gboolean * is_joining)
{
  Socket s = {.lending_fd = -1,.is_for_rtcp = is_for_rtcp };
  gint code = 0;

  *is_joining = FALSE;
  s.fd = bind_socket (&self->address, is_for_rtcp, port);
  if (s.fd < 0)
    return -s.fd;
  s.port = *port;
  if (is_multicast (&self->address)) {
    code = join_group (s.fd, &self->address, index);
    *is_joining = code != 0;
  }
  if (code == 0 && !watch (self, s.fd, self->sockets->len))
    code = errno;
  if (code != 0) {
    close (s.fd);
    return code;
  }
  if (is_for_rtcp && !is_multicast (&self->address)) {
    s.lending_fd = claim_lending (s.port);
    set_option (s.fd, SO_REUSEADDR, s.lending_fd >= 0);
  }
  g_array_append_val (self->sockets, s);
  return 0;
}

static gboolean
add_port (RtpSockets * self, guint16 port, guint index, GError ** error)
{
  gboolean is_joining;
  const gint code = add_socket (self, &port, index, FALSE, &is_joining);

  if (code == 0) {
    const Socket *s =
        &g_array_index (self->sockets, Socket, self->sockets->len - 1);

    self->buffer_size = MIN (self->buffer_size, enlarge_buffer (s->fd));
    self->n_ports++;
  } else if (is_joining) {
    set_join_error (&self->address, port, code, error);
  } else {
    set_open_error (&self->address, port, code, error);
  }
  return code == 0;
}

/* A port of RTCP that is taken may be for another stream, or another program.
 * Returns: whether there are descriptors for all others */
static gboolean
add_rtcp_ports (RtpSockets * self, guint index, guint8 * is_there,
    GError ** error)
{
  gboolean is_joining;

  for (guint i = 0; i < self->n_ports; i++)
    is_there[g_array_index (self->sockets, Socket, i).port] = TRUE;
  for (guint i = 0; i < self->n_ports; i++) {
    guint16 port = g_array_index (self->sockets, Socket, i).port + 1;
    gint code = 0;

    if (port != 0 && !is_there[port])
      code = add_socket (self, &port, index, TRUE, &is_joining);
    /* What has none left is of no use to the rest of the program either */
    if (code == EMFILE || code == ENFILE) {
      set_open_error (&self->address, port, code, error);
      return FALSE;
    }
  }
  return TRUE;
}

static void
prepare_messages (RtpSockets * self)
{
  self->block = g_malloc (RTP_SOCKETS_BATCH * SLOT_SIZE);
  for (guint i = 0; i < RTP_SOCKETS_BATCH; i++) {
    self->spans[i].iov_base = self->block + i * SLOT_SIZE;
    self->spans[i].iov_len = SLOT_SIZE;
    self->messages[i].msg_hdr.msg_iov = &self->spans[i];
    self->messages[i].msg_hdr.msg_iovlen = 1;
    self->messages[i].msg_hdr.msg_name = &self->sources[i];
    self->messages[i].msg_hdr.msg_namelen = sizeof (self->sources[i]);
    self->datagrams[i].data = self->spans[i].iov_base;
  }
}

/* IPv6 and IPv4 at once, where there is IPv6 */
static void
choose_any_address (Address * address)
{
  guint16 port = 0;
  gint fd;

  memset (address, 0, sizeof (*address));
  address->any.sa_family = AF_INET6;
  fd = try_to_bind (address, 0, &port);
  if (fd >= 0)
    close (fd);
  else if (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL)
    address->any.sa_family = AF_INET;
}

RtpSockets *
rtp_sockets_open (const gchar * address, const gchar * interface,
    const gchar * ports, GError ** error)
{
  g_autofree guint8 *is_there = g_malloc0 (N_PORTS);
  g_autoptr (GArray) list = read_ports (ports, is_there, error);
  gboolean is_good = TRUE;
  RtpSockets *self;
  Address where;
  guint index;

  if (list == NULL || !read_interface (interface, &index, error))
    return NULL;
  if (address == NULL)
    choose_any_address (&where);
  else if (!read_address (address, &where, &index, error))
    return NULL;
  if (index != 0 && !is_multicast (&where) && !is_link_local (&where)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "The network interface is for a multicast group: give one as the address,"
        " or no interface");
    return NULL;
  }

  self = g_new0 (RtpSockets, 1);
  self->address = where;
  self->sockets = g_array_new (FALSE, FALSE, sizeof (Socket));
  self->buffer_size = RTP_SOCKETS_BUFFER_SIZE;
  self->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->wake_fd < 0 || self->epoll_fd < 0
      || !watch (self, self->wake_fd, G_MAXUINT64)) {
    set_open_error (&where, 0, errno, error);
    is_good = FALSE;
  }
  for (guint i = 0; i < list->len && is_good; i++)
    is_good = add_port (self, g_array_index (list, guint16, i), index, error);
  if (!is_good || !add_rtcp_ports (self, index, is_there, error)) {
    rtp_sockets_close (self);
    return NULL;
  }
  prepare_messages (self);
  return self;
}

void
rtp_sockets_close (RtpSockets * self)
{
  for (guint i = 0; i < self->sockets->len; i++) {
    const Socket *s = &g_array_index (self->sockets, Socket, i);

    close (s->fd);
    if (s->lending_fd >= 0)
      close (s->lending_fd);
  }
  g_array_unref (self->sockets);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  g_free (self->block);
  g_free (self);
}

guint
rtp_sockets_get_n_ports (RtpSockets * self)
{
  return self->n_ports;
}

void
rtp_sockets_get_port (RtpSockets * self, guint i, RtpAddress * address)
{
  g_return_if_fail (i < self->n_ports);

  to_public (&self->address, address);
  address->port = g_array_index (self->sockets, Socket, i).port;
}

gsize
rtp_sockets_get_buffer_size (RtpSockets * self)
{
  return self->buffer_size;
}

guint64
rtp_sockets_get_dropped (RtpSockets * self)
{
  guint64 dropped = 0;

  for (guint i = 0; i < self->sockets->len; i++) {
    guint32 info[SK_MEMINFO_VARS];
    socklen_t size = sizeof (info);

    if (getsockopt (g_array_index (self->sockets, Socket, i).fd, SOL_SOCKET,
            SO_MEMINFO, info, &size) == 0)
      dropped += info[SK_MEMINFO_DROPS];
  }
  return dropped;
}

/* Errors come one by one, each read once, such as those of ICMP; only one that stays
 * would keep this thread busy for nothing. */
static void
note_error (RtpSockets * self, Socket * s, gint code)
{
  if (++s->n_errors < MAX_ERRORS)
    return;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
  s->n_errors = 0;
  s->error = code;
  if (self->n_failed++ == 0)
    self->retry_us = g_get_monotonic_time () + RETRY_US;
}

static void
retry_failed (RtpSockets * self)
{
  self->n_failed = 0;
  for (guint i = 0; i < self->sockets->len; i++) {
    Socket *s = &g_array_index (self->sockets, Socket, i);

    if (s->error != 0 && watch (self, s->fd, i))
      s->error = 0;
    self->n_failed += s->error != 0;
  }
  self->retry_us = g_get_monotonic_time () + RETRY_US;
}

static guint
read_socket (RtpSockets * self, guint i)
{
  Socket *s = &g_array_index (self->sockets, Socket, i);
  gint n;

  do
    n = recvmmsg (s->fd, self->messages, RTP_SOCKETS_BATCH, 0, NULL);
  while (n < 0 && errno == EINTR);
  if (n < 0) {
    if (errno != EAGAIN)
      note_error (self, s, errno);
    return 0;
  }
  s->n_errors = 0;
  self->has_more |= n == RTP_SOCKETS_BATCH;
  for (gint k = 0; k < n; k++) {
    RtpDatagram *datagram = &self->datagrams[k];

    datagram->size = self->messages[k].msg_len;
    datagram->flow.port = s->port;
    datagram->is_at_rtcp_port = s->is_for_rtcp;
    to_public (&self->sources[k], &datagram->flow.source);
    self->messages[k].msg_hdr.msg_namelen = sizeof (self->sources[k]);
  }
  return (guint) n;
}

/* Where datagrams come one by one, and soon after each other, waits for some of them,
 * if all that was there has been read. */
static void
gather (RtpSockets * self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (self->n_events > 0 && !self->has_more) {
    if (now_us < self->read_us + 2 * GATHER_US)
      g_usleep (GATHER_US);
    self->read_us = now_us;
  }
  self->has_more = FALSE;
}

/* Fills the list of events, which may stay empty.
 * Returns: whether there is time left */
static gboolean
wait_for_events (RtpSockets * self, gint64 end_us)
{
  gint64 until_us = end_us;
  gint timeout = -1;
  gint64 now_us;

  gather (self);
  now_us = g_get_monotonic_time ();

  if (self->n_failed > 0) {
    if (now_us >= self->retry_us)
      retry_failed (self);
    else
      until_us = MIN (until_us, self->retry_us);
  }
  if (until_us != G_MAXINT64)
    timeout = (gint) CLAMP ((until_us - now_us + 999) / 1000, 0, G_MAXINT);
  self->next_event = 0;
  self->n_events = epoll_wait (self->epoll_fd, self->events,
      G_N_ELEMENTS (self->events), timeout);
  return self->n_events > 0 || now_us < end_us;
}

guint
rtp_sockets_receive (RtpSockets * self, gint64 timeout_us,
    const RtpDatagram ** datagrams)
{
  const gint64 end_us = timeout_us < 0 ? G_MAXINT64 :
      g_get_monotonic_time () + MIN (timeout_us, G_MAXINT64 / 2);

  *datagrams = self->datagrams;
  do {
    while (self->next_event < self->n_events) {
      const guint64 which = self->events[self->next_event++].data.u64;
      guint n;

      if (which == G_MAXUINT64) {
        guint64 count;

        /* it gives all interruptions as one */
        if (read (self->wake_fd, &count, sizeof (count)) == sizeof (count))
          return 0;
        continue;
      }
      n = read_socket (self, (guint) which);
      if (n > 0)
        return n;
    }
  } while (wait_for_events (self, end_us));
  return 0;
}

void
rtp_sockets_interrupt (RtpSockets * self)
{
  const guint64 one = 1;
  gssize written;

  /* It is full after 2^64 - 2 of them, and wakes up as well. */
  written = write (self->wake_fd, &one, sizeof (one));
  (void) written;
}

gchar *
rtp_sockets_describe_failure (RtpSockets * self)
{
  if (self->n_failed == 0)
    return NULL;
  for (guint i = 0; i < self->sockets->len; i++) {
    const Socket *s = &g_array_index (self->sockets, Socket, i);

    if (s->error != 0) {
      g_autofree gchar *where = address_to_string (&self->address, s->port);

      return g_strdup_printf ("Nothing can be received at UDP %s (%s): check"
          " the network; it is tried again every second", where,
          g_strerror (s->error));
    }
  }
  return NULL;
}
