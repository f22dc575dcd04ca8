//! Syntax: a GraphQL document as text, read: one operation, its variables, fields, arguments, inline fragments.
//! Source: the GraphQL specification of October 2021, §2.

use serde_json::{Map, Value, json};

/// A value in the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// `$name`.
    Variable(String),
    /// A name that is no text: of an enum.
    Word(String),
    /// Text, number, `true`, `null`.
    Plain(Value),
    /// `[…]`.
    List(Vec<Term>),
    /// `{name: …}`.
    Object(Vec<(String, Term)>),
}

/// A field that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// As it is answered.
    pub alias: Option<String>,
    /// As the schema calls it.
    pub name: String,
    /// What it is asked with.
    pub arguments: Vec<(String, Term)>,
    /// What of it; none where nothing stands in braces.
    pub selection: Option<Vec<Selection>>,
}

impl Field {
    /// As it is answered.
    pub fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

/// A part of what is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Selection {
    /// A field.
    Field(Field),
    /// `... on Type { … }`.
    On(String, Vec<Selection>),
}

/// A document of one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Does it change anything?
    pub is_mutation: bool,
    /// Name and type of each variable.
    pub variables: Vec<(String, String)>,
    /// What is asked for.
    pub selection: Vec<Selection>,
}

/// Reads a document.
///
/// # Errors
/// Where it is none, in the vendor's words.
pub fn operation(text: &str) -> Result<Operation, String> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens, at: 0 };
    let is_mutation = reader.peek() == Some("mutation");
    let mut variables = Vec::new();
    if is_mutation || reader.peek() == Some("query") {
        reader.at += 1;
        if reader.peek().is_some_and(is_name) {
            reader.at += 1;
        }
        if reader.took("(") {
            while !reader.took(")") {
                reader.expect("$")?;
                let name = reader.name()?;
                reader.expect(":")?;
                variables.push((name, reader.kind()?));
            }
        }
    }
    let selection = reader.selection()?;
    match reader.peek() {
        None => Ok(Operation { is_mutation, variables, selection }),
        Some(more) => Err(format!("Syntax Error: Unexpected \"{more}\".")),
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\n', ',', '\t']);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => closing(rest).ok_or("Syntax Error: Unterminated string.")?,
            '.' if rest.starts_with("...") => 3,
            c if c.is_ascii_alphanumeric() || c == '_' || c == '-' => {
                let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
                rest.find(ends).unwrap_or(rest.len())
            }
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '$' | '!' => 1,
            other => return Err(format!("Syntax Error: Unexpected character: \"{other}\".")),
        };
        let (token, more) = rest.split_at(length);
        tokens.push(token.to_owned());
        rest = more.trim_start_matches([' ', '\n', ',', '\t']);
    }
    Ok(tokens)
}

/// Bytes of a text with its quotes.
fn closing(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn took(&mut self, token: &str) -> bool {
        let is_next = self.peek() == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        match self.took(token) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("\"{token}\""))),
        }
    }

    fn unexpected(&self, wanted: &str) -> String {
        match self.peek() {
            Some(found) => format!("Syntax Error: Expected {wanted}, found \"{found}\"."),
            None => format!("Syntax Error: Expected {wanted}, found <EOF>."),
        }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.peek().filter(|token| is_name(token)).map(str::to_owned) {
            Some(name) => {
                self.at += 1;
                Ok(name)
            }
            None => Err(self.unexpected("Name")),
        }
    }

    /// A type: `[Name!]!`.
    fn kind(&mut self) -> Result<String, String> {
        let mut kind = match self.took("[") {
            true => {
                let inside = self.kind()?;
                self.expect("]")?;
                format!("[{inside}]")
            }
            false => self.name()?,
        };
        if self.took("!") {
            kind.push('!');
        }
        Ok(kind)
    }

    fn selection(&mut self) -> Result<Vec<Selection>, String> {
        self.expect("{")?;
        let mut all = Vec::new();
        while !self.took("}") {
            if self.took("...") {
                self.expect("on")?;
                let kind = self.name()?;
                all.push(Selection::On(kind, self.selection()?));
            } else {
                all.push(Selection::Field(self.field()?));
            }
        }
        match all.is_empty() {
            true => Err("Syntax Error: Expected Name, found \"}\".".to_owned()),
            false => Ok(all),
        }
    }

    fn field(&mut self) -> Result<Field, String> {
        let first = self.name()?;
        let (alias, name) = match self.took(":") {
            true => (Some(first), self.name()?),
            false => (None, first),
        };
        let mut arguments = Vec::new();
        if self.took("(") {
            while !self.took(")") {
                let argument = self.name()?;
                self.expect(":")?;
                arguments.push((argument, self.term()?));
            }
        }
        let selection = (self.peek() == Some("{")).then(|| self.selection()).transpose()?;
        Ok(Field { alias, name, arguments, selection })
    }

    fn term(&mut self) -> Result<Term, String> {
        if self.took("$") {
            return Ok(Term::Variable(self.name()?));
        }
        if self.took("[") {
            let mut items = Vec::new();
            while !self.took("]") {
                items.push(self.term()?);
            }
            return Ok(Term::List(items));
        }
        if self.took("{") {
            let mut members = Vec::new();
            while !self.took("}") {
                let name = self.name()?;
                self.expect(":")?;
                members.push((name, self.term()?));
            }
            return Ok(Term::Object(members));
        }
        let Some(token) = self.peek().map(str::to_owned) else { return Err(self.unexpected("Value")) };
        let term = match serde_json::from_str::<Value>(&token) {
            Ok(plain) => Term::Plain(plain),
            Err(_) if is_name(&token) => Term::Word(token),
            Err(_) => return Err(self.unexpected("Value")),
        };
        self.at += 1;
        Ok(term)
    }
}

impl Term {
    /// As JSON, with the variables' values; a word of an enum is text.
    pub fn value(&self, variables: &Value) -> Value {
        match self {
            Self::Variable(name) => variables.get(name).cloned().unwrap_or(Value::Null),
            Self::Word(word) => json!(word),
            Self::Plain(value) => value.clone(),
            Self::List(items) => items.iter().map(|item| item.value(variables)).collect(),
            Self::Object(members) => {
                let members = members.iter().map(|(name, term)| (name.clone(), term.value(variables)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}
