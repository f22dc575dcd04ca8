//! HID: scanners that speak HID POS over USB, by WebHID.

use super::port::{PortError, bytes_of, get, list, meaning_of_opening, number};
use js_sys::{Array, Object, Reflect};
use shared::cable::Cable;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// Where a browser has them.
pub const NAME: &str = "hid";
/// USB's own number for barcode scanners.
const SCANNERS: u16 = 0x8c;

#[wasm_bindgen]
extern "C" {
    type Hid;
    #[wasm_bindgen(method, catch, js_name = getDevices)]
    async fn get_devices(this: &Hid) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = requestDevice)]
    async fn request_device(this: &Hid, options: &JsValue) -> Result<JsValue, JsValue>;

    pub type Device;
    #[wasm_bindgen(method, catch)]
    async fn open(this: &Device) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn close(this: &Device) -> Result<JsValue, JsValue>;
}

/// A scanner that is listened to, until it is closed.
pub struct Port {
    device: Device,
    heard: Closure<dyn Fn(JsValue)>,
}

/// Lets a person choose one.
pub async fn choose(hid: &EventTarget) -> Result<Cable, PortError> {
    let filter = Object::new();
    let _ = Reflect::set(&filter, &"usagePage".into(), &SCANNERS.into());
    let options = Object::new();
    let _ = Reflect::set(&options, &"filters".into(), &Array::of1(&filter));
    let hid: &Hid = hid.unchecked_ref();
    let chosen = hid.request_device(&options).await.map_err(|_| PortError::NotChosen)?;
    let first = chosen.dyn_into::<Array>().unwrap_or_default().get(0);
    cable_of(&first).ok_or(PortError::NotChosen)
}

/// The scanner of a cable, if it is plugged in and was allowed.
pub async fn find(hid: &EventTarget, cable: &Cable) -> Option<Device> {
    let hid: &Hid = hid.unchecked_ref();
    let devices: Array = hid.get_devices().await.ok()?.dyn_into().ok()?;
    // Of a device with several faces, the one that scans.
    let scans = |device: &JsValue| {
        let faces = list(device, "collections");
        faces.length() == 0 || faces.iter().any(|face| number(&face, "usagePage") == Some(SCANNERS))
    };
    let is_it = |device: &JsValue| cable_of(device).as_ref() == Some(cable) && scans(device);
    devices.iter().find(is_it).map(JsCast::unchecked_into)
}

fn cable_of(device: &JsValue) -> Option<Cable> {
    let (vendor_id, product_id) = (number(device, "vendorId")?, number(device, "productId")?);
    Some(Cable::Usb { vendor_id, product_id, serial_number: None })
}

impl Port {
    /// Opens it; every report goes to `report` with its number.
    pub async fn open(
        hid: &EventTarget,
        cable: &Cable,
        report: impl Fn(u8, Vec<u8>) + 'static,
    ) -> Result<Self, PortError> {
        let device = find(hid, cable).await.ok_or(PortError::Gone)?;
        if get(&device, "opened").is_falsy() {
            device.open().await.map_err(|error| meaning_of_opening(&error))?;
        }
        let heard = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let id = number(&event, "reportId").and_then(|number| u8::try_from(number).ok()).unwrap_or(0);
            report(id, bytes_of(&get(&event, "data")));
        });
        let target: &EventTarget = device.unchecked_ref();
        let _ = target.add_event_listener_with_callback("inputreport", heard.as_ref().unchecked_ref());
        Ok(Self { device, heard })
    }

    pub async fn close(&self) {
        let target: &EventTarget = self.device.unchecked_ref();
        let _ =
            target.remove_event_listener_with_callback("inputreport", self.heard.as_ref().unchecked_ref());
        let _ = self.device.close().await;
    }
}
