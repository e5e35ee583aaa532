/// A file on the disk, to be compared piece by piece with what IPFS gives back for it.
#pragma once

#include "interfaces/interface.hpp"
#include "tools/notary/ledger.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace demo {

/// Movable; every function blocks and none throws but for memory. One thread at a time.
class original_file {
public:
  /// Opens the file; what can go wrong shows in the outcome.
  explicit original_file(const std::filesystem::path& file);
  original_file(original_file&& other) noexcept;
  original_file& operator=(original_file&&) = delete;
  ~original_file();

  /// Compares the next bytes of the file with these.
  void compare(const pillar::bytes& piece);

  /// What became of the file since it was recorded so, once all of its recorded content was compared.
  ledger::original outcome(const ledger::entry& recorded);

private:
  int handle_ = -1;
  ledger::original failed_ = ledger::original::same; ///< why it cannot be read
  bool differs_ = false;
  std::uint64_t read_ = 0;
  pillar::bytes buffer_;
};

} // namespace demo
