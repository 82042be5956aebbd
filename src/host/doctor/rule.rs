//! The udev rule that lets people of a group switch the hubs of this host, and the commands that put it in place.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::{host::words::plain, model::ChipId};

/// Where the rule goes. The number puts it behind the rules of the system, which would take the rights back.
const FILE: &str = "/etc/udev/rules.d/52-smart-charging-station.rules";

/// So many products have room in a line.
const IN_A_LINE: usize = 5;

/// What is to be permitted, and to whom.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Permit {
    /// The hubs: what people call them, and the numbers of their chips on both sides.
    pub(crate) hubs: Vec<(String, BTreeSet<ChipId>)>,
    /// The group that may switch.
    pub(crate) group: String,
    /// True when the group is not there yet.
    pub(crate) new_group: bool,
    /// Who has to join the group, if somebody has to.
    pub(crate) join: Option<String>,
}

impl Permit {
    /// The file, with an end of line at its end; lines fit 80 columns. It takes the place of the one before, so every
    /// hub is in it. Every hub has both sides: with one side alone an order would seem to work, and the power would stay.
    pub(crate) fn file(&self) -> String {
        let mut text =
            format!("# Made by `scs doctor`: the group {} may switch these USB hubs.\n", self.group);
        for (title, ids) in &self.hubs {
            let title: String = plain(title).chars().take(60).collect();
            let _ = writeln!(text, "# {title}");
            let vendors: BTreeSet<u16> = ids.iter().map(|id| id.vendor).collect();
            for vendor in vendors {
                let products: Vec<u16> =
                    ids.iter().filter(|id| id.vendor == vendor).map(|id| id.product).collect();
                for products in products.chunks(IN_A_LINE) {
                    self.lines(&mut text, vendor, products);
                }
            }
        }
        text
    }

    /// What `uhubctl` opens is the device; what the kernel's way writes lies at its interface, which is there for a
    /// moment later. `PRODUCT` is of the interface's own device: attributes of parents would also fit everything that is
    /// plugged into the hub. Sleeping hubs bring ports back that were switched off, so they are kept awake.
    fn lines(&self, text: &mut String, vendor: u16, products: &[u16]) {
        let group = &self.group;
        let joined = |parts: Vec<String>| parts.join("|");
        let numbers = joined(products.iter().map(|product| format!("{product:04x}")).collect());
        // The kernel writes these without leading zeros; the third part is the version of the device.
        let whole = joined(products.iter().map(|product| format!("{vendor:x}/{product:x}/*")).collect());
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            r#"ACTION!="remove", SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", \
  ATTR{{idVendor}}=="{vendor:04x}", ATTR{{idProduct}}=="{numbers}", \
  MODE="0664", GROUP="{group}", ATTR{{power/control}}="on"
ACTION!="remove", SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_interface", \
  ENV{{PRODUCT}}=="{whole}", \
  RUN+="/bin/sh -c 'chgrp -f {group} $sys$devpath/*port*/disable || true'", \
  RUN+="/bin/sh -c 'chmod -f 0664 $sys$devpath/*port*/disable || true'"
"#
        );
    }

    /// All that has to be typed, to be copied as it is.
    pub(crate) fn commands(&self) -> String {
        let mut text = String::new();
        let group = &self.group;
        if self.new_group {
            let _ = writeln!(text, "sudo groupadd --system {group}");
        }
        let _ = writeln!(text, "sudo tee {FILE} <<'END'\n{}END", self.file());
        let _ = writeln!(text, "sudo udevadm control --reload");
        let _ = writeln!(text, "sudo udevadm trigger --subsystem-match=usb");
        if let Some(user) = &self.join {
            let _ = writeln!(text, "sudo usermod -aG {group} {user}   # then log out and in again");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permit() -> Permit {
        let ids = |ids: &[&str]| ids.iter().map(|id| id.parse().unwrap()).collect();
        Permit {
            hubs: vec![("RSHTECH RSH-A16".into(), ids(&["0bda:5411", "0bda:0411"]))],
            group: "dialout".into(),
            new_group: false,
            join: Some("ada".into()),
        }
    }

    #[test]
    fn the_commands_can_be_copied_as_they_are() {
        assert_eq!(
            permit().commands(),
            r#"sudo tee /etc/udev/rules.d/52-smart-charging-station.rules <<'END'
# Made by `scs doctor`: the group dialout may switch these USB hubs.
# RSHTECH RSH-A16
ACTION!="remove", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", \
  ATTR{idVendor}=="0bda", ATTR{idProduct}=="0411|5411", \
  MODE="0664", GROUP="dialout", ATTR{power/control}="on"
ACTION!="remove", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_interface", \
  ENV{PRODUCT}=="bda/411/*|bda/5411/*", \
  RUN+="/bin/sh -c 'chgrp -f dialout $sys$devpath/*port*/disable || true'", \
  RUN+="/bin/sh -c 'chmod -f 0664 $sys$devpath/*port*/disable || true'"
END
sudo udevadm control --reload
sudo udevadm trigger --subsystem-match=usb
sudo usermod -aG dialout ada   # then log out and in again
"#
        );
        assert!(permit().commands().lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn sides_of_two_makers_have_two_pairs_of_lines_and_no_name_leaves_its_comment() {
        let mut permit = permit();
        permit.hubs[0].0 = "x\nRUN+=\"/bin/rm\"".into();
        permit.hubs[0].1.insert("2109:2822".parse().unwrap());
        let text = permit.file();
        assert_eq!(text.matches("usb_device").count(), 2, "{text}");
        assert!(!text.contains("ATTRS"), "a phone in the hub has the hub for a parent: {text}");
        assert!(text.contains("# x RUN"), "{text}");
        permit.new_group = true;
        permit.join = None;
        let commands = permit.commands();
        assert!(commands.starts_with("sudo groupadd --system dialout\nsudo tee"), "{commands}");
        assert!(!commands.contains("usermod"), "{commands}");
    }

    #[test]
    fn a_hub_of_many_numbers_has_lines_that_fit() {
        let mut permit = permit();
        permit.hubs[0].1 = (1..=9).map(|n| format!("2109:28{n:02}").parse().unwrap()).collect();
        let text = permit.file();
        assert_eq!(text.matches("2109/28").count(), 9, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}
