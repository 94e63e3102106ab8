//! The settings that the database runs with, and who may connect to it.

use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Purpose {
    /// Holds what must survive.
    Product,
    /// Of tests: fast rather than safe, and open to its superuser over TCP.
    #[cfg(feature = "testing")]
    Tests,
}

pub(super) fn postgresql_conf(port: u16, socket: &Path, purpose: Purpose) -> String {
    let socket = quoted(socket);
    let durability = match purpose {
        Purpose::Product => "fsync = on\nfull_page_writes = on\nsynchronous_commit = on\n",
        #[cfg(feature = "testing")]
        Purpose::Tests => "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n",
    };
    format!(
        "# Written by Service Hub at each start. Change settings with ALTER SYSTEM.\n\
         listen_addresses = '127.0.0.1'\n\
         port = {port}\n\
         unix_socket_directories = {socket}\n\
         unix_socket_permissions = 0700\n\
         max_connections = 200\n\
         shared_buffers = 128MB\n\
         password_encryption = 'scram-sha-256'\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         lc_messages = 'C'\n\
         client_encoding = 'UTF8'\n\
         log_line_prefix = '%m [%p] %u@%d '\n\
         # Short statements gain nothing from compilation, and it costs them dearly.\n\
         jit = off\n\
         # Nobody waits longer for a sleeping transaction's locks, whatever a client has forgotten.\n\
         idle_in_transaction_session_timeout = '5min'\n\
         {durability}"
    )
}

/// Customers' roles live in the same cluster, so the first lines close what is not theirs before the grants do.
pub(super) fn who_may_connect(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Product => {
            "# Written by Service Hub at each start.\n\
             local all,replication postgres scram-sha-256\n\
             host all postgres all reject\n\
             local service_hub hub_owner,hub_login scram-sha-256\n\
             host service_hub hub_owner,hub_login 127.0.0.1/32 scram-sha-256\n\
             local service_hub all reject\n\
             host service_hub all all reject\n\
             local all all scram-sha-256\n\
             host all all 127.0.0.1/32 scram-sha-256\n"
        }
        #[cfg(feature = "testing")]
        Purpose::Tests => "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n",
    }
}

/// A path as a list of one in the settings file: quoted as a name, and that quoted as a string.
fn quoted(path: &Path) -> String {
    let name = path.to_string_lossy().replace('"', "\"\"");
    format!("'\"{}\"'", name.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_folder_whatever_it_is_made_of() {
        assert_eq!(quoted(Path::new("/a b,c")), r#"'"/a b,c"'"#);
        assert_eq!(quoted(Path::new(r#"/it's "it"\"#)), r#"'"/it''s ""it""\\"'"#);
    }
}
