#include "interfaces/error.hpp"
#include "tests/tools/pillar/documents.hpp"
#include "tests/tools/pillar/process.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/json/array.hpp>
#include <boost/mp11/algorithm.hpp>
#include <doctest/doctest.h>

using namespace pillar::test;
namespace json = boost::json;

TEST_CASE("describe lists whole and narrow interfaces by the names that grants use") {
  user someone;
  const auto list = someone.says({"describe"});
  CHECK(list.find("ipfs.reader           cat, get_file, get_archive, ls, stat, ") != std::string::npos);
  CHECK(list.find("db.service            get, put, remove, list\n") != std::string::npos);
  CHECK(list.find("key_manager.signer    sign, public_key\n") != std::string::npos);
  CHECK(documents(someone.says({"describe", "--json"})).size() == 9);
}

TEST_CASE("describe shows requests with fields, types, defaults and replies") {
  user someone;
  CHECK(someone.says({"describe", "ipfs.pin_rm"})
        == "ipfs.pin_rm\n  path        text\n  recursive   flag = true\n  -> ipfs.cid{text: text}");
  const auto whole = someone.says({"describe", "ipfs"});
  CHECK(whole.find("\n\nipfs.cat\n") != std::string::npos);
  CHECK(whole.find("  length      optional(uint64)\n  -> stream(bytes)\n") != std::string::npos);
  CHECK(someone.says({"describe", "ipfs.service"}) == whole);
  const auto narrow = someone.says({"describe", "db.reader"});
  CHECK(narrow.find("db.list") != std::string::npos);
  CHECK(narrow.find("db.put") == std::string::npos);
}

TEST_CASE("describe --json gives fields, defaults and fingerprints") {
  user someone;
  const auto get = json::parse(someone.says({"describe", "--json", "db.get"}));
  CHECK(text_at(get, "name") == "db.get");
  CHECK(text_at(get, "description").starts_with("db.get{key: text} -> db.document{"));
  CHECK(get.at("fields") == json::array{{{"name", "key"}, {"type", "text"}, {"default", ""}}});
  CHECK(get.at("idempotent") == true);
  CHECK(get.at("streams") == false);
  CHECK(get.at("fingerprint").as_string().size() == 16);
  CHECK(text_at(json::parse(someone.says({"describe", "--json", "ipfs"})), "interface") == "ipfs.service");
}

TEST_CASE("describe errors tells every code with its meaning and exit code") {
  user someone;
  const auto text = someone.says({"describe", "errors"});
  const auto all = documents(someone.says({"describe", "errors", "--json"}));
  std::size_t count = 0;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<pillar::errc>>([&](auto code) {
    CHECK(text.find(code.name) != std::string::npos);
    REQUIRE(count < all.size());
    CHECK(text_at(all[count], "error") == code.name);
    CHECK(text_at(all[count], "meaning") == std::string(pillar::meaning_of(code.value)));
    ++count;
  });
  CHECK(count == all.size());
  CHECK(text.find("in_use                exit code 5   another node or process") != std::string::npos);
}

TEST_CASE("describe tells the nearest name of an unknown one") {
  user someone;
  const auto refused = someone.pillar({"describe", "ipfs.ad_str"});
  CHECK(refused.exit == 4);
  CHECK(
      refused.err
      == "pillar: there is no interface or request \"ipfs.ad_str\": did you mean ipfs.add_str? `pillar describe` lists "
         "the interfaces\n");
}

TEST_CASE("version tells this program's and CAF's") {
  user someone;
  CHECK(someone.says({"version"}).find("caf       0.17.6") != std::string::npos);
  CHECK(text_at(json::parse(someone.says({"version", "--json"})), "caf") == "0.17.6");
  CHECK(someone.says({"--version"}).starts_with("pillar "));
}

TEST_CASE("describe, version and help open nothing") {
  user someone;
  for (auto* command : {"describe", "version", "--help"})
    CHECK(someone.pillar({command}, "", {.environment = {"PILLAR_NODE_THREADS=nonsense"}}).exit == 0);
  CHECK(std::filesystem::is_empty(someone.home()));
}
