//! Bluetooth: printers on Bluetooth, low energy, by Web Bluetooth. They speak as if through a serial line: one characteristic takes
//! bytes, another tells what they say.
//! Invariant: no more is sent at once than the printer has been seen to take.

use crate::clock;
use crate::peripheral::port::{self, PortError, get, meaning};
use futures_channel::oneshot;
use js_sys::{Array, Object, Reflect, Uint8Array};
use shared::cable::Cable;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// Where a browser has them.
const NAME: &str = "bluetooth";
/// What receipt printers call their serial line, the usual ones first: makers' own, Microchip's, Nordic's.
const SERVICES: [&str; 7] = [
    "000018f0-0000-1000-8000-00805f9b34fb",
    "49535343-fe7d-4ae5-8fa9-9fafd205e455",
    "e7810a71-73ae-499d-8c15-faa9aef0c3f2",
    "0000ff00-0000-1000-8000-00805f9b34fb",
    "0000fff0-0000-1000-8000-00805f9b34fb",
    "0000ffe0-0000-1000-8000-00805f9b34fb",
    "6e400001-b5a3-f393-e0a9-e50e24dcca9e",
];
/// What both sides have agreed on a page is not told; it is tried out, the largest first. The last is what every one takes.
const SIZES: [usize; 4] = [240, 180, 100, 20];
/// `ESC @`, begin anew: printers do it as often as they are told, and nothing comes out.
const NOTHING: [u8; 2] = [0x1b, b'@'];
/// A printer that was switched on makes itself heard within so long.
const HEARD_WITHIN_MS: i64 = 15_000;

#[wasm_bindgen]
extern "C" {
    type Bluetooth;
    #[wasm_bindgen(method, catch, js_name = requestDevice)]
    async fn request_device(this: &Bluetooth, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getDevices)]
    async fn get_devices(this: &Bluetooth) -> Result<JsValue, JsValue>;

    #[derive(Clone)]
    type Device;
    #[wasm_bindgen(method, catch, js_name = watchAdvertisements)]
    async fn watch_advertisements(this: &Device) -> Result<JsValue, JsValue>;

    type Gatt;
    #[wasm_bindgen(method, catch)]
    async fn connect(this: &Gatt) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn disconnect(this: &Gatt);
    #[wasm_bindgen(method, catch, js_name = getPrimaryServices)]
    async fn services(this: &Gatt) -> Result<JsValue, JsValue>;

    type Service;
    #[wasm_bindgen(method, catch, js_name = getCharacteristics)]
    async fn characteristics(this: &Service) -> Result<JsValue, JsValue>;

    type Characteristic;
    #[wasm_bindgen(method, catch, js_name = writeValueWithResponse)]
    async fn write_answered(this: &Characteristic, bytes: &Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = writeValueWithoutResponse)]
    async fn write_blindly(this: &Characteristic, bytes: &Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = startNotifications)]
    async fn start_notifications(this: &Characteristic) -> Result<JsValue, JsValue>;
}

thread_local! {
    /// Those that were chosen since the page was loaded: most browsers find no other.
    static CHOSEN: RefCell<HashMap<String, Device>> = RefCell::default();
}

/// An open printer.
pub struct Port {
    device: Device,
    takes: Characteristic,
    /// Does it say that it has taken something?
    is_answered: bool,
    size: usize,
    heard: Rc<Heard>,
    told: Closure<dyn Fn(JsValue)>,
    says: Option<Characteristic>,
    gone: Closure<dyn Fn()>,
}

/// What it has said and nobody has read.
#[derive(Default)]
struct Heard {
    bytes: RefCell<Vec<u8>>,
    is_gone: Cell<bool>,
    reader: RefCell<Option<oneshot::Sender<()>>>,
}

impl Heard {
    fn wake(&self) {
        if let Some(reader) = self.reader.take() {
            let _ = reader.send(());
        }
    }
}

/// Does this browser know Bluetooth?
pub fn is_here() -> bool {
    port::target(NAME).is_some()
}

/// Lets a person choose one, and looks whether it is a printer.
pub async fn choose() -> Result<Cable, PortError> {
    let bluetooth = port::target(NAME).ok_or(PortError::Unsupported)?;
    let options = Object::new();
    // Few printers tell from afar what they are.
    let _ = Reflect::set(&options, &"acceptAllDevices".into(), &true.into());
    let services: Array = SERVICES.iter().map(|service| JsValue::from_str(service)).collect();
    let _ = Reflect::set(&options, &"optionalServices".into(), &services);
    let bluetooth: &Bluetooth = bluetooth.unchecked_ref();
    let device = bluetooth.request_device(&options).await.map_err(|_| PortError::NotChosen)?;
    let id = get(&device, "id").as_string().ok_or(PortError::NoPrinter)?;
    let device: Device = device.unchecked_into();
    connect(&device).await?;
    line(&device).await?;
    CHOSEN.with_borrow_mut(|chosen| chosen.insert(id.clone(), device));
    Ok(Cable::Bluetooth { id })
}

/// The device of that name: chosen on this page, or before where the browser remembers.
async fn find(id: &str) -> Result<Device, PortError> {
    if let Some(device) = CHOSEN.with_borrow(|chosen| chosen.get(id).cloned()) {
        return Ok(device);
    }
    let bluetooth = port::target(NAME).ok_or(PortError::Unsupported)?;
    if !get(&bluetooth, "getDevices").is_function() {
        return Err(PortError::Forgotten);
    }
    let bluetooth: &Bluetooth = bluetooth.unchecked_ref();
    let all: Array =
        bluetooth.get_devices().await.ok().and_then(|all| all.dyn_into().ok()).unwrap_or_default();
    let device = all.iter().find(|device| get(device, "id").as_string().as_deref() == Some(id));
    device.map(JsCast::unchecked_into).ok_or(PortError::Forgotten)
}

fn gatt(device: &Device) -> Gatt {
    get(device, "gatt").unchecked_into()
}

fn is_connected(device: &Device) -> bool {
    get(&gatt(device), "connected").is_truthy()
}

/// A device that the browser has not heard of for a while is waited for first.
async fn connect(device: &Device) -> Result<(), PortError> {
    if is_connected(device) || gatt(device).connect().await.is_ok() {
        return Ok(());
    }
    if !get(device, "watchAdvertisements").is_function() {
        return Err(PortError::Gone);
    }
    let (send, receive) = oneshot::channel();
    let send = Rc::new(Cell::new(Some(send)));
    let wake = move || {
        if let Some(send) = send.take() {
            let _ = send.send(());
        }
    };
    let heard = Closure::<dyn Fn()>::new(wake.clone());
    let target: &EventTarget = device.unchecked_ref();
    let event = "advertisementreceived";
    let _ = target.add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    let watched = device.watch_advertisements().await;
    if watched.is_ok() {
        wasm_bindgen_futures::spawn_local(async move {
            clock::pause(HEARD_WITHIN_MS).await;
            wake();
        });
        let _ = receive.await;
    }
    let _ = target.remove_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
    gatt(device).connect().await.map(drop).map_err(|_| PortError::Gone)
}

/// The characteristic that takes bytes, and the one that tells what the printer says, of the first line it has.
async fn line(device: &Device) -> Result<(Characteristic, Option<Characteristic>), PortError> {
    let services = gatt(device).services().await.map_err(|error| missing(device, &error))?;
    let services: Array = services.dyn_into().map_err(|_| PortError::NoPrinter)?;
    let place = |service: &JsValue| {
        let uuid = get(service, "uuid").as_string().unwrap_or_default();
        SERVICES.iter().position(|known| *known == uuid)
    };
    let mut known: Vec<(usize, JsValue)> =
        services.iter().filter_map(|service| Some((place(&service)?, service))).collect();
    known.sort_by_key(|(place, _)| *place);
    for (_, service) in known {
        let service: &Service = service.unchecked_ref();
        let all = service.characteristics().await.map_err(|error| missing(device, &error))?;
        let all: Array = all.dyn_into().unwrap_or_default();
        let can = |one: &JsValue, what: &str| get(&get(one, "properties"), what).is_truthy();
        let takes = all.iter().find(|one| can(one, "write") || can(one, "writeWithoutResponse"));
        let says = all.iter().find(|one| can(one, "notify") || can(one, "indicate"));
        if let Some(takes) = takes {
            return Ok((takes.unchecked_into(), says.map(JsCast::unchecked_into)));
        }
    }
    Err(PortError::NoPrinter)
}

/// What is not found while the device is there is no printer of a kind known here.
fn missing(device: &Device, error: &JsValue) -> PortError {
    match meaning(error) {
        _ if !is_connected(device) => PortError::Gone,
        PortError::Gone => PortError::NoPrinter,
        _ => PortError::Taken,
    }
}

impl Port {
    pub async fn open(id: &str) -> Result<Self, PortError> {
        let device = find(id).await?;
        connect(&device).await?;
        let (takes, says) = line(&device).await?;
        let heard = Rc::new(Heard::default());
        let told = {
            let heard = Rc::clone(&heard);
            Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
                heard.bytes.borrow_mut().extend(port::bytes_of(&get(&get(&event, "target"), "value")));
                heard.wake();
            })
        };
        let gone = {
            let heard = Rc::clone(&heard);
            Closure::<dyn Fn()>::new(move || {
                heard.is_gone.set(true);
                heard.wake();
            })
        };
        let target: &EventTarget = device.unchecked_ref();
        let _ =
            target.add_event_listener_with_callback("gattserverdisconnected", gone.as_ref().unchecked_ref());
        let is_answered = get(&get(&takes, "properties"), "write").is_truthy();
        let mut port = Self { device, takes, is_answered, size: 0, heard, told, says, gone };
        match port.begin().await {
            Ok(()) => Ok(port),
            Err(error) => {
                port.close().await;
                Err(error)
            }
        }
    }

    /// Listens, and finds out how much it takes at once.
    async fn begin(&mut self) -> Result<(), PortError> {
        if let Some(says) = &self.says {
            let target: &EventTarget = says.unchecked_ref();
            let told = self.told.as_ref().unchecked_ref();
            let _ = target.add_event_listener_with_callback("characteristicvaluechanged", told);
            says.start_notifications().await.map_err(|error| missing(&self.device, &error))?;
        }
        // Whoever is told nothing back may have lost all but the beginning.
        let sizes = if self.is_answered { SIZES.as_slice() } else { SIZES.get(3..).unwrap_or_default() };
        for size in sizes {
            let nothing: Vec<u8> = NOTHING.iter().copied().cycle().take(*size).collect();
            if self.put(&nothing).await.is_ok() {
                self.size = *size;
                return Ok(());
            }
            if !is_connected(&self.device) {
                return Err(PortError::Gone);
            }
        }
        Err(PortError::Taken)
    }

    async fn put(&self, bytes: &[u8]) -> Result<(), PortError> {
        let bytes = Uint8Array::from(bytes);
        let put = match self.is_answered {
            true => self.takes.write_answered(&bytes).await,
            false => self.takes.write_blindly(&bytes).await,
        };
        put.map(drop)
            .map_err(|error| if is_connected(&self.device) { meaning(&error) } else { PortError::Gone })
    }

    pub async fn write(&self, bytes: &[u8]) -> Result<(), PortError> {
        for chunk in bytes.chunks(self.size.max(1)) {
            self.put(chunk).await?;
        }
        Ok(())
    }

    pub async fn read(&self) -> Result<Vec<u8>, PortError> {
        loop {
            let bytes = self.heard.bytes.take();
            if !bytes.is_empty() {
                return Ok(bytes);
            }
            if self.heard.is_gone.get() {
                return Err(PortError::Gone);
            }
            let (send, receive) = oneshot::channel();
            self.heard.reader.replace(Some(send));
            let _ = receive.await;
        }
    }

    pub async fn close(&self) {
        let told = self.told.as_ref().unchecked_ref();
        if let Some(says) = &self.says {
            let target: &EventTarget = says.unchecked_ref();
            let _ = target.remove_event_listener_with_callback("characteristicvaluechanged", told);
        }
        let target: &EventTarget = self.device.unchecked_ref();
        let gone = self.gone.as_ref().unchecked_ref();
        let _ = target.remove_event_listener_with_callback("gattserverdisconnected", gone);
        gatt(&self.device).disconnect();
        self.heard.is_gone.set(true);
        self.heard.wake();
        // What it still has to do, it does before it lets another in.
        clock::pause(0).await;
    }
}
