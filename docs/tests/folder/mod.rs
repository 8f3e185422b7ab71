//! A scratch folder for each test.
#![allow(dead_code, reason = "no test uses all of it")]

use std::fs;
use std::path::{Path, PathBuf};

pub struct Folder {
    pub root: PathBuf,
}

impl Folder {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).expect("the folder can be created");
        Self { root }
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).expect("the file exists")
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        let folder = path.parent().expect("the path has a folder");
        fs::create_dir_all(folder).expect("the folder can be created");
        fs::write(path, text).expect("the file can be written");
    }

    pub fn append(&self, path: &str, text: &str) {
        self.write(path, self.read(path) + text);
    }

    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} does not have {old}:\n{text}");
        self.write(path, text.replace(old, new));
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).expect("the file exists");
    }

    /// Copies the files in a folder of this workspace, not its folders.
    pub fn copy(&self, folder: &str) {
        let source = docs::workspace().join(folder);
        for entry in fs::read_dir(source).expect("the folder exists") {
            let file = entry.expect("the folder can be read").path();
            if file.is_dir() {
                continue;
            }
            let name = file.file_name().and_then(|name| name.to_str());
            let name = name.expect("its name is Unicode");
            let text = fs::read(&file).expect("the file can be read");
            self.write(&format!("{folder}/{name}"), text);
        }
    }
}
