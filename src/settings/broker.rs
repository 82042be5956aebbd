//! The address of an MQTT broker: `mqtt://user:password@host:1883`.

use crate::{
    config::{problems::Wrong, words::shown},
    mqtt::Secret,
};

/// The parts of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broker {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
}

const EXAMPLE: &str = "write \"mqtt://192.168.1.10:1883\"";

/// Takes an address apart. No message repeats what may hold a password.
pub(super) fn broker(url: &str) -> Result<Broker, Wrong> {
    let wrong = |code, message: String, hint: &str| Err(Wrong::new(code, message, hint));
    let refuse = |what: &str| wrong("wrong-url", format!("the broker's address has {what}"), EXAMPLE);
    let Some((scheme, rest)) = url.trim().split_once("://") else {
        return refuse("no `mqtt://` at its start");
    };
    match scheme.to_ascii_lowercase().as_str() {
        "mqtt" | "tcp" => {}
        "mqtts" | "ssl" | "tls" => {
            let hint = "use mqtt:// in your own network, or a broker on this host that speaks TLS to others";
            return wrong("not-supported", format!("`{scheme}://`: TLS is not supported yet"), hint);
        }
        "ws" | "wss" => {
            let hint = "use the broker's plain MQTT port, mostly 1883, with mqtt://";
            return wrong("not-supported", format!("`{scheme}://`: WebSocket is not supported yet"), hint);
        }
        _ => return wrong("wrong-url", format!("`{}://` is not an MQTT address", shown(scheme)), EXAMPLE),
    }
    let (login, address) = rest.rsplit_once('@').map_or((None, rest), |(login, rest)| (Some(login), rest));
    let address = address.strip_suffix('/').unwrap_or(address);
    if address.contains(['/', '?', '#']) {
        return refuse("something behind host and port");
    }
    let (host, port) = match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, rest.strip_prefix(':').or(Some("?"))),
        None => address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port))),
    };
    let host_is_right = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-._:%".contains(c));
    if !host_is_right {
        return refuse("no host");
    }
    let port = match port.map(str::parse) {
        None => 1883,
        Some(Ok(port)) if port != 0 => port,
        Some(_) => return refuse("no port number (1 to 65535) behind the colon"),
    };
    let mut parts = login.unwrap_or("").splitn(2, ':').map(decoded);
    let (Some(user), password) = (parts.next().flatten(), parts.next()) else {
        return refuse("a `%` that is not followed by two hexadecimal digits");
    };
    let password = match password {
        None => None,
        Some(Some(password)) => Some(Secret(password)),
        Some(None) => return refuse("a `%` that is not followed by two hexadecimal digits"),
    };
    Ok(Broker { host: host.to_owned(), port, user: Some(user).filter(|user| !user.is_empty()), password })
}

/// Replaces `%40` by `@` and the like; `None` when it is not UTF-8 or not well formed.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = behind.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = behind.get(2..)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let parts =
            |url: &str| broker(url).map(|b| (b.host, b.port, b.user, b.password.map(|p| p.0))).unwrap();
        let plain = |host: &str, port| (host.to_owned(), port, None, None);
        assert_eq!(parts("mqtt://broker"), plain("broker", 1883));
        assert_eq!(parts("tcp://10.0.0.1:1884/"), plain("10.0.0.1", 1884));
        assert_eq!(parts("mqtt://[::1]:1884"), plain("::1", 1884));
        assert_eq!(parts("mqtt://[fe80::1]"), plain("fe80::1", 1883));
        let login = (Some("me".to_owned()), Some("p:a@ss".to_owned()));
        assert_eq!(parts("mqtt://me:p:a%40ss@host"), ("host".into(), 1883, login.0, login.1));
    }

    #[test]
    fn tls_and_websocket_are_named() {
        assert_eq!(broker("mqtts://x").unwrap_err().message, "`mqtts://`: TLS is not supported yet");
        assert_eq!(broker("ws://x").unwrap_err().message, "`ws://`: WebSocket is not supported yet");
    }

    #[test]
    fn no_message_tells_a_password() {
        for url in [
            "mqtt://me:hush@",
            "mqtt://me:hush@host:0",
            "mqtt://me:hush%zz@host",
            "me:hush@host",
            "mqtt://me:hush@h/x",
        ] {
            assert!(!format!("{:?}", broker(url).unwrap_err()).contains("hush"), "{url}");
        }
        assert!(!format!("{:?}", broker("mqtt://me:hush@host").unwrap()).contains("hush"));
    }
}
