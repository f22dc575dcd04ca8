//! Today: the manager's first page, worked out from what the books hold of two days.

use shared::api::{DayFigures, HourFigures, StoreFigures};
use shared::ids::StoreId;
use shared::money::{Minor, MoneyError, Rounding};
use shared::sale::SaleKind;

/// Sales of one store, kind and minute of a day, added up.
#[derive(Clone, Copy, Debug)]
pub struct MinuteSales {
    /// Of the day shown (else of the day it is compared with)?
    pub is_shown_day: bool,
    /// Where.
    pub store_id: StoreId,
    /// Minutes since the shop's midnight.
    pub minute: u16,
    /// What they are.
    pub kind: SaleKind,
    /// How many.
    pub count: u64,
    /// Without tax, added.
    pub net: Minor,
}

/// What follows from the minutes of two days.
#[derive(Clone, Debug)]
pub struct DaySums {
    /// The day shown.
    pub figures: DayFigures,
    /// The day before it, up to the same minute.
    pub compared: DayFigures,
    /// 24 rows.
    pub hours: Vec<HourFigures>,
    /// One row a store, in the order given.
    pub stores: Vec<StoreFigures>,
}

/// Adds up. The compared figures stop after `until_minute`, when the day shown is not over; hours are whole.
pub fn day_sums(
    minutes: &[MinuteSales],
    stores: &[(StoreId, String)],
    until_minute: Option<u16>,
) -> Result<DaySums, MoneyError> {
    let mut hours: Vec<HourFigures> =
        (0..24).map(|hour| HourFigures { hour, net: Minor::ZERO, compared_net: Minor::ZERO }).collect();
    let mut by_store: Vec<StoreFigures> = stores
        .iter()
        .map(|(store_id, name)| StoreFigures {
            store_id: *store_id,
            name: name.clone(),
            net: Minor::ZERO,
            compared_net: Minor::ZERO,
        })
        .collect();
    let (mut figures, mut compared) = (DayFigures::default(), DayFigures::default());
    for sales in minutes {
        let still_compared = until_minute.is_none_or(|until| sales.minute <= until);
        if sales.is_shown_day {
            add(&mut figures, sales)?;
        } else if still_compared {
            add(&mut compared, sales)?;
        }
        if sales.kind == SaleKind::Adjustment {
            continue;
        }
        if let Some(hour) = hours.get_mut(usize::from(sales.minute / 60)) {
            let net = if sales.is_shown_day { &mut hour.net } else { &mut hour.compared_net };
            *net = net.plus(sales.net)?;
        }
        if let Some(store) = by_store.iter_mut().find(|store| store.store_id == sales.store_id) {
            if sales.is_shown_day {
                store.net = store.net.plus(sales.net)?;
            } else if still_compared {
                store.compared_net = store.compared_net.plus(sales.net)?;
            }
        }
    }
    Ok(DaySums { figures: averaged(figures)?, compared: averaged(compared)?, hours, stores: by_store })
}

/// Corrections in the books are neither sold nor returned.
fn add(figures: &mut DayFigures, sales: &MinuteSales) -> Result<(), MoneyError> {
    match sales.kind {
        SaleKind::Sale => figures.sales = figures.sales.saturating_add(sales.count),
        SaleKind::Return => {
            figures.returns = figures.returns.saturating_add(sales.count);
            figures.returned = figures.returned.plus(sales.net)?;
        }
        SaleKind::Adjustment => return Ok(()),
    }
    figures.net = figures.net.plus(sales.net)?;
    Ok(())
}

fn averaged(mut figures: DayFigures) -> Result<DayFigures, MoneyError> {
    if figures.sales > 0 {
        let of_sales = figures.net.minus(figures.returned)?;
        figures.average =
            Minor(Rounding::HalfAwayFromZero.divide(i128::from(of_sales.0), i128::from(figures.sales))?);
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_the_same_part_of_the_day_a_week_before() {
        let store_id = StoreId(uuid::Uuid::from_u128(1));
        let row = |is_shown_day, minute, kind, count, net| MinuteSales {
            is_shown_day,
            store_id,
            minute,
            kind,
            count,
            net: Minor(net),
        };
        let minutes = [
            row(true, 8 * 60 + 20, SaleKind::Sale, 2, 1_001),
            row(true, 9 * 60, SaleKind::Return, 1, -300),
            row(true, 9 * 60, SaleKind::Adjustment, 1, -99_999),
            row(false, 8 * 60, SaleKind::Sale, 1, 400),
            row(false, 17 * 60, SaleKind::Sale, 1, 5_000),
        ];
        let sums = day_sums(&minutes, &[(store_id, "High Street".into())], Some(9 * 60)).unwrap();
        let expected =
            DayFigures { net: Minor(701), sales: 2, average: Minor(501), returns: 1, returned: Minor(-300) };
        assert_eq!(sums.figures, expected);
        assert_eq!((sums.compared.net, sums.compared.sales), (Minor(400), 1));
        assert_eq!((sums.hours[8].net, sums.hours[8].compared_net), (Minor(1_001), Minor(400)));
        assert_eq!(sums.hours[17].compared_net, Minor(5_000), "hours of the week before are whole");
        assert_eq!((sums.stores[0].net, sums.stores[0].compared_net), (Minor(701), Minor(400)));
    }
}
