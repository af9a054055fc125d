//! Where the database is: from the hub's `DB*` options to connection options.

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// The options of `hub.conf` that name a database.
#[derive(Debug, Clone, Default)]
pub struct Address {
    /// A URL, or libpq's `key=value` form; counts before the rest.
    pub connection_string: Option<String>,
    pub name: Option<String>,
    pub user: Option<String>,
    /// A host name, or the directory of a unix socket.
    pub host: Option<String>,
    pub port: Option<u16>,
    pub password: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error("DBConnectionString is not a PostgreSQL URL: {0}")]
    Url(String),
    #[error("DBConnectionString: {0}")]
    Keywords(String),
}

impl Address {
    pub fn options(&self) -> Result<PgConnectOptions, AddressError> {
        match self.connection_string.as_deref() {
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                PgConnectOptions::from_str(url).map_err(|e| AddressError::Url(e.to_string()))
            }
            Some(text) => from_keywords(text),
            None => {
                let mut o = PgConnectOptions::new_without_pgpass();
                if let Some(host) = &self.host {
                    o = with_host(o, host);
                } else {
                    o = o.socket("/var/run/postgresql");
                }
                if let Some(port) = self.port {
                    o = o.port(port);
                }
                if let Some(user) = &self.user {
                    o = o.username(user);
                }
                if let Some(password) = &self.password {
                    o = o.password(password);
                }
                let name = self.name.as_ref().or(self.user.as_ref());
                Ok(match name {
                    Some(name) => o.database(name),
                    None => o,
                })
            }
        }
    }
}

fn with_host(options: PgConnectOptions, host: &str) -> PgConnectOptions {
    if host.starts_with('/') { options.socket(host) } else { options.host(host) }
}

/// libpq's `host=db port=5432 password='with a space'`.
fn from_keywords(text: &str) -> Result<PgConnectOptions, AddressError> {
    let mut options = PgConnectOptions::new_without_pgpass();
    for (key, value) in keywords(text)? {
        options = match key.as_str() {
            "host" | "hostaddr" => with_host(options, &value),
            "port" => {
                let port = value
                    .parse()
                    .map_err(|_| AddressError::Keywords(format!("port {value} is no port number")))?;
                options.port(port)
            }
            "user" => options.username(&value),
            "password" => options.password(&value),
            "dbname" => options.database(&value),
            "application_name" => options.application_name(&value),
            "sslmode" => {
                let mode = value
                    .parse()
                    .map_err(|_| AddressError::Keywords(format!("sslmode {value} is not known")))?;
                options.ssl_mode(mode)
            }
            "sslrootcert" => options.ssl_root_cert(&value),
            "sslcert" => options.ssl_client_cert(&value),
            "sslkey" => options.ssl_client_key(&value),
            // time-outs are the pool's matter, encodings always UTF-8
            "connect_timeout"
            | "client_encoding"
            | "keepalives"
            | "keepalives_idle"
            | "keepalives_interval"
            | "keepalives_count" => options,
            other => return Err(AddressError::Keywords(format!("the keyword {other} is not supported"))),
        };
    }
    Ok(options)
}

fn keywords(text: &str) -> Result<Vec<(String, String)>, AddressError> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest
            .split_once('=')
            .ok_or_else(|| AddressError::Keywords(format!("no = after \"{}\"", rest.trim())))?;
        let mut value = String::new();
        let mut chars = after.trim_start().chars();
        let quoted = chars.as_str().starts_with('\'');
        if quoted {
            chars.next();
        }
        let mut closed = !quoted;
        while let Some(c) = chars.next() {
            match c {
                '\\' => value.extend(chars.next()),
                '\'' if quoted => {
                    closed = true;
                    break;
                }
                c if !quoted && c.is_whitespace() => break,
                c => value.push(c),
            }
        }
        if !closed {
            return Err(AddressError::Keywords(format!("the quote after {}= is not closed", key.trim())));
        }
        out.push((key.trim().to_owned(), value));
        rest = chars.as_str().trim_start();
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, String)> {
        keywords(text).unwrap()
    }

    #[test]
    fn keyword_strings_are_libpqs() {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        assert_eq!(
            parsed(r" host=db.example.com port = 5433 password='a b\'c\\' user=koji\ x"),
            [
                pair("host", "db.example.com"),
                pair("port", "5433"),
                pair("password", r"a b'c\"),
                pair("user", "koji x")
            ]
        );
        assert_eq!(parsed(""), []);
        assert!(keywords("host").is_err());
        assert!(keywords("password='x").is_err());
    }

    #[test]
    fn options_name_the_server() {
        let options = |a: Address| a.options().unwrap();
        let o =
            options(Address { connection_string: Some("postgresql://u@h:1/d".into()), ..Address::default() });
        assert_eq!((o.get_host(), o.get_port(), o.get_database()), ("h", 1, Some("d")));
        let o = options(Address { name: Some("koji".into()), ..Address::default() });
        assert_eq!(o.get_socket().and_then(|p| p.to_str()), Some("/var/run/postgresql"));
        let wrong = Address { connection_string: Some("port=x".into()), ..Address::default() };
        assert_eq!(wrong.options().unwrap_err().to_string(), "DBConnectionString: port x is no port number");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = keywords(&text);
        }

        #[test]
        fn quoted_values_come_back(value in "[^\0]*") {
            let text = format!("password='{}'", value.replace('\\', "\\\\").replace('\'', "\\'"));
            proptest::prop_assert_eq!(parsed(&text), vec![("password".to_owned(), value)]);
        }
    }
}
