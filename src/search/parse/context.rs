//! Values of keys of the context: texts as they were sent, and what of it is a number or an address.

use std::net::IpAddr;

use super::address::{address, network};
use super::lex::{Edge, EdgeText, Shape, Value, Word};
use super::refusal;
use super::value::{Single, bound, exact, range, single};
use crate::error::Result;
use crate::model::query::Bound;
use crate::model::{Decimal, FieldRef, Query, Scalar};

/// A whole value, a prefix, or a range of numbers or addresses under a key; of the object itself only whether it is there.
pub(super) fn flattened(field: FieldRef, value: Value, offset: usize) -> Result<Query> {
    let is_object = matches!(field, FieldRef::Known(_));
    if is_object && !matches!(single(&value), Single::Star) {
        return Err(refusal::unsupported("context needs a key: write context.<key>:value", offset));
    }
    match &value {
        Value::Range(lower, upper) => between(field, lower, upper, offset),
        Value::Word(Word { text, shape: Shape::Plain }) | Value::Quoted(text) => match network(text) {
            Some((address, prefix_bits)) => {
                let in_network = Query::Network { field: field.clone(), address, prefix_bits };
                if is_written_so(text, address) {
                    return Ok(in_network);
                }
                // The text may have been sent as it stands: a network, or an address in another spelling.
                Ok(Query::Or(vec![exact(field, value, offset)?, in_network]))
            }
            None if is_bad_network(&value) => Err(refusal::unsupported(
                "not a network: behind an address stand its leading bits, 0 to 32, for IPv6 0 to 128; quotes search for the text",
                offset,
            )),
            None => exact(field, value, offset),
        },
        Value::Word(_) => exact(field, value, offset),
    }
}

/// Whether a word is an address with a length behind it that no network has.
fn is_bad_network(value: &Value) -> bool {
    let Value::Word(Word { text, .. }) = value else { return false };
    text.split_once('/').is_some_and(|(before, _)| address(before).is_some()) && network(text).is_none()
}

/// Whether a text is the one way in which an address is written.
fn is_written_so(text: &str, address: IpAddr) -> bool {
    address.to_string() == text
}

fn between(field: FieldRef, lower: &Edge, upper: &Edge, offset: usize) -> Result<Query> {
    let scalar = |edge: &EdgeText| {
        let number = Decimal::parse(&edge.text).map(Scalar::Number);
        number.or_else(|| address(&edge.text).map(Scalar::Ip)).ok_or_else(|| {
            let detail = "keys of context take ranges of numbers and of addresses, such as context.status:>=500; \
                          a text is matched by its value or a prefix";
            refusal::unsupported(detail, edge.offset)
        })
    };
    let (lower, upper) = (bound(lower, scalar)?, bound(upper, scalar)?);
    let is_number = |bound: &Bound| match bound {
        Bound::Open => None,
        Bound::Included(scalar) | Bound::Excluded(scalar) => Some(matches!(scalar, Scalar::Number(_))),
    };
    if let (Some(first), Some(last)) = (is_number(&lower), is_number(&upper))
        && first != last
    {
        let detail = "the ends of a range are two numbers or two addresses";
        return Err(refusal::unsupported(detail, offset));
    }
    Ok(range(field, lower, upper))
}
