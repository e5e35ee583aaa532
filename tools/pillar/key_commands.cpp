#include "tools/pillar/key_commands.hpp"

#include "actors/standard.hpp"
#include "interfaces/key_manager.hpp"
#include "tools/pillar/file_descriptor.hpp"
#include "tools/pillar/input.hpp"

#include <ctime>
#include <fcntl.h>

namespace pillar::cli {

namespace {

constexpr std::size_t largest_signature = 64 * 1024; ///< bytes; an Ed25519 one has about 120

/// The keys are made when they are first needed, so every one of these may write.
void open_keys(session& in) {
  in.open(access::writes, {provide_db, provide_key_manager});
}

bytes read_message(const std::string& name) {
  return read_input(name, key_manager::largest_message, "add it with `pillar ipfs add` and sign its CID");
}

// "2026-01-31T07:05:09Z"
std::string time_text(std::chrono::seconds since_1970) {
  const std::time_t seconds = since_1970.count();
  std::tm parts{};
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &parts))};
}

void write_new(const std::string& name, std::span<const std::byte> data) {
  const file_descriptor file{::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  if (file.number() < 0 && errno == EEXIST)
    throw failure(errc::already_exists, name + " exists: remove it, or choose another name");
  if (file.number() < 0) throw failure_of_errno(errno, "cannot create " + name);
  try {
    output to(file.number(), name);
    to.write(data);
    to.flush();
  } catch (...) {
    ::unlink(name.c_str());
    throw;
  }
}

} // namespace

action key_show(CLI::App& line) {
  struct request {
    bool fingerprint = false, armor = false;
  };
  auto given = std::make_shared<request>();
  line.description("Shows the node's public key (OpenPGP) and its fingerprint");
  line.add_flag("-f,--fingerprint", given->fingerprint, "Only the fingerprint");
  line.add_flag("-a,--armor", given->armor, "Only the key");
  line.footer("Example:\n  pillar key show --armor | gpg --import\n\nThe keys are made when there are none.");
  return [given](session& in) {
    if (given->fingerprint && given->armor)
      throw usage_error(errc::bad_request, "--fingerprint and --armor exclude each other: give one, or none for both");
    open_keys(in);
    const auto own = in.ask(key_manager::public_key{});
    if (in.json()) return in.out().json(to_json(own));
    if (given->fingerprint) return in.out().line(own.fingerprint);
    if (!given->armor) in.out().line("fingerprint " + own.fingerprint);
    in.out().write(own.armored);
  };
}

action key_sign(CLI::App& line) {
  struct request {
    std::string file, output;
  };
  auto given = std::make_shared<request>();
  line.description("Signs a file: writes a detached OpenPGP signature to standard output");
  line.add_option("FILE", given->file, "At most 1 MiB; - is standard input")->required()->type_name("");
  line.add_option("-o,--output", given->output, "Write the signature to this new file")->type_name("FILE");
  line.footer("Example:\n  pillar key sign letter.txt > letter.txt.sig\n  pillar key verify letter.txt letter.txt.sig\n"
              "\n"
              "Anyone can check it: `gpg --verify letter.txt.sig letter.txt`. With --json the signature in base64, and "
              "the signer.");
  return [given](session& in) {
    if (given->output.empty() && !in.json() && in.out().is_terminal())
      throw usage_error(errc::bad_request, "a signature is binary and would disturb the terminal: write it to a file, "
                                           "with -o FILE or > FILE");
    auto message = read_message(given->file);
    open_keys(in);
    const auto made = in.ask(key_manager::sign{std::move(message)});
    if (!given->output.empty()) write_new(given->output, made.data);
    if (in.json()) in.out().json(to_json(made));
    else if (given->output.empty()) in.out().write(made.data);
  };
}

action key_verify(CLI::App& line) {
  struct request {
    std::string file, signature, signer;
  };
  auto given = std::make_shared<request>();
  line.description("Checks a detached signature over a file");
  line.add_option("FILE", given->file, "What was signed; - is standard input")->required()->type_name("");
  line.add_option("SIGNATURE", given->signature, "The file with the signature")->required()->type_name("");
  line.add_option("--signer", given->signer, "Only a signature by this key counts: 40 hexadecimal\ndigits")
      ->type_name("FINGERPRINT");
  line.footer("Example:\n  pillar key verify letter.txt letter.txt.sig\n\nExit code 6: the signature does not verify; "
              "4: its key is not known.");
  return [given](session& in) {
    if (given->file == "-" && given->signature == "-")
      throw usage_error(errc::bad_request, "FILE and SIGNATURE are both \"-\": standard input can be only one of them");
    auto message = read_message(given->file);
    auto signature = read_input(given->signature, largest_signature, "name the file with the detached signature");
    open_keys(in);
    const auto good = in.ask(key_manager::verify{std::move(message), std::move(signature), given->signer});
    if (in.json()) return in.out().json(to_json(good));
    in.out().line("good signature by " + good.signer + ", made " + time_text(good.made));
  };
}

} // namespace pillar::cli
