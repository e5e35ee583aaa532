/// A file descriptor with an owner.
#pragma once

#include <string>
#include <utility>

#include <unistd.h>

namespace pillar::cli {

class file_descriptor {
public:
  explicit file_descriptor(int number) : number_(number) {}
  file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~file_descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }

private:
  int number_;
};

} // namespace pillar::cli
