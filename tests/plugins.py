#!/usr/bin/python3
"""That tests have the plugins that tests/plugins names, and ours, and no others."""
import os

import gi

gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402

named = os.environ['GST_PLUGIN_SYSTEM_PATH_1_0']
ours = os.environ['GST_PLUGIN_PATH_1_0']
Gst.init(None)
files = {plugin.get_filename() for plugin in Gst.Registry.get().get_plugin_list()}
# those that are part of GStreamer's library have no file
files.discard(None)

wanted = {os.path.join(named, name) for name in os.listdir(named)}
missing = sorted(wanted - files)
assert not missing, f'install them with tests/install-packages run test: {missing}'
others = sorted(file for file in files - wanted if os.path.dirname(file) != ours)
assert not others, others
