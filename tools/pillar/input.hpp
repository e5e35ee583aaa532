/// What a command reads: a file or, for "-", standard input.
#pragma once

#include "interfaces/interface.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace pillar::cli {

/// Reads up to the end of the buffer or of the input, and returns how much that was. `shown` names the input in
/// messages. Errors: io_error.
std::size_t read_some(int from, std::span<std::byte> to, const std::string& shown);

/// Reads what there is, at most the whole buffer; waits for the first byte. 0: the end. Errors: io_error.
std::size_t read_what_is_there(int from, std::span<std::byte> to, const std::string& shown);

/// The whole input `name`. Errors: not_found, read_only (not allowed to read), io_error; too_large when it has more
/// than `at_most` bytes, with `advice`.
bytes read_input(const std::string& name, std::size_t at_most, const std::string& advice);

} // namespace pillar::cli
