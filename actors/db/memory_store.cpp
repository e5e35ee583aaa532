#include "actors/db/memory_store.hpp"

#include "actors/db/page_builder.hpp"
#include "actors/db/rules.hpp"

namespace pillar::db {

result<document> memory_store::get(std::string_view space, const db::get& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  auto found = documents_.find(name(space, request.key));
  if (found == documents_.end()) return no_document(space, request.key);
  return found->second;
}

result<page> memory_store::list(std::string_view space, const db::list& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  page_builder builder(request);
  auto at = documents_.lower_bound(name(space, first_listed(request)));
  for (; at != documents_.end() && at->first.first == space; ++at) {
    auto& [key, found] = *at;
    if (!builder.add(key.second, found.revision, found.value.size(), found.value)) break;
  }
  return std::move(builder).finish();
}

result<revision> memory_store::put(std::string_view space, const db::put& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  name where(space, request.key);
  auto found = documents_.find(where);
  auto current = found == documents_.end() ? 0 : found->second.revision;
  if (auto wrong = mismatch(request.key, request.if_revision, current)) return *wrong;
  documents_.insert_or_assign(std::move(where), document{request.value, ++last_});
  return last_;
}

result<revision> memory_store::remove(std::string_view space, const db::remove& request) {
  if (auto wrong = refusal(space, request)) return *wrong;
  auto found = documents_.find(name(space, request.key));
  if (found == documents_.end()) return no_document(space, request.key);
  if (auto wrong = mismatch(request.key, request.if_revision, found->second.revision)) return *wrong;
  documents_.erase(found);
  return ++last_;
}

} // namespace pillar::db
