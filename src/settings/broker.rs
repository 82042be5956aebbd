//! The address of an MQTT broker: `mqtt://user:password@host:1883`, and `mqtts`, `ws` and `wss`.

use crate::{
    config::{problems::Wrong, words::shown},
    mqtt::Secret,
};

/// The parts of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Broker {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_encrypted: bool,
    /// The path of a WebSocket.
    pub(super) websocket: Option<String>,
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
    let (is_websocket, is_encrypted, custom) = match scheme.to_ascii_lowercase().as_str() {
        "mqtt" | "tcp" => (false, false, 1883),
        "mqtts" | "ssl" | "tls" => (false, true, 8883),
        "ws" => (true, false, 80),
        "wss" => (true, true, 443),
        _ => return wrong("wrong-url", format!("`{}://` is not an MQTT address", shown(scheme)), EXAMPLE),
    };
    let (login, address) = rest.rsplit_once('@').map_or((None, rest), |(login, rest)| (Some(login), rest));
    let (address, path) = address.find('/').map_or((address, "/"), |at| address.split_at(at));
    let is_path = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"\\<>^`{|}".contains(&byte));
    if !is_path || (!is_websocket && path != "/") || address.contains(['?', '#']) {
        return refuse("something behind host and port that does not belong there");
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
        None => custom,
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
    let websocket = is_websocket.then(|| path.to_owned());
    let user = Some(user).filter(|user| !user.is_empty());
    Ok(Broker { host: host.to_owned(), port, is_encrypted, websocket, user, password })
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
    fn the_beginning_says_how_to_connect() {
        let way = |url: &str| broker(url).map(|b| (b.is_encrypted, b.websocket, b.port)).unwrap();
        assert_eq!(way("mqtt://x"), (false, None, 1883));
        assert_eq!(way("MQTTS://x/"), (true, None, 8883));
        assert_eq!(way("ssl://x:1"), (true, None, 1));
        assert_eq!(way("ws://x"), (false, Some("/".to_owned()), 80));
        assert_eq!(way("wss://me:p@x:8084/mqtt"), (true, Some("/mqtt".to_owned()), 8084));
        for url in
            ["mqtt://x/topic", "ws://x/mqtt?token=1", "ws://x?y", "http://x", "ws://x/a b", "mqtts:///"]
        {
            assert!(broker(url).is_err(), "{url}");
        }
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
