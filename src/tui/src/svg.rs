//! A picture of the screen as SVG, for documentation.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

const W: u16 = 8;
const H: u16 = 17;

pub fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (width, height) = (u32::from(area.width) * u32::from(W), u32::from(area.height) * u32::from(H));
    let ground =
        buffer.cell((0, area.height.saturating_sub(1))).map_or("#16181d".into(), |c| colour(c.bg, "#16181d"));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans Mono, monospace\" \
         font-size=\"13\" xml:space=\"preserve\"><rect width=\"100%\" height=\"100%\" fill=\"{ground}\"/>\n"
    );
    for y in 0..area.height {
        let mut x = 0;
        while x < area.width {
            let Some(first) = buffer.cell((x, y)) else { break };
            let start = x;
            let mut text = String::new();
            while let Some(cell) = buffer.cell((x, y)).filter(|_| x < area.width) {
                if (cell.fg, cell.bg, cell.modifier) != (first.fg, first.bg, first.modifier) {
                    break;
                }
                text.push_str(cell.symbol());
                x += 1;
            }
            run(&mut out, (start, y), &text, x - start, (first.fg, first.bg, first.modifier), &ground);
        }
    }
    out.push_str("</svg>");
    out
}

fn run(
    out: &mut String,
    (x, y): (u16, u16),
    text: &str,
    cells: u16,
    style: (Color, Color, Modifier),
    ground: &str,
) {
    let (mut fg, mut bg) = (colour(style.0, "#e4e6eb"), colour(style.1, ground));
    if style.2.contains(Modifier::REVERSED) {
        std::mem::swap(&mut fg, &mut bg);
    }
    let (left, top, width) = (u32::from(x * W), u32::from(y) * u32::from(H), u32::from(cells * W));
    if bg != ground {
        let _ =
            write!(out, "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{H}\" fill=\"{bg}\"/>");
    }
    if !text.trim().is_empty() {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let weight = if style.2.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
        let base = top + 13;
        let _ = writeln!(
            out,
            "<text x=\"{left}\" y=\"{base}\" fill=\"{fg}\"{weight} textLength=\"{width}\">{text}</text>"
        );
    }
}

fn colour(c: Color, default: &str) -> String {
    match c {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        _ => default.to_owned(),
    }
}
