//! Refs that are none of a case's, or are moved, and trees that no Git makes.

use super::entries::look_alike;
use super::evidence::{drop_evidence, redate};
use super::roster::{swap_roster, with_mallory};
use super::{Attack, Make, says, says_of, update};
use crate::campaign::honest::Play;
use crate::campaign::world::{Files, MAIN, WORK, team};

pub fn launder(play: &mut Play<'_>) -> Option<Attack> {
    let other = play.world.commit_by("Mallory", &[], Files::from([("index.html".to_owned(), b"x".to_vec())]), "A site");
    let make = *play.random.pick(&[drop_evidence as Make, redate, swap_roster, look_alike]);
    make(play)?;
    let hidden = play.world.commit(&[&other, &play.head], other.files.clone(), "Merge");
    // The branch is there and is no case; in what it becomes is none.
    let updates = vec![update("refs/heads/site", Some(other.id), Some(hidden.id))];
    says_of("error[missing-file]", vec![("refs/heads/site".to_owned(), other.id)], updates)
}

pub fn odd_ref(play: &mut Play<'_>) -> Option<Attack> {
    let name = match play.random.below(5) {
        0 => format!("refs/replace/{}", play.world.head().id),
        1 => "refs/notes/commits".to_owned(),
        2 => "refs/original/refs/heads/main".to_owned(),
        3 => "refs/evil/x".to_owned(),
        _ => "refs/headsx".to_owned(),
    };
    says_of("neither a branch nor a tag", Vec::new(), vec![update(&name, None, Some(play.head.id))])
}

pub fn odd_target(play: &mut Play<'_>) -> Option<Attack> {
    let tree = play.world.git.find_commit(play.head.id).unwrap().tree_id();
    let blob = play.world.git.blob(b"x").unwrap();
    let target = *play.random.pick(&[tree, blob]);
    let name = *play.random.pick(&["refs/tags/x", WORK]);
    says_of("not to a commit", Vec::new(), vec![update(name, None, Some(target))])
}

pub fn move_tag(play: &mut Play<'_>, is_moved: bool) -> Option<Attack> {
    let old = play.world.main[0].id;
    let tag = "refs/tags/v1";
    let new = is_moved.then_some(play.head.id);
    let must_say = if is_moved { "is there already" } else { "is not deleted" };
    says_of(must_say, vec![(tag.to_owned(), old)], vec![update(tag, Some(old), new)])
}

pub fn delete_main(play: &mut Play<'_>) -> Option<Attack> {
    let main = play.world.head().id;
    let mut updates = vec![update(MAIN, Some(main), None)];
    if play.random.below(2) == 0 {
        updates.insert(0, update(WORK, None, Some(main)));
    }
    says_of("is protected, and is not deleted", Vec::new(), updates)
}

pub fn force(play: &mut Play<'_>) -> Option<Attack> {
    let before = play.world.main[play.random.below(play.world.main.len() - 1)].clone();
    let amended = play.world.commit(&[&before], play.files(), "Amended");
    let updates = vec![update(MAIN, Some(play.world.head().id), Some(amended.id))];
    says_of("would lose commits", Vec::new(), updates)
}

pub fn name_twice(play: &mut Play<'_>) -> Option<Attack> {
    let git = &play.world.git;
    let tree = git.find_commit(play.head.id).unwrap().tree_id();
    let database = git.odb().unwrap();
    let raw = database.read(tree).unwrap().data().to_vec();
    let blob = git.blob(with_mallory(&team(90)).as_bytes()).unwrap();
    let entry = [b"100644 team.toml\0".as_slice(), blob.as_bytes()].concat();
    let at = raw.windows(8).position(|bytes| bytes == b"team.tom").unwrap() - 7;
    // Before the one that is there, or at the end, where it is out of order.
    let at = if play.random.below(2) == 0 { at } else { raw.len() };
    let doubled = [&raw[..at], &entry, &raw[at..]].concat();
    let tree = database.write(git2::ObjectType::Tree, &doubled).unwrap();
    play.head = play.world.commit_raw_tree(&play.head, tree);
    says("out of order or there twice")
}
