//! Puts the page, `web/`, into the binary: in few files, compressed and with its tags. Debug builds read the folder instead,
//! so that an edit shows at once and builds nothing anew; with the variable `SCS_WEB_IN_BINARY` they hold the page, too.

#[path = "src/http/web/bundle.rs"]
mod bundle;
#[path = "src/http/web/modules.rs"]
mod modules;
#[path = "src/http/web/pack.rs"]
mod pack;

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

const WISH: &str = "SCS_WEB_IN_BINARY";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    for part in ["bundle", "modules", "pack"] {
        println!("cargo::rerun-if-changed=src/http/web/{part}.rs");
    }
    println!("cargo::rerun-if-env-changed={WISH}");
    println!("cargo::rustc-check-cfg=cfg(web_in_binary)");
    if env::var("PROFILE")? != "release" && env::var_os(WISH).is_none() {
        return Ok(());
    }
    println!("cargo::rustc-cfg=web_in_binary");
    println!("cargo::rerun-if-changed=web");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let web = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("web");
    let mut table = String::from("[\n");
    for (number, (path, bytes)) in bundle::bundle(bundle::read(&web)?)?.iter().enumerate() {
        let Some(media_type) = pack::media_type(path) else { continue };
        let plain = out.join(format!("{number}.plain"));
        fs::write(&plain, bytes)?;
        let squeezed = match pack::squeezed(bytes) {
            Some(squeezed) => {
                let place = out.join(format!("{number}.gz"));
                fs::write(&place, squeezed)?;
                format!("Some(include_bytes!({place:?}))")
            }
            None => "None".to_owned(),
        };
        let tag = pack::tag(bytes);
        writeln!(table, "    ({path:?}, {media_type:?}, {tag:?}, include_bytes!({plain:?}), {squeezed}),")?;
    }
    table.push(']');
    fs::write(out.join("web.rs"), table)?;
    Ok(())
}
