//! Places: stores, registers and the tablets that sell at them.

use super::{Manage, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{
    DeviceView, NewRegister, PairingCodeRequest, PairingCodeResponse, RegisterRequest, StoreSettings,
};
use shared::ids::{DeviceId, RegisterId, StoreId};
use shared::register::Register;
use shared::store::Store;
use std::sync::Arc;

impl Manage {
    /// Reads stores and registers anew.
    pub fn load_places(self) {
        spawn_local(async move {
            let stores = self.get::<Vec<Store>>("/api/stores").await;
            let registers = self.get::<Vec<Register>>("/api/registers").await;
            match (stores, registers) {
                (Ok(stores), Ok(registers)) => {
                    self.registers.set(Arc::new(registers));
                    self.stores.set(Arc::new(stores));
                    self.trouble.set(None);
                }
                (Err(trouble), _) | (_, Err(trouble)) => self.trouble.set(Some(trouble)),
            }
        });
    }

    /// Adds a store, or with an id changes one.
    pub async fn save_store(self, id: Option<StoreId>, settings: StoreSettings) -> Result<Store, Trouble> {
        let saved = match id {
            None => self.send("POST", "/api/stores", &settings).await,
            Some(id) => self.send("PUT", &format!("/api/stores/{id}"), &settings).await,
        };
        self.load_places();
        saved
    }

    /// Adds a register.
    pub async fn add_register(self, register: NewRegister) -> Result<Register, Trouble> {
        let added = self.send("POST", "/api/registers", &register).await;
        self.load_places();
        added
    }

    /// Gives a register another name.
    pub async fn rename_register(self, id: RegisterId, name: String) -> Result<Register, Trouble> {
        let request = RegisterRequest { name };
        let renamed = self.send("PUT", &format!("/api/registers/{id}"), &request).await;
        self.load_places();
        renamed
    }

    /// Every tablet ever paired.
    pub async fn tablets(self) -> Result<Vec<DeviceView>, Trouble> {
        self.get("/api/devices").await
    }

    /// A code to pair a tablet with.
    pub async fn pairing_code(self, register_id: RegisterId) -> Result<PairingCodeResponse, Trouble> {
        self.send("POST", "/api/pairing-codes", &PairingCodeRequest { register_id }).await
    }

    /// Unpairs a tablet.
    pub async fn revoke(self, id: DeviceId) -> Result<(), Trouble> {
        let _: serde_json::Value = self.send("POST", &format!("/api/devices/{id}/revoke"), &()).await?;
        Ok(())
    }
}
