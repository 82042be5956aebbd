//! What the demo says before the first and after the last line.

use std::{fmt::Write as _, net::SocketAddr, path::Path};

use crate::{
    cli::{
        look::{Look, Paint, age, count},
        service::reachable,
    },
    model::{PortId, Span},
    simulation::Temper,
};

/// What there is to see, and where.
pub(super) struct Banner<'a> {
    pub(super) address: SocketAddr,
    pub(super) speed: u32,
    pub(super) stations: &'a Path,
    pub(super) rules: &'a Path,
    /// True when the files are copies in a temporary folder.
    pub(super) copies: bool,
    /// The token that the API asks for.
    pub(super) token: Option<&'a str>,
    /// Host and port of the broker, if there is one.
    pub(super) broker: Option<&'a str>,
    /// The root of the station's topics there.
    pub(super) topic: &'a str,
    /// Port, name and nature of every phone.
    pub(super) phones: &'a [(PortId, String, Temper)],
}

impl Banner<'_> {
    pub(super) fn text(&self, look: Look) -> String {
        let phones = count(self.phones.len(), "phone");
        let title = format!("scs demo: {phones} and a hub that do not exist; everything else is real");
        let base = reachable(self.address);
        let pace = match self.speed {
            1 => "as fast as the world's".to_owned(),
            60 => "a minute per second".to_owned(),
            speed => format!("{speed} times as fast as the world's"),
        };
        let copies = if self.copies { " (copies: there are none in this folder)" } else { "" };
        let mut lines = vec![("page", format!("{base}/")), ("Swagger UI", format!("{base}/docs"))];
        if self.address.ip().is_unspecified() {
            let listens = format!("{}: others use this host's name or address", self.address);
            lines.push(("listens", listens));
        }
        lines.extend(self.token.map(|token| ("token", token.to_owned())));
        let token = if self.token.is_some() { " --token TOKEN" } else { "" };
        lines.push(("ports", format!("scs status --url {base}{token}")));
        lines.extend(self.broker.map(|broker| ("MQTT", format!("{}/# at {broker}", self.topic))));
        lines.extend([
            ("station", format!("{}{copies}", self.stations.join("demo.ron").display())),
            ("rules", format!("{}/*.rhai, edit one and save it", self.rules.display())),
            ("clock", format!("{pace}; Ctrl-C ends")),
        ]);
        lines.extend(self.peculiar());
        let mut text = format!("{title}\n\n");
        for (name, value) in lines {
            let _ = writeln!(text, "  {}  {value}", look.paint(Paint::Faint, &format!("{name:<10}")));
        }
        text.push('\n');
        text
    }

    /// A line for every phone that is worth watching.
    fn peculiar(&self) -> impl Iterator<Item = (&'static str, String)> {
        let peculiar = self.phones.iter().filter_map(|(port, name, temper)| {
            let what = match temper {
                Temper::Ordinary => return None,
                Temper::RunsHot => "gets too hot when it charges",
                Temper::FallsSilent { .. } => "stops reporting now and then",
                Temper::BadCable => "has a bad cable: it never charges",
            };
            Some(format!("{name} in port {port} {what}"))
        });
        peculiar.enumerate().map(|(n, line)| (if n == 0 { "watch" } else { "" }, line))
    }
}

/// What is left to say at the end.
pub(super) fn farewell(simulated: Span, switches: usize, kept: Option<&Path>) -> String {
    let switched = if switches == 1 { "once".to_owned() } else { format!("{switches} times") };
    let mut text = format!("\nthe demo ends: in {} ports were switched {switched}\n", age(simulated));
    if let Some(kept) = kept {
        let _ = writeln!(text, "the files that you edited stay in {}", kept.display());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn banner<'a>(address: &str, phones: &'a [(PortId, String, Temper)]) -> Banner<'a> {
        Banner {
            address: address.parse().unwrap(),
            speed: 60,
            stations: Path::new("stations"),
            rules: Path::new("rules"),
            copies: false,
            token: None,
            broker: None,
            topic: "smartcharger/demo",
            phones,
        }
    }

    #[test]
    fn the_banner_says_where_to_look() {
        let port = |number| PortId::new(number).unwrap();
        let phones = [
            (port(1), "pixel-7".to_owned(), Temper::Ordinary),
            (port(3), "nexus-5".to_owned(), Temper::RunsHot),
            (port(8), "redmi-9".to_owned(), Temper::BadCable),
        ];
        let text = banner("127.0.0.1:5000", &phones).text(Look { width: 100, colour: false });
        assert_eq!(
            text,
            "scs demo: 3 phones and a hub that do not exist; everything else is real

  page        http://127.0.0.1:5000/
  Swagger UI  http://127.0.0.1:5000/docs
  ports       scs status --url http://127.0.0.1:5000
  station     stations/demo.ron
  rules       rules/*.rhai, edit one and save it
  clock       a minute per second; Ctrl-C ends
  watch       nexus-5 in port 3 gets too hot when it charges
              redmi-9 in port 8 has a bad cable: it never charges

"
        );
    }

    #[test]
    fn for_all_networks_the_links_are_those_of_this_host() {
        let broker = Some("localhost:1883");
        let banner = Banner { token: Some("scs_1"), broker, copies: true, ..banner("0.0.0.0:5000", &[]) };
        assert_eq!(
            banner.text(Look { width: 100, colour: false }),
            "scs demo: 0 phones and a hub that do not exist; everything else is real

  page        http://127.0.0.1:5000/
  Swagger UI  http://127.0.0.1:5000/docs
  listens     0.0.0.0:5000: others use this host's name or address
  token       scs_1
  ports       scs status --url http://127.0.0.1:5000 --token TOKEN
  MQTT        smartcharger/demo/# at localhost:1883
  station     stations/demo.ron (copies: there are none in this folder)
  rules       rules/*.rhai, edit one and save it
  clock       a minute per second; Ctrl-C ends

"
        );
    }

    #[test]
    fn the_end_is_short() {
        let told = farewell(Span::from_mins(200), 24, None);
        assert_eq!(told, "\nthe demo ends: in 3h 20m ports were switched 24 times\n");
        assert!(farewell(Span::ZERO, 1, Some(Path::new("/tmp/x"))).ends_with("stay in /tmp/x\n"));
    }
}
