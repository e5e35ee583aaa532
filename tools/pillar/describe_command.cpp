#include "tools/pillar/describe_command.hpp"

#include "tools/pillar/described_interface.hpp"
#include "tools/pillar/exit_codes.hpp"
#include "tools/pillar/usage.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/json/object.hpp>
#include <boost/mp11/algorithm.hpp>

#include <caf/config.hpp>

namespace pillar::cli {

namespace {

namespace json = boost::json;

std::string padded(std::string_view text) {
  constexpr std::size_t column = 22;
  return std::string(text) + std::string(text.size() < column ? column - text.size() : 1, ' ');
}

void list_interfaces(session& in) {
  for (auto& i : described_interfaces()) {
    if (in.json()) {
      in.out().json(json_of(i));
      continue;
    }
    std::string requests;
    for (auto* info : i.requests) requests += (requests.empty() ? "" : ", ") + std::string(info->short_name);
    in.out().line(padded(i.name) + requests);
  }
}

void list_errors(session& in) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<errc>>([&](auto entry) {
    const auto exit = static_cast<int>(exit_code_of(entry.value));
    if (in.json())
      in.out().json(json::object{{"error", entry.name}, {"meaning", meaning_of(entry.value)}, {"exit", exit}});
    else
      in.out().line(padded(entry.name) + padded("exit code " + std::to_string(exit)).substr(0, 14)
                    + std::string(meaning_of(entry.value)));
  });
}

/// "ipfs.reader", "ipfs.service" or shortly "ipfs".
bool describe_interface(session& in, const std::string& name) {
  for (auto& i : described_interfaces()) {
    if (i.name != name && i.name != name + ".service") continue;
    if (in.json()) return in.out().json(json_of(i)), true;
    for (auto* info : i.requests) in.out().write((info == i.requests.front() ? "" : "\n") + text_of(*info));
    return true;
  }
  return false;
}

/// "ipfs.add_str".
bool describe_request(session& in, const std::string& name) {
  for (auto& i : described_interfaces())
    for (auto* info : i.requests) {
      if (info->name != name) continue;
      if (in.json()) in.out().json(json_of(*info));
      else in.out().write(text_of(*info));
      return true;
    }
  return false;
}

[[noreturn]] void refuse(const std::string& name) {
  std::vector<std::string> known{"errors"};
  for (auto& i : described_interfaces()) {
    known.push_back(i.name);
    for (auto* info : i.requests) known.emplace_back(info->name);
  }
  const auto near = meant_name(name, known);
  throw failure(errc::not_found, "there is no interface or request \"" + name
                                     + "\": " + (near.empty() ? "" : "did you mean " + near + "? ")
                                     + "`pillar describe` lists the interfaces");
}

} // namespace

action describe(CLI::App& line) {
  auto name = std::make_shared<std::string>();
  line.description("Shows interfaces, requests and errors, as they are declared");
  line.add_option("NAME", *name, "An interface (ipfs, db.reader), a request (ipfs.add_str), or errors")->type_name("");
  line.footer("Example:\n  pillar describe ipfs\n  pillar describe errors\n\n"
              "A plugin is granted interfaces by these names (plugins.NAME.grants). With --json one line for each.");
  return [name](session& in) {
    if (name->empty()) list_interfaces(in);
    else if (*name == "errors") list_errors(in);
    else if (!describe_interface(in, *name) && !describe_request(in, *name)) refuse(*name);
  };
}

action version(CLI::App& line) {
  line.description("Shows the versions of this program and of what it is built on");
  line.footer("Example:\n  pillar version --json");
  return [](session& in) {
    const auto caf = std::to_string(CAF_VERSION / 10000) + '.' + std::to_string(CAF_VERSION / 100 % 100) + '.'
                     + std::to_string(CAF_VERSION % 100);
    if (in.json()) in.out().json(json::object{{"pillar", PILLAR_VERSION}, {"caf", caf}, {"compiler", __VERSION__}});
    else in.out().fields({{"pillar", PILLAR_VERSION}, {"caf", caf}, {"compiler", __VERSION__}});
  };
}

} // namespace pillar::cli
