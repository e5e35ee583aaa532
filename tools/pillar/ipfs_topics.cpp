#include "tools/pillar/arguments.hpp"
#include "tools/pillar/input.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/ipfs_session.hpp"

namespace pillar::cli {

namespace {

constexpr std::size_t largest_message = 1 << 20;
constexpr auto only_this_process =
    "Messages reach other programs through a Kubo daemon only (--set ipfs.backend=kubo). "
    "The embedded store,\nwhich is the default, hands them to the workers and plugins "
    "of its own process, and a command is one\nof its own.";

struct subscription_request {
  std::string topic;
  std::optional<std::uint64_t> count;
  bool newline = false;
};

bytes bytes_of(const std::string& text) {
  const auto data = std::as_bytes(std::span(text));
  return {data.begin(), data.end()};
}

void tell(ipfs_session& ipfs, const subscription_request& given, const ipfs::message& m) {
  if (m.missed > 0) ipfs.note(std::to_string(m.missed) + " messages came faster than they were written, and are lost");
  if (m.gap) ipfs.note("the connection to the daemon was lost for a while: messages may be missing");
  if (ipfs.json()) ipfs.out().json(to_json(m));
  else ipfs.out().write(m.data);
  if (given.newline && !ipfs.json()) ipfs.out().write("\n");
  ipfs.out().flush();
}

void follow(session& in, const subscription_request& given) {
  ipfs_session ipfs(in, access::reads);
  if (!ipfs.uses_daemon())
    throw failure(errc::unsupported, "no other program's messages come to a command on the embedded store: subscribe "
                                     "through a Kubo daemon, with --set ipfs.backend=kubo, or in a plugin of a node");
  try {
    auto messages = ipfs.ask(ipfs::subscribe{given.topic});
    for (auto left = given.count; left != 0u;) {
      auto message = messages.next();
      if (!message) break;
      tell(ipfs, given, *message);
      if (left) --*left;
    }
  } catch (const interrupted&) { // as the user was told to end it
  }
}

} // namespace

action ipfs_publish(CLI::App& line) {
  struct request {
    std::string topic;
    std::optional<std::string> data;
  };
  auto given = std::make_shared<request>();
  line.description("Sends a message to whoever is subscribed to a topic");
  line.add_option("TOPIC", given->topic, "1 to 1024 bytes")->required()->type_name("");
  line.add_option("DATA", given->data, "At most 1 MiB; - or none is standard input, of any bytes")->type_name("");
  line.footer(std::string("Examples:\n  pillar ipfs publish news \"it rains\" --set ipfs.backend=kubo\n"
                          "  pillar ipfs publish images < image.png --set ipfs.backend=kubo\n\n")
              + only_this_process + "\nNo message is kept for who subscribes later.");
  return [given](session& in) {
    const bool from_input = given->data.value_or("-") == "-";
    auto data = from_input ? read_input("-", largest_message, "add it with `pillar ipfs add -Q`, and publish the CID")
                           : bytes_of(*given->data);
    ipfs_session ipfs(in, access::writes);
    ipfs.ask(ipfs::publish{given->topic, std::move(data)});
    if (!ipfs.uses_daemon())
      in.note("nobody can have heard it: on the embedded store a command reaches only its own process; publish through "
              "a Kubo daemon, with --set ipfs.backend=kubo");
  };
}

action ipfs_subscribe(CLI::App& line) {
  auto given = std::make_shared<subscription_request>();
  line.description("Writes the messages of a topic to standard output, until Ctrl-C");
  line.add_option("TOPIC", given->topic, "1 to 1024 bytes")->required()->type_name("");
  take_number(line, "-c,--count", given->count, "End after so many messages")->type_name("NUMBER");
  line.add_flag("--newline", given->newline,
                "End each message with a line's end; else they follow\nwithout anything between");
  line.footer(
      std::string("Examples:\n  pillar ipfs subscribe news --newline --set ipfs.backend=kubo\n"
                  "  pillar ipfs subscribe news --count 1 --json --set ipfs.backend=kubo\n\n")
      + only_this_process
      + "\nWith --json one {\"topic\", \"from\", \"sequence\", \"data\", \"own\", \"missed\", \"gap\"} for each, the "
        "data in base64.\nCtrl-C ends it with exit code 0.");
  return [given](session& in) { follow(in, *given); };
}

} // namespace pillar::cli
