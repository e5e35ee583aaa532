/// Keeps RNP from writing to the program's standard error.
#pragma once

namespace pillar::key_manager::rnp {

/// Debian's RNP 0.16 and 0.17 print a line for every signature that does not verify, and offer no switch: they are
/// built with assertions, which makes RNP_LOG_CONSOLE=0 void. After this call, that library's own calls of fprintf to
/// stderr do nothing; nobody else's are touched, and nothing is locked. Where the environment variable RNP_LOG_CONSOLE
/// is set to anything but 0, where RNP is linked statically, or where the loader's tables cannot be changed, the lines
/// stay: an annoyance, not an error. May be called again, and from any thread. The code of this function must stay
/// loaded as long as RNP is.
void silence_rnp_log() noexcept;

} // namespace pillar::key_manager::rnp
