// What a file's first bytes look like.
#include <weir/core/content_kind.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir;
using namespace std::string_literals;

namespace {

std::string padded_to(std::size_t offset, std::string_view bytes) {
  std::string text(offset, '\0');
  text.append(bytes);
  return text;
}

}  // namespace

TEST_CASE("content kind: what users have beside models, tables and captures") {
  const std::vector<std::pair<std::string, ContentKind>> heads{
      {"", ContentKind::empty},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:", ContentKind::git_lfs_pointer},
      {"\x40\0\0\0\0\0\0\0{\"__metadata__\":{\"weir.format\":\"1\"}"s, ContentKind::weir_model},
      {"\x40\0\0\0\0\0\0\0{\"weight\":{\"dtype\":\"F32\""s, ContentKind::safetensors},
      {"\xD4\xC3\xB2\xA1\x02\0\x04\0"s, ContentKind::pcap},
      {"\xA1\xB2\x3C\x4D\0\x02\0\x04"s, ContentKind::pcap},
      {"\x0A\x0D\x0D\x0A\x1C\0\0\0"s, ContentKind::pcapng},
      {"\0\0\x08\x03\0\0\x27\x10"s, ContentKind::idx},
      {"#separator \\x09\n#fields\tts", ContentKind::zeek_log},
      {"% comment\n\n@RELATION vpn\n", ContentKind::arff},
      {"% comment\n@attribute a numeric\n", ContentKind::arff},
      {"\xEF\xBB\xBF#separator \\x09\n", ContentKind::zeek_log},
      {"#path\tconn\n#fields\tts\n", ContentKind::zeek_log},
      {"{\"ts\":\"\0\"}\n"s, ContentKind::json},
      {"{\"ts\":1.5,\"uid\":\"C1\"}\n", ContentKind::json},
      {"[\n  {\"a\": 1}\n]", ContentKind::json},
      {"{\n  \"a\": 1\n}", ContentKind::json},
      {"\n<!DOCTYPE html>\n<html>", ContentKind::html},
      {"\xEF\xBB\xBF<?xml version=\"1.0\"?>", ContentKind::xml},
      {"\xFF\xFE\x61\0,\0"s, ContentKind::utf16_text},
      {"\xFF\xFE\0\0\x61\0\0\0"s, ContentKind::utf32_text},
      {"a\0,\0b\0\n\0"s, ContentKind::utf16_text},
      {"\0a\0,\0b\0\n"s, ContentKind::utf16_text},
      {"\x1F\x8B\x08\0"s, ContentKind::gzip},
      {"PK\x03\x04\x14\0"s, ContentKind::zip},
      {padded_to(257, "ustar"), ContentKind::tar},
      {"\x80\x04\x95\0\0"s, ContentKind::pickle},
      {"\x1C\0\0\0TFL3"s, ContentKind::tflite},
      {"%PDF-1.5\n", ContentKind::pdf},
      {"\x7F"
       "ELF\x02"s,
       ContentKind::program},
      {"#!/bin/sh\n", ContentKind::script},
      {"duration,label\n1,BENIGN\n", ContentKind::table},
      {"\xEF\xBB\xBF"
       "a;b\n",
       ContentKind::table},
      {"Web Attack \x96 XSS,1\n", ContentKind::table},
      {"just words\n", ContentKind::text},
      {"\x01\x02\x03\x04", ContentKind::binary}};
  for (const auto& entry : heads) {
    const std::string& head = entry.first;
    const ContentKind kind = entry.second;
    CAPTURE(head);
    CHECK(description(content_kind(head)) == description(kind));
  }
}

TEST_CASE("content kind: tables of texts are not taken for something else") {
  for (const std::string head : {"{a},{b}\n1,2\n", "[x],[y]\n1,2\n", "%util,label\n1,a\n", "a\n1\n",
                                 "#fields,label\n1,a\n", "# a\n# b\n"}) {
    CAPTURE(head);
    const ContentKind kind = content_kind(head);
    CHECK((kind == ContentKind::table || kind == ContentKind::text));
  }
}

TEST_CASE("content kind: every kind has a description of its own") {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(ContentKind::binary); ++i) {
    CAPTURE(i);
    const std::string_view text = description(static_cast<ContentKind>(i));
    CHECK_FALSE(text.empty());
    CHECK(texts.insert(text).second);
  }
}

TEST_CASE("content kind: every prefix of every signature is read within bounds") {
  for (const detail::ContentSignature& signature : detail::content_signatures) {
    const std::string whole = padded_to(signature.offset, signature.bytes);
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const std::vector<char> exact(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      CHECK_FALSE(description(content_kind(std::string_view(exact.data(), size))).empty());
    }
    CHECK(description(content_kind(whole)) == description(signature.kind));
  }
}
