// What kubo_ipfs does with the daemon's pins.
#include "actors/ipfs/add_request.hpp"
#include "actors/ipfs/guarded.hpp"
#include "actors/ipfs/kubo_ipfs.hpp"
#include "actors/ipfs/system/thread_pool.hpp"

#include <chrono>
#include <initializer_list>
#include <utility>

namespace pillar::ipfs {

using namespace engine;

namespace {

const char* name_of(pin_kind kind) {
  switch (kind) {
    case pin_kind::recursive: return "recursive";
    case pin_kind::direct: return "direct";
    case pin_kind::indirect: return "indirect";
  }
  throw failure(errc::bad_request, "there is no kind of pin with the number " + std::to_string(int(kind)));
}

pin_kind kind_of(const kubo_place& at, std::string_view type) {
  if (type == "recursive") return pin_kind::recursive;
  if (type == "direct") return pin_kind::direct;
  if (type.starts_with("indirect")) return pin_kind::indirect; // "indirect through CID"
  throw failure(errc::io_error, at.text() + ": it knows a kind of pin that is not known here: " + in_quotes(type));
}

/// A line of pin/ls.
pinned pin_in(const kubo_place& at, const boost::json::value& line) {
  return {{text_in(line, "Cid")}, kind_of(at, text_in(line, "Type")), text_in(line, "Name")};
}

kubo_request listing(const char* type, time_limits limits, std::stop_token stop) {
  return {.command = "pin/ls",
          .arguments = {{"type", type}, {"names", "true"}, {"stream", "true"}},
          .limits = limits,
          .stop = std::move(stop)};
}

} // namespace

cid kubo_ipfs::pin_add(std::string_view path, bool recursive, std::string_view name, std::stop_token stop) {
  return guarded([&] {
    check_pin_name(name);
    auto root = locate(path, stop);
    if (!recursive && is_pinned(root, pin_kind::recursive, stop))
      throw failure(errc::conflict, root.to_string() + " is pinned recursively already, which includes a direct pin");
    if (recursive && options_.search.offline) check_complete(root, stop); // it would look on the network all the same
    kubo_request request{
        .command = "pin/add",
        .arguments = {{"arg", root.to_string()}, {"recursive", recursive ? "true" : "false"}, {"progress", "true"}},
        .stop = std::move(stop)};
    if (!name.empty()) request.arguments.emplace_back("name", name);
    if (options_.search.offline) request.arguments.emplace_back("offline", "true");
    auto reply = client_->open(request);
    auto pinned = false;
    std::uint64_t fetched = 0;
    auto moved = std::chrono::steady_clock::now();
    while (auto line = reply.next_line()) { // twice a second, however little happens
      pinned = member_of(*line, "Pins") != nullptr;
      auto now = std::chrono::steady_clock::now();
      if (auto count = number_in(*line, "Progress"); count > fetched) fetched = count, moved = now;
      if (!pinned && now - moved > options_.search.time)
        throw failure(errc::not_found, reply.place().text() + ": of " + std::string(path) + " it found "
                                           + std::to_string(fetched) + " blocks, and no more in the time for it");
    }
    if (!pinned) throw failure(errc::io_error, reply.place().text() + ": it ended its reply without having pinned");
    return cid{root.to_string()};
  });
}

cid kubo_ipfs::pin_rm(std::string_view path, bool recursive, std::stop_token stop) {
  return guarded([&] {
    auto root = locate(path, stop);
    try {
      client_
          ->ask({.command = "pin/rm",
                 .arguments = {{"arg", root.to_string()}, {"recursive", recursive ? "true" : "false"}},
                 .stop = std::move(stop),
                 .repeatable = false})
          .json();
    } catch (const failure& f) {
      if (f.code() != errc::conflict) throw;
      throw failure(errc::not_found, f.message()); // it is pinned in another way
    }
    return cid{root.to_string()};
  });
}

bool kubo_ipfs::is_pinned(const content_id& id, pin_kind kind, const std::stop_token& stop) const {
  auto request = listing(name_of(kind), patient_limits(), stop);
  request.arguments.emplace_back("arg", id.to_string());
  try {
    auto reply = client_->ask(request);
    return reply.next_line().has_value();
  } catch (const failure& f) {
    if (f.code() == errc::not_found) return false;
    throw;
  }
}

void kubo_ipfs::pin_ls(const pin_filter& filter, const std::function<void(const pinned&)>& visit,
                       std::stop_token stop) {
  guarded([&] {
    auto has_name = [&](const pinned& p) { return p.name.find(filter.name) != p.name.npos; };
    if (!filter.path.empty()) {
      auto id = locate(filter.path, stop);
      auto request = listing(filter.kind ? name_of(*filter.kind) : "all", patient_limits(), stop);
      request.arguments.emplace_back("arg", id.to_string());
      auto reply = client_->ask(request);
      auto found = false;
      while (auto line = reply.next_line()) {
        auto one = pin_in(reply.place(), *line);
        if (!has_name(one)) continue;
        found = true;
        visit(one);
      }
      if (!found) throw failure(errc::not_found, id.to_string() + " is not pinned, or not so");
      return;
    }
    auto list = [&](pin_kind kind) {
      auto reply = client_->open(listing(name_of(kind), patient_limits(), stop));
      while (auto line = reply.next_line())
        if (auto one = pin_in(reply.place(), *line); has_name(one)) visit(one);
    };
    if (filter.kind) return list(*filter.kind);
    for (auto kind : {pin_kind::recursive, pin_kind::direct}) list(kind);
  });
}

} // namespace pillar::ipfs
