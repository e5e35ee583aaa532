/// GnuPG, a peer of another make.
#pragma once

#include "interfaces/interface.hpp"
#include "tests/support/temporary_directory.hpp"

#include <string>
#include <string_view>

namespace pillar::test {

/// A GnuPG with a home of its own. The test fails, with what to install, when there is no gpg.
class gpg {
public:
  gpg();
  gpg(const gpg&) = delete;
  gpg& operator=(const gpg&) = delete;
  ~gpg();

  struct outcome {
    bool succeeded = false;
    std::string output; // both streams, and machine-readable status lines
  };
  /// Runs gpg with these arguments, as a shell reads them, in its home.
  outcome run(const std::string& arguments) const;

  /// A file for gpg to read, and what it wrote to one.
  std::string file(const std::string& name, const bytes& content) const;
  bytes content(const std::string& name) const;

private:
  temporary_directory home_;
};

} // namespace pillar::test
