/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Sockets at 127.0.0.1 and ::1, and a kernel that can be told to fail */

#include "rtpsockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GENEROUS_US (20 * G_TIME_SPAN_SECOND)

/* What the kernel is to answer in place of what it would */
static gboolean has_no_ipv6;
static gint bind_error;
static gint receive_error;
static gint n_receive_errors;   /* so many times */
static guint16 failing_port;    /* at this one alone, unless 0 */
static gint n_interrupted;      /* calls by a signal */
static guint n_calls;

int
socket (int domain, int type, int protocol)
{
  if (has_no_ipv6 && domain == AF_INET6) {
    errno = EAFNOSUPPORT;
    return -1;
  }
  return (int) syscall (SYS_socket, domain, type, protocol);
}

int
bind (int fd, const struct sockaddr *address, socklen_t size)
{
  if (bind_error != 0) {
    errno = bind_error;
    return -1;
  }
  return (int) syscall (SYS_bind, fd, address, size);
}

static guint16
get_local_port (gint fd)
{
  struct sockaddr_in6 address = { 0 };
  socklen_t size = sizeof (address);

  getsockname (fd, (struct sockaddr *) &address, &size);
  return ntohs (address.sin6_port);
}

int
recvmmsg (int fd, struct mmsghdr *messages, unsigned n, int flags,
    struct timespec *timeout)
{
  n_calls++;
  if (n_interrupted > 0) {
    n_interrupted--;
    errno = EINTR;
    return -1;
  }
  if (n_receive_errors > 0 && (failing_port == 0
          || failing_port == get_local_port (fd))) {
    n_receive_errors--;
    errno = receive_error;
    return -1;
  }
  return (int) syscall (SYS_recvmmsg, fd, messages, n, flags, timeout);
}

int
epoll_wait (int fd, struct epoll_event *events, int n, int timeout)
{
  n_calls++;
  if (n_interrupted > 0) {
    n_interrupted--;
    errno = EINTR;
    return -1;
  }
  return (int) syscall (SYS_epoll_pwait, fd, events, n, timeout, NULL, 8);
}

static struct sockaddr_storage
to_sockaddr (const gchar * ip, guint16 port)
{
  struct sockaddr_storage result = { 0 };
  struct sockaddr_in *v4 = (struct sockaddr_in *) &result;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) &result;

  if (inet_pton (AF_INET, ip, &v4->sin_addr) == 1) {
    result.ss_family = AF_INET;
    v4->sin_port = htons (port);
  } else {
    g_assert_cmpint (inet_pton (AF_INET6, ip, &v6->sin6_addr), ==, 1);
    result.ss_family = AF_INET6;
    v6->sin6_port = htons (port);
  }
  return result;
}

static socklen_t
get_length (const struct sockaddr_storage *address)
{
  return address->ss_family == AF_INET ? sizeof (struct sockaddr_in) :
      sizeof (struct sockaddr_in6);
}

/* A sender, or another program, at a port: 0 is any. Returns -1 if that is taken. */
static gint
open_other (const gchar * ip, guint16 port)
{
  const struct sockaddr_storage address = to_sockaddr (ip, port);
  const gint fd = socket (address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const gint on = 1;

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof (on));
  if (bind (fd, (const struct sockaddr *) &address, get_length (&address)) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
send_to (gint fd, const gchar * ip, guint16 port, const void *data, gsize size)
{
  const struct sockaddr_storage address = to_sockaddr (ip, port);

  g_assert_cmpint (sendto (fd, data, size, 0,
          (const struct sockaddr *) &address, get_length (&address)), ==, size);
}

static gboolean
has_ipv6 (void)
{
  struct sockaddr_storage address = to_sockaddr ("::1", 0);
  const gint fd = socket (AF_INET6, SOCK_DGRAM, 0);
  const gboolean result = fd >= 0
      && bind (fd, (struct sockaddr *) &address, get_length (&address)) == 0;

  if (fd >= 0)
    close (fd);
  return result;
}

static RtpSockets *
open_sockets (const gchar * address, const gchar * ports)
{
  g_autoptr (GError) error = NULL;
  RtpSockets *sockets = rtp_sockets_open (address, NULL, ports, &error);

  g_assert_no_error (error);
  g_assert_nonnull (sockets);
  return sockets;
}

static guint16
get_port (RtpSockets * sockets, guint i)
{
  RtpAddress address;

  rtp_sockets_get_port (sockets, i, &address);
  return address.port;
}

static void
assert_open_at (RtpSockets * sockets, const gchar * ip)
{
  RtpAddress address;
  g_autofree gchar *text = NULL;
  g_autofree gchar *expected = NULL;

  rtp_sockets_get_port (sockets, 0, &address);
  text = rtp_address_to_string (&address);
  expected = g_strdup_printf ("%s:%u", ip, address.port);
  g_assert_cmpuint (address.port, >, 0);
  g_assert_cmpstr (text, ==, expected);
}

/* Waits for one datagram. */
static RtpDatagram
receive_one (RtpSockets * sockets)
{
  const RtpDatagram *datagrams;

  g_assert_cmpuint (rtp_sockets_receive (sockets, GENEROUS_US, &datagrams), ==,
      1);
  return datagrams[0];
}

/* Sends from an address to a socket, which sees just that. */
static void
check_one (RtpSockets * sockets, const gchar * ip)
{
  const gboolean is_v6 = strchr (ip, ':') != NULL;
  const gint fd = open_other (ip, 0);
  const guint16 port = get_port (sockets, 0);
  g_autofree gchar *source = NULL;
  g_autofree gchar *expected = g_strdup_printf (is_v6 ? "[%s]:%u" : "%s:%u",
      ip, get_local_port (fd));
  RtpDatagram datagram;

  send_to (fd, ip, port, "packet", 6);
  datagram = receive_one (sockets);
  g_assert_cmpmem (datagram.data, datagram.size, "packet", 6);
  g_assert_cmpuint (datagram.flow.port, ==, port);
  g_assert_false (datagram.is_at_rtcp_port);
  source = rtp_address_to_string (&datagram.flow.source);
  g_assert_cmpstr (source, ==, expected);
  close (fd);
}

static void
test_rtpsockets_both_families (void)
{
  RtpSockets *sockets;

  if (!has_ipv6 ()) {
    g_test_skip ("there is no IPv6");
    return;
  }
  sockets = open_sockets (NULL, "0");
  assert_open_at (sockets, "[::]");
  check_one (sockets, "127.0.0.1");
  check_one (sockets, "::1");
  rtp_sockets_close (sockets);

  sockets = open_sockets ("[::1]", "0");
  assert_open_at (sockets, "[::1]");
  check_one (sockets, "::1");
  rtp_sockets_close (sockets);
}

static void
test_rtpsockets_without_ipv6 (void)
{
  RtpSockets *sockets;

  has_no_ipv6 = TRUE;
  sockets = open_sockets (NULL, "0");
  assert_open_at (sockets, "0.0.0.0");
  check_one (sockets, "127.0.0.1");
  rtp_sockets_close (sockets);
  has_no_ipv6 = FALSE;

  sockets = open_sockets ("127.0.0.1", "0");
  assert_open_at (sockets, "127.0.0.1");
  check_one (sockets, "127.0.0.1");
  rtp_sockets_close (sockets);
}

static void
test_rtpsockets_ports_as_text (void)
{
  static const gchar *const bad[] = { "", ",", "5000,", "x", "-1", "65536",
    "5010-5000", "0-5", "5000-", "-", "5000 5001", "5000;5001", "0x10", "+5",
    "99999999999999999999"
  };
  RtpSockets *sockets = open_sockets ("127.0.0.1", " 0 , 0,0");

  g_assert_cmpuint (rtp_sockets_get_n_ports (sockets), ==, 3);
  rtp_sockets_close (sockets);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (rtp_sockets_open ("127.0.0.1", NULL, bad[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, "5000,5002-5010"));
  }
}

/* Opens ports that depend on a free one, until no other program is in the way. */
static RtpSockets *
open_near (const gchar * format, guint16 * first)
{
  for (guint i = 0; i < 100; i++) {
    RtpSockets *sockets = open_sockets ("127.0.0.1", "0");
    g_autofree gchar *ports = NULL;

    *first = get_port (sockets, 0);
    rtp_sockets_close (sockets);
    if (*first > 65500)
      continue;
    ports = g_strdup_printf (format, *first, *first + 2, *first + 4);
    sockets = rtp_sockets_open ("127.0.0.1", NULL, ports, NULL);
    if (sockets != NULL)
      return sockets;
  }
  g_assert_not_reached ();
}

static void
test_rtpsockets_ranges_and_rtcp (void)
{
  const gint fd = open_other ("127.0.0.1", 0);
  guint16 first;
  RtpSockets *sockets = open_near ("%u,%u-%u", &first);

  g_assert_cmpuint (rtp_sockets_get_n_ports (sockets), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (get_port (sockets, i), ==,
        (i == 0 ? first : first + 1 + i));
  /* first + 1 and first + 5 are there for RTCP, if nobody else had them */
  for (guint i = 0; i <= 5; i++) {
    const guint16 port = (guint16) (first + i);
    RtpDatagram datagram;

    send_to (fd, "127.0.0.1", port, &i, sizeof (i));
    datagram = receive_one (sockets);
    g_assert_cmpuint (datagram.flow.port, ==, port);
    g_assert_cmpint (datagram.is_at_rtcp_port, ==, i == 1 || i == 5);
  }
  rtp_sockets_close (sockets);
  close (fd);
}

static void
test_rtpsockets_busy_rtcp_port (void)
{
  RtpSockets *sockets = NULL;
  gint other = -1;

  while (sockets == NULL) {
    g_autofree gchar *port = NULL;

    if (other >= 0)
      close (other);
    other = open_other ("127.0.0.1", 0);
    port = g_strdup_printf ("%d", get_local_port (other) - 1);
    sockets = rtp_sockets_open ("127.0.0.1", NULL, port, NULL);
  }
  check_one (sockets, "127.0.0.1");
  rtp_sockets_close (sockets);
  close (other);
}

/* A port that is open for RTCP alone is there for whoever wants it, once */
static void
test_rtpsockets_rtcp_port_is_lent (void)
{
  const gint fd = open_other ("127.0.0.1", 0);
  RtpSockets *lender = NULL, *borrower = NULL;
  g_autofree gchar *port = NULL;
  guint16 first = 0;
  const RtpDatagram *datagrams;
  RtpDatagram datagram;

  /* until no other program is in the way */
  for (guint i = 0; borrower == NULL; i++) {
    g_assert_cmpuint (i, <, 100);
    g_clear_pointer (&lender, rtp_sockets_close);
    g_free (port);
    lender = open_near ("%u", &first);
    port = g_strdup_printf ("%u", first + 1u);
    borrower = rtp_sockets_open ("127.0.0.1", NULL, port, NULL);
  }

  send_to (fd, "127.0.0.1", first + 1, "packet", 6);
  datagram = receive_one (borrower);
  g_assert_cmpmem (datagram.data, datagram.size, "packet", 6);
  g_assert_false (datagram.is_at_rtcp_port);
  g_assert_cmpuint (rtp_sockets_receive (lender, 0, &datagrams), ==, 0);

  g_assert_null (rtp_sockets_open ("127.0.0.1", NULL, port, NULL));
  g_assert_cmpint (open_other ("127.0.0.1", first + 1), <, 0);
  rtp_sockets_close (borrower);
  rtp_sockets_close (lender);
  close (fd);
}

/* Others that share a port keep it, however they do */
static void
test_rtpsockets_shared_port_is_not_taken (void)
{
  const gint on = 1;

  for (guint i = 0; i < 2; i++) {
    const gint fd = open_other ("127.0.0.1", 0);
    g_autofree gchar *port = g_strdup_printf ("%u", get_local_port (fd));

    if (i > 0)
      setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof (on));
    g_assert_null (rtp_sockets_open ("127.0.0.1", NULL, port, NULL));
    g_assert_null (rtp_sockets_open (NULL, NULL, port, NULL));
    close (fd);
  }
}

/* Ports for RTCP are not had at the cost of all others */
static void
test_rtpsockets_too_many_files (void)
{
  g_autoptr (GString) ports = g_string_new ("0");
  g_autoptr (GError) error = NULL;
  struct rlimit limit, lower;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  lower = limit;
  lower.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &lower), ==, 0);
  for (guint i = 0; i < 40; i++)
    g_string_append (ports, ",0");
  g_assert_null (rtp_sockets_open ("127.0.0.1", NULL, ports->str, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  g_assert_nonnull (strstr (error->message, "ulimit -n"));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

static void
check_error (const gchar * address, const gchar * interface,
    const gchar * ports, gint code, const gchar * sentence)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (rtp_sockets_open (address, interface, ports, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
test_rtpsockets_errors (void)
{
  RtpSockets *sockets = open_sockets (NULL, "0");
  g_autofree gchar *port = g_strdup_printf ("%u", get_port (sockets, 0));
  g_autofree gchar *in_use = g_strdup_printf ("Could not listen at UDP"
      " 127.0.0.1:%s (Address already in use): end the program that uses it, or"
      " give another port", port);

  /* with it not even those that would share it */
  g_assert_cmpint (open_other ("0.0.0.0", get_port (sockets, 0)), <, 0);
  check_error ("127.0.0.1", NULL, port, G_IO_ERROR_ADDRESS_IN_USE, in_use);
  rtp_sockets_close (sockets);

  check_error ("camera", NULL, "0", G_IO_ERROR_INVALID_ARGUMENT,
      "\"camera\" is no address: give an IPv4 or IPv6 address of this computer or"
      " of a multicast group, such as 192.0.2.7 or ff05::7");
  check_error ("", NULL, "0", G_IO_ERROR_INVALID_ARGUMENT,
      "\"\" is no address: give an IPv4 or IPv6 address of this computer or of a"
      " multicast group, such as 192.0.2.7 or ff05::7");
  check_error ("127.0.0.1", "lo", "0", G_IO_ERROR_INVALID_ARGUMENT,
      "The network interface is for a multicast group: give one as the address, or"
      " no interface");
  check_error ("239.255.77.7", "nowhere7", "0", G_IO_ERROR_NOT_FOUND,
      "There is no network interface \"nowhere7\": \"ip link\" lists those that"
      " are there");
  check_error ("fe80::1%nowhere7", NULL, "0", G_IO_ERROR_NOT_FOUND,
      "There is no network interface \"nowhere7\": \"ip link\" lists those that"
      " are there");
  /* whose code has a name of its own in newer versions of GLib */
  check_error ("198.51.100.9", NULL, "5000",
      (gint) g_io_error_from_errno (EADDRNOTAVAIL),
      "Could not listen at UDP 198.51.100.9:5000 (Cannot assign requested"
      " address): \"ip address\" lists the addresses of this computer");
  bind_error = EACCES;
  check_error ("127.0.0.1", NULL, "80", G_IO_ERROR_PERMISSION_DENIED,
      "Could not listen at UDP 127.0.0.1:80 (Permission denied): give a port from"
      " 1024 on, or run this with the capability CAP_NET_BIND_SERVICE");
  bind_error = EINVAL;
  check_error ("127.0.0.1", NULL, "80", G_IO_ERROR_INVALID_ARGUMENT,
      "Could not listen at UDP 127.0.0.1:80 (Invalid argument): an address of one"
      " network alone (fe80::...) needs its network interface, as in"
      " fe80::1%eth0");
  bind_error = 0;
  has_no_ipv6 = TRUE;
  check_error ("::1", NULL, "5000", G_IO_ERROR_NOT_SUPPORTED,
      "Could not listen at UDP [::1]:5000 (Address family not supported by"
      " protocol): this computer has no IPv6; give an IPv4 address");
  has_no_ipv6 = FALSE;
}

static void
test_rtpsockets_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 12, 1500, 9000, 9217, 65507 };
  g_autofree guint8 *data = g_malloc (65507);
  const gint fd = open_other ("127.0.0.1", 0);
  RtpSockets *sockets = open_sockets ("127.0.0.1", "0");

  for (gsize i = 0; i < 65507; i++)
    data[i] = (guint8) (i * 7 + i / 251);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    RtpDatagram datagram;

    send_to (fd, "127.0.0.1", get_port (sockets, 0), data, sizes[i]);
    datagram = receive_one (sockets);
    g_assert_cmpmem (datagram.data, datagram.size, data, sizes[i]);
  }
  rtp_sockets_close (sockets);
  close (fd);
}

/* More at once than fits one batch, at two sockets: each comes in its order, and none
 * waits for the end of the other. */
static void
test_rtpsockets_batches (void)
{
  const gint fd = open_other ("127.0.0.1", 0);
  RtpSockets *sockets = open_sockets ("127.0.0.1", "0,0");
  guint next[2] = { 0 };
  guint last = 2;

  for (guint i = 0; i < 200; i++)
    for (guint k = 0; k < 2; k++)
      send_to (fd, "127.0.0.1", get_port (sockets, k), &i, sizeof (i));
  while (next[0] + next[1] < 400) {
    const RtpDatagram *datagrams;
    const guint n = rtp_sockets_receive (sockets, GENEROUS_US, &datagrams);
    const guint which = datagrams[0].flow.port == get_port (sockets, 1);

    g_assert_cmpuint (n, >, 0);
    g_assert_cmpuint (n, <=, RTP_SOCKETS_BATCH);
    g_assert_true (which != last || next[!which] == 200);
    last = which;
    for (guint i = 0; i < n; i++) {
      g_assert_cmpuint (datagrams[i].flow.port, ==, get_port (sockets, which));
      g_assert_cmpmem (datagrams[i].data, datagrams[i].size, &next[which],
          sizeof (guint));
      next[which]++;
    }
  }
  g_assert_cmpuint (rtp_sockets_get_dropped (sockets), ==, 0);
  rtp_sockets_close (sockets);
  close (fd);
}

static void
test_rtpsockets_dropped (void)
{
  g_autofree guint8 *data = g_malloc0 (60000);
  const gint fd = open_other ("127.0.0.1", 0);
  RtpSockets *sockets = open_sockets ("127.0.0.1", "0");
  const gsize size = rtp_sockets_get_buffer_size (sockets);
  const guint n_sent = (guint) (2 * size / 60000) + 300;
  const RtpDatagram *datagrams;
  guint n_received = 0;
  guint n;

  g_assert_cmpuint (size, >, 0);
  g_assert_cmpuint (size, <=, RTP_SOCKETS_BUFFER_SIZE);
  for (guint i = 0; i < n_sent; i++)
    send_to (fd, "127.0.0.1", get_port (sockets, 0), data, 60000);
  while ((n = rtp_sockets_receive (sockets, 0, &datagrams)) > 0)
    n_received += n;
  g_assert_cmpuint (rtp_sockets_get_dropped (sockets), >, 0);
  g_assert_cmpuint (n_received + rtp_sockets_get_dropped (sockets), ==, n_sent);
  rtp_sockets_close (sockets);
  close (fd);
}

static gpointer
interrupt (gpointer data)
{
  rtp_sockets_interrupt (data);
  return NULL;
}

static void
test_rtpsockets_interrupt (void)
{
  RtpSockets *sockets = open_sockets ("127.0.0.1", "0");
  const RtpDatagram *datagrams;

  /* before, any number of times, is one interruption */
  rtp_sockets_interrupt (sockets);
  rtp_sockets_interrupt (sockets);
  g_assert_cmpuint (rtp_sockets_receive (sockets, -1, &datagrams), ==, 0);
  g_assert_cmpuint (rtp_sockets_receive (sockets, 0, &datagrams), ==, 0);
  for (guint i = 0; i < 100; i++) {
    GThread *thread = g_thread_new ("interrupt", interrupt, sockets);

    g_assert_cmpuint (rtp_sockets_receive (sockets, -1, &datagrams), ==, 0);
    g_thread_join (thread);
  }
  rtp_sockets_close (sockets);
}

static void
test_rtpsockets_timeout (void)
{
  RtpSockets *sockets = open_sockets ("127.0.0.1", "0");
  const gint64 begin_us = g_get_monotonic_time ();
  const RtpDatagram *datagrams;

  n_calls = 0;
  g_assert_cmpuint (rtp_sockets_receive (sockets, 100500, &datagrams), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 100500);
  /* without a busy loop */
  g_assert_cmpuint (n_calls, <=, 3);
  rtp_sockets_close (sockets);
}

static void
test_rtpsockets_harmless_errors (void)
{
  static const gint errors[] = { ECONNREFUSED, EHOSTUNREACH, ENETDOWN };
  RtpSockets *sockets = open_sockets ("127.0.0.1", "0");

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    receive_error = errors[i];
    n_receive_errors = 3;
    n_interrupted = 5;
    check_one (sockets, "127.0.0.1");
    g_assert_cmpint (n_receive_errors + n_interrupted, ==, 0);
    g_assert_null (rtp_sockets_describe_failure (sockets));
  }
  rtp_sockets_close (sockets);
}

static void
test_rtpsockets_one_fails (void)
{
  const gint fd = open_other ("127.0.0.1", 0);
  RtpSockets *sockets = open_sockets ("127.0.0.1", "0,0");
  g_autofree gchar *failure = NULL;
  g_autofree gchar *expected = NULL;
  const RtpDatagram *datagrams;

  receive_error = ENETDOWN;
  n_receive_errors = G_MAXINT;
  failing_port = get_port (sockets, 1);
  send_to (fd, "127.0.0.1", failing_port, "late", 4);
  n_calls = 0;
  g_assert_cmpuint (rtp_sockets_receive (sockets, 50000, &datagrams), ==, 0);
  g_assert_cmpuint (n_calls, <, 50);
  failure = rtp_sockets_describe_failure (sockets);
  expected = g_strdup_printf ("Nothing can be received at UDP 127.0.0.1:%u"
      " (Network is down): check the network; it is tried again every second",
      failing_port);
  g_assert_cmpstr (failure, ==, expected);
  check_one (sockets, "127.0.0.1");

  n_receive_errors = 0;
  failing_port = 0;
  g_assert_cmpmem (receive_one (sockets).data, 4, "late", 4);
  g_assert_null (rtp_sockets_describe_failure (sockets));
  rtp_sockets_close (sockets);
  close (fd);
}

static void
send_by_lo (const gchar * group, guint16 port, const gchar * text)
{
  const struct ip_mreqn request = {.imr_ifindex = (int) if_nametoindex ("lo") };
  const gint fd = open_other ("127.0.0.1", 0);

  g_assert_cmpint (setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &request,
          sizeof (request)), ==, 0);
  send_to (fd, group, port, text, strlen (text));
  close (fd);
}

static void
test_rtpsockets_multicast_ipv4 (void)
{
  static const gchar group[] = "239.255.77.7";
  g_autoptr (GError) error = NULL;
  RtpSockets *first = rtp_sockets_open (group, "lo", "0", &error);
  RtpSockets *second;
  guint16 port;
  g_autofree gchar *ports = NULL;

  g_assert_no_error (error);
  assert_open_at (first, group);
  port = get_port (first, 0);
  ports = g_strdup_printf ("%u", port);
  send_by_lo (group, port, "packet");
  g_assert_cmpmem (receive_one (first).data, 6, "packet", 6);
  /* a second reader of the same group */
  second = rtp_sockets_open (group, "lo", ports, &error);
  g_assert_no_error (error);
  send_by_lo (group, port, "for all");
  g_assert_cmpmem (receive_one (first).data, 7, "for all", 7);
  g_assert_cmpmem (receive_one (second).data, 7, "for all", 7);
  rtp_sockets_close (second);
  rtp_sockets_close (first);
}

/* The ports of groups can be opened twice: that of RTCP is not, if it is listed. */
static void
test_rtpsockets_multicast_neighbours (void)
{
  static const gchar group[] = "239.255.77.8";
  RtpSockets *sockets = rtp_sockets_open (group, "lo", "20000-20001", NULL);
  const RtpDatagram *datagrams;

  g_assert_nonnull (sockets);
  send_by_lo (group, 20001, "once");
  send_by_lo (group, 20000, "last");
  g_assert_false (receive_one (sockets).is_at_rtcp_port);
  g_assert_false (receive_one (sockets).is_at_rtcp_port);
  g_assert_cmpuint (rtp_sockets_receive (sockets, 0, &datagrams), ==, 0);
  rtp_sockets_close (sockets);
}

static gboolean
is_joined (const gchar * group_in_hex)
{
  g_autofree gchar *all = NULL;

  g_assert_true (g_file_get_contents ("/proc/net/igmp6", &all, NULL, NULL));
  return strstr (all, group_in_hex) != NULL;
}

/* By lo, Linux delivers no datagram to an IPv6 group: just whether it is joined. */
static void
test_rtpsockets_multicast_ipv6 (void)
{
  g_autoptr (GError) error = NULL;
  RtpSockets *sockets;

  if (!has_ipv6 ()) {
    g_test_skip ("there is no IPv6");
    return;
  }
  sockets = rtp_sockets_open ("ff15::7ab3:7777", "lo", "0", &error);
  g_assert_no_error (error);
  assert_open_at (sockets, "[ff15::7ab3:7777]");
  g_assert_true (is_joined ("ff15000000000000000000007ab37777"));
  rtp_sockets_close (sockets);
  g_assert_false (is_joined ("ff15000000000000000000007ab37777"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/rtpsockets/" #name, test_rtpsockets_##name)
  ADD (both_families);
  ADD (without_ipv6);
  ADD (ports_as_text);
  ADD (ranges_and_rtcp);
  ADD (busy_rtcp_port);
  ADD (rtcp_port_is_lent);
  ADD (shared_port_is_not_taken);
  ADD (too_many_files);
  ADD (errors);
  ADD (sizes);
  ADD (batches);
  ADD (dropped);
  ADD (interrupt);
  ADD (timeout);
  ADD (harmless_errors);
  ADD (one_fails);
  ADD (multicast_ipv4);
  ADD (multicast_neighbours);
  ADD (multicast_ipv6);
  return g_test_run ();
}
