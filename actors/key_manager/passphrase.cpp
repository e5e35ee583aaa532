#include "actors/key_manager/passphrase.hpp"

#include "actors/durable_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <span>

#include <fcntl.h>
#include <string.h> // explicit_bzero
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pillar::key_manager {

namespace {

constexpr const char* variable = "PILLAR_PASSPHRASE";
constexpr const char* credential = "pillar-key"; // LoadCredential=pillar-key:... or LoadCredentialEncrypted=

constexpr std::size_t random_bytes = 32;

/// Who may own a passphrase file. systemd hands credentials out in a directory of its own, and the owner and mode of
/// their files differ between its versions.
enum class trust { owner_only, systemd };

/// A buffer that is wiped, one byte longer than what is accepted and its line break, so that too much is noticed.
struct read_buffer {
  std::array<char, longest_passphrase + 3> text{};
  std::size_t size = 0;
  ~read_buffer() { explicit_bzero(text.data(), text.size()); }
};

[[noreturn]] void refuse(const std::string& origin, std::string_view problem) {
  throw failure(errc::bad_request, "passphrase of " + origin + " " + std::string(problem));
}

std::string_view without_line_break(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

passphrase checked(std::string_view text, std::string origin) {
  if (text.empty()) refuse(origin, "is empty: write one into it");
  if (text.size() > longest_passphrase) refuse(origin, "is longer than 255 bytes: use a shorter one");
  if (text.find('\0') != text.npos) refuse(origin, "contains a zero byte: use text");
  return {secret(text), std::move(origin)};
}

void check_rights(int handle, const std::string& origin, trust who) {
  struct stat found{};
  if (::fstat(handle, &found) != 0) throw failure_of_errno(errno, "cannot examine " + origin);
  if (!S_ISREG(found.st_mode)) refuse(origin, "is in no regular file: name one");
  if (who == trust::systemd) return;
  if (found.st_uid != ::geteuid()) refuse(origin, "belongs to another user: its owner must be the one who runs this");
  if ((found.st_mode & 077) != 0) refuse(origin, "is open to others: run chmod 600 on the file");
}

void read_all(int handle, const std::string& origin, read_buffer& to) {
  while (to.size < to.text.size()) {
    auto n = ::read(handle, to.text.data() + to.size, to.text.size() - to.size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw failure_of_errno(errno, "cannot read " + origin);
    if (n == 0) return;
    to.size += static_cast<std::size_t>(n);
  }
}

/// None if there is no such file.
std::optional<passphrase> read_file(const std::filesystem::path& file, trust who) {
  auto origin = "file " + file.string();
  // O_NONBLOCK: a named pipe must not hang the start; it is refused below.
  int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (handle < 0 && errno == ENOENT) return {};
  if (handle < 0) throw failure_of_errno(errno, "cannot read " + origin);
  struct closer {
    int number;
    ~closer() { ::close(number); }
  } owner{handle};
  check_rights(handle, origin, who);
  read_buffer buffer;
  read_all(handle, origin, buffer);
  return checked(without_line_break({buffer.text.data(), buffer.size}), std::move(origin));
}

secret take_from_environment() {
  char* value = std::getenv(variable);
  if (!value) return {};
  secret taken{std::string_view(value)};
  explicit_bzero(value, taken.size()); // what `ps e` and /proc show
  ::unsetenv(variable);
  return taken;
}

/// A new random passphrase in hexadecimal digits, and a line break. Wiped at its end.
struct random_line {
  std::array<char, 2 * random_bytes + 1> text{};

  random_line() {
    constexpr char of[] = "0123456789abcdef";
    std::array<unsigned char, random_bytes> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
      throw failure_of_errno(errno, "cannot get random bytes from the system");
    }
    for (std::size_t i = 0; i < random_bytes; ++i) {
      text[2 * i] = of[random[i] >> 4];
      text[2 * i + 1] = of[random[i] & 15];
    }
    text.back() = '\n';
    explicit_bzero(random.data(), random.size());
  }
  random_line(const random_line&) = delete;
  random_line& operator=(const random_line&) = delete;
  ~random_line() { explicit_bzero(text.data(), text.size()); }

  std::string_view digits() const { return {text.data(), 2 * random_bytes}; }
};

} // namespace

bool passphrase::is_random() const noexcept {
  auto all = text.text();
  return all.size() == 2 * random_bytes && all.find_first_not_of("0123456789abcdefABCDEF") == all.npos;
}

passphrase_source::passphrase_source(passphrase_places places)
    : places_(std::move(places)), from_environment_(take_from_environment()) {}

std::optional<passphrase> passphrase_source::find() const {
  if (held_) return passphrase{held_->text.clone(), held_->origin};
  if (auto directory = std::getenv("CREDENTIALS_DIRECTORY")) {
    if (auto found = read_file(std::filesystem::path(directory) / credential, trust::systemd)) return found;
  }
  if (!places_.file.empty()) {
    if (auto found = read_file(places_.file, trust::owner_only)) return found;
    throw failure(errc::not_found, "passphrase file " + places_.file.string()
                                       + " does not exist: write it, or take it "
                                         "out of the configuration");
  }
  if (!from_environment_.empty()) {
    return checked(from_environment_.text(), std::string("environment variable ") + variable);
  }
  return read_file(own_file(), trust::owner_only);
}

passphrase_source passphrase_source::in_memory() {
  random_line line;
  passphrase_source source;
  source.held_.emplace(passphrase{secret(line.digits()), "this process's memory"});
  return source;
}

passphrase passphrase_source::generate() const {
  random_line line;
  make_private_directories(places_.directory);
  write_new_file(own_file(), std::as_bytes(std::span(line.text)));
  return {secret(line.digits()), "file " + own_file().string()};
}

failure passphrase_source::missing() const {
  auto message = "the node's keys are protected, and no passphrase was found: restore " + own_file().string()
                 + ", or give it as the systemd credential " + credential + ", by a file in the configuration, or in "
                 + variable;
  return {errc::not_found, std::move(message)};
}

} // namespace pillar::key_manager
