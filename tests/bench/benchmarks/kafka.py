"""Records per second through kafkasink, and its processor time per record without that of feeding it; the peer is a bare
loop around librdkafka with the same keys, headers, payloads and settings. They share the cores of one machine with the broker:
where all are busy, rates are in the inverse proportion of processor times."""
import functools

from common import Client, open_brokers
from report import Spread, ratio

TITLE = 'kafkasink'

SIZES = (100, 300, 1000, 10000)
PARTITIONS = (1, 6, 50, 1000)
# of the plots, where it is not the other that grows
SIZE, N_PARTITIONS = 300, 6
MAX_RECORDS, MAX_BYTES = 200_000, 200_000_000
STEADY_RATE = 1000
STEADY_S = 2
PEER = 'bare'


class Speed:
    """Of one way to send. turns: records per second, and nanoseconds of processor time per record"""

    def __init__(self, turns, feed_ns=0):
        self.rate = Spread(rate for rate, _ in turns)
        self.us = Spread((ns - feed_ns for _, ns in turns), 1e-3)


def measure_speeds(report, address, topic, size, n, rate):
    """Of the peer, and of each build"""
    program, first = report.find('bench-kafka'), report.builds[0]
    modes = [('feed', first), (PEER, first), *(('kafkasink', build) for build in report.builds)]
    clients = [Client(program, build, mode, address, topic, size).wait_ready() for mode, build in modes]
    # feeding costs what it costs without a pause: of the pauses the peer has as many
    feed, peer, *ours = report.take_turns(*(functools.partial(client.send, n, 0 if mode == 'feed' else rate)
                                            for client, (mode, _) in zip(clients, modes)))
    for client in clients:
        client.end()
    feed_ns = Spread(ns for _, ns in feed).median
    return Speed(peer), [Speed(turns, feed_ns) for turns in ours]


def measure_broker(report, name, address, topics):
    sizes, partitions = (SIZES[:2] if report.quick else SIZES), tuple(topics)
    flat, steady = {}, {}
    table = report.table(f'As fast as it goes, to {name}',
                         'bytes', 'partitions', 'records/s', 'bare records/s', 'ratio', 'µs/record', 'bare µs/record',
                         'ratio')
    for size in sizes:
        n = 1000 if report.quick else min(MAX_RECORDS, MAX_BYTES // size)
        for n_partitions in partitions:
            peer, ours = measure_speeds(report, address, topics[n_partitions], size, n, 0)
            flat[size, n_partitions] = peer, ours
            for build, speed in zip(report.builds, ours):
                table.row(build, size, n_partitions, speed.rate, peer.rate, ratio(speed.rate, peer.rate), speed.us,
                          peer.us, ratio(speed.us, peer.us))
    table = report.table(f'{STEADY_RATE} records per second, to {name}',
                         'bytes', 'partitions', 'µs/record', 'bare µs/record', 'ratio')
    for size in sizes:
        n = 100 if report.quick else STEADY_RATE * STEADY_S
        for n_partitions in partitions:
            peer, ours = measure_speeds(report, address, topics[n_partitions], size, n, STEADY_RATE)
            steady[size, n_partitions] = peer, ours
            for build, speed in zip(report.builds, ours):
                table.row(build, size, n_partitions, speed.us, peer.us, ratio(speed.us, peer.us))
    n_partitions = N_PARTITIONS if N_PARTITIONS in partitions else partitions[0]
    by_size = {size: (size, n_partitions) for size in sizes}
    by_partitions = {n: (SIZE, n) for n in partitions}
    for what, keys, title, x in (('size', by_size, f'to {name}, {n_partitions} partitions', 'bytes'),
                                 ('partitions', by_partitions, f'of {SIZE} bytes to {name}', 'partitions')):
        report.plot(f'{name.lower()}-{what}', f'Records {title}', x, 'records/s',
                    get_curves(report, flat, keys, 'rate'), 'xy')
        report.plot(f'{name.lower()}-{what}-time', f'Processor time of records {title}', x, 'µs per record',
                    {**get_curves(report, flat, keys, 'us'),
                     **get_curves(report, steady, keys, 'us', f' at {STEADY_RATE}/s')}, 'xy')


def get_curves(report, speeds, keys, what, more=''):
    curves = {'bare librdkafka' + more: {x: getattr(speeds[key][0], what) for x, key in keys.items()}}
    for i, build in enumerate(report.builds):
        curves[report.label(build, 'kafkasink' + more)] = {x: getattr(speeds[key][1][i], what)
                                                            for x, key in keys.items()}
    return curves


def measure(report):
    partitions = report.options.partitions or (PARTITIONS[:2] if report.quick else PARTITIONS)
    with open_brokers(report.builds[0], {n: n for n in partitions}) as (brokers, topics):
        for name, address in brokers:
            measure_broker(report, name, address, topics)
