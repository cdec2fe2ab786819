// Label rules: what they say, and what is wrong with them.
#include <weir/traffic/flow/label_rules.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace weir;
using namespace std::string_literals;

namespace {

FlowLabelRules rules_of(const std::string& text) { return FlowLabelRules::try_parse(text).value(); }

std::string error_of(const std::string& text) {
  const Result<FlowLabelRules> rules = FlowLabelRules::try_parse(text);
  return rules.ok() ? "no error" : rules.error().what;
}

}  // namespace

TEST_CASE("label rules: labels in quotes hold blanks, # and =") {
  const FlowLabelRules rules = rules_of(
      "\"Web Attack \xE2\x80\x93 XSS\"\tport=80   # a comment\r\n"
      "# \"nothing\"\n"
      "\"a=b # c\" proto=udp\n"
      "\"say \"\"hi\"\"\" port=1\n"
      "plain capture=\"day 1.pcap\"");
  REQUIRE(rules.rules().size() == 4);
  CHECK(rules.rules()[0].label == "Web Attack \xE2\x80\x93 XSS");
  CHECK(rules.rules()[0].port->low == 80);
  CHECK(rules.rules()[1].label == "a=b # c");
  CHECK(rules.rules()[2].label == "say \"hi\"");
  CHECK(rules.rules()[3].capture == "day 1.pcap");
  CHECK(rules_of("\xEF\xBB\xBF"
                 "scan\n")
            .rules()[0]
            .label == "scan");
}

TEST_CASE("label rules: errors name the line, the word, why, and what there is") {
  for (const auto& [text, words] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"benign\nscan prot=tcp\n", {"line 2", "'prot=tcp'", "there are from, to, src"}},
           {"Web Attack\n", {"line 1", "'Attack'", "stands in quotes"}},
           {"\"Web Attack\n", {"line 1", "not closed"}},
           {"bytes,packets,label\n1,2,x\n", {"line 1", "'bytes,packets,label'", "rows of a table"}},
           {"a src=10.0.0.300\n", {"'src=10.0.0.300'", "10.0.0.0/8"}},
           {"a src=10.0.0.0/33\n", {"'src=10.0.0.0/33'", "prefix"}},
           {"a port=70000\n", {"'port=70000'", "1-1024"}},
           {"a dst_port=90-80\n", {"'dst_port=90-80'", "range"}},
           {"a proto=http\n", {"'proto=http'", "tcp, udp"}},
           {"a vlan=x\n", {"'vlan=x'", "number"}},
           {"a from=yesterday\n", {"'from=yesterday'", "2017-07-05T14:00:00Z"}},
           {"a from=2017-07-05T15:00:00Z to=2017-07-05T14:00:00Z\n", {"'from' is not before 'to'"}},
           {"a port=1 port=2\n", {"'port'", "twice"}},
           {"a capture=\n", {"'capture='", "name of a file"}},
           {"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0"s, {"no label rules", "packet capture"}}}) {
    const std::string& shown = text;
    CAPTURE(shown);
    for (const std::string& word : words) CHECK(error_of(text).find(word) != std::string::npos);
  }
}

TEST_CASE("label rules: by the file that a flow is from") {
  const FlowLabelRules rules =
      rules_of("skype capture=vpn_skype*.pcap\nmail capture=email?.pcap\nchat capture=chat.pcap\nrest\n");
  CHECK(rules.name_captures());
  const auto first = [&](const std::string& path) { return rules.of_capture(path).rules().front().label; };
  CHECK(first("/data/vpn_skype1.pcap") == "skype");
  CHECK(first("vpn_skype.pcap") == "skype");
  CHECK(first("/vpn_skype.pcap/other.pcap") == "rest");
  CHECK(first("chat.pcap") == "chat");
  CHECK(first("a_chat.pcap") == "rest");
  CHECK(first("email1.pcap") == "rest");  // ? is a sign like any other
  CHECK_FALSE(rules_of("benign\n").name_captures());
  CHECK(rules_of("a capture=*1*2*\n").of_capture("x1yy2").rules().size() == 1);
  CHECK(rules_of("a capture=*1*2*\n").of_capture("x2yy1").rules().empty());
}

TEST_CASE("label rules: one behind a rule that fits everything is never reached, and refused") {
  const auto rules = weir::FlowLabelRules::try_parse("dos port=80\nbenign\nscan port=22\n");
  REQUIRE_FALSE(rules.ok());
  CHECK(rules.error().what.find("line 3: is never reached") == 0);
  // A table in the place of rules.
  CHECK_FALSE(weir::FlowLabelRules::try_parse("bytes,packets,label\n1,2,x\n").ok());
  CHECK(weir::FlowLabelRules::try_parse("benign\n\n# the end\n").ok());
}
