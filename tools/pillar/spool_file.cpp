#include "tools/pillar/spool_file.hpp"

#include "actors/durable_file.hpp"
#include "interfaces/error.hpp"
#include "tools/pillar/file_descriptor.hpp"
#include "tools/pillar/input.hpp"
#include "tools/pillar/output.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <vector>

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = 256 * 1024;

// A signal handler has no argument to find its object by.
std::string removed_on_signal;

extern "C" void pillar_remove_spool_file(int signal) {
  ::unlink(removed_on_signal.c_str());
  ::raise(signal); // to its default, which SA_RESETHAND brought back
}

void handle_signals(void (*handler)(int)) {
  struct sigaction handle{};
  handle.sa_handler = handler;
  handle.sa_flags = static_cast<int>(SA_RESETHAND);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    // `nohup` and shells without job control have good reasons to ignore some.
    if (now.sa_handler != SIG_IGN) ::sigaction(signal, &handle, nullptr);
  }
}

fs::path empty_spool(const fs::path& data) {
  auto directory = data / "spool";
  make_private_directories(directory);
  std::error_code ignored;
  for (auto& left : fs::directory_iterator(directory, ignored)) fs::remove(left, ignored);
  return directory;
}

void copy_input(int to, const std::string& shown) {
  std::vector<std::byte> piece(piece_size);
  output file(to, shown);
  while (auto size = read_some(STDIN_FILENO, piece, "standard input")) file.write(std::span(piece).first(size));
  file.flush();
}

} // namespace

spool_file::spool_file(const fs::path& data) {
  auto name = (empty_spool(data) / "input-XXXXXX").string();
  const file_descriptor file{::mkostemp(name.data(), O_CLOEXEC)};
  if (file.number() < 0) throw failure_of_errno(errno, "cannot create a file in " + (data / "spool").string());
  path_ = removed_on_signal = name;
  handle_signals(pillar_remove_spool_file);
  try {
    copy_input(file.number(), name);
  } catch (...) {
    remove();
    throw;
  }
}

void spool_file::remove() {
  handle_signals(SIG_DFL);
  ::unlink(path_.c_str());
}

spool_file::~spool_file() {
  remove();
}

} // namespace pillar::cli
