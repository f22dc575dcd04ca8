//! Carry: a command taken to a fake step by step, as the runner does; any request or any answer may be lost on the way.
//! Every request is held against what its vendor documents (`schema`), one of GraphQL against its schema (`graphql`).
#![allow(dead_code, reason = "each test program takes what it needs")]

pub mod graphql;
#[path = "../schema/mod.rs"]
pub mod schema;

use connectors::{Came, Command, Connector, Outcome, Request, Response, Secret, Session, Setup};
use fakes::{Asked, Desk, Remote};
use shared::connect::SettingForm;

/// Requests of one command at most: a command that goes in circles is at fault.
const MOST_REQUESTS: usize = 40;

/// What gets lost, counted by requests from the first on, signing in included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Nothing.
    Nothing,
    /// This request never arrives.
    Request(usize),
    /// This request arrives and is acted upon; its answer does not come back.
    Answer(usize),
}

/// What became of it.
#[derive(Debug)]
pub struct Carried {
    /// The outcome the runner would act on.
    pub outcome: Outcome,
    /// Requests that were made.
    pub requests: usize,
}

/// Carries a command from its first step to an outcome. An ended session is begun anew once.
pub fn carry(
    (connector, setup): (&dyn Connector, &Setup),
    remote: &mut dyn Remote,
    command: &Command,
    lost: Lost,
) -> Carried {
    let vendor = connector.descriptor().name;
    let mut line = Line { vendor, remote, lost, requests: 0 };
    let mut session: Option<Session> = None;
    let mut came: Option<(connectors::Progress, Response)> = None;
    let mut signed_in = false;
    loop {
        if session.is_none()
            && !signed_in
            && let Some(request) = connector.sign_in(setup)
        {
            signed_in = true;
            match connector.signed_in(setup, &line.send(&request)) {
                Ok(new) => session = Some(new),
                Err(outcome) => return line.ended(outcome),
            }
        }
        let seen = came.as_ref().map(|(progress, response)| Came { progress, response });
        match connector.step(setup, command, seen) {
            Outcome::Continue { progress, mut request } => {
                if line.requests >= MOST_REQUESTS {
                    return line.ended(Outcome::wedged("It goes in circles.", "Mend the connector."));
                }
                connector.authorize(setup, session.as_ref(), &mut request);
                let response = line.send(&request);
                came = Some((progress, response));
            }
            outcome => return line.ended(outcome),
        }
    }
}

struct Line<'a> {
    vendor: String,
    remote: &'a mut dyn Remote,
    lost: Lost,
    requests: usize,
}

impl Line<'_> {
    fn send(&mut self, request: &connectors::Request) -> Response {
        schema::hold(&self.vendor, request);
        let at = self.requests;
        self.requests += 1;
        if self.lost == Lost::Request(at) {
            return Response::None;
        }
        let asked = wire(request);
        graphql::check(&asked);
        let answer = self.remote.answer(&asked);
        match self.lost {
            Lost::Answer(lost) if lost == at => Response::None,
            _ => Response::Answer { status: answer.status, headers: answer.headers, body: answer.body },
        }
    }

    fn ended(self, outcome: Outcome) -> Carried {
        Carried { outcome, requests: self.requests }
    }
}

/// A request as it comes over the wire.
fn wire(request: &Request) -> Asked {
    Asked {
        method: request.method.word().to_owned(),
        path: request.path.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
    }
}

/// What is typed in for a fake.
pub fn setup(connector: &dyn Connector, desk: &Desk) -> Setup {
    let mut setup = Setup::default();
    for field in connector.descriptor().settings {
        let given = match field.form {
            SettingForm::Address => Some("https://remote.example.com".to_owned()),
            SettingForm::Text | SettingForm::Secret => desk.settings.get(&field.name).cloned(),
        };
        let Some(given) = given else { continue };
        if field.form == SettingForm::Secret {
            setup.secrets.insert(field.name, Secret::new(given));
        } else {
            setup.settings.insert(field.name, given);
        }
    }
    setup
}
