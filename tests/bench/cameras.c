/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Many cameras, each with an address and an SSRC of its own.
 *
 *     bench-cameras PACKETS STREAMS FRAMES PORT...
 *
 * PACKETS has the RTP packets of one H.264 stream without aggregation, framed by
 * RFC 4571. Each camera sends them over and over, from a frame of its own on, with
 * one more packet in each frame: a SEI NAL unit with a JSON object. In it, "seq"
 * counts the frames and "ts_ns" is CLOCK_MONOTONIC right before the frame is sent.
 * Camera n sends to the port number n, and begins again with the first. Frames of
 * different cameras are spread evenly over the frame interval.
 *
 * Prints "begin NS" before the first frame, and at the end how many packets it sent,
 * how many frames it sent a whole interval after their time or later, and the worst
 * delay in microseconds. */

#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define FPS 30
#define CLOCK_RATE 90000
#define PAYLOAD_TYPE 96
#define MARKER 0x80
#define HEADER_SIZE 12          /* RFC 3550 5.1 */
#define MAX_PACKETS 1024        /* of a frame: what sendmmsg takes at once */
#define SEI_SIZE 512

typedef struct
{
  const guint8 *payload;
  gsize size;
} Packet;

typedef struct
{
  guint first;                  /* in packets */
  guint n;
  guint n_before_sei;           /* delimiter and parameter sets */
} Frame;

typedef struct
{
  int fd;
  guint16 seq;
} Camera;

static GArray *packets;
static GArray *frames;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * GST_SECOND + now.tv_nsec;
}

static void
wait_until (gint64 ns)
{
  const struct timespec at = { ns / GST_SECOND, ns % GST_SECOND };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR);
}

/* ITU-T H.264 7.4.1: what may stand between the start of an access unit and its SEI */
static gboolean
goes_before_sei (const Packet * packet)
{
  const guint type = packet->payload[0] & 0x1f;

  return type >= 7 && type <= 9;
}

static void
read_packets (const char *path)
{
  guint8 *at;
  gsize left;

  if (!g_file_get_contents (path, (char **) &at, &left, NULL))
    bench_fail ("cannot read %s", path);
  packets = g_array_new (FALSE, FALSE, sizeof (Packet));
  frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  for (guint32 last = 0; left >= 2;) {
    const gsize size = GST_READ_UINT16_BE (at);
    const Frame empty = { packets->len, 0, 0 };
    const Packet packet = { at + 2 + HEADER_SIZE, size - HEADER_SIZE };
    guint32 timestamp;
    Frame *frame;

    if (size > left - 2 || size <= HEADER_SIZE || at[2] != 0x80)
      bench_fail ("%s has no RTP packet at %" G_GSIZE_FORMAT " from its end",
          path, left);
    timestamp = GST_READ_UINT32_BE (at + 2 + 4);
    if (frames->len == 0 || timestamp != last)
      g_array_append_val (frames, empty);
    last = timestamp;
    frame = &g_array_index (frames, Frame, frames->len - 1);
    if (frame->n == frame->n_before_sei && goes_before_sei (&packet))
      frame->n_before_sei++;
    if (++frame->n >= MAX_PACKETS)
      bench_fail ("a frame of %s has too many packets", path);
    g_array_append_val (packets, packet);
    at += 2 + size;
    left -= 2 + size;
  }
  if (frames->len == 0)
    bench_fail ("%s is empty", path);
}

/* Returns its size. */
static gsize
write_sei (guint8 * nal, guint camera, guint seq)
{
  static const guint8 uuid[] = {
    0xa4, 0xb0, 0x05, 0x12, 0xd7, 0x94, 0x56, 0x11,
    0x86, 0xb7, 0x17, 0x40, 0x6d, 0xe2, 0xf1, 0xde
  };
  char text[SEI_SIZE / 2];
  gsize n = 0, text_size, size;

  text_size = g_snprintf (text, sizeof (text),
      "{\"stream_id\": \"cam%03u\", \"seq\": %u, \"ts_ns\": %" G_GINT64_FORMAT
      ", \"objects\": [{\"id\": \"obj-1\", \"label\": \"person\", "
      "\"confidence\": 0.87, \"bbox\": {\"x\": 0.125, \"y\": 0.25, \"w\": 0.3, "
      "\"h\": 0.45}}]}", camera, seq, now_ns ());
  nal[n++] = 6;
  nal[n++] = 5;
  for (size = sizeof (uuid) + text_size; size >= 0xff; size -= 0xff)
    nal[n++] = 0xff;
  nal[n++] = size;
  memcpy (nal + n, uuid, sizeof (uuid));
  n += sizeof (uuid);
  memcpy (nal + n, text, text_size);
  n += text_size;
  nal[n++] = 0x80;
  return n;
}

/* Returns the number of packets. */
static guint
send_frame (Camera * camera, guint number, guint seq)
{
  static guint8 headers[MAX_PACKETS][HEADER_SIZE];
  static struct iovec parts[MAX_PACKETS][2];
  static struct mmsghdr messages[MAX_PACKETS];
  const Frame *frame = &g_array_index (frames, Frame,
      (number * 7 + seq) % frames->len);
  const guint n = frame->n + 1;
  guint8 sei[SEI_SIZE];
  Packet packet;

  for (guint i = 0; i < n; i++) {
    guint8 *header = headers[i];

    if (i == frame->n_before_sei) {
      packet.payload = sei;
      packet.size = write_sei (sei, number, seq);
    } else {
      packet = g_array_index (packets, Packet,
          frame->first + i - (i > frame->n_before_sei));
    }
    header[0] = 0x80;
    header[1] = PAYLOAD_TYPE | (i == n - 1 ? MARKER : 0);
    GST_WRITE_UINT16_BE (header + 2, camera->seq++);
    GST_WRITE_UINT32_BE (header + 4, (number + seq) * (CLOCK_RATE / FPS));
    GST_WRITE_UINT32_BE (header + 8, 0x10000 + number);
    parts[i][0].iov_base = header;
    parts[i][0].iov_len = HEADER_SIZE;
    parts[i][1].iov_base = (void *) packet.payload;
    parts[i][1].iov_len = packet.size;
    messages[i].msg_hdr.msg_iov = parts[i];
    messages[i].msg_hdr.msg_iovlen = 2;
  }
  for (guint sent = 0; sent < n;) {
    const int result = sendmmsg (camera->fd, messages + sent, n - sent, 0);

    if (result > 0)
      sent += result;
    /* nobody listens yet, or any more */
    else if (errno != ECONNREFUSED && errno != EINTR)
      bench_fail ("cannot send: %s", g_strerror (errno));
  }
  return n;
}

static Camera *
connect_cameras (guint n, char **ports, guint n_ports)
{
  Camera *cameras = g_new0 (Camera, n);

  for (guint i = 0; i < n; i++) {
    const struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons (atoi (ports[i % n_ports])),
      .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
    };

    cameras[i].fd = socket (AF_INET, SOCK_DGRAM, 0);
    if (cameras[i].fd < 0 || connect (cameras[i].fd,
            (const struct sockaddr *) &address, sizeof (address)) != 0)
      bench_fail ("cannot open camera %u: %s", i, g_strerror (errno));
  }
  return cameras;
}

int
main (int argc, char **argv)
{
  const gint64 interval_ns = GST_SECOND / FPS;
  guint64 n_packets = 0, n_late = 0;
  gint64 begin_ns, worst_ns = 0;
  guint n_cameras, n_frames;
  Camera *cameras;

  if (argc < 5)
    bench_fail ("usage: bench-cameras PACKETS STREAMS FRAMES PORT...");
  n_cameras = atoi (argv[2]);
  n_frames = atoi (argv[3]);
  read_packets (argv[1]);
  cameras = connect_cameras (n_cameras, argv + 4, argc - 4);

  begin_ns = now_ns ();
  printf ("begin %" G_GINT64_FORMAT "\n", begin_ns);
  fflush (stdout);
  for (guint seq = 0; seq < n_frames; seq++)
    for (guint i = 0; i < n_cameras; i++) {
      const gint64 due_ns = begin_ns + seq * interval_ns
          + i * interval_ns / n_cameras;
      gint64 late_ns;

      wait_until (due_ns);
      late_ns = now_ns () - due_ns;
      worst_ns = MAX (worst_ns, late_ns);
      n_late += late_ns >= interval_ns;
      n_packets += send_frame (&cameras[i], i, seq);
    }
  printf ("packets %" G_GUINT64_FORMAT " late %" G_GUINT64_FORMAT
      " worst_us %" G_GINT64_FORMAT "\n", n_packets, n_late, worst_ns / 1000);
  return 0;
}
