"""Mock configurations by the published client library: a list of cases on standard input, a list of texts on standard output."""

import json
import sys

import koji

COPIED = {
    "mock.package_manager": "package_manager",
    "mock.yum.module_hotfixes": "module_hotfixes",
    "mock.module_setup_commands": "module_setup_commands",
    "mock.releasever": "releasever",
}


def config(case):
    extra, site = case["extra"], case["site"]
    known = {ours: extra[key] for key, ours in COPIED.items() if key in extra}
    if extra.get("mock.forcearch"):
        known["forcearch"] = case["target_arch"]
    if "mock.yum.best" in extra:
        known["yum_best"] = int(extra["mock.yum.best"])
    if "mock.use_bootstrap" in extra:
        known["use_bootstrap"] = bool(extra["mock.use_bootstrap"])
    if site["mock_bootstrap_image"]:
        known["bootstrap_image"] = extra.get("mock.bootstrap_image")
    if "mock.plugin_conf.sign_enable" in extra:
        known["plugin_conf"] = {
            "sign_enable": extra["mock.plugin_conf.sign_enable"],
            "sign_opts": {name: extra["mock.plugin_conf.sign_opts." + name] for name in ("cmd", "opts")},
        }
    for name in ("vendor", "packager", "distribution", "mockhost", "yum_proxy", "mockdir", "topurls", "rpmbuild_timeout"):
        if site.get(name):
            known[name] = site[name]
    for name in ("maven_opts", "bind_opts", "internal_dev_setup", "use_host_resolv"):
        if name in case:
            known[name] = case[name]
    return koji.genMockConfig(
        case["name"],
        case["arch"],
        managed=True,
        repoid=case["repo"],
        tag_name=case["tag"],
        buildroot_id=case["id"],
        install_group=case["group"],
        target_arch=case["target_arch"],
        tag_macros={"%" + k[10:]: str(v) for k, v in extra.items() if k.startswith("rpm.macro.")},
        tag_envvars={k[8:]: str(v) for k, v in extra.items() if k.startswith("rpm.env.")},
        **known,
    )


json.dump([config(case) for case in json.load(sys.stdin)], sys.stdout)
