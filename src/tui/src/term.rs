//! The terminal: taken at the start, given back however the program ends; bytes go out in one write per frame.

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crossterm::{cursor, event, execute, queue, terminal};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use unicode_width::UnicodeWidthStr as _;

use crate::pen::Pen;
use crate::screen::Hyperlink;
use crate::scroll::Shift;

/// Raw mode and the alternate screen, until dropped.
pub struct Guard;

impl Guard {
    /// Takes the terminal, and gives it back on a panic before its message is printed; a report goes to `reports`. A panic
    /// of another thread must not write over the screen: where it does not end the program it is only reported.
    pub fn enter(mouse: bool, reports: PathBuf) -> io::Result<Guard> {
        take(mouse)?;
        let earlier = std::panic::take_hook();
        let here = std::thread::current().id();
        std::panic::set_hook(Box::new(move |info| {
            let file = report(&reports, info);
            if cfg!(panic = "abort") || std::thread::current().id() == here {
                give_back();
                earlier(info);
                if let Some(file) = file {
                    eprintln!("This is a defect. A report is in {}", file.display());
                }
            }
        }));
        Ok(Guard)
    }
}

/// Writes down what happened where.
fn report(dir: &Path, info: &std::panic::PanicHookInfo) -> Option<PathBuf> {
    let trace = std::backtrace::Backtrace::force_capture();
    let text = format!("koji tui {}\n{info}\n\n{trace}\n", env!("CARGO_PKG_VERSION"));
    let file = dir.join(format!("tui-panic-{}.txt", std::process::id()));
    std::fs::create_dir_all(dir).ok()?;
    std::fs::write(&file, text).ok()?;
    Some(file)
}

/// Whether nobody would continue us if we stopped: no one above us in this session is of another process group, as the
/// shell is.
pub fn is_orphan() -> bool {
    use rustix::process::{Pid, getpgid, getpgrp, getppid, getsid};
    let (session, group) = (getsid(None).ok(), getpgrp());
    let mut above = getppid();
    while let Some(pid) = above {
        if getsid(Some(pid)).ok() != session {
            return true;
        }
        if getpgid(Some(pid)).ok() != Some(group) {
            return false;
        }
        // a program between the shell and us
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        above = parent.and_then(Pid::from_raw);
    }
    true
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

pub fn take(mouse: bool) -> io::Result<()> {
    terminal::enable_raw_mode()?;
    let mut out = io::stdout();
    execute!(out, terminal::EnterAlternateScreen, event::EnableBracketedPaste, cursor::Hide)?;
    if mouse {
        execute!(out, event::EnableMouseCapture)?;
    }
    Ok(())
}

/// As it was before. Harmless when done twice.
pub fn give_back() {
    let mut out = io::stdout();
    // nothing can be done about a terminal that is gone
    let _ = execute!(
        out,
        event::DisableMouseCapture,
        event::DisableBracketedPaste,
        terminal::LeaveAlternateScreen,
        cursor::Show
    );
    let _ = terminal::disable_raw_mode();
}

/// The bytes of a frame; the backend keeps its writer to itself.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Collects a frame and writes it at once, inside a synchronized update (mode 2026); nothing when nothing changed. Rows that
/// moved are moved by the terminal, cells that are links get OSC 8.
pub struct Wire<W: Write> {
    inner: CrosstermBackend<Shared>,
    frame: Shared,
    out: W,
    /// What the terminal shows, as far as anything was ever written; blank beyond.
    screen: Buffer,
    /// Those of the frame that is drawn; whoever draws sets them.
    pub links: Rc<RefCell<Vec<Hyperlink>>>,
    /// Off where escape sequences beyond colour are not understood.
    pub hyperlinks: bool,
    pub written: u64,
}

impl<W: Write> Wire<W> {
    pub fn new(out: W, hyperlinks: bool) -> Wire<W> {
        let frame = Shared::default();
        let inner = CrosstermBackend::new(frame.clone());
        let screen = Buffer::empty(Rect::ZERO);
        Wire { inner, frame, out, screen, links: Rc::default(), hyperlinks, written: 0 }
    }

    /// What the terminal shall show.
    fn next<'a>(&mut self, content: impl Iterator<Item = (u16, u16, &'a Cell)>) -> Buffer {
        let mut next = self.screen.clone();
        for (x, y, cell) in content {
            let width = u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
            let needed = Rect::new(0, 0, x.saturating_add(width), y.saturating_add(1));
            grow(&mut next, needed);
            if let Some(place) = next.cell_mut((x, y)) {
                place.clone_from(cell);
            }
            // covered by a wide letter
            (1..width).for_each(|more| next.cell_mut((x + more, y)).into_iter().for_each(Cell::reset));
        }
        grow(&mut self.screen, next.area);
        next
    }
}

/// Makes room for `needed`, blank.
fn grow(screen: &mut Buffer, needed: Rect) {
    let area = screen.area.union(needed);
    if area != screen.area {
        let mut larger = Buffer::empty(area);
        larger.merge(screen);
        *screen = larger;
    }
}

fn link_at(links: &[Hyperlink], x: u16, y: u16) -> Option<&str> {
    links.iter().find(|l| l.y == y && (l.from..l.to).contains(&x)).map(|l| l.url.as_str())
}

impl<W: Write> Backend for Wire<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let next = self.next(content);
        let links = self.links.borrow();
        let (mut pen, mut text) = (Pen::default(), String::new());
        if let Some(shift) = Shift::between(&self.screen, &next) {
            text.push_str(&shift.sequence());
            shift.apply(&mut self.screen);
        }
        let mut open: Option<&str> = None;
        for (x, y, cell) in self.screen.diff(&next) {
            let url = if self.hyperlinks { link_at(&links, x, y) } else { None };
            if url != open {
                text.push_str("\x1b]8;;");
                text.push_str(url.unwrap_or_default());
                text.push_str("\x1b\\");
                open = url;
            }
            pen.write(x, y, cell, &mut text);
        }
        if open.is_some() {
            text.push_str("\x1b]8;;\x1b\\");
        }
        pen.put_down(&mut text);
        self.screen = next;
        self.frame.write_all(text.as_bytes())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        // it is hidden from the start; asking each frame would make every frame cost bytes
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.screen = Buffer::empty(Rect::ZERO);
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        // whoever clears a part has ratatui write that part anew
        self.screen = Buffer::empty(Rect::ZERO);
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        let frame = std::mem::take(&mut *self.frame.0.borrow_mut());
        if frame.is_empty() {
            return Ok(());
        }
        let mut all = Vec::with_capacity(frame.len() + 16);
        queue!(all, terminal::BeginSynchronizedUpdate)?;
        all.extend_from_slice(&frame);
        queue!(all, terminal::EndSynchronizedUpdate)?;
        self.written += all.len() as u64;
        self.out.write_all(&all)?;
        self.out.flush()
    }
}
