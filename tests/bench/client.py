#!/usr/bin/env python3
"""Times upstream's client and ours, in turn, with the same arguments against one hub (see client.sh, which starts it).

The machine's other work meets both alike, so what counts is the ratio: for each line the median of the pairs' ratios, and the
best time of each side. First bytes: how long until the first line of a list stands there.
"""
import argparse, os, re, statistics, subprocess, sys, tempfile, time, xmlrpc.client

LISTS = ['list-tagged', '--rpms', '--latest', '--inherit']


def timed(command, cwd):
    """Seconds to the first byte and to the end, and the output's length and status."""
    start = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=cwd) as p:
        first = p.stdout.read(1)
        begun = time.monotonic() - start
        rest = p.stdout.read()
    return begun, time.monotonic() - start, len(first) + len(rest), p.returncode


def main():
    ap = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    for name in ('upstream', 'ours', 'config', 'files', 'server'):
        ap.add_argument('--' + name, required=True)
    ap.add_argument('--pairs', type=int, default=7)
    ap.add_argument('--only', default='')
    ap.add_argument('--size', type=int, default=256, help='MiB of the file that is downloaded')
    o = ap.parse_args()
    before = ['-c', o.config, '--noauth']
    tag = 'dist-build'
    cases = [('help', ['help'], o.pairs), ('version', ['version'], o.pairs), ('list-tags', ['list-tags'], o.pairs),
             ('list-tagged', ['list-tagged', '--inherit', '--latest', tag], max(2, o.pairs // 2)),
             (' '.join(LISTS[1:]), [*LISTS, tag], max(2, o.pairs // 2)),
             ('list-pkgs', ['list-pkgs'], max(2, o.pairs // 2))]
    print('%-28s %10s %10s %8s %12s %12s %10s' % ('command', 'upstream', 'ours', 'ratio', 'first, ups.', 'first, ours', 'bytes'))
    failed = False
    with tempfile.TemporaryDirectory(prefix='koji-bench-') as cwd:
        for name, args, pairs in cases:
            if not re.search(o.only, name):
                continue
            runs = []
            for _ in range(pairs):
                runs.append([timed([program, *before, *args], cwd) for program in (o.upstream, o.ours)])
            if any(run[3] for pair in runs for run in pair):
                print('%-28s failed' % name)
                failed = True
                continue
            ratio = statistics.median(ours[1] / theirs[1] for theirs, ours in runs)
            best = [min(pair[side][1] for pair in runs) for side in (0, 1)]
            first = [min(pair[side][0] for pair in runs) for side in (0, 1)]
            print('%-28s %8.0f ms %8.0f ms %8s %9.0f ms %9.0f ms %10d' % (
                name, best[0] * 1000, best[1] * 1000, '1/%.1f' % (1 / ratio), first[0] * 1000, first[1] * 1000, runs[0][1][2]))
        if re.search(o.only, 'download-task'):
            failed |= not download(o, cwd)
    return 1 if failed else 0


def download(o, cwd):
    """A large file of a task."""
    hub = xmlrpc.client.ServerProxy(o.server)
    task = hub.listTasks({'state': [2]}, {'limit': 1, 'order': 'id'})[0]['id']
    place = os.path.join(o.files, 'work/tasks/%d/%d' % (task % 10000, task))
    os.makedirs(place, exist_ok=True)
    block = os.urandom(1 << 20)
    with open(os.path.join(place, 'bench.img'), 'wb') as f:
        for n in range(o.size):
            f.write(n.to_bytes(8, 'big') + block[8:])
    pairs = []
    for _ in range(3):
        pair = []
        for program in (o.upstream, o.ours):
            command = [program, '-c', o.config, '--noauth', 'download-task', '--all', '--parentonly', '--noprogress', str(task)]
            _, end, _, status = timed(command, cwd)
            name = next((n for n in os.listdir(cwd) if n.startswith('bench')), None)
            if status or not name or os.path.getsize(os.path.join(cwd, name)) != o.size << 20:
                print('download-task failed: %s' % program, file=sys.stderr)
                return False
            os.unlink(os.path.join(cwd, name))
            pair.append(end)
        pairs.append(pair)
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    best = [min(pair[side] for pair in pairs) for side in (0, 1)]
    print('%-28s %8.0f ms %8.0f ms %8s   (%d MiB)' % ('download-task', best[0] * 1000, best[1] * 1000, '1/%.1f' % (1 / ratio), o.size))
    return True


if __name__ == '__main__':
    sys.exit(main())
