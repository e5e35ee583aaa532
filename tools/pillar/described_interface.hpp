/// The interfaces that this program knows, as data that can be shown.
#pragma once

#include "interfaces/wire.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <vector>

namespace pillar::cli {

/// An interface by the name that grants use: "ipfs.service", "ipfs.reader". A narrow one has fewer requests than the
/// whole one that its workers serve.
struct described_interface {
  std::string name;
  std::vector<const request_info*> requests;
};

/// The whole interfaces, each followed by its narrow ones.
const std::vector<described_interface>& described_interfaces();

/// A request for people: its fields with their types and defaults, and its reply.
std::string text_of(const request_info& info);

/// {"name": "db.get", "description": "db.get{key: text} -> ...", "fields": [{"name": "key", "type": "text", "default":
/// ""}], "reply": "db.document{...}", "streams": false, "idempotent": true, "fingerprint": "0123456789abcdef"}.
boost::json::value json_of(const request_info& info);

/// {"interface": "ipfs.reader", "requests": [...]}.
boost::json::value json_of(const described_interface& i);

} // namespace pillar::cli
