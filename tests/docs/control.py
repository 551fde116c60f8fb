#!/usr/bin/python3
"""debian/ says what tests/packages and meson.build say. Prints TAP.

Environment: as for docs/check.py.
"""
import os
import pathlib
import re
import sys

SRC = pathlib.Path(os.environ['METAKAFKA_SRC'])
sys.path.insert(0, str(SRC / 'tests' / 'tools'))
import harness
from harness import test

# what a package is built with anyway, and what only a checkout needs
OTHERS = {'gcc', 'libc6-dev', 'git'}


def read_packages(*groups):
    """The packages of these groups of tests/packages, on any release."""
    found = set()
    for line in (SRC / 'tests/packages').read_text().splitlines():
        group, colon, packages = line.partition(':')
        if colon and group.split(' ')[0] in groups:
            found |= set(packages.split())
    return found


def read_build_depends():
    """Those of debian/control, without debhelper and what it is told to do by them."""
    source = (SRC / 'debian/control').read_text().split('\n\n')[0]
    field = re.search(r'^Build-Depends:(.*?)(?=^\S|\Z)', source, re.M | re.S)[1]
    names = {re.match(r'[\w.+-]+', item.strip())[0] for item in field.split(',') if item.strip()}
    return {name for name in names if name != 'debhelper-compat' and not name.startswith('dh-sequence-')}


@test
def packages_are_built_with_what_tests_packages_has():
    wanted = read_packages('build', 'man') - OTHERS
    assert {'meson', 'pandoc'} < wanted
    assert read_build_depends() == wanted, read_build_depends() ^ wanted


@test
def versions_are_the_same():
    version = re.search(r"version: '(.*?)'", (SRC / 'meson.build').read_text())[1]
    assert re.match(r'gst-metakafka \((.*?)\)', (SRC / 'debian/changelog').read_text())[1] == version


harness.main()
