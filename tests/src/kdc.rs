//! Kerberos on loopback: realms with their servers, keytabs and tickets. Needs no root, and nothing of the machine's own
//! Kerberos is used.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::command::{Run, command};
use crate::daemon::Daemon;
use crate::git::free_port;
use crate::wait::wait_until;

/// The realm of the users and of `localhost`.
pub const REALM: &str = "EXAMPLE.TEST";
/// A realm of other people, whose users [`REALM`] knows by their own server.
pub const OTHER_REALM: &str = "EVIL.TEST";

/// A running KDC of both realms.
#[derive(Debug)]
pub struct Kdc {
    dir: PathBuf,
    /// How many commands have been started without a ticket.
    commands: AtomicUsize,
    _daemon: Daemon,
}

impl Kdc {
    /// Makes the realms and their principals, `alice` for one of the realm, `alice@EVIL.TEST` for one of the other.
    pub fn start(dir: &Path, principals: &[&str]) -> Result<Kdc> {
        fs::create_dir_all(dir)?;
        let ports = [(REALM, free_port()?), (OTHER_REALM, free_port()?)];
        write_config(dir, &ports)?;
        for (realm, _) in ports {
            Run::of(admin(dir, "kdb5_util", &["create", "-r", realm, "-s", "-P", "master"])?)?.ok()?;
            let trust = format!("addprinc -pw between krbtgt/{REALM}@{OTHER_REALM}\n");
            let own = principals.iter().filter(|p| realm_of(p) == realm);
            let lines =
                own.map(|p| format!("addprinc -randkey {p}\nktadd -k {} {p}\n", keytab(dir, p).display()));
            kadmin(dir, realm, &(trust + &lines.collect::<String>()))?;
        }
        let mut kdc = admin(dir, "krb5kdc", &["-n", "-r", REALM, "-r", OTHER_REALM])?;
        kdc.stdin(Stdio::null());
        let mut daemon = Daemon::start("krb5kdc", kdc, &dir.join("krb5kdc.log"))?;
        let up = wait_until(Duration::from_secs(20), || {
            ensure!(daemon.is_running(), "krb5kdc has ended; its log is {}", daemon.log().display());
            Ok(ports.iter().all(|(_, port)| TcpStream::connect(("127.0.0.1", *port)).is_ok()))
        })?;
        ensure!(up, "krb5kdc does not listen");
        Ok(Kdc { dir: dir.to_path_buf(), commands: AtomicUsize::new(0), _daemon: daemon })
    }

    /// The keytab of a principal.
    pub fn keytab(&self, principal: &str) -> PathBuf {
        keytab(&self.dir, principal)
    }

    /// What programs need to find the realms.
    pub fn config(&self) -> PathBuf {
        self.dir.join("krb5.conf")
    }

    /// Gets a ticket; the file it is in. With `lifetime` (`1s`) one that ends soon.
    pub fn ticket(&self, principal: &str, lifetime: Option<&str>) -> Result<PathBuf> {
        let name = format!("ticket-{}-{}", principal.replace('/', "_"), lifetime.unwrap_or("long"));
        let file = self.dir.join(name);
        let mut kinit = command("kinit", ["-k", "-t"]);
        kinit.arg(self.keytab(principal)).arg("-c").arg(&file);
        if let Some(lifetime) = lifetime {
            kinit.args(["-l", lifetime]);
        }
        Run::of(self.with(kinit.arg(principal), None))?.ok()?;
        Ok(file)
    }

    /// The command in an environment with these realms, and with the tickets of a file or without any.
    pub fn with(&self, command: &mut Command, ticket: Option<&Path>) -> Command {
        let mut with = Command::new(command.get_program());
        with.args(command.get_args()).stdin(Stdio::null());
        if let Some(dir) = command.get_current_dir() {
            with.current_dir(dir);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => with.env(name, value),
                None => with.env_remove(name),
            };
        }
        // a client with a keytab leaves its tickets where it looks for some: each gets a place of its own
        let without =
            || self.dir.join(format!("no-ticket-{}", self.commands.fetch_add(1, Ordering::Relaxed)));
        let ticket = ticket.map_or_else(without, Path::to_path_buf);
        with.env("KRB5_CONFIG", self.config()).env_remove("KRB5_CLIENT_KTNAME");
        with.env("KRB5CCNAME", format!("FILE:{}", ticket.display()));
        with
    }
}

fn realm_of(principal: &str) -> &str {
    principal.split_once('@').map_or(REALM, |(_, realm)| realm)
}

fn keytab(dir: &Path, principal: &str) -> PathBuf {
    dir.join(format!("{}.keytab", principal.replace('/', "_")))
}

fn write_config(dir: &Path, ports: &[(&str, u16)]) -> Result<()> {
    let own = dir.display();
    let mut client = format!(
        "[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n \
         dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n\
         [domain_realm]\n localhost = {REALM}\n[realms]\n"
    );
    let mut server =
        format!("[logging]\n default = FILE:{own}/kdc.log\n kdc = FILE:{own}/kdc.log\n[realms]\n");
    for (realm, port) in ports {
        client += &format!(" {realm} = {{\n  kdc = 127.0.0.1:{port}\n }}\n");
        server += &format!(
            " {realm} = {{\n  database_name = {own}/{realm}.db\n  key_stash_file = {own}/{realm}.stash\n  \
             acl_file = {own}/acl\n  kdc_listen = 127.0.0.1:{port}\n  kdc_tcp_listen = 127.0.0.1:{port}\n }}\n"
        );
    }
    fs::write(dir.join("krb5.conf"), client)?;
    fs::write(dir.join("kdc.conf"), server)?;
    Ok(())
}

/// A program of the server's side, which is often not in the path of users.
fn admin(dir: &Path, name: &str, args: &[&str]) -> Result<Command> {
    let places = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"].map(|place| Path::new(place).join(name));
    let program = places.iter().find(|p| p.is_file());
    let program = program.with_context(|| format!("{name} is missing: make setup installs it"))?;
    let mut command = command(program, args);
    command.env("KRB5_CONFIG", dir.join("krb5.conf")).env("KRB5_KDC_PROFILE", dir.join("kdc.conf"));
    Ok(command)
}

fn kadmin(dir: &Path, realm: &str, lines: &str) -> Result<()> {
    let mut kadmin = admin(dir, "kadmin.local", &["-r", realm])?;
    kadmin.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = kadmin.spawn()?;
    child.stdin.take().context("no standard input")?.write_all(lines.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "kadmin.local: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
