//! What is said of damage, and how it is mended. The table of all damages, for every home, is in tests/damage.

use super::{Desk, expected};
use std::fs;

const AUTH: &str = "evidence/x-7q2k9dm4/auth.log";
const WEB: &str = "evidence/x-7q2k9dm4/web/access.log";
const LIST: &str = "evidence/x-7q2k9dm4.sha256";
const RECORD: &str = "evidence/x-7q2k9dm4.toml";

/// Damages one item and, far away from it, one bit of another: both must be found, and nothing else.
#[track_caller]
fn finds(damage: impl FnOnce(&Desk), marks: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    let other = desk.add(&[&desk.source("other.bin", &[7; 5000])], &[]);
    desk.commit("Another item");
    assert_eq!(desk.check_head(), expected(&[]));
    let far_away = format!("evidence/{other}/other.bin");
    desk.change(&far_away, |content| content[2500] ^= 1);
    damage(&desk);
    desk.commit("Damage");
    let mut wanted = expected(marks);
    wanted.insert(("evidence-altered".to_owned(), far_away));
    assert_eq!(desk.check_head(), wanted);
    // A second time, with everything remembered that can be, the same is found.
    assert_eq!(desk.check_head(), wanted);
    desk
}

/// What is said of a file, with its help.
fn text(desk: &Desk, path: &str) -> String {
    let value = desk.verified();
    let all = value["commit"]["diagnostics"].as_array().unwrap();
    let here: Vec<String> = all
        .iter()
        .filter(|diagnostic| diagnostic["path"] == path)
        .map(|it| format!("{} {}", it["message"], it["help"]))
        .collect();
    here.join("\n")
}

fn sha256(content: &[u8]) -> String {
    casebook::values::Sha256::of(content).to_string()
}

#[test]
fn a_flipped_bit() {
    let desk = finds(|desk| desk.change(AUTH, |content| content[10] ^= 4), &[("evidence-altered", AUTH)]);
    let said = text(&desk, AUTH);
    let sound = fs::read(super::support::sound_case().join(AUTH)).unwrap();
    assert!(said.contains(&sha256(&sound)), "{said}");
    assert!(said.contains(&sha256(&fs::read(desk.path(AUTH)).unwrap())), "{said}");
}

#[test]
fn two_files_swapped() {
    let swap = |desk: &Desk| {
        fs::rename(desk.path(AUTH), desk.path("swap")).unwrap();
        fs::rename(desk.path(WEB), desk.path(AUTH)).unwrap();
        fs::rename(desk.path("swap"), desk.path(WEB)).unwrap();
    };
    let desk = finds(swap, &[("evidence-altered", AUTH), ("evidence-altered", WEB)]);
    assert!(text(&desk, AUTH).contains("swapped") && text(&desk, AUTH).contains(WEB));
}

#[test]
fn a_file_renamed() {
    let new = "evidence/x-7q2k9dm4/auth.log.1";
    let rename = |desk: &Desk| fs::rename(desk.path(AUTH), desk.path(new)).unwrap();
    let desk = finds(rename, &[("evidence-missing", AUTH), ("evidence-unlisted", new)]);
    assert!(text(&desk, AUTH).contains(new));
}

#[test]
fn a_record_that_cannot_be_read_does_not_hide_its_files() {
    let damage = |desk: &Desk| {
        desk.change(RECORD, |content| content.extend_from_slice(b"unknown = 1\n[[[\n"));
        desk.change(AUTH, |content| content[10] ^= 4);
    };
    finds(damage, &[("evidence-changed", RECORD), ("evidence-altered", AUTH)]);
}

#[test]
fn a_changed_file_registered_again_while_the_old_item_is_dropped() {
    let damage = |desk: &Desk| {
        let changed = desk.source("auth.log", &[&fs::read(desk.path(AUTH)).unwrap()[..], b"more\n"].concat());
        fs::remove_dir_all(desk.path("evidence/x-7q2k9dm4")).unwrap();
        for file in [LIST, RECORD] {
            fs::remove_file(desk.path(file)).unwrap();
        }
        desk.add(&[&changed], &[]);
    };
    finds(damage, &[("evidence-changed", LIST), ("evidence-changed", RECORD)]);
}

#[test]
fn an_entry_and_a_sign_off_deleted() {
    let (finding, signoff) = ("findings/f-7q2k9dm4.toml", "signoffs/047590629015838d-alice.stmt");
    let damage = |desk: &Desk| {
        fs::rename(desk.path(finding), desk.path("findings/f-00000000.toml")).unwrap();
        fs::remove_file(desk.path(signoff)).unwrap();
    };
    let desk = finds(damage, &[("entry-deleted", finding), ("signoff-changed", signoff)]);
    let ran = desk.casebook(&["check", "--rev", "HEAD"]);
    assert!(ran.text().contains("was renamed to `findings/f-00000000.toml`"), "{}", ran.text());
    assert!(ran.text().contains("git mv findings/f-00000000.toml findings/f-7q2k9dm4.toml"), "{}", ran.text());
}

#[test]
fn line_endings() {
    let convert = |desk: &Desk| {
        desk.change(AUTH, |content| {
            *content = String::from_utf8(content.clone()).unwrap().replace('\n', "\r\n").into_bytes();
        });
    };
    let desk = finds(convert, &[("evidence-altered", AUTH)]);
    assert!(text(&desk, AUTH).contains("only the line endings differ"), "{}", text(&desk, AUTH));
}

#[test]
fn damage_can_be_mended() {
    let desk = Desk::new();
    desk.change(AUTH, |content| content[10] ^= 4);
    desk.commit("Damage");
    assert_eq!(desk.check_head(), expected(&[("evidence-altered", AUTH)]));
    desk.git(&["checkout", "HEAD~1", "--", AUTH]).ok();
    desk.commit("The registered bytes are back");
    assert_eq!(desk.check_head(), expected(&[]));
}

#[test]
fn an_object_of_git_that_rots() {
    let desk = Desk::new();
    desk.casebook(&["check", "--rev", "HEAD"]).ok();
    let id = desk.git(&["rev-parse", &format!("HEAD:{AUTH}")]).ok().stdout.trim().to_owned();
    let object = desk.path(&format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    let other = desk.git(&["rev-parse", &format!("HEAD:{WEB}")]).ok().stdout.trim().to_owned();
    fs::remove_file(&object).unwrap();
    fs::copy(desk.path(&format!(".git/objects/{}/{}", &other[..2], &other[2..])), &object).unwrap();
    // What `check` remembered does not help here: every byte is hashed again.
    assert_eq!(desk.verify("commit"), expected(&[("evidence-missing", AUTH)]));
    assert_eq!(desk.verified()["commit"]["files"], 1);
}

#[test]
fn a_pointer_of_git_lfs() {
    let desk = Desk::new();
    let (large, small) = (vec![9; 4000], b"small".to_vec());
    let item = desk.add(&[&desk.source("lfs/large.bin", &large), &desk.source("lfs/small.bin", &small)], &[]);
    let pointer =
        |digest: &str| format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 4000\n");
    let file = format!("evidence/{item}/large.bin");
    let record = format!("evidence/{item}.toml");
    fs::write(desk.path(&file), pointer(&sha256(&large))).unwrap();
    desk.commit("A pointer in an item that is kept in Git");
    assert_eq!(desk.verify("commit"), expected(&[("evidence-altered", &file)]));
    let text = fs::read_to_string(desk.path(&record)).unwrap();
    fs::write(desk.path(&record), text.replace("storage = \"git\"", "storage = \"lfs\"")).unwrap();
    desk.commit("The same in an item that is kept with Git LFS");
    // The other file went past the filter of Git LFS: Git holds its bytes, which is told.
    let other = format!("evidence/{item}/small.bin");
    assert_eq!(desk.verify("commit"), expected(&[("lfs-plain", &other)]));
    assert_eq!(desk.verified()["commit"]["not_checked_here"][&item]["files"], 1);
    // A size that another one makes up for, as far as one can tell without the object.
    let wrong_size = pointer(&sha256(&large)).replace("4000", "3999");
    fs::write(desk.path(&file), wrong_size).unwrap();
    desk.commit("A pointer to the right bytes with a wrong size");
    assert_eq!(desk.verify("commit"), expected(&[("lfs-plain", &other), ("lfs-pointer", &format!("evidence/{item}"))]));
    // Sizes that no sum can hold.
    let huge = |digest: &str| pointer(digest).replace("4000", &u64::MAX.to_string());
    fs::write(desk.path(&file), huge(&sha256(&large))).unwrap();
    fs::write(desk.path(&format!("evidence/{item}/small.bin")), huge(&sha256(&small))).unwrap();
    desk.commit("Pointers to what cannot be");
    assert_eq!(desk.verify("commit"), expected(&[("lfs-pointer", &file), ("lfs-pointer", &other)]));
    fs::write(desk.path(&file), pointer(&sha256(b"else"))).unwrap();
    fs::write(desk.path(&other), &small).unwrap();
    desk.commit("A pointer to something else");
    assert_eq!(desk.verify("commit"), expected(&[("lfs-plain", &other), ("lfs-pointer", &file)]));
}
