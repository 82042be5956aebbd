//! What the packer makes of modules, and what it refuses.

use std::collections::BTreeMap;

use super::{
    bundle::Files,
    modules::{inline, pack},
};

const ENTRY: &str = "app/main.js";

fn packed(all: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
    let files: Files =
        all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    pack(&files, ENTRY)
}

fn refused(all: &[(&str, &str)]) -> String {
    packed(all).unwrap_err()
}

const API: &str = "// Asks.\nimport { signal } from '../../vendor/ui.mjs';\n\nexport const base = 'x';\nexport async function get(where) {\n  return signal(where);\n}\n";
const VIEW: &str = "import { get as ask, base } from '../../state/api.js';\nimport './side.js';\n\nexport default function View() {\n  return import('./sheet.js').then(ask, base);\n}\n";
const MAIN: &str = "// Starts.\nimport { first } from './early.js';\nimport View from './views/one/index.js';\n\nconst load = (name) => import(`./views/${name}/index.js`);\nawait first(View, load);\n";
const SHEET: &str = "import { get } from '../../state/api.js';\nimport { html } from '../../../vendor/ui.mjs';\n\nexport const Sheet = () => html(get);\n";

#[test]
fn modules_become_functions_in_the_order_of_their_imports() {
    let made = packed(&[
        ("app/early.js", "export const first = 1;\n"),
        (ENTRY, MAIN),
        ("app/state/api.js", API),
        ("app/views/one/index.js", VIEW),
        ("app/views/one/side.js", "document.title = 'x';\n"),
        ("app/views/one/sheet.js", SHEET),
        ("vendor/ui.mjs", "export{a as signal};"),
    ]);
    let made: BTreeMap<_, _> = made.unwrap().into_iter().collect();
    assert_eq!(made.keys().collect::<Vec<_>>(), [ENTRY, "app/views/one/sheet.js"]);
    let script = "\
import * as $vendor_ui from '../vendor/ui.mjs';
const $early = (() => {
const first = 1;
return { first };
})();
const $state_api = (() => {
const { signal } = $vendor_ui;

const base = 'x';
async function get(where) {
  return signal(where);
}
return { base, get };
})();
const $views_one_side = (() => {
document.title = 'x';
return {  };
})();
const $views_one_index = (() => {
const { get: ask, base } = $state_api;

function View() {
  return import('./views/one/sheet.js').then(ask, base);
}
return { default: View };
})();
export { $early, $state_api, $views_one_index, $views_one_side };
{
const { first } = $early;
const { default: View } = $views_one_index;

const load = (name) => import(`./views/${name}/index.js`);
await first(View, load);
}
";
    assert_eq!(made[ENTRY], script);
    let sheet = "\
import { $state_api } from '../../main.js'; const { get } = $state_api;
import { html } from '../../../vendor/ui.mjs';

export const Sheet = () => html(get);
";
    assert_eq!(made["app/views/one/sheet.js"], sheet);
}

#[test]
fn what_cannot_be_packed_for_sure_is_refused_with_its_place() {
    let with = |text: &str| refused(&[(ENTRY, "import './a.js';\n"), ("app/a.js", text)]);
    for (text, says) in [
        ("export let a = 1;\n", "web/app/a.js:1: this form of export is not packed: `export let a = 1;`"),
        (
            "const a = 1;\nexport { a };\n",
            "web/app/a.js:2: this form of export is not packed: `export { a };`",
        ),
        (
            "export * from './b.js';\n",
            "web/app/a.js:1: this form of export is not packed: `export * from './b.js';`",
        ),
        ("export default 7;\n", "web/app/a.js:1: this form of export is not packed: `export default 7;`"),
        (
            "import * as b from './b.js';\n",
            "web/app/a.js:1: this form of import is not packed: `import * as b from './b.js';`",
        ),
        (
            "import { b } from 'b';\n",
            "web/app/a.js:1: this form of import is not packed: `import { b } from 'b';`",
        ),
        (
            "import {\n  b,\n} from './b.js';\n",
            "web/app/a.js:1: this form of import is not packed: `import {`",
        ),
        ("let x;\nimport './b.js';\n", "web/app/a.js:2: imports come first in a file: `import './b.js';`"),
        (
            " export const a = 1;\n",
            "web/app/a.js:1: import and export stand at the start of a line: ` export const a = 1;`",
        ),
        (
            "/** @type {A} */ const a = 1;\n",
            "web/app/a.js:1: nothing stands behind the end of a comment: `/** @type {A} */ const a = 1;`",
        ),
        ("/* a\n */ b();\n", "web/app/a.js:2: nothing stands behind the end of a comment: ` */ b();`"),
        ("import './b.js';\n", "web/app/b.js is asked for and is not there"),
        ("import './main.js';\n", "web/app/main.js imports itself: app/main.js -> app/a.js -> app/main.js"),
        ("x(import.meta.url);\n", "web/app/a.js: `import.meta` is not what it was in a packed module"),
        (
            "x(() => import('./main.js'));\n",
            "web/app/a.js loads web/app/main.js later, which the page has at once: import it",
        ),
    ] {
        assert_eq!(with(text), says);
    }
    let late = "const x = (name) => import(`./${name}.js`);\n";
    let wrong = refused(&[(ENTRY, "import './v/a.js';\n"), ("app/v/a.js", late)]);
    assert_eq!(wrong, "web/app/v/a.js: a packed module names in full what it loads later");
    let both = [(ENTRY, "import './a/b.js';\nimport './a_b.js';\n"), ("app/a/b.js", ""), ("app/a_b.js", "")];
    assert_eq!(
        refused(&both),
        "web/app/a_b.js: another file has nearly the same name, give it a different one"
    );
    assert_eq!(
        refused(&[(ENTRY, "export const a = 1;\n")]),
        "web/app/main.js: the first module of the page exports nothing"
    );
}

#[test]
fn what_only_explains_is_left_out_and_texts_stay_whole() {
    let main = "// Why.\n/**\n * What.\n */\nconst text = `\n// kept\n`;\n  // Why.\nlet more = 1; // kept\n";
    let made = packed(&[(ENTRY, main)]).unwrap();
    assert_eq!(made[0].1, "export {  };\n{\nconst text = `\n// kept\n`;\nlet more = 1; // kept\n}\n");
    assert_eq!(
        refused(&[(ENTRY, "const tick = '`';\n")]),
        "web/app/main.js: a comment or a text in backticks has no end"
    );
    let wrong = inline("app/early.js", "import './x.js';\n").unwrap_err();
    assert_eq!(wrong, "web/app/early.js: what stands in the page imports nothing and contains no `</`");
}
