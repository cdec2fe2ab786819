#include "alerts.hpp"

#include <weir/traffic/features/eve_fields.hpp>

namespace cli {

namespace {

using namespace weir;  // NOLINT: a program

[[nodiscard]] bool has_ports(std::uint8_t protocol) {
  return protocol == ip_protocol::tcp || protocol == ip_protocol::udp || protocol == ip_protocol::sctp;
}

[[nodiscard]] std::string mac_text(const MacAddress& address) {
  std::string text;
  detail::append_mac(text, address, address.size());
  return text;
}

}  // namespace

void Alerts::write(const Json& alert) {
  file_.write(alert.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  if (live_) file_.flush();
  if (view_ != nullptr) view_->alarm(alert);
  ++count_;
}

void put_source(Json& alert, bool live, const std::string& name) {
  alert[live ? "in_iface" : "pcap_filename"] = name;
}

void put_ends(Json& alert, const FlowEnds& e) {
  alert["src_ip"] = address_text(e.first, e.ip_version);
  if (has_ports(e.protocol)) alert["src_port"] = e.first_port;
  alert["dest_ip"] = address_text(e.second, e.ip_version);
  if (has_ports(e.protocol)) alert["dest_port"] = e.second_port;
  alert["proto"] = eve_protocol_text(e.protocol);
}

void put_ends(Json& alert, const Packet& p) {
  if (p.ip_version != 0) {
    put_ends(alert, FlowEnds{p.ip_version, p.src, p.src_port, p.dst, p.dst_port, p.protocol});
  } else if (p.ether_type == 0x0806) {
    alert["src_ip"] = address_text(p.src, 4);
    alert["dest_ip"] = address_text(p.dst, 4);
    alert["proto"] = "ARP";
  } else {
    alert["ether"] = {{"src_mac", mac_text(p.src_mac)}, {"dest_mac", mac_text(p.dst_mac)}};
  }
}

void put_reasons(Json& alert, const std::vector<weir::AlarmReason>& reasons) {
  alert["reasons"] = Json::array();
  for (const weir::AlarmReason& reason : reasons) {
    alert["reasons"].push_back({{"feature", reason.feature}, {"error", reason.error}});
  }
}

}  // namespace cli
