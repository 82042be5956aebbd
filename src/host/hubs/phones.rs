//! What is likely to be charged: phones and tablets, by the numbers of their makers. Pure.

use crate::model::ChipId;

/// Makers of phones and tablets by their USB vendor number, with the product numbers of these. Other things of the same
/// makers (disks, keyboards, modems) have others; makers whose numbers do not tell phones from modems are not here.
const PHONES: [(u16, u16, u16); 23] = [
    (0x04e8, 0x6600, 0x68ff), // Samsung; its disks are below
    (0x05ac, 0x1290, 0x12ff), // Apple; its keyboards are below
    (0x05c6, 0x6000, 0x8fff), // Qualcomm; its modems are above
    (0x0489, 0x0000, 0xbfff), // Foxconn; its radios are above
    (0x0bb4, 0x0000, 0xffff), // HTC
    (0x0b05, 0x3000, 0x7fff), // ASUS; its radios and keyboards are below
    (0x0e8d, 0x2000, 0x20ff), // MediaTek
    (0x0fce, 0x0000, 0xffff), // Sony
    (0x1004, 0x0000, 0xffff), // LG
    (0x109b, 0x0000, 0xffff), // Hisense
    (0x12d1, 0x1030, 0x10ff), // Huawei; its modems are around
    (0x17ef, 0x7000, 0x7fff), // Lenovo; its docks and mice are below
    (0x18d1, 0x0000, 0xffff), // Google
    (0x1949, 0x0000, 0xffff), // Amazon
    (0x1ebf, 0x0000, 0xffff), // Coolpad
    (0x2207, 0x0000, 0xffff), // Rockchip
    (0x22b8, 0x0000, 0xffff), // Motorola
    (0x22d9, 0x0000, 0xffff), // OPPO
    (0x2717, 0x1200, 0xffff), // Xiaomi
    (0x2a70, 0x0000, 0xffff), // OnePlus
    (0x2ae5, 0x0000, 0xffff), // Fairphone
    (0x2d95, 0x0000, 0xffff), // vivo
    (0x2e04, 0x0000, 0xffff), // Nokia
];

/// True for what is a phone or a tablet by its numbers. Of anything else nobody knows whether it may lose its power.
pub(crate) fn is_phone(id: ChipId) -> bool {
    PHONES.iter().any(|(vendor, first, last)| id.vendor == *vendor && (*first..=*last).contains(&id.product))
}

/// What a USB class says: phones of every maker hand out pictures; keyboards and mice, printers, disks, card readers and
/// cameras of the web are none. `None`: it says nothing.
pub(crate) fn says_phone(class: Option<u8>) -> Option<bool> {
    match class? {
        0x06 => Some(true),
        0x03 | 0x07 | 0x08 | 0x0b | 0x0e => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_told_from_what_else_their_makers_sell() {
        let is = |id: &str| is_phone(id.parse().unwrap());
        for phone in ["18d1:4ee1", "04e8:6860", "05ac:12a8", "12d1:107e", "17ef:7497", "22b8:2e82"] {
            assert!(is(phone), "{phone}");
        }
        let others =
            ["046d:c31c", "04e8:61f5", "05ac:0250", "12d1:14dc", "17ef:6019", "19d2:1405", "0781:5581"];
        for other in others {
            assert!(!is(other), "{other}");
        }
    }
}
