//! The page, as it was built into the program: `dist/` of Trunk, with the brotli twins that `cargo xtask page` puts beside its
//! files. tower-http's `ServeDir` answers from it as it would from a folder.

use std::future::{Ready, ready};
use std::io::{self, Cursor, SeekFrom};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use rust_embed::{EmbeddedFile, RustEmbed};
use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::ServeDir;
use tower_http::services::fs::{Backend, DefaultServeDirFallback, File, Metadata};

/// Stands in the page where each answer's nonce goes.
const NONCE: &str = "{{__TRUNK_NONCE__}}";
const INDEX: &str = "index.html";
/// Stands where what is to be read first goes.
const FIRST: &str = "<!-- FIRST -->";

/// The page's title until what is to be read first has one.
const TITLE: &str = "<title>Holdpoint</title>";

/// What is to be read until the page's program draws something, as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// A `<title>`.
    pub title: String,
    pub html: String,
}

/// Takes the place of the page in a program that was compiled without it.
const NOT_BUILT: &str = r#"<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Holdpoint</title></head>
  <body>
    <h1>The page was not built</h1>
    <p>This program was compiled without its page. Run <code>cargo xtask run</code>, which builds both.</p>
    <p>The API works all the same: see <a href="/api/openapi.json">/api/openapi.json</a>.</p>
  </body>
</html>
"#;

#[derive(RustEmbed)]
#[folder = "../../dist"]
#[allow_missing = true]
#[exclude = ".*"]
struct Dist;

/// The page's HTML, with the answer's nonce in it, and with what is to be read until its program draws something.
#[must_use]
pub fn index(nonce: &str, first: Option<&First>) -> String {
    let Some(file) = Dist::get(INDEX) else {
        return NOT_BUILT.to_owned();
    };
    let html = String::from_utf8_lossy(&file.data).replace(NONCE, nonce);
    match first {
        Some(first) => html.replacen(TITLE, &first.title, 1).replacen(FIRST, &first.html, 1),
        None => html,
    }
}

/// The files that the page loads. The page itself is not among them, because it needs a nonce.
#[must_use]
pub fn assets() -> ServeDir<DefaultServeDirFallback, Embedded> {
    ServeDir::with_backend("", Embedded)
        .append_index_html_on_directories(false)
        .precompressed_br()
}

/// Whether a file's name carries a hash of its content, as Trunk makes them: `name-0123456789abcdef.js`,
/// `name-0123456789abcdef_bg.wasm`.
#[must_use]
pub fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let Some((_, last)) = stem.rsplit_once('-') else {
        return false;
    };
    let hash = last.trim_end_matches("_bg");
    hash.len() >= 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `dist/` as a file system.
#[derive(Clone, Copy, Debug)]
pub struct Embedded;

impl Embedded {
    fn get(path: &std::path::Path) -> io::Result<EmbeddedFile> {
        // `ServeDir` names files from the folder `.` on.
        let path = path.strip_prefix(".").unwrap_or(path).to_str();
        path.filter(|path| *path != INDEX)
            .and_then(Dist::get)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Backend for Embedded {
    type File = OpenFile;
    type Metadata = FileMetadata;
    type OpenFuture = Ready<io::Result<OpenFile>>;
    type MetadataFuture = Ready<io::Result<FileMetadata>>;

    fn open(&self, path: PathBuf) -> Self::OpenFuture {
        ready(Self::get(&path).map(|file| OpenFile {
            metadata: FileMetadata::from(&file),
            content: Cursor::new(file.data),
        }))
    }

    fn metadata(&self, path: PathBuf) -> Self::MetadataFuture {
        ready(Self::get(&path).map(|file| FileMetadata::from(&file)))
    }
}

/// What `ServeDir` makes the entity tag from.
#[derive(Clone, Copy, Debug)]
pub struct FileMetadata {
    modified: SystemTime,
    len: u64,
}

impl From<&EmbeddedFile> for FileMetadata {
    fn from(file: &EmbeddedFile) -> Self {
        let seconds = file.metadata.last_modified().unwrap_or_default();
        Self {
            modified: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            len: file.data.len() as u64,
        }
    }
}

impl Metadata for FileMetadata {
    fn is_dir(&self) -> bool {
        false
    }

    fn modified(&self) -> io::Result<SystemTime> {
        Ok(self.modified)
    }

    fn len(&self) -> u64 {
        self.len
    }
}

/// An embedded file that is being read.
#[derive(Debug)]
pub struct OpenFile {
    metadata: FileMetadata,
    content: Cursor<std::borrow::Cow<'static, [u8]>>,
}

impl File for OpenFile {
    type Metadata = FileMetadata;
    type MetadataFuture<'a> = Ready<io::Result<FileMetadata>>;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        ready(Ok(self.metadata))
    }
}

impl AsyncRead for OpenFile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.content).poll_read(context, buffer)
    }
}

impl AsyncSeek for OpenFile {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.content).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.content).poll_complete(context)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, header};
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn hashed_names_are_told_from_others() {
        for (path, hashed) in [
            ("holdpoint-app-0123456789abcdef.js", true),
            ("/holdpoint-app-0123456789abcdef_bg.wasm", true),
            ("snippets/x-0123456789abcdef/inline0.js", false),
            ("mark.svg", false),
            ("0123456789abcdef.svg", false),
            ("base-cafe.css", false),
            ("index.html", false),
            ("", false),
        ] {
            assert_eq!(has_hash(path), hashed, "{path}");
        }
    }

    #[test]
    fn the_page_has_the_nonce_of_its_answer() {
        let page = index("n0nce", None);
        assert!(page.contains("<html"), "{page}");
        assert!(!page.contains(NONCE));
        // A program without its page has no scripts that would need one.
        assert_eq!(page.contains("n0nce"), Dist::get(INDEX).is_some());
    }

    #[test]
    fn what_is_to_be_read_first_stands_in_the_page() {
        let first = First {
            title: "<title>Release v1 · Holdpoint</title>".to_owned(),
            html: "<main>ON HOLD</main>".to_owned(),
        };
        let page = index("n0nce", Some(&first));
        for text in [&first.title, &first.html] {
            assert_eq!(page.contains(text), Dist::get(INDEX).is_some());
        }
    }

    #[tokio::test]
    async fn the_page_without_a_nonce_is_not_a_file() {
        for path in [
            "/index.html",
            "//index.html",
            "/./index.html",
            "/%69ndex.html",
            "/missing.js",
            "/",
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            assert_eq!(assets().oneshot(request).await.unwrap().status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn files_come_compressed_whole_or_in_part() {
        let Some(path) = Dist::iter().find(|path| path.ends_with(".wasm")) else {
            return;
        };
        let whole = Dist::get(&path).unwrap().data.len().to_string();
        let get = |name: header::HeaderName, value: &str| {
            let request = Request::get(format!("/{path}")).header(name, value);
            assets().oneshot(request.body(Body::empty()).unwrap())
        };
        let plain = get(header::ACCEPT_ENCODING, "br;q=0").await.unwrap();
        assert_eq!(
            (plain.status().as_u16(), &plain.headers()["content-length"]),
            (200, &whole.parse().unwrap())
        );
        assert_eq!(plain.headers()["content-type"], "application/wasm");
        let part = get(header::RANGE, "bytes=0-3").await.unwrap();
        assert_eq!(
            (part.status().as_u16(), &part.headers()["content-length"]),
            (206, &"4".parse().unwrap())
        );
        if Dist::get(&format!("{path}.br")).is_some() {
            assert_eq!(
                get(header::ACCEPT_ENCODING, "gzip, br").await.unwrap().headers()["content-encoding"],
                "br"
            );
        }
    }
}
