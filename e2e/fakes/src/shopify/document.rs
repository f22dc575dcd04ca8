//! Document: a GraphQL document of one operation, read by the grammar of GraphQL (September 2025), as much of it as is needed here.

use serde_json::{Map, Value, json};

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Does it change something?
    pub is_mutation: bool,
    /// Name and type of each variable: `order`, `OrderCreateOrderInput!`.
    pub variables: Vec<(String, String)>,
    /// What is asked for.
    pub fields: Vec<Selection>,
}

/// Something asked for.
#[derive(Debug)]
pub enum Selection {
    /// A field.
    Field {
        /// What it is called in the answer.
        key: String,
        /// Its name.
        name: String,
        /// Its arguments, variables put in.
        arguments: Map<String, Value>,
        /// Its directives.
        directives: Vec<(String, Map<String, Value>)>,
        /// What of it.
        fields: Vec<Self>,
    },
    /// Only of one type.
    On {
        /// Which.
        kind: String,
        /// What of it.
        fields: Vec<Self>,
    },
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Mark(char),
    Spread,
    Name(String),
    Text(String),
    Number(String),
}

/// Reads a document; variables that are not given are null.
pub fn read(text: &str, variables: &Map<String, Value>) -> Result<Operation, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, variables };
    reader.operation()
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut all = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            ' ' | '\t' | '\n' | '\r' | ',' => {}
            '#' => while rest.next_if(|next| *next != '\n').is_some() {},
            '{' | '}' | '(' | ')' | ':' | '$' | '!' | '[' | ']' | '=' | '@' => all.push(Token::Mark(letter)),
            '.' => match (rest.next(), rest.next()) {
                (Some('.'), Some('.')) => all.push(Token::Spread),
                _ => return Err("syntax error, unexpected \".\"".to_owned()),
            },
            '"' => {
                let mut said = String::new();
                loop {
                    match rest.next() {
                        Some('"') => break,
                        Some('\\') => said.extend(rest.next()),
                        Some(letter) => said.push(letter),
                        None => return Err("syntax error, unexpected end of file".to_owned()),
                    }
                }
                all.push(Token::Text(said));
            }
            letter if letter.is_ascii_alphabetic() || letter == '_' => {
                let mut name = String::from(letter);
                while let Some(next) = rest.next_if(|next| next.is_ascii_alphanumeric() || *next == '_') {
                    name.push(next);
                }
                all.push(Token::Name(name));
            }
            letter if letter.is_ascii_digit() || letter == '-' => {
                let mut number = String::from(letter);
                while let Some(next) = rest.next_if(char::is_ascii_digit) {
                    number.push(next);
                }
                all.push(Token::Number(number));
            }
            other => return Err(format!("syntax error, unexpected \"{other}\"")),
        }
    }
    Ok(all)
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    variables: &'a Map<String, Value>,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Token, String> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token.ok_or_else(|| "syntax error, unexpected end of file".to_owned())
    }

    /// Takes this mark, if it is next.
    fn took(&mut self, mark: char) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&Token::Mark(mark));
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, mark: char) -> Result<(), String> {
        match self.next()? {
            Token::Mark(found) if found == mark => Ok(()),
            other => Err(format!("syntax error, unexpected {other:?}, expecting \"{mark}\"")),
        }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next()? {
            Token::Name(name) => Ok(name),
            other => Err(format!("syntax error, unexpected {other:?}, expecting a name")),
        }
    }

    fn operation(&mut self) -> Result<Operation, String> {
        let is_mutation = match self.name()?.as_str() {
            "query" => false,
            "mutation" => true,
            other => return Err(format!("syntax error, unexpected \"{other}\"")),
        };
        if matches!(self.tokens.get(self.at), Some(Token::Name(_))) {
            self.at += 1;
        }
        let mut variables = Vec::new();
        if self.took('(') {
            while !self.took(')') {
                self.expect('$')?;
                let name = self.name()?;
                self.expect(':')?;
                variables.push((name, self.kind()?));
            }
        }
        let fields = self.fields()?;
        match self.at == self.tokens.len() {
            true => Ok(Operation { is_mutation, variables, fields }),
            false => Err("syntax error, one operation was expected".to_owned()),
        }
    }

    /// A type: `[ID!]!`.
    fn kind(&mut self) -> Result<String, String> {
        let mut kind = if self.took('[') {
            let inner = self.kind()?;
            self.expect(']')?;
            format!("[{inner}]")
        } else {
            self.name()?
        };
        if self.took('!') {
            kind.push('!');
        }
        Ok(kind)
    }

    fn fields(&mut self) -> Result<Vec<Selection>, String> {
        self.expect('{')?;
        let mut all = Vec::new();
        while !self.took('}') {
            all.push(self.selection()?);
        }
        match all.is_empty() {
            true => Err("syntax error, unexpected \"}\"".to_owned()),
            false => Ok(all),
        }
    }

    fn selection(&mut self) -> Result<Selection, String> {
        if self.tokens.get(self.at) == Some(&Token::Spread) {
            self.at += 1;
            return match self.name()?.as_str() {
                "on" => Ok(Selection::On { kind: self.name()?, fields: self.fields()? }),
                other => Err(format!("Fragment {other} was used, but not defined")),
            };
        }
        let key = self.name()?;
        let name = if self.took(':') { self.name()? } else { key.clone() };
        let arguments = self.arguments()?;
        let mut directives = Vec::new();
        while self.took('@') {
            directives.push((self.name()?, self.arguments()?));
        }
        let has_fields = self.tokens.get(self.at) == Some(&Token::Mark('{'));
        let fields = if has_fields { self.fields()? } else { Vec::new() };
        Ok(Selection::Field { key, name, arguments, directives, fields })
    }

    fn arguments(&mut self) -> Result<Map<String, Value>, String> {
        let mut all = Map::new();
        if self.took('(') {
            while !self.took(')') {
                let name = self.name()?;
                self.expect(':')?;
                all.insert(name, self.value()?);
            }
        }
        Ok(all)
    }

    fn value(&mut self) -> Result<Value, String> {
        Ok(match self.next()? {
            Token::Mark('$') => {
                let name = self.name()?;
                self.variables.get(&name).cloned().unwrap_or(Value::Null)
            }
            Token::Mark('[') => {
                let mut all = Vec::new();
                while !self.took(']') {
                    all.push(self.value()?);
                }
                all.into()
            }
            Token::Mark('{') => {
                let mut all = Map::new();
                while !self.took('}') {
                    let name = self.name()?;
                    self.expect(':')?;
                    all.insert(name, self.value()?);
                }
                all.into()
            }
            Token::Text(text) => text.into(),
            Token::Number(number) => number.parse::<i64>().map_err(|_| "a number".to_owned())?.into(),
            Token::Name(name) => match name.as_str() {
                "null" => Value::Null,
                "true" => json!(true),
                "false" => json!(false),
                _ => name.into(),
            },
            other => return Err(format!("syntax error, unexpected {other:?}")),
        })
    }
}
