//! HR's console: pages over the same functions as the API.

mod form;
