#!/bin/bash
# tests/tools/without-kafka.sh BUILD: a build without librdkafka has seiinject and
# seiextract alone.
set -euo pipefail

build=$1
export GST_PLUGIN_PATH_1_0=$build/gst/plugin GST_REGISTRY=$build/registry.bin
export LD_LIBRARY_PATH=$build/gst-libs/gst/sei
gst-inspect-1.0 seiinject >/dev/null
gst-inspect-1.0 seiextract >/dev/null
if gst-inspect-1.0 kafkasink >/dev/null 2>&1; then
  echo "kafkasink is there"
  exit 1
fi
if ldd "$build/gst/plugin/libgstmetakafka.so" | grep rdkafka; then
  echo "the plugin needs librdkafka"
  exit 1
fi
