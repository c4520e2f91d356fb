//! Reaching a server and signing in, with nothing at start-up that a pooler would refuse: a role, a database, and our name.

use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use super::error::PostgresError;
use super::target::{Encryption, Host, Target};
use super::tls::encrypt;
use super::wire::{SMALL, Socket, Wire};

/// Rounds of hashing that a server may ask for; PostgreSQL's own are 4,096. Each takes about a microsecond, and nothing else runs on
/// the thread meanwhile.
const MOST_ROUNDS: u32 = 100_000;

/// Connects and signs in. Whoever calls this has a time limit.
pub(in crate::runner) async fn connect(target: &Target) -> Result<Wire, PostgresError> {
    let mut wire = Wire::new(socket(target).await?);
    let mut parameters = vec![
        ("user", target.role.as_str()),
        ("database", &target.database),
        ("application_name", &target.application),
    ];
    parameters.extend(target.options.as_deref().map(|options| ("options", options)));
    wire.send(|buffer| frontend::startup_message(parameters, buffer))
        .await?;
    let mut left = SMALL;
    loop {
        match wire.next(&mut left, SMALL).await? {
            Message::AuthenticationOk => {}
            Message::AuthenticationCleartextPassword => {
                let password = password(target)?.to_owned();
                wire.send(|buffer| frontend::password_message(&password, buffer))
                    .await?;
            }
            Message::AuthenticationMd5Password(body) => {
                let hashed = md5_hash(target.role.as_bytes(), password(target)?, body.salt());
                wire.send(|buffer| frontend::password_message(hashed.as_bytes(), buffer))
                    .await?;
            }
            Message::AuthenticationSasl(body) => {
                let known = body.mechanisms().any(|name| Ok(name == SCRAM_SHA_256))?;
                if !known {
                    return Err(PostgresError::SignIn(
                        "it knows no way that is known here, such as SCRAM-SHA-256".to_owned(),
                    ));
                }
                scram(&mut wire, &mut left, password(target)?).await?;
            }
            Message::BackendKeyData(_) => {}
            Message::ReadyForQuery(_) => return Ok(wire),
            _ => {
                return Err(PostgresError::SignIn(
                    "it asks for a way of signing in that is not known here, such as Kerberos".to_owned(),
                ));
            }
        }
    }
}

fn password(target: &Target) -> Result<&[u8], PostgresError> {
    let password = target.password().ok_or(PostgresError::NoPassword)?;
    Ok(password.expose_secret().as_bytes())
}

async fn scram(wire: &mut Wire, left: &mut u64, password: &[u8]) -> Result<(), PostgresError> {
    let mut scram = ScramSha256::new(password, ChannelBinding::unsupported());
    wire.send(|buffer| frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), buffer))
        .await?;
    let Message::AuthenticationSaslContinue(body) = wire.next(left, SMALL).await? else {
        return Err(PostgresError::Unexpected("no answer to its own question"));
    };
    if rounds(body.data()).is_none_or(|rounds| rounds > MOST_ROUNDS) {
        return Err(PostgresError::SignIn(format!(
            "it asks for more than {MOST_ROUNDS} rounds of hashing"
        )));
    }
    let refused = |error: std::io::Error| PostgresError::SignIn(error.to_string());
    scram.update(body.data()).map_err(refused)?;
    wire.send(|buffer| frontend::sasl_response(scram.message(), buffer))
        .await?;
    let Message::AuthenticationSaslFinal(body) = wire.next(left, SMALL).await? else {
        return Err(PostgresError::Unexpected("no proof that it knows the password, too"));
    };
    scram.finish(body.data()).map_err(refused)
}

/// The rounds in a server's first message: `r=…,s=…,i=4096`.
fn rounds(message: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(message).ok()?;
    text.split(',').find_map(|part| part.strip_prefix("i="))?.parse().ok()
}

async fn socket(target: &Target) -> Result<Box<dyn Socket>, PostgresError> {
    let name = match &target.host {
        Host::Folder(folder) => {
            let path = folder.join(format!(".s.PGSQL.{}", target.port));
            return Ok(Box::new(UnixStream::connect(path).await?));
        }
        Host::Name(name) => name,
    };
    let mut socket = TcpStream::connect((name.as_str(), target.port)).await?;
    socket.set_nodelay(true)?;
    if target.encryption == Encryption::Disable {
        return Ok(Box::new(socket));
    }
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    socket.write_all(&request).await?;
    // One byte, and not one more: what came after it before the encryption would have been anybody's.
    match socket.read_u8().await? {
        b'S' => Ok(Box::new(encrypt(socket, name, target).await?)),
        b'N' if target.encryption == Encryption::Prefer => Ok(Box::new(socket)),
        b'N' => Err(PostgresError::NoTls),
        _ => Err(PostgresError::Unexpected("no answer to the question for encryption")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_read() {
        assert_eq!(rounds(b"r=abc,s=c2FsdA==,i=4096"), Some(4096));
        assert_eq!(rounds(b"r=abc,i=4294967296"), None);
        assert_eq!(rounds(b"r=abc"), None);
    }
}
