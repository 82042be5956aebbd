//! What `scs identify` understands.

use std::{collections::BTreeSet, str::FromStr};

use clap::Args;

use crate::{
    cli::{
        api::Service,
        args::{SettingsFile, duration},
    },
    model::{PortId, Span, StationName},
};

/// What `scs identify` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scs identify --station desk           asks you, port by port
  scs identify --auto                   devices say it: two rounds per port
  scs identify --auto --yes --ports 1,3-5 --wait '10 min'
  scs identify --url http://10.0.0.7:5000 --token \"$(cat token)\"

Ports that a person holds on or off, and ports with an alarm, are left alone; so
is, with --auto, what never reported and is no phone by its numbers. Ctrl-C ends
the search, gives the port back and prints what is known.

Ends with 1 when a port needs a look or the search was broken off, with 69 when
nobody answers there and the service cannot run here, with 78 when its files are
broken.")]
pub struct Identify {
    /// Which settings, if the service runs in this process.
    #[command(flatten)]
    pub settings: SettingsFile,
    /// The station [default: the only one]
    #[arg(long, value_name = "NAME")]
    pub station: Option<StationName>,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
    /// Let devices say it that report whether they charge
    #[arg(long)]
    pub auto: bool,
    /// Search these ports only, for example 1,3-5
    #[arg(long, value_name = "PORTS")]
    pub ports: Option<Ports>,
    /// How long a port is switched before you are asked, 1 to 600 seconds
    #[arg(long, default_value_t = 5, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub seconds: u32,
    /// With --auto: how long a device may take to say something, 1 s to 1 h
    #[arg(long, default_value = "3 min", value_name = "DURATION", value_parser = patience)]
    pub wait: Span,
    /// Begin without asking
    #[arg(long)]
    pub yes: bool,
}

/// Numbers of ports, as people write them: `1,3-5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports(pub BTreeSet<PortId>);

impl FromStr for Ports {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut ports = BTreeSet::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.trim().parse::<PortId>().map(PortId::get);
            let (first, last) = number(first)
                .and_then(|first| Ok((first, number(last)?)))
                .map_err(|error| format!("{error}; write for example 1,3-5"))?;
            if last < first {
                return Err(format!("{first}-{last} goes backwards: write {last}-{first}"));
            }
            ports.extend((first..=last).filter_map(|number| PortId::new(number).ok()));
        }
        Ok(Self(ports))
    }
}

fn patience(text: &str) -> Result<Span, String> {
    let wait = duration(text)?;
    let fits = (Span::from_secs(1)..=Span::from_hours(1)).contains(&wait);
    if fits { Ok(wait) } else { Err("use 1 s to 1 h".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::args::{Cli, Command};

    #[test]
    fn values_are_checked_where_they_are_typed() {
        let said = |line: &str| Cli::try_parse_from(line.split(' ')).unwrap_err().to_string();
        assert!(said("scs identify --ports 3-1").contains("write 1-3"));
        assert!(said("scs identify --ports 1,x").contains("write for example 1,3-5"));
        assert!(said("scs identify --ports 0").contains("numbered from 1"));
        assert!(said("scs identify --wait 2h").contains("1 s to 1 h"));
        for url in ["nonsense", "127.0.0.1:5000", "ftp://desk", "http://", ""] {
            let error = Cli::try_parse_from(["scs", "identify", "--url", url]).unwrap_err();
            assert!(
                error.exit_code() == 2 && error.to_string().contains("http://HOST:PORT"),
                "{url}: {error}"
            );
        }
        assert!(said("scs identify --seconds 0").contains("1..=600"));
    }

    #[test]
    fn ports_are_written_as_numbers_and_ranges() {
        let cli = Cli::try_parse_from(["scs", "identify", "--ports", "1, 3-5"]).unwrap();
        let Command::Identify(args) = cli.command else { panic!("not identify") };
        let ports: Vec<u16> = args.ports.unwrap().0.into_iter().map(u16::from).collect();
        assert_eq!(ports, [1, 3, 4, 5]);
    }
}
