//! What `scs lsp` understands.

use clap::Args;

use crate::cli::args::SettingsFile;

/// What `scs lsp` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Editors start it, in the folder with settings.ron, stations/ and rules/:
  Helix    [language-server.scs]  command = \"scs\"  args = [\"lsp\"]
  Neovim   vim.lsp.start({ name = \"scs\", cmd = { \"scs\", \"lsp\" } })
  Emacs    (add-to-list 'eglot-server-programs '(rhai-mode \"scs\" \"lsp\"))

Ends when the editor says so, or closes its end.")]
pub struct Lsp {
    /// Which settings: they say where the files are.
    #[command(flatten)]
    pub settings: SettingsFile,
}
