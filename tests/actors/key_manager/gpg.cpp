#include "tests/actors/key_manager/gpg.hpp"

#include "tests/support/bytes.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace pillar::test {

namespace {

gpg::outcome run_command(const std::string& command) {
  auto pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  gpg::outcome found;
  char part[4'096];
  while (auto n = std::fread(part, 1, sizeof part, pipe)) found.output.append(part, n);
  found.succeeded = ::pclose(pipe) == 0;
  return found;
}

} // namespace

gpg::gpg() {
  std::filesystem::permissions(home_.path(), std::filesystem::perms::owner_all);
  REQUIRE_MESSAGE(run_command("gpg --version").succeeded,
                  "this test needs GnuPG as a peer: install it (apt-get install gnupg), or run tools/setup");
}

gpg::~gpg() {
  run_command("gpgconf --homedir " + home_.path().string() + " --kill all");
}

gpg::outcome gpg::run(const std::string& arguments) const {
  return run_command("cd " + home_.path().string() + " && gpg --homedir " + home_.path().string()
                     + " --batch --yes --no-tty --status-fd 1 --pinentry-mode loopback --trust-model always "
                     + arguments);
}

std::string gpg::file(const std::string& name, const bytes& content) const {
  auto path = home_ / name;
  std::ofstream(path, std::ios::binary) << to_text(content);
  return path.string();
}

bytes gpg::content(const std::string& name) const {
  std::ifstream in(home_ / name, std::ios::binary);
  return to_bytes(std::string(std::istreambuf_iterator<char>(in), {}));
}

} // namespace pillar::test
