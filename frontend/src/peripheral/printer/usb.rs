//! USB: printers of USB's printer class, by WebUSB.

use crate::peripheral::port::{PortError, bytes_of, get, list, meaning, meaning_of_opening, number, whole};
use js_sys::{Array, Object, Reflect, Uint8Array};
use shared::printing::Cable;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// USB's own number for printers.
const PRINTER_CLASS: u16 = 7;
/// So much at once: what a slow printer takes in a moment, so that a cable pulled out is heard of soon.
const CHUNK_BYTES: usize = 4_096;
/// More than any answer of a printer.
const READ_BYTES: u32 = 64;
/// A printer that answers with nothing is not asked without a pause.
const QUIET_MS: i64 = 100;

#[wasm_bindgen]
extern "C" {
    type Usb;
    #[wasm_bindgen(method, catch, js_name = getDevices)]
    async fn get_devices(this: &Usb) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = requestDevice)]
    async fn request_device(this: &Usb, options: &JsValue) -> Result<JsValue, JsValue>;

    pub type Device;
    #[wasm_bindgen(method, catch)]
    async fn open(this: &Device) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn close(this: &Device) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = selectConfiguration)]
    async fn select_configuration(this: &Device, value: u8) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = claimInterface)]
    async fn claim_interface(this: &Device, number: u8) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = selectAlternateInterface)]
    async fn select_alternate(this: &Device, number: u8, alternate: u8) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = transferOut)]
    async fn transfer_out(this: &Device, endpoint: u8, data: &Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = transferIn)]
    async fn transfer_in(this: &Device, endpoint: u8, length: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = clearHalt)]
    async fn clear_halt(this: &Device, direction: &str, endpoint: u8) -> Result<JsValue, JsValue>;
}

/// An open printer.
pub struct Port {
    device: Device,
    place: Place,
}

/// Where in a device its printer is.
#[derive(Clone, Copy)]
struct Place {
    interface: u8,
    alternate: u8,
    out: u8,
    /// None in a printer that cannot answer.
    back: Option<u8>,
}

/// Lets a person choose one.
pub async fn choose(usb: &EventTarget) -> Result<Cable, PortError> {
    let filter = Object::new();
    let _ = Reflect::set(&filter, &"classCode".into(), &PRINTER_CLASS.into());
    let options = Object::new();
    let _ = Reflect::set(&options, &"filters".into(), &Array::of1(&filter));
    let usb: &Usb = usb.unchecked_ref();
    let device = usb.request_device(&options).await.map_err(|_| PortError::NotChosen)?;
    cable_of(&device).ok_or(PortError::NoPrinter)
}

/// The device of a cable, if it is plugged in and was allowed.
pub async fn find(usb: &EventTarget, cable: &Cable) -> Option<Device> {
    let usb: &Usb = usb.unchecked_ref();
    let devices: Array = usb.get_devices().await.ok()?.dyn_into().ok()?;
    let device = devices.iter().find(|device| cable_of(device).as_ref() == Some(cable))?;
    Some(device.unchecked_into())
}

fn cable_of(device: &JsValue) -> Option<Cable> {
    let serial_number = get(device, "serialNumber").as_string().filter(|number| !number.is_empty());
    Some(Cable::Usb {
        vendor_id: number(device, "vendorId")?,
        product_id: number(device, "productId")?,
        serial_number,
    })
}

impl Port {
    pub async fn open(usb: &EventTarget, cable: &Cable) -> Result<Self, PortError> {
        let device = find(usb, cable).await.ok_or(PortError::Gone)?;
        device.open().await.map_err(|error| meaning_of_opening(&error))?;
        match prepare(&device).await {
            Ok(place) => Ok(Self { device, place }),
            Err(error) => {
                let _ = device.close().await;
                Err(error)
            }
        }
    }

    pub async fn write(&self, bytes: &[u8]) -> Result<(), PortError> {
        for chunk in bytes.chunks(CHUNK_BYTES) {
            let sent = self.device.transfer_out(self.place.out, &Uint8Array::from(chunk)).await;
            let sent = sent.map_err(|error| meaning(&error))?;
            let written = whole(&sent, "bytesWritten").and_then(|count| usize::try_from(count).ok());
            if get(&sent, "status").as_string().as_deref() == Some("stall") {
                let _ = self.device.clear_halt("out", self.place.out).await;
            }
            if written != Some(chunk.len()) {
                return Err(PortError::Broken);
            }
        }
        Ok(())
    }

    pub async fn read(&self) -> Result<Vec<u8>, PortError> {
        let Some(back) = self.place.back else { return Err(PortError::Unsupported) };
        let heard = self.device.transfer_in(back, READ_BYTES).await.map_err(|error| meaning(&error))?;
        if get(&heard, "status").as_string().as_deref() == Some("stall") {
            self.device.clear_halt("in", back).await.map_err(|error| meaning(&error))?;
        }
        let bytes = bytes_of(&get(&heard, "data"));
        if bytes.is_empty() {
            crate::clock::pause(QUIET_MS).await;
        }
        Ok(bytes)
    }

    pub async fn close(&self) {
        let _ = self.device.close().await;
    }
}

async fn prepare(device: &Device) -> Result<Place, PortError> {
    if get(device, "configuration").is_falsy() {
        let first = list(device, "configurations").get(0);
        let value = small(&first, "configurationValue").unwrap_or(1);
        device.select_configuration(value).await.map_err(|error| meaning_of_opening(&error))?;
    }
    let place = place(&get(device, "configuration")).ok_or(PortError::NoPrinter)?;
    device.claim_interface(place.interface).await.map_err(|error| meaning_of_opening(&error))?;
    if place.alternate != 0 {
        let selected = device.select_alternate(place.interface, place.alternate).await;
        selected.map_err(|error| meaning_of_opening(&error))?;
    }
    Ok(place)
}

fn place(configuration: &JsValue) -> Option<Place> {
    list(configuration, "interfaces").iter().find_map(|interface| {
        list(&interface, "alternates").iter().find_map(|alternate| {
            if number(&alternate, "interfaceClass") != Some(PRINTER_CLASS) {
                return None;
            }
            Some(Place {
                interface: small(&interface, "interfaceNumber")?,
                alternate: small(&alternate, "alternateSetting")?,
                out: endpoint(&alternate, "out")?,
                back: endpoint(&alternate, "in"),
            })
        })
    })
}

fn endpoint(alternate: &JsValue, direction: &str) -> Option<u8> {
    let is = |endpoint: &JsValue, name: &str, wanted: &str| {
        get(endpoint, name).as_string().as_deref() == Some(wanted)
    };
    let endpoints = list(alternate, "endpoints");
    let found = endpoints.iter().find(|one| is(one, "type", "bulk") && is(one, "direction", direction))?;
    small(&found, "endpointNumber")
}

fn small(value: &JsValue, name: &str) -> Option<u8> {
    number(value, name).and_then(|number| u8::try_from(number).ok())
}
