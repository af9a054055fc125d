#!/usr/bin/env python3
"""compare.py REF.jsonl NEW.jsonl [--events exact|loose] [--ids exact|loose] [--strict-faults] [--order exact|loose] [--expected LIST.toml] [-n MAXDIFFS] [--json OUT]
Normalises volatile fields; calls are matched by seq.  Verdict per call: same | order (only list order differs) | faultstr (same code, other text) | diff.
A call that LIST.toml names with that verdict is 'expected'.
Exit 0 when there is no other 'diff' (and no 'order'/'faultstr' if made strict) and every entry of the list still holds."""
import argparse, collections, gzip, json, re, sys, tomllib
ap = argparse.ArgumentParser(); ap.add_argument('ref'); ap.add_argument('new')
ap.add_argument('--events', default='loose', choices=['exact', 'loose']); ap.add_argument('--ids', default='exact', choices=['exact', 'loose'])
ap.add_argument('--order', default='loose', choices=['exact', 'loose']); ap.add_argument('--strict-faults', action='store_true')
ap.add_argument('-n', type=int, default=25); ap.add_argument('--json'); ap.add_argument('--expected')
A = ap.parse_args()
TS = re.compile(r'\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)?'); FD = re.compile(r'^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}'); SUBSEC = re.compile(r'\b\d+\.\d+ seconds')
EV = {'create_event', 'revoke_event', 'creation_event_id', 'event', 'event_id', 'begin_event', 'end_event', 'min_event', 'at_event', 'update_event', 'retire_event', 'beforeEvent', 'afterEvent'}
VOL = {'session-id', 'session-key', 'session_id', 'key', 'hostip', 'token', 'callnum', 'st_mtime', 'st_ctime', 'mtime', 'st_atime', 'st_ino', 'st_dev', 'repo_json', 'traceback'}
TSKEY = re.compile(r'(_ts|^ts|_time|^time)$')
HDRV = re.compile(r'Apache|WSGI')
def load(fn):
    rows = [json.loads(l) for l in (gzip.open(fn, 'rt', encoding='utf-8') if fn.endswith('.gz') else open(fn, encoding='utf-8'))]; meta = rows[0].get('meta', {}); return meta, {r['seq']: r for r in rows[1:]}
def norm(v, top, key=''):
    if key in VOL and not (key == 'key' and not isinstance(v, str)): return '$VOL' if v is not None else None
    if isinstance(v, bool) or v is None: return v
    if isinstance(v, (int, float)):
        if TSKEY.search(key) and v > 1e8: return '$TSF'
        if isinstance(v, float) and 1.6e9 < v < 4e9: return '$TSF'
        if A.events == 'loose' and key in EV: return '$EV'
        if A.ids == 'loose' and isinstance(v, int) and (key == 'id' or key.endswith('_id') or key in ('owner', 'parent', 'task')): return '$ID'
        return v if isinstance(v, int) else ['$float', v]
    if isinstance(v, str):
        if top and top in v: v = v.replace(top, '$TOPDIR')
        v = TS.sub('$TS', v); v = SUBSEC.sub('N seconds', v)
        return v
    if isinstance(v, list): return [norm(x, top, key if key in EV else '') for x in v]
    if isinstance(v, dict): return {k: norm(w, top, k) for k, w in v.items()}
    return v
def canon(v):
    if isinstance(v, list): return sorted((canon(x) for x in v), key=lambda x: json.dumps(x, sort_keys=True))
    if isinstance(v, dict): return {k: canon(w) for k, w in v.items()}
    return v
def diffpath(a, b, p=''):
    if type(a) != type(b): return '%s: %s != %s' % (p or '.', json.dumps(a)[:110], json.dumps(b)[:110])
    if isinstance(a, dict):
        if set(a) != set(b): return '%s: keys -%s +%s' % (p, sorted(set(a) - set(b)), sorted(set(b) - set(a)))
        for k in a:
            d = diffpath(a[k], b[k], p + '.' + k)
            if d: return d
        return None
    if isinstance(a, list):
        if len(a) != len(b): return '%s: len %d != %d' % (p, len(a), len(b))
        for i, (x, y) in enumerate(zip(a, b)):
            d = diffpath(x, y, '%s[%d]' % (p, i))
            if d: return d
        return None
    return None if a == b else '%s: %s != %s' % (p or '.', json.dumps(a)[:110], json.dumps(b)[:110])
ma, ra = load(A.ref); mb, rb = load(A.new); ta, tb = ma.get('topdir'), mb.get('topdir')
verd = collections.Counter(); bysec = collections.defaultdict(collections.Counter); diffs = []
for q, a in sorted(ra.items()):
    b = rb.get(q)
    if b is None: v, d = 'missing', 'no such seq'
    elif (a['method'], a['as_user']) != (b['method'], b['as_user']): v, d = 'diff', 'different call: %s' % b['method']
    else:
        ka = next(k for k in ('result', 'fault', 'http') if k in a); kb = next((k for k in ('result', 'fault', 'http') if k in b), 'none')
        if ka != kb: v, d = 'diff', 'ref %s %s / new %s %s' % (ka, json.dumps(a[ka])[:150], kb, json.dumps(b.get(kb))[:150])
        elif ka == 'fault':
            fa, fb = a[ka], b[ka]
            if fa['code'] != fb['code']: v, d = 'diff', 'fault %s %r != %s %r' % (fa['code'], fa['string'][:90], fb['code'], fb['string'][:90])
            else:
                sa, sb = norm(fa['string'], ta), norm(fb['string'], tb)
                v, d = ('same', None) if sa == sb else ('faultstr', '%s: %r != %r' % (fa['code'], sa[:110], sb[:110]))
        elif ka == 'http':
            ha, hb = a[ka], b[ka]
            if ha.get('status') != hb.get('status'): v, d = 'diff', 'http %s != %s' % (ha, hb)
            else:
                sa, sb = norm(ha.get('body'), ta), norm(hb.get('body'), tb); v, d = ('same', None) if sa == sb else ('faultstr' if ha['status'] != 200 else 'diff', 'http body %r != %r' % (sa[:120], sb[:120]))
        else:
            xa, xb = norm(a[ka], ta, a.get('method', '')), norm(b[ka], tb, b.get('method', '')); d = diffpath(xa, xb); v = 'same' if d is None else 'diff'
            if d and json.dumps(canon(xa), sort_keys=True) == json.dumps(canon(xb), sort_keys=True): v = 'order'
    verd[v] += 1; bysec[a['section']][v] += 1
    if v != 'same': diffs.append(dict(seq=q, section=a['section'], as_user=a['as_user'], method=a['method'], label=a.get('label'), params=a['params'], verdict=v, detail=d))
expected = {}
if A.expected:
    with open(A.expected, 'rb') as f: listed = tomllib.load(f)['call']
    for e in listed:
        for q in e['seq']: expected[q] = e
unexpected, stale = [], []
found = {x['seq']: x for x in diffs}
for q, e in sorted(expected.items()):
    x = found.get(q)
    if x is None or x['verdict'] != e['verdict'] or x['method'] != e['method']:
        stale.append('#%d %s: listed as %s, is %s' % (q, e['method'], e['verdict'], x['method'] + ' ' + x['verdict'] if x else 'same'))
    else: x['expected'] = e['reason']
unexpected = [x for x in diffs if 'expected' not in x]
KINDS = ['same', 'order', 'faultstr', 'diff', 'missing']
print('%-14s %6s' % ('section', 'calls') + ''.join('%9s' % k for k in KINDS) + '%12s' % 'unexpected')
def line(name, c, n): print('%-14s %6d' % (name, sum(c.values())) + ''.join('%9d' % c[k] for k in KINDS) + '%12d' % n)
for s, c in bysec.items(): line(s, c, sum(x['section'] == s and x['verdict'] != 'order' for x in unexpected))
line('all', verd, sum(x['verdict'] != 'order' for x in unexpected))
shown = sorted(unexpected, key=lambda x: KINDS.index(x['verdict']) if x['verdict'] != 'order' else -1, reverse=True)
for x in shown[:A.n]: print('%(verdict)-8s #%(seq)d [%(section)s] %(as_user)s %(method)s' % x, json.dumps(x['params'])[:120], x['label'] or '', '\n     ', x['detail'])
for x in stale: print('no longer true:', x)
if A.json:
    with open(A.json, 'w') as f: json.dump(diffs, f, indent=1)
left = collections.Counter(x['verdict'] for x in unexpected)
bad = left['diff'] + left['missing'] + len(stale) + (left['faultstr'] if A.strict_faults else 0) + (left['order'] if A.order == 'exact' else 0)
sys.exit(1 if bad else 0)
