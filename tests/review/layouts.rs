//! The hook where servers keep theirs: in the folders of GitLab, of Forgejo and Gitea, and behind sshd, over real pushes.
//!
//! What runs the hooks there is written here as those servers do it: Gitaly's `internal/gitaly/hook/custom.go`, and
//! `modules/repository/hooks.go` of Gitea and Forgejo.

use super::firm::{FINDING, Firm, public_key};
use super::support::{NOW, tool};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

fn program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A firm whose server is a repository that a forge made, without any hook of ours.
fn on_a_forge() -> Firm {
    let mut firm = Firm::unfounded();
    let server = firm.desk.sandbox.path("forge.git");
    let desk = &firm.desk;
    desk.sandbox.git(&desk.top, &["init", "-q", "--bare", "-b", "main", server.to_str().unwrap()]).ok();
    desk.git(&["remote", "set-url", "origin", server.to_str().unwrap()]).ok();
    firm.server = server;
    firm
}

/// A sound push gets in, an unsigned one does not and leaves nothing, a signed one does.
fn is_a_gate(firm: &Firm) {
    let desk = &firm.desk;
    firm.push("main").ok();
    firm.confirm();
    let refused = desk.commit("Confirm");
    firm.is_refused("main", "remote: error[signoff-missing]: `f-7q2k9dm4` needs 1 approval by reviewer or lead");
    assert_ne!(desk.sandbox.git(&firm.server, &["cat-file", "-e", &refused]).code, 0, "an object of it stayed");
    firm.push("main:work").ok();
    firm.sign("carol", &[FINDING]).ok();
    desk.commit("Sign off");
    firm.push("main").ok();
    desk.git(&["rm", "-rq", "signoffs"]).ok();
    desk.commit("Nobody signed");
    firm.is_refused("main", "error[signoff-changed]");
    desk.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
}

/// Hooks of a forge that runs all programs of a folder, each with what Git has written. Where it looks for them has changed over time.
fn dispatcher(folder: &str) -> String {
    format!(
        "#!/usr/bin/env bash\n\
         lines=$(cat)\nstatus=0\n\
         for each in {folder}/pre-receive.d/*; do\n\
         \x20 if [ -f \"$each\" ] && [ -x \"$each\" ]; then\n\
         \x20   echo \"$lines\" | \"$each\" || status=$?\n\
         \x20 fi\ndone\n\
         exit $status\n"
    )
}

#[test]
fn forgejo_and_gitea_run_it_beside_their_own() {
    for folder in ["$(dirname $0)", "${GIT_DIR:-$(dirname $0)/..}/hooks"] {
        let firm = on_a_forge();
        let hooks = firm.server.join("hooks");
        let seen = firm.desk.sandbox.path("seen");
        let own = dispatcher(folder);
        program(&hooks.join("pre-receive"), &own);
        program(&hooks.join("pre-receive.d/gitea"), &format!("#!/bin/sh\ncat >> '{}'\n", seen.display()));
        let installed =
            firm.desk.sandbox.casebook(&firm.server, &["hook", "install", "--server", "--into", "hooks"]).ok();
        assert!(installed.stdout.starts_with("pre-receive "), "{}", installed.text());
        assert_eq!(fs::read_to_string(hooks.join("pre-receive")).unwrap(), own, "the forge's own hook was changed");
        assert!(hooks.join("pre-receive.d/casebook").is_file());
        let status = firm.desk.sandbox.casebook(&firm.server, &["hook", "status"]).ok();
        assert!(status.stdout.contains("pre-receive        installed"), "{}", status.text());
        is_a_gate(&firm);
        let seen = fs::read_to_string(seen).unwrap();
        assert!(seen.lines().count() == 5 && seen.lines().all(|line| line.contains(" refs/heads/")), "{seen}");
        // "Resynchronise the hooks" of an administrator writes the forge's own ones anew.
        fs::remove_file(hooks.join("pre-receive")).unwrap();
        program(&hooks.join("pre-receive"), &own);
        firm.desk.git(&["rm", "-rq", "custody"]).ok();
        firm.desk.commit("No custody");
        firm.is_refused("main", "error[custody-changed]");
        firm.desk.sandbox.casebook(&firm.server, &["hook", "uninstall"]).ok();
        assert!(!hooks.join("pre-receive.d/casebook").exists());
        assert_eq!(fs::read_to_string(hooks.join("pre-receive")).unwrap(), own);
    }
}

#[test]
fn gitlab_runs_it_and_shows_why_in_the_browser() {
    // Git gives its hooks `.`, Gitaly gives custom ones the whole path.
    for git_dir in [".", "$PWD"] {
        for several in [true, false] {
            let firm = on_a_forge();
            let custom = firm.server.join("custom_hooks");
            fs::create_dir_all(if several { custom.join("pre-receive.d") } else { custom.clone() }).unwrap();
            let sandbox = &firm.desk.sandbox;
            sandbox.casebook(&firm.server, &["hook", "install", "--server", "--into", "custom_hooks"]).ok();
            assert!(custom.join(if several { "pre-receive.d/casebook" } else { "pre-receive" }).is_file());
            let gitaly = sandbox.path("gitaly");
            program(
                &gitaly.join("hooks/pre-receive"),
                &format!(
                    "#!/bin/sh\nlines=$(cat)\n\
                     for each in custom_hooks/pre-receive custom_hooks/pre-receive.d/*; do\n\
                     \x20 case $each in *~) continue;; esac\n\
                     \x20 [ -f \"$each\" ] && [ -x \"$each\" ] || continue\n\
                     \x20 echo \"$lines\" | GIT_DIR={git_dir} \"$PWD/$each\" || exit 1\n\
                     done\n"
                ),
            );
            let receive = gitaly.join("receive-pack");
            program(
                &receive,
                &format!(
                    "#!/bin/sh\nexport GL_ID=user-7 GL_USERNAME=bob GL_PROJECT_PATH=ir/case-0142 GL_REPOSITORY=project-9 GL_PROTOCOL=ssh\n\
                     exec git -c core.hooksPath='{}' receive-pack \"$@\"\n",
                    gitaly.join("hooks").display()
                ),
            );
            firm.desk.git(&["config", "remote.origin.receivepack", receive.to_str().unwrap()]).ok();
            is_a_gate(&firm);
            firm.confirm();
            firm.desk.casebook(&["set", FINDING, "severity=critical"]).ok();
            firm.desk.commit("Changed what was signed");
            firm.is_refused("main", "remote: GL-HOOK-ERR: casebook refused this push: signoff-missing");
        }
    }
}

/// An sshd of one's own, that ends with the test.
struct Sshd {
    server: Child,
    port: u16,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Where sshd is; it must be called by its whole path.
fn sshd() -> Option<PathBuf> {
    let usual = PathBuf::from("/usr/sbin/sshd");
    if usual.exists() { Some(usual) } else { tool("sshd") }
}

/// Starts a server on the loopback device that knows the key of bob, and lets him do nothing but push and fetch.
fn serve(firm: &Firm, sshd: &Path) -> Sshd {
    let (desk, folder) = (&firm.desk, firm.desk.sandbox.path("sshd"));
    fs::create_dir(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    desk.sandbox.run("ssh-keygen", &folder, &["-q", "-t", "ed25519", "-N", "", "-f", &file("host")]).ok();
    // What a login shell of the machine would know is none of the test's business.
    let home = desk.sandbox.path("home");
    program(
        &folder.join("shell"),
        &format!(
            "#!/bin/sh\nexport HOME='{home}' GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL='{home}/.gitconfig' CASEBOOK_NOW={NOW}\n\
             exec git shell -c \"$SSH_ORIGINAL_COMMAND\"\n",
            home = home.display()
        ),
    );
    fs::write(file("authorized"), format!("restrict,command=\"{}\" {}\n", file("shell"), public_key("bob"))).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fs::write(
        file("config"),
        format!(
            "ListenAddress 127.0.0.1:{port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\nUsePAM no\n\
             PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n",
            file("host"),
            file("authorized")
        ),
    )
    .unwrap();
    let host = fs::read_to_string(file("host.pub")).unwrap();
    fs::write(file("known"), format!("[127.0.0.1]:{port} {host}")).unwrap();
    let log = fs::File::create(file("log")).unwrap();
    let mut command = desk.sandbox.command(sshd, &folder);
    let mut server =
        command.args(["-D", "-e", "-f", &file("config")]).stdin(Stdio::null()).stderr(log).spawn().unwrap();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(server.try_wait().unwrap().is_none(), "{}", fs::read_to_string(file("log")).unwrap());
        std::thread::sleep(Duration::from_millis(20));
    }
    let ssh = format!(
        "ssh -F /dev/null -i '{}' -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile='{}'",
        desk.sandbox.path("bob").display(),
        file("known")
    );
    desk.git(&["config", "core.sshCommand", &ssh]).ok();
    Sshd { server, port }
}

#[test]
fn it_judges_what_comes_over_ssh() {
    let Some(sshd) = sshd() else { return };
    let firm = Firm::unfounded();
    let server = serve(&firm, &sshd);
    let user = firm.desk.sandbox.run("id", &firm.desk.top, &["-un"]).ok().stdout.trim().to_owned();
    let url = format!("ssh://{user}@127.0.0.1:{}{}", server.port, firm.server.display());
    firm.desk.git(&["remote", "set-url", "origin", &url]).ok();
    is_a_gate(&firm);
    firm.is_refused("HEAD:refs/replace/0000000000000000000000000000000000000001", "remote: error: `refs/replace/");
    let clone = firm.desk.sandbox.path("clone");
    let ssh = firm.desk.git(&["config", "core.sshCommand"]).ok().stdout.trim().to_owned();
    let clone = clone.to_str().unwrap();
    firm.desk.git(&["-c", &format!("core.sshCommand={ssh}"), "clone", "-q", &url, clone]).ok();
    firm.desk.sandbox.casebook(Path::new(clone), &["check"]).ok();
}
