//! Serial: devices on a serial line, or on USB that looks like one, by Web Serial.
//! Invariant: a line that another device of this tablet has open is not taken from it.

use super::port::{PortError, get, meaning, meaning_of_opening, number};
use js_sys::{Array, Object, Reflect, Uint8Array};
use shared::cable::{Cable, Framing};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// Where a browser has them.
pub const NAME: &str = "serial";
/// What the browser holds for a device that is slower than it.
const BUFFER_BYTES: u32 = 4_096;

#[wasm_bindgen]
extern "C" {
    type Serial;
    #[wasm_bindgen(method, catch, js_name = getPorts)]
    async fn get_ports(this: &Serial) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = requestPort)]
    async fn request_port(this: &Serial) -> Result<JsValue, JsValue>;

    pub type SerialPort;
    #[wasm_bindgen(method, catch)]
    async fn open(this: &SerialPort, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn close(this: &SerialPort) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = getInfo)]
    fn get_info(this: &SerialPort) -> JsValue;

    type Stream;
    #[wasm_bindgen(method, catch, js_name = getWriter)]
    fn get_writer(this: &Stream) -> Result<End, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Stream) -> Result<End, JsValue>;

    pub type End;
    #[wasm_bindgen(method, catch)]
    async fn write(this: &End, bytes: &Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn read(this: &End) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn cancel(this: &End) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = releaseLock)]
    fn release_lock(this: &End);
}

/// An open line.
pub struct Port {
    port: SerialPort,
    writer: End,
    reader: End,
}

/// Lets a person choose one.
pub async fn choose(serial: &EventTarget, baud: u32) -> Result<Cable, PortError> {
    let serial: &Serial = serial.unchecked_ref();
    let port = serial.request_port().await.map_err(|_| PortError::NotChosen)?;
    if is_open(port.unchecked_ref()) {
        return Err(PortError::Taken);
    }
    Ok(cable_of(port.unchecked_ref(), baud))
}

/// The line of a cable, if it is there and was allowed. Of several with the same plug, one that is free if there is one.
pub async fn find(serial: &EventTarget, cable: &Cable) -> Option<SerialPort> {
    let Cable::Serial { baud, .. } = cable else { return None };
    let serial: &Serial = serial.unchecked_ref();
    let ports: Array = serial.get_ports().await.ok()?.dyn_into().ok()?;
    let is_it = |port: &SerialPort| {
        // A browser lists a line also after its plug was pulled out.
        cable_of(port, *baud) == *cable && get(port, "connected") != JsValue::FALSE
    };
    let ports = ports.iter().map(JsCast::unchecked_into::<SerialPort>);
    let mut found: Vec<SerialPort> = ports.filter(is_it).collect();
    found.sort_by_key(is_open);
    found.into_iter().next()
}

fn is_open(port: &SerialPort) -> bool {
    get(port, "writable").is_object()
}

fn cable_of(port: &SerialPort, baud: u32) -> Cable {
    let info = port.get_info();
    Cable::Serial { vendor_id: number(&info, "usbVendorId"), product_id: number(&info, "usbProductId"), baud }
}

impl Port {
    pub async fn open(serial: &EventTarget, cable: &Cable, framing: Framing) -> Result<Self, PortError> {
        let Cable::Serial { baud, .. } = cable else { return Err(PortError::Gone) };
        let port = find(serial, cable).await.ok_or(PortError::Gone)?;
        let options = Object::new();
        let _ = Reflect::set(&options, &"baudRate".into(), &(*baud).into());
        if framing == Framing::SevenEven {
            let _ = Reflect::set(&options, &"dataBits".into(), &7.into());
            let _ = Reflect::set(&options, &"parity".into(), &"even".into());
        }
        let _ = Reflect::set(&options, &"bufferSize".into(), &BUFFER_BYTES.into());
        port.open(&options).await.map_err(|error| meaning_of_opening(&error))?;
        let (writable, readable) = (get(&port, "writable"), get(&port, "readable"));
        let ends = || {
            let writer = writable.unchecked_ref::<Stream>().get_writer()?;
            Ok((writer, readable.unchecked_ref::<Stream>().get_reader()?))
        };
        match ends() {
            Ok((writer, reader)) => Ok(Self { port, writer, reader }),
            Err(error) => {
                let _ = port.close().await;
                Err(meaning_of_opening(&error))
            }
        }
    }

    pub async fn write(&self, bytes: &[u8]) -> Result<(), PortError> {
        self.writer.write(&Uint8Array::from(bytes)).await.map(drop).map_err(|error| line_meaning(&error))
    }

    pub async fn read(&self) -> Result<Vec<u8>, PortError> {
        let heard = self.reader.read().await.map_err(|error| line_meaning(&error))?;
        if get(&heard, "done").is_truthy() {
            return Err(PortError::Gone);
        }
        Ok(get(&heard, "value").dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).unwrap_or_default())
    }

    pub async fn close(&self) {
        let _ = self.reader.cancel().await;
        self.reader.release_lock();
        self.writer.release_lock();
        let _ = self.port.close().await;
    }
}

/// A stream that has failed once is of no more use: the line must be opened anew.
fn line_meaning(error: &JsValue) -> PortError {
    match meaning(error) {
        PortError::Broken => PortError::Gone,
        other => other,
    }
}
