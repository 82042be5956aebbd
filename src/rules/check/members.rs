//! The kinds in `in`: Rhai looks there without a word, and a number is never a text.

use rhai::{Expr, Position};

use crate::rules::{
    check::{
        kinds::{Kind, shown},
        typing::Typing,
    },
    host::place,
};

impl Typing<'_, '_, '_> {
    /// `wanted in list`.
    pub(in crate::rules) fn member(&mut self, at: Position, list: (&Expr, Kind), wanted: (&Expr, Kind)) {
        if wanted.1 == Kind::Any {
            return;
        }
        if let Expr::Array(items, _) = list.0 {
            for item in items {
                let kind = self.expression(item);
                self.compared(("in", "=="), place(item.start_position()), wanted, (item, kind));
            }
            return;
        }
        let (holds, hint) = match list {
            (Expr::Dot(..), Kind::List) if shown(list.0) == "device.tags" => {
                (Kind::Text, "write the tag between double quotes")
            }
            (_, Kind::Range) => (Kind::Number, "write it without quotes"),
            _ => return,
        };
        if wanted.1 != holds {
            let (what, is) = (shown(wanted.0), wanted.1.words());
            let among = if holds == Kind::Text { "`device.tags` are texts" } else { "a range is of numbers" };
            let message = format!("`in` finds nothing: {among}, `{what}` is {is}");
            self.problems.error(place(at), "wrong-kind", message, hint);
        }
    }
}
