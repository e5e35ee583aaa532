#include "tools/pillar/described_interface.hpp"

#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"
#include "interfaces/json.hpp"
#include "interfaces/key_manager.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace pillar::cli {

namespace {

template <class Interface> described_interface described() {
  described_interface made{interface_name<Interface>(), {}};
  [&]<class... Requests>(boost::mp11::mp_list<Requests...>) {
    (made.requests.push_back(&info<Interface, Requests>()), ...);
  }(typename Interface::requests{});
  return made;
}

/// The values that a request's fields have when nobody sets them.
boost::json::object defaults_of(const layout& request) {
  const auto data = request.defaults();
  decoder from{data};
  return to_json(request, from).as_object();
}

std::string hex(std::uint64_t number) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; number >>= 4) text[i] = "0123456789abcdef"[number & 15];
  return text;
}

/// " = true"; nothing for what is empty.
std::string default_text(const boost::json::value& x) {
  const bool empty = x.is_null() || (x.is_string() && x.as_string().empty()) || (x.is_array() && x.as_array().empty());
  return empty ? "" : " = " + boost::json::serialize(x);
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size() + 2, width), ' ');
  return text;
}

} // namespace

const std::vector<described_interface>& described_interfaces() {
  static const std::vector<described_interface> all{
      described<ipfs::service>(),        described<ipfs::reader>(),        described<ipfs::pubsub>(),
      described<db::service>(),          described<db::documents>(),       described<db::reader>(),
      described<key_manager::service>(), described<key_manager::signer>(), described<key_manager::verifier>()};
  return all;
}

std::string text_of(const request_info& info) {
  auto text = std::string(info.name) + '\n';
  const auto defaults = defaults_of(*info.request);
  for (auto& field : info.request->parts)
    text +=
        "  " + padded(std::string(field.name), 12) + spelled(*field.of) + default_text(defaults.at(field.name)) + '\n';
  text += "  -> " + spelled(*info.reply) + '\n';
  return text;
}

boost::json::value json_of(const request_info& info) {
  const auto defaults = defaults_of(*info.request);
  boost::json::array fields;
  for (auto& field : info.request->parts)
    fields.push_back(
        boost::json::object{{"name", field.name}, {"type", spelled(*field.of)}, {"default", defaults.at(field.name)}});
  boost::json::object made;
  made["name"] = info.name;
  made["description"] = info.description();
  made["fields"] = std::move(fields);
  made["reply"] = spelled(*info.reply);
  made["streams"] = info.streams;
  made["idempotent"] = info.idempotent;
  made["fingerprint"] = hex(info.fingerprint);
  return made;
}

boost::json::value json_of(const described_interface& i) {
  boost::json::array requests;
  for (auto* info : i.requests) requests.push_back(json_of(*info));
  return boost::json::object{{"interface", i.name}, {"requests", std::move(requests)}};
}

} // namespace pillar::cli
