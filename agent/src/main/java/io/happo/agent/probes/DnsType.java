package io.happo.agent.probes;

/** Types of records in DNS that can be asked for (RFC 1035, 3.2.2; RFC 3596; RFC 2782). */
enum DnsType {
  A(1),
  AAAA(28),
  CNAME(5),
  MX(15),
  NS(2),
  PTR(12),
  SOA(6),
  SRV(33),
  TXT(16);

  private final int number;

  DnsType(int number) {
    this.number = number;
  }

  /** As it is in messages. */
  int number() {
    return number;
  }
}
