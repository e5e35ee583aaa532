#include "actors/ipfs/format/cid.hpp"

#include "actors/ipfs/format/hash_name.hpp"
#include "actors/ipfs/format/hasher.hpp"
#include "actors/ipfs/format/varint.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/bytes.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pillar;
using namespace pillar::ipfs::engine;
using namespace pillar::test;

namespace {

bytes from_hex(std::string_view hex) {
  return *decode_multibase("f" + std::string(hex));
}

errc code_of_text(const std::string& text) {
  return failure_of([&] { content_id::parse(text); }).code();
}

errc code_of_hex(std::string_view hex) {
  return failure_of([&] { content_id::from_bytes(from_hex(hex)); }).code();
}

const std::string digest = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

} // namespace

TEST_CASE("varints are read in their shortest form only") {
  auto take = [](std::string_view hex) {
    auto data = from_hex(hex);
    bytes_view view = data;
    return take_varint(view);
  };
  CHECK(take("00") == 0);
  CHECK(take("7f") == 127);
  CHECK(take("8001") == 128);
  CHECK(take("ffffffffffffffffff01") == ~std::uint64_t{0});
  CHECK_FALSE(take(""));
  CHECK_FALSE(take("80"));
  CHECK_FALSE(take("8000"));
  CHECK_FALSE(take("ffffffffffffffffff02"));
  CHECK_FALSE(take("ffffffffffffffffffff01"));
}

TEST_CASE("varints are written as they are read") {
  for (std::uint64_t value : {0ull, 1ull, 127ull, 128ull, 16383ull, 16384ull, 1ull << 35, ~0ull}) {
    bytes out;
    append_varint(out, value);
    CHECK(out.size() == varint_size(value));
    bytes_view view = out;
    CHECK(take_varint(view) == value);
    CHECK(view.empty());
  }
}

TEST_CASE("a CID is read in every common base and equals itself") {
  auto id = content_id::parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
  CHECK(id.version() == 1);
  CHECK(id.codec() == codec::raw);
  CHECK(id.hash().function() == hash_function::sha2_256);
  CHECK(id.hash() == hash_of(hash_function::sha2_256, view_of("hello world")));
  for (std::string text : {
           "f01551220" + digest,
           std::string("F01551220B94D27B9934D3E08A52E52D7DA7DABFAC484EFE37A5380EE9088F7ACE2EFCDE9"),
           std::string("BAFKREIFZJUT3TE2NHYEKKLSS27NH3K72YSCO7Y32KOAO5EEI66WOF36N5E"),
           std::string("k2cwued9o1pvrt3q271rrqbo49x30tbxwpoeaq75z14e5ui2rzygpbe1"),
           std::string("zb2rhj7crUKTQYRGCRATFaQ6YFLTde2YzdqbbhAASkL9uRDXn"),
           std::string("uAVUSILlNJ7mTTT4IpS5S19p9q_rEhO_jelOA7pCI96zi783p"),
           std::string("mAVUSILlNJ7mTTT4IpS5S19p9q/rEhO/jelOA7pCI96zi783p"),
       })
    CHECK(content_id::parse(text) == id);
}

TEST_CASE("multibase text survives a round trip in every named base") {
  for (auto b : {base::base16, base::base32, base::base36, base::base58btc, base::base64url})
    for (std::size_t size = 0; size < 40; ++size) {
      auto data = to_bytes(std::string(size % 3, '\0') + noise(size, size + 1));
      CHECK(decode_multibase(encode_multibase(b, data)) == data);
    }
}

TEST_CASE("multibase text with characters or bits beyond its base is refused") {
  CHECK_FALSE(decode_multibase(""));
  CHECK_FALSE(decode_multibase("?abc"));
  CHECK_FALSE(decode_multibase("f0g"));
  CHECK_FALSE(decode_multibase("f0"));   // half a byte
  CHECK_FALSE(decode_multibase("bab"));  // bits that stand for nothing are set
  CHECK_FALSE(decode_multibase("baaa")); // a digit too many
  CHECK_FALSE(decode_multibase("z0OIl"));
  CHECK_FALSE(decode_multibase("Mabc")); // padding is missing
  CHECK_FALSE(decode_multibase("M===="));
  CHECK(decode_multibase("Mzg==") == from_hex("ce"));
}

TEST_CASE("text that is no CID is refused with a sentence that quotes it") {
  for (std::string text :
       {"", "Q", "hello", "Qm", "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXE",
        "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXE0", "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXENN",
        "zQmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN", "bafy", "b", "z",
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5", " Qm"})
    CHECK(code_of_text(text) == errc::bad_request);
  CHECK(code_of_text(std::string(100'000, 'z')) == errc::bad_request);
  auto f = failure_of([] { content_id::parse("evil\n\x1b[31m"); });
  CHECK(f.message().find("\"evil\\x0a\\x1b[31m\" is no CID") != std::string::npos);
}

TEST_CASE("CIDs in binary are held to the limits") {
  CHECK(content_id::from_bytes(from_hex("1220" + digest)).version() == 0);
  CHECK(code_of_hex("") == errc::damaged);
  CHECK(code_of_hex("01") == errc::damaged);
  CHECK(code_of_hex("02551220" + digest) == errc::damaged);                      // version 2
  CHECK(code_of_hex("0101551220" + digest) == errc::damaged);                    // digest does not fit
  CHECK(code_of_hex("01551220" + digest + "00") == errc::damaged);               // a byte too many
  CHECK(code_of_hex("01551220" + digest.substr(2)) == errc::damaged);            // a byte too few
  CHECK(code_of_hex("0155121f" + digest.substr(2)) == errc::damaged);            // a cut digest
  CHECK(code_of_hex("01551113" + digest.substr(0, 38)) == errc::damaged);        // 19 bytes of SHA-1
  CHECK(code_of_hex("0155008101" + std::string(2 * 129, '0')) == errc::damaged); // identity of 129 bytes
  CHECK(code_of_hex("015512ffffffffffffffffff01" + digest) == errc::damaged);    // a length that overflows
  CHECK(code_of_hex("80008055" + digest) == errc::damaged);
  CHECK(content_id::from_bytes(from_hex("01551114" + digest.substr(0, 40))).size() == 24); // unknown, but well formed
}

TEST_CASE("every hash function gives its published digest") {
  auto hex = [](hash_function f, std::string_view text) {
    auto hash = hash_of(f, view_of(text));
    return encode_multibase(base::base16, hash.digest()).substr(1);
  };
  CHECK(hex(hash_function::sha2_256, "hello world") == digest);
  CHECK(hex(hash_function::sha2_512, "abc").starts_with("ddaf35a193617abacc417349ae204131"));
  CHECK(hex(hash_function::sha3_256, "abc") == "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
  CHECK(hex(hash_function::blake2b_256, "abc") == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  CHECK(hex(hash_function::blake2b_256, "") == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  CHECK(hex(hash_function::identity, "abc") == "616263");
}

TEST_CASE("blake3 gives its published digests around every boundary of its tree") {
  const std::pair<std::size_t, const char*> published[] = {
      {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
      {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
      {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"},
      {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
      {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"},
      {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a"},
      {2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030"},
      {3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2"},
      {4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969"},
      {4097, "9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995"},
      {8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63"},
      {8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b"},
      {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47"},
      {102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"}};
  for (const auto& [size, expected] : published) {
    std::string input(size, '\0');
    for (std::size_t i = 0; i < size; ++i) input[i] = static_cast<char>(i % 251);
    CAPTURE(size);
    auto hash = hash_of(hash_function::blake3, view_of(input));
    CHECK(encode_multibase(base::base16, hash.digest()).substr(1) == expected);
    for (std::size_t cut : {std::size_t{1}, size / 3, size / 2, size}) {
      if (cut > size) continue;
      std::array parts{view_of(input).first(cut), view_of(input).subspan(cut)};
      CHECK(hash_of(hash_function::blake3, parts) == hash);
    }
  }
}

TEST_CASE("a hash function is found by its name in any case") {
  for (auto f : {hash_function::sha2_256, hash_function::sha2_512, hash_function::sha3_256, hash_function::blake2b_256,
                 hash_function::blake3, hash_function::identity})
    CHECK(hash_function_of(name_of(f)) == f);
  CHECK(hash_function_of("BLAKE2b-256") == hash_function::blake2b_256);
  CHECK(failure_of([] { hash_function_of("md5"); }).code() == errc::bad_request);
  CHECK(failure_of([] { hash_function_of(""); }).code() == errc::bad_request);
}

TEST_CASE("a block hashes the same however it is cut into parts") {
  auto text = noise(1000);
  for (auto f : {hash_function::sha2_256, hash_function::blake2b_256})
    for (std::size_t cut : {0u, 1u, 127u, 128u, 129u, 256u, 999u}) {
      std::array parts{view_of(text).first(cut), view_of(text).subspan(cut)};
      CHECK(hash_of(f, parts) == hash_of(f, view_of(text)));
    }
}

TEST_CASE("hashes that cannot be computed are refused by name") {
  CHECK(failure_of([] { hash_of(static_cast<hash_function>(0x1b), view_of("x")); }).code() == errc::unsupported);
  CHECK(failure_of([] { hash_of(hash_function::identity, view_of(std::string(129, 'x'))); }).code() == errc::too_large);
}
