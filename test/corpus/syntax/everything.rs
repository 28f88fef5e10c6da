#!/usr/bin/env run-cargo-script
#![allow(dead_code)]
//! Every construct of the grammar once.
extern crate alloc as heap;
use std::collections::{self, hash_map::{Entry, HashMap as Map}, *};
use self::inner::deep::{thing as other};
use super::sibling;
use crate::store::Store as _;
pub(in crate::store) use ::serde::Serialize;

/* a block comment */
/** a documented one */
pub mod elsewhere;
mod inner {
    use super::*;
    pub(super) mod deep {
        pub fn thing() {}
    }
}

/// A constant.
pub const LIMIT: usize = 10;
static mut COUNTER: u32 = 0;
type Pair<T> = (T, T);
union Bits { whole: u32, part: f32 }

#[derive(Debug, Clone)]
pub struct Point<'a, T: 'a + Clone = u8, const N: usize = 3> where T: Default + ?Sized, for<'b> &'b T: Copy {
    #[serde(rename = "x")]
    pub x: T,
    pub(crate) name: &'a str,
    list: [u8; 4],
    raw: *const u8,
}
struct Unit;
struct Wrapped(pub i32, String);
enum Shape { #[doc = "round"] Circle { radius: f64 }, Square(f64), Nothing = 3 }

extern "C" {
    fn printf(format: *const u8, ...) -> i32;
}

pub trait Area: Sized + Send {
    type Output: Clone;
    const SIDES: u32 = 4;
    fn area(&self) -> f64;
    fn name(self: &mut Self) -> String { String::from("area") }
    fn each<F>(&self, f: F) where F: Fn(i32) -> i32;
}

unsafe impl<T> Area for Wrapped where T: Clone {
    type Output = i32;
    fn area(&self) -> f64 { self.0 as f64 }
}
impl !Send for Unit {}

macro_rules! twice {
    ($e:expr, $($rest:tt)*) => { $($rest)* $e + $e };
    (lifetime $l:lifetime) => { $crate::twice!($l) };
    ([$x:ident] self super crate u8 mut 5) => { 5 $x self super crate u8 mut };
}

const fn constant(_: u8, (a, b): (u8, u8), [first, .., last]: [u8; 3]) -> u8 { a + b + first + last }
fn closures(f: for<'a> fn(&'a i32) -> i32, g: Box<dyn Fn(&str) -> bool + 'static>, h: impl Iterator<Item = u8> + use<'_>) -> ! { loop {} }
fn bounds<T>(x: <T as Iterator>::Item, y: &'static mut dyn for<'a> Fn(&'a u8), z: (), w: Option<&T>) where T: Iterator + ?Sized {}

async unsafe fn everything<T: Default>(mut self_like: Point<'_, T, 3>, input: Result<Option<i32>, std::io::Error>) -> Result<i32, Box<dyn std::error::Error>> {
    let x: i32;
    x = 5;
    let mut y = -1_i64;
    y += 2;
    let (ref a, ref mut b, _) = (1, 2.5e3, 'c');
    let text = "a\n\"b\"";
    let raw = r#"raw "text""#;
    let bytes = b"bytes";
    let Some(value) = input? else { return Ok(0) };
    let unit = ();
    let tuple = (1, "two", [3; 4], [1, 2, 3]);
    let t = tuple.0;
    let range = (0..10, ..5, 5.., .., 1..=3);
    let pointer = &raw const x;
    let reference = &mut y;
    *reference = !0;
    if x > 3 && y < 4 || !true { drop(x) } else if let Some(z) = Some(3) { z; } else { }
    if let Some(1 | 2) = Some(x) && let Shape::Circle { radius, .. } = shape && radius > 1.0 { stop(); }
    let picked = match x {
        0 => "none",
        1 | 2 => { "few" }
        n @ 3..=9 if n % 2 == 0 => "even",
        -1 => "minus",
        i32::MIN..=-2 => "less",
        10.. => "many",
        crate::LIMIT => "limit",
        _ if let Some(q) = lookup(x) => "guarded",
        const { 5 } => "five",
        _ => unreachable!("never {}", x),
    };
    match shape {
        #[cfg(unix)]
        Shape::Circle { radius: r, mut extra, ref kept } => r,
        Shape::Square(side) => side,
        Shape::Nothing => 0.0,
        &Boxed(ref p) => 1.0,
        Vec::<u8>::CONST => 1.5,
        None::<u8> => 1.75,
        &mut [head, ref tail @ ..] => 2.0,
        (a, .., b) => 3.0,
        "text" | 'c' | 1.5 | true => 4.0,
        some_macro!(x) => 5.0,
    };
    'outer: loop {
        'inner: while let Some(top) = stack.pop() {
            if top == 1 { continue 'inner; }
            if top == 2 { break 'outer; }
        }
        for (i, item) in list.iter().enumerate() { println!("{i} {}", item); }
        while x < 3 { x += 1; }
        break;
    }
    let found = 'search: { if x == 1 { break 'search 1; } 2 };
    let looped = loop { break x * 2; };
    let add = |a: i32, b| -> i32 { a + b };
    let owned = move || x;
    let later = async move { fetch().await?; Ok::<(), ()>(()) };
    let task = async |q| q + 1;
    let attempt = try { risky()? };
    let generator = gen { yield 1; };
    let constant = const { 1 + 2 };
    unsafe { COUNTER += 1; }
    let made = Point::<u8> { x: 1, name, ..Default::default() };
    let made = module::Point { x: 1 };
    let parsed = "5".parse::<i32>()?;
    let collected = Vec::<i32>::with_capacity(3);
    let cast = x as u64 as usize;
    let indexed = (list[0]);
    let qualified = <Vec<u8> as IntoIterator>::into_iter(list);
    let joined = tokio::join!(first(), second());
    tokio::select! {
        biased;
        Some(message) = receiver.recv() => { handle(message).await; }
        _ = stop.changed(), if armed => break,
        else => return Ok(1),
    }
    let v = vec![1, 2, f(3)?, g(|x| x + 1), async move { h().await }];
    let m = matches!(x, 1 | 2 if y > 3);
    println!("{}", compute(x).await);
    assert_eq!(x, 1, "not {}", y);
    call(#[attribute] x, self_like.x);
    let never: fn() -> ! = diverge;
    let s = "lone"; ;
    yield 5;
    Ok(parsed)
}

macro_rules! generated { ($name:ident) => { fn $name<$name>($name: $name) {} } }
fn with_variable() { $crate::a; $name(1); let f: $type = 1; }

#[cfg(test)]
mod tests {
    #[test]
    fn works() { assert!(true); }
}

#[tokio::main(flavor = "multi_thread")]
async fn main() {}
