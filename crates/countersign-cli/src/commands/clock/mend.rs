//! How to set a clock right, by operating system.

/// One line for each thing to do on the system this was built for.
pub(super) const fn lines() -> &'static [&'static str] {
    if cfg!(target_os = "linux") {
        &[
            "timedatectl status               # does it say synchronized: yes?",
            "sudo timedatectl set-ntp true    # keep it right by network time",
            "sudo chronyc makestep            # with chrony: set it at once",
            "In a container or virtual machine, set the clock of the host.",
        ]
    } else if cfg!(target_os = "macos") {
        &[
            "sudo sntp -sS time.apple.com     # set it at once",
            "System Settings, General, Date & Time: set automatically   # keep it right",
        ]
    } else if cfg!(windows) {
        &[
            "w32tm /query /status             # where does the time come from?",
            "w32tm /resync                    # as administrator: set it at once",
            "Settings, Time & language: set time automatically   # keep it right",
        ]
    } else {
        &["Let a network time service (NTP) keep the clock right."]
    }
}
