/// Documents in memory: for tests, and for nodes that are to leave nothing behind.
#pragma once

#include "actors/db/document_store.hpp"

#include <map>
#include <string>
#include <utility>

namespace pillar::db {

/// Keeps the contract of document_store except that nothing outlives it. No write fails for want of space.
class memory_store final : public document_store {
public:
  result<document> get(std::string_view space, const db::get& request) override;
  result<page> list(std::string_view space, const db::list& request) override;
  result<revision> put(std::string_view space, const db::put& request) override;
  result<revision> remove(std::string_view space, const db::remove& request) override;
  result<void> commit() override { return {}; }
  const failure* broken() const noexcept override { return nullptr; }

private:
  using name = std::pair<std::string, std::string>; // space and key
  std::map<name, document> documents_;
  revision last_ = 0;
};

} // namespace pillar::db
