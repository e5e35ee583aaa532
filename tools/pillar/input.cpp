#include "tools/pillar/input.hpp"

#include "interfaces/error.hpp"
#include "tools/pillar/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>

namespace pillar::cli {

std::size_t read_what_is_there(int from, std::span<std::byte> to, const std::string& shown) {
  for (;;) {
    const auto size = ::read(from, to.data(), to.size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) throw failure_of_errno(errno, "cannot read " + shown);
  }
}

std::size_t read_some(int from, std::span<std::byte> to, const std::string& shown) {
  std::size_t all = 0;
  while (all < to.size()) {
    const auto size = read_what_is_there(from, to.subspan(all), shown);
    if (size == 0) break;
    all += size;
  }
  return all;
}

bytes read_input(const std::string& name, std::size_t at_most, const std::string& advice) {
  const bool standard = name == "-";
  const auto shown = standard ? "standard input" : name;
  const file_descriptor file{standard ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0) throw failure_of_errno(errno, "cannot read " + shown);
  bytes data(at_most + 1);
  data.resize(read_some(file.number(), data, shown));
  if (data.size() <= at_most) return data;
  throw failure(errc::too_large, shown + " has more than " + std::to_string(at_most) + " bytes: " + advice);
}

} // namespace pillar::cli
