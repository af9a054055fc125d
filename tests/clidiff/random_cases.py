#!/usr/bin/env python3
"""Random cases for compare.py: any options of upstream's commands with values that exist, do not exist or make no sense.

Run by upstream's own Python (its commands declare their options): random_cases.py SEED COUNT [READ|WRITE] > cases.jsonl
Commands that read are run on what tests/conformance leaves; those that write on objects that each client has for itself, by a
name with {n}. The same seed makes the same cases.
"""
import json, optparse, random, sys
from unittest import mock

import koji_cli.commands

SEED, COUNT = sys.argv[1], int(sys.argv[2])
KIND = (sys.argv[3:] or ['READ'])[0]
R = random.Random(SEED)
P = 'z' + SEED  # objects of this run


def own(name):
    return P + name + '{n}'


OWN_TAGS = [own(x) for x in 'abcd']
ARCHES = ['x86_64', 'noarch', 'src', 'aarch64', 'i686', 'nosuch', 'x86_64,noarch', 'x86_64 i686', '']
NUMBERS = ['0', '1', '2', '5', '-1', 'x', '99']
TEXTS = ['some text', 'a b', '', 'x=y', 'line one\nline two']
EVENTS = ['1', '5', '20', '60', '100', '200', '99999', '0', '-1', 'x']
TIMES = ['2020-01-01', '2030-01-01', '1600000000', '1900000000', '0', '2026-11-29T10:28:57Z', '-5', '2020-01-01 12:00:00.5', 'Jan 5 2021', 'whenever']
BUILDS = ['hello-1.0-1.el9', 'hello-1.1-1.el9', 'hello-1.1-2.el9', 'world-2.0-1.el9', 'mvn-1-1', 'winb-1-1', 'cgimg-1.0-1', 'cgimg-1.1-1', 'drafted-1.0-1.el9', 'drafted-1.0-1.el9,draft_19', 'drafty-1-1,draft_3', 'early-0.1-1', 'early-0.2-1', 'imgb-1-1', 'nosuch-1-1', 'nosuch', '1', '5', '9999', '0']
# by the names of options, and as NOUN in the arguments below
READ_POOL = {
    'tag': ['base', 'build', 'build-side-12', 'candidate', 'mc1', 'mc2', 'other', 'side', 'snap1', 'updates', 'nosuch', '2', '4', ''],
    'package': ['hello', 'world', 'mvn', 'cgimg', 'drafted', 'winb', 'nosuch', 'early', 'fakebuilt', 'hel*'], 'build': BUILDS, 'buildid': BUILDS,
    'user': ['kojiadmin', 'alice', 'bob', 'blocked', 'dave', 'devs', 'builder1.example.com', 'nosuch', '1', '99'],
    'host': ['b10', 'builder1.example.com', 'builder2.example.com', 'nosuch', '1', '99'], 'channel': ['default', 'createrepo', 'vm', 'mychan', 'newchan', 'nosuch', '1'],
    'permission': ['admin', 'repo', 'newperm', 'nosuch', 'tag'], 'perm': ['admin', 'repo', 'nosuch', 'tag'], 'arch': ARCHES, 'before': TIMES, 'after': TIMES, 'event': EVENTS, 'before-event': EVENTS, 'after-event': EVENTS,
    'ts': ['1600000000', '1900000000', '0', '-5'], 'repo': ['1', '2', '3', '6', '99', 'x', '0'], 'type': ['maven', 'win', 'image', 'rpm', 'nosuch', ''], 'usertype': ['normal', 'host', 'group', 'any', 'nosuch', 'all'],
    'prefix': ['h', 'wo', 'b', 'nosuch', ''], 'pattern': ['h*', '*-1-1', '*', 'nosuch*', '?ello*'], 'state': ['COMPLETE', 'FAILED', '1', '3', 'nosuch', '99', 'complete', 'FREE', 'OPEN'],
    'sort-key': ['build_id', 'owner_name', 'state', 'nosuch', 'nvr'], 'source': ['git*', '*', 'nosuch'], 'cg': ['mycg', 'nosuch', '1'], 'volume': ['DEFAULT', 'vol2', 'nosuch', '0'], 'latest-n': NUMBERS, 'limit': NUMBERS, 'id': NUMBERS,
    'show': ['tag,build', 'builds', 'create_event', 'active', 'nosuch,x'], 'xkey': ['tag', 'a', 'nosuch'], 'stop': ['base', 'updates', 'nosuch'], 'jump': ['build/base', 'base/updates', 'nosuch', 'x/y'], 'method': ['build', 'newRepo', 'nosuch', 'restart'],
    'group': ['build', 'srpm-build', 'nosuch'], 'erepo': ['ext2b', 'nosuch', '1'], 'url': ['http://example.com/e2b/', 'nosuch'], 'name': ['n1', 'tgt', 'ext2b', 'nosuch'], 'target': ['tgt', 'nosuch', 'build-side-12'], 'buildroot': ['1', '2', '99', 'x'],
    'task': [*map(str, range(1, 40)), '9999', 'x'], 'key': ['nosuch', 'f8c97ef3'], 'rpm': ['hello-1.0-1.el9.x86_64', 'hello-1.0-1.el9.src', 'world-2.0-1.el9.noarch', 'nosuch-1-1.noarch', '1', '3', '99', 'hello', 'ext-1-1.noarch'],
    'search': ['package', 'build', 'tag', 'target', 'user', 'host', 'rpm', 'maven', 'win'], 'term': ['h*', '*', 'hello', 'b.*', '^w', 'nosuch', '*el9*', 'alice'],
}
READ_POOL.update({'owner': READ_POOL['user'], 'by': READ_POOL['user']})
# nouns; the one before "?" may be missing, the one before "*" may be there often
READ_ARGS = {
    'buildinfo': 'build build *', 'hostinfo': 'host host *', 'latest-build': 'tag package *', 'list-buildroot': 'buildroot', 'list-groups': 'tag group ?', 'list-tag-inheritance': 'tag', 'list-tagged': 'tag package ?',
    'list-tags': 'pattern *', 'list-untagged': 'package ?', 'repoinfo': 'repo repo *', 'rpminfo': 'rpm rpm *', 'show-groups': 'tag', 'taginfo': 'tag tag *', 'taskinfo': 'task task *', 'userinfo': 'user user *', 'search': 'search term',
    **{c: '' for c in ('list-builds', 'list-channels', 'list-external-repos', 'list-history', 'list-hosts', 'list-notifications', 'list-pkgs', 'list-targets', 'list-users', 'list-volumes', 'scheduler-info', 'list-permissions', 'list-tasks', 'list-signed', 'mock-config')},
}
WRITE_POOL = {
    'tag': OWN_TAGS * 4 + [own('new'), 'nosuch{n}'], 'newtag': [own('new'), own('x'), own('a')], 'package': ['hello', 'world', own('p'), own('q')], 'build': BUILDS[:4] + ['nosuch-1-1', 'early-0.1-1', 'drafted-1.0-1.el9', 'hello'],
    'user': [own('u'), own('v'), own('w'), 'nosuch{n}'], 'host': [own('h'), own('h'), own('i'), 'nosuch{n}'], 'channel': [own('ch'), own('ch'), own('ci'), 'nosuch{n}'], 'group': ['build', 'srpm-build', 'g1', 'nosuch'],
    'erepo': [own('er'), own('er'), own('es'), 'nosuch{n}'], 'target': [own('tg'), own('tg'), own('th'), 'nosuch{n}'], 'perm': ['tag', 'repo', 'nosuch{n}', 'sign'], 'arches': ARCHES, 'arch': ARCHES, 'num': NUMBERS, 'text': TEXTS, 'description': TEXTS, 'comment': TEXTS,
    'priority': NUMBERS, 'maxdepth': NUMBERS, 'latest-n': NUMBERS, 'mode': ['koji', 'simple', 'bare', 'nosuch'], 'url': ['http://example.com/x/', 'nourl', ''], 'capacity': ['2', '1.5', 'x', '-1'], 'extra': ['a=1', 'b=True', 'c=None', 'd=text', 'noequals', 'e=[1,2]', 'a=2'],
    'remove-extra': ['a', 'b', 'zz'], 'block-extra': ['a', 'b', 'zz'], 'pkg-filter': ['^h', '', '('], 'ts': ['1900000000', '0'], 'event': ['1', '99999', 'x'], 'repo': ['1', '99', 'x'], 'volume': ['vol2', 'nosuch'], 'repo-id': ['1', '99', 'x'], 'wait-build': BUILDS,
    'custom-user-metadata': ['{"a": 1}', '[]', 'x', '{}'], 'scm': ['git://e.com/x#1', 'x', 'git+https://e.com/x#1'], 'chained': ['git://e/a#1', 'a-1-1', 'bad', ':', ':'], 'key': ['deadbeef', 'f8c97ef3'], 'task': ['1', '99999', 'x'], 'cg': ['mycg', 'nosuch{n}'],
    'method': ['sleep', 'nosuch'], 'value': ['5', 'a', '1.5', 'None', '-3'], 'word': ['img', '1'], 'nvr': [own('rc') + '-1-1', own('rc') + '-1'],
    **{option: [own('k') + '@EXAMPLE.COM', own('l') + '@EXAMPLE.COM'] for option in ('principal', 'krb-principal', 'add-krb', 'edit-krb', 'remove-krb')},
}
for option, noun in {'owner': 'user', 'from': 'user', 'parent': 'tag', 'build-tag': 'tag', 'dest-tag': 'tag', 'extra-arches': 'arches', 'arch-override': 'arches', 'rename': 'newtag', 'name': 'newtag', 'epoch': 'num'}.items():
    WRITE_POOL[option] = WRITE_POOL[noun]
WRITE_ARGS = {
    'add-channel': 'channel', 'enable-channel': 'channel channel *', 'disable-channel': 'channel channel *', 'edit-channel': 'channel', 'add-external-repo': 'erepo url ?', 'edit-external-repo': 'erepo', 'remove-external-repo': 'erepo tag *',
    **{w + '-group': 'tag group' for w in ('add', 'block', 'unblock', 'remove')}, **{w + '-group-pkg': 'tag group package package *' for w in ('add', 'block', 'unblock', 'remove')}, **{w + '-group-req': 'tag group group' for w in ('add', 'block', 'unblock', 'remove')},
    'add-host': 'host arch arch *', 'edit-host': 'host host *', 'enable-host': 'host host *', 'disable-host': 'host host *', 'add-host-to-channel': 'host channel', 'remove-host-from-channel': 'host channel', 'add-pkg': 'tag package package *', 'block-pkg': 'tag package package *',
    'unblock-pkg': 'tag package package *', 'remove-pkg': 'tag package package *', 'set-pkg-arches': 'arches tag package package *', 'set-pkg-owner': 'user tag package package *', 'add-tag': 'newtag', 'edit-tag': 'tag', 'remove-tag': 'newtag', 'lock-tag': 'tag tag *', 'unlock-tag': 'tag tag *',
    'add-tag-inheritance': 'tag tag', 'edit-tag-inheritance': 'tag tag num ?', 'remove-tag-inheritance': 'tag tag num ?', 'add-target': 'target tag tag ?', 'edit-target': 'target', 'remove-target': 'target', 'add-user': 'user', 'edit-user': 'user', 'enable-user': 'user', 'disable-user': 'user',
    'grant-permission': 'perm user user *', 'revoke-permission': 'perm user user *', 'grant-cg-access': 'user cg', 'revoke-cg-access': 'user cg', 'tag-build': 'tag build build *', 'untag-build': 'tag build build *', 'move-build': 'tag tag build build *', 'clone-tag': 'tag newtag', 'set-build-volume': 'volume build build *',
    'regen-repo': 'tag', 'request-repo': 'tag', 'dist-repo': 'tag key', 'build': 'target scm', 'chain-build': 'target chained chained chained *', 'make-task': 'method value *', 'win-build': 'target scm word', 'maven-build': 'target scm', 'wrapper-rpm': 'target build scm', 'reserve-cg': 'cg nvr',
    'set-task-priority': 'task', 'free-task': 'task', 'resubmit': 'task', 'promote-build': 'build', 'write-signed-rpm': 'key build', 'assign-task': 'task host',
}
LOOKS = [['taginfo', own('a')], ['list-pkgs', '--tag', own('a'), '--show-blocked'], ['list-tagged', own('a')], ['show-groups', own('a'), '--show-blocked'], ['list-tag-inheritance', own('a')],
         ['hostinfo', own('h')], ['userinfo', own('u')], ['list-external-repos', '--tag', own('a')], ['list-tagged', own('b')]]
SETUP = [*(['createTag', [t, {'arches': 'x86_64', '__starstar': True}]] for t in OWN_TAGS), ['createUser', [own('u')]], ['createUser', [own('v')]], ['addChannel', [own('ch')]], ['addHost', [own('h'), ['x86_64']]],
         ['createBuildTarget', [own('tg'), own('a'), own('b')]], ['createExternalRepo', [own('er'), 'http://example.com/%s/' % own('')]], *(['packageListAdd', [own('a'), p, 'alice']] for p in ('hello', 'world', own('p'))),
         ['packageListAdd', [own('b'), 'hello', 'alice']], *(['tagBuildBypass', [own('a'), b]] for b in BUILDS[:2]), ['groupListAdd', [own('a'), 'build']], ['groupPackageListAdd', [own('a'), 'build', 'bash']]]
# they wait, need files, or differ on purpose
NEVER = {'--watch', '--wait', '--ini', '--config', '--delta-rpms', '--zck-dict-dir', '--multilib', '--comps', '--noprogress', '--debug', '--kwargs', '--metadata', '--notify', '--mine', '-o'}
ALWAYS = {**{c: ['--nowait'] for c in ('tag-build', 'move-build', 'regen-repo', 'request-repo', 'dist-repo', 'build', 'chain-build', 'win-build', 'maven-build', 'wrapper-rpm', 'resubmit')}, 'add-pkg': ['--owner'], 'set-task-priority': ['--priority']}


class Declared(Exception):
    pass


def declared(command):
    """the options of one of upstream's commands: their names, and whether they take a value"""
    def stop(parser, args=None, values=None):
        raise Declared([(o._short_opts + o._long_opts, o.takes_value()) for o in parser.option_list if o.dest])
    name = command.replace('-', '_')
    handler = getattr(koji_cli.commands, 'handle_' + name, None) or getattr(koji_cli.commands, 'anon_handle_' + name)
    with mock.patch.object(optparse.OptionParser, 'parse_args', stop):
        try:
            handler(mock.MagicMock(), mock.MagicMock(), [])
        except Declared as found:
            return found.args[0], handler.__name__.startswith('anon')
    raise SystemExit('%s declares no options' % command)


def positional(shape, pool):
    words, nouns = [], shape.split()
    for noun, after in zip(nouns, nouns[1:] + ['']):
        count = {'?': R.randint(0, 1), '*': R.choice([0, 0, 1, 2])}.get(after, 1)
        words += [[R.choice(pool[noun])] for _ in range(count) if noun not in '?*']
    return words


def arguments(command, shape, pool, options):
    words = positional(shape, pool)
    if words and R.random() < .05:
        words.pop()
    if R.random() < .03:
        words.append(['surplus'])
    def place(names, takes_value):
        name, noun = R.choice(names), names[-1].lstrip('-')
        word = [name]
        if takes_value:
            value = R.choice(pool.get(noun, NUMBERS))
            word = [name + '=' + value] if name.startswith('--') and R.random() < .3 else [name, value]
        words.insert(R.randint(0, len(words)), word)
    always = ALWAYS.get(command, [])
    free = [o for o in options if not NEVER.intersection(o[0]) and o[0][-1] not in always]
    for names, takes_value in R.sample(free, min(len(free), R.choice([0, 0, 1, 1, 2, 3]))):
        place(names, takes_value)
    for names, takes_value in options:
        if names[-1] in always:
            place(names, takes_value)
    return [command] + [w for word in words for w in word]


def main():
    writes = KIND == 'WRITE'
    shapes, pool = (WRITE_ARGS, WRITE_POOL) if writes else (READ_ARGS, READ_POOL)
    options = {command: declared(command) for command in shapes}
    if writes:
        calls = [{'methodName': m, 'params': p} for m, p in SETUP]
        print(json.dumps({'id': P + 'setup', 'setup': True, 'as': 'admin', 'args': ['call', '--json-input', 'system.multicall', json.dumps(calls)]}))
    for i in range(COUNT):
        command = R.choice(list(shapes))
        of, anon = options[command]
        case = {'id': '%s-%s-%d' % (P, KIND.lower(), i), 'args': arguments(command, shapes[command], pool, of), 'as': 'anon' if anon else 'admin'}
        if writes:
            case.update({'as': R.choice(['admin'] * 8 + ['alice']), 'mutating': True, 'norm': ['num']})
            if R.random() < .35:
                case['verify'] = R.sample(LOOKS, 2)
        elif R.random() < .15:
            case['env'] = {'TZ': R.choice(['Asia/Tokyo', 'America/New_York'])}
        print(json.dumps(case))


if __name__ == '__main__':
    main()
