/* gst-metakafka
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* DNS that takes its time: a shared object for LD_PRELOAD. A name that begins with "slow." is
 * that of 127.0.0.1, as soon as there is the file that METAKAFKA_DNS_FILE names. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_US 10000

typedef int (*Function) (const char *name, const char *service,
    const struct addrinfo * hints, struct addrinfo ** found);

int
getaddrinfo (const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **found)
{
  const Function next = (Function) dlsym (RTLD_NEXT, "getaddrinfo");

  if (!name || strncmp (name, "slow.", strlen ("slow.")) != 0)
    return next (name, service, hints, found);
  while (access (getenv ("METAKAFKA_DNS_FILE"), F_OK) != 0)
    usleep (LOOK_US);
  return next ("127.0.0.1", service, hints, found);
}
