//! The program: settings, start and stop, the roles that a process plays, the operator's commands.

pub mod admin;
pub mod audit;
pub mod cli;
pub mod doctor;
pub mod installation;
pub mod roles;
pub mod seed;
pub mod simulate;
pub mod web;
