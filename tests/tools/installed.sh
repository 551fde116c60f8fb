#!/bin/bash
# tests/tools/installed.sh BUILD: what `meson install` lays down works from there.
set -euo pipefail

build=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
prefix=$root/usr/local

DESTDIR=$root meson install -C "$build" --no-rebuild >"$root/install.log"
plugin=$(find "$root" -name libgstmetakafka.so)
library=$(find "$root" -name libgstsei-1.0.so)
typelib=$(find "$root" -name GstSei-1.0.typelib)
pc=$(find "$root" -name gstsei-1.0.pc)
case $plugin in */gstreamer-1.0/libgstmetakafka.so) ;; *) echo "plugin at '$plugin'"; exit 1 ;; esac

export GST_PLUGIN_PATH_1_0 GST_REGISTRY=$root/registry.bin LD_LIBRARY_PATH
GST_PLUGIN_PATH_1_0=$(dirname "$plugin")
LD_LIBRARY_PATH=$(dirname "$library")
for element in seiinject seiextract kafkasink; do
  gst-inspect-1.0 $element >"$root/inspect"
  grep -q "Long-name" "$root/inspect"
done

cat >"$root/user.c" <<'C'
#include <gst/sei/sei.h>

int
main (int argc, char **argv)
{
  guint8 uuid[16] = { 1 };
  GBytes *bytes = g_bytes_new_static ("{}", 2), *found;
  GstBuffer *buffer;

  gst_init (&argc, &argv);
  buffer = gst_buffer_new ();
  gst_sei_buffer_add_meta (buffer, uuid, bytes);
  found = gst_sei_buffer_get_meta_bytes (buffer);
  return g_bytes_equal (bytes, found) ? 0 : 1;
}
C
# the prefix in the file is the final one, the copy under test has another
sed -i "s|^prefix=.*|prefix=$prefix|" "$pc"
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$pc")
# shellcheck disable=SC2046 # flags are words
cc -Wall -Werror "$root/user.c" -o "$root/user" $(pkg-config --cflags --libs gstsei-1.0)
"$root/user"

if [ -n "$typelib" ]; then
  GI_TYPELIB_PATH=$(dirname "$typelib") /usr/bin/python3 - <<'P'
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstSei", "1.0")
from gi.repository import Gst, GLib, GstSei
Gst.init(None)
assert GstSei.buffer_get_meta_bytes(Gst.Buffer.new()) is None
buf = Gst.Buffer.new()
GstSei.buffer_add_meta(buf, bytes(range(16)), GLib.Bytes.new(b"{}"))
assert GstSei.buffer_get_meta_bytes(buf).get_data() == b"{}"
P
fi
for program in sender bridge print devbroker; do
  [ -s "$prefix/share/man/man1/metakafka-$program.1" ]
  [ -s "$prefix/share/bash-completion/completions/metakafka-$program" ]
  [ "$("$prefix/bin/metakafka-$program" --version)" = "metakafka-$program 0.1.0" ]
done
